"""The executor, which runs each command as one unit of work, and again after a conflict."""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from datetime import datetime
from functools import cache
from inspect import signature
from typing import Self, TypeVar, TypeVarTuple

from attrs import frozen

from invoicecore.desk.context import CommandContext
from invoicecore.errors import (
    CommitUnknown,
    ConcurrencyConflict,
    IdempotencyKeyReused,
    InvalidState,
    NotFound,
    NotPermitted,
    PersonArchived,
    StorageUnavailable,
    UniqueViolation,
)
from invoicecore.model.events import Changed
from invoicecore.model.person import Person
from invoicecore.ports.clock import Clock, time_by
from invoicecore.ports.passwords import PasswordHasher
from invoicecore.ports.store import (
    HasReplica,
    IdempotencyRecord,
    Replica,
    Storage,
    unchecked_audit_record,
)
from invoicecore.ports.tax_decider import TaxDecider
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values import inputs
from invoicecore.values.ids import FirmId, IdSource, PersonId
from invoicecore.values.plain_data import digest, is_default
from invoicecore.vocabulary import Action, EventScope

ATTEMPTS = 50
"""How often a command is run as a whole before a conflict is given back to the caller."""
_LONGEST_PAUSE = 0.05
_QUICKER = (ConcurrencyConflict, UniqueViolation, CommitUnknown)
_PERHAPS_OUTDATED = (NotFound, NotPermitted, PersonArchived, InvalidState)
"""How a replica refuses what the primary perhaps gives: it lacks what was made or allowed since."""

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


