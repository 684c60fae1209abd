import io
import re
from datetime import date, timedelta
from pathlib import Path
from random import Random
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicecore import Deposit, Desk, Money, OnVoid, Overpayment, exporter, utc
from invoicecore.errors import InvalidInput, NotFound, NotPermitted
from invoicecore.exporter import AssertionSchedule, Dialect
from invoicecore.exporter.journal.hledger import escaped
from invoicecore.exporter.journal.names import UniqueNames, part
from invoicecore.exporter.journal.text_by_day import TextByDay
from invoicecore.values import inputs
from tests.exporter.programs import balances, beancount, hledger, ledger, printed
from tests.world import UNLIMITED, World, hourly, new_world, usd

_FACTS = re.compile(r"^ +(; )?[a-z-]+: .*\n", re.MULTILINE)


@pytest.fixture
def firm() -> World:
    """The firm with an Acme whose work never stops and asks for nothing."""
    return new_world(UNLIMITED)


def journal(desk: Desk, dialect: Dialect = Dialect.HLEDGER, **chosen: object) -> str:
    """A journal as text."""
    stream = io.StringIO()
    exporter.write_journal(desk, stream, dialect=dialect, **chosen)  # type: ignore[arg-type]
    return stream.getvalue()


def transactions(text: str) -> str:
    """The transactions of a journal alone, without the facts that are told about them."""
    return _FACTS.sub("", text[text.index("\n\n") + 1 :])


def told(firm: World) -> None:
    """Eight hours on Monday, $1,000 by wire on Tuesday, $200 in cash for a setup, and a fee of $20 in April."""
    firm.log(8)
    firm.clock.advance(timedelta(days=1))
    prepaid = firm.maria.invoices.manual(firm.acme.id, usd(1000), deposit=Deposit.TO_BALANCE)
    firm.maria.payments.record(prepaid.id, method="wire", reference="TX-1")
    setup = firm.maria.invoices.manual(firm.acme.id, usd(200), deposit=Deposit.NOT_DEPOSITED)
    firm.maria.payments.record(setup.id, method="Cash", received_on=date(2026, 3, 4))
    firm.clock.set(utc(2026, 4, 2, 15))
    firm.maria.accounts.adjust(firm.acme.id, usd(-20), reason="A fee; late")


