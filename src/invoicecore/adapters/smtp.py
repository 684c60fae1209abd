"""Sends mails through a mail server."""

from collections.abc import Mapping
from email.message import EmailMessage
from enum import StrEnum
from smtplib import SMTP, SMTP_SSL
from ssl import SSLContext, create_default_context

from attrs import field, frozen

from invoicecore.errors import InvalidInput


class Secured(StrEnum):
    """How the connection is encrypted: after a command (port 587), from the first byte (port 465), or not at all
    (port 25), which is for a server on the same machine."""

    STARTTLS = "starttls"
    TLS = "tls"
    NOT = "not"


@frozen(kw_only=True)
class Smtp:
    """A mail server. Calling it with a mail opens a connection and sends the mail.

    OSError, of which SMTPException is a subclass, if the server refuses the mail or cannot be reached. A mail that the
    server accepts for some of its recipients counts as sent. Nothing is sent to a server without a valid certificate
    for `host`, unless `context` allows it. A password is never sent unencrypted.
    """

    host: str
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    secured: Secured = Secured.STARTTLS
    timeout_seconds: float = 30
    context: SSLContext | None = field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.password and self.secured is Secured.NOT:
            raise InvalidInput("A password would be sent unencrypted; encrypt the connection, or send no password.")

    def __call__(self, mail: EmailMessage) -> Mapping[str, object]:
        """Send a mail to all of its recipients; those that the server refused, with its reasons."""
        with self._connected() as server:
            if self.secured is Secured.STARTTLS:
                server.starttls(context=self._context())
            if self.user:
                server.login(self.user, self.password)
            refused: Mapping[str, object] = server.send_message(mail)
            return refused

    def _connected(self) -> SMTP:
        if self.secured is Secured.TLS:
            return SMTP_SSL(self.host, self.port, timeout=self.timeout_seconds, context=self._context())
        return SMTP(self.host, self.port, timeout=self.timeout_seconds)

    def _context(self) -> SSLContext:
        """Without a context, smtplib would accept any certificate."""
        return self.context or create_default_context()
