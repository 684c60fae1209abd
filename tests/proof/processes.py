"""Everything adds up when many processes work on the same few clients."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing.context import BaseContext
from random import Random
from tempfile import TemporaryDirectory
from threading import Barrier
from typing import TypeVar

from attrs import field, frozen
from sqlalchemy import Engine, text

from invoicecore.billing import Billing, retry_transaction
from invoicecore.desk import Desk
from invoicecore.errors import InvoicecoreError, StorageError, TransactionConflict
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.model.firm import Firm
from invoicecore.settlement.payment import Receipt
from invoicecore.storage.sql import SqlStorage
from invoicecore.values.calendar import Period, utc
from invoicecore.values.ids import FirmId
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Deposit, InvoiceKind
from tests.books import Books, books
from tests.proof.commands import without_backoff
from tests.proof.figures import Figures
from tests.proof.invariants import Breach, breaches, breaches_between
from tests.proof.sabotaged_sql import without_versions

PROCESSES = 8
_LOGS = 2
"""How many sessions each process logs for a client, if it may."""
_RESENDS = 10
"""How often a host sends a command again that storage failed."""
_PATIENCE = 120
"""Seconds for all processes to be up."""
_MARCH = Period.month(2026, 3)

R = TypeVar("R")


@frozen
class ClientKind:
    """A sort of clients: how they stand, in dollars, and their terms."""

    balance: int
    allowed: int | None
    refill_at: int | None

    @property
    def terms(self) -> Terms:
        """The terms, with refills of $1,000."""
        refill = None
        if self.refill_at is not None:
            refill = Refill(threshold=_usd(self.refill_at), rate=Rate.hourly(50, "USD"), hours=20)
        return Terms(allowed_balance=None if self.allowed is None else _usd(self.allowed), refill=refill)

    def expected(self) -> tuple[int, int]:
        """How many sessions of $200 are accepted, and how many refills of $1,000 are asked for, in the end."""
        balance, asked, logged = self.balance, 0, 0
        while logged < PROCESSES * _LOGS and (self.allowed is None or balance > self.allowed):
            balance, logged = balance - 200, logged + 1
            if self.refill_at is not None and balance + 1000 * asked <= self.refill_at:
                asked += 1
        return logged, asked


def _usd(amount: int) -> Money:
    return Money.of(amount, "USD")


CLIENT_KINDS = (
    ClientKind(-900, -1500, None),  # are refused after three sessions, at the limit
    ClientKind(-950, -1500, None),  # the third session crosses it
    ClientKind(-900, None, -1000),  # are asked again and again, and pay
    ClientKind(-900, -1500, -1000),  # are asked once, and are refused as they do not pay
)


@frozen
class Task:
    """What one process is to do, on which store."""

    url: str
    firm: FirmId
    projects: tuple[tuple[str, str, int], ...]  # a client, a project, and of which sort
    who: int
    seed: int
    without_checks: bool = False  # the negative control
    isolation: str | None = None  # of the host's transactions in which its commands are given; None is no host


@frozen
class Report:
    """What one process was told: the ids of what was acknowledged, how often it was refused, and had to send again; and
    the keys of the commands whose transaction the host committed."""

    sessions: list[str] = field(factory=list)
    invoices: list[str] = field(factory=list)
    payments: list[str] = field(factory=list)
    refusals: Counter[str] = field(factory=Counter)
    resent: Counter[str] = field(factory=Counter)
    failed: list[str] = field(factory=list)
    committed: list[str] = field(factory=list)

    @property
    def acknowledged(self) -> int:
        """How many commands were."""
        return len(self.sessions) + len(self.invoices) + len(self.payments)


def work(task: Task) -> Report:
    """What one process does."""
    storage = SqlStorage.at(task.url)
    report = Report()
    with ExitStack() as stack:
        if task.without_checks:
            stack.enter_context(without_versions())
            stack.enter_context(without_backoff())
        _Worker(task, Billing.open(storage, task.firm), storage.engine, report).go()
    storage.close()
    return report


class _Worker:
    def __init__(self, task: Task, billing: Billing, engine: Engine, report: Report) -> None:
        self._task = task
        self._billing = billing
        self._desk = billing.as_owner()
        self._engine = engine if task.isolation is None else engine.execution_options(isolation_level=task.isolation)
        self._report = report
        self._keys = 0

    def go(self) -> None:
        """Go through the clients in nearly the same order as the other processes."""
        rng = Random(self._task.seed * PROCESSES + self._task.who)
        places = sorted(range(len(self._task.projects)), key=lambda place: place + rng.uniform(0, 3))
        for place in places:
            client, project, sort = self._task.projects[place]
            for _ in range(_LOGS):
                self._log(project)
                if CLIENT_KINDS[sort].refill_at is None:
                    self._ask(client)
                    self._bill(client)
                elif CLIENT_KINDS[sort].allowed is None:
                    self._pay(client)

    def _log(self, project: str) -> None:
        start = utc(2026, 3, 2 + self._task.who, 9)
        session = self._retry(lambda desk: partial(desk.work.log, project, start=start, hours=4))
        if session is not None:
            self._report.sessions.append(session.id)

    def _ask(self, client: str) -> None:
        """An invoice of another sort, which moves the account and writes no entry."""
        invoice = self._retry(lambda desk: partial(desk.invoices.manual, client, _usd(1), deposit=Deposit.TO_BALANCE))
        if invoice is not None:
            self._report.invoices.append(invoice.id)

    def _pay(self, client: str) -> None:
        """The refill that is open: others may be about to pay it too."""
        for invoice in self._desk.invoices.of(client):
            if invoice.kind is InvoiceKind.REFILL and invoice.amount_due.minor:
                receipt = self._retry(partial(_payment, invoice.id))
                if receipt is not None:
                    self._report.payments.append(receipt.payment.id)

    def _bill(self, client: str) -> None:
        """All work that no invoice holds yet: others may be about to bill it too."""
        draft = self._retry(lambda desk: partial(desk.invoices.draft, client, _MARCH))
        if draft is not None:
            made = self._retry(lambda desk: partial(desk.invoices.generate, draft.id, use_latest=True))
            if made is not None:
                self._report.invoices.append(made.id)

    def _retry(self, command: Callable[[Desk], Callable[..., R]]) -> R | None:
        """What a command answers, sent again under the same key if storage fails; None if it is refused."""
        self._keys += 1
        key = f"{self._task.who}-{self._keys}"
        for _ in range(1 if self._task.without_checks else _RESENDS):
            try:
                if self._task.isolation is None:
                    return command(self._desk)(idempotency_key=key)
                given = retry_transaction(partial(self._in_transaction, command, key), attempts=50)
                self._report.committed.append(key)
                return given
            except StorageError as failed:
                self._report.resent[type(failed).__name__] += 1
                last = repr(failed)
            except InvoicecoreError as refused:
                self._report.refusals[type(refused).__name__] += 1
                return None
        self._report.failed.append(last)
        return None

    def _in_transaction(self, command: Callable[[Desk], Callable[..., R]], key: str) -> R:
        """What a command answers in a transaction in which the host writes as well."""
        try:
            with self._engine.begin() as connection:
                if self._keys % 2:  # before the library, or after it
                    connection.execute(text("INSERT INTO host_commands VALUES (:key)"), {"key": key})
                answer = command(self._billing.joined(connection).as_owner())(idempotency_key=key)
                if not self._keys % 2:
                    connection.execute(text("INSERT INTO host_commands VALUES (:key)"), {"key": key})
                return answer
        except TransactionConflict:
            self._report.resent["TransactionConflict"] += 1
            raise


def _payment(invoice_id: str, desk: Desk) -> Callable[..., Receipt]:
    return partial(desk.payments.record, invoice_id, _usd(1000))


def prepared(storage: SqlStorage, clients: int) -> tuple[FirmId, tuple[tuple[str, str, int], ...]]:
    """A firm with so many clients, all near something."""
    billing = Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC"))
    desk = billing.as_owner()
    projects = []
    for number in range(clients):
        place = number % len(CLIENT_KINDS)
        client = desk.clients.add(name=f"Client {number}", terms=CLIENT_KINDS[place].terms).id
        desk.accounts.adjust(client, _usd(CLIENT_KINDS[place].balance), reason="From the old system")
        project = desk.projects.add(client_id=client, name="Website", rate=Rate.hourly(50, "USD")).id
        projects.append((client, project, place))
    return billing.firm_id, tuple(projects)


def run(
    *,
    size: int,
    seed: int,
    url: str,
    without_checks: bool = False,
    isolation: str | None = None,
    plain: int = 0,
) -> Figures:
    """Eight processes on one store, on as many clients as the size says. With an isolation level each gives its
    commands in transactions of a host's, but for so many that give them plainly."""
    storage = SqlStorage.at(url)
    storage.upgrade()
    firm, projects = prepared(storage, size)
    before = books(storage, firm)
    with storage.engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS host_commands (command varchar(40) NOT NULL)"))
        connection.execute(text("DELETE FROM host_commands"))
    storage.close()
    way = process_context()
    together = way.Barrier(PROCESSES)
    levels = [None if who < plain else isolation for who in range(PROCESSES)]
    tasks = [Task(url, firm, projects, who, seed, without_checks, level) for who, level in enumerate(levels)]
    with ProcessPoolExecutor(PROCESSES, way, _wait_for_all, (together,)) as pool:
        running = [pool.submit(work, task) for task in tasks]
        reports = [future.result() for future in running]
    found = [*_wrong(before, books(storage, firm), projects, reports)]
    with storage.engine.begin() as connection:
        there = sorted(connection.execute(text("SELECT command FROM host_commands")).scalars())
    if there != sorted(key for report in reports for key in report.committed):
        found.append(Breach("host", f"the host has {len(there)} rows, not one for each command that it committed"))
    storage.close()
    how = "" if isolation is None else f", joined at {isolation}" + (f" but for {plain}" if plain else "")
    return _figures(storage, size, reports, found, how)