class TestStory:
    def test_hledger(self, firm: World) -> None:
        """Each movement is a transaction; payments and the ends of periods assert the balance, with the other sign."""
        told(firm)
        assert """
2026-03-02 * (1) Acme | Work: Website
    Income:Work:Acme:Website  -400.00 USD
    Liabilities:Clients:Acme  400.00 USD

2026-03-03 * (2) Acme | Payment
    Assets:Received:Wire  1000.00 USD
    Liabilities:Clients:Acme  -1000.00 USD = -600.00 USD

2026-03-03=2026-03-04 * (-) Acme | Payment beside the balance
    Assets:Received:Cash  200.00 USD
    Income:Invoices:Acme  -200.00 USD

2026-03-31 * (=) Acme | Balance
    Liabilities:Clients:Acme  0.00 USD = -600.00 USD

2026-04-02 * (3) Acme | Adjustment
    Equity:Adjustments:Acme  -20.00 USD
    Liabilities:Clients:Acme  20.00 USD

2026-04-02 * (=) Acme | Balance
    Liabilities:Clients:Acme  0.00 USD = -580.00 USD
""" == transactions(journal(firm.maria))

    def test_beancount(self, firm: World) -> None:
        """Beancount looks at balances in the morning, so they are asserted on the day after, and to the minor unit."""
        told(firm)
        assert """
2026-03-02 * "Acme" "Work: Website"
  Income:Work:Acme:Website  -400.00 USD
  Liabilities:Clients:Acme  400.00 USD

2026-03-03 * "Acme" "Payment"
  Assets:Received:Wire  1000.00 USD
  Liabilities:Clients:Acme  -1000.00 USD

2026-03-04 balance Liabilities:Clients:Acme -600.00 ~ 0 USD

2026-03-03 * "Acme" "Payment beside the balance"
  Assets:Received:Cash  200.00 USD
  Income:Invoices:Acme  -200.00 USD

2026-04-01 balance Liabilities:Clients:Acme -600.00 ~ 0 USD

2026-04-02 * "Acme" "Adjustment"
  Equity:Adjustments:Acme  -20.00 USD
  Liabilities:Clients:Acme  20.00 USD

2026-04-03 balance Liabilities:Clients:Acme -580.00 ~ 0 USD
""" == transactions(journal(firm.maria, Dialect.BEANCOUNT))

    def test_what_is_declared(self, firm: World) -> None:
        """Currencies with their minor units, payees and accounts stand before they are used."""
        firm.log(1)
        yen = firm.maria.clients.add(name="Yen", terms=UNLIMITED, currency="JPY")
        firm.maria.accounts.adjust(yen.id, Money.of(7, "JPY"), reason="A gift")
        text = journal(firm.maria)
        assert "commodity JPY\ncommodity 1000. JPY\ncommodity USD\ncommodity 1000.00 USD\n" in text
        assert "payee Acme\npayee Yen\n" in text
        assert re.findall(r"^account (.+)$", text, re.MULTILINE) == [
            "Equity:Adjustments:Yen",
            "Income:Work:Acme:Website",
            "Liabilities:Clients:Acme",
            "Liabilities:Clients:Yen",
        ]
        opened = re.findall(r"^(.+ open .+)$", journal(firm.maria, Dialect.BEANCOUNT), re.MULTILINE)
        assert opened[0] == "2026-03-02 open Equity:Adjustments:Yen JPY"

    def test_what_is_told(self, firm: World, tmp_path: Path) -> None:
        """A transaction carries its booking, day of work, cause, method, reference and invoice."""
        prepaid = firm.maria.invoices.manual(firm.acme.id, usd(1000), deposit=Deposit.TO_BALANCE)
        paid = firm.maria.payments.record(prepaid.id, method="wire", reference="TX, 1", received_on=date(2026, 2, 27))
        path = tmp_path / "books.journal"
        exporter.write_journal(firm.maria, path)
        [payment, _] = printed(path)
        assert dict(payment["ttags"]) == {
            "kind": "payment",
            "booked-at": "2026-03-02T12:00:00Z",
            "booked-by": "Maria",
            "work-day": "2026-02-27",
            "cause": paid.payment.id,
            "invoice": prepaid.number,
            "method": "wire",
            "reference": "TX%2C 1",
        }

    def test_days_do_not_step_back(self, firm: World, tmp_path: Path) -> None:
        """Where a clock is set back over midnight, an entry stands on the day of the one before it."""
        firm.clock.set(utc(2010, 11, 7, 2, 30))
        firm.maria.firm.change(timezone="America/St_Johns")
        firm.clock.set(utc(2010, 11, 7, 2, 30, 30))  # half a minute into Sunday, the clock goes back by an hour
        for _ in range(2):
            firm.maria.accounts.adjust(firm.acme.id, usd(5), reason="A gift")
            firm.clock.advance(timedelta(minutes=5))
        path = tmp_path / "books.journal"
        exporter.write_journal(firm.maria, path, assertions=AssertionSchedule.WEEK)
        assert ["2010-11-07"] * 3 == [it["tdate"] for it in printed(path)]
        assert "" == hledger(path)


