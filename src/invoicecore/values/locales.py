"""The known locales."""

from functools import lru_cache
from typing import TYPE_CHECKING

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr

if TYPE_CHECKING:
    from babel import Locale

USUAL = "en"
"""The default locale, which is known without loading babel."""


def known_locale(name: str) -> str:
    """The name of a locale, such as 'en_US' or 'de', with underscores. InvalidInput if babel does not know it."""
    if inputs.instance("A locale", name, str) != USUAL:
        parsed_locale(name)
    return name.replace("-", "_")


@lru_cache(maxsize=1024)
def parsed_locale(name: str) -> "Locale":
    """Babel's locale of that name. InvalidInput if babel does not know it."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name, sep="-" if "-" in name else "_")
    except (UnknownLocaleError, ValueError, TypeError) as unknown:
        raise InvalidInput(
            f"{short_repr(name)} is not a locale; give one such as 'en_US' or 'de'.", "unknown_locale"
        ) from unknown
