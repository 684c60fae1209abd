"""The writing of the balance of a client, or of all clients, as a journal."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from itertools import groupby

from attrs import evolve

from invoicecore.desk import Desk
from invoicecore.exporter.atomic_write import Target, text_writer
from invoicecore.exporter.iter_pages import Progress, iter_rows
from invoicecore.exporter.journal.assertion_schedule import AssertionSchedule, Checkpoints
from invoicecore.exporter.journal.beancount import Beancount
from invoicecore.exporter.journal.bookings import ChartOfAccounts, ClientBookings
from invoicecore.exporter.journal.format import Assertion, JournalFormat, Transaction
from invoicecore.exporter.journal.hledger import Hledger
from invoicecore.exporter.journal.names import UniqueNames
from invoicecore.exporter.journal.text_by_day import TextByDay
from invoicecore.exporter.journal.undeposited_payments import UndepositedPayments
from invoicecore.ledger.rebooking import in_force
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.transactions import TransactionRow, TransactionSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.values import inputs
from invoicecore.values.money import Money
from invoicecore.vocabulary import DocumentedEnum

_HEAD = (
    "; The balances of clients and what moved them, as they stand in invoicecore.\n",
    "; Liabilities:Clients is the clients' money: what is below zero was paid ahead, what is above is owed for work.\n",
)


class Dialect(DocumentedEnum):
    """The accounting program for which a journal is written."""

    HLEDGER = "hledger", "hledger, and ledger as well."
    BEANCOUNT = "beancount", "beancount."


_FORMATS: dict[Dialect, JournalFormat] = {Dialect.HLEDGER: Hledger(), Dialect.BEANCOUNT: Beancount()}


def write_journal(
    desk: Desk,
    target: Target,
    *,
    client_id: str | None = None,
    dialect: Dialect = Dialect.HLEDGER,
    assertions: AssertionSchedule = AssertionSchedule.MONTH,
    progress: Progress | None = None,
) -> int:
    """Write everything that moved the balance of a client, or of all clients (None), as a journal in double entry, and
    return the number of ledger entries in it.

    The stored balance is asserted after each payment, at the end of each period of `assertions` that has entries, and
    after the last entry, so that `hledger check` or `bean-check` verifies it. `target` is a path, whose file is
    replaced when all is written, or an open text stream. `progress` is called after each page with the number of its
    entries. NotPermitted for those who may not see the accounts; OSError if the file cannot be written.
    """
    format = _FORMATS[inputs.instance("dialect", dialect, Dialect)]
    inputs.instance("assertions", assertions, AssertionSchedule)
    wanted = None if client_id is None else desk.clients.get(client_id).id
    with TextByDay() as days:
        journal = _Journal(desk, days, format, assertions)
        count = sum(journal.add(one, part, progress) for one, part in _clients(desk) if wanted in (None, one.id))
        with text_writer(target) as stream:
            stream.writelines(journal.texts())
    return count


def _clients(desk: Desk) -> Iterator[tuple[NamedRef, str]]:
    """Every client with their part of account names. All are read, so that a client has the same in every journal."""
    names = UniqueNames("Client")
    for row in iter_rows(partial(desk.pages.clients, archived=None, sort=ClientSort.ADDED)):
        client = row.client
        yield NamedRef(client.id, client.name), names.of(client.id, client.name)


def _with_balances_by_day(rows: Iterable[TransactionRow]) -> Iterator[TransactionRow]:
    """The rows, in the order of booking times, with the balance after each in this order. It is the stored one, except
    for an entry that was taken back because its booking day was wrong, and the one that took it back, which stand
    after entries that were booked later."""
    balance: Money | None = None
    for _, at_once in groupby(rows, key=lambda it: it.movement.booked_at):
        some = list(at_once)
        stored = {it.sequence for it in in_force(row.movement for row in some)}
        for row in some:
            moved = row.movement
            if moved.sequence in stored:
                balance = moved.balance
            else:
                balance = moved.amount if balance is None else balance + moved.amount
            yield row if balance == moved.balance else evolve(row, movement=evolve(moved, balance=balance))


class _Journal:
    """A journal while it is written."""

    def __init__(self, desk: Desk, days: TextByDay, format: JournalFormat, assertions: AssertionSchedule) -> None:
        self._desk = desk
        self._days = days
        self._format = format
        self._assertions = assertions
        self._chart = ChartOfAccounts()
        self._payees: set[str] = set()
        self._keys: set[str] = set()

    def add(self, client: NamedRef, part: str, progress: Progress | None) -> int:
        """Add what moved a client's balance, and what was paid beside it; return the number of entries."""
        bookings = ClientBookings(client, part, self._chart, UniqueNames("Project"))
        # Read first, so that every entry from now on belongs to these payments or to later ones.
        undeposited = UndepositedPayments(self._desk.payments.of(client.id))
        checkpoints = Checkpoints(self._assertions, on_payment_days=not self._format.asserts_in_postings)
        count, day = 0, date.min
        rows = iter_rows(partial(self._desk.pages.transactions, client.id, sort=TransactionSort.DAY), progress)
        for row in _with_balances_by_day(rows):
            day = max(day, row.movement.booked_on)  # at a clock change, the day may step back for an hour
            self._assert(bookings, checkpoints.before(day))
            self._put(bookings.movement(row, day))
            checkpoints.read(day, row.movement)
            undeposited.subtract(day, row.movement)
            count += 1
        self._assert(bookings, checkpoints.last())
        for on, payment, amount in undeposited.remaining():
            numbers = " ".join(self._desk.invoices.get(it.invoice_id).label for it in payment.applied)
            self._put(bookings.undeposited(payment, amount, on, numbers))
        return count

    def _put(self, transaction: Transaction) -> None:
        self._payees.add(transaction.payee)
        self._keys.update(key for key, _ in transaction.tags)
        self._days.add(transaction.day, self._format.transaction(transaction))

    def _assert(self, bookings: ClientBookings, due: Iterable[tuple[date, Money]]) -> None:
        for day, balance in due:
            assertion = Assertion(day, bookings.client_account(balance.currency, day), -balance)
            self._days.add(day, self._format.assertion(assertion, bookings.client.name))

    def texts(self) -> Iterator[str]:
        """The whole journal: declarations, then day after day."""
        yield from _HEAD
        accounts = sorted(self._chart.accounts.items())
        self._keys.update(key for _, account in accounts for key, _ in account.tags)
        yield from self._format.declarations(accounts, sorted(self._keys), sorted(self._payees))
        yield from self._days.texts()