class TestMoney:
    def other_side(self, firm: World) -> list[tuple[str, str]]:
        """Where the money of each transaction came from or went to."""
        lines = transactions(journal(firm.maria)).splitlines()
        found = [tuple(line.split("  ")[-2:]) for line in lines if line.startswith("  ") and "Clients" not in line]
        return [(account.strip(), amount) for account, amount in found]

    def test_work_taken_back(self, firm: World) -> None:
        """Work that is edited or deleted comes out of the income of its project."""
        session = firm.log(2)
        firm.maria.work.edit(session, hours=3)
        firm.maria.work.delete(session)
        assert ["-100.00 USD", "100.00 USD", "-150.00 USD", "150.00 USD"] == [
            amount for account, amount in self.other_side(firm) if account == "Income:Work:Acme:Website"
        ]

    def test_a_payment_taken_back(self, firm: World) -> None:
        """A deposited payment that is taken back leaves where it had come in."""
        ask = firm.maria.invoices.manual(firm.acme.id, usd(10), deposit=Deposit.TO_BALANCE)
        paid = firm.maria.payments.record(ask.id, usd(4), method="wire").payment
        firm.maria.payments.reverse(paid.id, note="Mistyped")
        assert [("Assets:Received:Wire", "4.00 USD"), ("Assets:Received:Wire", "-4.00 USD")] == self.other_side(firm)

    def test_credit_pays_beside_the_balance(self, firm: World) -> None:
        """Credit that pays an invoice which does not deposit becomes income, and is none when it is released."""
        ask = firm.maria.invoices.manual(firm.acme.id, usd(10), deposit=Deposit.TO_BALANCE)
        firm.maria.payments.record(ask.id, usd(30), overpayment=Overpayment.TO_CREDIT)
        setup = firm.maria.invoices.manual(firm.acme.id, usd(15), deposit=Deposit.NOT_DEPOSITED)
        firm.maria.payments.apply_credit(setup.id)
        firm.maria.invoices.void(setup.id, note="Not wanted")
        assert [
            ("Assets:Received", "30.00 USD"),
            ("Income:Invoices:Acme", "-15.00 USD"),
            ("Income:Invoices:Acme", "15.00 USD"),
        ] == self.other_side(firm)

    def test_an_excess_is_deposited(self, firm: World) -> None:
        """Of a payment beside the balance with an excess, the excess alone goes to the client."""
        setup = firm.maria.invoices.manual(firm.acme.id, usd(15), deposit=Deposit.NOT_DEPOSITED)
        firm.maria.payments.record(setup.id, usd(20), overpayment=Overpayment.TO_CREDIT)
        assert [
            ("Assets:Received", "5.00 USD"),
            ("Assets:Received", "15.00 USD"),
            ("Income:Invoices:Acme", "-15.00 USD"),
        ] == self.other_side(firm)

    def test_money_that_went_back_beside_the_balance(self, firm: World, tmp_path: Path) -> None:
        """What came in and went back beside the balance is told, though no entry of the ledger does."""
        setup = firm.maria.invoices.manual(firm.acme.id, usd(15), deposit=Deposit.NOT_DEPOSITED)
        firm.maria.payments.record(setup.id, method="wire")
        firm.maria.invoices.void(setup.id, note="Not wanted", payments=OnVoid.REVERSE)
        path = tmp_path / "books.journal"
        exporter.write_journal(firm.maria, path)
        assert [
            ("Assets:Received:Wire", "15.00 USD"),
            ("Income:Invoices:Acme", "-15.00 USD"),
            ("Assets:Received:Wire", "-15.00 USD"),
            ("Income:Invoices:Acme", "15.00 USD"),
        ] == self.other_side(firm)
        assert {} == balances(path, "Assets")

    def test_the_day_of_what_went_back(self, firm: World) -> None:
        """What went back of applied credit stands on the day on which it went."""
        ask = firm.maria.invoices.manual(firm.acme.id, usd(10), deposit=Deposit.TO_BALANCE)
        firm.maria.payments.record(ask.id, usd(30), overpayment=Overpayment.TO_CREDIT)
        firm.clock.advance(timedelta(days=9))
        setup = firm.maria.invoices.manual(firm.acme.id, usd(20), deposit=Deposit.NOT_DEPOSITED)
        firm.maria.payments.apply_credit(setup.id)
        firm.clock.advance(timedelta(days=9))
        firm.maria.invoices.void(setup.id, note="Not wanted", payments=OnVoid.REVERSE)
        assert "2026-03-20 * (-) Acme | Payment beside the balance taken back" in journal(firm.maria)


