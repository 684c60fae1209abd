"""What would an import of this file do to these books? Nothing is written."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from attrs import evolve

from invoicecore import Client, Desk, Person, Project
from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.importer.limits import Limits
from invoicecore.importer.options import ImportOptions
from invoicecore.importer.pipeline import Course
from invoicecore.importer.plans import (
    MOST_LISTED,
    Options,
    Outcome,
    Plan,
    PlannedClient,
    PlannedFile,
    PlannedMonth,
    PlannedPerson,
    PlannedProject,
    PlannedRow,
)
from invoicecore.importer.reading import Reading, open_export
from invoicecore.importer.resolution import is_new
from invoicecore.importer.scan import Tally
from invoicecore.ledger.terms import Terms
from invoicecore.model.work_input import stated_reason
from invoicecore.values import inputs
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.values.money import Rate, known_currency

_MOST_AT_ONCE = 100_000
_NO_ANSWERS = ImportOptions()
_LIMITS = Limits()
_UNLIMITED = Terms.unlimited()


def plan(
    desk: Desk,
    source: bytes | str | Path,
    *,
    format: str | None = None,
    answers: ImportOptions = _NO_ANSWERS,
    rate: int | str | Decimal | None = None,
    currency: str | None = None,
    terms: Terms = _UNLIMITED,
    over_limit: bool = False,
    reason: str = "",
    update: bool = True,
    skip_invoiced: bool = False,
    batch: int = 500,
    limits: Limits = _LIMITS,
    progress: Callable[[int], object] | None = None,
) -> Plan:
    """What an import of a file, given as its bytes or as the path to it, would do. Nothing is written.

    `format`, `answers` and `limits` are as for `importer.open_export`. New clients get the `terms`, and are billed in
    `currency`, or else in that of their rows, or else in the firm's; new projects whose rows bring no rate cost `rate`
    an hour, in the currency of their client. Work that the allowed balance refuses is refused, unless it is to be
    recorded with `over_limit=True` and a `reason`. A session whose row was changed in the tracker since is edited,
    unless `update` is False. `skip_invoiced` leaves out what the tracker has invoiced. So many rows as `batch` are one
    unit of work. `progress` is told after each of them how many rows were planned with.

    UnreadableFile for what cannot be read at all, OpenQuestion for what neither the file nor the arguments decide; a
    row that is refused is in the plan. Only a Manager may import, and so plan to.
    """
    options = Options(
        format=format,
        answers=inputs.instance("answers", answers, ImportOptions),
        rate=None if rate is None else Rate.hourly(rate, "USD").per_hour,
        currency=inputs.optional(currency, known_currency),
        terms=inputs.instance("terms", terms, Terms),
        over_limit=inputs.yes_or_no("over_limit", over_limit),
        reason=stated_reason(over_limit, reason),
        update=inputs.yes_or_no("update", update),
        skip_invoiced=inputs.yes_or_no("skip_invoiced", skip_invoiced),
        batch=_whole("batch", batch),
        limits=inputs.instance("limits", limits, Limits),
    )
    reading = open_export(source, format=format, answers=answers, limits=limits)
    desk.work.imported(())  # NotPermitted for those who may not
    course, sums = Course(desk, reading, options), _Sums()
    for count, row in enumerate(course.rows(), start=1):
        sums.add(row)
        if progress is not None and count % batch == 0:
            progress(count)
    return sums.plan(desk, course, options, _file(source, reading))


def rows(desk: Desk, plan: Plan) -> Iterator[PlannedRow]:
    """What becomes of each row of a plan's file, one by one, as the books are now; each with its `entry`."""
    reading = reopened(desk, plan)
    yield from Course(desk, reading, plan.options).rows()


def reopened(desk: Desk, plan: Plan) -> Reading:
    """The file of a plan, read anew. NotAllowedNow where it is no longer the same, or the firm is another one."""
    file = inputs.instance("plan", plan, Plan).file
    desk.work.imported(())  # NotPermitted for those who may not
    if plan.firm_id != desk.firm.settings().id:
        raise InvalidState("The plan was made for the books of another firm; plan again for these.")
    source = file.path if file.path is not None else file.content
    assert source is not None  # one of the two is there
    reading = open_export(source, format=file.format, answers=plan.options.answers, limits=plan.options.limits)
    if reading.digest != file.digest:
        raise InvalidState(f"{file.name} is no longer the file that was planned with; plan again.")
    return reading


