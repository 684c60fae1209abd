"""A worker does what waits in all firms, in several copies, until it is told to stop."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta, timezone
from pathlib import Path
from threading import Thread
from time import monotonic, perf_counter, sleep
from typing import Any

import pytest
from attrs import define, field

from invoicecore import (
    Billing,
    Firm,
    InvoiceKind,
    Period,
    RecordingNotifier,
    Refill,
    SettableClock,
    Status,
    TaxCategory,
    Terms,
    Worker,
    WorkerRound,
)
from invoicecore.errors import InvalidInput, StorageUnavailable
from invoicecore.model.events import Message
from invoicecore.ports.store import FirmsQuery, FirmTask, Storage
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.schema import firms
from invoicecore.values.ids import FirmId
from tests.world import NOON, UNLIMITED, hourly, usd

ROOT = Path(__file__).parent.parent


def firm(storage: Storage, name: str, clock: SettableClock) -> Billing:
    """A firm with an invoice that waits for money, its message, and a refill that is due."""
    billing = Billing.create(storage, Firm(name=name, currency="USD", timezone="UTC"), clock=clock)
    owner = billing.as_owner()
    acme = owner.clients.add(name="Acme", terms=UNLIMITED)
    site = owner.projects.add(client_id=acme.id, name="Website", rate=hourly(50))
    owner.work.log(site.id, start=clock.now() - timedelta(hours=5), hours=1)
    owner.invoices.generate(owner.invoices.draft(acme.id, Period.month(2026, 3)).id)
    refill = Refill(threshold=usd(0), rate=hourly(50), hours=2)
    prepaid = owner.clients.add(name="Globex", terms=Terms(allowed_balance=None, refill=refill))
    [asked] = owner.invoices.of(prepaid.id)
    owner.invoices.void(asked.id, note="by mistake")  # after which the refill is due, and nobody has asked for it
    return billing


@define
class Slow:
    """A notifier that does something at each message."""

    then: Callable[[], object]
    told: list[str] = field(factory=list)

    def notify(self, message: Message) -> None:
        """Keep the message."""
        self.told.append(message.id)
        self.then()


class TestRound:
    def test_all_that_waits_is_done(self, empty_storage: Storage) -> None:
        """Messages of every firm are handed over; refills are asked for, and invoices marked, also in a later round."""
        clock = SettableClock(NOON)
        firms = [firm(empty_storage, name, clock) for name in ("North", "South")]
        notifier = RecordingNotifier()
        worker = Worker(empty_storage, notifier, clock=clock, sweep_every=timedelta(hours=1))
        done = worker.round()
        assert done.failed == ()
        assert (2, 0) == (done.refills, done.overdue)
        assert done.delivered == len(notifier.messages) > 0
        assert {it.firm_id for it in firms} == {it.firm_id for it in notifier.messages}
        worker.round()  # with the messages of the sweep
        clock.advance(timedelta(days=60))
        assert (0, 4) == ((again := worker.round()).refills, again.overdue)
        assert all(
            it.status in (Status.OVERDUE, Status.VOID) for each in firms for it in each.as_owner().invoices.all()
        )
        worker.round()
        assert WorkerRound() == worker.round()

    def test_what_fails_in_one_firm_holds_up_no_other(self) -> None:
        """It is named with its firm, and comes again."""
        clock, storage = SettableClock(NOON), MemoryStorage()
        bad, good = firm(storage, "North", clock), firm(storage, "South", clock)

        class Choosy(RecordingNotifier):
            def notify(self, message: Message) -> None:
                if message.firm_id == bad.firm_id:
                    raise ValueError("no")
                super().notify(message)

        done = Worker(storage, Choosy(), clock=clock).round()
        assert {bad.firm_id} == {firm_id for firm_id, _ in done.failed}
        assert done.delivered > 0
        assert [] == list(storage.firms(FirmsQuery(task=FirmTask.REFILLS, now=NOON)))
        assert good.firm_id in storage.firms(FirmsQuery(task=FirmTask.MAIL, now=NOON))

    def test_arguments(self) -> None:
        """What is no notifier, and no time, is refused."""
        with pytest.raises(InvalidInput):
            Worker(MemoryStorage(), object())  # type: ignore[arg-type]
        with pytest.raises(InvalidInput):
            Worker(MemoryStorage(), RecordingNotifier(), sweep_every=timedelta(0))


class TestFirms:
    @pytest.mark.parametrize(
        "given",
        [
            {"limit": 0},
            {"limit": -1},
            {"limit": 2**70},
            {"limit": "2"},
            {"after": 5},
            {"task": "mail", "now": NOON},
            {"task": FirmTask.OVERDUE},
            {"task": FirmTask.OVERDUE, "now": NOON.replace(tzinfo=None)},
        ],
    )
    def test_what_is_no_question_is_refused(self, given: dict[str, Any]) -> None:
        """Before a store is asked, so that all answer alike."""
        with pytest.raises(InvalidInput) as refused:
            FirmsQuery(**given)
        assert refused.value.field in {*given, "now"}

    def test_an_instant_of_another_zone(self) -> None:
        """The day where it is latest does not depend on the zone in which the instant is told."""
        told = NOON.astimezone(timezone(timedelta(hours=13)))
        assert FirmsQuery(now=NOON) == FirmsQuery(now=told)
        assert FirmsQuery(now=NOON).latest_day == FirmsQuery(now=told).latest_day

    def test_an_id_that_no_store_can_keep(self, empty_storage: Storage) -> None:
        """It is a place in the order like any other."""
        made = firm(empty_storage, "North", SettableClock(NOON))
        assert [made.firm_id] == list(empty_storage.firms(FirmsQuery(after=FirmId("\0"))))


class TestRun:
    def test_a_stop_lets_what_is_in_hand_be_finished(self) -> None:
        """The message that is in hand is acknowledged, and the others go on waiting."""
        clock, storage = SettableClock(NOON), MemoryStorage()
        firms = [firm(storage, name, clock) for name in ("North", "South", "West")]
        notifier = Slow(lambda: worker.stop())
        worker = Worker(storage, notifier, clock=clock)
        worker.run()
        waiting = storage.firms(FirmsQuery(task=FirmTask.MAIL, now=NOON))
        assert 1 == len(notifier.told)
        assert {it.firm_id for it in firms} == set(waiting)

    def test_a_store_that_is_gone_is_tried_again(self) -> None:
        """The worker reports it, and goes on."""
        seen: list[WorkerRound] = []

        class Gone(MemoryStorage):
            def firms(self, *given: object, **more: object) -> tuple[()]:
                if len(seen) > 1:
                    worker.stop()
                raise StorageUnavailable("gone")

        worker = Worker(Gone(), RecordingNotifier())
        worker.run(pause=timedelta(milliseconds=1), report=seen.append)
        assert len(seen) > 1
        assert {(None, "gone")} == {(firm_id, str(error)) for it in seen for firm_id, error in it.failed}

    def test_two_copies_hand_over_each_message_once(self, database_url: str) -> None:
        """They may meet at every message and every sweep."""
        clock = SettableClock(NOON)
        with closing(SqlStorage.at(database_url)) as storage:
            storage.upgrade()
            firms = [firm(storage, str(number), clock) for number in range(3)]
            notifiers = [Slow(lambda: sleep(0.002)) for _ in range(2)]
            workers = [Worker(storage, it, clock=clock) for it in notifiers]
            threads = [Thread(target=it.run, kwargs={"pause": timedelta(milliseconds=1)}) for it in workers]
            for thread in threads:
                thread.start()
            until = monotonic() + 20
            while monotonic() < until and any(
                storage.firms(FirmsQuery(task=task, now=NOON)) for task in (FirmTask.MAIL, FirmTask.REFILLS)
            ):
                sleep(0.05)
            for worker in workers:
                worker.stop()
            for thread in threads:
                thread.join()
            told = [id for it in notifiers for id in it.told]
            assert len(told) == len(set(told)) > 0
            for it in firms:
                invoices = it.as_owner().invoices.all()
                refills = [each for each in invoices if each.kind == "refill" and each.status != Status.VOID]
                assert len(refills) == 1


class TestManyFirms:
    def test_ten_thousand_idle_firms_take_a_second(self, postgres_url: str) -> None:
        """There is one question for each task, however many firms there are."""
        with closing(SqlStorage.at(postgres_url)) as storage:
            storage.upgrade()
            Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC"))
            with storage.engine.begin() as connection:
                names = ", ".join(f'"{it.name}"' for it in firms.columns if it.name != "firm_id")
                connection.exec_driver_sql(
                    f"INSERT INTO ic_firms (firm_id, {names}) SELECT lpad(n::text, 36, '0'), {names}"
                    " FROM ic_firms, generate_series(1, 10000) n"
                )
            worker = Worker(storage, RecordingNotifier(), sweep_every=timedelta(microseconds=1))
            took = []
            for _ in range(3):  # others may have the machine for a while
                begun = perf_counter()
                worker.round()
                took.append(perf_counter() - begun)
            assert min(took) < 1
            assert 10_001 == len(storage.firms())


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Books in a file with messages that wait, beside a module with a notifier."""
    file = tmp_path / "books.db"
    with closing(SqlStorage.at(f"sqlite:///{file}")) as storage:
        storage.upgrade()
        firm(storage, "North", SettableClock(NOON))
    (tmp_path / "mail.py").write_text(
        "class Printed:\n    def notify(self, message):\n        print(type(message.event).__name__, flush=True)\n"
        "class Constant:\n    notify = 5\n"
        "class Slow(Printed):\n    def notify(self, message):\n        super().notify(message)\n"
        "        __import__('time').sleep(1)\n"
    )
    return file


