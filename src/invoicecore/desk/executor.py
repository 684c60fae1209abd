"""How does a command run: once, as a whole, and again if somebody was quicker?"""

import random
import time
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from invoicecore.desk.context import CommandContext
from invoicecore.errors import (
    CommitUnknown,
    ConcurrencyConflict,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    PersonArchived,
    UniqueViolation,
)
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.ports.clock import Clock
from invoicecore.ports.passwords import PasswordHasher
from invoicecore.ports.store import IdempotencyRecord, Storage, unchecked_audit_record
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values import inputs
from invoicecore.values.ids import FirmId, IdSource, PersonId
from invoicecore.vocabulary import Action

ATTEMPTS = 50
"""How often a command is run as a whole before a conflict is given back to the caller."""
_LONGEST_PAUSE = 0.05

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


def retry(attempt: Callable[[*Arguments], T], *arguments: *Arguments, repeatable: bool) -> T:
    """What the attempt gives, run again as a whole while somebody else was quicker, a bounded number of times.

    One that is `repeatable` has its effect once however often it runs, so it is run again also when the answer to a
    commit was lost.
    """
    failed = 0
    while True:
        try:
            return attempt(*arguments)
        except (ConcurrencyConflict, UniqueViolation, CommitUnknown) as quicker:
            failed += 1
            if failed == ATTEMPTS or (isinstance(quicker, CommitUnknown) and not repeatable):
                raise
        time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.0002 * 2**failed)))


class Executor:
    """Runs the commands and queries of one person on one firm. It keeps an id and reads the person anew in each unit
    of work, so that a changed role or assignment holds at once."""

    def __init__(
        self,
        storage: Storage,
        firm_id: FirmId,
        actor_id: PersonId,
        clock: Clock,
        ids: IdSource,
        passwords: PasswordHasher,
    ) -> None:
        self._storage = storage
        self._firm_id = firm_id
        self.actor_id = actor_id
        self._clock = clock
        self._ids = ids
        self.passwords = passwords

    def read(self, query: Callable[[CommandContext], T]) -> T:
        """The answer to a question; nothing is written."""
        return retry(self._read_once, query, repeatable=True)

    def _read_once(self, query: Callable[[CommandContext], T]) -> T:
        with UnitOfWork(self._storage, self._firm_id) as uow:
            return query(self._context(uow))

    def write(
        self,
        action: Action,
        command: Callable[[CommandContext], T],
        *,
        key: str | None = None,
        request: tuple[object, ...] = (),
    ) -> T:
        """Run a command as one unit of work.

        A conflict runs it again as a whole, a bounded number of times. With an idempotency key it takes effect once:
        the same `request` again gives the remembered result, another one KeyReused.
        """
        if key is not None:
            inputs.name("An idempotency key", key)
        return retry(self._write_once, action, command, key, request, repeatable=key is not None)

    def _write_once(
        self, action: Action, command: Callable[[CommandContext], T], key: str | None, request: tuple[object, ...]
    ) -> T:
        with UnitOfWork(self._storage, self._firm_id) as uow:
            context = self._context(uow)
            digest = ""
            if key is not None:
                digest = _digest(action, context.actor, request)
                remembered = uow.find_idempotency_record(key)
                if remembered is not None:
                    if remembered.request != digest:
                        raise IdempotencyKeyReused(
                            f"The idempotency key {key!r} was used for another request; take a new one."
                        )
                    return remembered.result  # type: ignore[return-value]  # what this same command returned
            result = command(context)
            if key is not None:
                uow.save_idempotency_record(IdempotencyRecord(key, digest, result))
            if context.changes:
                stamp = context.stamp
                uow.append(
                    unchecked_audit_record(
                        self._ids(), stamp.at, stamp.by, action, tuple(context.changes), context.reason
                    )
                )
            if context.changes or key is not None:
                uow.commit()
            return result

    def _context(self, uow: UnitOfWork) -> CommandContext:
        firm = uow.get(Firm, self._firm_id)
        actor = uow.get(Person, self.actor_id)
        if firm is None:
            raise NotFound("firm", self._firm_id)
        if actor is None:
            raise NotFound("person", self.actor_id)
        if actor.archived:
            raise PersonArchived(f"{actor.name} was archived and may not act; a manager can bring them back.")
        return CommandContext(uow, firm, actor, self._clock, self._ids)


def _digest(action: Action, actor: Person, request: tuple[object, ...]) -> str:
    """What makes two requests the same: who asks, in which role, for what, with which arguments.

    The role is part of it, because what is remembered was made for the eyes of that role.
    """
    from hashlib import blake2b  # loads OpenSSL, which nothing else needs

    try:
        said = repr((str(action), actor.id, str(actor.role), request))
    except Exception as unspeakable:  # whatever somebody's own class, or a list in itself, raises
        raise InvalidInput("An argument is nothing that can be written down; give plain values.") from unspeakable
    return blake2b(said.encode(errors="surrogatepass"), digest_size=16).hexdigest()
