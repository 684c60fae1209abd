"""The mailing of letters to clients: where mails come from, the mail server, and to whom they go."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from secrets import token_hex
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import click
from attrs import frozen
from rich.console import Console

from invoicecore import Desk, Invoice
from invoicecore.adapters.smtp import Secured, Smtp
from invoicecore.cli import options
from invoicecore.cli.asking import is_asked
from invoicecore.cli.json_shapes import BOOLEAN, TEXT, array_of, object_of
from invoicecore.cli.program import Answer, CommandRefused, ExitCode
from invoicecore.cli.tables import say
from invoicecore.cli.terms import OptionRefused
from invoicecore.errors import InvalidInput, InvoicecoreError
from invoicecore.values.emails import header_address, mail_address

if TYPE_CHECKING:
    from email.headerregistry import Address
    from email.message import EmailMessage

    from invoicecore.documents.letters import Letter

SERVER, PASSWORD, SENDER = "INVOICECORE_SMTP", "INVOICECORE_SMTP_PASSWORD", "INVOICECORE_MAIL_FROM"
"""The variables of the environment for the mail server, its password, and the address that mails come from."""

MAILED: Final = object_of(
    invoice=TEXT,
    status=TEXT,
    to=array_of(TEXT),
    not_reached=array_of(TEXT),
    subject=TEXT,
    text=TEXT,
    enclosed=TEXT,
    is_sent=BOOLEAN,
    file={"type": ["string", "null"]},
)
"""What is said of a mail; `file` is where it was written instead of sent."""

_SECURED: Mapping[str, tuple[Secured, int]] = {
    "smtp": (Secured.STARTTLS, 587),
    "smtps": (Secured.TLS, 465),
    "smtp+plain": (Secured.NOT, 25),
}


def server_at(value: str) -> Smtp:
    """The mail server at a URL such as smtps://maria@mail.example:465. The message of an error never has a password."""
    shown = "give it as smtp://USER@HOST:PORT, smtps:// for TLS from the start, or smtp+plain:// on this machine."
    try:
        url = urlsplit(value if "://" in value else f"smtp://{value}")
        secured, usual_port = _SECURED[url.scheme]
        host, port = url.hostname, url.port or usual_port
    except (KeyError, ValueError) as refused:
        raise InvalidInput(f"This is no mail server; {shown}") from refused
    if not host or url.path not in {"", "/"} or url.query or url.fragment:
        raise InvalidInput(f"This is no mail server; {shown}")
    password = unquote(url.password or "") or os.environ.get(PASSWORD, "")
    return Smtp(host=host, port=port, user=unquote(url.username or ""), password=password, secured=secured)


@frozen
class Mailing:
    """How a letter is mailed, as the options of a command say."""

    to: tuple[str, ...]
    sender: str | None
    server: Smtp | None
    file: Path | None
    dry_run: bool

    def mail(self, desk: Desk, invoice: Invoice, letter: "Letter") -> "Mailed":
        """Mail a letter about an invoice to those who were named, or to the client's contacts who may see the invoice;
        write it into a file, or only look at it, if that was asked for."""
        from invoicecore.documents.letter_mail import letter_mail  # of an extra that may not be installed

        firm = desk.firm.settings()
        sender = header_address(firm.name, self.sender or desk.people.me().email or self._no_sender())
        to = self._recipients(desk, invoice)
        mail = letter_mail(letter, sender=sender, to=to, at=desk.now, name=token_hex(16))
        refused: Mapping[str, object] = {}
        if self.file is not None:
            mail["X-Unsent"] = "1"  # so that a mail program opens it as one to be sent
            self.file.write_bytes(bytes(mail))
        elif not self.dry_run:
            refused = self._send(mail)
        return Mailed(
            mail=mail,
            text=letter.text,
            to=tuple(it.addr_spec for it in to),
            not_reached=tuple(it.addr_spec for it in to if it.addr_spec in refused),
            is_sent=self.file is None and not self.dry_run,
            file=self.file,
        )

    def _recipients(self, desk: Desk, invoice: Invoice) -> Sequence["Address"]:
        if self.to:
            return [header_address("", it) for it in self.to]
        people = [header_address(it.name, it.email) for it in desk.invoices.readers(invoice.id) if it.email]
        if not people:
            client = desk.clients.get(invoice.client_id).name
            add = f'`invoicecore person add NAME --role contact --client "{client}" --email ADDRESS`'
            reason = f"{client} has no contact with an e-mail who may see {invoice.label}. Say to whom, or {add}."
            raise OptionRefused("--to", reason)
        return people

    def _no_sender(self) -> str:
        reason = f"say which address mails come from, set {SENDER}, or `invoicecore person edit` your own e-mail."
        raise OptionRefused("--from", reason)

    def _send(self, mail: "EmailMessage") -> Mapping[str, object]:
        if self.server is None:
            reason = f"say which mail server, such as smtp://maria@mail.example, or set {SERVER}. "
            raise OptionRefused("--smtp", f"{reason}--to-file writes the mail for your own mail program.")
        try:
            return self._with_password(self.server)(mail)
        except OSError as failed:  # and all that the server says
            message = f"The mail is not sent, and nothing was changed. {self.server.host}: {_reason(failed)}"
            raise CommandRefused(message, ExitCode.UNAVAILABLE) from failed

    @staticmethod
    def _with_password(server: Smtp) -> Smtp:
        if not server.user or server.password or not is_asked():
            return server
        password = click.prompt(f"Password of {server.user} at {server.host}", hide_input=True, err=True)
        return Smtp(host=server.host, port=server.port, user=server.user, password=password, secured=server.secured)