def control(*, seed: int) -> Figures:
    """The same with an adapter that writes over whatever is there."""
    with TemporaryDirectory() as folder:
        broken = run(size=len(CLIENT_KINDS), seed=seed, url=f"sqlite:///{folder}/books.db", without_checks=True)
    _, _, found = broken.line.partition("\n")
    line = f"without checks of versions: {', '.join(sorted({it.split(':')[0].strip() for it in found.splitlines()}))}"
    return Figures("processes, control", not broken.passed, line)


def process_context() -> BaseContext:
    """How processes are started here: where the system can fork, by a process that has loaded everything once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    way = multiprocessing.get_context("forkserver")
    way.set_forkserver_preload([__name__, "tests.proof.crash"])
    return way


def _wait_for_all(together: Barrier) -> None:
    together.wait(_PATIENCE)


def _wrong(
    before: Books, after: Books, projects: Iterable[tuple[str, str, int]], reports: Sequence[Report]
) -> Iterator[Breach]:
    yield from breaches(after)
    yield from breaches_between(before, after)
    for what in ("sessions", "invoices", "payments"):
        acknowledged = {id for report in reports for id in getattr(report, what)}
        lost = acknowledged - getattr(after, what).keys()
        if lost:
            yield Breach("lost", f"{what} were acknowledged and are not there: {lost}")
        made_besides = getattr(after, what).keys() - acknowledged
        if made_besides and what != "invoices":  # refills come by themselves
            yield Breach("twice", f"{what} are there that were not acknowledged: {made_besides}")
    for report in reports:
        for failed in report.failed:
            yield Breach("end", failed)
    for client, _, sort in projects:
        logged = sum(session.client_id == client for session in after.sessions.values())
        asked = sum(it.client_id == client and it.kind is InvoiceKind.REFILL for it in after.invoices.values())
        paid = sum(payment.minor for payment in after.payments.values() if payment.client_id == client)
        if (logged, asked) != CLIENT_KINDS[sort].expected():
            yield Breach("reckoned", f"{logged} sessions and {asked} refills, not {CLIENT_KINDS[sort].expected()}")
        balance = after.accounts[client].position.balance_minor
        if balance != 100 * (CLIENT_KINDS[sort].balance - 200 * logged) + paid:
            yield Breach("reckoned", f"a balance of {balance} after {logged} sessions and {paid} paid")
    numbers = sorted(int(number.rpartition("-")[2]) for number in after.numbers)
    if numbers != [*range(1, after.next_number)]:
        yield Breach("I16", f"the numbers are {numbers}, and the next is {after.next_number}")


def _figures(storage: SqlStorage, size: int, reports: Sequence[Report], found: Sequence[Breach], how: str) -> Figures:
    refusals = sum((report.refusals for report in reports), Counter[str]())
    resent = sum((report.resent for report in reports), Counter[str]())
    laws = Counter(breach.invariant for breach in found)
    line = (
        f"{PROCESSES} processes on {storage.engine.dialect.name}{how}, {size} clients; "
        f"{sum(report.acknowledged for report in reports)} commands acknowledged, {refusals.total()} refused, "
        f"{resent.total()} sent again{f' ({dict(resent)})' if resent else ''}"
    )
    if not found:
        return Figures("processes", True, f"{line}; all as reckoned, nothing lost, no gap")
    wrong = "".join(f"\n  {breach}" for breach in found[:20])
    return Figures("processes", False, f"{line}; {', '.join(f'{law} {n}×' for law, n in sorted(laws.items()))}{wrong}")