class TestClosing:
    @pytest.mark.parametrize(
        ("assertions", "end"),
        [
            (AssertionSchedule.WEEK, date(2027, 1, 3)),
            (AssertionSchedule.MONTH, date(2026, 12, 31)),
            (AssertionSchedule.QUARTER, date(2026, 12, 31)),
            (AssertionSchedule.YEAR, date(2026, 12, 31)),
        ],
    )
    def test_ends(self, assertions: AssertionSchedule, end: date) -> None:
        """Each period ends with its last day; weeks are ISO weeks."""
        assert (end, end) == (assertions.end(date(2026, 12, 29)), assertions.end(end))

    def test_quarters(self) -> None:
        """Quarters end with March, June, September and December."""
        ends = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]
        assert [end for end in ends for _ in range(3)] == [
            AssertionSchedule.QUARTER.end(date(2026, month, 1)) for month in range(1, 13)
        ]

    def test_the_last_day(self, firm: World) -> None:
        """What moves on the last day of a period is asserted with it."""
        for day in (30, 31):
            firm.clock.set(utc(2026, 3, day, 18))
            firm.maria.accounts.adjust(firm.acme.id, usd(1), reason="A gift")
        asserted = re.findall(r"^(.{10}) balance .* (\S+) ~", journal(firm.maria, Dialect.BEANCOUNT), re.MULTILINE)
        assert [("2026-04-01", "-2.00")] == asserted

    @pytest.mark.parametrize(
        ("assertions", "count"),
        [(AssertionSchedule.WEEK, 4), (AssertionSchedule.MONTH, 3), (AssertionSchedule.YEAR, 1)],
    )
    def test_how_often(self, firm: World, assertions: AssertionSchedule, count: int) -> None:
        """A period in which nothing moved asserts nothing; the last one does at the last entry."""
        for day in (date(2026, 3, 2), date(2026, 3, 9), date(2026, 4, 1), date(2026, 6, 1)):
            firm.clock.set(utc(day.year, day.month, day.day, 18))
            firm.maria.accounts.adjust(firm.acme.id, usd(1), reason="A gift")
        assert count == journal(firm.maria, assertions=assertions).count("(=)")


