"""What is stored after a program is killed in the middle of its work."""

import os
import secrets
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from multiprocessing.connection import Connection as Pipe
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Self
from unittest.mock import patch

from attrs import define, field, frozen
from sqlalchemy import make_url, text

from invoicecore.billing import Billing
from invoicecore.desk import Desk
from invoicecore.errors import CommitUnknown, InvoicecoreError, StorageError, StorageUnavailable
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.model.firm import Firm
from invoicecore.model.work_session import NewWorkSession
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.column_types import POSTGRES
from invoicecore.storage.sql.connections import PooledConnection
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.calendar import Period, utc
from invoicecore.values.ids import FirmId, PersonId, ProjectId
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Deposit
from tests.books import Books, books
from tests.proof.command_generators import Call
from tests.proof.commands import without_backoff
from tests.proof.figures import Figures
from tests.proof.invariants import Breach, breaches, breaches_between
from tests.proof.processes import process_context
from tests.proof.sabotaged_sql import without_transactions

_FIRM = 10
"""After so many kills a new firm begins."""
_PATIENCE = 60
"""Seconds for a process to be up, or for a connection to be gone."""
_STEPS = 200
"""In so many steps of its commits, at most, a process kills itself that is to."""
_FEW = 3
"""How many kills a broken adapter survives unnoticed, at most."""
_MARCH = Period.month(2026, 3)


@frozen
class Task:
    """What a process that will be killed is to do."""

    url: str
    firm: FirmId
    cast: tuple[PersonId, tuple[tuple[str, str], ...]]  # who works, and for which clients on which projects
    run: str  # which its keys begin with
    seed: int
    dies_at: int | None = None  # the step of its commits at which it kills itself, if it is to
    torn: bool = False  # the negative control


@frozen
class Sent:
    """A command that is about to be given."""

    key: str
    call: Call


@frozen
class Answer:
    """What the command answered that was given last; or that it was refused, or that storage failed for good."""

    answer: Any = None
    refused: str = ""
    failed: bool = False


def run_command(desk: Desk, given: Sent) -> Any:
    """Give a command under its key."""
    subject, _, method = given.call.name.partition(".")
    return getattr(getattr(desk, subject), method)(*given.call.args, **given.call.named, idempotency_key=given.key)


class _Worker:
    """A program that works on and on."""

    def __init__(self, task: Task) -> None:
        self._rng = Random(task.seed)
        self._person, self._places = task.cast
        self._unpaid: list[str] = []
        self._drafts: list[str] = []

    def next(self) -> Call:
        """What to do next."""
        client, project = self._rng.choice(self._places)
        start = utc(2026, 3, self._rng.randint(1, 28), 9)
        chance = self._rng.random()
        if self._drafts and chance < 0.5:
            return Call("", "invoices.generate", (self._drafts.pop(),), {"use_latest": True})
        if self._unpaid and chance < 0.5:
            return Call("", "payments.record", (self._unpaid.pop(),), {"method": "wire"})
        if chance < 0.6:
            return Call("", "invoices.draft", (client, _MARCH))
        if chance < 0.7:
            return Call("", "invoices.manual", (client, Money.of(70, "USD")), {"deposit": Deposit.TO_BALANCE})
        if chance < 0.8:
            row = NewWorkSession(project_id=ProjectId(project), person_id=self._person, start=start, hours=1)
            return Call("", "work.import_many", ([row] * 20,))
        return Call("", "work.log", (project,), {"start": start, "hours": self._rng.randint(1, 8)})

    def observe(self, call: Call, answer: Any) -> None:
        """Keep in mind what can be gone on with."""
        if call.name == "invoices.draft":
            self._drafts.append(answer.id)
        elif call.name in {"invoices.generate", "invoices.manual"}:
            self._unpaid.append(answer.id)


def work(task: Task, pipe: "Pipe[Any, Any]") -> None:
    """What the process does, until it is killed."""
    desk = Billing.open(SqlStorage.at(task.url), task.firm).as_owner()
    worker = _Worker(task)
    with ExitStack() as stack:
        if task.torn:
            stack.enter_context(without_transactions())
            stack.enter_context(without_backoff())
        if task.dies_at is not None:
            stack.enter_context(_killing_itself_at(task.dies_at))
        pipe.send("ready")
        pipe.recv()
        number = 0
        while True:
            number += 1
            given = Sent(f"{task.run}-{number}", worker.next())
            pipe.send(given)
            try:
                answer = _retry(desk, given)
            except InvoicecoreError as refused:
                pipe.send(Answer(refused=repr(refused), failed=isinstance(refused, StorageError)))
            else:
                worker.observe(given.call, answer)
                pipe.send(Answer(answer))


def _retry(desk: Desk, given: Sent) -> Any:
    """Give a command, again and again while storage fails."""
    for _ in range(20):
        with suppress(StorageUnavailable, CommitUnknown):
            return run_command(desk, given)
        time.sleep(0.01)
    return run_command(desk, given)


