"""The planning of an import, which writes nothing."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve

from invoicecore import Client, Desk, Person, Project
from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.importer.directory_index import spelled
from invoicecore.importer.options import ImportOptions, Limits, SimilarRule, whole_number
from invoicecore.importer.pipeline import Pipeline
from invoicecore.importer.plans import (
    MOST_LISTED,
    Outcome,
    Plan,
    PlannedClient,
    PlannedFile,
    PlannedMonth,
    PlannedPerson,
    PlannedProject,
    PlannedRow,
    PlanOptions,
    StatedAmounts,
)
from invoicecore.importer.reading import Reading, open_export
from invoicecore.importer.resolution import given_rate, is_placeholder
from invoicecore.importer.scan import FoundProject, Tally, place_key
from invoicecore.importer.timesheet import TimeEntry
from invoicecore.ledger.terms import Terms
from invoicecore.model.work_input import stated_reason
from invoicecore.values import inputs
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.values.money import Rate, known_currency

K = TypeVar("K", bound=str)

_MOST_AT_ONCE = 100_000
_NO_OPTIONS = ImportOptions()
_LIMITS = Limits()
_UNLIMITED = Terms.unlimited()
_NO_RATES: Mapping[str, Decimal] = {}


def plan(
    desk: Desk,
    source: bytes | str | Path,
    *,
    format: str | None = None,
    options: ImportOptions = _NO_OPTIONS,
    rate: int | str | Decimal | None = None,
    rates: Mapping[str, int | str | Decimal] = _NO_RATES,
    currency: str | None = None,
    terms: Terms | Sequence[Terms] = _UNLIMITED,
    over_limit: bool = False,
    reason: str = "",
    update: bool = True,
    similar: SimilarRule | None = None,
    skip_invoiced: bool = False,
    skip_stopped: bool = False,
    unnamed_client: str | None = None,
    unnamed_project: str | None = None,
    replay: bool = False,
    batch: int = 500,
    limits: Limits = _LIMITS,
    progress: Callable[[int, int], object] | None = None,
) -> Plan:
    """What an import of a file, given as its bytes or as the path to it, would do. Nothing is written.

    `format`, `options` and `limits` are as for `importer.open_export`. New clients get the `terms` (several of them are
    for clients of several currencies), and are billed in `currency`, or else in that of their rows, or else in the
    firm's; rows of new projects that bring no rate cost `rate` an hour, in the currency of their client, or the one of
    `rates` for their CLIENT/PROJECT or for their CLIENT. A row that names no client or project, and for which the
    options name none, is work for `unnamed_client` on `unnamed_project`.

    Work that the allowed balance refuses is refused, unless it is to be recorded with `over_limit=True` and a `reason`,
    or left out with `skip_stopped`. `skip_invoiced` leaves out what the tracker has invoiced. A session whose row was
    changed in the tracker since is edited, unless `update` is False.

    A new row of the same person and start as work that is in the books is probably the same, and so is one of the same
    person and project that has a part of its time: a tracker without ids does not tell that a note, a project, a
    duration or a start was corrected. What becomes of such rows is for `similar` to say;
    without it, a plan that has some cannot be applied. The same is asked where the options say of rows that came before
    that they are billable.

    `batch` rows are one unit of work. A `replay` lets the past happen again: rows are recorded one by one in the order
    of the work, so that refills and stops come as they would have come. `progress` is called after each batch with the
    number of rows planned so far, and that of all rows.

    UnreadableFile for what cannot be read at all, MissingOption for what neither the file nor the arguments decide; a
    row that is refused is in the plan. Only a Manager may import, and so plan to.
    """
    many = terms if isinstance(terms, list | tuple) and terms else (terms,)
    plan_options = PlanOptions(
        format=format,
        import_options=inputs.instance("options", options, ImportOptions),
        rate=None if rate is None else Rate.hourly(rate, "USD").per_hour,
        rates=_rates(rates),
        currency=inputs.optional(currency, known_currency),
        terms=tuple(inputs.instance("terms", it, Terms) for it in many),
        over_limit=inputs.yes_or_no("over_limit", over_limit),
        reason=stated_reason(over_limit, reason),
        update=inputs.yes_or_no("update", update),
        similar=inputs.optional(similar, lambda it: inputs.instance("similar", it, SimilarRule)),
        skip_invoiced=inputs.yes_or_no("skip_invoiced", skip_invoiced),
        skip_stopped=inputs.yes_or_no("skip_stopped", skip_stopped),
        unnamed_client=inputs.optional(unnamed_client, lambda it: inputs.name("unnamed_client", it)),
        unnamed_project=inputs.optional(unnamed_project, lambda it: inputs.name("unnamed_project", it)),
        replay=inputs.yes_or_no("replay", replay),
        batch=1 if replay else whole_number("batch", batch, _MOST_AT_ONCE),
        limits=inputs.instance("limits", limits, Limits),
    )
    reading = open_export(source, format=format, options=options, limits=limits)
    desk = desk.fresh()  # what a plan rests on
    desk.work.imported(())  # NotPermitted for those who may not
    pipeline, sums = Pipeline(desk, reading, plan_options), _Sums()
    for count, decision in enumerate(pipeline.decisions(), start=1):
        if isinstance(decision.entry, TimeEntry) and pipeline.is_ordinary(decision):
            sums.add_ordinary(decision.entry)
        else:
            sums.add(pipeline.shown(decision))
        if progress is not None and count % plan_options.batch == 0:
            progress(count, pipeline.scan.entries)
    return sums.plan(desk, pipeline, plan_options, _file(source, reading))


def rows(desk: Desk, plan: Plan) -> Iterator[PlannedRow]:
    """The outcome of each row of a plan's file, one by one, as the books are now; each with its `entry`."""
    desk = desk.fresh()
    reading = reopened(desk, plan)
    yield from Pipeline(desk, reading, plan.options).rows()


