"""Instants and business days are right, also where clocks jump."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from invoicecore import PaymentTerms, Period, local_instant, utc
from invoicecore.errors import InvalidInput, InvoicecoreError
from invoicecore.values.calendar import day_of, days_of, first_instant, instant, known_zone, opening
from tests.world import new_world

NEW_YORK = ZoneInfo("America/New_York")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("right/", "posix/")))


def shows_midnight_twice(day: date, zone: str) -> bool:
    """Whether the clock went back over the midnight at which the day began."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC) < midnight.replace(fold=1).astimezone(UTC)


def by_scanning(day: date, zone: str) -> datetime:
    """The first minute at which a zone's calendar shows the day or a later one, found by looking at every minute."""
    info = ZoneInfo(zone)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - 2 * DAY
    while moment.astimezone(info).date() < day:
        moment += MINUTE
    return moment


class TestUtc:
    def test_instant(self) -> None:
        """An instant spelled in UTC."""
        assert datetime(2026, 3, 2, 15, 4, 5, tzinfo=UTC) == utc(2026, 3, 2, 15, 4, 5)

    @pytest.mark.parametrize(
        "given",
        [(2026, 2, 30), (2026, 13, 1), (0, 1, 1), (10000, 1, 1), (2026, 1, 1, 24), (2026, 1, 1, 0, 60), (10**30, 1, 1)],
    )
    def test_no_such_time(self, given: tuple[int, ...]) -> None:
        """A time that does not exist is refused."""
        with pytest.raises(InvalidInput, match="There is no such time"):
            utc(*given)

    @pytest.mark.parametrize("given", [("2026", 1, 1), (2026.0, 1, 1), (None, 1, 1)])
    def test_no_number(self, given: tuple[Any, ...]) -> None:
        """What is not a whole number is refused."""
        with pytest.raises(InvalidInput):
            utc(*given)


class TestKnownZone:
    def test_known(self) -> None:
        """A zone is known by its IANA name."""
        assert "America/Chicago" == known_zone("America/Chicago").key
        assert "UTC" == known_zone("UTC").key

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "America",
            "Mars/Olympus",
            "../etc/passwd",
            "/etc/localtime",
            "a\0b",
            "\ud800",
            "x" * 5000,
            "zone.tab",
            "localtime",
            "Factory",
            "posixrules",
            "posix/UTC",
            "right/UTC",
            "é",
        ],
        ids=ascii,
    )
    def test_unknown(self, name: str) -> None:
        """Any other text is refused, and no file outside the time zone data is looked at."""
        with pytest.raises(InvalidInput, match="is not a time zone"):
            known_zone(name)

    @pytest.mark.parametrize("name", [None, 5, 1.5, b"UTC", ("UTC",), ["UTC"], {}], ids=str)
    def test_no_text(self, name: Any) -> None:
        """What is not text is refused."""
        with pytest.raises(InvalidInput):
            known_zone(name)


class TestInstant:
    def test_normalised(self) -> None:
        """Whatever the zone or offset, the same instant comes back in UTC."""
        meant = utc(2026, 3, 2, 15)
        for given_as in (
            meant,
            datetime(2026, 3, 2, 10, tzinfo=NEW_YORK),
            datetime(2026, 3, 2, 20, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            datetime(2026, 3, 2, 15, tzinfo=ZoneInfo("UTC")),
        ):
            assert meant == instant("start", given_as)
            assert UTC is instant("start", given_as).tzinfo

    @pytest.mark.parametrize(
        "value", [None, "2026-03-02T15:00Z", 5, date(2026, 3, 2), datetime(2026, 3, 2, 15)], ids=str
    )
    def test_refused(self, value: object) -> None:
        """What is not an aware datetime is refused, naming the argument."""
        with pytest.raises(InvalidInput, match=r"^start "):
            instant("start", value)

    @pytest.mark.parametrize("fold", [0, 1])
    @pytest.mark.parametrize(
        "clock", [datetime(2018, 11, 4, 1, 30), datetime(2018, 3, 11, 2, 30)], ids=["twice", "never"]
    )
    def test_twice_or_never(self, clock: datetime, fold: int) -> None:
        """A time that the clock showed twice or never is refused, whatever its fold says."""
        with pytest.raises(InvalidInput, match="shows twice or never"):
            instant("start", clock.replace(tzinfo=NEW_YORK, fold=fold))

    @pytest.mark.parametrize(
        "value",
        [
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            datetime(9999, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-1))),
            utc(1, 1, 1),
            utc(9999, 12, 31, 23),
        ],
        ids=["before", "after", "first day", "last day"],
    )
    def test_outside_the_calendar(self, value: datetime) -> None:
        """An instant outside the years 1 to 9999 is refused, and one so near their ends that a zone may be outside."""
        with pytest.raises(InvalidInput, match="outside the years"):
            instant("start", value)


