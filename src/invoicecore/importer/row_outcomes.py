"""The outcome of each row for the present books.

The desk decides in the same way when the row is recorded.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Final

from attrs import evolve, frozen

from invoicecore import Client, Desk, NewWorkSession, Person, Project, Rate, WorkSessionView
from invoicecore.errors import InvalidInput, InvalidState, InvoicecoreError, StorageError
from invoicecore.importer.kept_rows import EntryOrRefusal
from invoicecore.importer.options import SimilarRule
from invoicecore.importer.plans import Outcome, PlanOptions
from invoicecore.importer.resolution import Resolution, is_placeholder
from invoicecore.importer.scan import (
    EPOCH,
    batches,
    is_wanted,
    person_key,
    place_key,
    rows_at_once,
    source_of,
)
from invoicecore.importer.similar_work import SimilarWork
from invoicecore.importer.timesheet import TimeEntry, UnreadableFile
from invoicecore.model.import_row import (
    ImportRow,
    UpdateBlocker,
    changed_fields,
    unchecked_import_row,
    update_blocker,
)
from invoicecore.model.work_input import WorkInput, unchecked_work_input, work_input
from invoicecore.model.work_session import checked_length
from invoicecore.values import inputs
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import Role


@frozen
class ResolvedRow:
    """A row with its person, client and project, in the form that is compared with a session (`row`)."""

    person: Person
    client: Client
    project: Project
    row: ImportRow

    @property
    def new(self) -> NewWorkSession:
        """The row in the form that the Desk records."""
        row = self.row
        return NewWorkSession(
            project_id=row.project_id,
            person_id=row.person_id,
            start=row.work.start,
            day=row.work.day,
            hours=row.work.duration,
            billable=row.work.billable,
            note=row.work.note,
            rate=row.work.rate,
            source=row.source,
        )

    @property
    def needs_more(self) -> bool:
        """Whether its person, client or project is not in the books."""
        return any(map(is_placeholder, (self.person.id, self.client.id, self.project.id)))

    def changes(self, session: WorkSessionView) -> tuple[str, ...]:
        """The names of the fields in which a session differs from the row."""
        return changed_fields(self.row, session, session.day, fixed_price=self.project.has_fixed_price)


@frozen(kw_only=True)
class RowDecision:
    """What becomes of a row. `resolved` is set if the row is added, changed, kept or similar; `session` is the session
    that the row became before or, if `similar`, is probably the same as, and `fields` are those in which it differs
    from the row. `instead` is what the desk records for it, if that is not the row as it is."""

    entry: EntryOrRefusal
    outcome: Outcome
    resolved: ResolvedRow | None = None
    session: WorkSessionView | None = None
    fields: tuple[str, ...] = ()
    blocker: UpdateBlocker | None = None
    error: InvoicecoreError | None = None
    repeated: bool = False
    similar: bool = False
    instead: NewWorkSession | None = None

    @property
    def new(self) -> NewWorkSession | None:
        """What the desk records for it."""
        charged = self.charged
        return self.instead or (None if charged is None else charged.new)

    @property
    def charged(self) -> ResolvedRow | None:
        """The row, if a session is recorded or edited."""
        return self.resolved if self.outcome is Outcome.ADDED or self.outcome is Outcome.CHANGED else None


_unchecked_resolved_row: Final = unchecked(ResolvedRow)
_unchecked_decision: Final = unchecked(RowDecision)


class RowOutcomes:
    """Decides about the rows of one file in their order. A digest of each id stays in memory. `known` are the sources
    that can be known at all, if they were looked up already."""

    def __init__(
        self,
        desk: Desk,
        resolution: Resolution,
        options: PlanOptions,
        similar: SimilarWork,
        known: Container[str] | None = None,
    ) -> None:
        self._desk = desk
        self._resolution = resolution
        self._options = options
        self._similar = similar
        self._known = known
        self._seen: set[bytes] = set()

    def batches(
        self, rows: Iterable[EntryOrRefusal], zone: str
    ) -> Iterator[tuple[list[EntryOrRefusal], Mapping[str, WorkSessionView]]]:
        """The rows of a file, one unit of work after the other in the order in which they are recorded, each with the
        sessions that rows became before. That is the order of the file or, for a replay, of the work, with refused rows
        first. The books are read for many rows at once."""
        options = self._options
        if options.replay:
            rows = sorted(rows, key=lambda it: (it.starts(zone) if isinstance(it, TimeEntry) else EPOCH, it.row or 0))
        for many in batches(rows, rows_at_once(options)):
            wanted = (source_of(it) for it in many if isinstance(it, TimeEntry) and is_wanted(it, options))
            known = [source for source in wanted if self._known is None or source in self._known]
            imported = self._desk.work.imported(known) if known else {}
            for batch in batches(many, options.batch):
                yield batch, imported

    def decide(self, entry: EntryOrRefusal, imported: Mapping[str, WorkSessionView]) -> RowDecision:
        """The decision about the next row."""
        if isinstance(entry, UnreadableFile):
            return RowDecision(entry=entry, outcome=Outcome.REFUSED, error=entry)
        if not is_wanted(entry, self._options):
            return RowDecision(entry=entry, outcome=Outcome.LEFT_OUT)
        digest = blake2b(source_of(entry).encode(), digest_size=16).digest()
        if digest in self._seen:
            return RowDecision(entry=entry, outcome=Outcome.KNOWN, repeated=True)
        self._seen.add(digest)
        session = imported.get(source_of(entry))
        if session is not None and not entry.identified and not self._is_rebilled(entry, session):
            return RowDecision(entry=entry, outcome=Outcome.KNOWN, session=session)
        try:
            resolved = self._resolved(entry)
            similar = None if session is not None else self._similar.take(resolved.row)
            if session is None and resolved.person.role is Role.CONTACT:
                raise InvalidState(f"{resolved.person.name} is a client's contact; only employees record work.")
        except StorageError:
            raise
        except InvoicecoreError as error:
            outcome = Outcome.REFUSED if session is None else Outcome.KNOWN
            return RowDecision(entry=entry, outcome=outcome, session=session, error=error)
        if session is not None:
            decide = self._again if entry.identified else self._rebilled
            return decide(entry, resolved, session)
        if similar is not None:
            return self._alike(entry, resolved, similar, is_known=False)
        return _unchecked_decision(entry=entry, outcome=Outcome.ADDED, resolved=resolved)

    def _again(self, entry: TimeEntry, resolved: ResolvedRow, session: WorkSessionView) -> RowDecision:
        """The decision about a row that came before, under the tracker's own id."""
        fields, outcome, blocker = resolved.changes(session), Outcome.KNOWN, None
        if fields:
            blocker = update_blocker(resolved.row, resolved.client.id, session, locked=session.locked)
            outcome = Outcome.CHANGED if self._options.update and blocker is None else Outcome.KEPT
        return RowDecision(
            entry=entry,
            outcome=outcome,
            resolved=resolved,
            session=session,
            fields=fields,
            blocker=blocker,
        )

    def _is_rebilled(self, entry: TimeEntry, session: WorkSessionView) -> bool:
        """Whether the options say of a row that came before that it is billable, or is not, unlike its session."""
        differs = entry.billable is not None and entry.billable != session.billable
        return self._options.import_options.decides_billable and differs and not session.removed

    def _rebilled(self, entry: TimeEntry, resolved: ResolvedRow, session: WorkSessionView) -> RowDecision:
        """The decision about such a row. A session that differs in more was edited in the books, and stays."""
        if resolved.changes(session) != ("billable",):
            return RowDecision(entry=entry, outcome=Outcome.KNOWN, session=session)
        return self._alike(entry, resolved, session, is_known=True)

    def _alike(
        self, entry: TimeEntry, resolved: ResolvedRow, session: WorkSessionView, *, is_known: bool
    ) -> RowDecision:
        """The decision about a row that is probably the same as a session, by the rule for such rows. `is_known` says
        that the session has the row's source already."""
        rule, fields = self._options.similar, resolved.changes(session)
        locked = session.locked
        blocker = update_blocker(resolved.row, resolved.client.id, session, locked=locked) if fields else None
        left = Outcome.KEPT if fields else Outcome.KNOWN
        given: NewWorkSession | None
        if rule is None:
            outcome, given = Outcome.SIMILAR, None
        elif rule is SimilarRule.BOTH:
            outcome, given = (left if is_known else Outcome.ADDED), None
        elif rule is SimilarRule.SKIP:
            # With the tracker's id, the next import would take what was skipped for a change to follow.
            is_followed = entry.identified and self._options.update
            outcome, given = left, None if is_known or is_followed else _unchanged(session, source_of(entry))
        elif blocker is not None:
            outcome, given = Outcome.KEPT, None
        else:
            outcome = Outcome.CHANGED if fields else Outcome.KNOWN
            given = evolve(resolved.new, same_as=session.id)
        return RowDecision(
            entry=entry,
            outcome=outcome,
            resolved=resolved,
            session=session,
            fields=fields,
            blocker=blocker,
            similar=True,
            instead=given,
        )

    def _resolved(self, entry: TimeEntry) -> ResolvedRow:
        person = self._resolution.person(person_key(entry))
        client, project = self._resolution.place(place_key(entry, self._options))
        rate = None
        if entry.billable is not False and entry.rate is not None:
            if entry.currency not in {None, client.currency}:
                both = f"it brings a rate in {entry.currency}, but {client.name} is billed in {client.currency}"
                raise InvalidInput(f"{both}; a client has one currency, and nothing is converted.")
            rate = Rate.hourly(entry.rate, client.currency)
        row = unchecked_import_row(project.id, person.id, _work_of(entry, rate), source_of(entry))
        return _unchecked_resolved_row(person, client, project, row)


def _work_of(entry: TimeEntry, rate: Rate | None) -> WorkInput:
    """The work of a row, of which only the length and the note can still be wrong."""
    try:
        length, note = checked_length(entry.duration, long=True), inputs.text("note", entry.note)
    except InvalidInput:  # to be told in the words of the Desk
        times = (entry.start, None, entry.day, entry.duration)
        return work_input(*times, entry.billable, entry.note, rate, allow_over_24h=True)
    return unchecked_work_input(entry.start, entry.day, length, entry.billable, note, rate)


def _unchanged(session: WorkSessionView, source: str) -> NewWorkSession:
    """A row that says what a session says, by which the session gets another source."""
    return NewWorkSession(
        project_id=session.project_id,
        person_id=session.person_id,
        start=session.start,
        hours=session.duration,
        billable=session.billable,
        note=session.note,
        source=source,
        same_as=session.id,
    )
