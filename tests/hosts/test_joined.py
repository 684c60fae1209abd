"""Work inside a host's transaction stands when the host commits, and is gone when the host rolls back."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import event, make_url, text
from sqlalchemy.orm import scoped_session, sessionmaker

from invoicecore import Billing, Deposit, Firm, RecordingNotifier, Terms, deliver_all, retry_transaction
from invoicecore.errors import (
    BalanceLimitReached,
    ConcurrencyConflict,
    InvalidInput,
    InvalidState,
    NotFound,
    SchemaMismatch,
    StorageError,
    StorageUnavailable,
    TransactionConflict,
)
from invoicecore.storage.sql import JoinedStorage, SqlStorage
from invoicecore.testing import SettableClock
from tests.databases import NewUrl
from tests.hosts.hosts import (
    HOSTS,
    REPLACE,
    Begin,
    NoteOfHost,
    core,
    engine_of,
    raw_psycopg,
    raw_sqlite,
    rows_of_host,
    table_of_host,
)
from tests.world import NOON, World, new_world, usd

INSERT = "INSERT INTO host VALUES (1)"


@frozen
class House:
    """A host's database with its own table, and a firm in it."""

    url: str
    world: World

    @property
    def billing(self) -> Billing:
        """The firm's billing, outside every transaction."""
        return self.world.billing

    def clients(self) -> set[str]:
        """The names of the clients that are there for everybody."""
        return {it.name for it in self.world.maria.clients.all()}

    def manager(self, connection: Any) -> Any:
        """Maria's desk inside a transaction."""
        return self.billing.joined(connection).acting_as(self.world.maria.person_id)


@pytest.fixture
def house(new_url: NewUrl) -> Iterator[House]:
    """A house in SQLite, and then in PostgreSQL."""
    with _house(new_url) as made:
        yield made


@contextmanager
def _house(new_url: NewUrl) -> Iterator[House]:
    url = table_of_host(new_url)
    storage = SqlStorage.at(url)
    storage.upgrade()
    yield House(url, new_world(storage=storage))
    storage.close()


@pytest.fixture
def postgres_house(new_postgres_url: NewUrl) -> Iterator[House]:
    """A house in PostgreSQL."""
    with _house(new_postgres_url) as made:
        yield made


@pytest.fixture
def sqlite_house(new_sqlite_url: NewUrl) -> Iterator[House]:
    """A house in SQLite."""
    with _house(new_sqlite_url) as made:
        yield made


@pytest.fixture(params=HOSTS)
def begin(request: pytest.FixtureRequest) -> Begin:
    """Each way in which a host begins a transaction."""
    return HOSTS[request.param]


def a_day(desk: Any, world: World) -> str:
    """Some work, an invoice, a payment, and everything that is shown of them; the number of the invoice."""
    desk.clients.add(name="Joined", terms=Terms.unlimited())
    session = desk.work.log(world.site.id, start=NOON, hours=2)
    assert NOON == session.start
    invoice = desk.invoices.manual(world.acme.id, usd(5), deposit=Deposit.TO_BALANCE, idempotency_key="once")
    desk.payments.record(invoice.id)
    assert [usd(-95)] == [it.standing.balance for it in desk.pages.clients().rows if it.client.id == world.acme.id]
    assert NOON == desk.firm.audit()[-1].at
    return str(invoice.number)


