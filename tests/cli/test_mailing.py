"""Invoices and reminders are mailed to those who are to get them, or written as a mail, or only shown."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import click
import pytest

from invoicecore.adapters.smtp import Smtp
from invoicecore.cli import mailing
from tests.cli.terminal import Terminal
from tests.mail_server import HOST, Server

FIRM = ("--name", "Vega Studio", "--currency", "EUR", "--timezone", "Europe/Berlin", "--pay-to", "IBAN DE02")
NUMBER = "INV-2025-0001"


@pytest.fixture
def server() -> Iterator[Server]:
    """A mail server on this machine, which takes mails unencrypted."""
    started = Server()
    started.controller.start()
    yield started
    started.controller.stop()


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Maria's firm with an invoice of €90 to Acme, which was due on 17 November 2025."""
    monkeypatch.chdir(tmp_path)
    for name in (mailing.SERVER, mailing.SENDER, mailing.PASSWORD):
        monkeypatch.delenv(name, raising=False)
    terminal = Terminal(tmp_path, str(tmp_path / "books.db"))
    terminal.said("init", *FIRM, "--email", "maria@vega.example")
    terminal.said("client", "add", "Acme", "--locale", "de")
    terminal.said("project", "add", "acme", "Website", "--rate", "90")
    terminal.said("log", "web", "1", "--date", "2025-10-03")
    terminal.said("bill", "--month", "2025-10", "--date", "2025-11-03")
    return terminal


def url(server: Server) -> str:
    """Where the server is."""
    return f"smtp+plain://{HOST}:{server.port}"


def status(firm: Terminal) -> str:
    """That of the invoice."""
    said: str = firm.result("invoice", "show", NUMBER)["invoice"]["status"]
    return said


class TestSend:
    def test_to_contacts(self, firm: Terminal, server: Server) -> None:
        """They get the invoice in their language, from Maria, and it is due."""
        firm.said("person", "add", "Zoë", "--client", "acme", "--email", "zoe@acme.example")
        firm.said("person", "add", "Kim", "--client", "acme")
        firm.said("person", "add", "Pat", "--client", "acme", "--email", "pat@acme.example", "--project", "web")
        said = firm.said("invoice", "send", NUMBER, "--smtp", url(server))
        assert f"{NUMBER} is mailed to zoe@acme.example, pat@acme.example and due on 2025-11-17." == " ".join(
            said.split()
        )
        mail = server.read()
        assert ("Vega Studio <maria@vega.example>", "Rechnung · INV-2025-0001 · Vega Studio") == (
            mail["From"],
            mail["Subject"],
        )
        assert ["INV-2025-0001.pdf"] == [it.get_filename() for it in mail.iter_attachments()]
        assert "due" == status(firm)

    def test_settings(self, firm: Terminal, server: Server) -> None:
        """Server and sender may be said by the environment; an option goes first."""
        given = {mailing.SERVER: url(server), mailing.SENDER: "billing@vega.example"}
        assert 0 == firm.run("invoice", "send", NUMBER, "--to", "zoe@acme.example", **given).exit_code
        assert "Vega Studio <billing@vega.example>" == server.read()["From"]

    def test_again(self, firm: Terminal, server: Server) -> None:
        """What was sent is mailed once more only if that is said."""
        given = ("invoice", "send", NUMBER, "--to", "zoe@acme.example", "--smtp", url(server))
        firm.said(*given)
        assert (1, True) == (firm.refused(*given)[0], "--again mails it once more" in firm.refused(*given)[1])
        assert firm.result(*given, "--again")["is_sent"]
        assert 2 == len(server.taken)
        firm.said("invoice", "void", NUMBER, "--note", "Wrong")
        assert (1, True) == (firm.refused(*given, "--again")[0], "is void" in firm.refused(*given, "--again")[1])

    def test_by_hand(self, firm: Terminal) -> None:
        """Nothing is mailed, and it is due."""
        assert "is due" in firm.said("invoice", "send", NUMBER, "--by-hand")
        assert "due" == status(firm)

    def test_only_shown(self, firm: Terminal) -> None:
        """The whole mail stands on the terminal, and nothing changes."""
        said = firm.said("invoice", "send", NUMBER, "--to", "zoe@acme.example", "--dry-run")
        for line in ("From: Vega Studio <maria@vega.example>", "To: zoe@acme.example", "IBAN DE02", f"{NUMBER}.pdf"):
            assert line in said
        assert "generated" == status(firm)

    def test_into_a_file(self, firm: Terminal) -> None:
        """It is a whole mail that a mail program opens; the invoice stays as it is."""
        result = firm.result("invoice", "send", NUMBER, "--to", "zoe@acme.example", "--to-file", "mail.eml")
        assert (False, "mail.eml", "generated") == (result["is_sent"], result["file"], result["status"])
        mail = message_from_bytes(Path("mail.eml").read_bytes(), policy=policy.default)
        assert ("zoe@acme.example", "1") == (mail["To"], mail["X-Unsent"])
        [attached] = mail.iter_attachments()
        assert attached.get_content().startswith(b"%PDF")
        assert "generated" == status(firm)


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ((), "--to: Acme has no contact with an e-mail who may see INV-2025-0001."),
            (("--to", "zoe@acme.example"), "--smtp: say which mail server"),
            (("--to", "zoe"), "is not an e-mail address"),
            (("--to", "zoe@acme.example", "--smtp", "ftp://maria:secret@host"), "This is no mail server"),
            (("--to", "zoe@acme.example", "--smtp", "smtp+plain://maria:secret@host"), "unencrypted"),
        ],
    )
    def test_what_is_missing(self, firm: Terminal, given: tuple[str, ...], said: str) -> None:
        """It is named, no password is shown, and nothing changes."""
        code, message = firm.refused("invoice", "send", NUMBER, *given)
        assert (2, True, False) == (code, said in message, "secret" in message), message
        assert "generated" == status(firm)

    def test_no_sender(self, firm: Terminal, tmp_path: Path) -> None:
        """Who has no e-mail says where mails come from."""
        other = Terminal(tmp_path, str(tmp_path / "other.db"))
        other.said("init", *FIRM)
        other.said("client", "add", "Acme")
        number = other.result("invoice", "manual", "acme", "5", "Advice")["number"]
        assert "--from: say which address" in other.refused("invoice", "send", number, "--to", "a@b.example")[1]

    def test_by_the_server(self, firm: Terminal, server: Server) -> None:
        """Of several those whom it refuses are named; of one, that nothing was sent, and why."""
        given = ("invoice", "send", NUMBER, "--smtp", url(server), "--to", Server.refused)
        code, message = firm.refused(*given)
        assert (3, True, True) == (code, "is not sent" in message, "no such mailbox" in message), message
        assert "generated" == status(firm)
        said = firm.data(*given, "--to", "zoe@acme.example")
        assert [Server.refused] == said["result"]["not_reached"]
        assert [f"The mail server refuses {Server.refused}."] == said["remarks"]
        assert "due" == status(firm)

    def test_no_server(self, firm: Terminal) -> None:
        """Nobody listens there."""
        code, message = firm.refused("invoice", "send", NUMBER, "--to", "a@b.example", "--smtp", "smtp+plain://[::1]:9")
        assert (3, True) == (code, "The mail is not sent, and nothing was changed." in message), message


