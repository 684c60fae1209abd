"""A streaming replica answers what is only looked at, and says how old its answers are."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from attrs import frozen

from invoicecore import Billing, Desk, Firm, Money, Rate, Terms, importer, utc
from invoicecore.errors import InvalidInput, NotFound, SchemaMismatch, StorageUnavailable
from invoicecore.exporter import ExportTable, write_table
from invoicecore.importer import ImportOptions
from invoicecore.ports.store import HasReplica
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.sql import SqlStorage
from invoicecore.vocabulary import Deposit, Role
from tests.storage.servers import Server, primary

EXPORT = b"""User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags
Ann,ann@example.com,Apex,Website,,Layout,Yes,2026-03-02,09:00:00,2026-03-02,11:00:00,02:00:00,
"""
"""A day in Toggl."""


@frozen
class Pair:
    """A primary and its standby, with a database that a test has for itself."""

    primary: Server
    standby: Server
    database: str

    def url_of(self, server: Server) -> str:
        return server.url.replace("/postgres?", f"/{self.database}?")

    def storage(self) -> SqlStorage:
        return SqlStorage.at(self.url_of(self.primary), reads=self.url_of(self.standby))

    def catch_up(self) -> None:
        self.primary.wait_for(self.standby)

    @contextmanager
    def behind(self) -> Iterator[None]:
        """The standby replays nothing in the meantime."""
        self.catch_up()
        self.standby.run("SELECT pg_wal_replay_pause()")
        self.standby.wait_until("pg_get_wal_replay_pause_state()", "paused")
        try:
            yield
        finally:
            self.standby.run("SELECT pg_wal_replay_resume()")
            self.catch_up()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    with primary() as server:
        yield server, server.standby("standby")


@pytest.fixture
def pair(servers: tuple[Server, Server]) -> Pair:
    name = f"books_{uuid4().hex}"
    servers[0].run(f"CREATE DATABASE {name}")
    servers[0].wait_for(servers[1])
    return Pair(*servers, name)


@pytest.fixture
def storage(pair: Pair) -> Iterator[SqlStorage]:
    with closing(pair.storage()) as storage:
        storage.upgrade()
        pair.catch_up()
        yield storage


@pytest.fixture
def billing(storage: SqlStorage) -> Billing:
    return Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC"))


@pytest.fixture
def desk(billing: Billing, pair: Pair) -> Desk:
    """Of a firm with a client, all of which has arrived at the standby."""
    desk = billing.as_owner()
    desk.clients.add(name="Acme", terms=Terms.unlimited())
    pair.catch_up()
    return desk


def names(desk: Desk) -> list[str]:
    return [row.client.name for row in desk.pages.clients().rows]


class TestAnswers:
    def test_what_is_looked_at_is_the_replicas(self, pair: Pair, desk: Desk) -> None:
        """Pages, lists, statements and exports are as old as the replica; nothing of them is the primary's."""
        [acme] = desk.clients.all()
        site = desk.projects.add(client_id=acme.id, name="Website", rate=Rate.hourly(50, "USD"))
        with pair.behind():
            desk.clients.add(name="Apex", terms=Terms.unlimited())
            desk.work.log(site.id, start=utc(2026, 3, 2, 9), hours=2)
            assert ["Acme"] == names(desk)
            assert [acme] == list(desk.clients.all())
            assert () == desk.pages.work().rows
            assert () == desk.accounts.entries(acme.id)
            assert Money.zero("USD") == desk.accounts.standing(acme.id).balance
            assert Money.zero("USD") == desk.accounts.account_statement(acme.id).closing
            exported = StringIO()
            assert 0 == write_table(desk, exported, ExportTable.SESSIONS)
        assert ["Acme", "Apex"] == names(desk)
        assert Money.of(-100, "USD") == desk.accounts.standing(acme.id).balance

    def test_who_asks_for_fresh_answers_reads_their_own_writes(self, pair: Pair, desk: Desk) -> None:
        with pair.behind():
            desk.clients.add(name="Apex", terms=Terms.unlimited())
            assert ["Acme", "Apex"] == names(desk.fresh())
            assert ["Acme"] == names(desk)

    def test_a_command_rests_on_the_primary(self, pair: Pair, desk: Desk) -> None:
        """Each sees what those before it did, and a sweep finds what is due by it."""
        [acme] = desk.clients.all()
        with pair.behind():
            site = desk.projects.add(client_id=acme.id, name="Website", rate=Rate.hourly(50, "USD"))
            session = desk.work.log(site.id, start=utc(2026, 3, 2, 9), hours=2)
            assert "Layout" == desk.work.edit(session.id, note="Layout").note
            due_on = desk.now.date() - timedelta(days=3)
            issued: dict[str, Any] = {"issued_on": due_on, "due_on": due_on}
            invoice = desk.invoices.manual(acme.id, Money.of(70, "USD"), deposit=Deposit.NOT_DEPOSITED, **issued)
            assert [invoice.id] == [it.id for it in desk.invoices.sweep_overdue()]

    def test_what_the_replica_lacks_is_looked_up_on_the_primary(self, pair: Pair, billing: Billing) -> None:
        """What was made or allowed just now: a client, the firm, a person and their role."""
        desk = billing.as_owner()
        with pair.behind():
            apex = desk.clients.add(name="Apex", terms=Terms.unlimited())
            assert "Apex" == desk.pages.client(apex.id).client.name
            assert apex == desk.clients.get(apex.id)
            later = Billing.create(billing.storage, Firm(name="Globex", currency="USD", timezone="UTC"))
            assert "Globex" == later.as_owner().firm.settings().name
            lee = desk.people.add(name="Lee", role=Role.MANAGER)
            assert ["Apex"] == names(billing.acting_as(lee.id))
            with pytest.raises(NotFound):
                desk.clients.get("0190a2c4-0000-7000-8000-000000000000")

    def test_the_audit_is_the_primarys(self, pair: Pair, desk: Desk) -> None:
        """To read it numbers it, so that who follows it misses nothing."""
        with pair.behind():
            apex = desk.clients.add(name="Apex", terms=Terms.unlimited())
            assert apex.id == desk.pages.audit(limit=1).rows[0].changes[0].id
            assert apex.id == desk.firm.audit(newest_first=True, limit=1)[0].changes[0].id

    def test_a_plan_of_an_import_rests_on_the_primary(self, pair: Pair, desk: Desk) -> None:
        with pair.behind():
            apex = desk.clients.add(name="Apex", terms=Terms.unlimited())
            plan = importer.plan(desk, EXPORT, rate=50, options=ImportOptions(timezone="UTC"))
            assert [apex.id] == [it.id for it in plan.clients]
            assert 1 == importer.apply(desk, plan).added
            assert 1 == len(desk.fresh().pages.work().rows)


