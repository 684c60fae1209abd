"""The context of a running command: it loads what the person may see, and collects the changes.

The end of a command is in `invoicecore.desk.finish`.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import evolve

from invoicecore.desk import visibility
from invoicecore.errors import NotFound
from invoicecore.lifecycle.invoice import Invoice, ReleasedPayment
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.events import Change, Event, unchecked_message
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.permissions import SEES_MONEY, may, permit
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.clock import Clock, time_by
from invoicecore.ports.store import E, Entity, Fact, UniqueKind
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.payment import Payment
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values import inputs
from invoicecore.values.ids import IdSource, ProjectId
from invoicecore.values.stamp import CommandStamp, unchecked_stamp
from invoicecore.values.unset import UNSET
from invoicecore.vocabulary import Action, Role

if TYPE_CHECKING:
    from invoicecore.ports.queries import Queries
    from invoicecore.ports.tax_decider import TaxDecider

T = TypeVar("T", Firm, Person, Client, Project)


class CommandContext:
    """One command of one person while it runs. `changes` is what it wrote, `reason` why, for the audit record."""

    __slots__ = (
        "_clock",
        "_counted",
        "_pages",
        "_stamp",
        "actor",
        "changes",
        "firm",
        "ids",
        "reason",
        "tax_decider",
        "uow",
    )

    def __init__(
        self,
        uow: UnitOfWork,
        firm: Firm,
        actor: Person,
        clock: Clock,
        ids: IdSource,
        tax_decider: "TaxDecider | None",
    ) -> None:
        self._pages: Queries | None = None
        self.uow: UnitOfWork = uow
        if actor.role is Role.CONTACT:
            from invoicecore.desk.client_reading import as_client

            self.uow, self._pages = as_client(uow, self.pages, actor)
        self.firm: Final = firm
        self.actor: Final = actor
        self.ids: Final = ids
        self.tax_decider: Final = tax_decider
        self._clock = clock
        self._stamp: CommandStamp | None = None
        self._counted: set[ProjectId] = set()
        self.changes: list[Change] = []
        self.reason: str = ""

    @property
    def stamp(self) -> CommandStamp:
        """When, by whom, and in which zone; made when it is first asked for, since a query needs none."""
        if self._stamp is None:
            self._stamp = unchecked_stamp(time_by(self._clock), self.actor.id, self.firm.timezone)
        return self._stamp

    # who may

    def permit(self, action: Action) -> None:
        """NotPermitted if the actor's role does not include the action."""
        permit(self.actor.role, action)

    @property
    def sees_money(self) -> bool:
        """Whether the actor is shown rates and amounts."""
        return self.actor.role in SEES_MONEY

    # loading: absent, or not yours to see, is NotFound

    def _get(self, kind: type[E], what: str, id: str) -> E:
        entity = self.uow.get(kind, id)
        if entity is None:
            raise NotFound(what, id)
        return entity

    def _visible(self, kind: type[E], what: str, id: object, is_visible: Callable[[Person, E], bool]) -> E:
        entity = self._get(kind, what, inputs.id(f"The id of a {what}", id))
        if not is_visible(self.actor, entity):
            raise NotFound(what, id)
        return entity

    def person(self, id: str) -> Person:
        """A person that the actor may see."""
        return self._visible(Person, "person", id, visibility.sees_person)

    def login(self, person: Person) -> Login:
        """A person's login, for the command's own use; an empty one where there is none yet."""
        return self.uow.get(Login, person.id) or Login(person_id=person.id)

    def client(self, id: str) -> Client:
        """A client that the actor may see."""
        return self._visible(Client, "client", id, lambda actor, it: visibility.sees_client(actor, it.id))

    def account(self, client_id: str) -> Account:
        """A client's account, for the command's own use, also where the actor may not see it."""
        return self._get(Account, "account of client", client_id)

    def account_then_project(self, project: Project) -> tuple[Account, Project]:
        """The account of the client of a visible project, and the project as it is after the account was read: a rate
        or an archiving that came in between is seen, and one that comes later conflicts."""
        account = self._get(Account, "account of client", project.client_id)
        return account, self._get(Project, "project", project.id)

    def project(self, id: str) -> Project:
        """A project that the actor may see."""
        return self._visible(Project, "project", id, visibility.sees_project)

    def client_of(self, thing: Project | Account) -> Client:
        """The client of a project or an account, for the command's own use."""
        return self._get(Client, "client", thing.client_id)

    def project_of(self, timer: Timer) -> Project:
        """The project of a timer, whether or not the actor may see it."""
        return self._get(Project, "project", timer.project_id)

    def session(self, id: str) -> WorkSession:
        """A session that the actor may see and that was not deleted."""
        session = self._visible(WorkSession, "session", id, visibility.sees_work)
        if session.removed:
            raise NotFound("session", id)
        return session

    def charge(self, id: str) -> Charge:
        """A charge that the actor may see and that was not deleted."""
        charge = self._visible(Charge, "charge", id, visibility.sees_charge)
        if charge.removed:
            raise NotFound("charge", id)
        return charge

    def billed(self, id: str) -> WorkSession | Charge:
        """A session or a charge that the actor may see and that was not deleted; one that is neither is no session."""
        charge = self.uow.get(Charge, id)
        if charge is None:
            return self.session(id)
        if charge.removed or not visibility.sees_charge(self.actor, charge):
            raise NotFound("session", id)
        return charge

    def timer(self, id: str) -> Timer:
        """A running timer that the actor may see."""
        return self._visible(Timer, "running timer", id, visibility.sees_work)

    def invoice(self, id: str) -> Invoice:
        """An invoice that the actor may see."""
        return self._visible(Invoice, "invoice", id, visibility.sees_invoice)

    def shown_invoice(self, id: str) -> Invoice:
        """An invoice that the actor may see, as they are shown it."""
        return visibility.shown_invoice(self.actor, self.invoice(id))

    def invoice_for(self, action: Action, id: str) -> tuple[Invoice, Account]:
        """An invoice that the actor may see, if they may do the action, and its client's account."""
        invoice = self.invoice(id)
        self.permit(action)
        return invoice, self.account(invoice.client_id)

    def payment(self, id: str) -> Payment:
        """A payment that the actor may see."""
        return self._visible(Payment, "payment", id, lambda actor, it: visibility.sees_account(actor, it.client_id))

    def payment_of(self, part: ReleasedPayment) -> Payment:
        """The payment that a void invoice had, for the call's own use."""
        return self._get(Payment, "payment", part.payment_id)

    def label_of(self, invoice_id: str) -> str:
        """How to name an invoice to people, whether or not the actor may open it."""
        return self._get(Invoice, "invoice", invoice_id).label

    def names_of(self, projects: Iterable[str], people: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """How projects and people are called now, by their ids, whether or not the actor may see them."""
        named = [(id, self._get(Project, "project", id).name) for id in projects]
        return (*named, *((id, self._get(Person, "person", id).name) for id in people))

    def visible_account(self, client_id: str, action: Action = Action.VIEW_ACCOUNT) -> Account:
        """The account of a client, if the actor may see the client, take the action, and see client-wide money."""
        id = inputs.id("The id of a client", client_id)
        account = self._get(Account, "client", id)  # there is one for every client
        if not visibility.sees_account(self.actor, client_id):
            if not visibility.sees_client(self.actor, client_id):
                raise NotFound("client", client_id)
            if may(self.actor.role, Action.VIEW_ACCOUNT):
                raise NotFound("account of client", client_id)
        self.permit(action)
        return account

    @property
    def pages(self) -> "Queries":
        """Lists and sums, by the store's own means or by those that every store has."""
        if self._pages is not None:
            return self._pages
        from invoicecore.desk.generic_queries import GenericQueries

        own = self.uow.queries()
        return GenericQueries(self.uow) if own is None else own

    # saving

    def put(self, entity: Entity) -> None:
        """Store an entity as it now is."""
        self.changes.append(self.uow.put(entity))

    def remove(self, kind: type[E], id: str) -> None:
        """Forget an entity."""
        self.changes.append(self.uow.remove(kind, id))

    def emit(self, event: Event) -> None:
        """Put an event in the outbox."""
        self.uow.send(unchecked_message(self.ids(), self.stamp.at, event, self.firm.id))

    def store(self, decision: Decision) -> None:
        """Write all of a decision but the account, which is written once, when the command closes."""
        uow, changes = self.uow, self.changes
        facts: tuple[Fact, ...] = (*decision.entries, *decision.history, *decision.receivables)
        entities: tuple[Entity, ...] = (
            *decision.sessions,
            *decision.charges,
            *decision.invoices,
            *decision.payments,
        )
        for fact in facts:
            uow.append(fact)
        for entity in entities:
            changes.append(uow.put(entity))
        for project_id, minor in decision.costs:
            if minor:
                self._count_cost(project_id, minor)
        if decision.unlock is not None:
            uow.release(UniqueKind.CHARGE, decision.unlock.billed_ids)
        if decision.lock is not None:
            uow.reserve(UniqueKind.CHARGE, decision.lock.billed_ids, decision.lock.invoice_id)
        for event in decision.events:
            self.emit(event)

    def _count_cost(self, project_id: ProjectId, minor: int) -> None:
        """Count what a session costs more than until now towards the cap of its project."""
        project = self._get(Project, "project", project_id)
        if project.cap_used is not None:
            change = self.uow.put(project.with_cap_used(minor))
            if project.id not in self._counted:  # a batch counts each of its sessions, and the audit tells it once
                self._counted.add(project.id)
                self.changes.append(change)

    def bump_account(self, client_id: str) -> None:
        """Put a client's account as it is, so that no other command on the client commits on the same read."""
        self.put(self.account(client_id))


def checked(kind: type[Any], **given: Any) -> dict[str, Any]:
    """What is given for the fields of an entity, in its valid form. InvalidInput for all that is wrong with it."""
    return given | inputs.all_of(**inputs.of_fields(kind, **given))


def with_changes(entity: T, **given: Any) -> T:
    """The entity with the values that are given; what is UNSET stays as it is."""
    return evolve(entity, **{field: value for field, value in given.items() if value is not UNSET})
