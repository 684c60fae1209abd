"""Account names that every program accepts and that no two clients share.

Beancount has the strictest rules: each part of a name begins with a capital or a digit and continues with letters,
digits and dashes. The same names are used for hledger and ledger.
"""

from collections import Counter
from unicodedata import category, normalize

_LONGEST = 60
_PLAIN = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"})  # letters and decimal digits


def part(text: str, word: str) -> str:
    """The text as a part of an account name. `word` comes first where the text cannot begin with a capital, for example
    in a script that has none.

    >>> part("Müller & Söhne GmbH", "Client"), part("acme: web", "Client"), part("日本", "Client"), part("…", "Client")
    ('Müller-Söhne-GmbH', 'Acme-web', 'Client-日本', 'Client')
    """
    spelled = "".join(letter if category(letter) in _PLAIN else " " for letter in normalize("NFC", text))
    joined = "-".join(spelled.split())[:_LONGEST].strip("-")
    capital = joined[:1].upper()
    if len(capital) == 1 and category(capital) in {"Lu", "Nd"}:
        return capital + joined[1:]
    return f"{word}-{joined}" if joined else word


class UniqueNames:
    """Gives each id a name part of its own: the first as it is, later ones with a number. Names that differ only in
    case count as equal, as they do in some programs."""

    def __init__(self, word: str) -> None:
        self._word = word
        self._given: dict[str, str] = {}
        self._taken: set[str] = set()
        self._counts = Counter[str]()

    def of(self, id: str, text: str) -> str:
        """The part for the thing with this id and name."""
        given = self._given.get(id)
        if given is None:
            given = self._given[id] = self._free(part(text, self._word))
        return given

    def _free(self, plain: str) -> str:
        free, key = plain, plain.casefold()
        while free.casefold() in self._taken:
            self._counts[key] += 1
            free = f"{plain}-{self._counts[key] + 1}"
        self._taken.add(free.casefold())
        return free
