"""A client's account: balance, terms, outstanding amount and credit."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from attrs import evolve, frozen

from invoicecore.errors import MoneyRuleViolation
from invoicecore.ledger.entries import BookedWork, LedgerEntry
from invoicecore.ledger.position import Position, post
from invoicecore.ledger.terms import Terms
from invoicecore.ledger.utilization import base_minor, utilization
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.settlement.receivables import MoneyMoved, ReceivableChange, ReceivablesPosition, changes
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.money import LARGEST_MINOR, Money, unchecked_money
from invoicecore.values.stamp import CommandStamp
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import (
    BILLED_ENTRIES,
    LIVE,
    Deposit,
    EntryKind,
    InvoiceKind,
    LedgerDay,
    Status,
)

_SUMMABLE = LARGEST_MINOR // 5  # a sum of so many amounts is no larger than any may be
_NOTHING_YET = ReceivablesPosition()


@frozen
class Account:
    """A client's money in one place, so that every decision reads one thing; amounts in minor units.

    All are net: `outstanding_minor` is the rest of every numbered invoice that deposits and is neither void nor
    uncollectible; of it, `reverted_minor` is what reverted drafts go on asking. `uncollectible_minor` is the rest of
    those that are uncollectible and not forgiven. `credit_minor` is money that came in and is applied to no invoice; it
    always lies in the balance. `unbilled_minor` is what all work and charges come to that are on no live invoice; below
    zero while a discount waits. `receivables` is where the record of what they owe on invoices stands. `has_imports` is
    whether work was imported."""

    client_id: ClientId
    position: Position
    terms: Terms
    outstanding_minor: int = 0
    credit_minor: int = 0
    unbilled_minor: int = 0
    reverted_minor: int = 0
    uncollectible_minor: int = 0
    receivables: ReceivablesPosition = _NOTHING_YET
    has_imports: bool = False

    @property
    def ledger_day(self) -> LedgerDay:
        """The day that statements go by if nobody says another: what was imported is booked long after it was done."""
        return LedgerDay.WORK if self.has_imports else LedgerDay.BOOKED

    @property
    def currency(self) -> str:
        """The one currency of the client."""
        return self.position.currency

    @property
    def projected_balance_minor(self) -> int:
        """The balance once everything already asked for is paid."""
        return self.position.balance_minor + self.outstanding_minor

    @property
    def free_cover_minor(self) -> int:
        """How much of the unbilled work is prepaid, or was asked for already; below zero, how much was neither. Credit
        covers nothing: it pays when it is applied."""
        asked = self.outstanding_minor - self.reverted_minor
        return self.position.balance_minor - self.credit_minor + asked + self.unbilled_minor

    @property
    def shortfall_minor(self) -> int:
        """What the client owes that neither an invoice asks for nor a draft could, because its cover was taken away."""
        missing = -self.free_cover_minor - self.uncollectible_minor
        return missing if missing > 0 else 0

    @property
    def is_stopped(self) -> bool:
        """Whether the balance is at or below the allowed balance."""
        return self.terms.stops_at(self.position.balance_minor)

    @property
    def blocks_due(self) -> int:
        """How many refill blocks are to be asked for; 0 while none are."""
        return self.terms.blocks_due(self.projected_balance_minor)

    def with_entry(
        self,
        kind: EntryKind,
        minor: int,
        stamp: CommandStamp,
        cause: str,
        work_day: date | None = None,
        work: BookedWork | None = None,
        *,
        invoice_id: InvoiceId | None = None,
        note: str = "",
    ) -> "tuple[Account, LedgerEntry]":
        """With the balance moved by a new entry, and that entry. None for its day is today."""
        entry, position = post(
            self.position,
            self.client_id,
            kind,
            minor,
            stamp,
            work_day or stamp.today,
            cause,
            invoice_id,
            note,
            work,
        )
        is_billed = kind in BILLED_ENTRIES
        return unchecked_account(
            self.client_id,
            position,
            self.terms,
            self.outstanding_minor,
            self.credit_minor,
            self.unbilled_minor - minor if is_billed else self.unbilled_minor,
            self.reverted_minor,
            self.uncollectible_minor,
            self.receivables,
            self.has_imports,
        ), entry

    def with_invoice(self, before: Invoice | None, after: Invoice | None) -> "Account":
        """With an invoice counted as it is now instead of as it was; None is one that is not there."""
        was, now = counted(before), counted(after)
        if was == now:
            return self
        moved = zip(SUMS, was, now, strict=True)
        return evolve(self, **{name: getattr(self, name) + after - before for name, before, after in moved})

    def with_receivable(
        self, before: Invoice | None, after: Invoice | None, stamp: CommandStamp, money: Sequence[MoneyMoved] = ()
    ) -> "tuple[Account, tuple[ReceivableChange, ...]]":
        """As `with_invoice`, and the changes of what is owed on it or is credit, by the money that the command moved;
        see `settlement.receivables.changes`."""
        receivables, made = changes(self.receivables, self.client_id, self.currency, before, after, money, stamp)
        account = self.with_invoice(before, after)
        return (evolve(account, receivables=receivables) if made else account), made

    def with_credit(self, minor: int) -> "Account":
        """With so much more unapplied credit (less, if negative)."""
        return evolve(self, credit_minor=self.credit_minor + minor) if minor else self


unchecked_account: Final = unchecked(Account)


SUMS = ("outstanding_minor", "reverted_minor", "uncollectible_minor", "unbilled_minor")
"""The sums of an account to which each invoice of the client adds."""


def counted(invoice: Invoice | None) -> tuple[int, int, int, int]:
    """What one invoice adds to each of the `SUMS` of its client's account; None adds nothing."""
    if invoice is None:
        return (0, 0, 0, 0)
    asks, status = invoice.outstanding_minor, invoice.status
    is_lost = status is Status.UNCOLLECTIBLE and invoice.deposit is Deposit.TO_BALANCE
    return (
        asks,
        asks if status is Status.DRAFT else 0,
        invoice.net_due_minor - invoice.forgiven_minor if is_lost else 0,
        -invoice.net_minor if invoice.kind is InvoiceKind.TIME and status in LIVE else 0,
    )


