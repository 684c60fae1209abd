"""The writing of the balance of a client, or of all clients, as a journal."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import groupby
from operator import itemgetter

from attrs import evolve

from invoicecore.desk import Desk
from invoicecore.exporter.atomic_write import Target, text_writer
from invoicecore.exporter.iter_pages import Progress, iter_rows
from invoicecore.exporter.journal.account_names import AccountNames
from invoicecore.exporter.journal.assertion_schedule import AssertionSchedule, Checkpoints
from invoicecore.exporter.journal.beancount import Beancount
from invoicecore.exporter.journal.bookings import ChartOfAccounts, ClientBookings
from invoicecore.exporter.journal.format import Assertion, JournalFormat, Transaction
from invoicecore.exporter.journal.hledger import Hledger
from invoicecore.exporter.journal.invoice_bookings import ON_THE_BALANCE, InvoiceBookings
from invoicecore.exporter.journal.names import UniqueNames
from invoicecore.exporter.journal.tax_shares import TaxShares
from invoicecore.exporter.journal.text_by_day import TextByDay
from invoicecore.exporter.journal.undeposited_payments import UndepositedPayments
from invoicecore.ledger.rebooking import in_force
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.transactions import TransactionRow, TransactionSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.values import inputs
from invoicecore.values.money import Money
from invoicecore.vocabulary import DocumentedEnum, EntryKind, LedgerDay

_HEAD = (
    "; The balances of clients and what moved them, as they stand in invoicecore.\n",
    "; {clients} is the clients' money: what is below zero was paid ahead, what is above is owed for work.\n",
)


class Dialect(DocumentedEnum):
    """The accounting program for which a journal is written."""

    HLEDGER = "hledger", "hledger, and ledger as well."
    BEANCOUNT = "beancount", "beancount."


class JournalBasis(DocumentedEnum):
    """What earns the income in a journal."""

    WORK = "work", "Work, as it is done: it draws from the balance of the client."
    INVOICE = "invoice", "Invoices, as they are issued: what they ask for is a receivable until it is paid."


_FORMATS: dict[Dialect, JournalFormat] = {Dialect.HLEDGER: Hledger(), Dialect.BEANCOUNT: Beancount()}


def write_journal(
    desk: Desk,
    target: Target,
    *,
    client_id: str | None = None,
    dialect: Dialect = Dialect.HLEDGER,
    assertions: AssertionSchedule = AssertionSchedule.MONTH,
    by: LedgerDay | None = None,
    basis: JournalBasis = JournalBasis.WORK,
    accounts: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> int:
    """Write everything that moved the balance of a client, or of all clients (None), as a journal in double entry, and
    return the number of ledger entries in it.

    On the basis of invoices, they, payments, voids and write-offs are written instead of the work and the payments
    that move the balance, and the number of transactions is returned. `by` is the day on which an entry stands, as in
    `accounts.statement`; the other one is its secondary date. The balance is asserted after each payment on the basis
    of work, at the end of each period of `assertions` that has entries, and after the last entry, so that
    `hledger check` or `bean-check` verifies it. `accounts` are the accountant's own names of accounts, such as
    `{"Income:Work:*": "4400 Fees"}`, which `read_account_names` takes from a file; InvalidInput if the program cannot
    have them, or if the balances of clients would not stay apart. `target` is a path, whose file is
    replaced when all is written, or an open text stream. `progress` is called after each page with the number of its
    entries. NotPermitted for those who may not see the accounts; OSError if the file cannot be written.
    """
    format = _FORMATS[inputs.instance("dialect", dialect, Dialect)]
    inputs.instance("assertions", assertions, AssertionSchedule)
    inputs.optional(by, lambda it: inputs.instance("by", it, LedgerDay))
    inputs.instance("basis", basis, JournalBasis)
    wanted = None if client_id is None else desk.clients.get(client_id).id
    names, clients = AccountNames(accounts or {}, format), list(_clients(desk))
    names.check_clients(part for _, part in clients)
    with TextByDay() as days:
        journal = _Journal(desk, days, format, assertions, by, ChartOfAccounts(names))
        add = journal.add if basis is JournalBasis.WORK else journal.add_invoices
        count = sum(add(one, part, progress) for one, part in clients if wanted in (None, one.id))
        journal.chart.check()
        with text_writer(target) as stream:
            stream.writelines(journal.texts())
    return count


def _clients(desk: Desk) -> Iterator[tuple[NamedRef, str]]:
    """Every client with their part of account names. All are read, so that a client has the same in every journal."""
    names = UniqueNames("Client")
    for row in iter_rows(partial(desk.pages.clients, archived=None, sort=ClientSort.ADDED)):
        client = row.client
        yield NamedRef(client.id, client.name), names.of(client.id, client.name)


def _with_balances(rows: Iterable[TransactionRow], by: LedgerDay) -> Iterator[tuple[TransactionRow, Money]]:
    """The rows, in the order of their days, with the balance after each in this order, and the one stored with it. By
    booking day it is the stored one, except for an entry that was taken back because its booking day was wrong, and
    the one that took it back, which stand after entries that were booked later."""
    balance: Money | None = None
    for _, at_once in groupby(rows, key=lambda it: it.movement.booked_at):
        some = list(at_once)
        is_stored = by is LedgerDay.BOOKED
        stored = {it.sequence for it in in_force(row.movement for row in some)} if is_stored else set[int]()
        for row in some:
            moved = row.movement
            if moved.sequence in stored:
                balance = moved.balance
            else:
                balance = moved.amount if balance is None else balance + moved.amount
            shown = row if balance == moved.balance else evolve(row, movement=evolve(moved, balance=balance))
            yield shown, moved.balance


class _Journal:
    """A journal while it is written."""

    def __init__(
        self,
        desk: Desk,
        days: TextByDay,
        format: JournalFormat,
        assertions: AssertionSchedule,
        by: LedgerDay | None,
        chart: ChartOfAccounts,
    ) -> None:
        self._desk = desk
        self._by = by
        self._days = days
        self._format = format
        self._assertions = assertions
        self.chart = chart
        self._payees: set[str] = set()
        self._keys: set[str] = set()

    def add(self, client: NamedRef, part: str, progress: Progress | None) -> int:
        """Add what moved a client's balance, and what was paid beside it; return the number of entries."""
        bookings = ClientBookings(client, part, self.chart, UniqueNames("Project"), TaxShares(self._desk.invoices.get))
        # Read first, so that every entry from now on belongs to these payments or to later ones.
        dues = self._desk.accounts.dues(client.id, by=self._by)
        undeposited, by = UndepositedPayments(dues), dues.by
        checkpoints = Checkpoints(self._assertions, on_payment_days=not self._format.asserts_in_postings)
        count, day, latest = 0, date.min, (0, Money(minor=0, currency="USD"))
        sort = TransactionSort.DAY if by is LedgerDay.BOOKED else TransactionSort.WORK_DAY
        rows = iter_rows(partial(self._desk.pages.transactions, client.id, sort=sort), progress)
        for row, stored in _with_balances(rows, by):
            moved = row.movement
            day = max(day, moved.day(by))  # at a clock change, the booking day may step back for an hour
            self._assert(bookings, checkpoints.before(day))
            self._put(bookings.movement(row, day, moved.work_day if by is LedgerDay.BOOKED else moved.booked_on))
            checkpoints.read(day, moved.balance, is_payment=moved.kind is EntryKind.PAYMENT)
            latest = max(latest, (moved.sequence, stored), key=itemgetter(0))
            undeposited.subtract(row.movement)
            count += 1
        self._assert(bookings, checkpoints.last(latest[1]))
        for event, payment, amount in undeposited.remaining():
            self._put(bookings.undeposited(payment, amount, event))
        return count

    def _put(self, transaction: Transaction) -> None:
        self._payees.add(transaction.payee)
        self._keys.update(key for key, _ in transaction.tags)
        self._days.add(transaction.day, self._format.transaction(transaction))

    def add_invoices(self, client: NamedRef, part: str, progress: Progress | None) -> int:
        """Add what a client was invoiced and paid, and what else moved the money paid ahead; return how much that is.
        Everything is as of one moment."""
        bookings = ClientBookings(client, part, self.chart, UniqueNames("Project"), TaxShares(self._desk.invoices.get))
        dues = self._desk.accounts.dues(client.id, by=self._by)
        documents, account, by = InvoiceBookings(bookings), dues.standing.account, dues.by
        happened: list[tuple[date, Transaction, int, int]] = [
            (it.day, documents.transaction(it, account.currency), it.minor, it.prepaid_minor) for it in dues.events
        ]
        for row in iter_rows(partial(self._desk.pages.transactions, client.id), progress):
            moved = row.movement
            if moved.kind in ON_THE_BALANCE and moved.sequence <= account.position.sequence:
                day, other = moved.day(by), moved.work_day if by is LedgerDay.BOOKED else moved.booked_on
                happened.append((day, bookings.movement(row, day, other), 0, moved.amount.minor))
        owed, prepaid = (Checkpoints(self._assertions, on_payment_days=False) for _ in range(2))
        due_minor = prepaid_minor = 0
        for day, transaction, due, ahead in sorted(happened, key=itemgetter(0)):
            self._assert(bookings, prepaid.before(day))
            self._assert_receivable(documents, owed.before(day))
            self._put(transaction)
            due_minor, prepaid_minor = due_minor + due, prepaid_minor + ahead
            if due:
                owed.read(day, Money(minor=due_minor, currency=account.currency))
            if ahead:
                prepaid.read(day, Money(minor=prepaid_minor, currency=account.currency))
        self._assert(bookings, prepaid.last(dues.prepaid))
        self._assert_receivable(documents, owed.last(dues.balance_due))
        return len(happened)

    def _assert(self, bookings: ClientBookings, due: Iterable[tuple[date, Money]]) -> None:
        for day, balance in due:
            assertion = Assertion(day, bookings.client_account(balance.currency, day), -balance)
            self._days.add(day, self._format.assertion(assertion, bookings.client.name))

    def _assert_receivable(self, documents: InvoiceBookings, due: Iterable[tuple[date, Money]]) -> None:
        for day, balance in due:
            assertion = Assertion(day, documents.receivable(balance.currency, day), balance)
            self._days.add(day, self._format.assertion(assertion, documents.payee))

    def texts(self) -> Iterator[str]:
        """The whole journal: declarations, then day after day."""
        yield from (line.format(clients=self.chart.called("Liabilities:Clients")) for line in _HEAD)
        accounts = sorted(self.chart.accounts.items())
        self._keys.update(key for _, account in accounts for key, _ in account.tags)
        yield from self._format.declarations(accounts, sorted(self._keys), sorted(self._payees))
        yield from self._days.texts()
