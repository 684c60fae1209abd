"""The plan of an import, as values that can be shown, stored and applied later."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from invoicecore.importer.options import DurationRule, ImportOptions, Limits, SimilarRule
from invoicecore.importer.timesheet import MissingOption, TimeEntry, UnreadableFile
from invoicecore.ledger.terms import Terms
from invoicecore.model.import_row import UpdateBlocker
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, FirmId, PersonId, ProjectId, SessionId
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import DocumentedEnum

MOST_LISTED = 100
"""The most rows, or refills, of a kind that a plan lists; its counts are those of all."""


class Outcome(DocumentedEnum):
    """What becomes of a row."""

    ADDED = "added", "It is new, and is recorded."
    KNOWN = "known", "It was imported before, and nothing is done."
    CHANGED = "changed", "It was imported before and says something else now: the session is edited."
    KEPT = "kept", "It was imported before and says something else now, but the session stays as it is."
    LEFT_OUT = "left_out", "It is not wanted: the tracker has invoiced it already, or work was stopped."
    SIMILAR = "similar", "It is probably the same as work that is in the books, and what is to be done was not said."
    REFUSED = "refused", "It cannot be recorded; nothing of the file is while there is such a row."


class ImportWarning(DocumentedEnum):
    """A reason to look at a row. The row is recorded all the same."""

    DURATION = "duration", "The stated duration is further off the time from start to end than rounding explains."
    OVERLAP = "overlap", "It begins before an earlier entry of the same person ends."
    EMPTY = "empty", "It took no time."
    LONG = "long", "It took more than 24 hours."
    CLOCK = "clock", "The clock showed its start or end twice, and nothing tells which is meant."
    REPEATED = "repeated", "Another row before it has the same id; the first counts."


@frozen(kw_only=True)
class PlanOptions:
    """How a file is to be imported; the arguments of `invoicecore.importer.plan`."""

    format: str | None
    import_options: ImportOptions
    rate: Decimal | None
    rates: Mapping[str, Decimal]
    currency: str | None
    terms: tuple[Terms, ...]
    over_limit: bool
    reason: str
    update: bool
    similar: SimilarRule | None
    skip_invoiced: bool
    skip_stopped: bool
    unnamed_client: str | None
    unnamed_project: str | None
    replay: bool
    batch: int
    limits: Limits


@frozen(kw_only=True)
class PlannedFile:
    """A file that was read: its path, or its content, so that it can be read again. `size` is in bytes.
    `duration_rule` says which duration counts in its rows, where they have start and end and state rounded hours."""

    name: str
    size: int
    digest: str
    format: str
    path: str | None
    content: bytes | None = field(repr=False)
    duration_rule: DurationRule | None = None


@frozen(kw_only=True)
class Count:
    """The number of rows, and the duration of their work."""

    entries: int = 0
    duration: timedelta = timedelta(0)


@frozen(kw_only=True)
class PlannedPerson:
    """A person who worked, by the name in the file. `id` is set if the books have them; `is_new` if they are to be
    added, as a worker."""

    name: str
    email: str | None
    id: PersonId | None
    is_new: bool
    work: Count


@frozen(kw_only=True)
class BalanceEffect:
    """What an import does to a client's money.

    `charged` is what it draws from the balance, less what is given back; `over_limit` the number of sessions that are
    recorded although work is stopped; `refills` the amounts of the first refill invoices that it causes, of
    `refill_count` in all, which come to `refilled`. `projected` is the balance afterwards once everything asked for is
    paid.
    """

    before: Money
    after: Money
    projected: Money
    charged: Money
    over_limit: int
    was_stopped: bool
    is_stopped: bool
    refills: tuple[Money, ...]
    refill_count: int
    refilled: Money

    @property
    def stops(self) -> bool:
        """Whether the import makes work stop."""
        return self.is_stopped and not self.was_stopped


@frozen(kw_only=True)
class StatedAmounts:
    """What the rows to be recorded for a client cost by the file, in `stated`, and here, in `charged`. `differing` is
    the number of rows, of all that state an amount in `entries`, that cost something else here."""

    stated: Money
    charged: Money
    entries: int
    differing: int

    @property
    def difference(self) -> Money | None:
        """By how much it is more here; None if the file states it in another currency."""
        return self.charged - self.stated if self.charged.currency == self.stated.currency else None


@frozen(kw_only=True)
class PlannedClient:
    """A client, by the name in the file. `id` is set if the books have them; `is_new` if they are to be added.
    `currency` is None if the name is ambiguous, and `balance_effect` also if nothing is recorded for a client whom the
    books do not have. `amounts` is None if the file states none, or nothing but zeros."""

    name: str
    id: ClientId | None
    is_new: bool
    currency: str | None
    work: Count
    balance_effect: BalanceEffect | None
    amounts: StatedAmounts | None = None


@frozen(kw_only=True)
class PlannedProject:
    """A project, by the names of it and its client in the file. `id` is set if the books have it; `is_new` if it is to
    be added, with `rate`. `unused_rate` is a rate that was given for it and changes nothing, because the books have
    another one for it or, if it is new, because each of its rows brings its own. `not_billable` is the work that costs
    nothing, because its rows say so."""

    client: str
    name: str
    id: ProjectId | None
    is_new: bool
    rate: Rate | None
    unused_rate: Rate | None = None
    work: Count
    not_billable: Count = Count()


@frozen
class PlannedMonth:
    """The work of a month, whose days are those of the firm."""

    month: Period
    work: Count


@frozen
class FieldChange:
    """A field in which a session differs from its row, in words."""

    field: str
    before: str
    after: str


@frozen(kw_only=True)
class PlannedRow:
    """What becomes of one row. `row` and `column` are as in UnreadableFile, and so is the `reason` of one that is
    refused.

    `changes` are the fields in which a session that was imported before, or is probably the same, differs from the
    row, and `blocker` is why it stays as it is all the same; without one, because changes are not to be followed.
    `similar` says that it is only probably the same. `overlaps` is the row of the
    earlier entry. `entry` is the content of the row; the rows that a plan lists have none.
    """

    row: int | None
    outcome: Outcome
    warnings: tuple[ImportWarning, ...] = ()
    overlaps: int | None = None
    session_id: SessionId | None = None
    similar: bool = False
    changes: tuple[FieldChange, ...] = ()
    blocker: UpdateBlocker | None = None
    column: str | None = None
    reason: str = ""
    entry: TimeEntry | None = None


@frozen(kw_only=True)
class Plan:
    """What an import of a file into the books of a firm would do, as both were when it was made.

    `total` is all rows that could be read; `totals_rows` is how many were passed over because they add up others.
    `people`, `clients`, `projects` and `months` are in the order in which they first come up in the file, without
    the rows that are not wanted. What becomes of the rows is counted by outcome; of those that are changed, kept,
    similar, doubtful or refused, the first are listed. A row is doubtful if it has a warning.

    `similar` counts all rows that are probably the same as work that is in the books: of the same person and start, or
    of the same person and project and a part of the time, though recorded under another source, or none. `same_as`
    names the session for the source of each. Until a rule says what becomes of them, the plan cannot be applied.
    """

    firm_id: FirmId
    file: PlannedFile
    options: PlanOptions
    total: Count
    people: tuple[PlannedPerson, ...]
    clients: tuple[PlannedClient, ...]
    projects: tuple[PlannedProject, ...]
    months: tuple[PlannedMonth, ...]
    added: Count
    known: Count
    changed: Count
    kept: Count
    left_out: Count
    similar: Count
    refused: int
    doubtful: int
    totals_rows: int
    changed_rows: tuple[PlannedRow, ...]
    doubtful_rows: tuple[PlannedRow, ...]
    refused_rows: tuple[PlannedRow, ...]
    similar_rows: tuple[PlannedRow, ...]
    same_as: Mapping[str, SessionId]

    def __repr__(self) -> str:
        added, known, changed = (count.entries for count in (self.added, self.known, self.changed))
        return f"<Plan: {added} rows new, {known} known, {changed} changed, {self.refused} refused>"

    @property
    def not_billable(self) -> Count:
        """The work that costs nothing, because its rows say so."""
        counts = [project.not_billable for project in self.projects]
        return Count(
            entries=sum(it.entries for it in counts), duration=sum((it.duration for it in counts), timedelta(0))
        )

    @property
    def is_undecided(self) -> bool:
        """Whether some rows are probably the same as work that is in the books, and no rule says what becomes of
        them."""
        return self.options.similar is None and self.similar.entries > 0

    @property
    def is_sound(self) -> bool:
        """Whether it can be applied: no row is refused, and none is undecided."""
        return not self.refused and not self.is_undecided

    @property
    def refusal(self) -> UnreadableFile | None:
        """The error that names the first refused row, or the MissingOption for the first that is undecided; None if
        there is none."""
        if self.refused:
            first = self.refused_rows[0]
            reason = f"{first.reason} Nothing was recorded; rows refused: {self.refused}."
            return UnreadableFile(first.row, first.column, reason)
        if not self.is_undecided:
            return None
        first = self.similar_rows[0]
        what = "; ".join(f"{it.field}: {it.before} → {it.after}" for it in first.changes) or "nothing differs"
        reason = f"it is probably the same as work that is in the books ({what}); such rows: {self.similar.entries}."
        return MissingOption("similar", first.row, None, f"{reason} Replace that work, record both, or skip the row?")


def dump_plan(plan: Plan) -> dict[str, Any]:
    """A plan as plain data, as `invoicecore.codec` writes it; with the whole file, if it was given as bytes."""
    from invoicecore.codec import dump_value  # loads cattrs, which nothing else here needs

    return dump_value(inputs.instance("plan", plan, Plan))


def load_plan(data: object) -> Plan:
    """The plan in the data that `dump_plan` made. InvalidInput, naming the place in the data, for anything else."""
    from invoicecore.codec import load_value

    return load_value(Plan, data)
