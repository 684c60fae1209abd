"""What is a drawn page, ready for a browser, a mail or a printer?"""

from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from invoicecore.documents import pdf as engine


class Format(StrEnum):
    """On which paper."""

    A4 = "A4"
    LETTER = "Letter"


@frozen(slots=False)
class Document:
    """One page of HTML, as long as it must be, with everything in it: style and logo, no script and nothing to fetch.

    `title` is what a window or a file may be called, `locale` the one that it is written in.
    """

    title: str
    locale: str
    html: str = field(repr=False)
    _doubts: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be looked at before it is sent, in words: a theme or a language that there is not, and letters
        for which this machine has no font.

        The last is known once the page was set in type, so asking costs as much as `pdf`, once for both. Without the
        extra `pdf` it stays unknown, for the reader's browser brings its own fonts.
        """
        return (*self._doubts, *(self._print.warnings if engine.is_there() else ()))

    def pdf(self) -> bytes:
        """The same page as PDF, set by WeasyPrint; the same bytes each time, on the same machine. CannotPrint if it, or
        what it needs of the system, is not installed. Without HarfBuzz-Subset there is a PDF too, but its bytes tell
        when it was made."""
        return self._print.pdf

    @cached_property
    def _print(self) -> engine.Print:
        return engine.print_out(self.html)
