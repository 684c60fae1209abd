"""The two accounts of each movement of a client's balance.

The balance is money of the client that the firm holds. In the firm's books it is a liability, so it appears there with
the opposite sign. The other account depends on the kind of the movement.
"""

from collections.abc import Sequence
from datetime import date
from typing import assert_never

from attrs import frozen

from invoicecore.errors import InvalidInput
from invoicecore.exporter.journal.account_names import AccountNames
from invoicecore.exporter.journal.format import JournalAccount, Posting, Tags, Transaction
from invoicecore.exporter.journal.names import UniqueNames, part
from invoicecore.exporter.journal.tax_shares import TaxShares
from invoicecore.exporter.tables.cells import instant
from invoicecore.ledger.statement import StatementRow
from invoicecore.queries.dues import DueEvent
from invoicecore.queries.transactions import EntrySource, TransactionRow
from invoicecore.queries.visibility import NamedRef
from invoicecore.settlement.payment import Payment
from invoicecore.values.money import Money
from invoicecore.vocabulary import EntryKind


class ChartOfAccounts:
    """The accounts that were posted to so far, by the names that the accountant gives them."""

    def __init__(self, names: AccountNames) -> None:
        self.accounts: dict[str, JournalAccount] = {}
        self._names = names

    def called(self, own_name: str) -> str:
        """What the accountant calls an account."""
        return self._names.of(own_name)

    def open(self, own_name: str, currency: str, day: date, *, is_asserted: bool = False, **facts: str) -> str:
        """Record that an account is used in a currency on a day, and return its name. `facts` say what it is for.

        InvalidInput if it has the name of another one, and one of them has the balance of one client."""
        name = self._names.of(own_name)
        account = self.accounts.get(name)
        if account is None:
            account = self.accounts[name] = JournalAccount(own_name, tags(*facts.items()), day, is_asserted)
        elif account.own_name != own_name:
            if is_asserted or account.is_asserted:
                raise _not_apart(own_name, account.own_name, name)
            account.tags = ()  # it stands for several
        account.opened = min(account.opened, day)
        account.currencies.add(currency)
        return name

    def check(self) -> None:
        """InvalidInput if another account is below one that has the balance of one client, as programs may add them."""
        for name, account in self.accounts.items():
            parts = name.split(":")
            for size in range(1, len(parts)):
                above = self.accounts.get(":".join(parts[:size]))
                if above is not None and above.is_asserted:
                    raise _not_apart(account.own_name, above.own_name, ":".join(parts[:size]))


def _not_apart(one: str, other: str, name: str) -> InvalidInput:
    message = (
        f"{one} and {other} are both called {name}, or below it, but the balance of a client is checked by itself."
    )
    return InvalidInput(message, field="accounts")