class TestNames:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Acme", "Acme"),
            ("acme", "Acme"),
            ("3M", "3M"),
            ("A:B", "A-B"),
            ("Acme  (old)", "Acme-old"),
            ("[x]", "X"),
            ("Łódź – Ü", "Łódź-Ü"),
            ("日本", "Client-日本"),
            ("ßeta", "Client-ßeta"),
            ("ὐ", "Client-ὐ"),
            ("...", "Client"),
            ("-", "Client"),
            ("🙂", "Client"),
            ("שלום", "Client-שלום"),
            ("a" * 200, "A" + "a" * 59),
        ],
    )
    def test_parts(self, text: str, expected: str) -> None:
        """A part begins with a capital or a digit and holds letters, digits and dashes."""
        assert expected == part(text, "Client")

    @given(st.text())
    def test_every_part_is_one_for_beancount(self, text: str) -> None:
        """Whatever the text, beancount takes its part in an account."""
        from beancount.core import account

        assert account.is_valid(f"Assets:{part(text, 'Client')}")

    @given(
        st.lists(st.sampled_from(["Acme", "acme", "ACME!", "Acme-2", "Acme 2", "acme-2-2", "…", "Client"]) | st.text())
    )
    def test_no_two_share_one(self, texts: list[str]) -> None:
        """However things are called, no two have the same name, whether capitals count or not."""
        names = UniqueNames("Client")
        given = [names.of(str(place), text) for place, text in enumerate(texts)]
        assert len(texts) == len({name.casefold() for name in given})
        assert given == [names.of(str(place), text) for place, text in enumerate(texts)]

    def test_clients_of_one_name(self, firm: World, tmp_path: Path) -> None:
        """Each client has an account of their own, called alike in their own journal and in that of the firm."""
        twins = [firm.maria.clients.add(name=name, terms=UNLIMITED).id for name in ("Twin", "twin", "Twin 2", "Twin")]
        for amount, twin in enumerate(twins, start=1):
            firm.maria.accounts.adjust(twin, usd(amount), reason="A gift")
        accounts = [f"Liabilities:Clients:{name}" for name in ("Twin", "Twin-2", "Twin-2-2", "Twin-3")]
        whole = tmp_path / "firm.journal"
        exporter.write_journal(firm.maria, whole)
        assert dict(zip(accounts, ("-1.00 USD", "-2.00 USD", "-3.00 USD", "-4.00 USD"), strict=True)) == balances(
            whole, "Liabilities"
        )
        alone = tmp_path / "twin.journal"
        assert 1 == exporter.write_journal(firm.maria, alone, client_id=twins[3])
        assert {"Liabilities:Clients:Twin-3": "-4.00 USD"} == balances(alone, "Liabilities")


class TestWhoMayWrite:
    def test_a_contact_has_their_own(self, firm: World) -> None:
        """A contact writes the journal of their client, and sees nobody else's."""
        other = firm.client()
        firm.log(1)
        firm.log(1, firm.project(other))
        assert "Other" not in journal(firm.cleo)
        assert journal(firm.maria, client_id=firm.acme.id) == journal(firm.cleo)
        with pytest.raises(NotFound):
            journal(firm.cleo, client_id=other.id)

    def test_who_sees_no_money(self, firm: World, tmp_path: Path) -> None:
        """Who sees no accounts is refused, and no file comes into being."""
        path = tmp_path / "books.journal"
        for desk in (firm.sam, firm.lee):
            with pytest.raises(NotPermitted):
                exporter.write_journal(desk, path)
        firm.maria.people.restrict_to_projects(firm.cleo.person_id, [firm.site.id])
        with pytest.raises(NotFound):
            exporter.write_journal(firm.cleo, path)
        assert [] == list(tmp_path.iterdir())

    def test_malformed(self, firm: World) -> None:
        """What is no dialect, no schedule and no client is refused."""
        for chosen in ({"dialect": "hledger"}, {"assertions": "month"}):
            with pytest.raises(InvalidInput):
                exporter.write_journal(firm.maria, io.StringIO(), **chosen)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            exporter.write_journal(firm.maria, io.StringIO(), client_id="nobody")


