"""The queue of commands that lost a client's account to others again and again.

A command reads, and then writes if nobody wrote in between; otherwise it is run again. Where many want the same
account, some would lose for long. So who has lost a few times waits for their turn before they read, and locks the
account.
"""

from collections.abc import Collection
from hashlib import blake2b
from threading import local
from time import monotonic
from typing import Final

from attrs import frozen

from invoicecore.values.ids import FirmId

FEW: Final = 2
"""After so many losses in a row a thread waits for its turn."""
_FORGOTTEN_AFTER = 1.0


@frozen
class Loss:
    """How often a thread has lost in a row, when it did last, and which accounts it wanted."""

    times: int = 0
    at: float = 0.0
    accounts: tuple[str, ...] = ()


_NONE = Loss()


class Turns:
    """The latest losses of each thread, by firm."""

    def __init__(self) -> None:
        self._of_thread = local()

    def taken(self, firm_id: FirmId) -> Loss:
        """What the thread has lost just now. It is told once, so that a unit of work inside another one does not wait
        for it."""
        losses = vars(self._of_thread)
        if not losses:
            return _NONE
        loss: Loss = losses.pop(firm_id, _NONE)
        return loss if monotonic() - loss.at < _FORGOTTEN_AFTER else _NONE

    def lost(self, firm_id: FirmId, before: Loss, accounts: Collection[str]) -> None:
        """The thread has lost once more."""
        if accounts:
            vars(self._of_thread)[firm_id] = Loss(before.times + 1, monotonic(), tuple(sorted(accounts)))


def number_of(firm_id: FirmId, account: str) -> int:
    """The number under which PostgreSQL queues those who wait for an account."""
    digest = blake2b(f"invoicecore {firm_id} {account}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
