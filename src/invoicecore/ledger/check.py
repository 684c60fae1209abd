"""Can these entries be believed?

A host runs this over what it stored, as an auditor would: it trusts no balance and adds everything up again.
"""

from collections.abc import Iterable

from attrs import frozen

from invoicecore import inputs
from invoicecore.ledger.entries import Entry
from invoicecore.ledger.position import BEGINNING, Position, anchor_after


@frozen
class Fault:
    """Something that cannot be, at entry number `sequence`."""

    sequence: int
    what: str


def check(entries: Iterable[Entry], position: Position | None = None) -> tuple[Fault, ...]:
    """The faults in all entries of one client, in their order; empty when they can be believed.

    Checked are: one client, sequence numbers from 1 without gaps, each balance equal to the sum so far, times of
    booking that never step back, and, when given, that the stored position is the one the entries lead to.
    """
    faults = []
    balance = anchor = 0
    last: Entry | None = None
    for place, entry in enumerate(entries, start=1):
        inputs.instance("An entry", entry, Entry)
        balance += entry.minor
        anchor = anchor_after(anchor, entry.kind, entry.minor, balance)
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
        inputs.instance("position", position, Position)
        sequence, booked_at = (last.sequence, last.booked_at) if last is not None else (0, BEGINNING)
        for what, stored, found in (
            ("sequence", position.sequence, sequence),
            ("balance", position.balance_minor, balance),
            ("anchor", position.anchor_minor, anchor),
            ("time of booking", position.booked_at, booked_at),
        ):
            if stored != found:
                faults.append(Fault(sequence, f"is the end; the stored {what} is {stored}, not {found}"))
    return tuple(faults)