class TestHostileText:
    @pytest.mark.parametrize(
        ("text", "spelled"),
        [
            ("Fix: login (soon)  日本", "Fix: login (soon)  日本"),
            ("a, [2026-01-01]; b|c 100%", "a%2C %5B2026-01-01%5D%3B b%7Cc 100%25"),
            ("a\nb\u202e\xa0", "a%0Ab%E2%80%AE%C2%A0"),
        ],
    )
    def test_as_in_a_web_address(self, text: str, spelled: str) -> None:
        """What could mean something to hledger or ledger, or cannot be printed, is spelled by its bytes."""
        assert (spelled, text) == (escaped(text), unquote(spelled))

    PIECES = (
        *" ;:,|[](){}<>=*!@#%^&~`\"'\\/?+-_.\n\r\t",
        *"\x01\x7f\x85\u2028\u200f\u202e\ufeff\xa0\u3000é\u0301日\U000e0041\uffff\u0378",
        *(
            "🙂",
            "👨‍👩‍👧",
            "שלום",
            "  ",
            "%2C",
            "date:2020-01-01",
            "[2020-01-01]",
            "[=2020/01/01]",
            ":tag:",
            "key:: 1+1",
        ),
        *("\n    Liabilities:Clients:Acme  1 USD", "\n2026-01-01 * x\n", "\ninclude /etc/passwd\n", "\ncomment\n"),
        *("; note: x", "(12)", "type:A", "= expr", "~ monthly", "$1", "\\n", "{{", "#tag", "^link", "Aa", "0"),
    )

    def test_it_stays_text(self, firm: World, tmp_path: Path) -> None:
        """Whatever is written into a field, hledger, ledger and beancount read it as that text, and nothing else."""
        notes = self.written(firm)
        path = tmp_path / "books.journal"
        exporter.write_journal(firm.maria, path)
        assert ("", "") == (hledger(path), hledger(path, "check", "ordereddates", "payees"))
        assert "" == ledger(path)
        read = {
            tags.get("cause"): unquote(tags.get("note", "")) for tags in (dict(it["ttags"]) for it in printed(path))
        }
        assert notes == {cause: read[cause] for cause in notes}
        keys = {key for it in printed(path) for key, _ in it["ttags"]}
        assert {"kind", "booked-at", "booked-by", "work-day", "cause", "person", "invoice", "method", "reference"} == (
            keys - {"note"}
        )
        entries, wrong = beancount(journal(firm.maria, Dialect.BEANCOUNT))
        assert [] == wrong
        notes_read = {it.meta["cause"]: it.meta.get("note", "") for it in entries if "cause" in it.meta}
        assert notes == {cause: notes_read[cause] for cause in notes}
        assert 31 == len(balances(path, "Liabilities:Clients"))

    def written(self, firm: World) -> dict[str, str]:
        """Thirty clients with everything that can be written; the notes of their sessions."""
        notes: dict[str, str] = {}
        for place in range(30):
            client = firm.maria.clients.add(name=self.name(place), terms=UNLIMITED).id
            project = firm.maria.projects.add(client_id=client, name=self.name(place + 30), rate=hourly(10)).id
            session = firm.maria.work.log(project, start=firm.clock.now(), hours=1, note=self.text(place))
            notes[session.id] = session.note
            firm.maria.accounts.adjust(client, usd(5), reason=f"x{self.text(place + 60)}")
            for deposit in Deposit:
                ask = firm.maria.invoices.manual(client, usd(10), deposit=deposit)
                method, reference = self.text(place + 7), self.text(place + 8)
                firm.maria.payments.record(ask.id, method=method, reference=reference, duplicate=True)
        firm.log(1)
        return notes

    def text(self, seed: int) -> str:
        """Some pieces, one after another."""
        hand = Random(seed)
        return "".join(hand.choices(self.PIECES, k=hand.randint(1, 9)))

    def name(self, seed: int) -> str:
        """The same as far as a name may be so."""
        hand = Random(seed)
        while True:
            try:
                return inputs.name("A name", "".join(hand.choices(self.PIECES, k=hand.randint(1, 9))))
            except InvalidInput:
                continue


class TestByDay:
    def test_order(self) -> None:
        """Text comes back in the order of days; that of one day as it was put."""
        with TextByDay() as days:
            for day, text in ((2, "a"), (2, "b"), (1, "ü"), (3, "d"), (1, "e"), (2, "f")):
                days.add(date(2026, 3, day), text)
            assert ["ü", "e", "ab", "f", "d"] == list(days.texts())

    def test_a_long_day_comes_in_pieces(self) -> None:
        """However much there is of one day, no more than some 64 KiB of it are read at once."""
        texts = [f"{place:1000}" for place in range(300)]
        with TextByDay() as days:
            for text in texts:
                days.add(date(2026, 3, 2), text)
            pieces = list(days.texts())
        assert "".join(texts) == "".join(pieces)
        assert max(map(len, pieces)) < 67_000
