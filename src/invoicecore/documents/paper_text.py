"""The texts of people as paper takes them: without what cannot be seen, of a bounded length, and with words that fit.

A page of HTML shows any text whole. On paper a text that is too long is cut, which is said at its end, so that nothing
a person writes makes a document slow.
"""

import re
from collections.abc import Iterator
from unicodedata import category, combining

from attrs import define, field

from invoicecore.documents.language import Localizer

LONGEST = 10_000
"""The letters of a text that are printed: all that the library takes."""
LONGEST_IN_ALL = 800_000
"""The letters of all texts of a document that are printed whole, where a letter of a word that must be broken counts
as `BROKEN_COSTS`. Texts after these are cut to `LONGEST_THEN`."""
BROKEN_COSTS = 10
LONGEST_THEN = 40
MOST_LETTERS = 3_000
"""The different letters of a document that are printed."""
LONGEST_LINE = 300
"""The letters of a title and of the line at the foot."""
MOST_LINES = 200
"""The lines of a text that are printed."""
MOST_MARKS = 30
"""The marks on a letter that are printed, as many as Unicode's stream-safe format allows."""
LONGEST_CHAIN = 10
"""The letters joined into one by viramas, as in Devanagari, that are printed; words have up to five."""
DEEPEST = 125
"""How deep directions are nested, as in Unicode's bidirectional algorithm."""
LONGEST_WORD = 24
"""From so many letters on, a word may break anywhere."""
LONGEST_UNSPACED = 200
"""The same for scripts without blanks, whose lines break between letters or by a dictionary."""
_TALL = 400, 10
"""From so many letters or lines on, a row of a table may be divided between pages."""

PaperText = str | list[list[str | list[str]]]
"""A text for a typst template: a string, or lines. Each line is its direction, ltr or rtl, then pieces: a string, or a
word as a list of letters between which it may break."""

# Latin, Greek and Cyrillic on one line with nothing that needs care: all that most texts consist of.
_PLAIN = re.compile(
    r"[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0587\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*"
)
_LONG = re.compile(rf"\S{{{LONGEST_WORD},}}")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
# A soft hyphen has the shape of a hyphen, which would then be copied as a soft one.
_UNPRINTED = re.compile("[\u00ad\ufeff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]")
# What is not seen, such as blanks of no width; eight together are more than an emoji has.
_UNSEEN = (
    r"[\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f"
    r"\U000e0000-\U000e0fff]"
)
_UNSEEN_RUNS = re.compile(f"({_UNSEEN}{{8}}){_UNSEEN}+")
_VIRAMA = 9
"""The combining class of signs that join letters."""
_OPENED = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"} | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)
_DIRECTED = re.compile("[\u202a-\u202e\u2066-\u2069]")


