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
    """A client's money in one place, which every decision reads; amounts in minor units.

    All are net but `credit_minor`, which is money as it came in. `outstanding_minor` is the rest of every numbered
    invoice that deposits and is neither void nor uncollectible; `reverted_minor` is the part of it that reverted drafts
    still ask for. `uncollectible_minor` is the rest of invoices that are uncollectible and not forgiven. `credit_minor`
    is money that came in and pays no invoice; it is always a part of the balance. `unbilled_minor` is the sum of all
    work and charges that are on no live invoice; it is below zero while a discount waits. `receivables` is the position
    of the record of what the client owes on invoices. `has_imports` says whether work was imported.
    """

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
        """The day that statements go by, if the caller does not choose: imported work is booked long after it was
        done."""
        return LedgerDay.WORK if self.has_imports else LedgerDay.BOOKED

    @property
    def currency(self) -> str:
        """The one currency of the client."""
        return self.position.currency

    @property
    def projected_balance_minor(self) -> int:
        """The balance after everything that is outstanding is paid."""
        return self.position.balance_minor + self.outstanding_minor

    @property
    def free_cover_minor(self) -> int:
        """How much of the unbilled work is prepaid, or was asked for already; below zero, how much is neither. Credit
        covers nothing: it pays when it is applied."""
        asked = self.outstanding_minor - self.reverted_minor
        return self.position.balance_minor - self.credit_minor + asked + self.unbilled_minor

    @property
    def shortfall_minor(self) -> int:
        """What the client owes that neither an invoice nor a draft could ask for, because its cover was taken away."""
        missing = -self.free_cover_minor - self.uncollectible_minor
        return missing if missing > 0 else 0

    @property
    def is_stopped(self) -> bool:
        """Whether the balance is at or below the allowed balance."""
        return self.terms.stops_at(self.position.balance_minor)

    @property
    def blocks_due(self) -> int:
        """How many refill blocks are due to be requested; 0 if none."""
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
        """The account with its balance moved by a new entry, and that entry. None for its day is today."""
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
        """The account with an invoice counted as it is now, instead of as it was; None is an invoice that is not
        there."""
        was, now = counted(before), counted(after)
        if was == now:
            return self
        moved = zip(SUMS, was, now, strict=True)
        return evolve(self, **{name: getattr(self, name) + after - before for name, before, after in moved})

    def with_receivable(
        self, before: Invoice | None, after: Invoice | None, stamp: CommandStamp, money: Sequence[MoneyMoved] = ()
    ) -> "tuple[Account, tuple[ReceivableChange, ...]]":
        """Like `with_invoice`, and the changes of what is owed on the invoice or is credit, by the money that the
        command moved; see `settlement.receivables.changes`."""
        receivables, made = changes(self.receivables, self.client_id, self.currency, before, after, money, stamp)
        account = self.with_invoice(before, after)
        return (evolve(account, receivables=receivables) if made else account), made

    def with_credit(self, minor: int) -> "Account":
        """The account with more credit, or less if the amount is negative."""
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
    """MoneyRuleViolation if an amount of the account would become larger than an amount may be."""
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
    """How a client stands: the figures of their account, for people."""

    account: Account

    def __repr__(self) -> str:
        ratio = self.utilization
        used = "" if ratio is None else f", utilization {float(ratio):.0%}"
        stopped = ", stopped" if self.stopped else ""
        return f"<Standing: balance {self.balance}{used}, {self.outstanding} outstanding{stopped}>"

    @property
    def client_id(self) -> ClientId:
        """The client."""
        return self.account.client_id

    @property
    def balance(self) -> Money:
        """What is left of their money; below zero, what they owe for work."""
        return self._money(self.account.position.balance_minor)

    @property
    def utilization_base(self) -> Money:
        """The balance from which utilization is measured: that right after the latest deposited payment, but at least
        one block above the refill balance."""
        base, refill = self.account.position.utilization_base_minor, self.account.terms.refill
        return self._money(base if refill is None else base_minor(base, refill.threshold.minor, refill.amount.minor))

    @property
    def utilization(self) -> Fraction | None:
        """How far the balance is on the way from the base down to the refill balance, as an exact ratio; None without a
        refill. See `invoicecore.ledger.utilization`."""
        refill = self.account.terms.refill
        if refill is None:
            return None
        return utilization(self.account.position.balance_minor, self.utilization_base.minor, refill.threshold.minor)

    @property
    def outstanding(self) -> Money:
        """What is left to pay, without tax, on invoices whose payments go to the balance."""
        return self._money(self.account.outstanding_minor)

    @property
    def projected_balance(self) -> Money:
        """The balance after everything `outstanding` is paid."""
        return self._money(self.account.projected_balance_minor)

    @property
    def unbilled(self) -> Money:
        """The sum of work and charges that are on no invoice yet; below zero while a discount waits."""
        return self._money(self.account.unbilled_minor)

    @property
    def shortfall(self) -> Money:
        """What they owe that no invoice asks for, because an invoice that had covered the work was voided, or because
        of an adjustment below zero. A manual invoice that deposits, or a refill, asks for it."""
        return self._money(self.account.shortfall_minor)

    @property
    def credit(self) -> Money:
        """Money that came in and pays no invoice; it is a part of the balance."""
        return self._money(self.account.credit_minor)

    @property
    def stopped(self) -> bool:
        """Whether new work is refused, because the balance has reached the allowed balance."""
        return self.account.is_stopped

    @property
    def refill_due(self) -> bool:
        """Whether a refill can be requested now."""
        return self.account.blocks_due > 0

    @property
    def terms(self) -> Terms:
        """The allowed balance, and the refill."""
        return self.account.terms

    def _money(self, minor: int) -> Money:
        return unchecked_money(minor=minor, currency=self.account.position.currency)


unchecked_standing: Final = unchecked(Standing)
