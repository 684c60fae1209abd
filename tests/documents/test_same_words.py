"""HTML and PDF say the same: every text of the view model stands in both."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
from attrs import evolve, fields, has

from invoicecore import Line, Status, documents
from invoicecore.documents import Document
from invoicecore.documents.view_model import WrittenText
from tests.documents.hostile import PAGES, Harmless, Hostile
from tests.documents.papers import HEAD, hours, paper, work
from tests.documents.reading import read, text_of
from tests.needs import printing
from tests.world import hourly

# Neither seen nor read out: controls, marks of direction, joiners and selectors, and letters that are none.
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"}
_NOT_SHOWN = {"head.tag", "head.direction", "head.digits", "head.title", "head.running"}
_NAMES = {"charges.name", "sums.name", "movements.name", "ages.name"}
"""Names of tables, which a PDF by typst cannot have, and `id`, which is for the page alone."""


def words(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Each text of a view with the place where it stands."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, tuple):
        for part in value:
            yield from words(part, place)
    elif value is not None and has(type(value)):
        for field in fields(type(value)):
            yield from words(getattr(value, field.name), f"{place}.{field.name}".lstrip("."))


def letters(text: str) -> str:
    """The letters of a text as both are compared: without what is not seen, in one form, in small letters."""
    plain = "".join(it for it in unicodedata.normalize("NFKD", text) if unicodedata.category(it) not in _UNSEEN)
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", plain)).casefold()


def is_in_another_order(line: str) -> bool:
    """Whether what is read out of a PDF need not have the letters of a line in their order: because it is read from
    right to left, which a PDF has as it is seen, or because a letter and its marks are told once for each."""
    return any(
        unicodedata.bidirectional(it) in {"R", "AL", "AN", "RLO", "RLE", "RLI", "LRO", "LRE"}
        or unicodedata.category(it)[0] == "M"
        for it in line
    )


def missing(document: Document) -> list[tuple[str, str, str]]:
    """The texts of a document that its HTML or its PDF lacks."""
    page, pdf = letters(read(document.html).text), letters(text_of(document.pdf()))
    found = []
    for place, text in words(document._view):
        if place in _NOT_SHOWN or place in _NAMES or place.endswith(".id"):
            continue
        for line in re.split(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text):
            said = letters(line)
            if said not in page:
                found.append((place, line, "HTML"))
            if not ({*said} <= {*pdf} if is_in_another_order(line) else said in pdf):
                found.append((place, line, "PDF"))
    return found


DRAWN: dict[str, Callable[[], Document]] = {
    **{kind: partial(draw, Harmless([1, 2, 3] * 20)) for kind, draw in PAGES.items()},
    "void": lambda: documents.invoice(paper(work(hours(8), hourly(50)), status=Status.VOID)),
    "flat": lambda: documents.invoice(paper(Line("Deposit", 50_000))),
    "empty": lambda: documents.preview(paper(status=Status.DRAFT)),
    "footnotes": lambda: documents.invoice(
        paper(*(work(hours(0, 20, 1), hourly(50), id=f"s{n}") for n in range(3)), paid=(100,))
    ),
    "long": lambda: documents.invoice(paper(*(work(hours(0, 30), hourly(50), id=f"s{n}") for n in range(2001)))),
}


class TestEveryText:
    @pytest.fixture(autouse=True)
    def press(self) -> None:
        printing()

    @pytest.mark.parametrize("kind", DRAWN)
    def test_every_kind(self, kind: str) -> None:
        """Of each kind of page, of marks, footnotes and sums."""
        assert [] == missing(DRAWN[kind]())

    @pytest.mark.parametrize("locale", ["en_US", "de", "fr", "es", "it", "nl", "pt", "ar", "ar_EG"])
    def test_every_language(self, locale: str) -> None:
        """In each language whose letters a usual font has."""
        sheet = paper(work(hours(12, 15), hourly(50)), paid=(100,), status=Status.OVERDUE, notes="Thanks")
        sheet = evolve(sheet, parties=evolve(HEAD, locale=locale))
        assert [] == missing(documents.invoice(sheet))
        assert [] == missing(documents.reminder(sheet, date(2026, 5, 1)))

    @pytest.mark.parametrize("case", range(40))
    def test_hostile_texts(self, case: int) -> None:
        """Also with markup of both engines, controls and other directions in every field."""
        document = [*PAGES.values()][case % len(PAGES)](Hostile(case))
        boxes = {chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]+)", " ".join(document.warnings))}
        assert [] == [it for it in missing(document) if not boxes & {*it[1]}]

    def test_what_is_missing_is_found(self) -> None:
        """A text that one of them lacks is named with its place."""
        document = documents.invoice(paper(work(hours(8), hourly(50))))
        other = evolve(document._view, head=evolve(document._view.head, client_name=WrittenText("Nobody")))
        html, pdf = document.html, document.pdf()
        changed = evolve(document, view=other)
        changed.__dict__["html"] = html
        changed.__dict__["_printed"] = type(document._printed)(pdf, ())
        assert [("head.client_name", "Nobody", "HTML"), ("head.client_name", "Nobody", "PDF")] == missing(changed)
