"""The worker of a host, which delivers messages, requests refills and marks invoices overdue in all firms of a store,
in rounds, until it is told to stop.

Several workers may run on one store. A message is leased before it is handed over, and a sweep looks at each client or
invoice again in its own unit of work, so nothing is done twice.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import zip_longest

from attrs import field, frozen

from invoicecore.adapters.clock import SystemClock
from invoicecore.billing import Billing
from invoicecore.delivery import LEASE, Delivery, FirmOutbox, check_arguments
from invoicecore.errors import InvalidInput, InvoicecoreError, SchemaMismatch, StorageError
from invoicecore.ports.clock import Clock, time_by
from invoicecore.ports.notifier import Notifier
from invoicecore.ports.store import FirmsQuery, FirmTask, Storage
from invoicecore.ports.tax_decider import TaxDecider
from invoicecore.values.ids import FirmId
from invoicecore.values.inputs import short_repr

SWEEP_EVERY = timedelta(hours=1)
"""How often refills and due dates are looked at, unless the host says otherwise."""

_MESSAGES = 100  # of a firm in one round
_FIRMS = 1000  # that are asked for at once
_NAP = 0.1  # seconds, after which it is looked whether the worker is to stop


@frozen
class WorkerRound:
    """What a worker did in one round: messages that were handed over, refills that were asked for, and invoices that
    were marked as overdue. `failed` has what went wrong, each with its firm, or None where no store was reached."""

    delivered: int = 0
    refills: int = 0
    overdue: int = 0
    failed: tuple[tuple[FirmId | None, Exception], ...] = field(default=(), repr=False)


class Worker:
    """Hands over the messages of all firms, asks for refills that are due, and marks invoices as overdue.

    `round` does it once. `run` does it until `stop` is called, which a handler of SIGTERM may do: what is in hand is
    finished first. What fails in one firm holds up no other, and is tried again in a later round.
    """

    def __init__(
        self,
        storage: Storage,
        notifier: Notifier,
        *,
        sweep_every: timedelta = SWEEP_EVERY,
        lease: timedelta = LEASE,
        clock: Clock | None = None,
        tax_decider: TaxDecider | None = None,
    ) -> None:
        check_arguments(1, lease)
        if not callable(getattr(notifier, "notify", None)):
            raise InvalidInput(f"A notifier has a method `notify`; {short_repr(notifier)} has none.")
        if not isinstance(sweep_every, timedelta) or sweep_every <= timedelta(0):
            raise InvalidInput(f"sweep_every must be a timedelta above zero, not {short_repr(sweep_every)}.")
        self._storage = storage
        self._notifier = notifier
        self._sweep_every = sweep_every
        self._lease = lease
        self._clock = clock or SystemClock()
        self._tax_decider = tax_decider
        self._next_sweep: datetime | None = None
        self._is_stopped = False

    def stop(self) -> None:
        """Let `run` end after what is in hand."""
        self._is_stopped = True

    def run(
        self, *, pause: timedelta = timedelta(seconds=1), report: Callable[[WorkerRound], object] | None = None
    ) -> None:
        """Do rounds until the worker is stopped, with a pause after each that found no message. `report` is called
        after each round that did something, or failed. SchemaMismatch ends it: no pause helps there."""
        while not self._is_stopped:
            try:
                done = self.round()
            except StorageError as unreachable:
                done = WorkerRound(failed=((None, unreachable),))
            if report is not None and done != WorkerRound():
                report(done)
            for _, failed in done.failed:
                if isinstance(failed, SchemaMismatch):
                    raise failed
            if not done.delivered:
                self._rest(pause)

    def round(self) -> WorkerRound:
        """Do once what waits. Sweeps are part of the first round, and then of one in so many hours. StorageError if the
        store cannot be reached."""
        now = time_by(self._clock)
        delivered, failed = self._deliver(now)
        refills = overdue = 0
        if self._next_sweep is None or now >= self._next_sweep:
            refills = self._sweep(FirmTask.REFILLS, now, failed)
            overdue = self._sweep(FirmTask.OVERDUE, now, failed)
            if not self._is_stopped:
                self._next_sweep = now + self._sweep_every
        return WorkerRound(delivered, refills, overdue, tuple(failed))

    def _deliver(self, now: datetime) -> tuple[int, list[tuple[FirmId | None, Exception]]]:
        """Hand over messages; the firms take turns, one message each, so that none waits for another."""
        delivered, failed = 0, list[tuple[FirmId | None, Exception]]()
        for firms in self._firms(FirmTask.MAIL, now):
            outboxes = [self._delivered(firm_id, failed) for firm_id in firms]
            for turn in zip_longest(*outboxes):
                delivered += sum(it.delivered for it in turn if it is not None)
        return delivered, failed

    def _delivered(self, firm_id: FirmId, failed: list[tuple[FirmId | None, Exception]]) -> Iterator[Delivery]:
        """The deliveries of a firm, until the worker is stopped."""
        messages = FirmOutbox(self._storage, firm_id, self._clock).deliver(self._notifier, _MESSAGES, self._lease)
        try:
            while not self._is_stopped and (went := next(messages, None)) is not None:
                failed.extend((firm_id, error) for error in went.failed.values())
                yield went
        except InvoicecoreError as refused:
            failed.append((firm_id, refused))

    def _sweep(self, task: FirmTask, now: datetime, failed: list[tuple[FirmId | None, Exception]]) -> int:
        """Do a task in all firms that have it; in how many cases it was done."""
        done = 0
        for firm_id in (it for firms in self._firms(task, now) for it in firms):
            if self._is_stopped:
                break
            try:
                billing = Billing.open(self._storage, firm_id, clock=self._clock, tax_decider=self._tax_decider)
                desk = billing.as_system("worker")
                swept = desk.accounts.sweep_refills if task is FirmTask.REFILLS else desk.invoices.sweep_overdue
                done += len(swept())
            except InvoicecoreError as refused:
                failed.append((firm_id, refused))
        return done

    def _firms(self, task: FirmTask, now: datetime) -> Iterator[list[FirmId]]:
        """The firms that have a task, part by part."""
        after = None
        while not self._is_stopped:
            firms = list(self._storage.firms(FirmsQuery(task=task, now=now, after=after, limit=_FIRMS)))
            yield firms
            if len(firms) < _FIRMS:
                return
            after = firms[-1]

    def _rest(self, pause: timedelta) -> None:
        until = time.monotonic() + pause.total_seconds()
        while not self._is_stopped and (left := until - time.monotonic()) > 0:
            time.sleep(min(_NAP, left))
