"""The laws of reservations and of the outbox."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenState
from invoicecore.model.events import Message
from invoicecore.ports.archive import Reservation
from invoicecore.ports.store import UniqueKind


class ReservationsCheck:
    """Reservations, each of which must belong to something, and messages."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self._messages: set[str] = set()
        self.looks: Looks = {Reservation: self._of_reservation, Message: self._of_message}

    def _of_reservation(self, reservation: Reservation) -> Sequence[Finding]:
        if self._fits(reservation):
            return ()
        what = f"the {reservation.kind} {reservation.key!r} is not what {reservation.owner!r} has to hold."
        return [self._finding(reservation.kind, reservation.key, reservation.owner, what)]

    def _fits(self, reservation: Reservation) -> bool:
        """Whether a reservation belongs to its owner; what is left at the end was never reserved."""
        seen = self._seen
        match reservation.kind:
            case UniqueKind.NUMBER:
                # A number stays reserved for ever; those of invoices that are there are theirs.
                return seen.numbers.pop(reservation.key, reservation.owner) == reservation.owner
            case UniqueKind.CHARGE:
                if (charged := seen.charges.get(reservation.key)) is not None:
                    locked_by, charged.locked_by = charged.locked_by, None
                    return locked_by == reservation.owner
                row, invoice = seen.sessions.find(reservation.key), seen.invoice_row(reservation.owner)
                if row is None or invoice < 0 or seen.sessions.locked_by[row] != invoice + 1:
                    return False
                seen.sessions.locked_by[row] = 0
                return True
            case UniqueKind.EMAIL:
                return seen.emails.pop(reservation.key, None) == reservation.owner
            case UniqueKind.TIMER:
                return seen.timers.pop(reservation.key, None) == reservation.owner
            case UniqueKind.IMPORT:
                return reservation.owner in seen.sessions or reservation.owner in seen.charges
            case _:
                assert_never(reservation.kind)

    def _of_message(self, message: Message) -> Iterator[Finding]:
        if message.id in self._messages:
            what = f"the message {message.id!r} is there already."
            yield Finding(Law.UNIQUE, "Message", message.id, what, message.at)
        self._messages.add(message.id)
        if message.firm_id != self._seen.firm_id:
            what = f"the message names the firm {message.firm_id!r}."
            yield Finding(Law.REFERENCES, "Message", message.id, what, message.at)

    def end(self) -> Iterator[Finding]:
        """What should be reserved and is not."""
        seen = self._seen
        for kind, left in (
            (UniqueKind.NUMBER, seen.numbers.items()),
            (UniqueKind.CHARGE, seen.locks()),
            (UniqueKind.EMAIL, seen.emails.items()),
            (UniqueKind.TIMER, seen.timers.items()),
        ):
            for key, owner in left:
                yield self._finding(kind, key, owner, f"the {kind} {key!r} is not reserved by {owner!r}.")

    def _finding(self, kind: UniqueKind, key: str, owner: str, what: str) -> Finding:
        if kind is UniqueKind.CHARGE:
            return Finding(Law.RESERVATIONS, "Charge" if key in self._seen.charges else "WorkSession", key, what)
        return Finding(Law.RESERVATIONS, _OWNERS[kind], owner, what)


_OWNERS = {
    UniqueKind.NUMBER: "Invoice",
    UniqueKind.EMAIL: "Person",
    UniqueKind.TIMER: "Timer",
    UniqueKind.IMPORT: "WorkSession",
}
