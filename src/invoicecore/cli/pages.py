"""The files with the invoices and statements of a report."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from unicodedata import category, normalize

from attrs import frozen

from invoicecore import documents
from invoicecore.cli.report import Report
from invoicecore.documents import CannotPrint, Document

_LONGEST_NAME = 50
"""In characters; also of four bytes each they are a name that every file system takes."""


@frozen
class Written:
    """How many documents were written, whether as PDF too, and the remarks about them, each once."""

    documents: int
    with_pdf: bool
    remarks: tuple[str, ...]


def write(report: Report, folder: Path, *, step: Callable[[], None] = lambda: None) -> Written:
    """Write the invoices and statements of a report into a folder, which is made if it is not there; `step` is called
    after each.

    Each is a file of HTML and one of PDF; where PDF cannot be made here, a remark says what it needs. Files of the same
    names are replaced. OSError if the folder does not take them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made, with_pdf, remarks, taken = 0, True, dict[str, None](), set[str]()
    for called, document in _drawn(report):
        name = _free_name(called, taken)
        (folder / f"{name}.html").write_text(document.html, encoding="utf-8", newline="\n")
        try:
            (folder / f"{name}.pdf").write_bytes(document.pdf())
        except CannotPrint as missing:
            with_pdf, remarks[str(missing)] = False, None
        remarks |= dict.fromkeys(document.warnings)
        made += 1
        step()
    return Written(made, with_pdf, tuple(remarks))


def _drawn(report: Report) -> Iterator[tuple[str, Document]]:
    """Each page and what it is called: for each client the invoices, and then the statement."""
    for client in report.clients:
        if client.documents is not None:
            for paper in client.documents.invoices:
                draw = documents.preview if paper.is_preview else documents.invoice
                yield paper.invoice.label, draw(paper)
            yield f"statement {client.name}", documents.statement(client.documents.statement)


def _free_name(text: str, taken: set[str]) -> str:
    """A name for a file that is like the text and is not taken yet, also if capitals and small letters are the same.
    Everything except letters, digits and underscores becomes a dash, so that the name leads to no other folder."""
    spelled = "".join(
        letter if letter == "_" or category(letter)[0] in "LMN" else " " for letter in normalize("NFC", text)
    )
    name = "-".join(spelled.split())[:_LONGEST_NAME].strip("-") or "page"
    free = name
    for again in count(2):
        if free.casefold() not in taken:
            break
        free = f"{name}-{again}"
    taken.add(free.casefold())
    return free
