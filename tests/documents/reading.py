"""Reads a page back: its tables, its figures, its structure."""

import unicodedata
from html.parser import HTMLParser
from io import BytesIO

from attrs import Factory, define
from pypdf import PdfReader

VOID = {"meta", "img", "br"}


@define
class Element:
    """A tag with what is in it; texts are its children as well."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = Factory(list)

    def all(self, tag: str, kind: str = "") -> list["Element"]:
        """Every element of that tag, and that class if one is given, in the order of the page."""
        found = [self] if self.tag == tag and (not kind or kind in self.attributes.get("class", "").split()) else []
        return found + [it for child in self.children if isinstance(child, Element) for it in child.all(tag, kind)]

    def one(self, tag: str, kind: str = "") -> "Element":
        """The only one."""
        [found] = self.all(tag, kind)
        return found

    def without(self, tag: str) -> "Element":
        """The same but for the children of that tag."""
        kept = [it for it in self.children if not (isinstance(it, Element) and it.tag == tag)]
        return Element(self.tag, self.attributes, kept)

    @property
    def text(self) -> str:
        """All texts in it, with single blanks."""
        return " ".join(self._texts().split())

    def _texts(self) -> str:
        apart = "" if self.tag in {"bdi", "sup", "span"} else " "
        return apart + "".join(it if isinstance(it, str) else it._texts() for it in self.children) + apart

    @property
    def skeleton(self) -> list[str]:
        """Its tags in their order, each with its attributes."""
        own = f"{self.tag} {sorted(self.attributes)}"
        return [own, *(line for child in self.children if isinstance(child, Element) for line in child.skeleton)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        closed = self._open.pop()
        assert tag == closed.tag

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read(html: str) -> Element:
    """The page as a tree; an error where tags do not close in their order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert [reader.root] == reader._open
    return reader.root


def rows(table: Element) -> list[list[str]]:
    """The texts of the cells in a table's body, without the marks of footnotes."""
    return [
        [cell.without("sup").text for cell in row.children if isinstance(cell, Element)]
        for body in table.all("tbody")
        for row in body.all("tr")
    ]


def digits(text: str) -> str:
    """The digits in a text, whatever script they are of."""
    return "".join(str(unicodedata.digit(letter)) for letter in text if unicodedata.category(letter) == "Nd")


def minor(text: str) -> int:
    """The amount in minor units that a text says with all its decimals."""
    sign = -1 if "\N{MINUS SIGN}" in text else 1
    return sign * int(digits(text))


def seconds(text: str) -> int:
    """The seconds that a text such as 12:20 or 12:20:05 says."""
    parts = [int(digits(part)) for part in text.split(":")]
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))


def text_of(pdf: bytes) -> str:
    """What a PDF says, without any blanks."""
    pages = PdfReader(BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)
