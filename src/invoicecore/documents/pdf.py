"""How does a page become a PDF, and which of its letters have no font?"""

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
"""The logo is in the page itself; nothing else may be asked for, no file and no address."""


class CannotPrint(InvoicecoreError, ImportError):
    """WeasyPrint, or what it needs of the system, is not installed."""


@frozen
class Print:
    """A page that was set in type, and what is to be said about it."""

    pdf: bytes = field(repr=False)
    warnings: tuple[str, ...]


def print_out(html: str) -> Print:
    """The page as PDF. CannotPrint if there is nothing to do it with."""
    weasyprint = _press()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=_FETCHED)
    with _remarks() as said:
        pdf: bytes = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_tags=True)
    return Print(pdf, tuple(said))


@cache
def is_there() -> bool:
    """Whether pages can be printed here."""
    try:
        _press()
    except CannotPrint:
        return False
    return True


@cache
def _press() -> Any:
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
    except OSError as missing:  # its way to say that a library of the system is not there
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
def _remarks() -> Iterator[list[str]]:
    """What is to be told of what the press says meanwhile in this thread, where it names letters drawn as boxes."""
    said: dict[str, None] = {}
    thread = get_ident()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread and (remark := _remark(record)):
                said[remark] = None

    logger, listener, told = logging.getLogger("weasyprint"), Listener(logging.WARNING), list[str]()
    if not logger.isEnabledFor(logging.WARNING):
        said["The log of WeasyPrint is turned off, so letters that no font has would not be noticed."] = None
    logger.addHandler(listener)
    try:
        yield told
    finally:
        logger.removeHandler(listener)
        told += said


def _remark(record: logging.LogRecord) -> str | None:
    match record.args:
        case (str(letter), int()) if ".notdef" in record.msg:
            called = name(letter, "without a name")
            return f"No font here has the letter U+{ord(letter):04X}, {called}; it is printed as a box."
        case _ if record.levelno >= logging.ERROR:  # what is below are remarks on styles that are for browsers
            return record.getMessage()
    return None
