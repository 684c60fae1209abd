"""Can these entries be believed?

A host runs this over what it stored, as an auditor would: it trusts no balance and adds everything up again.
"""

from collections.abc import Iterable

from attrs import frozen

from invoicecore.ledger.entries import Entry
from invoicecore.ledger.position import Position


@frozen
class Fault:
    """Something that cannot be, at entry number `sequence`."""

    sequence: int
    what: str


def check(entries: Iterable[Entry], position: Position | None = None) -> tuple[Fault, ...]:
    """The faults in all entries of one client, in their order; empty when they can be believed.

    Checked are: one client, sequence numbers from 1 without gaps, each balance equal to the sum so far, times of
    booking that never step back, and, when given, the stored position equal to the last entry.
    """
    faults = []
    balance = 0
    last: Entry | None = None
    for place, entry in enumerate(entries, start=1):
        balance += entry.minor
        if entry.sequence != place:
            faults.append(Fault(entry.sequence, f"stands in place {place}"))
        if entry.balance_minor != balance:
            faults.append(Fault(entry.sequence, f"says a balance of {entry.balance_minor}; the sum is {balance}"))
        if last is not None and entry.client_id != last.client_id:
            faults.append(Fault(entry.sequence, f"belongs to client {entry.client_id}, not {last.client_id}"))
        if last is not None and entry.booked_at < last.booked_at:
            faults.append(Fault(entry.sequence, "was booked before the entry that precedes it"))
        last = entry
    if position is not None:
        end = (last.sequence, last.balance_minor) if last is not None else (0, 0)
        if (position.sequence, position.balance_minor) != end:
            stored = (position.sequence, position.balance_minor)
            faults.append(Fault(end[0], f"is the end; the stored (sequence, balance) is {stored}, not {end}"))
    return tuple(faults)