@contextmanager
def _killing_itself_at(step: int) -> Iterator[None]:
    """Kills this process at that step of its commits: before a statement, before the last one, which makes all of it
    stand, or right after that."""
    steps = count(1)
    write, commit = PooledConnection.write, PooledConnection._commit

    def maybe_die() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def mortal_write(connection: Any, *given: Any) -> int:
        maybe_die()
        return write(connection, *given)

    def mortal_commit(connection: Any, driver: Any) -> None:
        maybe_die()
        commit(connection, driver)
        maybe_die()

    with (
        patch.object(PooledConnection, "write", mortal_write),
        patch.object(PooledConnection, "_commit", mortal_commit),
    ):
        yield


@define
class _Received:
    """What a process reported before it died: its commands and their answers."""

    answered: list[tuple[Sent, Answer]] = field(factory=list)
    last: Sent | None = None  # that was not answered

    def record(self, message: Sent | Answer) -> None:
        """Take note of a message."""
        if isinstance(message, Sent):
            self.last = message
        elif self.last is not None:
            self.answered.append((self.last, message))
            self.last = None

    @property
    def accepted(self) -> list[tuple[Sent, Any]]:
        """The commands that were accepted, with their answers."""
        return [(given, told.answer) for given, told in self.answered if not told.refused]


class Killer:
    """Kills processes that work on one store, checks what is stored, and counts."""

    def __init__(self, url: str, seed: int, *, torn: bool = False) -> None:
        self._url = make_url(url)
        self._rng = Random(seed)
        self._torn = torn
        self._run = secrets.token_hex(4)
        self._storage = SqlStorage.at(url)
        self._storage.upgrade()
        self.database = self._url.get_backend_name()
        self.kills = 0
        self.inside = 0  # of a commit
        self.disconnected = 0
        self.acknowledged = 0
        self.unacknowledged = 0  # commands that stand though nobody was told
        self.not_stored = 0  # commands that do not
        self.breaches: Counter[str] = Counter()
        self.found: dict[str, str] = {}

    def kill_several(self, times: int) -> Self:
        """Kill so many."""
        for _ in range(times):
            self.kill()
        self._storage.close()
        return self

    def kill(self) -> None:
        """Let a process work, kill it, and look."""
        if self.kills % _FIRM == 0 or self._torn:
            self._firm, self._cast = _new_firm(self._storage)
            self._before = books(self._storage, self._firm)
        self.kills += 1
        name = f"{self._run}-{self.kills}"
        inside = self._rng.randint(1, _STEPS) if self._torn or self._rng.random() < 0.5 else None
        self.inside += inside is not None
        task = Task(self._at(name), self._firm, self._cast, name, self._rng.getrandbits(32), inside, self._torn)
        received = self._work_and_kill(task, name)
        self._wait_until_gone(name)
        self.acknowledged += len(received.accepted)
        self._note(list(self._wrong(received)))

    def _at(self, name: str) -> str:
        """The URL for a process, by whose name its connections can be told from others."""
        url = self._url.update_query_dict({"application_name": name}) if self.database == POSTGRES else self._url
        return url.render_as_string(hide_password=False)

    def _work_and_kill(self, task: Task, name: str) -> _Received:
        way: Any = process_context()
        pipe, its_end = way.Pipe()
        process = way.Process(target=work, args=(task, its_end), daemon=True)
        process.start()
        its_end.close()
        received = _Received()
        if not pipe.poll(_PATIENCE):
            raise TimeoutError("The process to be killed did not come up.")
        pipe.recv()
        self._storage.close()  # whoever opens the books next finds them as the process left them
        pipe.send("go")
        if task.dies_at is None:
            _listen(pipe, received, self._rng.uniform(0, 0.3))
            for _ in range(2 if self.database == POSTGRES and self._rng.random() < 0.5 else 0):
                self._disconnect(name)
                _listen(pipe, received, self._rng.uniform(0.1, 0.3))
            process.kill()
        _listen(pipe, received, _PATIENCE)
        process.kill()
        process.join()
        pipe.close()
        if process.exitcode != -signal.SIGKILL:
            self._note([Breach("end", f"the process ended by itself, with {process.exitcode}")])
        return received

    def _disconnect(self, name: str) -> None:
        """End the server's side of a process's connections."""
        self.disconnected += self._connections(name, "pg_terminate_backend(pid)")

    def _wait_until_gone(self, name: str) -> None:
        """What the server was told last it may still be doing."""
        until = time.monotonic() + _PATIENCE
        while self.database == POSTGRES and self._connections(name, "pid") and time.monotonic() < until:
            time.sleep(0.01)

    def _connections(self, name: str, what: str) -> int:
        with self._storage.engine.connect() as connection:
            asked = text(f"SELECT {what} FROM pg_stat_activity WHERE application_name = :name")
            return len(connection.execute(asked, {"name": name}).all())

    def _wrong(self, received: _Received) -> Iterator[Breach]:
        before, now = self._before, books(self._storage, self._firm)
        yield from breaches(now)
        yield from breaches_between(before, now)
        for given, told in received.answered:
            if told.failed:
                yield Breach("end", f"{given.call} ended in {told.refused}")
        for given, answer in received.accepted:
            if self._stored_result(given) != (answer,):
                yield Breach("lost", f"{given.call} was acknowledged, and does not stand so")
        stands = received.last is not None and self._stored_result(received.last) is not None
        self.unacknowledged += stands
        self.not_stored += received.last is not None and not stands
        yield from _miscounted(before, now, len(received.accepted) + stands)
        yield from self._wrong_again(received, stands)
        self._before = books(self._storage, self._firm)

    def _stored_result(self, given: Sent) -> tuple[Any] | None:
        with UnitOfWork(self._storage, self._firm) as uow:
            remembered = uow.find_idempotency_record(given.key)
        return None if remembered is None else (remembered.result,)

    def _wrong_again(self, received: _Received, stands: bool) -> Iterator[Breach]:
        """What is wrong after the last command was sent again, twice."""
        last = received.last or (received.accepted[-1][0] if received.accepted else None)
        if last is None:
            return
        known = self._stored_result(last)
        desk = Billing.open(self._storage, self._firm).as_owner()
        try:
            answers = [run_command(desk, last) for _ in range(2)]
        except StorageError as failed:
            yield Breach("again", repr(failed))
            return
        except InvoicecoreError as refused:
            if known is not None:
                yield Breach("again", f"{last.call} stood, and was refused: {refused!r}")
            answers = []
        for answer in answers:
            if (answer,) != (known or (answers[0],)):
                yield Breach("again", f"{last.call} had another answer: {answer}, not {known}")
        now = books(self._storage, self._firm)
        yield from breaches(now)
        taken = received.last is not None and not stands and bool(answers)
        yield from _miscounted(self._before, now, len(received.accepted) + stands + taken)

    def _note(self, wrong: Sequence[Breach]) -> None:
        for breach in wrong:
            self.breaches[breach.invariant] += 1
            self.found.setdefault(breach.invariant, f"kill {self.kills}: {breach.what}")


