"""What does a client owe, what were they already asked for, and on which terms?"""

from datetime import date
from fractions import Fraction

from attrs import evolve, frozen

from invoicecore.ids import ClientId, InvoiceId
from invoicecore.ledger.entries import Entry
from invoicecore.ledger.position import Position, post
from invoicecore.ledger.terms import Terms
from invoicecore.ledger.utilization import utilization
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.money import Money
from invoicecore.stamp import Stamp
from invoicecore.vocabulary import EntryKind


@frozen
class Account:
    """A client's money in one place, so that every decision reads one thing; amounts in minor units.

    `asked_minor` is the rest of every numbered invoice that deposits and is not void. `credit_minor` is money that
    came in and is applied to no invoice; it always lies in the balance.
    """

    client_id: ClientId
    position: Position
    terms: Terms
    asked_minor: int = 0
    credit_minor: int = 0

    @property
    def currency(self) -> str:
        """The one currency of the client."""
        return self.position.currency

    @property
    def projected_minor(self) -> int:
        """The balance once everything already asked for is paid."""
        return self.position.balance_minor + self.asked_minor

    @property
    def is_stopped(self) -> bool:
        """Whether the balance is at or below the allowed balance."""
        return self.terms.stops_at(self.position.balance_minor)

    @property
    def blocks_due(self) -> int:
        """How many refill blocks are to be asked for; 0 while none are."""
        return self.terms.blocks_due(self.projected_minor)

    def posting(
        self,
        kind: EntryKind,
        minor: int,
        stamp: Stamp,
        *,
        cause: str,
        work_day: date | None = None,
        invoice_id: InvoiceId | None = None,
        note: str = "",
    ) -> "tuple[Account, Entry]":
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
        )
        return Account(self.client_id, position, self.terms, self.asked_minor, self.credit_minor), entry

    def asking(self, before: Invoice | None, after: Invoice | None) -> "Account":
        """With what an invoice asks for counted as it is now instead of as it was."""
        asked = (after.asked_minor if after is not None else 0) - (before.asked_minor if before is not None else 0)
        return evolve(self, asked_minor=self.asked_minor + asked) if asked else self

    def crediting(self, minor: int) -> "Account":
        """With so much more unapplied credit (less, if negative)."""
        return evolve(self, credit_minor=self.credit_minor + minor) if minor else self


@frozen(kw_only=True)
class Standing:
    """How a client stands. `projected` is the balance once everything `asked` for is paid; `utilization` an exact
    ratio, or None; `credit` is contained in the balance."""

    client_id: ClientId
    balance: Money
    anchor: Money
    utilization: Fraction | None
    asked: Money
    projected: Money
    credit: Money
    stopped: bool
    refill_due: bool
    terms: Terms


def standing(account: Account) -> Standing:
    """The standing that follows from an account."""
    currency, position, refill = account.currency, account.position, account.terms.refill
    return Standing(
        client_id=account.client_id,
        balance=Money(position.balance_minor, currency),
        anchor=Money(position.anchor_minor, currency),
        utilization=utilization(
            position.balance_minor, position.anchor_minor, refill.at.minor if refill is not None else None
        ),
        asked=Money(account.asked_minor, currency),
        projected=Money(account.projected_minor, currency),
        credit=Money(account.credit_minor, currency),
        stopped=account.is_stopped,
        refill_due=account.blocks_due > 0,
        terms=account.terms,
    )
