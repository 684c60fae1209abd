"""The rules of what each person may see.

They are applied to every id in a request and every row of a list. A thing that a viewer may not see is treated as if it
did not exist.
"""

from collections import Counter
from typing import assert_never

from attrs import evolve

from invoicecore.lifecycle.invoice import CoverPart, Invoice
from invoicecore.model.charge import Charge
from invoicecore.model.permissions import SEES_MONEY
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.queries.visibility import EVERYTHING, Visibility
from invoicecore.values.tax import Tax
from invoicecore.vocabulary import ChargeKind, Role, Status

_ALL_WORK = frozenset({Role.MANAGER, Role.SUPERVISOR})
_EMPLOYEES = frozenset({Role.MANAGER, Role.SUPERVISOR, Role.WORKER})


def of(viewer: Person) -> Visibility:
    """The bounds of what the viewer may see, for a store to list no more. They exclude no drafts and no amounts; these
    are checked by the functions below."""
    match viewer.role:
        case Role.MANAGER | Role.SUPERVISOR:
            return EVERYTHING
        case Role.WORKER:
            return Visibility(worker=viewer.id)
        case Role.CONTACT:
            return Visibility(client_id=viewer.client_id, projects=viewer.limited_to)
        case _:
            assert_never(viewer.role)


def roles_seen(viewer: Person) -> frozenset[Role]:
    """In which roles people are listed to the viewer: managers see everybody, supervisors the employees."""
    if viewer.role is Role.MANAGER:
        return frozenset(Role)
    return _EMPLOYEES if viewer.role is Role.SUPERVISOR else frozenset()


def sees_person(viewer: Person, person: Person) -> bool:
    """Managers see everybody, supervisors the employees they may assign, the others themselves."""
    if viewer.role is Role.MANAGER or viewer.id == person.id:
        return True
    return viewer.role is Role.SUPERVISOR and person.role is not Role.CONTACT


def sees_colleagues(viewer: Person) -> bool:
    """Who else works on a project: managers and supervisors."""
    return viewer.role in _ALL_WORK


def sees_client(viewer: Person, client_id: str) -> bool:
    """A client without their money: managers and supervisors see all, a contact their own."""
    return viewer.role in _ALL_WORK or (viewer.role is Role.CONTACT and viewer.client_id == client_id)


def sees_account(viewer: Person, client_id: str) -> bool:
    """Client-wide money: for managers, and for a contact of the client who is not limited to projects."""
    if viewer.role is Role.MANAGER:
        return True
    return viewer.role is Role.CONTACT and viewer.client_id == client_id and viewer.limited_to is None


def sees_stop(viewer: Person, client_id: str) -> bool:
    """Whether work for a client is stopped: for everybody who may log any, and for those who see the account."""
    return viewer.role in _EMPLOYEES or sees_account(viewer, client_id)


def _contact_sees(viewer: Person, client_id: str, project_id: str | None) -> bool:
    if viewer.role is not Role.CONTACT or viewer.client_id != client_id:
        return False
    return viewer.limited_to is None or project_id in viewer.limited_to


def sees_project(viewer: Person, project: Project) -> bool:
    """Managers and supervisors see all, workers those they are assigned to, contacts those that are theirs."""
    if viewer.role in _ALL_WORK:
        return True
    if viewer.role is Role.WORKER:
        return viewer.id in project.assigned
    return _contact_sees(viewer, project.client_id, project.id)


def sees_work(viewer: Person, work: WorkSession | Timer) -> bool:
    """Managers and supervisors see all, workers their own, contacts that on their projects."""
    if viewer.role in _ALL_WORK:
        return True
    if viewer.role is Role.WORKER:
        return work.person_id == viewer.id
    return _contact_sees(viewer, work.client_id, work.project_id)


def charges_seen(viewer: Person) -> frozenset[ChargeKind]:
    """Of which kinds charges are listed to the viewer: of those who see no money, expenses alone."""
    return frozenset(ChargeKind) if viewer.role in SEES_MONEY else frozenset({ChargeKind.EXPENSE})


def sees_charge(viewer: Person, charge: Charge) -> bool:
    """Managers see all, supervisors all expenses, workers their own, contacts what their client is asked for."""
    if viewer.role is Role.MANAGER:
        return True
    if viewer.role is Role.CONTACT:
        return charge.minor != 0 and _contact_sees(viewer, charge.client_id, charge.project_id)
    is_own = viewer.role is Role.SUPERVISOR or charge.person_id == viewer.id
    return charge.kind in charges_seen(viewer) and is_own


def sees_cost(viewer: Person, charge: Charge) -> bool:
    """What was paid for an expense, and its receipt: managers, and who recorded it."""
    return viewer.role is Role.MANAGER or (viewer.role is not Role.CONTACT and charge.person_id == viewer.id)


def statuses_seen(viewer: Person) -> frozenset[Status]:
    """In which statuses invoices are listed to the viewer: nobody but a manager sees drafts."""
    return frozenset(Status) if viewer.role is Role.MANAGER else frozenset(Status) - {Status.DRAFT}


def sees_invoices(viewer: Person, client_id: str, status: Status) -> bool:
    """Invoices of a client in a status: managers see all, contacts their client's, but no drafts."""
    if viewer.role is Role.MANAGER:
        return True
    return viewer.role is Role.CONTACT and viewer.client_id == client_id and status is not Status.DRAFT


def sees_invoice(viewer: Person, invoice: Invoice) -> bool:
    """As `sees_invoices`; a contact who is limited to projects sees an invoice when all of its lines are theirs."""
    limits = viewer.limited_to
    if not sees_invoices(viewer, invoice.client_id, invoice.status):
        return False
    return limits is None or (bool(invoice.lines) and all(line.project_id in limits for line in invoice.lines))


def shown_invoice(viewer: Person, invoice: Invoice) -> Invoice:
    """An invoice without the ids of what lies outside the projects that its viewer is limited to: the other projects of
    its selection, what was left out of it, the invoices that cover it, and the payments that it had."""
    limits, selection = viewer.limited_to, invoice.selection
    if limits is None or selection is None:
        return invoice
    projects = None if selection.projects is None else selection.projects & limits
    covered = Counter[Tax | None]()
    for part in invoice.covered_by:
        covered[part.tax] += part.minor
    return evolve(
        invoice,
        selection=evolve(selection, projects=projects, left_out=frozenset()),
        covered_by=tuple(CoverPart(None, minor, tax) for tax, minor in covered.items()),
        released=(),
    )
