"""What becomes of each row, as the books are now?

Nothing is decided here that the Desk does not decide the same way when the row comes to it.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from attrs import frozen

from invoicecore import Client, Desk, NewWorkSession, Person, Project, Rate, WorkSessionView
from invoicecore.desk import work_entry
from invoicecore.desk.work_import import ImportRow, UpdateBlocker, differing, obstacle
from invoicecore.errors import CurrencyMismatch, InvalidState, InvoicecoreError, StorageError
from invoicecore.importer.plans import Options, Outcome
from invoicecore.importer.resolution import Parties, is_new
from invoicecore.importer.scan import is_wanted, person_key, place_key
from invoicecore.importer.timesheet import TimeEntry, UnreadableFile
from invoicecore.vocabulary import Role


@frozen
class Takes:
    """A row that the books are to take in: whose work on what, and what it says of it."""

    person: Person
    client: Client
    project: Project
    said: ImportRow

    @property
    def needs_more(self) -> bool:
        """Whether somebody or something in it is not in the books."""
        return any(map(is_new, (self.person.id, self.client.id, self.project.id)))


@frozen(kw_only=True)
class Fate:
    """What becomes of a row. `takes` is there for what is added, changed or kept; `session` is what the row became
    before, and `fields` in what that is not as the row says."""

    entry: TimeEntry | UnreadableFile
    outcome: Outcome
    takes: Takes | None = None
    session: WorkSessionView | None = None
    fields: tuple[str, ...] = ()
    obstacle: UpdateBlocker | None = None
    error: InvoicecoreError | None = None
    repeated: bool = False

    @property
    def writes(self) -> bool:
        """Whether the books are written to."""
        return self.outcome in {Outcome.ADDED, Outcome.CHANGED}

    @property
    def row(self) -> NewWorkSession:
        """The row as it is given to the Desk."""
        assert self.takes is not None  # only what is added or changed is given
        said = self.takes.said
        return NewWorkSession(
            project_id=self.takes.project.id,
            person_id=self.takes.person.id,
            start=said.work.start,
            day=said.work.day,
            hours=said.work.duration,
            billable=said.work.billable,
            note=said.work.note,
            rate=said.work.rate,
            source=said.source,
        )


class Fates:
    """Tells the fate of row after row of one file. Which ids came before is kept as a digest of each."""

    def __init__(self, desk: Desk, parties: Parties, options: Options) -> None:
        self._desk = desk
        self._parties = parties
        self._options = options
        self._met: set[bytes] = set()

    def of(self, batch: Iterable[TimeEntry | UnreadableFile]) -> Iterator[Fate]:
        """The fates of rows, by one look into the books."""
        rows = tuple(batch)
        wanted = [it for it in rows if isinstance(it, TimeEntry) and is_wanted(it, self._options)]
        known = self._desk.work.imported(_name(it) for it in wanted)
        for entry in rows:
            yield self._fate(entry, known)

    def _fate(self, entry: TimeEntry | UnreadableFile, known: Mapping[str, WorkSessionView]) -> Fate:
        if isinstance(entry, UnreadableFile):
            return Fate(entry=entry, outcome=Outcome.REFUSED, error=entry)
        if not is_wanted(entry, self._options):
            return Fate(entry=entry, outcome=Outcome.LEFT_OUT)
        name = blake2b(_name(entry).encode(), digest_size=16).digest()
        if name in self._met:
            return Fate(entry=entry, outcome=Outcome.KNOWN, repeated=True)
        self._met.add(name)
        session = known.get(_name(entry))
        if session is not None and not entry.identified:
            return Fate(entry=entry, outcome=Outcome.KNOWN, session=session)
        try:
            takes = self._takes(entry)
            if session is None and takes.person.role is Role.CONTACT:
                raise InvalidState(f"{takes.person.name} is a client's contact; only employees record work.")
        except StorageError:
            raise
        except InvoicecoreError as error:
            outcome = Outcome.REFUSED if session is None else Outcome.KNOWN
            return Fate(entry=entry, outcome=outcome, session=session, error=error)
        if session is None:
            return Fate(entry=entry, outcome=Outcome.ADDED, takes=takes)
        return self._again(entry, takes, session)

    def _again(self, entry: TimeEntry, takes: Takes, session: WorkSessionView) -> Fate:
        """The fate of a row that came before, under the tracker's own id."""
        fields = differing(takes.said, session, session.day)
        hindered = obstacle(takes.said, takes.client.id, session, locked=session.locked) if fields else None
        followed = self._options.update and hindered is None
        outcome = (Outcome.CHANGED if followed else Outcome.KEPT) if fields else Outcome.KNOWN
        return Fate(entry=entry, outcome=outcome, takes=takes, session=session, fields=fields, obstacle=hindered)

    def _takes(self, entry: TimeEntry) -> Takes:
        person = self._parties.person(person_key(entry))
        client, project = self._parties.place(place_key(entry, self._options))
        rate = None
        if entry.billable and entry.rate is not None:
            if entry.currency not in {None, client.currency}:
                raise CurrencyMismatch(str(entry.currency), client.currency)
            rate = Rate.hourly(entry.rate, client.currency)
        times = (entry.start, None, entry.day, entry.duration)
        work = work_entry.given(*times, entry.billable, entry.note, rate, allow_over_24h=True)
        return Takes(person, client, project, ImportRow(project.id, person.id, work, entry.source))


def _name(entry: TimeEntry) -> str:
    assert entry.source is not None  # every reader says what its rows are called
    return entry.source
