"""E-mail addresses: as they are stored, and as the header of a mail can hold them."""

import re
from typing import TYPE_CHECKING

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr

if TYPE_CHECKING:
    from email.headerregistry import Address

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def known_email(value: str) -> str:
    """An e-mail address in the case-folded form in which it is unique. InvalidInput for what looks like none."""
    address = inputs.text("An e-mail address", value).casefold()
    if _EMAIL.fullmatch(address) is None:
        raise _refused(address)
    return address


def mail_address(value: str) -> str:
    """An e-mail address to which mails can be sent, in the same form. InvalidInput for anything else."""
    address = known_email(value)
    header_address("", address)
    return address


def header_address(name: str, email: str) -> "Address":
    """A name and an e-mail address as the header of a mail holds them: the name on one line, and a domain in other
    letters in its ASCII form. InvalidInput for an address that no header can hold."""
    from email.headerregistry import Address  # of modules that nothing else needs

    local, _, domain = email.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        address = Address(one_line(name), addr_spec=f"{local}@{ascii_domain}")
    except Exception as unfit:  # the parser of headers has more errors than it documents
        raise _refused(email) from unfit
    is_same = address.addr_spec == f"{local}@{ascii_domain}" and (
        domain.isascii() or ascii_domain.encode("ascii").decode("idna") == domain
    )
    if not is_same or not email.isprintable() or inputs.unseen_in(email):
        raise _refused(email)
    return address


def one_line(text: str) -> str:
    """A text as a header can hold it: line breaks and control characters are blanks."""
    return " ".join("".join(it if it.isprintable() else " " for it in text).split())


def _refused(address: str) -> InvalidInput:
    return InvalidInput(
        f"{short_repr(address)} is not an e-mail address; give one such as 'lee@firm.example', or None.", "not_an_email"
    )
