"""Firms that come, stay and go in a database that others share: nobody touches what is another's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Barrier
from typing import Any

import attrs
import pytest
from sqlalchemy import text

from invoicecore import Billing, Desk, Firm, Person, RecordingNotifier, Role, Terms
from invoicecore.archive import remove_firm, restore, write_archive
from invoicecore.errors import (
    BatchRefused,
    ConcurrencyConflict,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    SchemaMismatch,
    UniqueViolation,
)
from invoicecore.ports.archive import Removes
from invoicecore.ports.store import Replaced, Storage, Versioned, WriteSet
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.sql import SqlStorage, migrations
from invoicecore.storage.sql.mapping import metadata
from invoicecore.testing import QuickPasswords
from tests.books import books
from tests.desk.scene import new_scene
from tests.desk.test_matrix import TRY
from tests.proof.test_foreign_ids import AFTER, AMONG, NAMING

NORTHWIND = Firm(name="Northwind", currency="USD", timezone="UTC")
GLOBEX = Firm(name="Globex", currency="EUR", timezone="UTC")
create = partial(Billing.create, passwords=QuickPasswords())


@pytest.fixture
def storage(empty_storage: Storage) -> Storage:
    return empty_storage


@pytest.fixture
def older(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a firm of somebody else, in tables of an earlier version."""
    with create(database_url, GLOBEX):
        pass
    monkeypatch.setitem(migrations.REVISIONS, "9999", lambda op: op.execute("SELECT 1"))
    return database_url


class TestUpgrades:
    def test_create_upgrades_nothing_unasked(self, older: str) -> None:
        """It names what does."""
        with pytest.raises(SchemaMismatch, match="upgrade"):
            create(older, NORTHWIND)
        with closing(SqlStorage.at(older)) as storage:
            assert storage.schema_version() == next(iter(migrations.REVISIONS))
            storage.upgrade()
        with create(older, NORTHWIND) as billing:
            assert 2 == len(billing.storage.firms())

    def test_neither_does_restore(self, older: str) -> None:
        """The same."""
        file = BytesIO()
        write_archive(create(MemoryStorage(), NORTHWIND), file)
        file.seek(0)
        with pytest.raises(SchemaMismatch, match="upgrade"):
            restore(file, older)
        with closing(SqlStorage.at(older)) as storage:
            assert storage.schema_version() == next(iter(migrations.REVISIONS))

    def test_an_old_process_notices(self, database_url: str) -> None:
        """That the tables have moved on under it, whatever it does next; and nothing is written."""
        with create(database_url, NORTHWIND, notifier=RecordingNotifier()) as billing:
            maria = billing.as_owner()
            before = maria.firm.settings()
            storage = billing.storage
            assert isinstance(storage, SqlStorage)

            def moved_to(version: str) -> None:
                with storage.engine.begin() as connection:
                    connection.execute(text(f"UPDATE ic_schema_version SET version_num = '{version}'"))

            moved_to("9999")
            calls: list[Callable[[], object]] = [
                maria.firm.settings,
                partial(maria.firm.change, name="Southwind"),
                partial(maria.clients.add, name="Acme", terms=Terms.unlimited()),
                maria.pages.clients,
                billing.as_owner,
                billing.deliver,
                partial(create, storage, GLOBEX),
                partial(Billing.open, storage),
            ]
            for call in calls:
                with pytest.raises(SchemaMismatch, match="9999"):
                    call()
            moved_to(migrations.newest())
            assert before == maria.firm.settings()
            assert 1 == len(storage.firms())