class TestElapsed:
    def test_night_of_the_clock_change(self) -> None:
        """A night shift over the end of summer time lasted as long as it lasted: 11:03:34, not 10:03:34."""
        start = local_instant("start", datetime(2018, 11, 3, 19, 42, 29), "America/New_York")
        end = local_instant("end", datetime(2018, 11, 4, 5, 46, 3), "America/New_York")
        assert timedelta(hours=11, minutes=3, seconds=34) == end - start

    def test_at_the_desk(self) -> None:
        """The desk logs that night with its real length, also when it is given in the zone itself."""
        world = new_world()
        session = world.lee.work.log(
            world.site.id,
            start=datetime(2018, 11, 3, 19, 42, 29, tzinfo=NEW_YORK),
            end=datetime(2018, 11, 4, 5, 46, 3, tzinfo=NEW_YORK),
        )
        assert timedelta(hours=11, minutes=3, seconds=34) == session.duration

    def test_short_night(self) -> None:
        """In the night when the clock jumps forward, an hour is missing."""
        start = local_instant("start", datetime(2018, 3, 10, 22), "America/New_York")
        end = local_instant("end", datetime(2018, 3, 11, 6), "America/New_York")
        assert timedelta(hours=7) == end - start


class TestLocalInstant:
    def test_plain(self) -> None:
        """Most times are shown once, and need no offset."""
        assert utc(2026, 7, 1, 13) == local_instant("start", datetime(2026, 7, 1, 9), "America/New_York")

    def test_twice(self) -> None:
        """A time shown twice needs its offset, which says which of the two is meant."""
        half_past_one = datetime(2018, 11, 4, 1, 30)
        with pytest.raises(
            InvalidInput, match="start is a time that the clock of America/New_York shows twice or never"
        ):
            local_instant("start", half_past_one, "America/New_York")
        first = local_instant("start", half_past_one, "America/New_York", timedelta(hours=-4))
        second = local_instant("start", half_past_one, "America/New_York", timedelta(hours=-5))
        assert (utc(2018, 11, 4, 5, 30), utc(2018, 11, 4, 6, 30)) == (first, second)

    def test_fold_is_not_an_offset(self) -> None:
        """The fold of a naive time is not taken for an answer."""
        with pytest.raises(InvalidInput, match="twice or never"):
            local_instant("start", datetime(2018, 11, 4, 1, 30, fold=1), "America/New_York")

    def test_never(self) -> None:
        """A time that was never shown is refused, unless an offset of that night says how it is meant."""
        half_past_two = datetime(2018, 3, 11, 2, 30)
        with pytest.raises(InvalidInput, match="twice or never"):
            local_instant("start", half_past_two, "America/New_York")
        with pytest.raises(InvalidInput, match="has no offset of"):
            local_instant("start", half_past_two, "America/New_York", timedelta(hours=1))
        assert utc(2018, 3, 11, 7, 30) == local_instant("start", half_past_two, "America/New_York", timedelta(hours=-5))

    def test_wrong_offset(self) -> None:
        """An offset that the zone does not have at that time is refused."""
        with pytest.raises(InvalidInput, match="has no offset of"):
            local_instant("start", datetime(2026, 7, 1, 9), "America/New_York", timedelta(hours=-5))

    @pytest.mark.parametrize(
        ("clock", "zone", "offset"),
        [
            (date(2026, 3, 2), "UTC", None),
            ("2026-03-02", "UTC", None),
            (datetime(2026, 3, 2), "Nowhere", None),
            (datetime(2026, 3, 2), "America/New_York", -5),
            (datetime(1, 1, 1), "Asia/Tokyo", None),
            (datetime(9999, 12, 31, 23), "America/New_York", None),
            (datetime(9999, 12, 31, 23), "America/New_York", timedelta(hours=-5)),
            (datetime(2026, 3, 2, tzinfo=UTC), "America/New_York", None),
        ],
        ids=["date", "text", "zone", "offset", "year 1", "year 9999", "year 9999 with offset", "aware already"],
    )
    def test_refused(self, clock: Any, zone: str, offset: Any) -> None:
        """Anything but a naive datetime of a known zone within the calendar is refused."""
        with pytest.raises(InvalidInput):
            local_instant("start", clock, zone, offset)


