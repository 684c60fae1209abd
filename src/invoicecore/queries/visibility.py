"""The bounds of what a person may see."""

from typing import Final

from attrs import frozen

from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.charge import Charge
from invoicecore.model.project import Project
from invoicecore.model.work_session import WorkSession
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.values.unchecked import unchecked


@frozen(kw_only=True)
class Visibility:
    """The bounds of what a person may see, which a store applies to its lists; None sets no bound.

    `client_id` and `projects` limit everything to that client and those projects. `worker` limits it to the sessions of
    that person and the projects that they are assigned to, without clients and invoices. An invoice is visible if it
    has lines and all of them belong to visible projects. Whoever is limited to a client sees the charges that ask them
    for something.
    """

    client_id: ClientId | None = None
    projects: frozenset[ProjectId] | None = None
    worker: PersonId | None = None

    def has_client(self, client_id: str) -> bool:
        """Whether a client is visible."""
        return self.worker is None and self.client_id in (None, client_id)

    def has_project(self, project: Project) -> bool:
        """Whether a project is visible."""
        assigned = self.worker is None or self.worker in project.assigned
        return assigned and self._covers(project.client_id, project.id)

    def has_work(self, session: WorkSession) -> bool:
        """Whether a session is visible."""
        return self.worker in (None, session.person_id) and self._covers(session.client_id, session.project_id)

    def has_charge(self, charge: Charge) -> bool:
        """Whether a charge is visible."""
        asks = self.client_id is None or charge.minor != 0
        return asks and self.worker in (None, charge.person_id) and self._covers(charge.client_id, charge.project_id)

    def has_invoice(self, invoice: Invoice) -> bool:
        """Whether an invoice is visible."""
        lines, projects = invoice.lines, self.projects
        within = projects is None or (bool(lines) and all(line.project_id in projects for line in lines))
        return within and self.has_client(invoice.client_id)

    def _covers(self, client_id: ClientId, project_id: ProjectId | None) -> bool:
        return self.client_id in (None, client_id) and (self.projects is None or project_id in self.projects)


EVERYTHING = Visibility()
"""No bounds."""


@frozen
class NamedRef:
    """An id and its present name."""

    id: str
    name: str


unchecked_named_ref: Final = unchecked(NamedRef)
