"""The library's values as plain tables of text."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TypeVar

from babel.dates import format_date, format_datetime

from invoicecore import Money, NamedRef, Period, Rate

NOTHING = "–"
R = TypeVar("R")


def table(rows: Sequence[R], columns: Mapping[str, Callable[[R], object]]) -> str:
    """Rows under headings, numbers to the right. A column in which there is nothing to be seen is left out."""
    if not rows:
        return "(nothing)"
    spelled = []
    for heading, value in columns.items():
        cells = [said(value(row)) for row in rows]
        if set(cells) == {NOTHING}:
            continue
        side = ">" if all(cell == NOTHING or cell[-1] in "0123456789%h" for cell in cells) else "<"
        width = max(map(len, (heading, *cells)))
        spelled.append([f"{cell:{side}{width}}" for cell in (heading, *cells)])
    return "\n".join("   ".join(cells).rstrip() for cells in zip(*spelled, strict=True))


def card(thing: R, fields: Mapping[str, Callable[[R], object]]) -> str:
    """What is said of one thing, line by line."""
    width = max(map(len, fields))
    return "\n".join(f"{name:<{width}}   {said(value(thing))}" for name, value in fields.items())


def said(value: object) -> str:
    """A value as it is read. What one may not see is a dash, and so is what is not there."""
    match value:
        case None | "" | ():
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case Money():
            return value.format()
        case Rate():
            return f"{Money.of(value.per_hour, value.currency).format()}/h"
        case timedelta():
            minutes = value // timedelta(minutes=1)
            return f"{minutes // 60}:{minutes % 60:02} h"
        case Fraction():
            return f"{float(value):.0%}"
        case datetime():
            return format_datetime(value, "EEE dd MMM HH:mm", tzinfo=value.tzinfo, locale="en")
        case date():
            return format_date(value, "EEE dd MMM", locale="en")
        case Period():
            return f"{said(value.first)} to {said(value.last)}"
        case NamedRef():
            return value.name
        case tuple():
            return ", ".join(map(said, value))
        case _:
            return str(value).replace("_", " ")
