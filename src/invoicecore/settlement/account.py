"""A client's account: balance, terms, outstanding amount and credit."""

from datetime import date
from fractions import Fraction
from typing import Final

from attrs import evolve, frozen

from invoicecore.errors import MoneyRuleViolation
from invoicecore.ledger.entries import BookedWork, LedgerEntry
from invoicecore.ledger.position import Position, post
from invoicecore.ledger.terms import Terms
from invoicecore.ledger.utilization import utilization
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.money import LARGEST_MINOR, Money, unchecked_money
from invoicecore.values.stamp import CommandStamp
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import EntryKind


@frozen
class Account:
    """A client's money in one place, so that every decision reads one thing; amounts in minor units.

    `outstanding_minor` is the rest of every numbered invoice that deposits and is not void. `credit_minor` is money
    that came in and is applied to no invoice; it always lies in the balance."""

    client_id: ClientId
    position: Position
    terms: Terms
    outstanding_minor: int = 0
    credit_minor: int = 0

    @property
    def currency(self) -> str:
        """The one currency of the client."""
        return self.position.currency

    @property
    def projected_balance_minor(self) -> int:
        """The balance once everything already asked for is paid."""
        return self.position.balance_minor + self.outstanding_minor

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
        *,
        cause: str,
        work_day: date | None = None,
        invoice_id: InvoiceId | None = None,
        note: str = "",
        work: BookedWork | None = None,
    ) -> "tuple[Account, LedgerEntry]":
        """With the balance moved by a new entry, and that entry. None for its day is today."""
        entry, position = post(
            self.position,
            self.client_id,
            kind,
            minor,
            stamp,
            work_day=work_day or stamp.today,
            cause=cause,
            invoice_id=invoice_id,
            note=note,
            work=work,
        )
        return unchecked_account(self.client_id, position, self.terms, self.outstanding_minor, self.credit_minor), entry

    def with_outstanding(self, before: Invoice | None, after: Invoice | None) -> "Account":
        """With what an invoice asks for counted as it is now instead of as it was."""
        asked = (after.outstanding_minor if after is not None else 0) - (
            before.outstanding_minor if before is not None else 0
        )
        return evolve(self, outstanding_minor=self.outstanding_minor + asked) if asked else self

    def with_credit(self, minor: int) -> "Account":
        """With so much more unapplied credit (less, if negative)."""
        return evolve(self, credit_minor=self.credit_minor + minor) if minor else self


unchecked_account: Final = unchecked(Account)


def check_countable(account: Account) -> None:
    """MoneyRuleViolation if an amount of the account would become larger than any may be."""
    position = account.position
    if not (
        -LARGEST_MINOR < position.balance_minor < LARGEST_MINOR
        and -LARGEST_MINOR < position.utilization_base_minor < LARGEST_MINOR
        and -LARGEST_MINOR < account.outstanding_minor < LARGEST_MINOR
        and -LARGEST_MINOR < account.projected_balance_minor < LARGEST_MINOR
    ):
        raise MoneyRuleViolation(
            "The client's balance, or what they are asked for, would be larger than any amount can be."
        )


@frozen
class Standing:
    """How a client stands: their account, read as people read it."""

    account: Account

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
        """Where utilization is counted from: the balance right after the latest deposited payment."""
        return self._money(self.account.position.utilization_base_minor)

    @property
    def utilization(self) -> Fraction | None:
        """How far along they are from the anchor down to the refill balance, as an exact ratio; see
        `invoicecore.ledger.utilization`."""
        position, refill = self.account.position, self.account.terms.refill
        return utilization(
            position.balance_minor,
            position.utilization_base_minor,
            refill.threshold.minor if refill is not None else None,
        )

    @property
    def outstanding(self) -> Money:
        """What they were asked for and have not paid, of invoices that go to the balance."""
        return self._money(self.account.outstanding_minor)

    @property
    def projected_balance(self) -> Money:
        """The balance once everything `asked` for is paid."""
        return self._money(self.account.projected_balance_minor)

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
        return unchecked_money(minor, self.account.position.currency)


unchecked_standing: Final = unchecked(Standing)
