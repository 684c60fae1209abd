"""Bare code that does the least that could be called the same work.

Bare Python with a frozen attrs object and nothing of the library, so that peers can be held against it too. Each floor
does what the work cannot do without, and none of the rules.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from attrs import frozen

from benchmarks.measure import Run, timed

_UTC = timezone.utc  # noqa: UP017  # peers may need another Python
_BEGIN = datetime(2020, 1, 1, tzinfo=_UTC)
_APART = timedelta(days=1) / 50


@frozen(kw_only=True)
class BareEntry:
    """Eight fields, as many as a movement needs."""

    id: str
    client: str
    sequence: int
    minor: int
    balance: int
    at: datetime
    by: str
    note: str


@frozen(kw_only=True)
class BareInvoice:
    """Sixteen fields, as many as an invoice has."""

    id: str
    client: str
    kind: str
    deposit: str
    currency: str
    status: str
    lines: tuple[()]
    revision: str
    total: int
    paid: int
    number: str
    selection: None
    issued_on: date
    due_on: date
    parties: None
    steps: int


def starts(count: int, *, after: int = 0) -> list[datetime]:
    """So many instants from New Year 2020 on, fifty a day; `after` of them are passed over."""
    return [_BEGIN + place * _APART for place in range(after, after + count)]


def logging(count: int) -> Run:
    """A frozen object of eight fields, an addition and a list append, so many times."""
    moments = starts(count)

    def work() -> None:
        entries: list[BareEntry] = []
        balance = 0
        for place, moment in enumerate(moments):
            balance -= 5000
            entries.append(
                BareEntry(
                    id="entry",
                    client="acme",
                    sequence=place,
                    minor=-5000,
                    balance=balance,
                    at=moment,
                    by="lee",
                    note="",
                )
            )

    return lambda: timed(work, count)


_MOVES = {("generated", "set_due"): "due", ("due", "set_overdue"): "overdue", ("overdue", "set_due"): "due"}


def status_change(count: int) -> Run:
    """A look-up in a table and a frozen object of an invoice's sixteen fields by its constructor, so many times."""
    issued, due = date(2026, 3, 2), date(2026, 4, 1)

    def work() -> None:
        status = "due"
        for place in range(count):
            status = _MOVES[status, "set_overdue" if status == "due" else "set_due"]
            BareInvoice(
                id="invoice",
                client="acme",
                kind="manual",
                deposit="to_balance",
                currency="USD",
                status=status,
                lines=(),
                revision="",
                total=100_000,
                paid=0,
                number="1",
                selection=None,
                issued_on=issued,
                due_on=due,
                parties=None,
                steps=place,
            )

    return lambda: timed(work, count)


def look_up(count: int) -> Run:
    """The look-up in the table alone, so many times."""

    def work() -> None:
        status = "due"
        for _ in range(count):
            status = _MOVES[status, "set_overdue" if status == "due" else "set_due"]

    return lambda: timed(work, count)


def billing(count: int) -> Run:
    """For each session, a tuple as its line, its amount added up, and a dictionary entry as its lock; all is kept, as
    an invoice is. Done five times over, because once is too short to be timed."""
    sessions = [(f"session-{place}", "a note", moment, 5000) for place, moment in enumerate(starts(count))]

    def work() -> object:
        kept = []
        for _ in range(5):
            lines: list[tuple[str, str, datetime, int]] = []
            locks: dict[str, str] = {}
            total = 0
            for id, note, moment, minor in sessions:
                lines.append((id, note, moment, minor))
                total += minor
                locks[id] = "invoice"
            kept.append((total, tuple(lines), locks))
        return kept

    return lambda: timed(work, count * 5)


def _movements(count: int) -> list[tuple[int, datetime, date, str, int, int, str]]:
    return [(n, at, at.date(), "work", -5000, -5000 * n, f"session-{n}") for n, at in enumerate(starts(count), start=1)]


def rows(count: int) -> Run:
    """For each movement, a frozen object of eight fields."""
    movements = _movements(count)

    def work() -> Sequence[BareEntry]:
        return [
            BareEntry(id=cause, client="acme", sequence=n, minor=minor, balance=balance, at=at, by=kind, note="")
            for n, at, _, kind, minor, balance, cause in movements
        ]

    return lambda: timed(work, count)


def csv_text(count: int) -> Run:
    """For each movement, a row of CSV out of a tuple: number, day, kind, two amounts with two decimals, cause."""
    movements = _movements(count)

    def work() -> str:
        out = io.StringIO()
        writer = csv.writer(out)
        for n, _, day, kind, minor, balance, cause in movements:
            writer.writerow((n, day.isoformat(), kind, f"{minor / 100:.2f}", f"{balance / 100:.2f}", cause))
        return out.getvalue()

    return lambda: timed(work, count)


def tuples(count: int) -> object:
    """For each movement, a tuple of the eleven values of an entry, its id, numbers and times being its own."""
    return [
        ("acme", n, "work", -5000 - n, -5000 * n, at + timedelta(seconds=n), at.date(), f"{n:036d}", "maria", None, "")
        for n, at in enumerate(starts(count), start=1)
    ]
