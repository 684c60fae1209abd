"""The delivery of a firm's messages to a notifier.

Each message is leased just before it is handed over, by a commit of its own, so that a slow notifier holds up only the
message that it has in hand. After a failure it waits, twice as long each time; after ten it rests until somebody sends
it again.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from attrs import evolve, field, frozen

from invoicecore.desk.executor import retry
from invoicecore.errors import CommitUnknown, ConcurrencyConflict, InvalidInput, NotFound
from invoicecore.ports.clock import Clock, time_by
from invoicecore.ports.notifier import Notifier
from invoicecore.ports.store import AT_ONCE, Storage, WaitingMessage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values import inputs
from invoicecore.values.ids import FirmId
from invoicecore.values.inputs import short_repr

TRIES = 10
"""How often a message is handed over before it rests."""
FIRST_WAIT = timedelta(minutes=1)
"""How long a message waits after its first failure; after each other one twice as long as before."""
LEASE = timedelta(minutes=10)
"""How long a notifier has for one message, unless the host says otherwise."""

LONGEST_LEASE = timedelta(days=7)

_ALL = 2**31 - 1  # messages; more than any outbox holds


@frozen
class Delivery:
    """How a delivery went: how many messages were handed over, the errors of those that were not, and the recipients
    that a notifier passed over, by the ids of their messages."""

    delivered: int
    failed: dict[str, Exception]
    passed_over: dict[str, tuple[str, ...]] = field(factory=dict)


def summed(each: Iterable[Delivery | None]) -> Delivery:
    """Several deliveries as one."""
    several = [it for it in each if it is not None]
    return Delivery(
        sum(it.delivered for it in several),
        {id: error for it in several for id, error in it.failed.items()},
        {id: names for it in several for id, names in it.passed_over.items()},
    )


def check_arguments(limit: object, lease: object) -> None:
    """InvalidInput unless a delivery can be limited to so much."""
    if type(limit) is not int or limit < 1:
        raise InvalidInput(f"limit must be a whole number above zero, not {short_repr(limit)}.")
    if not isinstance(lease, timedelta) or not timedelta(0) < lease <= LONGEST_LEASE:
        raise InvalidInput(f"lease must be a timedelta above zero and up to a week, not {short_repr(lease)}.")


class FirmOutbox:
    """The messages of one firm that wait to be handed over."""

    def __init__(self, storage: Storage, firm_id: FirmId, clock: Clock) -> None:
        self._storage = storage
        self._firm_id = firm_id
        self._clock = clock

    def deliver(self, notifier: Notifier, limit: int, lease: timedelta) -> Iterator[Delivery]:
        """Hand over what is due now, so many messages at most; how each went."""
        for waiting in retry(self._due, limit, repeatable=True):
            leased = self._leased(waiting, lease)
            if leased is not None:
                yield self._handed_over(leased, notifier)

    def resting(self) -> tuple[WaitingMessage, ...]:
        """The messages that failed too often, the oldest first."""
        return tuple(retry(self._resting, repeatable=True))

    def send_again(self, message_id: str) -> None:
        """Let a message that rests be due now, as if it were new."""
        inputs.id("The id of a message", message_id)
        retry(self._send_again, message_id, repeatable=False)

    def _due(self, limit: int) -> Sequence[WaitingMessage]:
        with UnitOfWork(self._storage, self._firm_id) as uow:
            return uow.waiting(time_by(self._clock), min(limit, _ALL))

    def _resting(self) -> Sequence[WaitingMessage]:
        with UnitOfWork(self._storage, self._firm_id) as uow:
            return uow.waiting(None, _ALL)

    def _leased(self, waiting: WaitingMessage, lease: timedelta) -> WaitingMessage | None:
        """The message while it is leased; None if somebody else was quicker.

        One that never came back from ten hand-overs, because each ended its process, rests.
        """
        if waiting.attempts >= TRIES:
            self._reschedule(waiting, evolve(waiting, due=None))
            return None
        leased = evolve(waiting, due=time_by(self._clock) + lease, attempts=waiting.attempts + 1)
        return leased if self._reschedule(waiting, leased) else None

    def _handed_over(self, leased: WaitingMessage, notifier: Notifier) -> Delivery:
        id = leased.message.id
        try:
            passed_over = notifier.notify(leased.message)
        except Exception as refused:
            wait = FIRST_WAIT * 2 ** (leased.attempts - 1)
            due = None if leased.attempts >= TRIES else time_by(self._clock) + wait
            self._reschedule(leased, evolve(leased, due=due, error=type(refused).__name__))
            return Delivery(0, {id: refused})
        retry(self._acknowledge, id, repeatable=True)
        return Delivery(1, {}, {id: passed_over} if isinstance(passed_over, tuple) and passed_over else {})

    def _reschedule(self, seen: WaitingMessage, wanted: WaitingMessage) -> bool:
        """Whether a message could be put off. If not, somebody else has it, or nobody until its lease ends."""
        try:
            with UnitOfWork(self._storage, self._firm_id) as uow:
                uow.reschedule(seen, wanted)
                uow.commit()
        except (ConcurrencyConflict, CommitUnknown):
            return False
        return True

    def _acknowledge(self, message_id: str) -> None:
        with UnitOfWork(self._storage, self._firm_id) as uow:
            uow.acknowledge(message_id)
            uow.commit()

    def _send_again(self, message_id: str) -> None:
        with UnitOfWork(self._storage, self._firm_id) as uow:
            for resting in uow.waiting(None, _ALL):
                if resting.message.id == message_id:
                    uow.reschedule(resting, evolve(resting, due=AT_ONCE, attempts=0))
                    uow.commit()
                    return
        raise NotFound("undelivered message", message_id)
