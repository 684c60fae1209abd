"""The texts of people as paper takes them: without what cannot be seen, of a bounded length, and with words that fit.

A page of HTML shows any text whole. On paper a text that is too long is cut, which is said at its end, so that nothing
a person writes makes a document slow.
"""

import re
from collections.abc import Iterator
from unicodedata import category

from attrs import define, field

from invoicecore.documents.language import Localizer

LONGEST = 10_000
"""The letters of a text that are printed."""
LONGEST_IN_ALL = 400_000
"""The letters of all texts of a document that are printed whole; texts after these are cut to `LONGEST_THEN`."""
LONGEST_THEN = 100
MOST_LINES = 200
"""The lines of a text that are printed."""
MOST_MARKS = 30
"""The marks on a letter that are printed, as many as Unicode's stream-safe format allows."""
DEEPEST = 125
"""How deep directions are nested, as in Unicode's bidirectional algorithm."""
LONGEST_WORD = 24
"""Letters of a word that are set without a place to break."""

_LONG_TEXT = 400
_LONGEST_LINE = 300

PaperText = str | list[list[str | list[str]]]
"""A text for a typst template: a string, or lines. Each line is its direction, ltr or rtl, then pieces: a string, or a
word as a list of letters between which it may break."""

# Latin, Greek and Cyrillic on one line with nothing that needs care: all that most texts consist of.
_PLAIN = re.compile(
    r"[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0587\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*"
)
_LONG = re.compile(rf"\S{{{LONGEST_WORD},}}")
# Scripts without blanks, in which lines break between letters or by a dictionary.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_UNPRINTED = re.compile("[\ufeff\ufff9-\ufffb\ud800-\udfff]")
_OPENED = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"} | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)
_DIRECTED = re.compile("[\u202a-\u202e\u2066-\u2069]")


@define
class PaperTexts:
    """Prepares the texts of one document, one after the other."""

    language: Localizer
    has_long: bool = field(default=False, init=False)
    """Whether a text may be higher than a row that stays on one page."""
    _left: int = field(default=LONGEST_IN_ALL, init=False)

    def prepared(self, text: str) -> PaperText:
        """A text for a typst template."""
        limit = LONGEST if self._left > 0 else LONGEST_THEN
        self._left -= len(text)
        if len(text) > _LONG_TEXT:
            self.has_long = True
        is_ltr = self.language.reads == "ltr"
        if is_ltr and len(text) <= limit and _PLAIN.fullmatch(text) and not _LONG.search(text):
            return text
        kept, dropped = _shortened(text, limit)
        lines = self.language.lines(kept)
        if len(lines) > MOST_LINES:
            dropped += sum(len(line) for line, _ in lines[MOST_LINES:])
            lines = lines[:MOST_LINES]
            self.has_long = True
        prepared: list[list[str | list[str]]] = [[way, *_pieces(balanced(line))] for line, way in lines]
        if dropped:
            more = self.language.count("… {number} more letter", "… {number} more letters", dropped)
            prepared.append([self.language.reads, more])
        return prepared

    def line(self, text: str) -> str:
        """A text on one line without a mark where it is cut, for the name of a file or the foot of a page."""
        kept, dropped = _shortened(text, _LONGEST_LINE)
        seen = " ".join(line for line, _ in self.language.lines(kept))
        return balanced(seen) + ("…" if dropped else "")


def _shortened(text: str, limit: int) -> tuple[str, int]:
    """The text without letters over the limit and without floods of marks, and how many letters were left out."""
    kept = text[: boundary(text, limit)] if len(text) > limit else text
    kept = _UNPRINTED.sub("", kept)
    thinned = _thinned(kept)
    return thinned, len(text) - len(thinned)


def _thinned(text: str) -> str:
    """The text with at most `MOST_MARKS` marks on a letter."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if category(letter)[0] == "M" else 0
        if marks <= MOST_MARKS:
            kept.append(letter)
    return "".join(kept)


def boundary(text: str, place: int) -> int:
    """The last place in the text, not after the given one, at which no letter is torn apart."""
    while 0 < place < len(text) and _joins(text, place):
        place -= 1
    return place


def _joins(text: str, place: int) -> bool:
    """Whether the letters before and after a place are seen as one."""
    before, after = text[place - 1], text[place]
    if before < "\u0300" and after < "\u0300":
        return before == "\r" and after == "\n"
    if category(after)[0] == "M" or after in "\u200c\u200d" or before == "\u200d":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    if _is_flag(before) and _is_flag(after):
        flags = 0
        while flags < place and _is_flag(text[place - 1 - flags]):
            flags += 1
        return flags % 2 == 1
    return "\u1100" <= before <= "\u11ff" and "\u1160" <= after <= "\u11ff"


def _is_flag(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def balanced(line: str) -> str:
    """The line with its controls of direction closed in the right order; what closes nothing, and what is nested
    deeper than `DEEPEST`, is dropped."""
    if not _DIRECTED.search(line):
        return line
    kept, open_now, too_deep = list[str](), list[str](), 0
    for letter in line:
        if letter in _OPENED:
            if len(open_now) >= DEEPEST:
                too_deep += 1
                continue
            open_now.append(_OPENED[letter])
        elif letter in "\u202c\u2069":
            if too_deep:
                too_deep -= 1
                continue
            if not open_now or open_now[-1] != letter:
                continue
            open_now.pop()
        kept.append(letter)
    return "".join([*kept, *reversed(open_now)])


def _pieces(line: str) -> Iterator[str | list[str]]:
    """A line in pieces, its long words as lists of letters."""
    start = 0
    for word in _LONG.finditer(line):
        if _UNSPACED.search(word[0]) and len(word[0]) < 200:
            continue
        if start < word.start():
            yield line[start : word.start()]
        yield list(clusters(word[0]))
        start = word.end()
    if start < len(line):
        yield line[start:]


def clusters(word: str) -> Iterator[str]:
    """The letters of a word, each with its marks."""
    start = 0
    for place in range(1, len(word)):
        if not _joins(word, place):
            yield word[start:place]
            start = place
    yield word[start:]
