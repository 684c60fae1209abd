"""The compilation of a page to PDF by typst, with a report of letters that no font has."""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from threading import local
from typing import Any
from unicodedata import category, name

from attrs import field, frozen

from invoicecore.documents.fonts import CannotPrint, installed
from invoicecore.errors import InvalidInput

USUAL_STANDARD = "ua-1"
"""Every PDF is accessible by this standard, unless it needs letters that no font has."""

_STANDARDS = (
    *("1.4", "1.5", "1.6", "1.7", "2.0", "a-1a", "a-1b", "a-2a", "a-2b", "a-2u", "a-3a", "a-3b", "a-3u"),
    *("a-4", "a-4e", "a-4f", USUAL_STANDARD),
)
_LARGE = 50_000
"""The letters of data from which on a document is large, as that of 400 sessions."""
_TEMPLATES = files(__package__).joinpath("templates")
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


@frozen
class Printer:
    """What is printed: the name of a template, its data and style, a logo as SVG, a host's folder whose templates stand
    before those of the library, and the day that the PDF says it was made."""

    template: str
    data: Mapping[str, Any] = field(repr=False)
    style: Mapping[str, Any] = field(repr=False)
    logo: str | None = field(repr=False)
    folder: str | None
    made_on: date | None

    def print(self) -> "PrintedPage":
        """The page as PDF by the usual standard, or without it where that cannot be met, which is a warning.
        CannotPrint if typst or a font is missing, or in a process that was forked after a PDF was made."""
        unprinted = self.data["unprinted"]
        source = json.dumps(self.data, ensure_ascii=False)
        try:
            return PrintedPage(self._compiled(source, [USUAL_STANDARD]), _told(unprinted))
        except RuntimeError as error:  # TypstError is one
            letters, message = _missing(error), _message(error)
            if not letters and not message.startswith("PDF"):
                raise
        seen = [letter for letter in letters if category(letter) != "Cf"]
        standards = [] if seen or not letters else [USUAL_STANDARD]
        told = _told([*unprinted, *seen]) if letters else (f"The PDF is not accessible: {message}.",)
        return PrintedPage(self._compiled(_without_controls(source, letters), standards), told)

    def print_by(self, standard: str) -> bytes:
        """The page as PDF by standards of that name, such as `a-3a+ua-1`. InvalidInput if there is none of that name,
        or the page cannot meet it; CannotPrint as for `print`, and if no font has a letter of the page."""
        standards = known_standards(standard)
        source = json.dumps(self.data, ensure_ascii=False)
        letters: list[str] = self.data["unprinted"]
        try:
            pdf = self._compiled(source, standards)
            if not letters:
                return pdf
        except (RuntimeError, ValueError) as error:
            letters = [*letters, *_missing(error)]
            if not letters:
                if isinstance(error, ValueError) or _message(error).startswith("PDF"):
                    raise InvalidInput(
                        f"This page cannot be a PDF of the standard {standard}: {_message(error)}."
                    ) from error
                raise
        if seen := [letter for letter in letters if category(letter) != "Cf"]:
            named = ", ".join(map(_named, seen[:10]))
            raise CannotPrint(
                f"A PDF of the standard {standard} needs a font for every letter, and none here has {named}."
            )
        return self._compiled(_without_controls(source, letters), standards)

    def digest(self, standard: str | None) -> str:
        """A digest of all that decides the bytes of the page by that standard, or None for the usual one: the data,
        the templates and other files of the folder, typst, and which families of fonts are installed."""
        fonts, folder = installed(), Path(self.folder or ".")
        made = [self.template, self.logo, standard, str(self.made_on), _typst(), fonts.families()]
        digest = sha256(json.dumps([*made, self.style, self.data]).encode())
        for file_name, source in sorted(_templates(self.folder).items()):
            digest.update(f"{file_name} {len(source)}\n".encode() + source)
        for path in sorted(folder.rglob("*")) if self.folder else ():
            if path.is_file():
                digest.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode() + path.read_bytes())
        return digest.hexdigest()

    def _compiled(self, source: str, standards: Sequence[str]) -> bytes:
        files = {
            "main.typ": f'#import "{self.template}.typ": printed\n#printed(json("data.json"))'.encode(),
            "data.json": source.encode(),
            "style.json": json.dumps(self.style, ensure_ascii=False).encode(),
        }
        if self.folder is not None:
            files |= _templates(self.folder)
        if self.logo is not None:
            files["logo.svg"] = self.logo.encode()
        compiler = _compiler()
        try:
            pdf: bytes = compiler.compile(
                files,
                format="pdf",
                pdf_standards=list(standards),
                root=self.folder or str(_TEMPLATES),  # files from here are parsed once
                timestamp=_noon(self.made_on),
            )
        except BaseException as failure:
            if type(failure).__name__ != "PanicException":
                raise
            del _HERE.compiler  # whatever state it is in
            raise CannotPrint(f"typst failed on this page: {failure}") from failure
        if len(source) > _LARGE:
            _forget(compiler)
        return pdf


