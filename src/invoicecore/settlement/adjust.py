"""The adjustment of a balance by a Manager."""

from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.values.money import Money
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import EntryKind


def adjust(account: Account, amount: Money, reason: str, adjustment_id: str, stamp: CommandStamp) -> Decision:
    """Move the balance by the sign of the amount: +$500 credits the client, −$200 takes away."""
    after, entry = account.with_entry(EntryKind.ADJUSTMENT, amount.minor, stamp, cause=adjustment_id, note=reason)
    return Decision(account=after, entries=(entry,))
