"""The names and totals of a file, and its overlapping entries, from one pass over the rows.

Of each row, only its start and end stay in memory.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from attrs import define, field

from invoicecore import Desk, WorkSessionView
from invoicecore.importer.directory_index import spelled
from invoicecore.importer.kept_rows import EntryOrRefusal
from invoicecore.importer.plans import Count, PlanOptions
from invoicecore.importer.timesheet import MissingOption, TimeEntry
from invoicecore.values.calendar import Period, day_of
from invoicecore.values.ids import SessionId

T = TypeVar("T")

PersonKey = tuple[str | None, str]
"""The key of a person's rows: the e-mail, or else the name."""
PlaceKey = tuple[str, str]
"""The key of a project's rows: the names of client and project."""

_LOOKED_UP = 500
_SURELY_WITHIN = 27
EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def key_of(name: str, email: str | None) -> PersonKey:
    """The key of a person's rows."""
    return (email, "") if email is not None else (None, spelled(name))


def person_key(entry: TimeEntry) -> PersonKey:
    """The key of the person of a row."""
    return key_of(entry.person, entry.email)


def place_key(entry: TimeEntry, options: PlanOptions) -> PlaceKey:
    """The key of the project of a row. MissingOption if neither the row nor the options name it."""
    given = options.import_options
    client = entry.client or given.client or options.unnamed_client
    project = entry.project or given.project or options.unnamed_project
    if client is None or project is None:
        missing = "client" if client is None else "project"
        raise MissingOption(missing, entry.row, None, f"it names no {missing}; say which one is meant.")
    return spelled(client), spelled(project)


def source_of(entry: TimeEntry) -> str:
    """The source of a row, which every reader gives."""
    assert entry.source is not None
    return entry.source


def is_wanted(entry: TimeEntry, options: PlanOptions) -> bool:
    """Whether a row is to be imported at all."""
    return not (options.skip_invoiced and entry.invoiced)


@lru_cache(maxsize=4096)
def _month(year: int, month: int) -> Period:
    return Period.month(year, month)


def month_of(entry: TimeEntry, zone: str) -> Period:
    """The month of the day to which a row belongs in a zone."""
    day: date | None = entry.day
    if day is None:
        start = entry.start
        assert start is not None  # one of the two is there
        # Within the month its day can be another one in the zone, but its month cannot.
        day = start if 2 <= start.day <= _SURELY_WITHIN else day_of(start, zone)
    return _month(day.year, day.month)


