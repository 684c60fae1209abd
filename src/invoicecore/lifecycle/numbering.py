"""Invoice numbers and their patterns.

Numbers come from one counter of the firm that never restarts. A pattern formats its value.
"""

import re
from datetime import date

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs

_FIELD = re.compile(r"\{(?:(year)|seq(?::0([1-9]))?)\}")
_LONGEST = 60

INVOICE_COUNTER = "invoice"
"""The name of the counter."""


def known_pattern(pattern: object) -> str:
    """A number pattern such as "INV-{year}-{seq:04}": any text with `{seq}` (`{seq:04}` pads it with zeros) and, if
    wanted, `{year}`, the year of the issue date, which is only printed. InvalidInput otherwise."""
    good = inputs.number("The number pattern", pattern)
    rest = _FIELD.sub("", good)
    if "{" in rest or "}" in rest or len(good) > _LONGEST:
        raise InvalidInput(
            f"{good!r} is not a number pattern; only {{seq}}, {{seq:04}} and {{year}} stand in braces.",
            "number_pattern",
        )
    if sum(match.group(1) is None for match in _FIELD.finditer(good)) != 1:
        raise InvalidInput(
            f"{good!r} must have {{seq}} exactly once; without it, numbers would repeat.", "number_pattern"
        )
    return good


def format_number(pattern: str, sequence: int, issued_on: date) -> str:
    """The number for a counter value, written by a pattern."""

    def fill(match: re.Match[str]) -> str:
        if match.group(1):
            return f"{issued_on.year:04}"
        return f"{sequence:0{match.group(2) or 1}}"

    return _FIELD.sub(fill, pattern)


def own_number(number: object) -> str:
    """A number that a Manager brings along. InvalidInput if it is blank or long, or holds what is not seen."""
    good = inputs.number("The invoice number", number)
    if len(good) > _LONGEST:
        raise InvalidInput(
            f"An invoice number has at most {_LONGEST} characters, not {len(good)}.", "too_long", longest=_LONGEST
        )
    return good


def is_as_read(number: str) -> bool:
    """Whether a number is in the one form of those that read alike."""
    try:
        return own_number(number) == number
    except InvalidInput:
        return False
