"""No text that somebody writes changes the structure of a page, runs, or reaches out of it."""

import json
import re
import subprocess
import sys
from functools import lru_cache
from html.parser import HTMLParser

from tests.documents.hostile import PAGES, Harmless, Hostile
from tests.needs import printing

CASES = 10_000
IN_TURN = ("invoice", "statement", "reminder", "preview", "statement", "reminder")
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")  # of those that are written here
_MARKER = re.compile(r"text(\d+)")


class Outline(HTMLParser):
    """A page in one pass: its `tags` with the names of their attributes, and what is `said` in each attribute and
    between each tag and the next."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said = [""]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(" ".join([tag, *(name for name, _ in attrs)]))
        self.said += [value or "" for name, value in attrs if name != "dir"]  # each line is read its own way
        self.said.append("")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")
        self.said.append("")

    def handle_data(self, data: str) -> None:
        self.said[-1] += data

    def handle_comment(self, data: str) -> None:
        self.tags.append("a comment")

    def handle_pi(self, data: str) -> None:
        self.tags.append("an instruction")

    def unknown_decl(self, data: str) -> None:
        self.tags.append("a declaration")


def seen(text: str) -> str:
    """Without control characters and what is no character, which a page of HTML must not have."""
    return _UNSEEN.sub("", text)


def lines(text: str) -> list[str]:
    """As they are seen."""
    return [seen(line) for line in _BREAK.split(text)]


def filled(said: str, lines: list[str]) -> str:
    """What a page of harmless lines says, with other lines in their places."""
    return _MARKER.sub(lambda marker: lines[int(marker[1]) - 1], said)


@lru_cache(maxsize=16)
def harmless(page: str, sizes: tuple[int, ...]) -> Outline:
    """The page with harmless texts of so many lines."""
    return Outline(PAGES[page](Harmless(sizes)).html)


class TestStructure:
    def test_nothing_changes_it(self) -> None:
        """Whatever stands in the fields of a page is shown as it is, markup, template and all; all else is the same."""
        for case in range(CASES):
            page, write = IN_TURN[case % len(IN_TURN)], Hostile(case)
            found = Outline(seen(PAGES[page](write).html))
            texts = [lines(text) for text in write.written]
            plain = harmless(page, tuple(map(len, texts)))
            assert plain.tags == found.tags, f"case {case}: the structure of {page}"
            flat = [line for text in texts for line in text]
            expected = [said if "text" not in said else filled(said, flat) for said in plain.said]
            assert expected == found.said, f"case {case}: the texts of {page}"


class TestSurroundings:
    def test_nothing_is_opened(self) -> None:
        """While 200 hostile pages are drawn, and 11 of them set in type, no address is asked for and no file opened
        that is not the library's or its libraries' own; what watches is seen to see both."""
        printing()
        run = subprocess.run([sys.executable, "-m", "tests.documents.watched", "200"], capture_output=True, text=True)
        assert (0, "") == (run.returncode, run.stderr)
        assert {"while": [], "after": ["open", "socket.__new__"], "documents": 200} == json.loads(run.stdout)