def check_countable(account: Account) -> None:
    """MoneyRuleViolation if an amount of the account would become larger than any may be."""
    amounts = (
        account.position.balance_minor,
        account.position.utilization_base_minor,
        account.outstanding_minor,
        account.unbilled_minor,
        account.uncollectible_minor,
        account.credit_minor,
        account.reverted_minor,
    )
    if max(amounts) < _SUMMABLE and min(amounts) > -_SUMMABLE:  # as nearly always
        return
    amounts = (*amounts[:5], account.projected_balance_minor, account.free_cover_minor)
    if max(amounts) >= LARGEST_MINOR or min(amounts) <= -LARGEST_MINOR:
        raise MoneyRuleViolation(
            "The client's balance, or what they are asked for, would be larger than any amount can be.",
            "amount_uncountable",
        )


@frozen
class Standing:
    """How a client stands: their account, read as people read it."""

    account: Account

    def __repr__(self) -> str:
        ratio = self.utilization
        used = "" if ratio is None else f", utilization {float(ratio):.0%}"
        stopped = ", stopped" if self.stopped else ""
        return f"<Standing: balance {self.balance}{used}, {self.outstanding} outstanding{stopped}>"

    @property
    def client_id(self) -> ClientId:
        """Whose it is."""
        return self.account.client_id

    @property
    def balance(self) -> Money:
        """What is left of their money; below zero, what they owe for work."""
        return self._money(self.account.position.balance_minor)

    @property
    def utilization_base(self) -> Money:
        """Where utilization is counted from: the balance right after the latest deposited payment, but at least one
        block above the refill balance."""
        base, refill = self.account.position.utilization_base_minor, self.account.terms.refill
        return self._money(base if refill is None else base_minor(base, refill.threshold.minor, refill.amount.minor))

    @property
    def utilization(self) -> Fraction | None:
        """How far along they are from the base down to the refill balance, as an exact ratio; None without a refill.
        See `invoicecore.ledger.utilization`."""
        refill = self.account.terms.refill
        if refill is None:
            return None
        return utilization(self.account.position.balance_minor, self.utilization_base.minor, refill.threshold.minor)

    @property
    def outstanding(self) -> Money:
        """What they were asked for and have not paid, net, of invoices that go to the balance."""
        return self._money(self.account.outstanding_minor)

    @property
    def projected_balance(self) -> Money:
        """The balance once everything `asked` for is paid."""
        return self._money(self.account.projected_balance_minor)

    @property
    def unbilled(self) -> Money:
        """What the work and the charges come to that are on no invoice yet; below zero while a discount waits."""
        return self._money(self.account.unbilled_minor)

    @property
    def shortfall(self) -> Money:
        """What they owe that no invoice asks for, because an invoice that had covered the work was voided or a balance
        was adjusted below zero. A manual invoice that deposits, or a refill, asks for it."""
        return self._money(self.account.shortfall_minor)

    @property
    def credit(self) -> Money:
        """Money that came in and is applied to no invoice; it is contained in the balance."""
        return self._money(self.account.credit_minor)

    @property
    def stopped(self) -> bool:
        """Whether chargeable work is refused, because the balance has reached the allowed balance."""
        return self.account.is_stopped

    @property
    def refill_due(self) -> bool:
        """Whether a refill can be asked for now."""
        return self.account.blocks_due > 0

    @property
    def terms(self) -> Terms:
        """What they may owe, and when they are asked for more."""
        return self.account.terms

    def _money(self, minor: int) -> Money:
        return unchecked_money(minor=minor, currency=self.account.position.currency)


unchecked_standing: Final = unchecked(Standing)
