"""Which locales are known: how people of a place write numbers, dates and words?"""

from functools import lru_cache
from typing import TYPE_CHECKING

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr

if TYPE_CHECKING:
    from babel import Locale

USUAL = "en"
"""The locale where none is stated; to know it loads nothing."""


def known_locale(name: str) -> str:
    """The name of a locale, such as 'en_US' or 'de', spelled with underscores. Malformed if babel does not know it."""
    if inputs.instance("A locale", name, str) != USUAL:
        parsed_locale(name)
    return name.replace("-", "_")


@lru_cache(maxsize=1024)
def parsed_locale(name: str) -> "Locale":
    """The locale of that name as babel has it. Malformed if babel does not know it."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name, sep="-" if "-" in name else "_")
    except (UnknownLocaleError, ValueError, TypeError) as unknown:
        raise InvalidInput(f"{short_repr(name)} is not a locale; give one such as 'en_US' or 'de'.") from unknown