class TestAsOf:
    def test_it_is_the_last_commit_that_arrived(self, pair: Pair, desk: Desk) -> None:
        pair.primary.run("SELECT txid_current()")  # a commit after which nothing comes
        with pair.behind():
            seen, began = desk.pages.as_of, datetime.now(UTC)
            assert seen < began
            desk.clients.add(name="Apex", terms=Terms.unlimited())
            assert seen == desk.pages.as_of
        assert began < desk.pages.as_of < datetime.now(UTC)
        assert UTC == desk.pages.as_of.tzinfo

    def test_on_the_primary_it_is_now(self, desk: Desk) -> None:
        assert desk.now <= desk.fresh().pages.as_of <= desk.now
        memory = Billing.in_memory(Firm(name="Northwind", currency="USD", timezone="UTC")).as_owner()
        assert memory.now <= memory.pages.as_of <= memory.now

    def test_a_replica_that_has_replayed_nothing_yet_knows_its_checkpoint(self, pair: Pair, desk: Desk) -> None:
        fresh = pair.primary.standby("fresh")
        with closing(SqlStorage.at(pair.url_of(pair.primary), reads=pair.url_of(fresh))) as storage:
            assert [(None,)] == fresh.run("SELECT pg_last_xact_replay_timestamp()")
            assert storage.replica is not None
            assert utc(2026, 1, 1) < storage.replica.as_of() <= datetime.now(UTC)
        fresh.stop()


