"""The replacement of characters that the encoding of a terminal or a file does not have."""

import codecs
import sys
from typing import Final
from unicodedata import normalize

NARROW: Final = "invoicecore.narrow"
"""The name of what writes a letter that cannot be written: as one that is like it, or by its number."""
_LIKE: Final = {
    **{"→": "->", "…": "...", "–": "-", "—": "-", "−": "-", "×": "x", "·": "-", "’": "'", "‘": "'", "“": '"', "”": '"'},
    **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
    **dict.fromkeys("\u200e\u200f\u2066\u2067\u2068\u2069", ""),
}


def is_unicode() -> bool:
    """Whether the standard output is in UTF-8."""
    return codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"


def can_print(text: str) -> bool:
    """Whether the standard output can hold every letter of a text."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _narrow(failed: UnicodeError) -> tuple[str, int]:
    if not isinstance(failed, UnicodeEncodeError):
        raise failed
    wide = failed.object[failed.start : failed.end]
    return "".join(map(_like, wide)), failed.end


def _like(letter: str) -> str:
    if letter in _LIKE:
        return _LIKE[letter]
    plain = "".join(it for it in normalize("NFKD", letter) if it.isascii())
    return plain or letter.encode("ascii", "backslashreplace").decode("ascii")


codecs.register_error(NARROW, _narrow)