SKIPPED_MIDNIGHTS = [
    ("America/Sao_Paulo", date(2018, 11, 4), utc(2018, 11, 4, 3)),
    ("Asia/Beirut", date(2021, 3, 28), utc(2021, 3, 27, 22)),
    ("Africa/Cairo", date(2023, 4, 28), utc(2023, 4, 27, 22)),
    ("America/Havana", date(2026, 3, 8), utc(2026, 3, 8, 5)),
    ("America/Santiago", date(2023, 9, 3), utc(2023, 9, 3, 4)),
    ("Asia/Tehran", date(2021, 3, 22), utc(2021, 3, 21, 20, 30)),
    ("America/Toronto", date(1919, 3, 31), utc(1919, 3, 31, 4, 30)),  # from 23:30 on the 30th to 00:30
]


class TestFirstInstant:
    @pytest.mark.parametrize(("zone", "day", "first"), SKIPPED_MIDNIGHTS, ids=[zone for zone, *_ in SKIPPED_MIDNIGHTS])
    def test_midnight_left_out(self, zone: str, day: date, first: datetime) -> None:
        """Where the clock jumps over midnight, the day begins at the first time it shows, not at a midnight."""
        assert first == first_instant(day, zone) == opening(day, zone)
        assert day == day_of(first, zone)
        assert day - DAY == day_of(first - timedelta(microseconds=1), zone)

    def test_midnight(self) -> None:
        """Everywhere else a day begins at midnight, also on the day of a clock change."""
        assert utc(2026, 3, 8, 5) == first_instant(date(2026, 3, 8), "America/New_York")
        assert utc(2026, 11, 1, 4) == first_instant(date(2026, 11, 1), "America/New_York")
        assert utc(2026, 3, 1, 23) == first_instant(date(2026, 3, 2), "Europe/Paris")

    def test_midnight_twice(self) -> None:
        """Where midnight comes twice, the day begins with the first one and lasts from then on: the hour that
        Newfoundland's clock went back at one minute past is an hour of the day that had begun."""
        day, zone = date(2010, 11, 7), "America/St_Johns"
        assert utc(2010, 11, 7, 2, 30) == first_instant(day, zone)
        assert day == day_of(utc(2010, 11, 7, 2, 30), zone)
        assert day - DAY == day_of(utc(2010, 11, 7, 2, 31), zone)
        assert utc(2010, 11, 7, 2, 30) == Period(day - DAY, day - DAY).bounds(zone)[1]

    @pytest.mark.parametrize(
        ("zone", "day"), [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))]
    )
    def test_day_left_out(self, zone: str, day: date) -> None:
        """A day that a zone left out has no first instant; a period that begins with it opens with the next."""
        with pytest.raises(InvalidInput, match=f"{zone} had no {day}"):
            first_instant(day, zone)
        assert first_instant(day + DAY, zone) == opening(day, zone)
        assert first_instant(day + DAY, zone) == Period(day, day + DAY).bounds(zone)[0]

    @pytest.mark.parametrize(
        ("day", "zone"), [(date(1, 1, 1), "Asia/Tokyo"), (date(9999, 12, 31), "Etc/GMT+12")], ids=["first", "last"]
    )
    def test_edge_of_the_calendar(self, day: date, zone: str) -> None:
        """At the very edges of the calendar a day either has its first instant or is refused."""
        try:
            moment = opening(day, zone)
        except InvalidInput:
            assert date(1, 1, 1) == day
        else:
            assert day == day_of(moment, zone)

    @given(
        zone=st.sampled_from(ZONES),
        day=st.dates(date(1973, 1, 2), date(2037, 12, 30)),
    )
    @settings(max_examples=60, deadline=None)
    def test_scan(self, zone: str, day: date) -> None:
        """It is what one finds by looking at every minute, for any zone and day."""
        assert by_scanning(day, zone) == opening(day, zone)

    @given(data=st.data())
    @settings(max_examples=60, deadline=None)
    def test_scan_around_changes(self, data: st.DataObject) -> None:
        """And so it is around the changes of clocks that happen about midnight."""
        zone, day = data.draw(st.sampled_from(changes_about_midnight()))
        assert by_scanning(day, zone) == opening(day, zone)


