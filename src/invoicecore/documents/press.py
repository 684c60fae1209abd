"""How does a page become a PDF, and which of its letters have no font?"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import get_ident
from typing import Any
from unicodedata import name

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
    return Print(pdf, _warnings(said))


@cache
def is_there() -> bool:
    """Whether pages can be printed here."""
    try:
        _press()
    except CannotPrint:
        return False
    return True


def _press() -> Any:
    try:
        import weasyprint
    except ModuleNotFoundError as missing:
        raise CannotPrint("A PDF needs the extra: pip install 'invoicecore[pdf]'.") from missing
    except OSError as missing:  # its way to say that a library of the system is not there
        raise CannotPrint(
            "A PDF needs Pango, which is not installed here; on Debian or Ubuntu: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
        ) from missing
    return weasyprint


@contextmanager
def _remarks() -> Iterator[list[logging.LogRecord]]:
    """What the press says meanwhile in this thread. It says each letter that it has to draw as an empty box."""
    said: list[logging.LogRecord] = []
    thread = get_ident()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                said.append(record)

    logger, listener = logging.getLogger("weasyprint"), Listener(logging.WARNING)
    logger.addHandler(listener)
    try:
        yield said
    finally:
        logger.removeHandler(listener)


def _warnings(said: list[logging.LogRecord]) -> tuple[str, ...]:
    warnings: dict[str, None] = {}
    for record in said:
        match record.args:
            case (str(letter), int()) if ".notdef" in record.msg:
                warnings[f"No font here has {letter!r} ({_named(letter)}); it is printed as a box."] = None
            case _ if record.levelno >= logging.ERROR:  # below are remarks on styles that only browsers know
                warnings[record.getMessage()] = None
    return tuple(warnings)


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X} {name(letter, '')}".strip()
