"""Is exactly that claimed which has to be, and is nothing in the outbox twice?"""

from collections.abc import Iterator
from typing import assert_never

from invoicecore.archive.integrity.seen_state import Known, Looks
from invoicecore.model.events import Message
from invoicecore.ports.archive import Claim
from invoicecore.ports.store import UniqueKind


class Holdings:
    """Claims, each of which belongs to something, and messages."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._messages: set[str] = set()
        self.looks: Looks = {Claim: self._of_claim, Message: self._of_message}

    def _of_claim(self, claim: Claim) -> Iterator[str]:
        if not self._fits(claim):
            yield f"the {claim.scope} {claim.key!r} is not what {claim.holder!r} has to hold."

    def _fits(self, claim: Claim) -> bool:
        known = self._known
        match claim.scope:
            case UniqueKind.NUMBER:
                # A number stays claimed for ever; those of invoices that are there are theirs.
                return known.numbers.pop(claim.key, claim.holder) == claim.holder
            case UniqueKind.SESSION:
                return known.locks.pop(claim.key, None) == claim.holder
            case UniqueKind.EMAIL:
                return known.emails.pop(claim.key, None) == claim.holder
            case UniqueKind.TIMER:
                return known.timers.pop(claim.key, None) == claim.holder
            case UniqueKind.IMPORT:
                return claim.holder in known.sessions
            case _:
                assert_never(claim.scope)

    def _of_message(self, message: Message) -> Iterator[str]:
        if message.id in self._messages:
            yield f"the message {message.id!r} is there already."
        self._messages.add(message.id)

    def end(self) -> Iterator[str]:
        """What ought to be claimed and is not."""
        for what, left in (
            ("number", self._known.numbers),
            ("session", self._known.locks),
            ("email", self._known.emails),
            ("timer", self._known.timers),
        ):
            for key, holder in left.items():
                yield f"the {what} {key!r} is not claimed by {holder!r}."