@lru_cache
def changes_about_midnight() -> list[tuple[str, date]]:
    """The days since 1973 that do not begin at a midnight shown once, in the zones where that happens often."""
    found = []
    zones = "America/Sao_Paulo Asia/Beirut Africa/Cairo America/Havana America/Santiago America/St_Johns Asia/Amman"
    for zone in [*zones.split(), "Asia/Tehran", "Asia/Gaza", "Atlantic/Azores", "Pacific/Apia", "America/Asuncion"]:
        info = ZoneInfo(zone)
        for days in range(0, 365 * 60):
            midnight = datetime(1973, 1, 2, tzinfo=info) + timedelta(days=days)
            if midnight.utcoffset() != midnight.replace(fold=1).utcoffset():
                found.append((zone, midnight.date()))
    return found


class TestDayOf:
    def test_zone_decides(self) -> None:
        """The same instant belongs to different days in different zones."""
        moment = utc(2026, 3, 3, 4, 59)
        assert date(2026, 3, 2) == day_of(moment, "America/New_York")
        assert date(2026, 3, 3) == day_of(moment, "Europe/Paris")

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Manila", "America/Chicago"])
    def test_edge_of_the_calendar(self, zone: str) -> None:
        """Every instant that can be given has a day in the zones furthest from UTC."""
        assert 1 == day_of(instant("start", utc(1, 1, 4)), zone).year
        assert 9999 == day_of(instant("start", utc(9999, 12, 28, 23)), zone).year

    @pytest.mark.parametrize("start", [utc(1, 1, 1), utc(9999, 12, 31, 23)], ids=["year 1", "year 9999"])
    @pytest.mark.parametrize("zone", ["America/Chicago", "Asia/Tokyo"])
    def test_at_the_desk(self, start: datetime, zone: str) -> None:
        """Work at the edges of the calendar is recorded or refused by an error of the library."""
        world = new_world()
        world.maria.firm.change(timezone=zone)
        try:
            session = world.lee.work.log(world.site.id, start=start, hours=0)
        except InvoicecoreError:
            assert () == world.maria.work.sessions()
        else:
            assert start == session.start

    @given(
        moment=st.datetimes(datetime(1973, 1, 3), datetime(2037, 12, 30), timezones=st.just(UTC)),
        zone=st.sampled_from(ZONES),
    )
    @settings(max_examples=60, deadline=None)
    def test_in_its_period(self, moment: datetime, zone: str) -> None:
        """An instant lies within the bounds of the period of its own day, where no midnight comes twice."""
        day = day_of(moment, zone)
        assume(not shows_midnight_twice(day, zone) and not shows_midnight_twice(day + DAY, zone))
        first, after = Period(day, day).bounds(zone)
        assert first <= moment < after


class TestDaysOf:
    @pytest.mark.parametrize(
        "zone", ["America/St_Johns", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "Europe/Paris"]
    )
    def test_as_one_by_one(self, zone: str) -> None:
        """Each moment has its own day, also where a clock goes back over midnight or a day is left out."""
        on = days_of(zone)
        for year in (1999, 2007, 2011):
            for hours in range(366 * 24):
                moment = utc(year, 1, 1) + hours * timedelta(hours=1) + timedelta(minutes=hours % 60)
                assert day_of(moment, zone) == on(moment)

    @given(moments=st.lists(st.datetimes(datetime(2006, 10, 28), datetime(2006, 10, 31), timezones=st.just(UTC))))
    def test_in_any_order(self, moments: list[datetime]) -> None:
        """Moments need not be in order; Newfoundland's clock went back here from 0:01 to 23:01."""
        on = days_of("America/St_Johns")
        assert [day_of(it, "America/St_Johns") for it in moments] == [on(it) for it in moments]


