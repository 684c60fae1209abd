"""The summary of an invoice: an item for each project, rate and tax, with its hours, and one for each charge."""

from datetime import timedelta
from itertools import count

from attrs import evolve, frozen

from invoicecore.documents.language import HUNDREDTH, SECOND
from invoicecore.lifecycle.invoice import Line
from invoicecore.queries.printable import PrintableInvoice
from invoicecore.values.ids import ProjectId
from invoicecore.values.money import Money, Rate
from invoicecore.values.tax import Tax
from invoicecore.vocabulary import ChargeKind

_MINUTE = timedelta(minutes=1)


@frozen
class SummaryItem:
    """One amount of the summary: the work on a project at one rate and tax, or a line without a session.

    `name` is that of the project, or the description of the line; a charge without one has none. Each session is
    rounded by itself; if rounding the total hours gives another amount, `whole` is that amount, and `footnote` numbers
    such items from 1. `cut` is what the cap of the project took off the amount.
    """

    name: str
    lines: tuple[Line, ...]
    duration: timedelta | None
    rate: Rate | None
    amount: Money
    whole: Money | None
    cut: Money
    footnote: int | None = None

    @property
    def kind(self) -> ChargeKind | None:
        """The kind of the charge that it is; None for work, and for what is no charge."""
        return self.lines[0].kind

    @property
    def tax(self) -> Tax | None:
        """What all of its lines are taxed with."""
        return self.lines[0].tax

    @property
    def is_work(self) -> bool:
        """Whether it consists of sessions."""
        return self.lines[0].session_id is not None


@frozen
class InvoiceSummary:
    """All charges of an invoice, in the order of their first lines.

    Hours are printed with two decimals if all are exact (`in_decimals`), otherwise as on a clock: with seconds if
    minutes are not exact (`with_seconds`), and rounded if not even seconds are (`is_rounded`).
    """

    all: tuple[SummaryItem, ...]
    in_decimals: bool
    with_seconds: bool
    is_rounded: bool

    @property
    def have_hours(self) -> bool:
        """Whether there are hours and rates to show."""
        return any(charge.duration is not None for charge in self.all)

    @property
    def work(self) -> tuple[SummaryItem, ...]:
        """The charges that consist of sessions."""
        return tuple(charge for charge in self.all if charge.is_work)

    @property
    def groups(self) -> tuple[tuple[ChargeKind | None, tuple[SummaryItem, ...]], ...]:
        """Work, and then the charges of each kind that is there."""
        kinds = (None, *ChargeKind)
        return tuple((kind, of) for kind in kinds if (of := tuple(it for it in self.all if it.kind is kind)))

    @property
    def rounded(self) -> tuple[SummaryItem, ...]:
        """The charges whose hours times rate give another amount."""
        return tuple(charge for charge in self.all if charge.whole is not None)

    @property
    def duration(self) -> timedelta:
        """The total time."""
        return sum((charge.duration for charge in self.all if charge.duration is not None), timedelta())


def summary_of(printable: PrintableInvoice, prepaid: str) -> InvoiceSummary:
    """The charges of an invoice. `prepaid` is the name of a refill's hours without a description of their own."""
    names, currency = dict(printable.parties.names), printable.invoice.currency
    grouped: dict[tuple[ProjectId | None, Rate | None, Tax | None] | int, list[Line]] = {}
    for place, line in enumerate(printable.invoice.lines):
        is_work = line.project_id is not None and line.charge_id is None
        grouped.setdefault((line.project_id, line.rate, line.tax) if is_work else place, []).append(line)
    times = [line.duration for line in printable.invoice.lines if line.duration is not None]
    number = count(1)
    summed = (_charge(tuple(lines), names, currency, prepaid) for lines in grouped.values())
    found = tuple(charge if charge.whole is None else evolve(charge, footnote=next(number)) for charge in summed)
    return InvoiceSummary(
        found,
        in_decimals=not any(charge.duration % HUNDREDTH for charge in found if charge.duration is not None),
        with_seconds=any(time % _MINUTE for time in times),
        is_rounded=any(time % SECOND for time in times),
    )


def _charge(lines: tuple[Line, ...], names: dict[str, str], currency: str, prepaid: str) -> SummaryItem:
    first = lines[0]
    rate, minor = first.rate, sum(line.minor for line in lines)
    duration = None
    if first.duration is not None:
        duration = sum((line.duration for line in lines if line.duration is not None), timedelta())
    other = prepaid if first.blocks else ""
    whole = None if rate is None or duration is None else rate.times(duration)
    cut = sum(map(_cut_minor, lines))
    return SummaryItem(
        names[first.project_id] if first.project_id and first.kind is None else first.description or other,
        lines,
        duration,
        rate,
        Money(minor=minor, currency=currency),
        None if whole is None or (whole.minor == minor and not cut) else whole,
        Money(minor=cut, currency=currency),
    )


def _cut_minor(line: Line) -> int:
    """How much less than its time at its rate a line of work asks for."""
    if line.session_id is None or line.rate is None or line.duration is None:
        return 0
    return line.rate.minor_for(line.duration) - line.minor
