"""A command whose clock is ahead of the database's is refused, so that one wrong clock does not spoil the books."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from invoicecore import Billing, Firm, SettableClock, Terms, utc
from invoicecore.archive import restore, write_archive
from invoicecore.errors import WrongClock
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.sql import SqlStorage
from invoicecore.testing import QuickPasswords

FIRM = Firm(name="Northwind", currency="USD", timezone="UTC")


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


class TestAhead:
    def test_a_command_in_another_year(self, postgres_url: str) -> None:
        """It is told what to do, and leaves nothing; the next one with a right clock is taken."""
        clock = SettableClock(now())
        with Billing.create(postgres_url, FIRM, clock=clock, passwords=QuickPasswords()) as billing:
            maria = billing.as_owner()
            client = maria.clients.add(name="Acme", terms=Terms.unlimited()).id
            before = maria.firm.audit()
            for ahead in (timedelta(days=3653), timedelta(minutes=6)):
                clock.set(now() + ahead)
                with pytest.raises(WrongClock, match="Set the clock of this machine"):
                    maria.clients.change(client, name="Globex")
                with pytest.raises(WrongClock):
                    Billing.create(billing.storage, FIRM, clock=clock, passwords=QuickPasswords())
            assert (before, "Acme") == (maria.firm.audit(), maria.clients.get(client).name)
            clock.set(now() + timedelta(minutes=4))
            assert "Globex" == maria.clients.change(client, name="Globex").name
            assert 1 == len(billing.storage.firms())

    def test_a_past_clock_is_the_hosts(self, postgres_url: str) -> None:
        """As history is brought in, or shown."""
        clock = SettableClock(utc(2020, 3, 2))
        with Billing.create(postgres_url, FIRM, clock=clock, passwords=QuickPasswords()) as billing:
            assert utc(2020, 3, 2) == billing.as_owner().firm.audit()[0].at

    def test_books_that_were_spoilt_can_move(self, postgres_url: str, tmp_path: Path) -> None:
        """Where there is no other clock, nobody can tell; an archive of that is restored as it is."""
        clock = SettableClock(now() + timedelta(days=3653))
        spoilt = Billing.create(MemoryStorage(), FIRM, clock=clock, passwords=QuickPasswords())
        write_archive(spoilt, tmp_path / "spoilt.jsonl")
        restore(tmp_path / "spoilt.jsonl", postgres_url)
        with closing(SqlStorage.at(postgres_url)) as storage:
            assert (spoilt.firm_id,) == storage.firms()
