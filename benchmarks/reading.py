"""The cost of reading a standing, a page of a statement, and a whole statement."""

import csv
import io
from functools import cache

from benchmarks import floors
from benchmarks.figures import Aim, Figure, Unit
from benchmarks.measure import Run, alternating, collector_frozen, timed
from benchmarks.studio import Studio, studio
from invoicecore import Period, SettableClock, Statement

_FLAT = Aim(1.2)
_LEVEL = Aim(1.05)


@cache
def aged(sessions: int) -> Studio:
    """A firm whose one client has so many entries, booked over months or years, fifty a day."""
    return studio(sessions=sessions, clock=SettableClock(floors.starts(1)[0]))


def _sizes(*, quick: bool) -> tuple[int, int]:
    return (500, 10_000) if quick else (1000, 100_000)


def standing_of(firm: Studio, count: int) -> Run:
    """Read the standing of a firm's client, so many times."""
    client, standing = firm.jobs[0].client_id, firm.desk.accounts.standing

    def work() -> None:
        for _ in range(count):
            standing(client)

    return lambda: timed(work, count)


def page_of(firm: Studio, count: int) -> Run:
    """Read a day of a firm's client's statement, so many times."""
    client, statement = firm.jobs[0].client_id, firm.desk.accounts.statement
    day = floors.starts(1, after=100)[0].date()
    period = Period(day, day)

    def work() -> None:
        for _ in range(count):
            assert len(statement(client, period).rows) == 50

    return lambda: timed(work, count)


def standing(*, quick: bool) -> Figure:
    """Read a standing where the client has a long history, beside where it is short."""
    small, large = _sizes(quick=quick)
    with collector_frozen():
        measured = alternating(standing_of(aged(small), 2000), standing_of(aged(large), 2000))
    return Figure(
        name="standing",
        what=f"a standing at {large:,} entries of history",
        against=f"at {small:,}",
        unit=Unit.MICROSECONDS,
        measured=measured,
        to_reach=_FLAT,
        long_aim=_LEVEL,
    )


def page(*, quick: bool) -> Figure:
    """Read one day's statement of 50 entries where the client has a long history, beside where it is short."""
    small, large = _sizes(quick=quick)
    with collector_frozen():
        measured = alternating(page_of(aged(small), 100), page_of(aged(large), 100))
    return Figure(
        name="page",
        what=f"a page of 50 of a statement at {large:,} entries",
        against=f"at {small:,}",
        unit=Unit.MICROSECONDS,
        measured=measured,
        to_reach=_FLAT,
        long_aim=_LEVEL,
    )


def as_csv(statement: Statement) -> str:
    """The statement as CSV, as a host would write it: the library gives rows and draws no file itself."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in statement.rows:
        writer.writerow(
            (
                row.sequence,
                row.booked_on.isoformat(),
                str(row.kind),
                row.amount.amount,
                row.balance.amount,
                row.cause,
            )
        )
    return out.getvalue()


def rows(*, quick: bool) -> Figure:
    """The whole statement of a long history, to rows."""
    count = _sizes(quick=quick)[1]
    firm = aged(count)
    client, statement = firm.jobs[0].client_id, firm.desk.accounts.statement
    with collector_frozen():
        measured = alternating(floors.rows(count), lambda: timed(lambda: statement(client), count))
    return Figure(
        name="rows",
        what=f"a statement of {count:,} entries, to rows; an entry",
        against="frozen object of 8 fields",
        unit=Unit.MICROSECONDS,
        measured=measured,
    )


def statement(*, quick: bool) -> Figure:
    """The whole statement of a long history, to the text of a CSV file."""
    count = _sizes(quick=quick)[1]
    firm = aged(count)
    client, whole = firm.jobs[0].client_id, firm.desk.accounts.statement
    with collector_frozen():
        measured = alternating(floors.csv_text(count), lambda: timed(lambda: as_csv(whole(client)), count))
    return Figure(
        name="statement",
        what=f"a statement of {count:,} entries, to CSV text; an entry",
        against="a row of CSV from a tuple",
        unit=Unit.MICROSECONDS,
        measured=measured,
        to_reach=Aim(5.8),  # what ledger takes
        long_aim=Aim(2),
    )
