"""Who loses a client's account to others again and again waits for their turn, and then has it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event, current_thread, main_thread

import pytest

from invoicecore import Billing, Desk, Firm, Terms, utc
from invoicecore.ports.store import WriteSet
from invoicecore.settlement.account import Account
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.transaction import QueuedTransaction
from invoicecore.storage.sql.turns import FEW, Loss, Turns
from invoicecore.values.ids import ClientId, FirmId
from tests.databases import NewUrl
from tests.world import hourly, usd

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
    return desk.clients.add(name="Acme", terms=Terms.unlimited()).id


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
        with ThreadPoolExecutor() as pool, closing(storage.begin(firm)) as transaction:
            before = transaction.read_entity(Account, client_id)
            assert before is not None
            has_turn.set()
            later = pool.submit(second)
            while waiting(storage) < 2:
                assert not later.done()
            connection = transaction._connection
            with connection.writing():
                connection.write("UPDATE ic_accounts SET version = version + 1 WHERE firm_id = %s", [(firm,)])
            transaction.close()
            assert later.result() == before.version + 1
        assert waiting(storage) == 0

    def test_nobody_writes_to_the_account_meanwhile(
        self, storage: SqlStorage, desk: Desk, client_id: ClientId, project_id: str
    ) -> None:
        """A command that has not lost yet waits with what it writes."""
        firm = desk.firm.settings().id
        lose(storage, desk, client_id)
        with ThreadPoolExecutor() as pool, closing(storage.begin(firm)):
            fresh = pool.submit(lambda: desk.work.log(project_id, start=START, hours=1))
            with storage.engine.connect() as connection:
                while not connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall():
                    assert not fresh.done()
        assert fresh.result().client_id == client_id

    def test_a_command_loses_a_few_times_and_no_more(
        self, storage: SqlStorage, desk: Desk, client_id: ClientId, project_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many others there are: the next attempt has its turn, and they wait."""
        attempts = 0
        commit = QueuedTransaction.commit

        def disturbed(self: QueuedTransaction, writes: WriteSet) -> None:
            nonlocal attempts
            if current_thread() is main_thread():
                attempts += 1
                if not waiting(storage):
                    pool.submit(desk.accounts.adjust, client_id, usd(1), reason="Quicker").result()
            commit(self, writes)

        monkeypatch.setattr(QueuedTransaction, "commit", disturbed)
        with ThreadPoolExecutor() as pool:
            desk.work.log(project_id, start=START, hours=1)
        assert attempts == FEW + 1
        assert waiting(storage) == 0

    def test_a_new_connection_waits_too(self, storage: SqlStorage, desk: Desk, client_id: ClientId) -> None:
        """What is asked of the server first leaves no transaction open."""
        firm = desk.firm.settings().id
        lose(storage, desk, client_id)
        storage.close()
        with closing(storage.begin(firm)):
            assert waiting(storage) == 1

    def test_behind_a_pooler_nobody_waits(self, new_postgres_url: NewUrl) -> None:
        """There a lock would stay with the server's connection, which another one gets."""
        with closing(SqlStorage.at(new_postgres_url(), pooled=True)) as storage:
            storage.upgrade()
            desk = Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC")).as_owner()
            client_id = desk.clients.add(name="Acme", terms=Terms.unlimited()).id
            lose(storage, desk, client_id)
            with closing(storage.begin(desk.firm.settings().id)):
                assert waiting(storage) == 0
