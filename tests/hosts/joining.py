"""A store whose every unit of work is a transaction of a host's that was joined, to be tried as any other store."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from invoicecore.errors import ConcurrencyConflict, TransactionConflict
from invoicecore.ports.store import ALL_FIRMS, FirmsQuery, WriteSet
from invoicecore.storage.sql import JoinedStorage
from invoicecore.storage.sql.transaction import JoinedTransaction
from invoicecore.values.ids import FirmId


class JoiningStorage:
    """A host that begins a transaction for each unit of work, and commits it where the unit is committed. What is to be
    run again is a conflict for its caller, as the port has it."""

    def __init__(self, engine: Engine, join: Callable[[Connection], JoinedStorage] = JoinedStorage) -> None:
        self._engine = engine
        self._join = join

    def begin(self, firm_id: FirmId) -> "JoiningTransaction":
        """A transaction of the host, with the library in it."""
        connection = self._engine.connect()
        try:
            with _as_conflict():
                return JoiningTransaction(connection, self._join(connection).begin(firm_id))
        except BaseException:
            connection.close()
            raise

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> Sequence[FirmId]:
        """The firms, read in a transaction as well."""
        with self._engine.connect() as connection, _as_conflict():
            return self._join(connection).firms(query)


class JoiningTransaction:
    """A host's transaction that ends with the unit of work in it."""

    def __init__(self, connection: Connection, joined: JoinedTransaction) -> None:
        self._connection = connection
        self._joined = joined

    def __getattr__(self, name: str) -> Any:
        return getattr(self._joined, name)

    def commit(self, writes: WriteSet) -> None:
        """The library's savepoint, and then the host's commit."""
        with _as_conflict():
            self._joined.commit(writes)
            self._connection.commit()

    def close(self) -> None:
        """A reader of the audit numbers it, and that stands as well."""
        if self._connection.in_transaction():
            self._connection.commit()
        self._connection.close()


@contextmanager
def _as_conflict() -> Iterator[None]:
    try:
        yield
    except TransactionConflict as conflict:
        raise ConcurrencyConflict(str(conflict)) from conflict
