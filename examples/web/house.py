"""The host's database, and the books of the firm in it."""

from collections.abc import Callable
from typing import Self, TypeVar

from attrs import frozen
from sqlalchemy import Connection, Engine, create_engine

from examples.web import seed, users
from invoicecore import Billing, Desk, SystemClock, retry_transaction
from invoicecore.adapters.argon2 import Argon2Passwords
from invoicecore.adapters.throttle import SlidingWindowThrottle
from invoicecore.ports.passwords import PasswordHasher
from invoicecore.ports.throttle import Throttle
from invoicecore.storage.sql import JoinedStorage, SqlStorage, upgrade

R = TypeVar("R")


@frozen
class House:
    """What all requests share: one engine for the host's own tables and the library's, and the firm's billing."""

    engine: Engine
    billing: Billing
    passwords: PasswordHasher
    throttle: Throttle

    @classmethod
    def at(cls, url: str, passwords: PasswordHasher | None = None) -> Self:
        """The house in the database at a URL; one without a firm gets the firm of `seed`."""
        engine, hasher = create_engine(url), passwords or Argon2Passwords()
        with engine.begin() as connection:
            upgrade(connection)
            users.METADATA.create_all(connection)
            if not JoinedStorage(connection).firms():
                seed.fill(connection, hasher)
        return cls(engine, Billing.open(SqlStorage(engine)), hasher, SlidingWindowThrottle(SystemClock()))

    def together(self, person_id: str, act: Callable[[Desk, Connection], R]) -> R:
        """What an act does with the library and with the host's tables, in one transaction: all of it, or nothing."""

        def transaction() -> R:
            with self.engine.begin() as connection:
                return act(self.billing.joined(connection).acting_as(person_id), connection)

        return retry_transaction(transaction)