def test_interrupted(firm: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Ctrl-C while the server is waited for, the invoice stays as it is."""

    def wait(self: Smtp, mail: EmailMessage) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Smtp, "__call__", wait)
    code, said = firm.refused("invoice", "send", NUMBER, "--to", "a@b.example", "--smtp", "mail.example")
    assert (130, True) == (code, "Interrupted." in said)
    assert "generated" == status(firm)


class TestServer:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("mail.example", ("mail.example", 587, "", "starttls")),
            ("smtp://maria@vega.example@mail.example", ("mail.example", 587, "maria@vega.example", "starttls")),
            ("smtps://maria%40vega.example@mail.example/", ("mail.example", 465, "maria@vega.example", "tls")),
            ("smtp+plain://localhost:2525", ("localhost", 2525, "", "not")),
        ],
    )
    def test_url(self, given: str, expected: tuple[object, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        """It says host, port, user, and how the connection is encrypted."""
        monkeypatch.delenv(mailing.PASSWORD, raising=False)
        server = mailing.server_at(given)
        assert expected == (server.host, server.port, server.user, server.secured)

    def test_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is in the environment, or in the URL, which goes first."""
        monkeypatch.setenv(mailing.PASSWORD, "secret")
        passwords = [mailing.server_at(f"smtp://{user}@host").password for user in ("maria", "maria:p%40ss")]
        assert ["secret", "p@ss"] == passwords

    def test_asked(self, firm: Terminal, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who sits at the terminal types it, and it is not shown."""
        monkeypatch.setattr(mailing, "is_asked", lambda: True)
        monkeypatch.setattr(click, "prompt", lambda text, **how: f"typed for {text}" if how["hide_input"] else "")
        used: list[Smtp] = []

        def take(self: Smtp, mail: EmailMessage) -> dict[str, object]:
            used.append(self)
            return {}

        monkeypatch.setattr(Smtp, "__call__", take)
        firm.said("invoice", "send", NUMBER, "--to", "a@b.example", "--smtp", "smtp://maria@mail.example")
        assert ["typed for Password of maria at mail.example"] == [it.password for it in used]


class TestRemind:
    def test_mailed(self, firm: Terminal, server: Server) -> None:
        """It says how late the invoice is, which is overdue from then on."""
        given = ("--to", "zoe@acme.example", "--smtp", url(server))
        said = firm.result("remind", NUMBER, "--date", "2025-12-01", *given)
        assert ("overdue", True) == (said["status"], said["is_sent"])
        assert "vor 14 Tagen" in said["text"]
        assert "Zahlungserinnerung" in server.read()["Subject"]

    def test_not_late(self, firm: Terminal, server: Server) -> None:
        """There is none, and nothing is sent."""
        given = ("--to", "zoe@acme.example", "--smtp", url(server))
        assert 1 == firm.refused("remind", NUMBER, "--date", "2025-11-10", *given)[0]
        assert [] == server.taken