def _whole(what: str, value: object) -> int:
    if type(value) is not int or not 1 <= value <= _MOST_AT_ONCE:
        raise InvalidInput(f"{what} must be a whole number from 1 to {_MOST_AT_ONCE}, not {inputs.short_repr(value)}.")
    return value


def _file(source: bytes | str | Path, reading: Reading) -> PlannedFile:
    told = {"digest": reading.digest, "format": reading.format}
    if isinstance(source, bytes):
        return PlannedFile(name="the file", size=len(source), path=None, content=source, **told)
    path = Path(source).resolve()
    return PlannedFile(name=path.name, size=os.stat(path).st_size, path=str(path), content=None, **told)


class _Sums:
    """The rows of a plan, counted; of those that are to be looked at, the first."""

    def __init__(self) -> None:
        self._total = Tally()
        self._tallies: dict[Outcome, Tally] = defaultdict(Tally)
        self._doubtful = 0
        self._listed: dict[str, list[PlannedRow]] = {"changed": [], "doubtful": [], "refused": []}

    def add(self, row: PlannedRow) -> None:
        """One more row."""
        if row.entry is not None:
            self._total.add(row.entry)
            self._tallies[row.outcome].add(row.entry)
        else:
            self._tallies[row.outcome].entries += 1
        self._doubtful += bool(row.doubts)
        if row.changes:
            self._list("changed", row)
        if row.doubts:
            self._list("doubtful", row)
        if row.outcome is Outcome.REFUSED:
            self._list("refused", row)

    def _list(self, kind: str, row: PlannedRow) -> None:
        if len(self._listed[kind]) < MOST_LISTED:
            self._listed[kind].append(evolve(row, entry=None))

    def plan(self, desk: Desk, course: Course, options: Options, file: PlannedFile) -> Plan:
        """The plan, once all rows are counted."""
        count = {outcome: self._tallies[outcome].count for outcome in Outcome}
        return Plan(
            firm_id=desk.firm.settings().id,
            file=file,
            options=options,
            total=self._total.count,
            people=tuple(_people(course)),
            clients=tuple(_clients(course)),
            projects=tuple(_projects(course)),
            months=tuple(PlannedMonth(month, work.count) for month, work in course.survey.months.items()),
            added=count[Outcome.ADDED],
            known=count[Outcome.KNOWN],
            changed=count[Outcome.CHANGED],
            kept=count[Outcome.KEPT],
            left_out=count[Outcome.LEFT_OUT],
            refused=count[Outcome.REFUSED].entries,
            doubtful=self._doubtful,
            changed_rows=tuple(self._listed["changed"]),
            doubtful_rows=tuple(self._listed["doubtful"]),
            refused_rows=tuple(self._listed["refused"]),
        )


def _people(course: Course) -> Iterator[PlannedPerson]:
    for key, found in course.survey.people.items():
        id, is_wanted = _told(course, course.parties.people[key])
        name, email = found.entry.person, found.entry.email
        kept = None if id is None else PersonId(id)
        yield PlannedPerson(name=name, email=email, id=kept, is_new=is_wanted, work=found.work.count)


def _clients(course: Course) -> Iterator[PlannedClient]:
    for name, found in course.survey.clients.items():
        meant = course.parties.clients[name]
        id, is_wanted = _told(course, meant)
        yield PlannedClient(
            name=name,
            id=None if id is None else ClientId(id),
            is_new=is_wanted,
            currency=None if isinstance(meant, str) else meant.currency,
            work=found.work.count,
            effect=None if isinstance(meant, str) else course.forecast.effect(meant),
        )


def _projects(course: Course) -> Iterator[PlannedProject]:
    for (client, name), found in course.survey.projects.items():
        meant = course.parties.projects[client, name]
        id, is_wanted = _told(course, meant)
        yield PlannedProject(
            client=client,
            name=name,
            id=None if id is None else ProjectId(id),
            is_new=is_wanted,
            rate=meant.rates[0].rate if is_wanted and not isinstance(meant, str) and meant.rates else None,
            work=found.work.count,
        )


def _told(course: Course, meant: Person | Client | Project | str) -> tuple[str | None, bool]:
    """The id of what is in the books, and whether it is to be made where it is not."""
    if isinstance(meant, str):
        return None, False
    return (None, course.wanted[meant.id] > 0) if is_new(meant.id) else (meant.id, False)
