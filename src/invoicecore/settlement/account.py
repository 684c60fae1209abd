"""What does a client owe, what were they already asked for, and on which terms?"""

from datetime import date
from fractions import Fraction

from attrs import evolve, frozen

from invoicecore.ledger.entries import Entry
from invoicecore.ledger.position import Position, post
from invoicecore.ledger.terms import Terms
from invoicecore.ledger.utilization import utilization
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.money import Money, make_money
from invoicecore.values.stamp import Stamp
from invoicecore.values.unchecked import maker
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
        return make_account(self.client_id, position, self.terms, self.asked_minor, self.credit_minor), entry

    def asking(self, before: Invoice | None, after: Invoice | None) -> "Account":
        """With what an invoice asks for counted as it is now instead of as it was."""
        asked = (after.asked_minor if after is not None else 0) - (before.asked_minor if before is not None else 0)
        return evolve(self, asked_minor=self.asked_minor + asked) if asked else self

    def crediting(self, minor: int) -> "Account":
        """With so much more unapplied credit (less, if negative)."""
        return evolve(self, credit_minor=self.credit_minor + minor) if minor else self


make_account = maker(Account)


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
    def anchor(self) -> Money:
        """Where utilization is counted from: the balance right after the latest deposited payment."""
        return self._money(self.account.position.anchor_minor)

    @property
    def utilization(self) -> Fraction | None:
        """How far along they are from the anchor down to the refill balance, as an exact ratio; see
        `invoicecore.ledger.utilization`."""
        position, refill = self.account.position, self.account.terms.refill
        return utilization(
            position.balance_minor, position.anchor_minor, refill.at.minor if refill is not None else None
        )

    @property
    def asked(self) -> Money:
        """What they were asked for and have not paid, of invoices that go to the balance."""
        return self._money(self.account.asked_minor)

    @property
    def projected(self) -> Money:
        """The balance once everything `asked` for is paid."""
        return self._money(self.account.projected_minor)

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
        return make_money(minor, self.account.position.currency)


make_standing = maker(Standing)
