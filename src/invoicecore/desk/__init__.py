"""The desk: everything that one person may do, one module for each subject."""

from datetime import datetime
from typing import Final, Self

from invoicecore.desk.accounts import Accounts
from invoicecore.desk.charges import Charges
from invoicecore.desk.clients import Clients
from invoicecore.desk.executor import Executor
from invoicecore.desk.firm import FirmSettings
from invoicecore.desk.invoices import Invoices
from invoicecore.desk.pages import Pages
from invoicecore.desk.payments import Payments
from invoicecore.desk.people import People
from invoicecore.desk.projects import Projects
from invoicecore.desk.work import Work
from invoicecore.values.ids import PersonId


class Desk:
    """Where one person acts, grouped by subject. The person is bound once, so no check of permission can be forgotten.

    Every method takes ids and values, returns a frozen value, is one unit of work, and raises only the library's
    errors. A desk is cheap: a web host makes one for each request.
    """

    def __init__(self, executor: Executor) -> None:
        self.person_id: PersonId = executor.actor_id
        self.firm: Final = FirmSettings(executor)
        self.people: Final = People(executor)
        self.clients: Final = Clients(executor)
        self.projects: Final = Projects(executor)
        self.work: Final = Work(executor)
        self.charges: Final = Charges(executor)
        self.invoices: Final = Invoices(executor)
        self.payments: Final = Payments(executor)
        self.accounts: Final = Accounts(executor)
        self.pages: Final = Pages(executor)

    def __repr__(self) -> str:
        return f"<Desk of {self.person_id}>"

    def fresh(self) -> Self:
        """The same desk with answers of the primary alone, where the storage has a replica: what was committed before
        is in them, one's own commands too (read your writes)."""
        return type(self)(self.work._executor.fresh())

    @property
    def now(self) -> datetime:
        """The time by the clock of this billing."""
        return self.work._executor.now()
