"""The job of printing one document of many."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from attrs import field, frozen

from invoicecore.documents import render
from invoicecore.documents.printed_files import PrintedFile, content_digest
from invoicecore.documents.render import Document
from invoicecore.errors import InvoicecoreError
from invoicecore.queries.printable import Printable, PrintableAccountStatement, PrintableInvoice, PrintableStatement

Paper = Printable | Document
"""What can be printed: data as a desk returned it, on A4 and with sessions, or any document."""


class PaperFormat(StrEnum):
    """A kind of file that a paper is written as."""

    PDF = "pdf"
    HTML = "html"


class PrintOutcome(StrEnum):
    """What became of a paper: its files were written, all of them were there already, or it could not be printed."""

    WRITTEN = "written"
    SKIPPED = "skipped"
    FAILED = "failed"


@frozen
class PrintedPaper:
    """What became of one paper. `name` is that of its files without an ending, or blank if it has none; `reason` says
    why it failed; `warnings` are those of the document."""

    name: str
    outcome: PrintOutcome
    warnings: tuple[str, ...] = ()
    reason: str = ""


@frozen
class PrintJob:
    """One paper to write into a folder by way of `beside`, a folder of the same disk; `known` is the PDF of that name
    that was written before."""

    paper: Paper = field(repr=False)
    name: str
    folder: Path
    beside: Path
    formats: Sequence[PaperFormat]
    standard: str | None
    known: PrintedFile | None

    def done(self) -> tuple[PrintedPaper, PrintedFile | None]:
        """What became of the paper, and what there is to know of its PDF. No error comes out of it."""
        try:
            return self._done()
        except Exception as error:
            return PrintedPaper(self.name, PrintOutcome.FAILED, reason=reason_of(error)), None

    def _done(self) -> tuple[PrintedPaper, PrintedFile | None]:
        document = document_of(self.paper)
        pdf = self._pdf(document) if PaperFormat.PDF in self.formats else None
        written = [self._write(ending, content) for ending, content in self._texts(document)]
        warnings = document.page_warnings if pdf is None else pdf.warnings
        is_new = any(written) or pdf is not self.known
        return PrintedPaper(self.name, PrintOutcome.WRITTEN if is_new else PrintOutcome.SKIPPED, warnings), pdf

    def _pdf(self, document: Document) -> PrintedFile:
        """The PDF, which is in the folder now; the known one if it is still there and would be the same."""
        source = document.digest(self.standard)
        if self.known is not None and self.known.source == source and self._has("pdf", self.known.content):
            return self.known
        content = document.pdf(self.standard)
        self._replace("pdf", content)
        warnings = document.warnings if self.standard is None else document.page_warnings
        return PrintedFile(self.name, source, content_digest(content), warnings)

    def _texts(self, document: Document) -> Iterator[tuple[str, bytes]]:
        if PaperFormat.HTML in self.formats:
            yield "html", document.html.encode()
        if document.has_list_apart:
            yield "csv", document.list_csv.encode()

    def _write(self, ending: str, content: bytes) -> bool:
        """Write a file unless it is there; whether it had to be."""
        is_new = not self._has(ending, content_digest(content))
        if is_new:
            self._replace(ending, content)
        return is_new

    def _has(self, ending: str, digest: str) -> bool:
        try:
            return content_digest((self.folder / f"{self.name}.{ending}").read_bytes()) == digest
        except OSError:
            return False

    def _replace(self, ending: str, content: bytes) -> None:
        """Put a whole file into the folder, in place of one that may be there."""
        name = f"{self.name}.{ending}"
        try:
            with open(self.beside / name, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(self.beside / name, self.folder / name)
        except BaseException:
            with suppress(OSError):
                os.unlink(self.beside / name)
            raise


def document_of(paper: Paper) -> Document:
    """The document of a paper; for data that a desk returned, the usual one of its kind."""
    match paper:
        case PrintableInvoice():
            return render.preview(paper) if paper.is_preview else render.invoice(paper)
        case PrintableStatement():
            return render.statement(paper)
        case PrintableAccountStatement():
            return render.account_statement(paper)
        case _:
            return paper


def reason_of(error: Exception) -> str:
    """Why a paper failed, in words."""
    if isinstance(error, InvoicecoreError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename2 or error.filename}" if error.filename else error.strerror
    if isinstance(error, UnicodeEncodeError) and error.encoding == sys.getfilesystemencoding():
        return (
            f"The names of files are in {error.encoding} here, which lacks letters of this one. Set a locale with "
            f"UTF-8, such as LC_ALL=C.UTF-8, or PYTHONUTF8=1."
        )
    return f"{type(error).__name__}: {error}"
