"""A mail server for tests."""

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

HOST = "127.0.0.1"  # not every machine has a name for itself


class Server:
    """A mail server that keeps what it takes; it takes nothing for `refused`, and knows Maria by her password."""

    refused = "nobody@acme.example"

    def __init__(self, **how: Any) -> None:
        self.taken: list[Envelope] = []
        self.logins = 0
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        self.controller = Controller(self, hostname=HOST, port=self.port, authenticator=self._knows, **how)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if address == self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 OK"

    def _knows(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins += 1
        return AuthResult(success=data == LoginPassword(b"maria", b"correct horse"), handled=False)

    def read(self) -> EmailMessage:
        """The only mail, read back."""
        [envelope] = self.taken
        read = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read