@frozen
class PrintedPage:
    """A page as PDF, and the warnings about it."""

    pdf: bytes = field(repr=False)
    warnings: tuple[str, ...]


@cache
def _typst() -> str:
    return version("typst")


@cache
def can_print() -> bool:
    """Whether this machine can make PDFs."""
    try:
        installed()
    except CannotPrint:
        return False
    return True


_HERE = local()
_process: int | None = None
"""The process in which typst began to work; one that is forked from it would wait for ever."""


def _compiler() -> Any:
    """The compiler of this thread, made when it is needed and kept; another one would begin anew."""
    global _process
    fonts, process = installed(), os.getpid()
    if _process not in (None, process):
        raise CannotPrint(
            "This process was forked from one that had made a PDF, and typst would wait here for ever. Make the first "
            "PDF after the fork, or start processes by 'spawn' or 'forkserver'."
        )
    _process = process
    if not hasattr(_HERE, "compiler"):
        import typst

        _HERE.compiler = typst.Compiler(root=str(_TEMPLATES), font_paths=fonts, ignore_system_fonts=True)
    return _HERE.compiler


def _forget(compiler: Any) -> None:
    """Let typst forget what it remembers for documents that are alike, which for ten large ones is 0.5 GB: it drops
    what it has not used in its last ten runs."""
    for _ in range(11):
        compiler.compile({"main.typ": b""}, format="svg")


def _templates(folder: str | None) -> dict[str, bytes]:
    """The sources of all templates; a host's stand in place of ours of the same names."""
    hosts = {} if folder is None else {it.name: it.read_bytes() for it in Path(folder).glob("*.typ")}
    return _our_templates() | hosts


@cache
def _our_templates() -> dict[str, bytes]:
    return {it.name: it.read_bytes() for it in _TEMPLATES.iterdir() if it.name.endswith(".typ")}


def _noon(day: date | None) -> int:
    """Noon of a day in UTC, in seconds of the Unix epoch; the epoch itself for a page that says no day."""
    return 0 if day is None else int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())


def known_standards(standard: str) -> list[str]:
    """The standards that a name such as `a-3a+ua-1` has, joined by +. InvalidInput if there is no such standard."""
    names = standard.split("+") if isinstance(standard, str) else []
    if not names or not {*names} <= {*_STANDARDS}:
        raise InvalidInput(f"standard must be names of {', '.join(_STANDARDS)}, joined by +, not {standard!r}.")
    return names


def _message(error: Exception) -> str:
    return str(getattr(error, "message", error))


def _missing(error: Exception) -> list[str]:
    """The letters that no font has, by what typst says, each once."""
    letters: dict[str, None] = {}
    for text in _MISSING.findall(getattr(error, "diagnostic", "")):
        found = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
        letters |= dict.fromkeys(letter for letter in found if len(found) == 1 or not letter.isascii())
    return list(letters)


def _without_controls(source: str, letters: Iterable[str]) -> str:
    """The data without those letters that nobody sees, such as marks of direction."""
    return source.translate({ord(letter): None for letter in letters if category(letter) == "Cf"})


def _told(letters: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"No font here has the letter {_named(letter)}; it is printed as a box." for letter in letters)


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X}, {name(letter, 'without a name')}"
