"""E-mail addresses are those that the header of a mail can hold."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from invoicecore import Billing, Firm, Person, Role
from invoicecore.errors import InvalidInput
from invoicecore.values.emails import header_address, known_email, mail_address, one_line
from tests.world import World

GOOD = (
    "lee@firm.example",
    "lee.o'brien+tag%x@sub.firm-one.example",
    "a@b",
    "a_b@x_y.example",
    "a@[192.0.2.1]",
    "x@xn--bcher-kva.example",
    "x@bücher.example",
    "x@日本語.example",
    "x@भारत.example",
    "a" * 64 + "@x.example",
)
BAD = (
    "a..b@x.example",
    ".a@x.example",
    "a.@x.example",
    "zoë@acme.example",
    "a,b@x.example",
    "a;b@x.example",
    "a:b@x.example",
    "a(b)@x.example",
    "a<b>@x.example",
    "<a@x.example>",
    '"a"@x.example',
    "a\\b@x.example",
    "a[b@x.example",
    "a@x..example",
    "a@.example",
    "a@example.",
    "a@x(y)",
    "a@x>",
    "a@[x",
    "a@=?utf-8?q?a?=",
    "a\x01b@x.example",
    "a\x7fb@x.example",
    "a@x\x7f.example",
    *(
        f"a{sign}b@x.example"
        for sign in "\u200b\u00ad\u2060\ufeff\u202e\u2066\u3164\u2800\u115f\ufe0f\U000e0100\U0001d159"
    ),
    *(
        f"a@x{sign}y.example"
        for sign in "\u200b\u00ad\u2060\ufeff\u202e\u2066\u3164\u2800\u115f\ufe0f\u034f\u061c\U000e0100\U0001d159"
    ),
    "a@" + "x" * 64 + ".example",
    "a" * 65 + "@x.example",
)
NAMES = (
    "Zoë",
    "O'Brien & Söhne",
    "a\nb",
    "a\r\nBcc: x@y.example",
    "a\u2028b",
    "a\x0bb",
    "a\x85b",
    "\0",
    "\ud800",
    "",
    "a<b>,",
)


class TestAddresses:
    @pytest.mark.parametrize("email", GOOD)
    def test_a_mail_can_be_sent_to_it(self, email: str) -> None:
        """The header has one address, in ASCII."""
        assert email == mail_address(email)
        mail = EmailMessage()
        mail["To"] = [header_address("Lee", email)]
        read = message_from_bytes(mail.as_bytes(), policy=policy.default)
        [address] = read["To"].addresses
        assert ("Lee", email.partition("@")[0]) == (address.display_name, address.username)
        assert mail.as_bytes().isascii()

    @pytest.mark.parametrize("email", BAD)
    def test_no_mail_can_hold_it(self, email: str) -> None:
        """It is refused wherever it comes in."""
        with pytest.raises(InvalidInput, match="is not an e-mail address"):
            mail_address(email)

    @pytest.mark.parametrize("email", ["a..b@x.example", "zoë@acme.example", "a@x\u200b.example"])
    def test_every_door(self, world: World, email: str) -> None:
        """A new person, a changed one, and the first of a firm."""
        with pytest.raises(InvalidInput, match="is not an e-mail address"):
            world.maria.people.add(name="Kim", role=Role.WORKER, email=email)
        with pytest.raises(InvalidInput, match="is not an e-mail address"):
            world.maria.people.change(world.lee.person_id, email=email)
        firm = Firm(name="Northwind", currency="USD", timezone="UTC")
        with pytest.raises(InvalidInput, match="is not an e-mail address"):
            Billing.in_memory(firm, Person(name="Maria", role=Role.MANAGER, email=email))

    def test_what_is_kept_is_read(self) -> None:
        """A stored address is not looked at so closely."""
        assert (
            "a..b@x.example"
            == known_email("A..b@x.example")
            == Person(name="Kim", role=Role.WORKER, email="a..b@x.example").email
        )


class TestNames:
    @pytest.mark.parametrize("name", NAMES)
    def test_any_name_fits_a_header(self, name: str) -> None:
        """On one line, and with nothing after it."""
        mail = EmailMessage()
        mail["To"] = [header_address(name, "lee@firm.example")]
        mail["Subject"] = one_line(name)
        read = message_from_bytes(mail.as_bytes(), policy=policy.default)
        assert ["lee@firm.example"] == [it.addr_spec for it in read["To"].addresses]
        assert {"To", "Subject"} == {*read.keys()}