def rows_at_once(options: PlanOptions) -> int:
    """The number of rows that are looked up in the books at once: as many whole batches as fit into 500 rows."""
    return options.batch * max(1, _LOOKED_UP // options.batch)


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` rows, in their order."""
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


@define
class Tally:
    """Rows, counted."""

    entries: int = 0
    duration: timedelta = timedelta(0)

    def add(self, entry: TimeEntry) -> None:
        """One more."""
        self.entries += 1
        self.duration += entry.duration

    @property
    def count(self) -> Count:
        """What it came to."""
        return Count(entries=self.entries, duration=self.duration)


@define
class Found:
    """A name in the file: its first row, its work, and a session that a row of that name became before, if that row
    would not be recognized under another name."""

    entry: TimeEntry
    work: Tally = field(factory=Tally)
    before: WorkSessionView | None = None


@define
class FoundClient(Found):
    """A client in the file, with the first currency that their rows name. `unit_row` is the first row that has a rate
    without a currency."""

    currency: str | None = None
    unit_row: int | None = None


@define
class FoundProject(Found):
    """A project in the file, with the first rate of its billable rows, the first billable row, the number of rows that
    bring a rate, and the work that is not billable."""

    rate: Decimal | None = None
    billable_row: int | None = None
    with_rate: int = 0
    not_billable: Tally = field(factory=Tally)


@define
class Scan:
    """All names of a file, without the rows that are not wanted, and of all rows those that overlap an earlier entry of
    the same person, each with the row of that entry.

    `entries` is the number of all rows, those that are refused too. `known` are the sources that were imported before,
    each with the id of its session; `fresh_months` have rows of other sources.
    """

    people: dict[PersonKey, Found] = field(factory=dict)
    clients: dict[str, FoundClient] = field(factory=dict)
    projects: dict[PlaceKey, FoundProject] = field(factory=dict)
    months: dict[Period, Tally] = field(factory=dict)
    overlaps: Mapping[int, int] = field(factory=dict)
    entries: int = 0
    known: dict[str, SessionId] = field(factory=dict)
    fresh_months: set[Period] = field(factory=set)

    _found: dict[tuple[PersonKey, str, str], tuple[Found, FoundClient, FoundProject]] = field(factory=dict)

    def add(self, entry: TimeEntry, options: PlanOptions, zone: str) -> tuple[Period, tuple[Found, ...]]:
        """Add a row, and return its month and what it names."""
        place = place_key(entry, options)
        names = (person_key(entry), *place)
        found = self._found.get(names)
        if found is None:
            self._found[names] = found = (
                self.people.setdefault(names[0], Found(entry)),
                self.clients.setdefault(place[0], FoundClient(entry)),
                self.projects.setdefault(place, FoundProject(entry)),
            )
        person, client, project = found
        month = month_of(entry, zone)
        worked = self.months.get(month)
        if worked is None:
            self.months[month] = worked = Tally()
        for work in (person.work, client.work, project.work, worked):
            work.entries += 1
            work.duration += entry.duration
        client.currency = client.currency or entry.currency
        if entry.billable is not False:
            if entry.rate is not None and entry.currency is None and client.unit_row is None:
                client.unit_row = entry.row
            if project.rate is None:
                project.rate = entry.rate
            if project.billable_row is None:
                project.billable_row = entry.row
            project.with_rate += entry.rate is not None
        else:
            project.not_billable.add(entry)
        return month, found


def scan(desk: Desk, rows: Iterable[EntryOrRefusal], options: PlanOptions, zone: str) -> Scan:
    """Scan all rows of a file once."""
    found, times = Scan(), _Times(zone)
    for batch in batches(rows, rows_at_once(options)):
        added: list[tuple[TimeEntry, Period, tuple[Found, ...]]] = []
        found.entries += len(batch)
        for entry in batch:
            if not isinstance(entry, TimeEntry):
                continue
            times.add(entry)
            if is_wanted(entry, options):
                added.append((entry, *found.add(entry, options, zone)))
        imported = desk.work.imported(source_of(entry) for entry, _, _ in added)
        found.known.update((source, session.id) for source, session in imported.items())
        for entry, month, names in added:
            session = imported.get(source_of(entry))
            if session is None:
                found.fresh_months.add(month)
            elif not entry.identified:
                # Only a row that goes by what it says was called the same when it came before.
                for it in names:
                    it.before = it.before or session
    found.overlaps = times.overlaps()
    return found


class _Times:
    """The times of each person's work: start, end and number of each row."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._of: dict[PersonKey, tuple[array[int], array[int], array[int]]] = defaultdict(
            lambda: (array("q"), array("q"), array("q"))
        )

    def add(self, entry: TimeEntry) -> None:
        """Add a row; one that has only a day is skipped."""
        if entry.start is not None:
            end = max(entry.start, entry.ends(self._zone))
            starts, ends, numbers = self._of[person_key(entry)]
            starts.append((entry.start - EPOCH) // _MICROSECOND)
            ends.append((end - EPOCH) // _MICROSECOND)
            numbers.append(entry.row)

    def overlaps(self) -> dict[int, int]:
        """The rows that begin before an earlier entry of the same person ends, each with the row of that entry."""
        found: dict[int, int] = {}
        for starts, ends, numbers in self._of.values():
            latest, holder = None, 0
            for place in sorted(range(len(starts)), key=starts.__getitem__):
                if latest is not None and starts[place] < latest:
                    found[numbers[place]] = holder
                if latest is None or ends[place] > latest:
                    latest, holder = ends[place], numbers[place]
        return found