class TestOneTransaction:
    def test_the_host_commits(self, house: House, begin: Begin) -> None:
        """Then its row and the library's commands stand, and the books are sound."""
        with begin(house.url) as host:
            host.execute(INSERT)
            a_day(house.manager(host.connection), house.world)
            host.execute(INSERT)
        assert 2 == rows_of_host(house.url)
        assert {"Acme", "Joined"} == house.clients()
        assert () == house.billing.verify().findings

    def test_the_host_rolls_back(self, house: House, begin: Begin) -> None:
        """Then neither stands; the number that was given is given again, and the key is free."""
        with suppress(NoteOfHost), begin(house.url) as host:
            host.execute(REPLACE if house.url.startswith("sqlite") else INSERT)
            first = a_day(house.manager(host.connection), house.world)
            raise NoteOfHost
        assert 0 == rows_of_host(house.url)
        assert {"Acme"} == house.clients()
        again = house.world.maria.invoices.manual(
            house.world.acme.id, usd(7), deposit=Deposit.TO_BALANCE, idempotency_key="once"
        )
        assert (first, usd(7)) == (again.number, again.total)
        assert () == house.billing.verify().findings

    def test_a_refused_command(self, house: House, begin: Begin) -> None:
        """It leaves the host's work, and what was done before, as they are."""
        with begin(house.url) as host:
            desk = house.manager(host.connection)
            host.execute(INSERT)
            desk.accounts.adjust(house.world.acme.id, usd(-1500), reason="Agreed")
            with pytest.raises(BalanceLimitReached):
                desk.work.log(house.world.site.id, start=NOON, hours=1)
            with pytest.raises(NotFound):
                desk.clients.archive("nobody")
            host.execute(INSERT)
        assert 2 == rows_of_host(house.url)
        assert usd(-1500) == house.world.balance()

    def test_a_nested_rollback(self, house: House, begin: Begin) -> None:
        """What was done after a host's savepoint is gone with it; the rest stands, and the work goes on."""
        with begin(house.url) as host:
            desk = house.manager(host.connection)
            desk.clients.add(name="Before", terms=Terms.unlimited())
            host.execute("SAVEPOINT mine")
            host.execute(INSERT)
            desk.clients.add(name="Inside", terms=Terms.unlimited())
            first = desk.invoices.manual(house.world.acme.id, usd(1), deposit=Deposit.TO_BALANCE).number
            host.execute("ROLLBACK TO SAVEPOINT mine")
            desk.clients.add(name="After", terms=Terms.unlimited())
            assert first == desk.invoices.manual(house.world.acme.id, usd(2), deposit=Deposit.TO_BALANCE).number
        assert 0 == rows_of_host(house.url)
        assert {"Acme", "Before", "After"} == house.clients()
        assert () == house.billing.verify().findings

    def test_the_same_key(self, house: House, begin: Begin) -> None:
        """Twice in a transaction, or in two, it takes effect once."""
        for _ in range(2):
            with begin(house.url) as host:
                desk = house.manager(host.connection)
                for _ in range(2):
                    desk.accounts.adjust(house.world.acme.id, usd(-10), reason="Once", idempotency_key="key")
        assert usd(-10) == house.world.balance()

    def test_a_new_firm(self, house: House, begin: Begin) -> None:
        """It can be made in the transaction in which the host makes its own row, without an engine."""
        with begin(house.url) as host:
            made = Billing.create(
                JoinedStorage(host.connection), Firm(name="Twelve", currency="EUR", timezone="UTC")
            ).firm_id
            assert made == Billing.open(JoinedStorage(host.connection), made).firm_id
        assert made in house.world.storage.firms()

    def test_messages_wait_for_the_commit(self, house: House, begin: Begin) -> None:
        """Nothing is delivered inside, and nothing afterwards of what was rolled back."""
        house.world.told()
        for commits in (False, True):
            with suppress(NoteOfHost), begin(house.url) as host:
                joined = house.billing.joined(host.connection)
                joined.as_owner().invoices.manual(house.world.acme.id, usd(5), deposit=Deposit.TO_BALANCE)
                with pytest.raises(InvalidState, match="after the commit"):
                    joined.deliver()
                with pytest.raises(InvalidState, match="after the commit"):
                    deliver_all(joined.storage, RecordingNotifier())
                if not commits:
                    raise NoteOfHost
            assert (["InvoiceGenerated"] if commits else []) == house.world.told()

    def test_afterwards(self, house: House, begin: Begin) -> None:
        """A transaction that has ended is told from the one that was joined."""
        with begin(house.url) as host:
            desk = house.manager(host.connection)
        with pytest.raises(InvalidState, match=r"has ended; join the next one"):
            desk.clients.all()

    def test_in_a_time_zone(self, house: House, begin: Begin) -> None:
        """Instants are the same whatever zone and settings the host's session has."""
        with begin(house.url) as host:
            if not house.url.startswith("sqlite"):
                host.execute("SET LOCAL TimeZone = 'Pacific/Chatham'")
            a_day(house.manager(host.connection), house.world)
        assert [NOON] == [it.start for it in house.world.maria.work.sessions(project_id=house.world.site.id)]


class TestNextTransaction:
    """On the same connection, by each host that can be told."""

    def test_of_sqlalchemy(self, house: House) -> None:
        """Its own object tells them apart."""
        with engine_of(house.url) as engine, engine.connect() as connection:
            desk = house.manager(connection)
            connection.commit()
            connection.exec_driver_sql(INSERT)
            with pytest.raises(InvalidState, match="has ended"):
                desk.clients.all()

    def test_of_a_driver(self, postgres_house: House) -> None:
        """PostgreSQL says when each began."""
        with HOSTS["driver"](postgres_house.url) as host:
            desk = postgres_house.manager(host.connection)
            host.execute("COMMIT")
            host.execute(INSERT)
            with pytest.raises(InvalidState, match="has ended"):
                desk.clients.all()


