"""The compilation of a page to PDF by typst, with a report of letters that no font has."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import local
from typing import Any
from unicodedata import category, name

from attrs import field, frozen

from invoicecore.documents.fonts import CannotPrint, installed

_TEMPLATES = files(__package__).joinpath("templates")
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


@frozen
class PrintedPage:
    """A page as PDF, and the warnings about it."""

    pdf: bytes = field(repr=False)
    warnings: tuple[str, ...]


_HERE = local()
_compiled_in: int | None = None
"""The process in which typst began to work; one that is forked from it cannot go on."""


def print_pdf(
    template: str, data: Mapping[str, Any], logo: str | None, folder: str | None, made_on: date | None
) -> PrintedPage:
    """The page as PDF: the template of that name, filled with data.

    Templates of a host's folder stand before those of the library. CannotPrint if typst or a font is missing, or in a
    process that was forked after a PDF was made.
    """
    text = json.dumps(data, ensure_ascii=False)
    try:
        return PrintedPage(_compiled(template, text, logo, folder, made_on, _ACCESSIBLE), ())
    except RuntimeError as error:  # TypstError is one
        letters = _missing(getattr(error, "diagnostic", ""))
        if not letters:
            raise
    for letter in letters:
        if category(letter) == "Cf":
            text = text.replace(letter, "")
    seen = [letter for letter in letters if category(letter) != "Cf"]
    warnings = tuple(
        f"No font here has the letter U+{ord(letter):04X}, {name(letter, 'without a name')}; it is printed as a box."
        for letter in seen
    )
    return PrintedPage(_compiled(template, text, logo, folder, made_on, () if seen else _ACCESSIBLE), warnings)


_ACCESSIBLE = ("ua-1",)


@cache
def can_print() -> bool:
    """Whether this machine can make PDFs."""
    try:
        installed()
    except CannotPrint:
        return False
    return True


def _compiled(
    template: str,
    text: str,
    logo: str | None,
    folder: str | None,
    made_on: date | None,
    standards: Sequence[str],
) -> bytes:
    sources = _templates(folder)
    sources["main.typ"] = sources[f"{template}.typ"]
    sources["data.json"] = text.encode()
    if logo is not None:
        sources["logo.svg"] = logo.encode()
    try:
        pdf: bytes = _compiler().compile(
            sources,
            format="pdf",
            pdf_standards=list(standards),
            root=folder or str(_TEMPLATES),
            timestamp=_instant(made_on),
        )
    except Exception:
        raise
    except BaseException as failure:
        if type(failure).__name__ != "PanicException":
            raise
        del _HERE.compiler  # whatever state it is in
        raise CannotPrint(f"typst failed on this page: {failure}") from failure
    return pdf


def _compiler() -> Any:
    """The compiler of this thread; it is kept, because each has its own memory of files."""
    global _compiled_in
    import typst

    process = os.getpid()
    if _compiled_in not in (None, process):
        raise CannotPrint(
            "This process was forked from one that had made a PDF, and typst would wait here for ever. Make the first "
            "PDF after the fork, or start workers by 'spawn' or 'forkserver'."
        )
    _compiled_in = process
    if not hasattr(_HERE, "compiler"):
        _HERE.compiler = typst.Compiler(root=str(_TEMPLATES), font_paths=installed(), ignore_system_fonts=True)
    return _HERE.compiler


def _templates(folder: str | None) -> dict[str, bytes]:
    """The sources of all templates; a host's stand in place of ours of the same names."""
    hosts = {} if folder is None else {it.name: it.read_bytes() for it in Path(folder).glob("*.typ")}
    return _our_templates() | hosts


@cache
def _our_templates() -> dict[str, bytes]:
    return {it.name: it.read_bytes() for it in _TEMPLATES.iterdir() if it.name.endswith(".typ")}


def _instant(day: date | None) -> int:
    """Noon of a day in Greenwich, in seconds; which is the same day almost everywhere."""
    return 0 if day is None else int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())


def _missing(diagnostic: str) -> list[str]:
    """The letters that a diagnostic says no font has, each once."""
    letters: dict[str, None] = {}
    for text in _MISSING.findall(diagnostic):
        found = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
        letters |= dict.fromkeys(letter for letter in found if len(found) == 1 or not letter.isascii())
    return list(letters)