class TestPeriod:
    def test_month(self) -> None:
        """A month ends on its last day, also in a leap year."""
        assert Period(date(2026, 2, 1), date(2026, 2, 28)) == Period.month(2026, 2)
        assert Period(date(2024, 2, 1), date(2024, 2, 29)) == Period.month(2024, 2)
        assert Period(date(1900, 2, 1), date(1900, 2, 28)) == Period.month(1900, 2)
        assert Period(date(2026, 12, 1), date(2026, 12, 31)) == Period.month(2026, 12)

    def test_year(self) -> None:
        """A year has all of its days."""
        assert Period(date(2026, 1, 1), date(2026, 12, 31)) == Period.year(2026)

    @pytest.mark.parametrize(
        ("year", "week", "first", "last"),
        [
            (2026, 1, date(2025, 12, 29), date(2026, 1, 4)),
            (2020, 53, date(2020, 12, 28), date(2021, 1, 3)),
            (2021, 1, date(2021, 1, 4), date(2021, 1, 10)),
            (2027, 1, date(2027, 1, 4), date(2027, 1, 10)),
            (2026, 53, date(2026, 12, 28), date(2027, 1, 3)),
        ],
    )
    def test_week(self, year: int, week: int, first: date, last: date) -> None:
        """An ISO week runs from Monday to Sunday and is numbered with its own year, also across new year."""
        assert Period(first, last) == Period.week(year, week)

    @pytest.mark.parametrize(
        ("day", "year", "week"),
        [
            (date(2026, 3, 2), 2026, 10),
            (date(2026, 3, 8), 2026, 10),
            (date(2024, 12, 29), 2024, 52),
            (date(2024, 12, 30), 2025, 1),
            (date(2027, 1, 3), 2026, 53),
            (date(2027, 1, 4), 2027, 1),
        ],
    )
    def test_week_of(self, day: date, year: int, week: int) -> None:
        """A day is of the week that has it, with the year of that week."""
        assert Period.week(year, week) == Period.week_of(day)
        assert day in Period.week_of(day)

    @pytest.mark.parametrize("day", ["2026-03-02", None, datetime(2026, 3, 2), date.min, date.max])
    def test_week_of_no_day(self, day: date) -> None:
        """What is no date, or has no whole week in the calendar, is malformed."""
        with pytest.raises(InvalidInput):
            Period.week_of(day)

    def test_week_53(self) -> None:
        """A year without a week 53 has none."""
        with pytest.raises(InvalidInput, match="There is no ISO week 53 of 2025"):
            Period.week(2025, 53)

    @pytest.mark.parametrize("wrong", [0, 13, -1, 1.0, "1", None, 10**30])
    def test_no_such_month(self, wrong: Any) -> None:
        """A month that does not exist is refused."""
        with pytest.raises(InvalidInput, match="There is no month"):
            Period.month(2026, wrong)

    @pytest.mark.parametrize("wrong", [0, 10000, -1, "2026", None, 10**30, 10**5000], ids=lambda it: type(it).__name__)
    def test_no_such_year(self, wrong: Any) -> None:
        """A year that does not exist is refused."""
        with pytest.raises(InvalidInput):
            Period.year(wrong)
        with pytest.raises(InvalidInput):
            Period.month(wrong, 1)
        with pytest.raises(InvalidInput):
            Period.week(wrong, 1)

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            (date(2026, 3, 2), date(2026, 3, 1)),
            (datetime(2026, 3, 1), date(2026, 3, 2)),
            (date(2026, 3, 1), datetime(2026, 3, 2, tzinfo=UTC)),
            ("2026-03-01", date(2026, 3, 2)),
            (date(2026, 3, 1), None),
            (date(1, 1, 1), date(2026, 3, 2)),
            (date(2026, 3, 1), date(9999, 12, 31)),
        ],
        ids=str,
    )
    def test_refused(self, first: Any, last: Any) -> None:
        """A period has two dates in their order, within the calendar of every zone."""
        with pytest.raises(InvalidInput):
            Period(first, last)

    def test_contains(self) -> None:
        """Both ends belong to it."""
        march = Period.month(2026, 3)
        assert date(2026, 3, 1) in march
        assert date(2026, 3, 31) in march
        assert date(2026, 2, 28) not in march
        assert date(2026, 4, 1) not in march
        assert "2026-03-01 to 2026-03-31" == str(march)

    def test_bounds(self) -> None:
        """Its bounds are the instants of the zone, an hour less in the month when summer time begins."""
        first, after = Period.month(2026, 3).bounds("America/New_York")
        assert (utc(2026, 3, 1, 5), utc(2026, 4, 1, 4)) == (first, after)
        assert timedelta(days=31) - timedelta(hours=1) == after - first

    def test_bounds_everywhere(self) -> None:
        """The longest period there is has bounds in the zones furthest from UTC."""
        longest = Period(date(1, 1, 3), date(9999, 12, 29))
        for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "America/New_York", "Asia/Manila"):
            first, after = longest.bounds(zone)
            assert date(1, 1, 3) == day_of(first, zone)
            assert date(9999, 12, 30) == day_of(after, zone)

    @given(day=st.dates(date(1990, 1, 3), date(2035, 1, 1)), length=st.integers(0, 400), zone=st.sampled_from(ZONES))
    @settings(max_examples=50, deadline=None)
    def test_one_after_the_other(self, day: date, length: int, zone: str) -> None:
        """Where one period ends the next begins: no instant is lost and none counts twice."""
        last = day + length * DAY
        assert Period(day, last).bounds(zone)[1] == Period(last + DAY, last + 2 * DAY).bounds(zone)[0]


