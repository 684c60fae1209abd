"""How does text stand in a cell so that no spreadsheet takes it for a formula, and the same text is read back?"""

import re
from unicodedata import category, normalize

_SIGNS = frozenset("=+-@")
_DELIMITERS = re.compile(r"([;|\t\r\n])")
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0")  # letters by name, which nobody sees


def guarded(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet could take for a formula.

    That is what begins with =, +, - or @, full-width or small ones too, and with blanks, quotes and what cannot be seen
    before them or not: at the beginning of the text, or where a cell would begin for a program that divides the line by
    semicolons, bars, tabs or line ends. What begins with an apostrophe there gets another one, so that `unguarded`
    gives any text back.

    >>> guarded("=1+1"), guarded("Lunch;=1+1"), guarded("'quoted'"), guarded("well-known")
    ("'=1+1", "Lunch;'=1+1", "''quoted'", 'well-known')
    """
    parts = _DELIMITERS.split(text)
    is_divided = len(parts) > 1
    parts[::2] = [f"'{part}" if _is_doubtful(part) else part for part in parts[::2]]
    if is_divided and not parts[0]:
        parts[0] = "'"  # some programs drop a tab or a line end at the very beginning
    return "".join(parts)


def unguarded(cell: str) -> str:
    """The text that was guarded. A number, a date, and text that needed no guard stay as they are.

    >>> unguarded("Lunch;'=1+1"), unguarded("-12.50")
    ('Lunch;=1+1', '-12.50')
    """
    if "'" not in cell:
        return cell
    parts = _DELIMITERS.split(cell)
    parts[::2] = [part.removeprefix("'") for part in parts[::2]]
    return "".join(parts)


def _is_doubtful(part: str) -> bool:
    """Whether what begins a cell is a sign or an apostrophe, as far as one sees."""
    for letter in part:
        if letter.isascii() and letter.isalnum():
            return False
        if letter == "'" or normalize("NFKC", letter)[:1] in _SIGNS:
            return True
        if not _is_passed_over(letter):
            return False
    return False


def _is_passed_over(letter: str) -> bool:
    """Whether a program may not mind it: a blank, a quote, or something that cannot be seen."""
    return (
        letter in {" ", '"'} or letter in _UNSEEN or not letter.isprintable() or category(letter) in {"Mn", "Me", "Zs"}
    )
