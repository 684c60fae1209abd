"""The laws of what can be reserved once, and of the outbox."""

from collections.abc import Iterator
from typing import assert_never

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenState
from invoicecore.model.events import Message
from invoicecore.ports.archive import Claim
from invoicecore.ports.store import UniqueKind


class ReservationsCheck:
    """Reservations, each of which belongs to something, and messages."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self._messages: set[str] = set()
        self.looks: Looks = {Claim: self._of_claim, Message: self._of_message}

    def _of_claim(self, claim: Claim) -> Iterator[Finding]:
        if not self._fits(claim):
            what = f"the {claim.scope} {claim.key!r} is not what {claim.holder!r} has to hold."
            yield _finding(claim.scope, claim.key, claim.holder, what)

    def _fits(self, claim: Claim) -> bool:
        """Whether a reservation belongs to its owner; what is left at the end was never reserved."""
        seen = self._seen
        match claim.scope:
            case UniqueKind.NUMBER:
                # A number stays reserved for ever; those of invoices that are there are theirs.
                return seen.numbers.pop(claim.key, claim.holder) == claim.holder
            case UniqueKind.SESSION:
                row, invoice = seen.sessions.find(claim.key), seen.invoice_row(claim.holder)
                if row is None or invoice < 0 or seen.sessions.locked_by[row] != invoice + 1:
                    return False
                seen.sessions.locked_by[row] = 0
                return True
            case UniqueKind.EMAIL:
                return seen.emails.pop(claim.key, None) == claim.holder
            case UniqueKind.TIMER:
                return seen.timers.pop(claim.key, None) == claim.holder
            case UniqueKind.IMPORT:
                return claim.holder in seen.sessions
            case _:
                assert_never(claim.scope)

    def _of_message(self, message: Message) -> Iterator[Finding]:
        if message.id in self._messages:
            what = f"the message {message.id!r} is there already."
            yield Finding(Law.UNIQUE, "Message", message.id, what, message.at)
        self._messages.add(message.id)

    def end(self) -> Iterator[Finding]:
        """What ought to be reserved and is not."""
        seen = self._seen
        for scope, left in (
            (UniqueKind.NUMBER, seen.numbers.items()),
            (UniqueKind.SESSION, seen.locks()),
            (UniqueKind.EMAIL, seen.emails.items()),
            (UniqueKind.TIMER, seen.timers.items()),
        ):
            for key, holder in left:
                yield _finding(scope, key, holder, f"the {scope} {key!r} is not claimed by {holder!r}.")


_OWNERS = {
    UniqueKind.NUMBER: "Invoice",
    UniqueKind.EMAIL: "Person",
    UniqueKind.TIMER: "Timer",
    UniqueKind.IMPORT: "WorkSession",
}


def _finding(scope: UniqueKind, key: str, holder: str, what: str) -> Finding:
    if scope is UniqueKind.SESSION:
        return Finding(Law.RESERVATIONS, "WorkSession", key, what)
    return Finding(Law.RESERVATIONS, _OWNERS[scope], holder, what)
