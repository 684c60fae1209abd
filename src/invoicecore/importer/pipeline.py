"""What becomes of every row of a file, from the first to the last?"""

from collections import Counter
from collections.abc import Iterator, Mapping

from attrs import evolve

from invoicecore import Desk
from invoicecore.errors import InvoicecoreError, StorageError
from invoicecore.importer.directory_index import DirectoryIndex
from invoicecore.importer.forecast import Forecast
from invoicecore.importer.plans import FieldChange, ImportWarning, Options, Outcome, PlannedRow
from invoicecore.importer.reading import Reading
from invoicecore.importer.resolution import met
from invoicecore.importer.row_outcomes import Fate, Fates, Takes
from invoicecore.importer.scan import batches, overlapping, surveyed
from invoicecore.importer.timesheet import MissingOption, TimeEntry, UnreadableFile
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import LONGEST, WorkSessionView

_LONGEST_SHOWN = 200


class Course:
    """The rows of a file on their way into the books, which stay as they are.

    The file is read three times, row by row: for the names in it, for entries that overlap, and to tell what becomes
    of each row. Once `rows` has come to its end, `wanted` counts the sessions that are written to by the ids of the
    people, clients and projects that they need, and `forecast` has the money.
    """

    def __init__(self, desk: Desk, reading: Reading, options: Options) -> None:
        firm = desk.firm.settings()
        self._reading, self._options, self._zone = reading, options, firm.timezone
        self._register = DirectoryIndex.of(desk)
        self.survey = surveyed(desk, reading.entries(), options, self._zone)
        self.parties = met(self.survey, self._register, firm, options)
        self._overlaps: Mapping[int, int] = {}
        self._fates = Fates(desk, self.parties, options)
        self.forecast = Forecast(desk, options, self._zone)
        self.wanted: Counter[str] = Counter()

    def rows(self) -> Iterator[PlannedRow]:
        """What becomes of each row; it can be gone through once."""
        self._overlaps = overlapping(self._reading.entries(), self._zone)
        for batch in batches(self._reading.entries(), self._options.batch):
            for fate in self._fates.of(batch):
                yield self._shown(self._charged(fate))
            self.forecast.close_batch()

    def _charged(self, fate: Fate) -> Fate:
        """The fate once its money was looked at, which may refuse it."""
        if not fate.writes:
            return fate
        assert fate.takes is not None  # what is written is taken in
        try:
            self.forecast.take(fate)
        except (MissingOption, StorageError):
            raise
        except InvoicecoreError as error:
            return evolve(fate, outcome=Outcome.REFUSED, error=error)
        self.wanted.update((fate.takes.person.id, fate.takes.client.id, fate.takes.project.id))
        return fate

    def _shown(self, fate: Fate) -> PlannedRow:
        entry, error = fate.entry, fate.error
        if isinstance(entry, UnreadableFile):
            return PlannedRow(row=entry.row, outcome=fate.outcome, column=entry.column, reason=entry.reason)
        return PlannedRow(
            row=entry.row,
            outcome=fate.outcome,
            doubts=tuple(self._doubts(entry, fate)),
            overlaps=self._overlaps.get(entry.row),
            session_id=None if fate.session is None else fate.session.id,
            changes=tuple(self._changes(fate)),
            obstacle=fate.obstacle,
            reason=str(error) if fate.outcome is Outcome.REFUSED else "",
            entry=entry,
        )

    def _doubts(self, entry: TimeEntry, fate: Fate) -> Iterator[ImportWarning]:
        if entry.is_doubtful:
            yield ImportWarning.DURATION
        if entry.row in self._overlaps:
            yield ImportWarning.OVERLAP
        if not entry.duration:
            yield ImportWarning.EMPTY
        if entry.duration > LONGEST:
            yield ImportWarning.LONG
        if entry.ambiguous:
            yield ImportWarning.CLOCK
        if fate.repeated:
            yield ImportWarning.REPEATED

    def _changes(self, fate: Fate) -> Iterator[FieldChange]:
        if fate.takes is not None and fate.session is not None:
            before, after = self._kept(fate.session), self._said(fate.takes)
            for name in fate.fields:
                yield FieldChange(name, _cut(before[name]), _cut(after[name]))

    def _kept(self, session: WorkSessionView) -> dict[str, str]:
        """What a session says, in words."""
        return {
            "person": self._register.by_id(Person, session.person_id).name,
            "project": self._register.by_id(Project, session.project_id).name,
            "start": session.start.isoformat(),
            "duration": str(session.duration),
            "billable": _yes_or_no(session.billable),
            "note": session.note,
            "rate": str(session.rate),
        }

    @staticmethod
    def _said(takes: Takes) -> dict[str, str]:
        """What a row says, in words."""
        work = takes.said.work
        return {
            "person": takes.person.name,
            "project": takes.project.name,
            "start": str(work.day) if work.start is None else work.start.isoformat(),
            "duration": str(work.duration),
            "billable": _yes_or_no(work.billable),
            "note": work.note,
            "rate": str(work.rate),
        }


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
