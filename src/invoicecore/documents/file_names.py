"""The names of files for documents: always the same for the same document, and taken by every file system."""

from hashlib import sha256
from unicodedata import category, normalize

from invoicecore.lifecycle.invoice import Invoice
from invoicecore.queries.printable import PrintableAccountStatement, PrintableStatement

_LONGEST, _MOST_BYTES = 50, 90
"""Characters and bytes of what is left of a text in a name."""
_LONGEST_NAME = 130
"""Bytes of a whole name without its ending; some file systems take no more than 143 with it."""
_RESERVED = {
    *("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"),
    *(f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"),
}
"""What no file may be called on Windows, with whatever ending."""


def invoice_name(bill: Invoice) -> str:
    """The name of an invoice: its number; for a draft its id."""
    return f"draft-{bill.id}" if bill.number is None else unmistakable_name(bill.number)


def statement_name(printable: PrintableStatement | PrintableAccountStatement) -> str:
    """The name of a statement: its kind, what can be read of the client's name, the days, and a digest of the client's
    id."""
    kind = "movements" if isinstance(printable, PrintableStatement) else "statement"
    period, client = printable.statement.period, printable.statement.client_id
    days = "" if period is None else f"-{period.first}-{period.last}"
    return f"{kind}-{readable(printable.parties.client_name)}{days}-{_digest(client)}"


def unmistakable_name(text: str) -> str:
    """The name for a text that no other text has, also where capitals and small letters are the same.

    >>> unmistakable_name("INV-2026-0001"), unmistakable_name("Inv-2026-0001")
    ('INV-2026-0001', 'Inv-2026-0001-159ea5b8')
    """
    return safe_name(text) if text == text.upper() else _with_digest(text)


def safe_name(text: str) -> str:
    """The text, if every file system takes it as the name of a file; otherwise what can be read of it, with a digest.

    >>> safe_name("Acme-7"), safe_name("../7"), safe_name("con")
    ('Acme-7', '7-beae2509', 'con-1143da2b')
    """
    is_safe = text == _spelled(text) != "" and len(text.encode()) <= _LONGEST_NAME and text.upper() not in _RESERVED
    return text if is_safe else _with_digest(text)


def readable(text: str) -> str:
    """What can be read of a text in a name: the first of its letters, digits and underscores, with dashes for
    everything else. Other texts may have the same.

    >>> readable("../../Acme & Sons."), readable("…")
    ('Acme-Sons', 'page')
    """
    return _spelled(text)[:_LONGEST].encode()[:_MOST_BYTES].decode(errors="ignore").strip("-") or "page"


def _spelled(text: str) -> str:
    letters = (letter if letter == "_" or category(letter)[0] in "LMN" else " " for letter in normalize("NFC", text))
    return "-".join("".join(letters).split())


def _with_digest(text: str) -> str:
    return f"{readable(text)}-{_digest(text)}"


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
