"""How does a plan come about?

Whom and what the plan lacks is made first; then the rows are recorded, a unit of work for each batch. All of it can be
done again: what is there already is found, and a row that is known is passed over. So whatever goes wrong on the way,
applying the plan once more goes on where it stopped.
"""

import json
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b

from attrs import frozen

from invoicecore import Client, Desk, Person, Project, Rate, Role
from invoicecore.errors import BatchRefused, InvalidState, InvoicecoreError
from invoicecore.importer.directory_index import DirectoryIndex
from invoicecore.importer.planning import reopened
from invoicecore.importer.plans import Outcome, Plan, PlannedClient, PlannedPerson, PlannedProject
from invoicecore.importer.resolution import Parties, new_client, new_person, new_project, tried
from invoicecore.importer.row_outcomes import Fate, Fates
from invoicecore.importer.scan import batches, key_of
from invoicecore.importer.stored_plan import digest_of
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.ledger.terms import Terms
from invoicecore.model.import_row import changed_fields

Progress = Callable[[int, int], object]
"""Is told how many rows are done, of how many."""
_NOT_PLANNED = "When it was planned, nothing of that name was to be written to; plan again."


@frozen(kw_only=True)
class ImportResult:
    """What was done: how many sessions were recorded or edited, how many rows were known or left as they are, because
    something was in the way or they were not wanted, in so many batches."""

    added: int = 0
    changed: int = 0
    known: int = 0
    left: int = 0
    batches: int = 0


class Interrupted(InvoicecoreError):
    """A plan was applied in part, and then something went wrong: `reason`. What is `done` stands; applying the plan
    again goes on from there. `row` is the row of the file that was refused, if it was one."""

    def __init__(self, done: ImportResult, row: int | None, reason: InvoicecoreError) -> None:
        self.done = done
        self.row = row
        self.reason = reason
        where = "" if row is None else f"Row {row}: "
        stands = f"{done.batches} batches with {done.added} new sessions stand; applying the plan again goes on."
        super().__init__(f"{where}{reason} {stands}")


def apply(desk: Desk, plan: Plan, *, progress: Progress | None = None) -> ImportResult:
    """Do what a plan says: people, clients and projects first, then a unit of work for each batch of rows.

    A plan with a refused row does nothing: UnreadableFile names row and column. NotAllowedNow where the file or the
    firm is no longer the one that was planned with. Once something was written, whatever goes wrong comes as
    Interrupted. Only a Manager may import.
    """
    reading = reopened(desk, plan)
    if not plan.is_sound:
        first = plan.refused_rows[0]
        said = f"{first.reason} Nothing was recorded; of the rows, {plan.refused} are refused."
        raise UnreadableFile(first.row, first.column, said)
    done, rows = ImportResult(), 0
    try:
        fates = Fates(desk, _made(desk, plan), plan.options)
        for batch in batches(reading.entries(), plan.options.batch):
            done = _recorded(desk, tuple(fates.of(batch)), plan, done)
            rows += len(batch)
            if progress is not None:
                progress(rows, plan.total.entries)
    except Interrupted:
        raise
    except InvoicecoreError as reason:
        raise Interrupted(done, None, reason) from reason
    return done


def _recorded(desk: Desk, fates: tuple[Fate, ...], plan: Plan, done: ImportResult) -> ImportResult:
    """Record a batch; what is done then."""
    taken, options = [fate for fate in fates if fate.writes], plan.options
    for fate in fates:  # what has come in between since it was planned
        if fate.error is not None and fate.outcome is Outcome.REFUSED:
            raise Interrupted(done, fate.entry.row, fate.error)
        if fate.writes and fate.takes is not None and fate.takes.needs_more:
            raise Interrupted(done, fate.entry.row, InvalidState(_NOT_PLANNED))
    try:
        sessions = desk.work.import_many(
            [fate.row for fate in taken],
            over_limit=options.over_limit,
            reason=options.reason,
            allow_over_24h=True,
            update=options.update,
        )
    except BatchRefused as refused:
        raise Interrupted(done, taken[refused.row].entry.row, refused.reason) from refused
    changed = missed = 0
    for fate, session in zip(taken, sessions, strict=True):
        if fate.outcome is Outcome.CHANGED:
            is_followed = fate.takes is not None and not changed_fields(fate.takes.said, session, session.day)
            changed, missed = changed + is_followed, missed + (not is_followed)
    outcomes = Counter(fate.outcome for fate in fates)
    return ImportResult(
        added=done.added + outcomes[Outcome.ADDED],
        changed=done.changed + changed,
        known=done.known + outcomes[Outcome.KNOWN],
        left=done.left + outcomes[Outcome.KEPT] + outcomes[Outcome.LEFT_OUT] + missed,
        batches=done.batches + 1,
    )


def _made(desk: Desk, plan: Plan) -> Parties:
    """What the names of the file mean, once whom and what the plan wants made is there. Whatever somebody else made
    meanwhile is found by the same rule as when it was planned, and taken."""
    register, digest, parties = DirectoryIndex.of(desk), digest_of(plan), Parties()
    for person in plan.people:
        parties.people[key_of(person.name, person.email)] = _person(desk, register, person, digest)
    for client in plan.clients:
        parties.clients[client.name] = _client(desk, register, client, plan.options.terms, digest)
    for project in plan.projects:
        owner = parties.clients[project.client]
        parties.projects[project.client, project.name] = _project(desk, register, project, owner, digest)
    return parties


def _person(desk: Desk, register: DirectoryIndex, planned: PlannedPerson, digest: str) -> Person | str:
    if planned.id is not None:
        return register.by_id(Person, planned.id)
    found = tried(register.person, planned.name, planned.email)
    if found is not None or not planned.is_new:
        return found or new_person(planned.name, planned.email)
    key = _key(digest, "person", planned.email or "", planned.name)
    return desk.people.add(name=planned.name, email=planned.email, role=Role.WORKER, idempotency_key=key)


def _client(desk: Desk, register: DirectoryIndex, planned: PlannedClient, terms: Terms, digest: str) -> Client | str:
    if planned.id is not None:
        return register.by_id(Client, planned.id)
    found = tried(register.client, planned.name)
    if found is not None or not planned.is_new:
        return found or (_NOT_PLANNED if planned.currency is None else new_client(planned.name, planned.currency))
    key = _key(digest, "client", planned.name)
    return desk.clients.add(name=planned.name, terms=terms, currency=planned.currency, idempotency_key=key)


def _project(
    desk: Desk, register: DirectoryIndex, planned: PlannedProject, owner: Client | str, digest: str
) -> Project | str:
    if isinstance(owner, str):
        return owner
    if planned.id is not None:
        return register.by_id(Project, planned.id)
    found = tried(register.project, owner.id, planned.name)
    if found is not None or not planned.is_new:
        return found or new_project(owner, planned.name, None)
    rate, key = planned.rate or Rate.hourly(0, owner.currency), _key(digest, "project", planned.client, planned.name)
    return desk.projects.add(client_id=owner.id, name=planned.name, rate=rate, idempotency_key=key)


def _key(digest: str, *what: str) -> str:
    """The idempotency key by which something that a plan wants is made once."""
    return blake2b(json.dumps([digest, *what]).encode(), digest_size=16).hexdigest()
