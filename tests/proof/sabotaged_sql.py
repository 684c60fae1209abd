"""SQL storage without its safeguards, as negative controls."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from attrs import evolve

from invoicecore.ports.store import Replaced, UniqueKind, Versioned
from invoicecore.storage.sql.connections import PooledConnection
from invoicecore.storage.sql.flush import Flush


@contextmanager
def without_versions() -> Iterator[None]:
    """An adapter that writes over whatever is there, seen or not. On SQLite; PostgreSQL would notice by itself."""
    entities = Flush.entities

    def overwrite(flush: Flush, writes: Mapping[tuple[type[Any], str], Replaced[Versioned[Any] | None]]) -> None:
        entities(flush, {place: _as_there(flush, place, it) for place, it in writes.items()})

    with patch.object(Flush, "entities", overwrite):
        yield


def _as_there(
    flush: Flush, place: tuple[type[Any], str], write: Replaced[Versioned[Any] | None]
) -> Replaced[Versioned[Any] | None]:
    """The write as if the version had been seen that is there now."""
    of_kind = flush._statements.entities[place[0]]
    rows = flush._connection.read(of_kind.get.sql, of_kind.get.placed({"firm_id": flush._firm_id, "id": place[1]}))
    version = dict(of_kind.got(rows[0]))[place].version if rows else 0
    return evolve(write, seen=write.seen and evolve(write.seen, version=version))


@contextmanager
def without_reservations() -> Iterator[None]:
    """An adapter that lets a key be reserved though somebody else owns it."""
    reservations = Flush.reservations

    def overwrite(flush: Flush, wanted: Mapping[UniqueKind, Mapping[str, Replaced[str | None]]]) -> None:
        there = {
            kind: {key: evolve(it, seen=_owner(flush, kind, key)) for key, it in of_kind.items()}
            for kind, of_kind in wanted.items()
        }
        reservations(flush, there)

    with patch.object(Flush, "reservations", overwrite):
        yield


def _owner(flush: Flush, kind: UniqueKind, key: str) -> str | None:
    """Who owns a key now."""
    get = flush._statements.reservations.get
    given = {"firm_id": flush._firm_id, "kind": kind.value, "keys": flush._statements.dialect.several([key])}
    rows = flush._connection.read(get.sql, get.placed(given))
    return rows[0][1] if rows else None


@contextmanager
def without_transactions() -> Iterator[None]:
    """An adapter for which each statement stands by itself. On SQLite."""

    @contextmanager
    def writing(connection: Any) -> Iterator[None]:
        connection._open().execute("COMMIT")  # of what was read; whatever is written now is not in a transaction
        with patch.object(PooledConnection, "_open", PooledConnection.borrow):
            yield

    with patch.object(PooledConnection, "writing", writing):
        yield
