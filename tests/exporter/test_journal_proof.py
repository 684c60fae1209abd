"""Accounting programs agree with the library's balances, and notice when one minor unit is wrong."""

import io
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from invoicecore import Deposit, Desk, Money, exporter
from invoicecore.exporter import AssertionSchedule, Dialect
from tests.exporter.programs import balances, bean_check, beancount, hledger, ledger, tampered
from tests.proof.walk import WORLD, Walk
from tests.world import UNLIMITED, new_world, usd

HISTORIES = int(os.environ.get("INVOICECORE_HISTORIES", "8"))
"""How many histories at random are written; each is a walk through a small firm of three currencies."""


def history(seed: int) -> Desk:
    """A firm at the end of a walk, at the desk of its Manager."""
    walk = Walk(seed)
    assert walk.go(WORLD - 1)
    return walk.stage.desk("manager")


def journal(desk: Desk, dialect: Dialect, assertions: AssertionSchedule = AssertionSchedule.MONTH) -> str:
    """A journal as text."""
    stream = io.StringIO()
    exporter.write_journal(desk, stream, dialect=dialect, assertions=assertions)
    return stream.getvalue()


def standings(desk: Desk) -> Iterator[Money]:
    """The balances of clients who have one, as the library stored them."""
    for client in desk.clients.all():
        balance = desk.accounts.standing(client.id).balance
        if balance.minor:
            yield balance


@pytest.fixture(scope="module", params=range(HISTORIES))
def desk(request: pytest.FixtureRequest) -> Desk:
    """Each of the histories in turn."""
    return history(request.param)


class TestAccepted:
    def test_hledger_and_ledger(self, desk: Desk, tmp_path: Path) -> None:
        """Both are silent at their strictest, and print the balances that the library stored, with the other sign."""
        path = tmp_path / "books.journal"
        count = exporter.write_journal(desk, path, assertions=AssertionSchedule.WEEK)
        assert sum(len(desk.accounts.entries(client.id)) for client in desk.clients.all()) == count
        assert ("", "") == (hledger(path), hledger(path, "check", "ordereddates", "payees"))
        assert "" == ledger(path)
        assert sorted(str(-balance) for balance in standings(desk)) == sorted(
            balances(path, "Liabilities:Clients").values()
        )

    def test_beancount(self, desk: Desk) -> None:
        """Beancount finds no fault, whichever period is closed."""
        for assertions in AssertionSchedule:
            entries, wrong = beancount(journal(desk, Dialect.BEANCOUNT, assertions))
            assert ([], True) == (wrong, bool(entries))

    def test_all_cash_is_told(self, desk: Desk) -> None:
        """What was received in the journal is all that came in of every payment, less what went back."""
        came: dict[str, int] = defaultdict(int)
        for client in desk.clients.all():
            for payment in desk.payments.of(client.id):
                came[payment.currency] += payment.minor - payment.reversed_minor
        told: dict[str, int] = defaultdict(int)
        for entry in beancount(journal(desk, Dialect.BEANCOUNT))[0]:
            for posting in getattr(entry, "postings", ()):
                if posting.account.startswith("Assets:Received"):
                    told[posting.units.currency] += Money.of(posting.units.number, posting.units.currency).minor
        assert {code: minor for code, minor in came.items() if minor} == {it: told[it] for it in told if told[it]}

    def test_the_command_of_beancount(self, tmp_path: Path) -> None:
        """`bean-check` is silent."""
        path = tmp_path / "books.beancount"
        exporter.write_journal(history(1), path, dialect=Dialect.BEANCOUNT)
        assert "" == bean_check(path)


class TestRefused:
    def test_by_beancount(self, desk: Desk) -> None:
        """With any one amount changed by a minor unit, beancount refuses the file."""
        text = journal(desk, Dialect.BEANCOUNT)
        changed = list(tampered(text))
        missed = [other for other in _some(changed, 25) if not beancount(other)[1]]
        assert [] == missed

    def test_by_hledger(self, desk: Desk, tmp_path: Path) -> None:
        """And so does hledger, and ledger as well."""
        path = tmp_path / "books.journal"
        for place, changed in enumerate(_some(list(tampered(journal(desk, Dialect.HLEDGER))), 4)):
            path.write_text(changed, encoding="utf-8")
            assert "" != (ledger(path) if place % 4 == 0 else hledger(path))

    def test_each_amount_of_a_small_journal(self, tmp_path: Path) -> None:
        """Each posting and each assertion is held: changed by a minor unit, whichever of the three refuses it."""
        path = tmp_path / "books.journal"
        files = list(tampered(journal(small(), Dialect.HLEDGER)))
        assert 5 * 2 + 1 + 3 * 2 == len(files)  # five transactions, one of which asserts, and three assertions
        for changed in files:
            path.write_text(changed, encoding="utf-8")
            assert "" not in {hledger(path, "check"), ledger(path)}
        beans = list(tampered(journal(small(), Dialect.BEANCOUNT)))
        assert [] == [changed for changed in beans if not beancount(changed)[1]]


def small() -> Desk:
    """A firm whose clients have dollars, yen and dinars, with a movement of each kind of money that comes in."""
    world = new_world(UNLIMITED)
    world.log(8)
    for deposit in Deposit:
        ask = world.maria.invoices.manual(world.acme.id, usd(100), deposit=deposit)
        world.maria.payments.record(ask.id, method="wire")
    for currency in ("JPY", "KWD"):
        client = world.maria.clients.add(name=currency, terms=UNLIMITED, currency=currency)
        world.maria.accounts.adjust(client.id, Money.of(-7, currency), reason="A fee")
    return world.maria


def _some(texts: list[str], most: int) -> list[str]:
    return texts if len(texts) <= most else Random(len(texts)).sample(texts, most)
