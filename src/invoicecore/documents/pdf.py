"""The conversion of a page to PDF, with a report of characters that no font has."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from io import StringIO
from threading import get_ident
from typing import Any
from unicodedata import name
from warnings import catch_warnings, filterwarnings, simplefilter

from attrs import field, frozen

from invoicecore.errors import InvoicecoreError

_FETCHED = ("data",)
"""The logo is inside the page; nothing else may be fetched, neither files nor addresses."""


class CannotPrint(InvoicecoreError, ImportError):
    """WeasyPrint, or something that it needs from the system, is not installed."""


@frozen
class PrintedPage:
    """A page as PDF, and the warnings about it."""

    pdf: bytes = field(repr=False)
    warnings: tuple[str, ...]


def print_pdf(html: str) -> PrintedPage:
    """The page as PDF. CannotPrint if WeasyPrint is missing."""
    weasyprint = _weasyprint()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=_FETCHED)
    with _missing_glyphs() as warnings:
        pdf: bytes = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_tags=True)
    return PrintedPage(pdf, tuple(warnings))


@cache
def can_print() -> bool:
    """Whether this machine can make PDFs."""
    try:
        _weasyprint()
    except CannotPrint:
        return False
    return True


@cache
def _weasyprint() -> Any:
    """WeasyPrint, imported once and quietly.

    Where a host makes errors of warnings, a warning would stop the import half-way. Only the one about fonts counts:
    without any font, Pango ends the process. What WeasyPrint prints when Pango is missing would spoil the data on
    standard output.
    """
    try:
        with catch_warnings(), redirect_stdout(StringIO()):
            simplefilter("ignore")
            filterwarnings("error", "No fonts configured|FontConfig cannot load", UserWarning)
            import weasyprint
    except ModuleNotFoundError as missing:
        raise CannotPrint("A PDF needs the extra: pip install 'invoicecore[pdf]'.") from missing
    except OSError as missing:  # WeasyPrint raises it if a system library is missing
        raise CannotPrint(
            "A PDF needs Pango, which is not installed here; on Debian or Ubuntu: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
        ) from missing
    except UserWarning as missing:
        raise CannotPrint(
            "A PDF needs a font, and none is installed here; on Debian or Ubuntu: apt-get install fonts-dejavu-core."
        ) from missing
    return weasyprint


@contextmanager
def _missing_glyphs() -> Iterator[list[str]]:
    """Collect WeasyPrint's errors, and the characters that it draws as boxes, from its log in this thread."""
    warnings: dict[str, None] = {}
    thread = get_ident()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread and (warning := _warning(record)):
                warnings[warning] = None

    logger, listener, collected = logging.getLogger("weasyprint"), Listener(logging.WARNING), list[str]()
    if not logger.isEnabledFor(logging.WARNING):
        warnings["The log of WeasyPrint is turned off, so letters that no font has would not be noticed."] = None
    logger.addHandler(listener)
    try:
        yield collected
    finally:
        logger.removeHandler(listener)
        collected += warnings


def _warning(record: logging.LogRecord) -> str | None:
    match record.args:
        case (str(letter), int()) if ".notdef" in record.msg:
            called = name(letter, "without a name")
            return f"No font here has the letter U+{ord(letter):04X}, {called}; it is printed as a box."
        case _ if record.levelno >= logging.ERROR:  # lower levels are about styles that only browsers use
            return record.getMessage()
    return None