class TestCannotBeJoined:
    def test_memory(self) -> None:
        """It has no transactions of a host, and says so."""
        with pytest.raises(InvalidState, match="MemoryStorage has no transactions of a host"):
            new_world().billing.joined(object())

    def test_twice(self, house: House) -> None:
        """A joined billing is that of its transaction."""
        with core(house.url) as host, pytest.raises(InvalidState, match="JoinedStorage"):
            house.billing.joined(host.connection).joined(host.connection)

    @pytest.mark.parametrize("thing", [None, "sqlite:///books.db", object()])
    def test_what_is_no_connection(self, house: House, thing: object) -> None:
        """The words say what can be joined."""
        with pytest.raises(InvalidInput, match="Connection or Session of SQLAlchemy"):
            house.billing.joined(thing)

    def test_an_engine(self, house: House) -> None:
        """It has no transaction; a connection of it has."""
        with engine_of(house.url) as engine, pytest.raises(InvalidInput, match="Connection or Session"):
            house.billing.joined(engine)

    def test_a_connection_that_commits_by_itself(self, house: House) -> None:
        """Of SQLAlchemy."""
        with (
            engine_of(house.url, isolation_level="AUTOCOMMIT") as engine,
            engine.connect() as connection,
            pytest.raises(InvalidState, match="commits each statement by itself"),
        ):
            house.billing.joined(connection)

    def test_django_outside_atomic(self, house: House) -> None:
        """It commits each statement by itself."""
        from tests.hosts.django_host import connected

        with connected(house.url) as connection, pytest.raises(InvalidState, match="commits each statement by itself"):
            house.billing.joined(connection)

    def test_a_closed_connection(self, house: House) -> None:
        """Of SQLAlchemy and of the driver."""
        with engine_of(house.url) as engine:
            connection = engine.connect()
            connection.close()
            with pytest.raises(InvalidState, match="is closed"):
                house.billing.joined(connection)
            driver: Any = engine.raw_connection().driver_connection
            driver.close()
            with pytest.raises(InvalidState, match="is closed"):
                house.billing.joined(driver)

    def test_a_connection_that_is_closed_meanwhile(self, house: House, begin: Begin) -> None:
        """Its transaction has ended."""
        said = []
        with suppress(Exception), begin(house.url) as host:  # which fails at its own end
            desk = house.manager(host.connection)
            host.connection.close()
            with pytest.raises(InvalidState) as refused:
                desk.clients.all()
            said.append(str(refused.value))
        assert ["The transaction that was joined has ended; join the next one."] == said

    def test_a_failed_transaction(self, postgres_house: House, begin: Begin) -> None:
        """It is said, and work goes on when the host has rolled back to its savepoint."""
        with begin(postgres_house.url) as host:
            desk = postgres_house.manager(host.connection)
            host.execute("SAVEPOINT mine")
            with pytest.raises(Exception, match="division by zero"):
                host.execute("SELECT 1 / 0")
            with pytest.raises(InvalidState, match="has failed"):
                desk.clients.all()
            with pytest.raises(InvalidState, match="has failed"):
                postgres_house.billing.joined(host.connection)
            host.execute("ROLLBACK TO SAVEPOINT mine")
            desk.clients.add(name="After", terms=Terms.unlimited())
        assert {"Acme", "After"} == postgres_house.clients()

    def test_in_a_pipeline(self, postgres_house: House) -> None:
        """No answer comes at once there, so it is refused; afterwards the connection can be joined."""
        with raw_psycopg(postgres_house.url) as host:
            with host.connection.pipeline(), pytest.raises(InvalidState, match="in a pipeline"):
                postgres_house.billing.joined(host.connection)
            postgres_house.manager(host.connection).clients.add(name="After", terms=Terms.unlimited())
        assert {"Acme", "After"} == postgres_house.clients()

    def test_days_as_people_write_them(self, postgres_house: House, begin: Begin) -> None:
        """psycopg cannot read the instants of such a connection, and the words say what to set."""
        with begin(postgres_house.url) as host:
            host.execute("SET DateStyle = 'German, DMY'")
            with pytest.raises(StorageUnavailable, match="set DateStyle='ISO'"):
                postgres_house.billing.joined(host.connection)
            host.execute("SET DateStyle = 'ISO, DMY'")
            postgres_house.manager(host.connection).clients.add(name="After", terms=Terms.unlimited())
        assert {"Acme", "After"} == postgres_house.clients()

    def test_another_database(self, new_url: NewUrl, house: House, begin: Begin) -> None:
        """There the firm is not, or there are no tables at all; the host's work goes on."""
        other = table_of_host(new_url)
        with begin(other) as host:
            with pytest.raises(SchemaMismatch, match="no tables of invoicecore"):
                house.billing.joined(host.connection)
            host.execute(INSERT)
        with closing(SqlStorage.at(other)) as made:
            made.upgrade()
        with begin(other) as host:
            with pytest.raises(NotFound, match="There is no firm"):
                house.billing.joined(host.connection).as_owner()
            host.execute(INSERT)
        assert 2 == rows_of_host(other)