def retry(
    attempt: Callable[[*Arguments], T],
    *arguments: *Arguments,
    repeatable: bool,
    quicker: ConcurrencyConflict | UniqueViolation | CommitUnknown | None = None,
) -> T:
    """The result of the attempt, which is run again as a whole after each conflict, a bounded number of times. If the
    caller made the first attempt, `quicker` is the error of that attempt.

    An attempt that is `repeatable` takes effect once however often it runs, so it is also run again after the answer to
    a commit was lost.
    """
    failed, unknown = 0, None
    while True:
        if quicker is not None:
            failed += 1
            if isinstance(quicker, CommitUnknown):
                unknown = quicker
            if failed == ATTEMPTS or (unknown is not None and not repeatable):
                if unknown in (None, quicker):
                    raise quicker
                raise unknown from quicker
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.0002 * 2**failed)))
        try:
            return attempt(*arguments)
        except StorageUnavailable as away:
            if unknown is None:
                raise
            raise unknown from away  # what was sent before may stand
        except _QUICKER as once_more:
            quicker = once_more


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
        is_system: bool = False,
        tax_decider: TaxDecider | None = None,
    ) -> None:
        self._is_system = is_system
        self._storage = storage
        self._replica = storage.replica if isinstance(storage, HasReplica) else None
        self._firm_id = firm_id
        self.actor_id = actor_id
        self._clock = clock
        self._ids = ids
        self.passwords = passwords
        self._tax_decider = tax_decider

    def fresh(self) -> Self:
        """The same without the replica: every answer is the primary's."""
        fresh = copy(self)
        fresh._replica = None
        return fresh

    def as_of(self) -> datetime:
        """The instant of the answers: they contain everything that was committed before."""
        return self.now() if self._replica is None else self._replica.as_of()

    def now(self) -> datetime:
        """The time by the clock."""
        return time_by(self._clock)

    def read(self, query: Callable[[CommandContext], T]) -> T:
        """The answer to a query; nothing is written. A replica gives it if there is one; the primary is asked if the
        replica refuses."""
        if self._replica is not None:
            with suppress(*_PERHAPS_OUTDATED):
                return retry(self._read_once, self._replica, query, repeatable=True)
        return self.read_primary(query)

    def read_primary(self, query: Callable[[CommandContext], T]) -> T:
        """The answer to a question on which a command rests, or which only the primary can give."""
        try:
            return self._read_once(self._storage, query)
        except _QUICKER as quicker:
            return retry(self._read_once, self._storage, query, repeatable=True, quicker=quicker)

    def _read_once(self, asked: Storage | Replica, query: Callable[[CommandContext], T]) -> T:
        uow = UnitOfWork(asked, self._firm_id)
        try:
            return query(self._context(uow))
        finally:
            uow.close()

    def write(self, action: Action, command: Callable[[CommandContext], T], request: "KeyedRequest | None" = None) -> T:
        """Run a command as one unit of work.

        A conflict runs it again as a whole, a bounded number of times. A request with an idempotency key takes effect
        once: the same one again gives the stored result, another one with that key raises IdempotencyKeyReused.
        """
        try:
            return self._write_once(action, command, request)
        except _QUICKER as quicker:
            is_keyed = request is not None
            return retry(self._write_once, action, command, request, repeatable=is_keyed, quicker=quicker)

    def _write_once(self, action: Action, command: Callable[[CommandContext], T], request: "KeyedRequest | None") -> T:
        uow = UnitOfWork(self._storage, self._firm_id)
        try:
            context = self._context(uow)
            if request is not None:
                asked = _digest(action, context.actor, request)
                stored = uow.find_idempotency_record(request.key)
                if stored is not None:
                    if stored.request != asked:
                        raise IdempotencyKeyReused(
                            f"The idempotency key {request.key!r} was used for another request; take a new one."
                        )
                    return stored.result  # type: ignore[return-value]  # what this same command returned
            result = command(context)
            if request is not None:
                uow.save_idempotency_record(IdempotencyRecord(request.key, asked, result))
            if context.changes:
                stamp, changes = context.stamp, tuple(context.changes)
                uow.check_clock(stamp.at)
                uow.append(unchecked_audit_record(self._ids(), stamp.at, stamp.by, action, changes, context.reason))
                if context.firm.events is EventScope.ALL:
                    context.emit(Changed(action, stamp.by, changes))
            if context.changes or request is not None:
                uow.commit()
            return result
        finally:
            uow.close()

    def _context(self, uow: UnitOfWork) -> CommandContext:
        firm, actor = uow.firm_and_person(self._firm_id, self.actor_id)
        if firm is None:
            raise NotFound("firm", self._firm_id)
        if actor is None:
            raise NotFound("person", self.actor_id)
        if actor.archived and not self._is_system:
            raise PersonArchived(f"{actor.name} was archived and may not act; a manager can bring them back.")
        return CommandContext(uow, firm, actor, self._clock, self._ids, self._tax_decider)


@frozen
class KeyedRequest:
    """An idempotency key, and the arguments that it stands for."""

    key: str
    arguments: Mapping[str, object]


def keyed(key: str | None, method: Callable[..., object], /, **arguments: object) -> KeyedRequest | None:
    """The request of a method with an idempotency key; None without one.

    Arguments that have the method's default are left out, so a new argument changes no stored request. An object of a
    host's own class is not compared.
    """
    if key is None:
        return None
    defaults = _defaults(getattr(method, "__func__", method))  # a bound method would keep its Desk in the cache
    stated = {name: it for name, it in arguments.items() if name not in defaults or not is_default(it, defaults[name])}
    return KeyedRequest(inputs.line("An idempotency key", key), stated)


@cache
def _defaults(function: Callable[..., object]) -> Mapping[str, object]:
    """The defaults of a function's parameters. To read a signature takes nearly as long as a command in memory."""
    return {name: it.default for name, it in signature(function).parameters.items()}


def _digest(action: Action, actor: Person, request: KeyedRequest) -> str:
    """What makes two requests the same: who asks, in which role, for what, with which arguments.

    The role is part of it, because what is stored was made for the eyes of that role.
    """
    return digest(1, [str(action), actor.id, str(actor.role), request.arguments])
