"""The request of a refill, and its amount."""

from datetime import timedelta

from invoicecore.errors import MoneyRuleViolation
from invoicecore.ledger.terms import Refill
from invoicecore.lifecycle.invoice import Line
from invoicecore.settlement.account import Account
from invoicecore.values.inputs import LONGEST_US, duration
from invoicecore.values.money import LARGEST_MINOR


def blocks_to_ask(before: Account, after: Account, *, terms_set: bool) -> int:
    """The number of refill blocks that a command must request, which changed the account from `before` to `after`;
    usually 0 or 1.

    It requests some only if the projected balance fell or terms were set. So what was requested is not requested again
    while it is unpaid. A void requests nothing, so it does not come here.
    """
    projected = after.projected_balance_minor
    if projected >= before.projected_balance_minor and not terms_set:
        return 0
    return after.terms.blocks_due(projected)


def refill_line(refill: Refill, blocks: int) -> Line:
    """The one line of a refill invoice: whole blocks of hours at the refill rate. MoneyRuleViolation if there are more
    blocks than a line can hold."""
    hours = duration("The hours of a refill", refill.hours)
    if hours // timedelta.resolution * blocks > LONGEST_US or refill.amount.minor * blocks >= LARGEST_MINOR:
        raise MoneyRuleViolation(
            f"The refill would ask for {blocks} blocks of {refill.amount} at once, which is more than an invoice can "
            f"hold; set a larger refill.",
            "amount_uncountable",
        )
    return Line("", refill.amount.minor * blocks, duration=hours * blocks, rate=refill.rate, blocks=blocks)
