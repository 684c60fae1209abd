"""Instants in UTC, business days in a time zone, and periods.

Instants are aware datetimes in UTC. Days, weeks and months are those of a stated zone, usually the firm's. A duration
is the difference of two UTC instants, so a night with a clock change has its real length."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr
from invoicecore.values.locales import in_plain_digits, typed_number

_DAY = timedelta(days=1)
_MORNING, _EVENING = 3, 21  # hours of the clock; none is ever set by three hours or more within a day
# Far enough from the ends that every zone can place the days around them.
_EARLIEST, _LATEST = date(1, 1, 3), date(9999, 12, 29)
_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """An instant, given in UTC."""
    given = (year, month, day, hour, minute, second)
    with _existing(f"such time, which takes whole numbers that a calendar and a clock have: {short_repr(given)}"):
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@contextmanager
def _existing(what: str) -> Iterator[None]:
    """InvalidInput if the calendar has no such thing."""
    try:
        yield
    except (ValueError, TypeError, OverflowError) as impossible:
        raise InvalidInput(f"There is no {what}.", "not_a_date") from impossible


def known_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name, such as 'America/Chicago'. InvalidInput if there is none."""
    return _zone(inputs.instance("A time zone", name, str))


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        # Names that mean another zone on every machine, or count leap seconds, are not places.
        if (
            len(name) > inputs.NAME_LENGTH
            or name in {"localtime", "posixrules", "Factory"}
            or name.startswith(("posix/", "right/"))
        ):
            raise ZoneInfoNotFoundError(name)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise InvalidInput(
            f"{short_repr(name)} is not a time zone; give an IANA name such as 'Europe/Paris'.", "unknown_zone"
        ) from unknown


def instant(what: str, value: object) -> datetime:
    """The same instant in UTC. InvalidInput for anything but an aware datetime of one single instant.

    A local time that the clock of its zone shows twice or never is refused; give it in UTC or with its offset.
    """
    if not isinstance(value, datetime):
        raise InvalidInput(f"{what} must be a datetime, not {short_repr(value)}.", "wrong_kind", field=what)
    if value.tzinfo is UTC:
        return _within(what, value)
    offset = value.utcoffset()
    if offset is None:
        message = f"{what} has no time zone: {value.isoformat()}; say which, as in utc(2026, 3, 2, 15)."
        raise InvalidInput(message, "wrong_kind", field=what)
    if value.replace(fold=0).utcoffset() != value.replace(fold=1).utcoffset():
        raise InvalidInput(
            f"{what} is a time that the clock of {value.tzinfo} shows twice or never: "
            f"{value.replace(tzinfo=None).isoformat()}; give it in UTC or with its offset.",
            "no_such_time",
            field=what,
        )
    try:
        return _within(what, value.astimezone(UTC))
    except OverflowError as impossible:
        raise _at_the_ends(what, value) from impossible


def _within(what: str, moment: datetime) -> datetime:
    if not _FIRST <= moment <= _LAST:
        raise _at_the_ends(what, moment)
    return moment


def _at_the_ends(what: str, moment: datetime) -> InvalidInput:
    return InvalidInput(f"{what} lies outside the years 1 to 9999, or at their very ends: {moment.isoformat()}.")


def business_day(what: str, value: object) -> date:
    """A date that every zone can place. InvalidInput for anything else, and at the very edges of the calendar."""
    day = inputs.day(what, value)
    if not _EARLIEST <= day <= _LATEST:
        raise InvalidInput(f"{what} lies at the edge of the calendar: {day}.", "not_a_date", field=what)
    return day


def local_instant(what: str, clock: datetime, zone: str, offset: timedelta | None = None) -> datetime:
    """The instant at which the clock of a zone showed a naive date and time.

    InvalidInput if the clock showed it twice or never, unless `offset` from UTC is given and the zone has it around
    then.
    """
    if inputs.instance(what, clock, datetime).tzinfo is not None:
        raise InvalidInput(f"{what} has a time zone already: {clock.isoformat()}.")
    local = clock.replace(tzinfo=known_zone(zone), fold=0)
    if offset is None:
        return instant(what, local)
    if inputs.instance("offset", offset, timedelta) not in {local.utcoffset(), local.replace(fold=1).utcoffset()}:
        raise InvalidInput(f"{what}: {zone} has no offset of {offset} at {clock.isoformat()}.", "no_such_time")
    return instant(what, clock.replace(tzinfo=timezone(offset)))


def day_of(moment: datetime, zone: str) -> date:
    """The date that the zone's calendar showed at an instant. InvalidInput at the very ends of the years 1 to 9999."""
    try:
        return moment.astimezone(_zone(zone)).date()
    except OverflowError as impossible:
        raise InvalidInput(f"{zone} has no day for {moment.isoformat()}.") from impossible


def days_of(zone: str) -> Callable[[datetime], date]:
    """Like `day_of`, for many instants in order of time. An instant in the middle of the same day gets the day of the
    one before without a new conversion, because no clock change moves it to another day."""
    day, begins, ends = date.min, _LAST, _FIRST

    def on(moment: datetime) -> date:
        nonlocal day, begins, ends
        if begins <= moment < ends:
            return day
        local = moment.astimezone(_zone(zone))
        if not _MORNING <= local.hour < _EVENING:
            return day_of(moment, zone)
        clock = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        day, begins = local.date(), moment - clock + timedelta(hours=_MORNING)
        ends = begins + timedelta(hours=_EVENING - _MORNING)
        return day

    return on


def opening(day: date, zone: str) -> datetime:
    """The first instant at which a zone's calendar shows that day, or a later day if the zone left it out.

    It is not midnight if the clock jumps over midnight. InvalidInput at the very edges of the calendar.
    """
    return _opening(inputs.day("A day", day), known_zone(zone).key)