class TestCreatedOnce:
    def test_the_same_again(self, storage: Storage) -> None:
        """Opens what was made, also when it has changed since."""
        owner = Person(name="Maria", role=Role.MANAGER, email="maria@northwind.example")
        first = create(storage, NORTHWIND, owner, idempotency_key="sign-up 7")
        first.as_owner().firm.change(name="Southwind")
        again = create(storage, NORTHWIND, owner, idempotency_key="sign-up 7")
        assert (first.firm_id, "Southwind") == (again.firm_id, again.as_owner().firm.settings().name)
        assert first.as_owner().people.me() == again.as_owner().people.me()
        assert [first.firm_id] == list(storage.firms())
        assert () == first.verify().findings

    def test_another_request(self, storage: Storage) -> None:
        """Is refused, and told nothing of the firm that has the key."""
        first = create(storage, NORTHWIND, idempotency_key="sign-up 7")
        with pytest.raises(IdempotencyKeyReused) as refused:
            create(storage, GLOBEX, idempotency_key="sign-up 7")
        assert first.firm_id not in str(refused.value)
        assert first.firm_id != create(storage, NORTHWIND, idempotency_key="sign-up 8").firm_id
        assert create(storage, NORTHWIND).firm_id != create(storage, NORTHWIND).firm_id

    def test_several_at_once(self, storage: Storage) -> None:
        """Make one firm."""
        start = Barrier(4)

        def sign_up(_: int) -> str:
            start.wait()
            return create(storage, NORTHWIND, idempotency_key="sign-up 7").firm_id

        with ThreadPoolExecutor(4) as pool:
            made = set(pool.map(sign_up, range(4)))
        assert made == set(storage.firms())
        assert 1 == len(made)

    def test_a_key_of_a_desk(self, storage: Storage) -> None:
        """Is another one, although it has the same letters."""
        billing = create(storage, NORTHWIND, idempotency_key="7")
        billing.as_owner().clients.add(name="Acme", terms=Terms.unlimited(), idempotency_key="7")
        assert billing.firm_id == create(storage, NORTHWIND, idempotency_key="7").firm_id

    def test_a_key_is_text(self, storage: Storage) -> None:
        for wrong in ("", 7, "a\0"):
            with pytest.raises(InvalidInput):
                create(storage, NORTHWIND, idempotency_key=wrong)  # type: ignore[arg-type]