def _handbook(mode: str) -> Callable[[str], Any]:
    def begin(url: str) -> Any:
        connection = sqlite3.connect(str(make_url(url).database), isolation_level=None, timeout=0.2)
        connection.execute(f"BEGIN {mode}")
        return connection

    return begin


def _by_level(level: Any) -> Callable[[str], Any]:
    def begin(url: str) -> Any:
        connection = sqlite3.connect(str(make_url(url).database), isolation_level=level, timeout=0.2)
        if level is None:
            connection.execute("BEGIN")
        return connection

    return begin


WAYS: dict[str, Callable[[str], Any]] = {
    "isolation_level=''": _by_level(""),
    "isolation_level='DEFERRED'": _by_level("DEFERRED"),
    "isolation_level='IMMEDIATE'": _by_level("IMMEDIATE"),
    "isolation_level='EXCLUSIVE'": _by_level("EXCLUSIVE"),
    "isolation_level=None and BEGIN": _by_level(None),
    "BEGIN DEFERRED": _handbook("DEFERRED"),
    "BEGIN IMMEDIATE": _handbook("IMMEDIATE"),
    "BEGIN EXCLUSIVE": _handbook("EXCLUSIVE"),
}
"""Eight ways to begin a transaction with sqlite3."""


class TestSqlite:
    @pytest.mark.parametrize("way", WAYS)
    def test_ways_to_begin(self, sqlite_house: House, way: str) -> None:
        """In each of them the write lock is taken at once: nobody else writes until the host ends it."""
        connection = WAYS[way](sqlite_house.url)
        desk = sqlite_house.manager(connection)
        other = WAYS["isolation_level=''"](sqlite_house.url)
        with pytest.raises(TransactionConflict, match="BEGIN IMMEDIATE"):
            sqlite_house.billing.joined(other)
        connection.execute(INSERT)
        desk.clients.add(name="Joined", terms=Terms.unlimited())
        connection.commit()
        assert (1, {"Acme", "Joined"}) == (rows_of_host(sqlite_house.url), sqlite_house.clients())
        connection.close()
        other.close()

    def test_a_schema_that_is_not_trusted(self, sqlite_house: House) -> None:
        """Where SQLite then checks no JSON, the words name the pragma, and do not call the file damaged."""
        with raw_sqlite(sqlite_house.url) as host:
            host.execute("PRAGMA trusted_schema = OFF")
            try:
                sqlite_house.manager(host.connection).clients.add(name="Trusted", terms=Terms.unlimited())
            except StorageUnavailable as refused:
                assert "trusted_schema is off" in str(refused)  # noqa: PT017
            else:
                assert "Trusted" in {it.name for it in sqlite_house.manager(host.connection).clients.all()}

    def test_a_connection_without_transactions(self, sqlite_house: House) -> None:
        """It is refused until the host begins one."""
        connection = _by_level(None)(sqlite_house.url)
        connection.execute("ROLLBACK")
        with pytest.raises(InvalidState, match="commits each statement by itself"):
            sqlite_house.billing.joined(connection)
        connection.close()

    def test_after_a_read_that_is_out_of_date(self, sqlite_house: House) -> None:
        """SQLite lets nobody write then; the words say how to begin, and the helper runs it again."""
        attempts = []

        def transaction() -> None:
            attempts.append(1)
            connection = _by_level(None)(sqlite_house.url)
            try:
                connection.execute("SELECT * FROM host").fetchall()
                if len(attempts) == 1:
                    sqlite_house.world.client("Meanwhile")
                sqlite_house.manager(connection).clients.add(name="Joined", terms=Terms.unlimited())
                connection.commit()
            finally:
                connection.close()

        with pytest.raises(TransactionConflict, match="BEGIN IMMEDIATE"):
            transaction()
        attempts.clear()
        retry_transaction(transaction)
        assert 2 == len(attempts)
        assert {"Acme", "Meanwhile", "Joined"} == sqlite_house.clients()