def _reason(failed: OSError) -> str:
    """What the mail server says, or the system."""
    match failed:
        case SMTPRecipientsRefused(recipients=refused):
            return " ".join(f"{to}: {_text(told)}" for to, (_, told) in refused.items())
        case SMTPResponseException(smtp_error=told):
            return _text(told)
    return failed.strerror or str(failed) or type(failed).__name__


def _text(told: str | bytes) -> str:
    return told if isinstance(told, str) else told.decode("utf-8", "replace")


@frozen(kw_only=True)
class Mailed:
    """A mail that was sent, written into a file, or only looked at."""

    mail: "EmailMessage"
    text: str
    to: tuple[str, ...]
    not_reached: tuple[str, ...]
    is_sent: bool
    file: Path | None

    def answer(self, invoice: Invoice, then: str = "") -> Answer:
        """What a command says of it; `then` is what became of the invoice, or what is to be done."""
        enclosed = next((it.get_filename() or "" for it in self.mail.iter_attachments()), "")
        value = {
            "invoice": invoice.label,
            "status": str(invoice.status),
            "to": self.to,
            "not_reached": self.not_reached,
            "subject": str(self.mail["Subject"]),
            "text": self.text,
            "enclosed": enclosed,
            "is_sent": self.is_sent,
            "file": None if self.file is None else str(self.file),
        }

        def show(console: Console) -> None:
            to = ", ".join(it for it in self.to if it not in self.not_reached)
            if self.is_sent:
                say(console, f"{invoice.label} is mailed to {to}{then}.")
            elif self.file is not None:
                say(console, f"{self.file} is a mail to {to}; it is not sent yet{then}.")
            else:
                say(console, f"From: {self.mail['From']}\nTo: {self.mail['To']}\nSubject: {self.mail['Subject']}\n")
                say(console, f"{self.text}Enclosed: {enclosed}\n\nNothing is sent, and nothing is changed.")

        remarks = tuple(f"The mail server refuses {it}." for it in self.not_reached)
        return Answer(value=value, show=show, remarks=remarks)


def changed_after_mail(invoice: Invoice, change: Callable[[str], Invoice]) -> Invoice:
    """The invoice after a change that follows from a mail. Where that fails, it is said that the mail was sent."""
    try:
        return change(invoice.id)
    except InvoicecoreError as failed:
        message = f"The mail is sent, but {invoice.label} stays {invoice.status}. {failed}"
        raise CommandRefused(message, ExitCode.REFUSED, failed) from failed


def mailing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a mail; what the command gets is a `mailing`."""

    @wraps(command)
    def run(
        to: tuple[str, ...], sender: str | None, smtp: Smtp | None, to_file: Path | None, dry_run: bool, **given: Any
    ) -> Any:
        return command(mailing=Mailing(to, sender, smtp, to_file, dry_run), **given)

    whole: Callable[..., Any] = run
    for each in (
        click.option("--dry-run", is_flag=True, help="Only show the mail; nothing is sent or changed."),
        click.option(
            "--to-file",
            metavar="FILE",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write the mail as an .eml file, for your own mail program, instead of sending it.",
        ),
        options.option(
            "--smtp",
            server_at,
            metavar="URL",
            envvar=SERVER,
            help=f"The mail server, such as smtp://maria@mail.example (STARTTLS, port 587) or smtps://… (TLS, 465); "
            f"the password is asked for, or in {PASSWORD}.  [default: {SERVER}]",
        ),
        options.option(
            "--from",
            mail_address,
            alias="sender",
            metavar="ADDRESS",
            envvar=SENDER,
            help=f"The address that it comes from.  [default: {SENDER}, or your own e-mail in the books]",
        ),
        click.option(
            "--to",
            metavar="ADDRESS",
            multiple=True,
            callback=lambda context, parameter, values: tuple(map(_address, values)),
            help="To whom, instead of the client's contacts; several times.",
        ),
    ):
        whole = each(whole)
    return whole


def _address(value: str) -> str:
    try:
        return mail_address(value)
    except InvalidInput as refused:
        raise click.BadParameter(str(refused)) from refused