class TestCommand:
    def command(self, books: Path, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "invoicecore", "worker", "--store", str(books), *arguments],
            cwd=books.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @pytest.mark.parametrize("more", [(), ("--once",)])
    def test_it_ends_at_sigterm(self, books: Path, more: tuple[str, ...]) -> None:
        """What is in hand is finished, and it says what it did."""
        running = self.command(books, "--notifier", "mail:Slow", *more)
        assert running.stdout is not None
        assert "InvoiceGenerated\n" == running.stdout.readline()
        running.send_signal(signal.SIGTERM)
        told, errors = running.communicate(timeout=20)
        assert 0 == running.returncode, errors
        assert "1 message handed over" in told

    def test_once(self, books: Path) -> None:
        """What waits now is done, and told as data."""
        told, errors = self.command(books, "--notifier", "mail:Printed", "--once", "--json").communicate(timeout=20)
        answer = json.loads(told[told.index("{") :])["result"]
        assert answer["delivered"] >= 1, errors
        assert answer["overdue"] > 0

    def test_refills_have_the_taxes_that_a_decider_says(self, books: Path) -> None:
        """Though the firm itself has none that holds for all."""
        (books.parent / "taxes.py").write_text("class Known:\n    def tax_code(self, *asked):\n        return 'VAT'\n")
        with closing(SqlStorage.at(f"sqlite:///{books}")) as storage:
            [firm_id] = storage.firms()
            desk = Billing.open(storage, firm_id).as_owner()
            desk.firm.set_tax("VAT", category=TaxCategory.STANDARD, percent="19")
            options = ("--notifier", "mail:Printed", "--tax-decider", "taxes:Known", "--once")
            _, errors = self.command(books, *options).communicate(timeout=20)
            [globex] = [it.id for it in desk.clients.all() if it.name == "Globex"]
            refills = [it for it in desk.invoices.of(globex) if it.kind is InvoiceKind.REFILL]
            assert [[], ["VAT"]] == sorted([tax.code for tax in it.taxes] for it in refills), errors

    def test_tables_of_another_version_end_it(self, books: Path) -> None:
        """No pause would help there, so what restarts it is told."""
        running = self.command(books, "--notifier", "mail:Printed")
        assert running.stdout is not None
        assert "InvoiceGenerated\n" == running.stdout.readline()
        with closing(sqlite3.connect(books)) as connection, connection:
            connection.execute("UPDATE ic_schema_version SET version_num = '9999'")
        _, errors = running.communicate(timeout=20)
        assert 3 == running.returncode
        assert "Use the newer invoicecore" in errors

    @pytest.mark.parametrize("place", ["mail", "mail:Nobody", "nowhere:Printed", "json:dumps", "mail:Constant"])
    @pytest.mark.parametrize("option", ["--notifier", "--tax-decider"])
    def test_what_is_none_is_refused(self, books: Path, option: str, place: str) -> None:
        """With one line that names the option."""
        running = self.command(books, "--notifier", "mail:Printed", option, place)
        _, errors = running.communicate(timeout=20)
        assert 2 == running.returncode
        assert option in errors