class TestConflicts:
    """On PostgreSQL, where others write at the same time."""

    def meanwhile(self, house: House, isolation: str) -> None:
        """Adjust an account that somebody else adjusts after the transaction has begun to read."""
        with engine_of(house.url, isolation_level=isolation) as engine, engine.begin() as connection:
            connection.execute(text(INSERT))
            desk = house.manager(connection)
            desk.accounts.standing(house.world.acme.id)
            house.world.maria.accounts.adjust(house.world.acme.id, usd(-1), reason="Another")
            desk.accounts.adjust(house.world.acme.id, usd(-10), reason="Joined")

    def test_settled_inside(self, postgres_house: House) -> None:
        """At READ COMMITTED."""
        self.meanwhile(postgres_house, "READ COMMITTED")
        assert usd(-11) == postgres_house.world.balance()

    @pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
    def test_not_settled_inside(self, postgres_house: House, isolation: str) -> None:
        """Where the transaction sees one moment, the host runs all of it again, and is told so at once."""
        with pytest.raises(TransactionConflict, match="run the whole transaction again"):
            self.meanwhile(postgres_house, isolation)
        assert usd(-1) == postgres_house.world.balance()
        assert 0 == rows_of_host(postgres_house.url)
        assert not issubclass(TransactionConflict, ConcurrencyConflict)

    def test_a_key_that_was_used_meanwhile(self, postgres_house: House) -> None:
        """In a transaction that sees one moment it is to be run again as a whole, and then has the stored answer."""
        given: Any = {"name": "Once", "terms": Terms.unlimited(), "idempotency_key": "key"}
        answers = []

        def transaction(engine: Any) -> None:
            with engine.begin() as connection:
                desk = postgres_house.manager(connection)
                desk.clients.all()
                answers.append(postgres_house.world.maria.clients.add(**given).id)
                answers.append(desk.clients.add(**given).id)

        with engine_of(postgres_house.url, isolation_level="REPEATABLE READ") as engine:
            with pytest.raises(TransactionConflict):
                transaction(engine)
            transaction(engine)
        assert 3 == len(answers)
        assert {"Acme", "Once"} == postgres_house.clients()
        assert 1 == len(set(answers))

    def test_accounts_are_locked_before_all_is_read_again(self, postgres_house: House) -> None:
        """So that nobody changes them between the second reading and the writing."""
        seen: list[str] = []
        with engine_of(postgres_house.url) as engine, engine.begin() as connection:
            desk = postgres_house.manager(connection)
            event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
            desk.accounts.adjust(postgres_house.world.acme.id, usd(-1), reason="Seen")
        [begun] = [place for place, it in enumerate(seen) if it.startswith("SAVEPOINT")]
        assert "FOR NO KEY UPDATE" in seen[begun + 1]
        read = [it for it in seen[:begun] if "ic_" in it]
        assert read == seen[begun + 2 : begun + 2 + len(read)]
        assert "UPDATE ic_accounts" in seen[begun + 2 + len(read)]

    def test_a_lock_that_does_not_come_free(self, postgres_house: House, begin: Begin) -> None:
        """It is a TransactionConflict, and the host can go on in its transaction."""
        world = postgres_house.world
        with core(postgres_house.url) as holder, begin(postgres_house.url) as host:
            postgres_house.manager(holder.connection).accounts.adjust(world.acme.id, usd(-1), reason="Held")
            host.execute("SET LOCAL lock_timeout = '50ms'")
            desk = postgres_house.manager(host.connection)
            with pytest.raises(TransactionConflict, match="A lock did not come free in time"):
                desk.accounts.adjust(world.acme.id, usd(-10), reason="Waits")
            host.execute(INSERT)
            desk.clients.add(name="Other", terms=Terms.unlimited())
        assert (1, usd(-1), {"Acme", "Other"}) == (
            rows_of_host(postgres_house.url),
            world.balance(),
            postgres_house.clients(),
        )

    def test_one_key_at_once(self, postgres_house: House) -> None:
        """Of two transactions with one key the second waits for the first, and gets its answer."""
        acme = postgres_house.world.acme.id

        def second() -> str:
            with core(postgres_house.url) as other:
                desk = postgres_house.manager(other.connection)
                return str(desk.invoices.manual(acme, usd(1), deposit=Deposit.TO_BALANCE, idempotency_key="key").id)

        with ThreadPoolExecutor(1) as pool:
            with core(postgres_house.url) as host:
                desk = postgres_house.manager(host.connection)
                first = desk.invoices.manual(acme, usd(1), deposit=Deposit.TO_BALANCE, idempotency_key="key").id
                waiting = pool.submit(second)
                with pytest.raises(TimeoutError):
                    waiting.result(0.3)
            assert first == waiting.result(20)
        assert 1 == len(postgres_house.world.maria.invoices.of(acme))

    def test_a_deadlock(self, postgres_house: House) -> None:
        """Of two transactions that lock two clients in opposite order, one is told to run again; with the helper both
        are done in the end."""
        world = postgres_house.world
        clients = [world.acme.id, world.client("Other").id]
        both_locked = Barrier(2, timeout=20)
        conflicts = []

        def run(mine: list[str], engine: Any) -> None:
            attempts = []

            def transaction() -> None:
                attempts.append(1)
                with engine.begin() as connection:
                    desk = postgres_house.manager(connection)
                    desk.accounts.adjust(mine[0], usd(-1), reason="First")
                    if len(attempts) == 1:
                        both_locked.wait()
                    try:
                        desk.accounts.adjust(mine[1], usd(-1), reason="Second")
                    except TransactionConflict as conflict:
                        connection.execute(text("SELECT 1"))  # it can still be used
                        conflicts.append(str(conflict))
                        raise

            retry_transaction(transaction)

        with engine_of(postgres_house.url) as engine, ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda mine: run(mine, engine), [clients, clients[::-1]]))
        assert ["Two commands waited for each other."] == [it[:35] for it in conflicts]
        assert [usd(-2), usd(-2)] == [world.maria.accounts.standing(it).balance for it in clients]
        assert () == postgres_house.billing.verify().findings