@lru_cache(maxsize=4096)
def _opening(day: date, zone: str) -> datetime:
    info = _zone(zone)
    try:
        moment = datetime(day.year, day.month, day.day, tzinfo=info).astimezone(UTC)
        if moment.astimezone(info).replace(tzinfo=None) == datetime(day.year, day.month, day.day):
            return moment
        earlier, later = moment - 2 * _DAY, moment + 2 * _DAY
    except OverflowError as impossible:
        raise InvalidInput(f"{day} lies at the edge of the calendar.") from impossible
    while later - earlier > timedelta(microseconds=1):
        middle = earlier + (later - earlier) / 2
        earlier, later = (earlier, middle) if day_of(middle, zone) >= day else (middle, later)
    return later


def first_instant(day: date, zone: str) -> datetime:
    """The first instant of a day. InvalidInput for the rare day that a zone left out (Samoa had no 30 December
    2011)."""
    moment = opening(day, zone)
    if day_of(moment, zone) != day:
        raise InvalidInput(f"{zone} had no {day}: its calendar left that day out.", "not_a_date")
    return moment


@frozen
class Period:
    """Days from `first` to `last`, both included.

    >>> Period.month(2026, 2)
    <Period 2026-02-01 to 2026-02-28>
    """

    first: date
    last: date

    def __attrs_post_init__(self) -> None:
        inputs.day("The first day of a period", self.first)
        inputs.day("The last day of a period", self.last)
        if self.last < self.first:
            raise InvalidInput(
                f"A period cannot end on {self.last}, before it begins on {self.first}.",
                "ends_before_it_begins",
                field="last",
            )
        if self.first < _EARLIEST or self.last > _LATEST:
            raise InvalidInput(f"A period lies between {_EARLIEST} and {_LATEST}, not {self}.")

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """A calendar month."""
        with _existing(f"month {short_repr(month)} of {short_repr(year)}"):
            return cls(date(year, month, 1), date(year, month, monthrange(year, month)[1]))

    @classmethod
    def year(cls, year: int) -> Self:
        """A calendar year."""
        with _existing(f"year {short_repr(year)}"):
            return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def week(cls, year: int, week: int) -> Self:
        """An ISO week: Monday to Sunday, numbered with the ISO year it belongs to."""
        with _existing(f"ISO week {short_repr(week)} of {short_repr(year)}"):
            return cls(date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7))

    @classmethod
    def week_of(cls, day: date) -> Self:
        """The ISO week that a day belongs to.

        >>> Period.week_of(date(2027, 1, 1)) == Period.week(2026, 53)
        True
        """
        return cls.week(*inputs.day("A day", day).isocalendar()[:2])

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """The first instant of its days in a zone, and the first instant after them."""
        return opening(self.first, zone), opening(self.last + _DAY, zone)

    @property
    def near(self) -> tuple[datetime, datetime]:
        """Instants between which everything that belongs to its days begins, in any zone, also if the firm changed its
        zone after a day was stated."""
        first, last = (datetime.combine(day, time(), UTC) for day in (self.first, self.last))
        return first - 2 * _DAY, last + 2 * _DAY + (_DAY - timedelta.resolution)

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    def __repr__(self) -> str:
        return f"<Period {self}>"


@frozen
class PaymentTerms:
    """When an invoice must be paid, counted from its issue date: `months` later, at the end of that month if
    `end_of_month`, and then `days` later.

    >>> PaymentTerms.end_of_next_month().due(date(2026, 1, 31))
    datetime.date(2026, 2, 28)
    """

    days: int = 0
    months: int = 0
    end_of_month: bool = False

    def __attrs_post_init__(self) -> None:
        for what, value, most in (("days", self.days, 3650), ("months", self.months, 120)):
            if type(value) is not int or not 0 <= value <= most:
                raise InvalidInput(
                    f"{what} of payment terms must be a whole number from 0 to {most}, not {short_repr(value)}."
                )
        inputs.yes_or_no("end_of_month", self.end_of_month)

    @classmethod
    def net(cls, days: int) -> Self:
        """A number of days after the issue date."""
        return cls(days=days)

    @classmethod
    def end_of_next_month(cls, days: int = 0) -> Self:
        """At the end of the month after the issue date, and `days` more."""
        return cls(days=days, months=1, end_of_month=True)

    def due(self, issued: date) -> date:
        """The due date. InvalidInput if it would lie beyond the year 9999."""
        from dateutil.relativedelta import relativedelta

        try:
            # One step from the utilization base: stepping month by month would turn 31 into 28 and keep it there.
            month_end = relativedelta(months=self.months, day=31 if self.end_of_month else None)
            return issued + month_end + self.days * _DAY
        except (ValueError, OverflowError) as impossible:
            raise InvalidInput(f"Payment terms lead from {issued} beyond the year 9999.") from impossible


_CLOCK = re.compile(r"([0-9]{1,5})[:：]([0-5][0-9])(?:[:：]([0-5][0-9]))?")  # the second colon is that of wide digits


LONGEST_TERMS = PaymentTerms(days=3650, months=120, end_of_month=True)
"""The longest payment terms that there are; no due date lies later than these lead."""


def parse_hours(text: str, locale: str = "en") -> timedelta:
    """How long something took, as people type it in a locale: on a clock, or as a number of hours. InvalidInput for
    anything else.

    >>> parse_hours("2:30") == parse_hours(" 2,5 ", "de") == timedelta(hours=2, minutes=30)
    True
    """
    given = in_plain_digits(inputs.text("hours", text))
    if (clock := _CLOCK.fullmatch(given)) is not None:
        hours, minutes, seconds = (int(it or 0) for it in clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return inputs.duration("hours", typed_number("hours", given, locale))
