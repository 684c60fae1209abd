"""A mail reaches a mail server unchanged, and never on a way that others can read."""

import smtplib
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from invoicecore import Billing, Deposit, Role
from invoicecore.adapters.smtp import Secured, Smtp
from invoicecore.documents.mail import MailNotifier
from invoicecore.errors import InvalidInput
from tests.mail_server import HOST, Server
from tests.needs import missing
from tests.world import World, usd

Start = Callable[..., Server]


@pytest.fixture
def start() -> Iterator[Start]:
    """What starts servers, which are stopped when the test is over."""
    with ExitStack() as running:

        def started(**how: Any) -> Server:
            server = Server(**how)
            server.controller.start()
            running.callback(server.controller.stop)
            return server

        yield started


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine with its key, in one file."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=IP:{HOST}", "-keyout", str(file), "-out", str(file)]
    try:
        subprocess.run([*made, *names], check=True, capture_output=True)
    except FileNotFoundError:
        missing("openssl")
    return file


@pytest.fixture
def of_server(certificate: Path) -> ssl.SSLContext:
    """How the server shows who it is."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """Who trusts that certificate, and no other."""
    return ssl.create_default_context(cafile=str(certificate))


def mail(*to: str) -> EmailMessage:
    """A short one."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "billing@northwind.example", ", ".join(to), "Rechnung · 7"
    made.set_content("Grüße an Zoë\n")
    return made


class TestSent:
    def test_on_the_same_machine(self, start: Start) -> None:
        """It arrives as it was written, from whom and for whom it says."""
        server = start()
        Smtp(host=HOST, port=server.port, secured=Secured.NOT)(mail("cleo@acme.example", "zoe@acme.example"))
        [envelope] = server.taken
        assert ["cleo@acme.example", "zoe@acme.example"] == envelope.rcpt_tos
        assert "billing@northwind.example" == envelope.mail_from
        assert ("Rechnung · 7", "Grüße an Zoë") == (server.read()["Subject"], server.read().get_content().strip())

    def test_starttls(self, start: Start, of_server: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
        """The password is told once the way is secret."""
        server = start(tls_context=of_server, require_starttls=True, auth_required=True)
        Smtp(host=HOST, port=server.port, user="maria", password="correct horse", context=trusting)(mail("a@b.example"))
        assert ("Rechnung · 7", 1) == (server.read()["Subject"], server.logins)

    def test_tls(self, start: Start, of_server: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
        """Or from the first byte on."""
        server = start(ssl_context=of_server)
        Smtp(host=HOST, port=server.port, secured=Secured.TLS, context=trusting)(mail("a@b.example"))
        assert "Rechnung · 7" == server.read()["Subject"]


class TestRefused:
    def test_no_starttls(self, start: Start) -> None:
        """A server that keeps nothing secret is told nothing."""
        server = start(auth_require_tls=False)
        with pytest.raises(smtplib.SMTPNotSupportedError):
            Smtp(host=HOST, port=server.port, user="maria", password="correct horse")(mail("a@b.example"))
        assert ([], 0) == (server.taken, server.logins)

    def test_unknown_certificate(self, start: Start, of_server: ssl.SSLContext) -> None:
        """Nor is one whose certificate nobody vouches for."""
        server = start(tls_context=of_server)
        with pytest.raises(ssl.SSLCertVerificationError):
            Smtp(host=HOST, port=server.port, user="maria", password="correct horse")(mail("a@b.example"))
        assert ([], 0) == (server.taken, server.logins)

    def test_password_in_the_clear(self) -> None:
        """It is refused before anything is sent, and shown nowhere."""
        with pytest.raises(InvalidInput, match="unencrypted"):
            Smtp(host=HOST, user="maria", password="correct horse", secured=Secured.NOT)
        assert "horse" not in repr(Smtp(host=HOST, user="maria", password="correct horse"))

    def test_wrong_password(self, start: Start, of_server: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
        """The server's refusal is raised."""
        server = start(tls_context=of_server, auth_required=True)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            Smtp(host=HOST, port=server.port, user="maria", password="wrong", context=trusting)(mail("a@b.example"))
        assert [] == server.taken

    def test_nobody_there(self) -> None:
        """A server that does not answer is an OSError."""
        with socket.socket() as bound:  # and does not listen
            bound.bind((HOST, 0))
            with pytest.raises(ConnectionRefusedError):
                Smtp(host=HOST, port=bound.getsockname()[1], timeout_seconds=5)(mail("a@b.example"))

    def test_recipients(self, start: Start) -> None:
        """A mail for several is sent if one of them is taken, and refused if none is."""
        server = start()
        to_server = Smtp(host=HOST, port=server.port, secured=Secured.NOT)
        to_server(mail(server.refused, "zoe@acme.example"))
        assert ["zoe@acme.example"] == server.taken[0].rcpt_tos
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            to_server(mail(server.refused))


class TestWhole:
    def test_from_event_to_mailbox(self, start: Start, world: World) -> None:
        """An invoice is made, messages are delivered, and the client has a mail with it."""
        server = start()
        to_server = Smtp(host=HOST, port=server.port, secured=Secured.NOT)
        world.maria.people.add(name="Zoë", role=Role.CONTACT, client_id=world.acme.id, email="zoe@acme.example")
        notifier = MailNotifier(world.billing, to_server, sender="billing@northwind.example")
        billing = Billing.open(world.storage, clock=world.clock, notifier=notifier)
        world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE)
        assert {} == billing.deliver().failed
        assert "Invoice · INV-2026-0001 · Northwind Studio" == server.read()["Subject"]
        assert "Zoë <zoe@acme.example>" == server.read()["To"]
        [enclosed] = server.read().iter_attachments()
        assert str(enclosed.get_filename()).startswith("INV-2026-0001.")
