"""The explanation of a client's figures, and the stored facts from which they are explained.

Each figure has the entries behind it, the setting that applies, and the rule in one sentence, which `invoicecore.say`
says in other languages.
"""

from fractions import Fraction

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.remarks import Remark, Sentence
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
    rule: Sentence


@frozen(kw_only=True)
class UtilizationExplained:
    """The utilization. It is counted from `utilization_base`: the balance after the latest `deposit` (zero before the
    first), less what was `taken_back` of payments since, but at least one block above the refill balance."""

    ratio: Fraction | None
    utilization_base: Money
    deposit: TransactionRow | None
    taken_back: Money
    refill_at: Money | None
    rule: Sentence


@frozen(kw_only=True)
class StopExplained:
    """Whether work is stopped, and the entry that brought the balance down to the allowed balance; None while work
    goes on, and if the balance was never above it."""

    stopped: bool
    allowed_balance: Money | None
    stopped_by: TransactionRow | None
    rule: Sentence


@frozen(kw_only=True)
class RefillExplained:
    """The next refill, and how many blocks are due now. `projected_balance` is the balance plus `outstanding`, which is
    what `invoices` ask for; of these, only those that the viewer may see are listed."""

    refill: Refill | None
    projected_balance: Money
    outstanding: Money
    invoices: tuple[InvoiceRow, ...]
    blocks_due: int
    rule: Sentence


@frozen(kw_only=True)
class CoverExplained:
    """How much of the unbilled work is `covered`: prepaid, or asked for already by other invoices, so that a time
    invoice of it does not ask for it again. `shortfall` is what is owed and asked for nowhere, since a void or an
    adjustment took away what had covered invoiced work."""

    unbilled: Money
    covered: Money
    shortfall: Money
    rule: Sentence


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
        rule=Sentence.of(Remark.BALANCE),
    )


def _utilization(account: Account, data: ExplanationData, shown: TransactionRow | None) -> UtilizationExplained:
    standing, refill, deposit = Standing(account), account.terms.refill, data.deposit
    utilization_base = standing.utilization_base
    at_deposit = 0 if deposit is None else deposit.balance_minor
    if refill is None:
        rule = Sentence.of(Remark.NO_UTILIZATION)
    else:
        of_payment = utilization_base.minor == account.position.utilization_base_minor
        remark = Remark.UTILIZATION_SINCE_PAYMENT if of_payment else Remark.UTILIZATION_OF_BLOCK
        rule = Sentence.of(remark, balance=standing.balance, base=utilization_base, refill_balance=refill.threshold)
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
        rule = Sentence.of(Remark.NEVER_STOPS)
    else:
        remark = Remark.STOPPED if standing.stopped else Remark.GOES_ON
        rule = Sentence.of(remark, balance=standing.balance, allowed_balance=allowed)
    return StopExplained(
        stopped=standing.stopped,
        allowed_balance=allowed,
        stopped_by=crossing if standing.stopped else None,
        rule=rule,
    )


def _refill(account: Account, data: ExplanationData) -> RefillExplained:
    standing, refill, blocks = Standing(account), account.terms.refill, account.blocks_due
    if refill is None:
        rule = Sentence.of(Remark.NO_REFILL)
    else:
        rule = Sentence.of(
            Remark.REFILL_DUE if blocks else Remark.NEXT_REFILL,
            amount=Money(minor=(blocks or 1) * refill.amount.minor, currency=account.currency),
            projected_balance=standing.projected_balance,
            refill_balance=refill.threshold,
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
        rule = Sentence.of(Remark.SHORTFALL, shortfall=standing.shortfall)
    else:
        rule = Sentence.of(
            Remark.COVER,
            balance=standing.balance,
            credit=standing.credit,
            unbilled=standing.unbilled,
            covered=covered,
        )
    return CoverExplained(unbilled=standing.unbilled, covered=covered, shortfall=standing.shortfall, rule=rule)
