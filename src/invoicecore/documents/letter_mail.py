"""The mail that a letter is sent in."""

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

from invoicecore.documents import pdf
from invoicecore.documents.letters import Letter
from invoicecore.documents.render import Document
from invoicecore.values.emails import one_line


def letter_mail(letter: Letter, *, sender: Address, to: Sequence[Address], at: datetime, name: str) -> EmailMessage:
    """A finished mail with the letter as its text and the invoice attached, as PDF, or as HTML if this machine cannot
    make PDFs. `name` is unique: with the domain of the sender it is the Message-ID."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = at
    mail["Message-ID"] = f"<{name}@{sender.domain}>"
    mail.set_content(letter.text, cte="quoted-printable")
    _enclose(mail, letter.enclosed)
    return mail


def _enclose(mail: EmailMessage, document: Document) -> None:
    if pdf.can_print():
        mail.add_attachment(document.pdf(), maintype="application", subtype="pdf", filename=f"{document.file_name}.pdf")
    else:
        mail.add_attachment(document.html, subtype="html", filename=f"{document.file_name}.html")