class TestTrouble:
    def test_a_replica_that_is_away_is_named(self, pair: Pair, desk: Desk) -> None:
        """Commands and fresh answers go on; nothing else is needed when it is back."""
        names(desk)
        pair.standby.stop()
        try:
            with pytest.raises(StorageUnavailable, match=r"The replica does not answer.*desk\.fresh\(\)"):
                names(desk)
            with pytest.raises(StorageUnavailable, match="The replica does not answer"):
                _ = desk.pages.as_of
            desk.clients.add(name="Apex", terms=Terms.unlimited())
            assert ["Acme", "Apex"] == names(desk.fresh())
        finally:
            pair.standby.start()
        pair.catch_up()
        assert ["Acme", "Apex"] == names(desk)

    def test_one_that_lacks_the_tables_is_noticed(self, pair: Pair) -> None:
        with closing(pair.storage()) as storage, pair.behind():
            storage.upgrade()
            desk = Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC")).as_owner()
            with pytest.raises(SchemaMismatch, match="has not replayed the upgrade yet"):
                desk.pages.clients()
            assert [] == names(desk.fresh())

    def test_one_that_is_behind_an_upgrade_is_noticed(self, pair: Pair, desk: Desk, storage: SqlStorage) -> None:
        """Also by those who have read there before, and by each new one; afterwards all is well again."""
        later = pair.storage()
        names(desk)
        with storage.engine.begin() as connection:
            [version] = connection.exec_driver_sql("SELECT version_num FROM ic_schema_version").scalars()
            connection.exec_driver_sql("UPDATE ic_schema_version SET version_num = '0000'")
        with pair.behind():
            with storage.engine.begin() as connection:
                connection.exec_driver_sql(f"UPDATE ic_schema_version SET version_num = '{version}'")
            for one in (storage, later):
                with pytest.raises(SchemaMismatch, match="The replica has tables of version 0000"):
                    names(Billing.open(one).as_owner())
        assert ["Acme"] == names(desk) == names(Billing.open(later).as_owner())
        later.close()

    def test_columns_that_it_lacks_are_noticed(self, pair: Pair, desk: Desk, storage: SqlStorage) -> None:
        """What an upgrade adds is read at once."""
        with storage.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE ic_people RENAME COLUMN name TO other")
        with pair.behind():
            with storage.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE ic_people RENAME COLUMN other TO name")
            with pytest.raises(SchemaMismatch, match="has not replayed the upgrade yet"):
                names(desk)
        assert ["Acme"] == names(desk)

    def test_a_query_that_is_in_the_way_of_the_replay_is_told_so(
        self, pair: Pair, desk: Desk, billing: Billing, storage: SqlStorage
    ) -> None:
        [acme] = desk.clients.all()
        pair.standby.set(max_standby_streaming_delay="0")
        assert storage.replica is not None
        with closing(storage.replica.begin(billing.firm_id)) as reading:
            reading.read_entity(Firm, billing.firm_id)
            desk.clients.change(acme.id, name="Apex")
            with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ic_clients")
                connection.exec_driver_sql("CHECKPOINT")
            pair.catch_up()
            with pytest.raises(StorageUnavailable, match="hot_standby_feedback"):
                reading.read_counter("invoices")
        assert ["Apex"] == names(desk)

    def test_nothing_is_written_through_it(self, pair: Pair, storage: SqlStorage) -> None:
        with closing(SqlStorage.at(pair.url_of(pair.standby))) as standby, pytest.raises(StorageUnavailable):
            Billing.create(standby, Firm(name="Northwind", currency="USD", timezone="UTC"))
        assert [] == list(storage.firms())


class TestWithoutOne:
    def test_sqlite_has_none(self, sqlite_url: str) -> None:
        with pytest.raises(InvalidInput, match="SQLite has no replicas"):
            SqlStorage.at(sqlite_url, reads=sqlite_url)
        with pytest.raises(InvalidInput, match="SQLite has no replicas"):
            SqlStorage.at("postgresql://localhost/books", reads=sqlite_url)
        with pytest.raises(InvalidInput, match="no URL of a database"):
            SqlStorage.at("postgresql://localhost/books", reads="books")

    def test_a_storage_may_say_so(self, sqlite_url: str) -> None:
        assert not isinstance(MemoryStorage(), HasReplica)
        assert SqlStorage.at(sqlite_url).replica is None
