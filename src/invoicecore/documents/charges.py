"""Which charges stand on an invoice, and how can hours times rate be followed on it?"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import count

from attrs import evolve, frozen

from invoicecore.documents.language import HUNDREDTH, SECOND
from invoicecore.lifecycle.invoice import Line
from invoicecore.settlement.printable import PrintableInvoice
from invoicecore.values.ids import ProjectId
from invoicecore.values.money import Money, Rate

_MINUTE = timedelta(minutes=1)


@frozen
class Charge:
    """One amount of the summary: the work of a project at one rate, or what is asked for without sessions.

    `name` is the project's or the description of what is asked for; `lines` are the sessions. `whole` is what its
    hours at its rate would cost in one piece, where that is not the amount, for each session is rounded by itself; such
    charges are numbered by `footnote` from 1.
    """

    name: str
    lines: tuple[Line, ...]
    duration: timedelta | None
    rate: Rate | None
    amount: Money
    whole: Money | None
    footnote: int | None = None

    @property
    def is_work(self) -> bool:
        """Whether it is made of sessions."""
        return self.lines[0].session_id is not None


@frozen
class Charges:
    """All charges of an invoice, the work of a project together, in the order in which they first come.

    `in_decimals` says whether all hours are exact with two decimals, and otherwise they are shown as on a clock;
    `with_seconds` whether minutes do not tell all of the time, and `cut` whether not even seconds do.
    """

    all: tuple[Charge, ...]
    in_decimals: bool
    with_seconds: bool
    cut: bool

    @property
    def have_hours(self) -> bool:
        """Whether there are hours and rates to show."""
        return any(charge.duration is not None for charge in self.all)

    @property
    def work(self) -> tuple[Charge, ...]:
        """Those that are made of sessions."""
        return tuple(charge for charge in self.all if charge.is_work)

    @property
    def rounded(self) -> tuple[Charge, ...]:
        """Those whose hours times rate is another amount."""
        return tuple(charge for charge in self.all if charge.whole is not None)

    @property
    def duration(self) -> timedelta:
        """All hours."""
        return sum((charge.duration for charge in self.all if charge.duration is not None), timedelta())


def charges(paper: PrintableInvoice, prepaid: str) -> Charges:
    """The charges of an invoice. `prepaid` is how to call the hours of a refill that nobody has described."""
    names, currency = dict(paper.parties.names), paper.invoice.currency
    grouped: dict[tuple[ProjectId, Rate | None] | int, list[Line]] = {}
    for place, line in enumerate(paper.invoice.lines):
        grouped.setdefault((line.project_id, line.rate) if line.project_id else place, []).append(line)
    times = [line.duration for line in paper.invoice.lines if line.duration is not None]
    found = _numbered(_charge(tuple(lines), names, currency, prepaid) for lines in grouped.values())
    return Charges(
        found,
        in_decimals=not any(charge.duration % HUNDREDTH for charge in found if charge.duration is not None),
        with_seconds=any(time % _MINUTE for time in times),
        cut=any(time % SECOND for time in times),
    )


def _numbered(charges: Iterable[Charge]) -> tuple[Charge, ...]:
    number = count(1)
    return tuple(charge if charge.whole is None else evolve(charge, footnote=next(number)) for charge in charges)


def _charge(lines: tuple[Line, ...], names: dict[str, str], currency: str, prepaid: str) -> Charge:
    first = lines[0]
    rate, minor = first.rate, sum(line.minor for line in lines)
    duration = None
    if first.duration is not None:
        duration = sum((line.duration for line in lines if line.duration is not None), timedelta())
    whole = None if rate is None or duration is None else rate.times(duration)
    return Charge(
        names[first.project_id] if first.project_id else first.description or (prepaid if first.blocks else ""),
        lines,
        duration,
        rate,
        Money(minor, currency),
        None if whole is None or whole.minor == minor else whole,
    )
