"""The outcome of each row for the present books.

The desk decides in the same way when the row is recorded.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from attrs import frozen

from invoicecore import Client, Desk, NewWorkSession, Person, Project, Rate, WorkSessionView
from invoicecore.errors import InvalidInput, InvalidState, InvoicecoreError, StorageError
from invoicecore.importer.plans import Outcome, PlanOptions
from invoicecore.importer.resolution import Resolution, is_placeholder
from invoicecore.importer.scan import EPOCH, EntryOrRefusal, batches, is_wanted, person_key, place_key, rows_at_once
from invoicecore.importer.timesheet import TimeEntry, UnreadableFile
from invoicecore.model.import_row import ImportRow, UpdateBlocker, changed_fields, update_blocker
from invoicecore.vocabulary import Role


@frozen
class ResolvedRow:
    """A row with its person, client and project, in the form that the Desk records (`new`) and in the form that is
    compared with a session (`row`)."""

    person: Person
    client: Client
    project: Project
    new: NewWorkSession
    row: ImportRow

    @property
    def needs_more(self) -> bool:
        """Whether its person, client or project is not in the books."""
        return any(map(is_placeholder, (self.person.id, self.client.id, self.project.id)))

    def changes(self, session: WorkSessionView) -> tuple[str, ...]:
        """The names of the fields in which a session differs from the row."""
        return changed_fields(self.row, session, session.day)


@frozen(kw_only=True)
class RowDecision:
    """What becomes of a row. `resolved` is set if the row is added, changed or kept; `session` is the session that the
    row became before, and `fields` are those in which it differs from the row."""

    entry: EntryOrRefusal
    outcome: Outcome
    resolved: ResolvedRow | None = None
    session: WorkSessionView | None = None
    fields: tuple[str, ...] = ()
    blocker: UpdateBlocker | None = None
    error: InvoicecoreError | None = None
    repeated: bool = False

    @property
    def written(self) -> ResolvedRow | None:
        """The row, if the books are written to."""
        return self.resolved if self.outcome in {Outcome.ADDED, Outcome.CHANGED} else None


class RowOutcomes:
    """Decides about the rows of one file in their order. A digest of each id stays in memory."""

    def __init__(self, desk: Desk, resolution: Resolution, options: PlanOptions) -> None:
        self._desk = desk
        self._resolution = resolution
        self._options = options
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
            wanted = (it for it in many if isinstance(it, TimeEntry) and is_wanted(it, options))
            imported = self._desk.work.imported(map(_source, wanted))
            for batch in batches(many, options.batch):
                yield batch, imported

    def decide(self, entry: EntryOrRefusal, imported: Mapping[str, WorkSessionView]) -> RowDecision:
        """The decision about the next row."""
        if isinstance(entry, UnreadableFile):
            return RowDecision(entry=entry, outcome=Outcome.REFUSED, error=entry)
        if not is_wanted(entry, self._options):
            return RowDecision(entry=entry, outcome=Outcome.LEFT_OUT)
        digest = blake2b(_source(entry).encode(), digest_size=16).digest()
        if digest in self._seen:
            return RowDecision(entry=entry, outcome=Outcome.KNOWN, repeated=True)
        self._seen.add(digest)
        session = imported.get(_source(entry))
        if session is not None and not entry.identified:
            return RowDecision(entry=entry, outcome=Outcome.KNOWN, session=session)
        try:
            resolved = self._resolved(entry)
            if session is None and resolved.person.role is Role.CONTACT:
                raise InvalidState(f"{resolved.person.name} is a client's contact; only employees record work.")
        except StorageError:
            raise
        except InvoicecoreError as error:
            outcome = Outcome.REFUSED if session is None else Outcome.KNOWN
            return RowDecision(entry=entry, outcome=outcome, session=session, error=error)
        if session is None:
            return RowDecision(entry=entry, outcome=Outcome.ADDED, resolved=resolved)
        return self._again(entry, resolved, session)

    def _again(self, entry: TimeEntry, resolved: ResolvedRow, session: WorkSessionView) -> RowDecision:
        """The decision about a row that came before, under the tracker's own id."""
        fields, outcome, blocker = resolved.changes(session), Outcome.KNOWN, None
        if fields:
            blocker = update_blocker(resolved.row, resolved.client.id, session, locked=session.locked)
            outcome = Outcome.CHANGED if self._options.update and blocker is None else Outcome.KEPT
        return RowDecision(
            entry=entry, outcome=outcome, resolved=resolved, session=session, fields=fields, blocker=blocker
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
        new = NewWorkSession(
            project_id=project.id,
            person_id=person.id,
            start=entry.start,
            day=entry.day,
            hours=entry.duration,
            billable=entry.billable,
            note=entry.note,
            rate=rate,
            source=entry.source,
        )
        return ResolvedRow(person, client, project, new, ImportRow.of(new, allow_over_24h=True))


def _source(entry: TimeEntry) -> str:
    assert entry.source is not None  # every reader names its rows
    return entry.source
