"""Who loses a client's account to others again and again waits for their turn, and then has it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event
from typing import Any

import pytest

from invoicecore import Billing, Desk, Firm, utc
from invoicecore.desk import executor
from invoicecore.errors import ConcurrencyConflict
from invoicecore.settlement.account import Account
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.turns import FEW, Loss, Turns
from invoicecore.values.ids import ClientId, FirmId
from tests.databases import NewUrl
from tests.world import hourly

_FIRM = FirmId("firm")
START = utc(2026, 3, 2, 15)


@pytest.fixture
def storage(postgres_url: str) -> Iterator[SqlStorage]:
    with closing(SqlStorage.at(postgres_url)) as made:
        made.upgrade()
        yield made


@pytest.fixture
def desk(storage: SqlStorage) -> Desk:
    return Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC")).as_owner()


@pytest.fixture
def client_id(desk: Desk) -> ClientId:
    return desk.clients.add(name="Acme").id


@pytest.fixture
def project_id(desk: Desk, client_id: ClientId) -> str:
    return desk.projects.add(client_id=client_id, name="Website", rate=hourly(50)).id


def lose(storage: SqlStorage, desk: Desk, client_id: str) -> None:
    """This thread has lost the client's account a few times just now."""
    for times in range(FEW):
        storage._source.turns.lost(desk.firm.settings().id, Loss(times), [client_id])


def waiting(storage: SqlStorage) -> int:
    """How many wait for a turn, or have it."""
    with storage.engine.connect() as connection:
        [(many,)] = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    return int(many)


class TestTurns:
    def test_a_loss_is_told_once(self) -> None:
        """So a unit of work inside another one does not wait for it."""
        turns = Turns()
        turns.lost(_FIRM, Loss(), ["acme"])
        assert turns.taken(_FIRM).times == 1
        assert turns.taken(_FIRM) == Loss()

    def test_it_is_the_thread_s_own_and_the_firm_s(self) -> None:
        turns = Turns()
        turns.lost(_FIRM, Loss(), ["acme"])
        with ThreadPoolExecutor() as pool:
            assert pool.submit(turns.taken, _FIRM).result() == Loss()
        assert turns.taken(FirmId("other")) == Loss()

    def test_it_is_forgotten_soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        turns = Turns()
        turns.lost(_FIRM, Loss(), ["acme"])
        monkeypatch.setattr("invoicecore.storage.sql.turns._FORGOTTEN_AFTER", 0)
        assert turns.taken(_FIRM) == Loss()


class TestWaiting:
    def test_whoever_waits_sees_what_was_written_meanwhile(
        self, storage: SqlStorage, desk: Desk, client_id: ClientId, project_id: str
    ) -> None:
        """The wait ends with the connection of the one before, and comes before the first reading."""
        firm, has_turn = desk.firm.settings().id, Event()

        def second() -> int:
            lose(storage, desk, client_id)
            has_turn.wait()
            with closing(storage.begin(firm)) as transaction:
                account = transaction.read_entity(Account, client_id)
                assert account is not None
                return account.version

        lose(storage, desk, client_id)
        with closing(storage.begin(firm)) as transaction, ThreadPoolExecutor() as pool:
            before = transaction.read_entity(Account, client_id)
            assert before is not None
            has_turn.set()
            later = pool.submit(second)
            while waiting(storage) < 2:
                assert not later.done()
            transaction._connection.write(  # type: ignore[attr-defined]
                "UPDATE ic_accounts SET version = version + 1 WHERE firm_id = %s", [(firm,)]
            )
            with transaction._connection.writing():  # type: ignore[attr-defined]
                pass
            transaction.close()
            assert later.result() == before.version + 1
        assert waiting(storage) == 0

    def test_nobody_writes_to_the_account_meanwhile(
        self, storage: SqlStorage, desk: Desk, client_id: ClientId, project_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A command that has not lost yet waits, and loses."""
        lost: list[type[Exception]] = []
        lose(storage, desk, client_id)
        with closing(storage.begin(desk.firm.settings().id)), ThreadPoolExecutor() as pool:
            monkeypatch.setattr(executor.time, "sleep", lambda _: lost.append(ConcurrencyConflict))
            fresh = pool.submit(lambda: desk.work.log(project_id, start=START, hours=1))
            with storage.engine.connect() as connection:
                while not connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall():
                    assert not fresh.done()
        assert fresh.result().client_id == client_id
        assert lost == []  # nothing was written by the one who had the turn

    def test_a_command_that_lost_a_few_times_is_not_disturbed_again(
        self, storage: SqlStorage, desk: Desk, client_id: ClientId, project_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However often others would write before it, it is run once more than it has to lose."""
        attempts: list[int] = []
        begin = SqlStorage.begin
        other = SqlStorage(storage.engine)

        def noted(self: SqlStorage, firm_id: FirmId) -> Any:
            transaction = begin(self, firm_id)
            if self is storage:
                attempts.append(waiting(storage))
                if not attempts[-1]:
                    transaction.read_entity(Account, client_id)
                    Billing.open(other, firm_id).as_owner().accounts.adjust(
                        client_id, desk.accounts.standing(client_id).balance * 0 + _ONE, reason="Round"
                    )
            return transaction

        monkeypatch.setattr(SqlStorage, "begin", noted)
        assert attempts == []

    def test_behind_a_pooler_nobody_waits(self, new_postgres_url: NewUrl) -> None:
        """There a lock would stay with the server's connection, which another one gets."""
        with closing(SqlStorage.at(new_postgres_url(), pooled=True)) as storage:
            storage.upgrade()
            desk = Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC")).as_owner()
            client_id = desk.clients.add(name="Acme").id
            lose(storage, desk, client_id)
            with closing(storage.begin(desk.firm.settings().id)):
                assert waiting(storage) == 0
