"""The application of a plan in batches, each one unit of work, with the people, clients and projects that it needs.

It can be repeated: existing records are found, and known rows are skipped. So after any failure, applying the plan
again continues.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b

from attrs import evolve, frozen

from invoicecore import Client, Desk, NewWorkSession, Person, Project, Rate, Role, WorkSessionView
from invoicecore.errors import BalanceLimitReached, BatchRefused, InvalidState, InvoicecoreError
from invoicecore.importer.directory_index import DirectoryIndex
from invoicecore.importer.planning import reopened
from invoicecore.importer.plans import (
    Outcome,
    Plan,
    PlannedClient,
    PlannedPerson,
    PlannedProject,
    PlanOptions,
    dump_plan,
)
from invoicecore.importer.resolution import Resolution, new_client, new_person, new_project, terms_in, tried
from invoicecore.importer.row_outcomes import RowDecision, RowOutcomes
from invoicecore.importer.scan import PersonKey, PlaceKey, key_of
from invoicecore.importer.similar_work import PlannedSimilarWork
from invoicecore.importer.timesheet import TimeEntry

Progress = Callable[[int, int], object]
"""Called with the number of rows that are done, and that of all rows."""
_NOT_PLANNED = "When it was planned, nothing of that name was to be written to; plan again."


@frozen(kw_only=True)
class ImportResult:
    """The result of applying a plan: the numbers of sessions that were recorded and edited, of rows that were known and
    left as they are, because something was in the way or they were not wanted, and of batches."""

    added: int = 0
    changed: int = 0
    known: int = 0
    left: int = 0
    batches: int = 0


class Interrupted(InvoicecoreError):
    """A plan was applied in part and then failed, for a `reason`. What is `done` stays; applying the plan again goes on
    from there. `row` is the row of the file that was refused, if one was."""

    def __init__(self, done: ImportResult, row: int | None, reason: InvoicecoreError) -> None:
        self.done = done
        self.row = row
        self.reason = reason
        where = "" if row is None else f"Row {row}: "
        stands = f"{done.batches} batches with {done.added} new sessions stand; applying the plan again goes on."
        super().__init__(f"{where}{reason} {stands}")


def apply(
    desk: Desk,
    plan: Plan,
    *,
    progress: Progress | None = None,
    set_clock: Callable[[datetime], object] | None = None,
) -> ImportResult:
    """Do what a plan says, in a unit of work for each batch of rows. People, clients and projects are added when the
    first row needs them.

    `set_clock` sets the clock of the billing whose desk this is, so that a replay happens when the work was done: it is
    called with the start of each batch before anything is added for it, and with its end before it is recorded.

    A plan with a refused row does nothing: UnreadableFile names row and column; nor does one with a row of which no
    rule says whether it is the same as work in the books: MissingOption. InvalidState where the file or the firm
    is no longer the one that was planned with. Once something was written, any failure is raised as Interrupted.
    Only a Manager may import.
    """
    desk = desk.fresh()
    reading = reopened(desk, plan)
    if plan.refusal is not None:
        raise plan.refusal
    done, rows, zone = ImportResult(), 0, desk.firm.settings().timezone
    try:
        similar = PlannedSimilarWork(desk, plan.same_as)
        outcomes = RowOutcomes(desk, _Making(desk, plan), plan.options, similar)
        for batch, imported in outcomes.batches(reading.entries(), zone):
            entries = [entry for entry in batch if isinstance(entry, TimeEntry)]
            if set_clock is not None and entries:
                set_clock(min(entry.starts(zone) for entry in entries))
            decisions = [outcomes.decide(entry, imported) for entry in batch]
            if set_clock is not None and entries:
                set_clock(max(entry.ends(zone) for entry in entries))
            done = _recorded(desk, decisions, plan.options, done)
            rows += len(batch)
            if progress is not None:
                progress(rows, plan.total.entries)
    except Interrupted:
        raise
    except InvoicecoreError as reason:
        raise Interrupted(done, None, reason) from reason
    return done


def _recorded(desk: Desk, decisions: Sequence[RowDecision], options: PlanOptions, done: ImportResult) -> ImportResult:
    """Record a batch, and add it to what is done."""
    written = list[tuple[RowDecision, NewWorkSession]]()
    for decision in decisions:  # the books may have changed since the plan was made
        if decision.error is not None and decision.outcome is Outcome.REFUSED:
            raise Interrupted(done, decision.entry.row, decision.error)
        if decision.charged is not None and decision.charged.needs_more:
            raise Interrupted(done, decision.entry.row, InvalidState(_NOT_PLANNED))
        if decision.new is not None:
            written.append((decision, decision.new))
    count = Counter(decision.outcome for decision in decisions)
    sessions: tuple[WorkSessionView, ...] = ()
    while written and not sessions:
        try:
            sessions = desk.work.import_many(
                [new for _, new in written],
                over_limit=options.over_limit,
                reason=options.reason,
                allow_over_24h=True,
                update=options.update,
            )
        except BatchRefused as refused:
            decision, _ = written.pop(refused.row)
            if not (options.skip_stopped and isinstance(refused.reason, BalanceLimitReached)):
                raise Interrupted(done, decision.entry.row, refused.reason) from refused
            count[decision.outcome] -= 1
            count[Outcome.LEFT_OUT] += 1
    for (decision, _), session in zip(written, sessions, strict=True):
        resolved = decision.resolved
        if decision.outcome is Outcome.CHANGED and resolved is not None and resolved.changes(session):
            count[Outcome.CHANGED] -= 1
            count[Outcome.KEPT] += 1
    return ImportResult(
        added=done.added + count[Outcome.ADDED],
        changed=done.changed + count[Outcome.CHANGED],
        known=done.known + count[Outcome.KNOWN],
        left=done.left + count[Outcome.KEPT] + count[Outcome.LEFT_OUT],
        batches=done.batches + 1,
    )


class _Making(Resolution):
    """The people, clients and projects of a plan's file, each added when a row first needs it. One that was added by
    another user since the plan was made is found by the same rule, and used."""

    def __init__(self, desk: Desk, plan: Plan) -> None:
        super().__init__()
        self._desk = desk
        self._options = plan.options
        self._index = DirectoryIndex.of(desk)
        plain = dump_plan(evolve(plan, file=evolve(plan.file, content=None)))  # the digest of the file stands for it
        self._digest = blake2b(json.dumps(plain, sort_keys=True).encode(), digest_size=16).hexdigest()
        self._planned_people = {key_of(person.name, person.email): person for person in plan.people}
        self._planned_clients = {client.name: client for client in plan.clients}
        self._planned_projects = {(project.client, project.name): project for project in plan.projects}

    def person(self, key: PersonKey) -> Person:
        """The person, who is added if needed."""
        if key not in self.people:
            self.people[key] = self._person(self._planned_people[key])
        return super().person(key)

    def place(self, key: PlaceKey) -> tuple[Client, Project]:
        """The client and the project, which are added if needed."""
        if key[0] not in self.clients:
            self.clients[key[0]] = self._client(self._planned_clients[key[0]])
        if key not in self.projects:
            self.projects[key] = self._project(self._planned_projects[key], self.clients[key[0]])
        return super().place(key)

    def _person(self, planned: PlannedPerson) -> Person | str:
        name, email = planned.name, planned.email
        if planned.id is not None:
            return self._index.by_id(Person, planned.id)
        found = tried(self._index.person, name, email)
        if found is not None or not planned.is_new:
            return found or new_person(name, email)
        key = self._key("person", email or "", name)
        return self._desk.people.add(name=name, email=email, role=Role.WORKER, idempotency_key=key)

    def _client(self, planned: PlannedClient) -> Client | str:
        name, currency = planned.name, planned.currency
        if planned.id is not None:
            return self._index.by_id(Client, planned.id)
        found = tried(self._index.client, name)
        if found is not None or currency is None:
            return found or _NOT_PLANNED
        if not planned.is_new:
            return new_client(name, currency)
        terms, key = terms_in(currency, self._options), self._key("client", name)
        return self._desk.clients.add(name=name, terms=terms, currency=currency, idempotency_key=key)

    def _project(self, planned: PlannedProject, owner: Client | str) -> Project | str:
        if isinstance(owner, str):
            return owner
        if planned.id is not None:
            return self._index.by_id(Project, planned.id)
        found = tried(self._index.project, owner.id, planned.name)
        if found is not None or not planned.is_new:
            return found or new_project(owner, planned.name, None)
        rate, key = planned.rate or Rate.hourly(0, owner.currency), self._key("project", planned.client, planned.name)
        return self._desk.projects.add(client_id=owner.id, name=planned.name, rate=rate, idempotency_key=key)

    def _key(self, *what: str) -> str:
        """The idempotency key by which something that a plan needs is added once."""
        return blake2b(json.dumps([self._digest, *what]).encode(), digest_size=16).hexdigest()
