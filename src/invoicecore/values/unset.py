"""`UNSET`, the default of arguments that change something: it leaves the value as it is."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, TypeVar

from attrs import field

T = TypeVar("T")
R = TypeVar("R")


class Unset(Enum):
    """The type of `UNSET`. None is different: it clears an optional value."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return self.name


UNSET: Final = Unset.UNSET


def if_set(value: T | Unset, check: Callable[[T], R]) -> R | Unset:
    """What the check makes of the value; what is not given stays `UNSET`."""
    return UNSET if value is UNSET else check(value)


def settable(check: Callable[[Any], object]) -> Any:
    """The field of a frozen change: `UNSET`, or what the check makes of what is given."""
    return field(default=UNSET, converter=lambda value: if_set(value, check))