def reopened(desk: Desk, plan: Plan) -> Reading:
    """The file of a plan, opened again. InvalidState if it is no longer the same, or the firm is another one."""
    file = inputs.instance("plan", plan, Plan).file
    desk.work.imported(())  # NotPermitted for those who may not
    if plan.firm_id != desk.firm.settings().id:
        raise InvalidState("The plan was made for the books of another firm; plan again for these.")
    source = file.path if file.path is not None else file.content
    assert source is not None  # one of the two is there
    options, limits = plan.options.import_options, plan.options.limits
    reading = open_export(source, format=file.format, options=options, limits=limits)
    if reading.digest != file.digest:
        raise InvalidState(f"{file.name} is no longer the file that was planned with; plan again.")
    return reading


def _rates(value: object) -> dict[str, Decimal]:
    """Rates by the names of clients and projects."""
    if not isinstance(value, Mapping):
        raise InvalidInput(f"rates must be a mapping of names to rates, not {inputs.short_repr(value)}.")
    return {
        spelled(inputs.name("A name among the rates", name)): Rate.hourly(rate, "USD").per_hour
        for name, rate in value.items()
    }


def _file(source: bytes | str | Path, reading: Reading) -> PlannedFile:
    read: dict[str, Any] = {
        "digest": reading.digest,
        "format": reading.format,
        "duration_rule": reading.duration_rule,
    }
    if isinstance(source, bytes):
        return PlannedFile(name="the file", size=len(source), path=None, content=source, **read)
    path = Path(source).resolve()
    return PlannedFile(name=path.name, size=os.stat(path).st_size, path=str(path), content=None, **read)


