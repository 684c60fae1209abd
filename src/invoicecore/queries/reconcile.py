"""What became of all work and charges of a client: each is in exactly one state, and the sums meet the ledger."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.charge import Charge
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.queries.visibility import NamedRef
from invoicecore.values.calendar import Period, day_of
from invoicecore.values.money import Money
from invoicecore.vocabulary import BILLED_ENTRIES, BillingState, ChargeKind, Status

_NO_TIME = timedelta(0)


@frozen(kw_only=True)
class ReconciledPart:
    """The sessions and charges in one state, or on one invoice: how many, how long, and what they come to."""

    state: BillingState
    invoice: NamedRef | None
    sessions: int
    time: timedelta
    charges: int
    amount: Money


@frozen(kw_only=True)
class Reconciliation:
    """All sessions, timers and charges of a client, of a period (None: ever), each in exactly one of the `parts`.

    `time` and `amount` are the sums of the parts. `ledger` is what the entries drew for these sessions and charges, and
    `unexplained` is what entries of work and charges drew for anything else, which is nothing.
    """

    client: NamedRef
    period: Period | None
    parts: tuple[ReconciledPart, ...]
    time: timedelta
    amount: Money
    ledger: Money
    unexplained: Money

    def __repr__(self) -> str:
        sound = "balanced" if self.is_balanced else "not balanced"
        return f"<Reconciliation of {self.client.name}: {self.time} h, {self.amount}, {sound}>"

    @property
    def is_balanced(self) -> bool:
        """Whether the parts meet the ledger."""
        return self.amount == self.ledger and not self.unexplained.minor


class _PartSums:
    def __init__(self) -> None:
        self.sessions = self.charges = self.minor = 0
        self.time = _NO_TIME


def reconcile(
    client: NamedRef,
    currency: str,
    period: Period | None,
    zone: str,
    now: datetime,
    sessions: Iterable[WorkSession],
    charges: Iterable[Charge],
    timers: Iterable[Timer],
    holders: Mapping[str, Invoice],
    entries: Iterable[LedgerEntry],
    *,
    tells_given_up: bool,
) -> Reconciliation:
    """The reconciliation of a client's sessions, charges and timers. `holders` are the invoices that hold them, by
    their ids; `tells_given_up` says whether the viewer is told which invoices were given up."""
    caused, known = Counter[str](), set[str]()
    for entry in entries:
        if entry.kind in BILLED_ENTRIES:
            caused[entry.cause] -= entry.minor
    sums: dict[tuple[BillingState, str], _PartSums] = {}
    invoices: dict[str, Invoice] = {}
    ledger = 0

    def within(state: BillingState, invoice: Invoice | None) -> _PartSums:
        if invoice is not None:
            invoices[invoice.id] = invoice
        return sums.setdefault((state, "" if invoice is None else invoice.id), _PartSums())

    for timer in timers:
        if period is None or day_of(timer.start, zone) in period:
            part = within(BillingState.RUNNING, None)
            part.sessions += 1
            part.time += max(now - timer.start, _NO_TIME)
    everything: list[WorkSession | Charge] = [*sessions, *charges]
    for billed in everything:
        known.add(billed.id)
        day = billed.day(zone) if isinstance(billed, WorkSession) else billed.day
        if billed.removed or not (period is None or day in period):
            ledger += caused[billed.id] if billed.removed and period is None else 0
            continue
        ledger += caused[billed.id]
        holder = holders.get(billed.id)
        part = within(_state_of(billed, holder, tells_given_up=tells_given_up), holder)
        part.minor += billed.minor
        if isinstance(billed, WorkSession):
            part.sessions += 1
            part.time += billed.duration
        else:
            part.charges += 1
    parts = tuple(
        ReconciledPart(
            state=state,
            invoice=NamedRef(id, invoices[id].label) if id else None,
            sessions=of.sessions,
            time=of.time,
            charges=of.charges,
            amount=Money(minor=of.minor, currency=currency),
        )
        for (state, id), of in sorted(sums.items(), key=lambda it: (_ORDER[it[0][0]], it[0][1]))
    )
    return Reconciliation(
        client=client,
        period=period,
        parts=parts,
        time=sum((part.time for part in parts), _NO_TIME),
        amount=Money.total((part.amount for part in parts), currency),
        ledger=Money(minor=ledger, currency=currency),
        unexplained=Money(minor=sum(minor for id, minor in caused.items() if id not in known), currency=currency),
    )


_ORDER: Mapping[BillingState, int] = {state: place for place, state in enumerate(BillingState)}


def _state_of(billed: WorkSession | Charge, holder: Invoice | None, *, tells_given_up: bool) -> BillingState:
    if holder is None:
        waits_for_price = isinstance(billed, Charge) and billed.kind is ChargeKind.EXPENSE and billed.billable
        return BillingState.UNBILLED if billed.minor or waits_for_price else BillingState.FREE
    is_given_up = tells_given_up and holder.status is Status.UNCOLLECTIBLE
    return BillingState.GIVEN_UP if is_given_up else BillingState.ON_INVOICE


def holders_of(owners: Mapping[str, str], invoices: Sequence[Invoice]) -> Mapping[str, Invoice]:
    """The invoices that hold sessions and charges, by the ids of these."""
    by_id = {str(invoice.id): invoice for invoice in invoices}
    return {id: by_id[owner] for id, owner in owners.items()}
