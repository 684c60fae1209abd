"""Figures and their aims."""

import json
from collections.abc import Iterable
from enum import Enum
from math import inf
from typing import assert_never

from attrs import asdict, frozen

from benchmarks.measure import Measured


class NotHere(Exception):
    """What a line needs is not installed; the message says what."""


class Unit(Enum):
    """What a figure counts, and how many of its unit make one of what is shown."""

    MICROSECONDS = "µs"
    MILLISECONDS = "ms"
    EACH_SECOND = "a second"
    BYTES = "bytes"

    def shown(self, figure: float) -> str:
        """The figure as it is printed; times come in seconds."""
        match self:
            case Unit.MICROSECONDS:
                return f"{figure * 1e6:.2f} µs"
            case Unit.MILLISECONDS:
                return f"{figure * 1e3:.1f} ms"
            case Unit.EACH_SECOND:
                return f"{1 / figure:,.0f} a second" if figure < 0.01 else f"{1 / figure:.3g} a second"
            case Unit.BYTES:
                return f"{figure:.0f} bytes"
            case _:
                assert_never(self)


@frozen
class Aim:
    """At most so many times the floor or, with a unit, at most so much by itself: in seconds or bytes. `times` is for
    both: so much by itself, and so many times the floor."""

    most: float
    unit: Unit | None = None
    times: float = inf

    def is_met_by(self, measured: Measured) -> bool:
        """Whether the measured figure is within the aim."""
        own = measured.ratio if self.unit is None else measured.library
        return own <= self.most and measured.ratio <= self.times

    def __str__(self) -> str:
        own = f"≤ {self.most:g} ×" if self.unit is None else f"≤ {self.unit.shown(self.most)}"
        return own if self.times == inf else f"{own}, ≤ {self.times:g} ×"


@frozen(kw_only=True)
class Figure:
    """One line of the table: what was done, beside what, how it went, and what it should reach. `against` says what the
    floor is."""

    name: str
    what: str
    against: str
    unit: Unit
    measured: Measured
    to_reach: Aim | None = None
    long_aim: Aim | None = None

    @property
    def reached(self) -> str:
        """Whether it is what was aimed at, in a few words."""
        if self.to_reach is None:
            return ""
        if not self.to_reach.is_met_by(self.measured):
            return "NO"
        return "yes, long aim" if self.long_aim is not None and self.long_aim.is_met_by(self.measured) else "yes"

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as it stands in the table."""
        measured = self.measured
        return (
            self.what,
            f"{self.against}: {self.unit.shown(measured.floor)}",
            self.unit.shown(measured.library),
            f"{measured.ratio:.2f} ×",
            "" if self.to_reach is None else str(self.to_reach),
            "" if self.long_aim is None else str(self.long_aim),
            self.reached,
        )


HEAD = ("what", "floor", "library", "ratio", "aim", "long aim", "reached")


def table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    """Lines of cells as a Markdown table."""
    every = [head, *lines]
    widths = [max(len(line[place]) for line in every) for place in range(len(head))]
    printed = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in every]
    printed.insert(1, "|-" + "-|-".join("-" * width for width in widths))
    return "\n".join(f"{line} |" if place != 1 else f"{line}-|" for place, line in enumerate(printed))


def as_json(figures: Iterable[Figure]) -> str:
    """The figures as data; times in seconds."""
    return json.dumps(
        [
            {
                "name": figure.name,
                "what": figure.what,
                "against": figure.against,
                "unit": "bytes" if figure.unit is Unit.BYTES else "seconds",
                **asdict(figure.measured),
                "to_reach": None if figure.to_reach is None else str(figure.to_reach),
                "long_aim": None if figure.long_aim is None else str(figure.long_aim),
                "reached": figure.reached,
            }
            for figure in figures
        ],
        indent=2,
        ensure_ascii=False,
    )