def _miscounted(before: Books, now: Books, commands: int) -> Iterator[Breach]:
    """Every command has one record, and each has an effect once."""
    records = len(now.audit) - len(before.audit)
    if records != commands:
        yield Breach("once", f"{commands} commands have {records} records")


def _listen(pipe: "Pipe[Any, Any]", received: _Received, seconds: float) -> None:
    """Hear what is told, for so long or until there is nobody left to tell."""
    until = time.monotonic() + seconds
    with suppress(EOFError, OSError):  # of a message that was not told to its end, too
        while pipe.poll(max(0.0, until - time.monotonic())):
            received.record(pipe.recv())
            if time.monotonic() > until:
                return


def _new_firm(storage: SqlStorage) -> tuple[FirmId, tuple[PersonId, tuple[tuple[str, str], ...]]]:
    billing = Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC"))
    desk = billing.as_owner()
    refill = Refill(threshold=Money.of(-1000, "USD"), rate=Rate.hourly(50, "USD"), hours=20)
    places = []
    for name in ("Acme", "Apex", "Boxy"):
        client = desk.clients.add(name=name, terms=Terms(allowed_balance=None, refill=refill)).id
        places.append((client, desk.projects.add(client_id=client, name="Website", rate=Rate.hourly(50, "USD")).id))
    return billing.firm_id, (PersonId(desk.person_id), tuple(places))


def run(*, size: int, seed: int, url: str) -> Figures:
    """So many kills on one store."""
    killer = Killer(url, seed).kill_several(size)
    line = (
        f"{killer.kills} kills on {killer.database}, {killer.inside} of them inside a commit, "
        f"{killer.disconnected} connections cut; {killer.acknowledged} commands acknowledged; of those that were not, "
        f"{killer.unacknowledged} stood and {killer.not_stored} did not"
    )
    wrong = "".join(f"\n  {law} {killer.breaches[law]}×, {how}" for law, how in killer.found.items())
    return Figures("crash", not wrong, line + (wrong or "; nothing lost, nothing torn"))


def control(*, seed: int) -> Figures:
    """The same with an adapter for which each statement stands by itself."""
    with TemporaryDirectory() as folder:
        killer = Killer(f"sqlite:///{folder}/books.db", seed, torn=True).kill_several(_FEW)
    line = ", ".join(f"{law} {times}×" for law, times in sorted(killer.breaches.items())) or "MISSED"
    return Figures("crash, control", bool(killer.breaches), f"without transactions, {_FEW} kills: {line}")
