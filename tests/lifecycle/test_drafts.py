"""Snapshots of work, their differences and their revisions."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, fields, frozen

from invoicecore import Deposit, Invoice, InvoiceKind, Line, Period, Status, utc
from invoicecore.lifecycle import drafts
from invoicecore.lifecycle.drafts import (
    Difference,
    DraftMoved,
    difference,
    revision,
    snapshot,
    total_minor,
    with_content,
)
from invoicecore.lifecycle.invoice import CoverPart, Selection
from invoicecore.model.work_session import WorkSession
from invoicecore.values.ids import ClientId, InvoiceId, PersonId, ProjectId, SessionId
from tests.world import hourly, usd

CHICAGO, UTC = "America/Chicago", "UTC"
FIRST_WEEK = Period(date(2026, 3, 2), date(2026, 3, 8))
ALL = Selection(FIRST_WEEK)
NOTHING: frozenset[SessionId] = frozenset()


def session(id: str, start: datetime, hours: int = 1, project: str = "site") -> WorkSession:
    """Work at $50 an hour."""
    return WorkSession(
        id=SessionId(id),
        client_id=ClientId("acme"),
        project_id=ProjectId(project),
        person_id=PersonId("lee"),
        start=start,
        duration=timedelta(hours=hours),
        rate=hourly(50),
        minor=50_00 * hours,
        note=f"Note of {id}",
    )


MONDAY = session("monday", utc(2026, 3, 2, 15), 8)
TUESDAY = session("tuesday", utc(2026, 3, 3, 15), 2, "shop")
LINES = snapshot([MONDAY, TUESDAY], ALL, NOTHING, CHICAGO)
OTHERS = [
    evolve(MONDAY, note="Other"),
    evolve(MONDAY, minor=400_01),
    evolve(MONDAY, duration=timedelta(hours=8, microseconds=1)),
    evolve(MONDAY, rate=hourly("50.01")),
    evolve(MONDAY, person_id=PersonId("sam")),
    evolve(MONDAY, project_id=ProjectId("shop")),
    evolve(MONDAY, start=utc(2026, 3, 3, 15)),
]
"""Monday as it might have been, each in one way."""


BLANK = Invoice(
    id=InvoiceId("draft"),
    client_id=ClientId("acme"),
    kind=InvoiceKind.TIME,
    deposit=Deposit.TO_BALANCE,
    currency="USD",
    status=Status.DRAFT,
    lines=(),
    revision=revision(()),
    total_minor=0,
)


def moved_from(before: tuple[Line, ...], after: tuple[Line, ...], *, covered: tuple[int, int] = (0, 0)) -> Difference:
    """What moved between drafts with those lines, of which so many minor units are covered."""
    old, new = ((CoverPart(None, minor),) if minor else () for minor in covered)
    return difference(with_content(BLANK, before, old), with_content(BLANK, after, new))


def taken(sessions: list[WorkSession], selection: Selection = ALL, zone: str = CHICAGO) -> list[str | None]:
    """The ids of the sessions on a snapshot."""
    return [line.session_id for line in snapshot(sessions, selection, NOTHING, zone)]


class TestSnapshot:
    """A line for each session that is chosen."""

    @pytest.mark.req("B29")
    def test_a_line_says_all_that_is_billed(self) -> None:
        """A line holds note, amount, day, duration, rate and where they come from."""
        [line] = snapshot([MONDAY], ALL, NOTHING, CHICAGO)
        assert line == Line(
            "Note of monday",
            400_00,
            SessionId("monday"),
            ProjectId("site"),
            PersonId("lee"),
            timedelta(hours=8),
            hourly(50),
            date(2026, 3, 2),
        )

    def test_foots(self) -> None:
        """The total is the sum of the lines: $400 and $100."""
        assert 500_00 == total_minor(LINES)
        assert 0 == total_minor(())

    def test_a_stated_day_stays(self) -> None:
        """Work given by its date belongs to that date in any zone."""
        stated = evolve(session("stated", utc(2026, 3, 9, 6)), stated_day=date(2026, 3, 8))
        assert ["stated"] == taken([stated]) == taken([stated], zone="Pacific/Auckland")

    def test_both_ends_of_the_period_are_in_it(self) -> None:
        """The first and the last day count, the days around them do not."""
        days = [session(f"{day}", utc(2026, 3, day, 18)) for day in (1, 2, 8, 9)]
        assert ["2", "8"] == taken(days)

    def test_only_some_projects(self) -> None:
        """With projects named, only their work is taken; with none, nothing."""
        assert ["tuesday"] == taken([MONDAY, TUESDAY], evolve(ALL, projects=frozenset({ProjectId("shop")})))
        assert [] == taken([MONDAY, TUESDAY], evolve(ALL, projects=frozenset()))

    def test_lines_that_still_hold_are_kept(self) -> None:
        """A line of before is taken over as it is, unless anything was changed that it says of its session."""
        again = snapshot([MONDAY, TUESDAY], ALL, NOTHING, CHICAGO, LINES)
        assert [True, True] == [line is old for line, old in zip(again, LINES, strict=True)]

    @pytest.mark.parametrize("other", OTHERS)
    def test_a_line_that_no_longer_holds_is_made_anew(self, other: WorkSession) -> None:
        """Whatever the lines before were, a snapshot says what one without them says."""
        anew = snapshot([other, TUESDAY], ALL, NOTHING, CHICAGO)
        assert anew == snapshot([other, TUESDAY], ALL, NOTHING, CHICAGO, LINES) != LINES


class TestDifference:
    """What moved, told as what was added, removed and changed, and what that means in money."""

    def test_none(self) -> None:
        """Equal snapshots differ in nothing."""
        same = moved_from(LINES, LINES)
        assert same.is_empty
        assert usd(0) == same.money

    @pytest.mark.req("B31")
    def test_all_three(self) -> None:
        """Monday grew from 8 h to 9 h (+$50), Tuesday is gone (−$100), Friday is new (+$150): +$100 in all."""
        longer = evolve(MONDAY, duration=timedelta(hours=9), minor=450_00)
        friday = session("friday", utc(2026, 3, 6, 15), 3)
        now = snapshot([longer, friday], ALL, NOTHING, CHICAGO)
        moved = moved_from(LINES, now)
        assert not moved.is_empty
        assert (now[1],) == moved.added
        assert (LINES[1],) == moved.removed
        assert ((LINES[0], now[0]),) == moved.changed
        assert usd(100) == moved.money
        assert "1 added, 1 removed, 1 changed, 100.00 USD in all" == str(moved)

    def test_cover_alone(self) -> None:
        """Less that is covered is a change, and so is the revision, although every line is as it was."""
        moved = moved_from(LINES, LINES, covered=(300_00, 100_00))
        assert (False, (), usd(0), usd(-200)) == (moved.is_empty, moved.changed, moved.money, moved.covered)
        assert "0 added, 0 removed, 0 changed, 0.00 USD in all, -200.00 USD of it covered" == str(moved)
        assert revision(LINES, 100_00) != revision(LINES, 300_00) != revision(LINES)

    def test_a_change_without_money(self) -> None:
        """Another note is a change too."""
        now = snapshot([evolve(MONDAY, note="Better words"), TUESDAY], ALL, NOTHING, CHICAGO)
        moved = moved_from(LINES, now)
        assert (1, usd(0)) == (len(moved.changed), moved.money)
        assert not moved.is_empty

    def test_there_and_back(self) -> None:
        """The way back has the opposite money, and added and removed changed places."""
        there, back = moved_from(LINES, LINES[:1]), moved_from(LINES[:1], LINES)
        assert there.money == -back.money == usd(-100)
        assert there.removed == back.added

    def test_the_error_carries_it(self) -> None:
        """DraftMoved has the difference and the revision, and says what to do."""
        moved = moved_from(LINES, LINES[:1])
        error = DraftMoved(moved, "abc")
        assert (moved, "abc") == (error.difference, error.revision)
        assert "1 removed" in str(error)
        assert "latest=True" in str(error)


class TestRevision:
    """A digest of what is seen."""

    def test_is_frozen(self) -> None:
        """These revisions are stored, so they are the same in every later version."""
        refill = Line("", 2000_00, duration=timedelta(hours=40), rate=hourly(50), blocks=2)
        assert "1:7ebb3c7c2a87b1a2f8a7ed729ecb040d" == revision(())
        assert "1:07844bfff16856b26d9e6206834fc433" == revision(LINES)
        assert "1:764e427ddb694a2ccb0d643d5996716c" == revision([refill])

    def test_a_later_field_moves_it_unless_it_is_at_its_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As a duty on lines would."""

        @frozen
        class Dutiable(Line):
            duty: int = 0

        before, untaxed = revision([Line("Agreed", 100_00)]), Dutiable("Agreed", 100_00)
        monkeypatch.setattr(drafts, "_LATER", fields(Dutiable)[9:])
        assert before == revision([untaxed]) != revision([evolve(untaxed, duty=19)])

    @pytest.mark.parametrize("field", [each.name for each in fields(Line)])
    def test_moves_with_each_field(self, field: str) -> None:
        """No field of a line is left out."""
        others: dict[str, Any] = {
            "minor": 1,
            "blocks": 1,
            "day": date(2026, 3, 4),
            "duration": timedelta(1),
            "rate": hourly(1),
        }
        assert revision(LINES[:1]) != revision([evolve(LINES[0], **{field: others.get(field, "other")})])

    def test_moves_with_the_order(self) -> None:
        """Order and number of the lines count."""
        assert 4 == len({revision(lines) for lines in (LINES, LINES[::-1], LINES[:1], ())})
