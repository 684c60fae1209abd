"""The desk: everything that one person may do, one module for each subject."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from invoicecore.desk.executor import Executor
from invoicecore.values.ids import PersonId

if TYPE_CHECKING:
    from invoicecore.desk.accounts import Accounts
    from invoicecore.desk.charges import Charges
    from invoicecore.desk.clients import Clients
    from invoicecore.desk.firm import FirmSettings
    from invoicecore.desk.invoices import Invoices
    from invoicecore.desk.pages import Pages
    from invoicecore.desk.payments import Payments
    from invoicecore.desk.people import People
    from invoicecore.desk.projects import Projects
    from invoicecore.desk.work import Work


class Desk:
    """All calls that one person may make, grouped by subject. The person is bound once, so no check of permission can
    be forgotten.

    Every method takes ids and values, returns a frozen value, is one unit of work, and raises only the library's
    errors. A desk is cheap: a web host makes one for each request. A subject is loaded when it is first used.
    """

    def __init__(self, executor: Executor) -> None:
        self.person_id: PersonId = executor.actor_id
        self._executor = executor

    @cached_property
    def firm(self) -> "FirmSettings":
        """The firm itself: its settings, its logo, and the audit trail."""
        from invoicecore.desk.firm import FirmSettings

        return FirmSettings(self._executor)

    @cached_property
    def people(self) -> "People":
        """Managers, supervisors, workers and contacts."""
        from invoicecore.desk.people import People

        return People(self._executor)

    @cached_property
    def clients(self) -> "Clients":
        """Clients and their terms."""
        from invoicecore.desk.clients import Clients

        return Clients(self._executor)

    @cached_property
    def projects(self) -> "Projects":
        """Projects and their rates."""
        from invoicecore.desk.projects import Projects

        return Projects(self._executor)

    @cached_property
    def work(self) -> "Work":
        """Sessions and timers."""
        from invoicecore.desk.work import Work

        return Work(self._executor)

    @cached_property
    def charges(self) -> "Charges":
        """Expenses, fees and discounts."""
        from invoicecore.desk.charges import Charges

        return Charges(self._executor)

    @cached_property
    def invoices(self) -> "Invoices":
        """Invoices, from the draft on."""
        from invoicecore.desk.invoices import Invoices

        return Invoices(self._executor)

    @cached_property
    def payments(self) -> "Payments":
        """Money that came in."""
        from invoicecore.desk.payments import Payments

        return Payments(self._executor)

    @cached_property
    def accounts(self) -> "Accounts":
        """The money of each client."""
        from invoicecore.desk.accounts import Accounts

        return Accounts(self._executor)

    @cached_property
    def pages(self) -> "Pages":
        """The content of each screen: lists, page by page, and what one thing's screen shows."""
        from invoicecore.desk.pages import Pages

        return Pages(self._executor)

    def __repr__(self) -> str:
        return f"<Desk of {self.person_id}>"

    def fresh(self) -> Self:
        """The same desk, but the primary gives all answers, even if the storage has a replica. They contain everything
        that was committed before, one's own commands too (read your writes)."""
        return type(self)(self._executor.fresh())

    @property
    def now(self) -> datetime:
        """The time by the clock of this billing."""
        return self._executor.now()
