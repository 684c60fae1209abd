"""The explanation of a client's figures, and the stored facts from which they are explained.

Each figure has the entries behind it, the setting that applies, and the rule in one sentence.
"""

from fractions import Fraction

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.terms import Refill
from invoicecore.queries.invoices import InvoiceRow
from invoicecore.queries.transactions import TransactionRow
from invoicecore.settlement.account import Account, Standing
from invoicecore.values.money import Money
from invoicecore.vocabulary import EntryKind


@frozen
class KindTotal:
    """The number of entries of one kind in a ledger, and their sum in minor units."""

    kind: EntryKind
    count: int
    minor: int


@frozen(kw_only=True)
class ExplanationData:
    """The stored facts behind a client's figures: the totals of their entries by kind, in the order of the kinds'
    names; the latest payment that was deposited; the latest entry that brought the balance from above the allowed
    balance down to it or below; and the numbered invoices that deposit, are not void, and have something left to pay,
    in the order of creation."""

    totals: tuple[KindTotal, ...]
    deposit: LedgerEntry | None
    crossing: LedgerEntry | None
    asked: tuple[InvoiceRow, ...]


@frozen(kw_only=True)
class KindSum:
    """The sum of all entries of one kind, and their number."""

    kind: EntryKind
    count: int
    amount: Money


@frozen(kw_only=True)
class BalanceExplained:
    """The balance: `parts` add up to it."""

    amount: Money
    parts: tuple[KindSum, ...]
    rule: str


@frozen(kw_only=True)
class UtilizationExplained:
    """The utilization. It is counted from `utilization_base`: the balance after the latest `deposit` (zero before the
    first), less what was `taken_back` of payments since, but at least one block above the refill balance."""

    ratio: Fraction | None
    utilization_base: Money
    deposit: TransactionRow | None
    taken_back: Money
    refill_at: Money | None
    rule: str


@frozen(kw_only=True)
class StopExplained:
    """Whether work is stopped, and the entry that brought the balance down to the allowed balance; None while work
    goes on, and if the balance was never above it."""

    stopped: bool
    allowed_balance: Money | None
    stopped_by: TransactionRow | None
    rule: str


@frozen(kw_only=True)
class RefillExplained:
    """The next refill, and how many blocks are due now. `projected_balance` is the balance plus `outstanding`, which is
    what `invoices` ask for; of these, only those that the viewer may see are listed."""

    refill: Refill | None
    projected_balance: Money
    outstanding: Money
    invoices: tuple[InvoiceRow, ...]
    blocks_due: int
    rule: str


@frozen(kw_only=True)
class CoverExplained:
    """How much of the unbilled work is `covered`: prepaid, or asked for already by other invoices, so that a time
    invoice of it does not ask for it again. `shortfall` is what is owed and asked for nowhere, since a void or an
    adjustment took away what had covered invoiced work."""

    unbilled: Money
    covered: Money
    shortfall: Money
    rule: str


@frozen(kw_only=True)
class Explanation:
    """Balance, utilization, stop, next refill and cover of a client, each with the facts behind it."""

    balance: BalanceExplained
    utilization: UtilizationExplained
    stop: StopExplained
    refill: RefillExplained
    cover: CoverExplained


def explain(
    account: Account, data: ExplanationData, deposit: TransactionRow | None, crossing: TransactionRow | None
) -> Explanation:
    """The figures of an account, explained from the stored facts; the entries of these as their viewer sees them."""
    return Explanation(
        balance=_balance(account, data),
        utilization=_utilization(account, data, deposit),
        stop=_stop(account, crossing),
        refill=_refill(account, data),
        cover=_cover(account),
    )


def _balance(account: Account, data: ExplanationData) -> BalanceExplained:
    currency = account.currency
    return BalanceExplained(
        amount=Money(minor=account.position.balance_minor, currency=currency),
        parts=tuple(
            KindSum(kind=it.kind, count=it.count, amount=Money(minor=it.minor, currency=currency)) for it in data.totals
        ),
        rule="Work is drawn from the balance when it is recorded; deposited payments and adjustments move it, and an "
        "invoice by itself does not.",
    )


def _utilization(account: Account, data: ExplanationData, shown: TransactionRow | None) -> UtilizationExplained:
    standing, refill, deposit = Standing(account), account.terms.refill, data.deposit
    utilization_base = standing.utilization_base
    at_deposit = 0 if deposit is None else deposit.balance_minor
    if refill is None:
        rule = "There is none, because no refill balance is set."
    else:
        of_payment = utilization_base.minor == account.position.utilization_base_minor
        where = "after the latest payment" if of_payment else "one block above the refill balance"
        rule = (
            f"It is how far the balance, now {standing.balance}, has come on its way from {utilization_base}, {where}, "
            f"down to the refill balance of {refill.threshold}."
        )
    return UtilizationExplained(
        ratio=standing.utilization,
        utilization_base=utilization_base,
        deposit=shown,
        taken_back=Money(minor=at_deposit - account.position.utilization_base_minor, currency=account.currency),
        refill_at=None if refill is None else refill.threshold,
        rule=rule,
    )


def _stop(account: Account, crossing: TransactionRow | None) -> StopExplained:
    standing, allowed = Standing(account), account.terms.allowed_balance
    if allowed is None:
        rule = "Work never stops, because no allowed balance is set."
    elif standing.stopped:
        rule = f"Work is stopped: the balance of {standing.balance} is not above the allowed balance of {allowed}."
    else:
        rule = f"Work goes on while the balance, now {standing.balance}, is above the allowed balance of {allowed}."
    return StopExplained(
        stopped=standing.stopped,
        allowed_balance=allowed,
        stopped_by=crossing if standing.stopped else None,
        rule=rule,
    )


def _refill(account: Account, data: ExplanationData) -> RefillExplained:
    standing, refill, blocks = Standing(account), account.terms.refill, account.blocks_due
    if refill is None:
        rule = "No refill is ever asked for, because none is set."
    elif blocks:
        rule = (
            f"A refill of {blocks} × {refill.amount} is due: the balance with all that was asked for, "
            f"{standing.projected_balance}, is not above the refill balance of {refill.threshold}."
        )
    else:
        rule = (
            f"A refill of {refill.amount} is asked for when the balance with all that was asked for, now "
            f"{standing.projected_balance}, falls to the refill balance of {refill.threshold}."
        )
    return RefillExplained(
        refill=refill,
        projected_balance=standing.projected_balance,
        outstanding=standing.outstanding,
        invoices=data.asked,
        blocks_due=blocks,
        rule=rule,
    )


def _cover(account: Account) -> CoverExplained:
    standing = Standing(account)
    covered = Money(minor=min(account.unbilled_minor, max(0, account.free_cover_minor)), currency=account.currency)
    if standing.shortfall.minor:
        rule = (
            f"{standing.shortfall} is owed and asked for nowhere, because what had covered invoiced work was taken "
            f"away; a refill or a manual invoice that deposits asks for it."
        )
    else:
        rule = (
            f"The balance of {standing.balance} without credit of {standing.credit}, with the {standing.unbilled} of "
            f"unbilled work and what invoices ask for added, is what is prepaid or asked for already; it covers "
            f"{covered} of that work."
        )
    return CoverExplained(unbilled=standing.unbilled, covered=covered, shortfall=standing.shortfall, rule=rule)