@define
class PaperTexts:
    """Prepares the texts of one document, one after the other."""

    language: Localizer
    has_tall: bool = field(default=False, init=False)
    """Whether a text may be too high for a row that stays on one page."""
    unprinted: dict[str, None] = field(factory=dict, init=False)
    """The letters that no font can have, each once."""
    _signs: dict[int, str] = field(factory=dict, init=False)
    """What is printed in place of each of them."""
    _letters: set[str] = field(factory=set, init=False)
    _left: int = field(default=LONGEST_IN_ALL, init=False)

    def prepared(self, text: str) -> PaperText:
        """A text for a typst template."""
        limit = LONGEST if self._left > 0 else LONGEST_THEN
        self._left -= min(len(text), limit)
        if len(text) > _TALL[0]:
            self.has_tall = True
        is_ltr = self.language.reads == "ltr"
        if is_ltr and len(text) <= limit and _PLAIN.fullmatch(text) and not _LONG.search(text):
            return text
        kept, dropped = shortened(text, limit)
        lines = self.language.lines(self._printable(kept))
        if len(lines) > _TALL[1]:
            self.has_tall = True
        dropped += sum(len(line) for line, _ in lines[MOST_LINES:])
        prepared = [[way, *self._pieces(balanced(line))] for line, way in lines[:MOST_LINES]]
        if dropped:
            more = self.language.count("… {number} more letter", "… {number} more letters", dropped)
            prepared.append([self.language.reads, more])
        return prepared or ""

    def line(self, text: str) -> str:
        """A text on one line, for a title or the foot of a page."""
        kept, dropped = shortened(text, LONGEST_LINE)
        lines = self.language.lines(self._printable(kept))
        return balanced(" ".join(line for line, _ in lines)) + ("…" if dropped else "")

    def _printable(self, text: str) -> str:
        """The text with a sign in place of what is no letter yet, and of new letters where there are too many, because
        every font of the machine would be looked through for each."""
        if text.isascii():
            return text
        for letter in sorted({*text} - self._letters - self.unprinted.keys()):
            if category(letter) == "Cn" or len(self._letters) >= MOST_LETTERS:
                self.unprinted[letter] = None
                self._signs[ord(letter)] = "\N{REPLACEMENT CHARACTER}"
            else:
                self._letters.add(letter)
        return text.translate(self._signs) if self._signs else text

    def _pieces(self, line: str) -> Iterator[str | list[str]]:
        """A line in pieces, its long words as lists of letters."""
        start = 0
        for word in _LONG.finditer(line):
            letters = word[0]
            if len(letters) < LONGEST_UNSPACED and _UNSPACED.search(letters):
                continue
            self._left -= len(letters) * (BROKEN_COSTS - 1)
            if start < word.start():
                yield line[start : word.start()]
            yield list(clusters(letters))
            start = word.end()
        if start < len(line):
            yield line[start:]


def shortened(text: str, limit: int) -> tuple[str, int]:
    """The text without letters over the limit, floods of marks and runs of what is not seen; and how many letters were
    left out."""
    some = text[: 4 * limit]
    seen = _UNSEEN_RUNS.sub(r"\1", _UNPRINTED.sub("", some))
    thinned = _thinned(seen)
    kept = thinned[: boundary(thinned, limit)]
    return kept, len(text) - len(some) + len(seen) - len(kept)


def _thinned(text: str) -> str:
    """The text with at most `MOST_MARKS` marks on a letter, and at most `LONGEST_CHAIN` letters joined by viramas."""
    if text.isascii():
        return text
    kept, marks, chain, is_joined = list[str](), 0, 0, False
    for letter in text:
        if category(letter)[0] == "M":
            marks += 1
            if combining(letter) == _VIRAMA:
                chain, is_joined = chain + 1, True
        else:
            chain = chain if is_joined else 0
            marks, is_joined = 0, False
        if marks <= MOST_MARKS and chain <= LONGEST_CHAIN:
            kept.append(letter)
    return "".join(kept)


def boundary(text: str, place: int) -> int:
    """The last place in the text, not after the given one, at which no letter is torn apart."""
    while 0 < place < len(text):
        flags = 0
        while flags < place and _is_flag(text[place - 1 - flags]):
            flags += 1
        if not _joins(text[place - 1], text[place], flags):
            break
        place -= 1
    return min(place, len(text))


def clusters(word: str) -> Iterator[str]:
    """The letters of a word, each with its marks."""
    start = flags = 0
    for place in range(1, len(word)):
        flags = flags + 1 if _is_flag(word[place - 1]) else 0
        if not _joins(word[place - 1], word[place], flags):
            yield word[start:place]
            start = place
    yield word[start:]


def _joins(before: str, after: str, flags: int) -> bool:
    """Whether two letters are seen as one. `flags` is how many halves of a flag stand before the second."""
    if before < "\u0300" and after < "\u0300":
        return before == "\r" and after == "\n"
    if category(after)[0] == "M" or after in "\u200c\u200d" or before == "\u200d":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True  # the colour of a skin, a tag
    if _is_flag(after):
        return flags % 2 == 1
    return "\u1100" <= before <= "\u11ff" and "\u1160" <= after <= "\u11ff"  # parts of a Hangul syllable


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