@frozen
class ClientBookings:
    """Turns what happened on one client's balance into transactions. `part` is the client's part of account names."""

    client: NamedRef
    part: str
    chart: ChartOfAccounts
    projects: UniqueNames
    shares: TaxShares

    def client_account(self, currency: str, day: date) -> str:
        """The account that holds the client's money."""
        name = f"Liabilities:Clients:{self.part}"
        facts = {"client": self.client.name, "client_id": self.client.id}
        return self.chart.open(name, currency, day, is_asserted=True, **facts)

    def movement(self, row: TransactionRow, day: date, other_day: date) -> Transaction:
        """The transaction for a ledger entry, on one of its days; it also says the other. A payment asserts the balance
        of the client's account after it."""
        moved, cause = row.movement, row.cause
        currency = moved.amount.currency
        title, others = self._other_sides(moved, cause, day)
        note = cause.note or moved.note
        return Transaction(
            day=day,
            code=str(moved.sequence),
            payee=self.client.name,
            title=title,
            tags=tags(
                ("kind", moved.kind),
                ("booked-at", instant(moved.booked_at)),
                ("booked-by", row.by.name),
                ("work-day", moved.work_day.isoformat()),
                ("cause", moved.cause),
                ("takes-back", "" if moved.takes_back is None else str(moved.takes_back)),
                ("books-again", "" if moved.books_again is None else str(moved.books_again)),
                ("person", "" if cause.person is None else cause.person.name),
                ("invoice", "" if cause.invoice is None else cause.invoice.name),
                ("method", cause.method),
                ("reference", cause.reference),
                ("note", "" if note == cause.reference else note),
            ),
            postings=(
                *(Posting(name, amount) for name, amount in others),
                Posting(
                    self.client_account(currency, day),
                    -moved.amount,
                    -moved.balance if moved.kind is EntryKind.PAYMENT else None,
                ),
            ),
            other_day=None if other_day == day else other_day,
        )

    def _other_sides(
        self, moved: StatementRow, cause: EntrySource, day: date
    ) -> tuple[str, Sequence[tuple[str, Money]]]:
        """The title of the transaction, and the accounts that the amount comes from or goes to: what credit paid of an
        invoice that deposits is its tax."""
        title, other = self._other_side(moved, cause, day)
        if moved.kind in {EntryKind.CREDIT_APPLIED, EntryKind.CREDIT_RELEASED}:
            return title, self._with_taxes(moved.invoice_id, -moved.amount, day, other)
        return title, [(other, moved.amount)]

    def _with_taxes(self, invoice_id: str | None, amount: Money, day: date, other: str) -> list[tuple[str, Money]]:
        """The postings for so much that was paid on an invoice beside the balance: its tax by code, and the rest."""
        currency = amount.currency
        taxes = self.shares.beside_the_balance(invoice_id, amount.minor)
        rest = amount.minor - sum(minor for _, minor in taxes)
        postings = [(self.tax(code, currency, day), -minor) for code, minor in taxes]
        return [
            (name, Money(minor=minor, currency=currency))
            for name, minor in ([*postings, (other, -rest)] if rest else postings)
        ]

    def tax(self, code: str, currency: str, day: date) -> str:
        """The account of the tax of a code that is owed."""
        return self.chart.open(f"Liabilities:Tax:{part(code, 'Tax')}", currency, day, tax=code)

    def _other_side(self, moved: StatementRow, cause: EntrySource, day: date) -> tuple[str, str]:
        """The title of the transaction, and the account that the amount comes from or goes to."""
        currency = moved.amount.currency
        match moved.kind:
            case EntryKind.WORK | EntryKind.WORK_REVERSED:
                assert cause.project is not None  # work belongs to a project
                title = "Work" if moved.kind is EntryKind.WORK else "Work taken back"
                return f"{title}: {cause.project.name}", self._income(cause.project, currency, day)
            case EntryKind.PAYMENT:
                return "Payment", self.received(cause.method, currency, day)
            case EntryKind.PAYMENT_REVERSED:
                return "Payment taken back", self.received(cause.method, currency, day)
            case EntryKind.CREDIT_APPLIED:
                return "Credit applied", self.invoiced(currency, day)
            case EntryKind.CREDIT_RELEASED:
                return "Credit released", self.invoiced(currency, day)
            case EntryKind.ADJUSTMENT:
                return "Adjustment", self.chart.open(f"Equity:Adjustments:{self.part}", currency, day)
            case EntryKind.WRITE_OFF | EntryKind.WRITE_OFF_REVERSED:
                title = "Write-off" if moved.kind is EntryKind.WRITE_OFF else "Write-off taken back"
                return title, self.bad_debts(currency, day)
            case EntryKind.EXPENSE | EntryKind.EXPENSE_REVERSED:
                title = "Expense" if moved.kind is EntryKind.EXPENSE else "Expense taken back"
                return title, self._income_of("Expenses", currency, day)
            case EntryKind.FEE | EntryKind.FEE_REVERSED:
                title = "Fee" if moved.kind is EntryKind.FEE else "Fee taken back"
                return title, self._income_of("Fees", currency, day)
            case EntryKind.ALLOWANCE | EntryKind.ALLOWANCE_REVERSED:
                title = "Discount" if moved.kind is EntryKind.ALLOWANCE else "Discount taken back"
                return title, self._income_of("Discounts", currency, day)
            case _:
                assert_never(moved.kind)

    def undeposited(self, payment: Payment, amount: Money, event: DueEvent) -> Transaction:
        """The transaction for money that paid tax, or invoices which do not deposit; or, below zero, went back."""
        day, paid = event.day, event.paid_ids
        return Transaction(
            day=day,
            code="-",
            payee=self.client.name,
            title="Payment beside the balance" if amount.minor > 0 else "Payment beside the balance taken back",
            tags=tags(
                ("booked-at", instant(payment.recorded_at)),
                ("work-day", payment.received_on.isoformat()),
                ("cause", payment.id),
                ("invoice", " ".join(self.shares.invoice(it).label for it in paid)),
                ("method", payment.method),
                ("reference", payment.reference),
            ),
            postings=(
                Posting(self.received(payment.method, amount.currency, day), amount),
                *(
                    Posting(name, part)
                    for name, part in self._with_taxes(
                        paid[0] if paid else None, amount, day, self.invoiced(amount.currency, day)
                    )
                ),
            ),
            other_day=event.other_day,
        )

    def _income(self, project: NamedRef, currency: str, day: date) -> str:
        name = f"Income:Work:{self.part}:{self.projects.of(project.id, project.name)}"
        return self.chart.open(name, currency, day, project=project.name, project_id=project.id)

    def _income_of(self, kind: str, currency: str, day: date) -> str:
        """The account for what charges of a kind earn; of discounts, what they take away from it."""
        return self.chart.open(f"Income:{kind}:{self.part}", currency, day)

    def invoiced(self, currency: str, day: date) -> str:
        """The account for what invoices earn."""
        return self.chart.open(f"Income:Invoices:{self.part}", currency, day)

    def bad_debts(self, currency: str, day: date) -> str:
        """The account for debts that were given up."""
        return self.chart.open(f"Expenses:Bad-Debts:{self.part}", currency, day)

    def received(self, method: str, currency: str, day: date) -> str:
        """The account for money that came in by a method."""
        name = f"Assets:Received:{part(method, 'Method')}" if method else "Assets:Received"
        return self.chart.open(name, currency, day)


def tags(*several: tuple[str, str]) -> Tags:
    """The tags that are not blank, with dashes in their keys."""
    return tuple((key.replace("_", "-"), str(value)) for key, value in several if value)
