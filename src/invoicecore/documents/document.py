"""A rendered page, ready for a browser, a mail or a printer."""

from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from invoicecore.documents import pdf as engine


class PaperSize(StrEnum):
    """The size of the paper."""

    A4 = "A4"
    LETTER = "Letter"


@frozen(slots=False)
class Document:
    """One HTML page of any length, with style and logo inside, without scripts and without anything to fetch.

    `title` is a name for a window or a file, `locale` the locale of the text.
    """

    title: str
    locale: str
    html: str = field(repr=False)
    _warnings: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Problems to check before sending, in words: an unknown theme, a language without translation, and characters
        for which this machine has no font.

        Missing characters are known only after the page was converted to PDF, so this costs as much as `pdf`, once for
        both. Without the extra `pdf` they stay unknown; the reader's browser has its own fonts.
        """
        return (*self._warnings, *(self._print.warnings if engine.can_print() else ()))

    def pdf(self) -> bytes:
        """The same page as PDF, converted by WeasyPrint; always the same bytes on the same machine. CannotPrint if
        WeasyPrint, or something that it needs from the system, is not installed. Without HarfBuzz-Subset there is a PDF
        too, but its bytes tell when it was made."""
        return self._print.pdf

    @cached_property
    def _print(self) -> engine.PrintedPage:
        return engine.print_pdf(self.html)
