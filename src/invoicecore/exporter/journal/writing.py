"""How do a client's books, or the whole firm's, become a file that an accountant's program checks?"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import assert_never

from invoicecore.desk import Desk
from invoicecore.exporter.atomic_write import Target, writing
from invoicecore.exporter.iter_pages import PAGE, Progress, rows
from invoicecore.exporter.journal.assertion_schedule import AssertionSchedule
from invoicecore.exporter.journal.beancount import Beancount
from invoicecore.exporter.journal.bookings import Chart, Ledger
from invoicecore.exporter.journal.checkpoints import Checkpoints
from invoicecore.exporter.journal.days import ByDay
from invoicecore.exporter.journal.hledger import Hledger
from invoicecore.exporter.journal.names import Names
from invoicecore.exporter.journal.side_files import Beside
from invoicecore.exporter.journal.transactions import Assertion, Spelling, Transaction
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.values import inputs
from invoicecore.values.money import Money
from invoicecore.vocabulary import DocumentedEnum

_HEAD = (
    "The balances of clients and what moved them, as they stand in invoicecore.",
    "Liabilities:Clients is the clients' money: what is below zero was paid ahead, what is above is owed for work.",
)


class Dialect(DocumentedEnum):
    """For which program a journal is written."""

    HLEDGER = "hledger", "For hledger, and for ledger as well."
    BEANCOUNT = "beancount", "For beancount."


def write_journal(
    desk: Desk,
    target: Target,
    *,
    client_id: str | None = None,
    dialect: Dialect = Dialect.HLEDGER,
    closing: AssertionSchedule = AssertionSchedule.MONTH,
    progress: Progress | None = None,
) -> int:
    """Write everything that moved the balance of a client, or of all clients (None), as a journal in double entry, and
    give the number of ledger entries in it.

    After each payment, at the end of each period in which anything moved, and at the end, the balance that the library
    stored is asserted, so that `hledger check` or `bean-check` verifies it. `target` is a path, whose file is replaced
    when all is written, or an open stream of text. Whoever may not see the accounts is refused, as by
    `accounts.statement`. `progress` is told after each page how many entries it had. OSError if the file cannot be
    written.
    """
    inputs.instance("dialect", dialect, Dialect)
    inputs.instance("closing", closing, AssertionSchedule)
    wanted = None if client_id is None else desk.clients.get(client_id).id
    with ByDay() as days:
        journal = _Journal(desk, days, _spelling(dialect), closing)
        count = sum(journal.take(one, part, progress) for one, part in _clients(desk) if wanted in (None, one.id))
        with writing(target) as stream:
            stream.writelines(journal.texts())
    return count


def _spelling(dialect: Dialect) -> Spelling:
    match dialect:
        case Dialect.HLEDGER:
            return Hledger()
        case Dialect.BEANCOUNT:
            return Beancount()
        case _:
            assert_never(dialect)


def _clients(desk: Desk) -> Iterator[tuple[NamedRef, str]]:
    """Every client with their part of names. All are gone through, so that one is called alike in every journal."""
    names = Names("Client")
    for row in rows(lambda after: desk.pages.clients(archived=None, sort=ClientSort.ADDED, after=after, limit=PAGE)):
        client = row.client
        yield NamedRef(client.id, client.name), names.of(client.id, client.name)


class _Journal:
    """A journal while it is written."""

    def __init__(self, desk: Desk, days: ByDay, spelling: Spelling, closing: AssertionSchedule) -> None:
        self._desk = desk
        self._days = days
        self._spelling = spelling
        self._closing = closing
        self._chart = Chart()
        self._payees: set[str] = set()
        self._keys: set[str] = set()

    def take(self, client: NamedRef, part: str, progress: Progress | None) -> int:
        """Take up what moved a client's balance, and what was paid beside it; the number of entries."""
        ledger = Ledger(client, part, self._chart, Names("Project"))
        beside = Beside(self._desk.payments.of(client.id))  # first, so that each entry from now on is of these or later
        checkpoints = Checkpoints(self._closing, go_by_day=not self._spelling.asserts_in_postings)
        count, day = 0, date.min
        for row in rows(lambda after: self._desk.pages.transactions(client.id, after=after, limit=PAGE), progress):
            day = max(day, row.movement.booked_on)  # at a change of the clock, the day may step back for an hour
            self._assert(ledger, checkpoints.until(day))
            self._put(ledger.movement(row, day))
            checkpoints.take(day, row.movement)
            beside.take(day, row.movement)
            count += 1
        self._assert(ledger, checkpoints.at_last())
        for on, payment, amount in beside.left():
            numbers = " ".join(self._desk.invoices.get(it.invoice_id).label for it in payment.applied)
            self._put(ledger.beside_the_balance(payment, amount, on, numbers))
        return count

    def _put(self, transaction: Transaction) -> None:
        self._payees.add(transaction.payee)
        self._keys.update(key for key, _ in transaction.facts)
        self._days.put(transaction.day, self._spelling.transaction(transaction))

    def _assert(self, ledger: Ledger, due: Iterable[tuple[date, Money]]) -> None:
        for day, balance in due:
            assertion = Assertion(day, ledger.client_account(balance.currency, day), -balance)
            self._days.put(day, self._spelling.assertion(assertion, ledger.client.name))

    def texts(self) -> Iterator[str]:
        """All of it: what is declared, then the days."""
        yield self._spelling.head(_HEAD)
        accounts = self._chart.accounts
        self._keys.update(key for account in accounts.values() for key, _ in account.facts)
        yield from map(self._spelling.currency, sorted({it for one in accounts.values() for it in one.currencies}))
        yield from map(self._spelling.fact, sorted(self._keys))
        yield from map(self._spelling.payee, sorted(self._payees))
        for name, account in sorted(accounts.items()):
            yield self._spelling.account(name, account)
        yield from self._days.texts()
