"""The fonts of printed pages: which families are asked for, in which order, and which of them this machine has."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from invoicecore.errors import InvoicecoreError
from invoicecore.values.theme import Font


class CannotPrint(InvoicecoreError, ImportError):
    """What a PDF needs is not there: typst, a font, or a process that may use them."""


_LATIN: Mapping[Font, tuple[str, ...]] = {
    Font.SANS: ("Noto Sans", "Source Sans 3", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans"),
    Font.SERIF: ("Noto Serif", "Source Serif 4", "Georgia", "Times New Roman", "Liberation Serif", "DejaVu Serif"),
    Font.GROTESQUE: ("Helvetica Neue", "Helvetica", "Liberation Sans", "Arial", "Noto Sans", "DejaVu Sans"),
}
_SCRIPTS = ("Arabic", "Hebrew", "Devanagari", "Thai", "CJK JP", "CJK SC", "CJK KR")
_SANS = tuple(f"Noto Sans {script}" for script in _SCRIPTS)
_OTHER: Mapping[Font, tuple[str, ...]] = {
    Font.SANS: _SANS,
    Font.SERIF: ("Noto Naskh Arabic", *(f"Noto Serif {script}" for script in _SCRIPTS[1:])),
    Font.GROTESQUE: _SANS,
}
BUILT_IN = "Libertinus Serif"
"""The family that typst itself brings, for a machine without any font: Latin, Greek and Cyrillic letters."""


@cache
def installed() -> Any:
    """The fonts of this machine and those of typst, looked for once. CannotPrint if typst or any font is missing."""
    try:
        import typst
    except ModuleNotFoundError as missing:
        raise CannotPrint("A PDF needs the extra: pip install 'invoicecore[pdf]'.") from missing
    fonts = typst.Fonts()
    if not fonts.families():
        raise CannotPrint(
            "A PDF needs a font, and none is installed here; on Debian or Ubuntu: apt-get install fonts-dejavu-core."
        )
    return fonts


@cache
def families(font: Font) -> tuple[str, ...]:
    """The families for that kind of typeface which are there, best first: the first one for Latin letters, then those
    of other scripts. Letters that all of them lack come from any other font."""
    there = installed().families()
    latin = [family for family in (*_LATIN[font], BUILT_IN) if family in there] or sorted(there)
    return (latin[0], *(family for family in _OTHER[font] if family in there), *latin[1:])
