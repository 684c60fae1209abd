"""SQL storage without its safeguards, as negative controls."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from invoicecore.ports.store import Entity
from invoicecore.storage.sql.connections import Connection
from invoicecore.storage.sql.flush import EntityKey, Stored, Writing


@contextmanager
def without_versions() -> Iterator[None]:
    """An adapter that writes over whatever is there, seen or not. On SQLite; PostgreSQL would notice by itself."""

    def overwrite(
        writing: Writing, written: Mapping[EntityKey, Entity | None], seen: Mapping[EntityKey, Stored]
    ) -> None:
        there = {place: (seen[place][0], _version(writing, place)) for place in written}
        entities(writing, written, there)

    entities = Writing.entities
    with patch.object(Writing, "entities", overwrite):
        yield


def _version(writing: Any, place: EntityKey) -> int:
    """Which version is there now."""
    get = writing._said.entities[place[0]].get
    rows = writing._connection.read(get.sql, get.placed({"firm_id": writing._firm_id, "id": place[1]}))
    return rows[0][1] if rows else 0


@contextmanager
def without_claims() -> Iterator[None]:
    """An adapter that lets a claim be made though somebody else holds it."""

    def overwrite(writing: Any, holders: Mapping[Any, str | None], seen: Mapping[Any, str | None]) -> None:
        get = writing._said.claims.get
        there = dict(seen)
        for scope, key in holders:
            keys = writing._said.language.several([key])
            given = {"firm_id": writing._firm_id, "scope": scope.value, "keys": keys}
            there[scope, key] = dict(writing._connection.read(get.sql, get.placed(given))).get(key)
        claims(writing, holders, there)

    claims = Writing.claims
    with patch.object(Writing, "claims", overwrite):
        yield


@contextmanager
def without_transactions() -> Iterator[None]:
    """An adapter for which each statement stands by itself. On SQLite."""

    @contextmanager
    def writing(connection: Any) -> Iterator[None]:
        connection._open().execute("COMMIT")  # of what was read; whatever is written now is not in a transaction
        yield

    with patch.object(Connection, "writing", writing):
        yield
