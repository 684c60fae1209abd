"""What a host is told when the connection breaks, and what is stored then."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import create_engine

from invoicecore import Billing, Desk, Firm, Rate, Terms, utc
from invoicecore.errors import CommitUnknown, StorageUnavailable
from invoicecore.storage.sql import SqlStorage
from invoicecore.values.ids import ProjectId
from tests.books import books
from tests.proof.invariants import breaches
from tests.proof.wire import Wire

NINE = utc(2026, 3, 2, 9)


@pytest.fixture
def wire(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A line to the server."""
    wire = Wire(postgres_url, tmp_path_factory.mktemp("w"))
    yield wire
    wire.close()


class Office:
    """A firm at work, whose storage can be made to fail."""

    def __init__(self, storage: SqlStorage) -> None:
        storage.upgrade()
        self.storage = storage
        billing = Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC"))
        self.firm = billing.firm_id
        self.desk: Desk = billing.as_owner()
        acme = self.desk.clients.add(name="Acme", terms=Terms.unlimited())
        self.site: ProjectId = self.desk.projects.add(client_id=acme.id, name="Site", rate=Rate.hourly("50", "USD")).id

    def log(self, key: str | None = None) -> object:
        return self.desk.work.log(self.site, start=NINE, hours=2, idempotency_key=key)

    @property
    def sessions(self) -> int:
        """How many stand, in books that are in order."""
        now = books(self.storage, self.firm)
        assert () == breaches(now)
        return len(now.sessions)


@pytest.fixture
def office(wire: Wire) -> Iterator[Office]:
    """One whose storage is at the other end of the line."""
    storage = SqlStorage.at(wire.url)
    office = Office(storage)
    storage.close()  # a new connection is told every statement by its words
    yield office
    storage.close()


class TestPostgres:
    """The line breaks at a word that the client says."""

    @pytest.mark.parametrize(
        "word", ["FROM ic_projects", "INSERT INTO ic_sessions", "UPDATE ic_accounts", "INSERT INTO ic_audit"]
    )
    @pytest.mark.parametrize("heard", [False, True])
    def test_before_the_commit_it_was_surely_not_done(self, wire: Wire, office: Office, word: str, heard: bool) -> None:
        """Whether or not the server heard the statement."""
        wire.break_at(word, heard=heard)
        with pytest.raises(StorageUnavailable):
            office.log()
        assert wire.broke
        assert 0 == office.sessions
        office.log()
        assert 1 == office.sessions

    @pytest.mark.parametrize("heard", [False, True])
    def test_at_the_commit_nobody_knows(self, wire: Wire, office: Office, heard: bool) -> None:
        """It is done if the server heard it; without a key the library cannot tell, and says so."""
        wire.break_at("COMMIT", heard=heard)
        with pytest.raises(CommitUnknown):
            office.log()
        assert wire.broke
        assert int(heard) == office.sessions

    @pytest.mark.parametrize("heard", [False, True])
    def test_a_key_resolves_it(self, wire: Wire, office: Office, heard: bool) -> None:
        """The command is sent again by itself, and has one effect; so it has if the host sends it once more."""
        wire.break_at("COMMIT", heard=heard)
        answer = office.log("monday")
        assert wire.broke
        assert 1 == office.sessions
        assert answer == office.log("monday")
        assert 1 == office.sessions


class _Failing(sqlite3.Cursor):
    """A cursor that fails once, before or after a commit of what was written."""

    fails: str = ""
    writes = False

    def execute(self, sql: str, *given: Any) -> Self:
        if sql == "COMMIT" and self.writes and _Failing.fails:
            when, _Failing.fails = _Failing.fails, ""
            if when == "after":
                super().execute(sql)
            raise sqlite3.OperationalError("disk I/O error")
        self.writes = sql == "BEGIN IMMEDIATE" or (self.writes and sql != "COMMIT")
        return super().execute(sql, *given)


class _WithFailing(sqlite3.Connection):
    """A connection that has such cursors."""

    def cursor(self, *_: Any) -> _Failing:  # type: ignore[override]
        return super().cursor(_Failing)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Office]:
    """One whose storage is a file, by a driver that may fail."""
    storage = SqlStorage(create_engine(f"sqlite:///{tmp_path}/books.db", connect_args={"factory": _WithFailing}))
    yield Office(storage)
    storage.close()


class TestSqlite:
    """The driver fails at a commit."""

    def test_what_is_still_open_was_surely_not_done(self, file: Office) -> None:
        """As when the disk is full: the transaction is there, and is given up."""
        _Failing.fails = "before"
        with pytest.raises(StorageUnavailable):
            file.log()
        assert 0 == file.sessions
        file.log()
        assert 1 == file.sessions

    def test_what_is_gone_nobody_knows(self, file: Office) -> None:
        """The transaction is over, and whether it stands was not said. The error is not its own cause."""
        _Failing.fails = "after"
        with pytest.raises(CommitUnknown) as unknown:
            file.log()
        assert unknown.value.__cause__ is not unknown.value
        assert 1 == file.sessions

    def test_a_key_resolves_it(self, file: Office) -> None:
        """The command is sent again by itself, and has one effect."""
        _Failing.fails = "after"
        answer = file.log("monday")
        assert 1 == file.sessions
        assert answer == file.log("monday")
