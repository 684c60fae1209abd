"""A command takes few statements of a database, since each is a way there and back; and each is made once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from random import Random
from typing import Any, NoReturn, TypeVar

import pytest

from invoicecore import Billing, Desk, Firm, NewWorkSession
from invoicecore.errors import InvoicecoreError
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.connections import SqlConnection
from invoicecore.storage.sql.statements import SqlDialect
from tests.books import books
from tests.desk.scene import new_scene
from tests.proof.command_generators import Picker
from tests.proof.trace import LOOKS
from tests.world import NOON, UNLIMITED, hourly

T = TypeVar("T")

READ = [
    "select ic_people",  # and the firm
    "select ic_projects",  # and the client, and the account
]
WRITTEN = ["update ic_accounts", "insert ic_sessions", "insert ic_entries", "insert ic_audit"]


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """The owner of a firm in each database."""
    with closing(SqlStorage.at(database_url)) as storage:
        storage.upgrade()
        yield Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC")).as_owner()


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What every statement from now on does with which table first."""
    statements: list[str] = []
    do = SqlConnection._do

    def noted(self: Any, sql: str, values: Sequence[Any], wanted: Callable[[Any], T], many: bool) -> T:
        verb, *words = sql.lower().split()
        tables = [word.partition(".")[0] for word in words if word.startswith("ic_")]
        statements.append(f"{verb} {tables[0]}" if tables else sql)
        return do(self, sql, values, wanted, many)

    monkeypatch.setattr(SqlConnection, "_do", noted)
    return statements


class TestStatements:
    def test_a_log_reads_in_two_and_writes_in_one_for_each_kind(
        self, desk: Desk, done: list[str], database_url: str
    ) -> None:
        """However often somebody logs. On PostgreSQL it writes all of it in one."""
        written = WRITTEN if database_url.startswith("sqlite") else ["with ic_accounts"]
        client = desk.clients.add(name="Acme", terms=UNLIMITED)
        project = desk.projects.add(client_id=client.id, name="Website", rate=hourly(50))
        for hour in range(3):
            done.clear()
            desk.work.log(project.id, start=NOON.replace(hour=hour), hours=1)
            assert done == [*READ, *written]

    def test_a_balance_is_read_in_two(self, desk: Desk, done: list[str]) -> None:
        """Who asks, in which firm, and the account."""
        client = desk.clients.add(name="Acme", terms=UNLIMITED)
        done.clear()
        desk.accounts.standing(client.id)
        assert done == ["select ic_people", "select ic_accounts"]

    def test_an_import_takes_as_many_however_long_it_is(self, desk: Desk, done: list[str]) -> None:
        """Rows of a kind are written together."""
        client = desk.clients.add(name="Acme", terms=UNLIMITED)
        project = desk.projects.add(client_id=client.id, name="Website", rate=hourly(50))
        for rows in (2, 40):
            done.clear()
            desk.work.import_many(
                NewWorkSession(project_id=project.id, person_id=desk.person_id, start=NOON.replace(minute=n), hours=1)
                for n in range(rows)
            )
            assert done == [*READ, *WRITTEN]

    def test_no_query_makes_one_anew(self, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a query was answered with is known when it is asked again: neither SQL nor a function is generated."""

        def refused(*args: object, **named: object) -> NoReturn:
            raise AssertionError("Something is generated for each query.")

        with closing(SqlStorage.at(database_url)) as storage:
            storage.upgrade()
            scene = new_scene(storage=storage)
            seen = books(storage, scene.world.billing.firm_id)

            def ask_everything() -> int:
                answered = 0
                for look in LOOKS.values():
                    for desk in scene.desks.values():
                        picker = Picker(Random(5), seen, scene.world.clock.now(), {})
                        with suppress(InvoicecoreError):
                            look(desk, picker)
                            answered += 1
                return answered

            first = ask_everything()
            with monkeypatch.context() as patched:
                patched.setattr("builtins.exec", refused)
                patched.setattr("builtins.eval", refused)
                patched.setattr(SqlDialect, "_compiled", refused)
                assert first == ask_everything() > len(LOOKS)
