"""The steps of each row from the file to its outcome."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from attrs import evolve

from invoicecore import Desk
from invoicecore.errors import BalanceLimitReached, InvoicecoreError, StorageError
from invoicecore.importer.amounts import AmountSums
from invoicecore.importer.directory_index import DirectoryIndex
from invoicecore.importer.forecast import ImportForecast
from invoicecore.importer.kept_rows import EntryOrRefusal, KeptRows
from invoicecore.importer.plans import FieldChange, ImportWarning, Outcome, PlannedRow, PlanOptions
from invoicecore.importer.reading import Reading
from invoicecore.importer.resolution import check_names, resolve
from invoicecore.importer.row_outcomes import RowDecision, RowOutcomes
from invoicecore.importer.scan import scan, source_of
from invoicecore.importer.similar_work import similar_work
from invoicecore.importer.timesheet import MissingOption, TimeEntry, UnreadableFile
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_input import WorkInput
from invoicecore.model.work_session import LONGEST, WorkSessionView
from invoicecore.values.calendar import known_zone
from invoicecore.values.ids import SessionId

_LONGEST_SHOWN = 200


class Pipeline:
    """Decides what becomes of the rows of a file; the books stay as they are.

    The rows are read once and gone through twice: for their names and the entries that overlap, and to decide about
    each. At the end of `rows`, `wanted` has the
    number of rows that need a person, client or project, by its id, `forecast` has the money, `amounts` what the file
    says of it, by the id of the client, and `same_as` the sessions that new rows are probably the same as, by the
    source of the row.
    """

    def __init__(self, desk: Desk, reading: Reading, options: PlanOptions) -> None:
        firm = desk.firm.settings()
        self._options, self._zone = options, firm.timezone
        self._index = DirectoryIndex.of(desk)
        entries, self._kept = reading.entries(), KeptRows()
        self.scan: Final = scan(desk, _keeping(entries, self._kept), options, self._zone)
        self.totals_rows: Final = entries.totals_rows
        self.resolution: Final = resolve(self.scan, self._index, firm, options)
        check_names(self.scan, options)
        similar = similar_work(desk, self.scan, self.resolution)
        self._outcomes = RowOutcomes(desk, self.resolution, options, similar, self.scan.known)
        self.forecast: Final = ImportForecast(desk, options, self._zone)
        self.wanted: Counter[str] = Counter()
        self.amounts: dict[str, AmountSums] = {}
        self.same_as: dict[str, SessionId] = {}

    def rows(self) -> Iterator[PlannedRow]:
        """The outcome of each row; it can be iterated once."""
        return map(self.shown, self.decisions())

    def decisions(self) -> Iterator[RowDecision]:
        """The same, as it was decided."""
        for batch, imported in self._outcomes.batches(self._kept, self._zone):
            for entry in batch:
                yield self._charged(self._outcomes.decide(entry, imported))
            self.forecast.close_batch()

    def is_ordinary(self, decision: RowDecision) -> bool:
        """Whether a row is new and nothing about it needs a look."""
        entry = decision.entry
        return (
            decision.outcome is Outcome.ADDED
            and isinstance(entry, TimeEntry)
            and not (decision.similar or decision.repeated or entry.ambiguous)
            and entry.row not in self.scan.overlaps
            and timedelta(0) < entry.duration <= LONGEST
            and not entry.is_doubtful
        )

    def _charged(self, decision: RowDecision) -> RowDecision:
        """The decision after the forecast of its money, which may refuse the row."""
        resolved, entry = decision.charged, decision.entry
        if decision.similar and decision.session is not None and isinstance(entry, TimeEntry):
            self.same_as[source_of(entry)] = decision.session.id
        if resolved is None:
            return decision
        try:
            minor = self.forecast.take(decision, resolved)
        except (MissingOption, StorageError):
            raise
        except InvoicecoreError as error:
            if not (self._options.skip_stopped and isinstance(error, BalanceLimitReached)):
                return evolve(decision, outcome=Outcome.REFUSED, error=error)
            decision = evolve(decision, outcome=Outcome.LEFT_OUT)
        else:
            if isinstance(entry, TimeEntry) and entry.amount is not None:
                client = resolved.client
                sums = self.amounts.setdefault(
                    client.id, AmountSums(entry.currency or client.currency, client.currency)
                )
                sums.add(entry.amount, minor)
        for needed in (resolved.person.id, resolved.client.id, resolved.project.id):
            self.wanted[needed] += 1
        return decision

    def shown(self, decision: RowDecision) -> PlannedRow:
        """The outcome of a row as a plan shows it."""
        entry = decision.entry
        if isinstance(entry, UnreadableFile):
            return PlannedRow(row=entry.row, outcome=decision.outcome, column=entry.column, reason=entry.reason)
        return PlannedRow(
            row=entry.row,
            outcome=decision.outcome,
            warnings=tuple(self._warnings(entry, decision)),
            overlaps=self.scan.overlaps.get(entry.row),
            session_id=None if decision.session is None else decision.session.id,
            similar=decision.similar,
            changes=tuple(self._changes(decision)),
            blocker=decision.blocker,
            reason=str(decision.error) if decision.outcome is Outcome.REFUSED else "",
            entry=entry,
        )

    def _warnings(self, entry: TimeEntry, decision: RowDecision) -> Iterator[ImportWarning]:
        if entry.is_doubtful:
            yield ImportWarning.DURATION
        if entry.row in self.scan.overlaps:
            yield ImportWarning.OVERLAP
        if not entry.duration:
            yield ImportWarning.EMPTY
        if entry.duration > LONGEST:
            yield ImportWarning.LONG
        if entry.ambiguous:
            yield ImportWarning.CLOCK
        if decision.repeated:
            yield ImportWarning.REPEATED

    def _changes(self, decision: RowDecision) -> Iterator[FieldChange]:
        session, resolved = decision.session, decision.resolved
        if session is not None and resolved is not None:
            person = self._index.by_id(Person, session.person_id)
            before = _in_words(person, self._index.by_id(Project, session.project_id), session, self._zone)
            after = _in_words(resolved.person, resolved.project, resolved.row.work, self._zone)
            for name in decision.fields:
                yield FieldChange(name, _cut(before[name]), _cut(after[name]))


def _keeping(rows: Iterable[EntryOrRefusal], kept: KeptRows) -> Iterator[EntryOrRefusal]:
    """The rows, which are kept."""
    for row in rows:
        kept.add(row)
        yield row


def _in_words(person: Person, project: Project, work: WorkSessionView | WorkInput, zone: str) -> dict[str, str]:
    """The fields of a session or a row as texts; the start as it is in the zone of the firm."""
    return {
        "person": person.name,
        "project": project.name,
        "start": str(work.day) if work.start is None else work.start.astimezone(known_zone(zone)).isoformat(),
        "duration": str(work.duration),
        "billable": "yes" if work.billable else "no",
        "note": work.note,
        "rate": str(work.rate),
    }


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
