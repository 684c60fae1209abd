"""The theme of printed pages.

A theme has four tokens: an accent colour, a font, the density of the page, and the place of the logo. The firm stores
it as a text: the name of one of `THEMES`, then the tokens that differ from it.

>>> theme = Theme.of("classic accent=#2f6f4e density=compact")
>>> theme.accent, theme.density, theme.logo
('#2f6f4e', <Density.COMPACT: 'compact'>, <LogoPlace.CENTER: 'center'>)
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from attrs import asdict, field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr

READABLE = 4.5
"""The contrast that text needs against its background, by WCAG 2 (level AA)."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Font(StrEnum):
    """The kind of typeface. The fonts of that kind that the printing machine has are used."""

    SANS = "sans"
    SERIF = "serif"
    GROTESQUE = "grotesque"


class Density(StrEnum):
    """How much space there is between things."""

    AIRY = "airy"
    REGULAR = "regular"
    COMPACT = "compact"


class LogoPlace(StrEnum):
    """Where the logo stands. Start is the left, or the right in languages that are written from right to left."""

    START = "start"
    CENTER = "center"
    END = "end"


def _colour(value: object) -> str:
    good = inputs.instance("accent", value, str).lower()
    if not _COLOUR.fullmatch(good):
        raise InvalidInput(f"accent must be a colour such as '#1f4e79', not {short_repr(value)}.", "unknown_theme")
    return good


@frozen(kw_only=True)
class Theme:
    """The tokens by which a page is rendered. Any accent colour is allowed; text is set in its `ink`."""

    accent: str = field(default="#24507a", converter=_colour)
    font: Font = Font.SANS
    density: Density = Density.REGULAR
    logo: LogoPlace = LogoPlace.START

    @classmethod
    def of(cls, text: str) -> Self:
        """The theme of a text; blank is the default theme. InvalidInput for any other text."""
        name, *overrides = inputs.text("A theme", text, inputs.NAME_LENGTH).split() or [USUAL]
        if name not in THEMES:
            raise InvalidInput(f"{short_repr(name)} is not a theme; there are {', '.join(THEMES)}.", "unknown_theme")
        tokens: dict[str, object] = asdict(THEMES[name])
        for override in overrides:
            token, _, value = override.partition("=")
            tokens[token] = _token(token, value)
        return cls(**tokens)  # type: ignore[arg-type]  # each was made by _token

    @property
    def ink(self) -> str:
        """The accent for text on white, darkened until it is readable."""
        shades = [int(self.accent[place : place + 2], 16) for place in (1, 3, 5)]
        while contrast(*shades) < READABLE:
            shades = [shade * 15 // 16 for shade in shades]
        return "#" + "".join(f"{shade:02x}" for shade in shades)


def contrast(red: int, green: int, blue: int) -> float:
    """The contrast of a colour against white, from 1 to 21, by WCAG 2."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (red / 255, green / 255, blue / 255)
    ]
    return 1.05 / (sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)) + 0.05)


USUAL = "plain"
"""The default theme."""

THEMES: Mapping[str, Theme] = {
    USUAL: Theme(),
    "classic": Theme(accent="#7a2230", font=Font.SERIF, logo=LogoPlace.CENTER),
    "studio": Theme(accent="#0b7a6f", font=Font.GROTESQUE, density=Density.AIRY, logo=LogoPlace.END),
}
"""The themes, by name."""

_KINDS: Mapping[str, type[StrEnum]] = {"font": Font, "density": Density, "logo": LogoPlace}


def _token(token: str, value: str) -> object:
    if token == "accent":
        return _colour(value)
    kind = _KINDS.get(token)
    if kind is None:
        raise InvalidInput(
            f"{short_repr(token)} is no token of a theme; they are accent, {', '.join(_KINDS)}.", "unknown_theme"
        )
    if value not in [*kind]:
        raise InvalidInput(f"{token} must be {' or '.join(kind)}, not {short_repr(value)}.", "unknown_theme")
    return kind(value)


def known_theme(text: str) -> str:
    """The text of a theme, with single blanks between tokens. InvalidInput if it is not one."""
    Theme.of(text)
    return " ".join(text.split())