class TestRemoved:
    @pytest.fixture
    def leaving(self, storage: Storage) -> Billing:
        """A firm with something in every table."""
        new_scene("manager", storage=storage)
        [first, *_] = storage.firms()
        return Billing.open(storage, first, passwords=QuickPasswords())

    def test_a_firm_that_goes(self, leaving: Billing, storage: Storage, tmp_path: Path) -> None:
        """Everything of it is in the archive, nothing in the storage, and the others are as they were."""
        assert isinstance(storage, Removes)
        others = [firm for firm in storage.firms() if firm != leaving.firm_id]
        before, theirs = books(storage, leaving.firm_id), [books(storage, it) for it in others]
        file, name = tmp_path / "gone.jsonl", leaving.as_owner().firm.settings().name
        removal = remove_firm(leaving, file, confirm=name)
        assert (leaving.firm_id, [removal]) == (removal.firm_id, list(storage.removals()))
        assert others == list(storage.firms())
        assert theirs == [books(storage, it) for it in others]
        with pytest.raises(NotFound):
            leaving.as_owner()
        if isinstance(storage, SqlStorage):
            with storage.engine.connect() as connection:
                for table in sorted(migrations_tables(storage)):
                    count = f"SELECT count(*) FROM {table} WHERE firm_id = '{leaving.firm_id}'"
                    assert (table == "ic_removals") == connection.execute(text(count)).scalar(), table
        restore(file, storage)
        assert before == books(storage, leaving.firm_id)
        again = Billing.open(storage, leaving.firm_id, clock=leaving.clock, passwords=QuickPasswords())
        assert () == again.verify().findings
        with pytest.raises(UniqueViolation):
            restore(file, storage)

    def test_the_word(self, leaving: Billing, storage: Storage, tmp_path: Path) -> None:
        """Another one, and nothing happens."""
        for wrong in ("", "yes", leaving.firm_id, True):
            with pytest.raises(InvalidInput, match="confirm="):
                remove_firm(leaving, tmp_path / "gone.jsonl", confirm=wrong)  # type: ignore[arg-type]
        assert leaving.firm_id in storage.firms()
        assert not (tmp_path / "gone.jsonl").exists()

    def test_a_file_that_is_there(self, leaving: Billing, storage: Storage, tmp_path: Path) -> None:
        """The archive of a firm that went before is not written over."""
        kept = tmp_path / "kept.jsonl"
        kept.write_text("of another firm")
        with pytest.raises(InvalidInput, match="is there already"):
            remove_firm(leaving, kept, confirm=leaving.as_owner().firm.settings().name)
        assert "of another firm" == kept.read_text()
        assert leaving.firm_id in storage.firms()

    def test_changed_since_the_archive(
        self, leaving: Billing, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It stays, with what was changed."""
        maria = leaving.as_owner()
        name = maria.firm.settings().name
        archive = write_archive

        def and_then(billing: Billing, to: Path) -> None:
            archive(billing, to)
            maria.firm.change(contact="Elsewhere")

        monkeypatch.setattr("invoicecore.archive.removal.write_archive", and_then)
        with pytest.raises(ConcurrencyConflict):
            remove_firm(leaving, tmp_path / "gone.jsonl", confirm=name)
        assert "Elsewhere" == maria.firm.settings().contact
        assert () == leaving.verify().findings

    def test_a_command_that_goes_on(self, leaving: Billing, storage: Storage, tmp_path: Path) -> None:
        """Begun before, it does not commit into what is gone."""
        with closing(storage.begin(leaving.firm_id)) as going_on:
            firm = going_on.read_entity(Firm, leaving.firm_id)
            remove_firm(leaving, tmp_path / "gone.jsonl", confirm=leaving.as_owner().firm.settings().name)
            assert firm is not None
            changed: Replaced[Any] = Replaced(
                firm, Versioned(attrs.evolve(firm.entity, name="Still here"), firm.version + 1)
            )
            writes = WriteSet({(Firm, leaving.firm_id): changed}, [])
            with pytest.raises(ConcurrencyConflict):
                going_on.commit(writes)
        assert leaving.firm_id not in storage.firms()


def migrations_tables(storage: SqlStorage) -> set[str]:
    """The tables that have rows of firms."""
    return set(metadata.tables)


UNKEEPABLE = ("\0", "\ud800", "a\0b", "\udfff" * 3)


class TestIds:
    """An id with a NUL or half a surrogate is one that nothing has, on every store and in every call."""

    def test_every_call(self, storage: Storage) -> None:
        scene = new_scene("manager", storage=storage)
        desk, own = scene.desks["manager"], scene.things["own"]
        before = [books(storage, firm) for firm in storage.firms()]
        wrong = []
        for odd in UNKEEPABLE:
            for row, names in NAMING.items():
                for name in names:
                    for alien in (odd, getattr(own, name) + odd):
                        request = partial(TRY[row], desk, attrs.evolve(own, **{name: alien}))
                        wrong += refused_otherwise(f"{row}, {name}", request)
            for row, ask in (*AMONG.items(), ("firm.audit", AFTER["firm.audit"])):
                wrong += refused_otherwise(row, partial(ask, desk, own, odd))
            wrong += refused_otherwise("firm.audit", partial(audit_of, desk, odd), answered=())
        assert [] == wrong
        assert before == [books(storage, firm) for firm in storage.firms()]

    def test_at_the_door(self, storage: Storage) -> None:
        """Of the firm, and of who acts."""
        billing = create(storage, NORTHWIND)
        for odd in UNKEEPABLE:
            with pytest.raises(NotFound):
                Billing.open(storage, billing.firm_id + odd)  # type: ignore[arg-type]
            with pytest.raises(NotFound):
                billing.acting_as(odd)

    def test_several_firms(self, storage: Storage) -> None:
        """Who does not say which is not told whose there are."""
        ids = [create(storage, NORTHWIND).firm_id for _ in range(2)]
        with pytest.raises(InvalidInput, match="2 firms") as refused:
            Billing.open(storage)
        assert not any(id in str(refused.value) for id in ids)


def audit_of(desk: Desk, entity_id: str) -> object:
    """The audit of an entity."""
    return desk.firm.audit(entity_id=entity_id)


def refused_otherwise(call: str, request: Callable[[], object], answered: object = None) -> list[str]:
    """What happened instead of NotFound."""
    try:
        result = request()
    except NotFound:
        return []
    except BatchRefused as refused:
        return [] if isinstance(refused.reason, NotFound) else [f"{call}: {refused!r}"]
    except Exception as other:
        return [f"{call}: {other!r}"]
    return [] if answered is not None and result == answered else [f"{call} was answered"]