class _Sums:
    """The counts of a plan's rows, and the first of those that need a look."""

    def __init__(self) -> None:
        self._total = Tally()
        self._tallies: dict[Outcome, Tally] = defaultdict(Tally)
        self._of_ordinary = (self._total, self._tallies[Outcome.ADDED])
        self._doubtful = 0
        self._changed_rows: list[PlannedRow] = []
        self._doubtful_rows: list[PlannedRow] = []
        self._refused_rows: list[PlannedRow] = []
        self._similar = Tally()
        self._similar_rows: list[PlannedRow] = []

    def add_ordinary(self, entry: TimeEntry) -> None:
        """One more row that is new and needs no look."""
        for work in self._of_ordinary:
            work.entries += 1
            work.duration += entry.duration

    def add(self, row: PlannedRow) -> None:
        """One more row."""
        if row.entry is not None:
            self._total.add(row.entry)
            self._tallies[row.outcome].add(row.entry)
        else:
            self._tallies[row.outcome].entries += 1
        self._doubtful += bool(row.warnings)
        if row.similar and row.entry is not None:
            self._similar.add(row.entry)
        for listed, belongs in (
            (self._changed_rows, row.changes and not row.similar),
            (self._similar_rows, row.similar),
            (self._doubtful_rows, row.warnings),
            (self._refused_rows, row.outcome is Outcome.REFUSED),
        ):
            if belongs and len(listed) < MOST_LISTED:
                listed.append(evolve(row, entry=None))

    def plan(self, desk: Desk, pipeline: Pipeline, options: PlanOptions, file: PlannedFile) -> Plan:
        """The plan, once all rows are counted."""
        count = {outcome: self._tallies[outcome].count for outcome in Outcome}
        return Plan(
            firm_id=desk.firm.settings().id,
            file=file,
            options=options,
            total=self._total.count,
            totals_rows=pipeline.totals_rows,
            people=tuple(_people(pipeline)),
            clients=tuple(_clients(pipeline)),
            projects=tuple(_projects(pipeline, options)),
            months=tuple(PlannedMonth(month, work.count) for month, work in pipeline.scan.months.items()),
            added=count[Outcome.ADDED],
            known=count[Outcome.KNOWN],
            changed=count[Outcome.CHANGED],
            kept=count[Outcome.KEPT],
            left_out=count[Outcome.LEFT_OUT],
            refused=count[Outcome.REFUSED].entries,
            doubtful=self._doubtful,
            changed_rows=tuple(self._changed_rows),
            doubtful_rows=tuple(self._doubtful_rows),
            refused_rows=tuple(self._refused_rows),
            similar=self._similar.count,
            similar_rows=tuple(self._similar_rows),
            same_as=pipeline.same_as,
        )


def _people(pipeline: Pipeline) -> Iterator[PlannedPerson]:
    for key, found in pipeline.scan.people.items():
        id, is_new = _known_or_new(pipeline, pipeline.resolution.people[key], PersonId)
        name, email = found.entry.person, found.entry.email
        yield PlannedPerson(name=name, email=email, id=id, is_new=is_new, work=found.work.count)


def _clients(pipeline: Pipeline) -> Iterator[PlannedClient]:
    for name, found in pipeline.scan.clients.items():
        meant = pipeline.resolution.clients[name]
        id, is_new = _known_or_new(pipeline, meant, ClientId)
        yield PlannedClient(
            name=name,
            id=id,
            is_new=is_new,
            currency=None if isinstance(meant, str) else meant.currency,
            work=found.work.count,
            balance_effect=None if isinstance(meant, str) else pipeline.forecast.effect(meant),
            amounts=None if isinstance(meant, str) else _amounts(pipeline, meant.id),
        )


def _amounts(pipeline: Pipeline, client_id: str) -> StatedAmounts | None:
    sums = pipeline.amounts.get(client_id)
    return None if sums is None else sums.result


def _projects(pipeline: Pipeline, options: PlanOptions) -> Iterator[PlannedProject]:
    for (client, name), found in pipeline.scan.projects.items():
        meant = pipeline.resolution.projects[client, name]
        id, is_new = _known_or_new(pipeline, meant, ProjectId)
        yield PlannedProject(
            client=client,
            name=name,
            id=id,
            is_new=is_new,
            rate=meant.rates[0].rate if is_new and not isinstance(meant, str) and meant.rates else None,
            unused_rate=None if isinstance(meant, str) else _unused_rate(pipeline, meant, found, options),
            work=found.work.count,
            not_billable=found.not_billable.count,
        )


def _unused_rate(pipeline: Pipeline, project: Project, found: FoundProject, options: PlanOptions) -> Rate | None:
    """A rate that was given for a project and changes nothing."""
    client = pipeline.resolution.clients[place_key(found.entry, options)[0]]
    given = None if isinstance(client, str) else given_rate(client.name, project.name, options)
    if given is None or isinstance(client, str):
        return None
    rate = Rate.hourly(given, client.currency)
    billable = found.work.entries - found.not_billable.entries
    brings_own = found.with_rate == billable > 0
    in_books = not is_placeholder(project.id) and all(it.rate != rate for it in project.rates[-1:])
    return rate if in_books or brings_own else None


def _known_or_new(
    pipeline: Pipeline, meant: Person | Client | Project | str, kind: Callable[[str], K]
) -> tuple[K | None, bool]:
    """The id of a record in the books, and whether one that is not there is to be added."""
    if isinstance(meant, str):
        return None, False
    return (None, pipeline.wanted[meant.id] > 0) if is_placeholder(meant.id) else (kind(meant.id), False)
