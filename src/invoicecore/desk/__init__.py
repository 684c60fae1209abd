"""Everything that one person may do: load, decide, save, in one module for each subject."""

from invoicecore.desk.accounts import Accounts
from invoicecore.desk.clients import Clients
from invoicecore.desk.executor import Office
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

    def __init__(self, office: Office) -> None:
        self.person_id: PersonId = office.actor_id
        self.firm = FirmSettings(office)
        self.people = People(office)
        self.clients = Clients(office)
        self.projects = Projects(office)
        self.work = Work(office)
        self.invoices = Invoices(office)
        self.payments = Payments(office)
        self.accounts = Accounts(office)
        self.pages = Pages(office)