class TestPaymentTerms:
    @pytest.mark.parametrize(
        ("terms", "issued", "due"),
        [
            (PaymentTerms(), date(2026, 3, 2), date(2026, 3, 2)),
            (PaymentTerms.net(14), date(2026, 3, 2), date(2026, 3, 16)),
            (PaymentTerms.net(30), date(2026, 1, 31), date(2026, 3, 2)),
            (PaymentTerms(months=1), date(2026, 1, 31), date(2026, 2, 28)),
            (PaymentTerms(months=1), date(2024, 1, 31), date(2024, 2, 29)),
            (PaymentTerms(months=2), date(2026, 1, 31), date(2026, 3, 31)),  # not 28, by way of February
            (PaymentTerms(months=3), date(2026, 11, 30), date(2027, 2, 28)),
            (PaymentTerms(months=1), date(2026, 2, 28), date(2026, 3, 28)),
            (PaymentTerms(months=1, end_of_month=True), date(2026, 2, 28), date(2026, 3, 31)),
            (PaymentTerms(end_of_month=True), date(2026, 2, 3), date(2026, 2, 28)),
            (PaymentTerms.end_of_next_month(), date(2026, 1, 31), date(2026, 2, 28)),
            (PaymentTerms.end_of_next_month(days=10), date(2026, 1, 31), date(2026, 3, 10)),
            (PaymentTerms(months=12, days=1), date(2024, 2, 29), date(2025, 3, 1)),
            (PaymentTerms(), date(9999, 12, 31), date(9999, 12, 31)),
            (PaymentTerms(end_of_month=True), date(9999, 12, 1), date(9999, 12, 31)),
        ],
    )
    def test_due(self, terms: PaymentTerms, issued: date, due: date) -> None:
        """The due date is counted from the issue date in one step: months, then the end of the month, then days."""
        assert due == terms.due(issued)

    @pytest.mark.parametrize(
        "terms",
        [PaymentTerms.net(1), PaymentTerms(months=1), PaymentTerms.end_of_next_month(), PaymentTerms(months=120)],
    )
    def test_beyond_the_calendar(self, terms: PaymentTerms) -> None:
        """A due date after the year 9999 is refused."""
        with pytest.raises(InvalidInput, match="beyond the year 9999"):
            terms.due(date(9999, 12, 31))

    @pytest.mark.parametrize("wrong", [-1, 3651, 1.0, "14", True, None, 10**5000], ids=lambda it: type(it).__name__)
    def test_refused(self, wrong: Any) -> None:
        """Days and months are whole numbers, not negative and not absurd."""
        with pytest.raises(InvalidInput, match="days of payment terms"):
            PaymentTerms.net(wrong)
        with pytest.raises(InvalidInput, match="months of payment terms"):
            PaymentTerms(months=wrong)

    @pytest.mark.parametrize("wrong", [1, 0, "yes", None])
    def test_end_of_month(self, wrong: Any) -> None:
        """Whether it is the end of the month is yes or no."""
        with pytest.raises(InvalidInput, match="end_of_month"):
            PaymentTerms(end_of_month=wrong)