class TestRetry:
    def test_bounded(self) -> None:
        """The last conflict comes out."""
        tries: list[int] = []

        def transaction() -> None:
            tries.append(1)
            raise TransactionConflict("again")

        with pytest.raises(TransactionConflict):
            retry_transaction(transaction, attempts=3)
        assert 3 == len(tries)

    def test_other_errors(self) -> None:
        """They come out at once."""
        tries: list[int] = []

        def transaction() -> None:
            tries.append(1)
            raise StorageError("lost")

        with pytest.raises(StorageError):
            retry_transaction(transaction)
        assert 1 == len(tries)

    def test_what_the_database_says_to_the_host(self, postgres_house: House) -> None:
        """A commit that is refused at SERIALIZABLE runs again as well."""
        tries: list[int] = []

        def transaction(engine: Any) -> None:
            tries.append(1)
            with engine.begin() as connection:
                connection.execute(text("SELECT count(*) FROM host"))
                connection.execute(text(INSERT))
                if len(tries) == 1:
                    with engine.begin() as other:
                        other.execute(text("SELECT count(*) FROM host"))
                        other.execute(text(INSERT))

        with engine_of(postgres_house.url, isolation_level="SERIALIZABLE") as engine:
            retry_transaction(lambda: transaction(engine))
        assert 2 == len(tries)
        assert 2 == rows_of_host(postgres_house.url)


class TestClock:
    def test_ahead_of_the_server(self, postgres_house: House) -> None:
        """It is refused inside as it is outside."""
        ahead = SettableClock(datetime.fromisoformat("2999-01-01T00:00:00+00:00"))
        late = Billing.open(postgres_house.world.storage, postgres_house.billing.firm_id, clock=ahead)
        with core(postgres_house.url) as host, pytest.raises(InvalidState, match="ahead of the"):
            late.joined(host.connection).as_owner().clients.add(name="Late", terms=Terms.unlimited())


class TestScopedSession:
    def test_of_a_web_framework(self, house: House) -> None:
        """A scoped session is joined as a session is."""
        with engine_of(house.url) as engine:
            session = scoped_session(sessionmaker(engine))
            house.manager(session).clients.add(name="Joined", terms=Terms.unlimited())
            session.commit()
            session.remove()
        assert {"Acme", "Joined"} == house.clients()
