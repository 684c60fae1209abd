"""A commit that waits for a standby ends in time, and an idempotency key settles what became of it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from time import monotonic, sleep

import pytest

from invoicecore import Billing, Desk, Firm, Money, Rate, Terms, utc
from invoicecore.errors import CommitUnknown, StorageUnavailable
from invoicecore.storage.sql import SqlStorage
from invoicecore.values.ids import ProjectId
from tests.books import books
from tests.proof.invariants import breaches
from tests.storage.servers import Server, primary

PROCESSES, COMMANDS = 3, 150

WORKER = """
import sys
from datetime import timedelta
from time import sleep
from invoicecore import Billing, utc
from invoicecore.errors import CommitUnknown, StorageUnavailable
from invoicecore.storage.sql import SqlStorage

url, site, number, commands = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
desk, unanswered = Billing.open(SqlStorage.at(url)).as_owner(), 0
for turn in range(commands):
    start = utc(2026, 3, 2) + timedelta(minutes=turn)
    while True:
        try:
            desk.work.log(site, start=start, hours=1, idempotency_key=f"{number}-{turn}")
            break
        except (CommitUnknown, StorageUnavailable):
            unanswered += 1
            sleep(0.1)
print(unanswered)
"""
NINE = utc(2026, 3, 2, 9)
TIMEOUTS = "-c statement_timeout=1500ms -c lock_timeout=500ms"


class Firms:
    """A firm on a primary whose commits wait for a standby, and which is looked for on both."""

    def __init__(self, primary: Server, standby: Server) -> None:
        self.primary, self.standby = primary, standby
        hosts = "&".join(f"host={it.folder}" for it in (primary, standby))
        url = f"postgresql+psycopg://postgres@/postgres?{hosts}&target_session_attrs=read-write&options={TIMEOUTS}"
        self.url = url
        self.storage = SqlStorage.at(url)
        self.storage.upgrade()
        self.billing = Billing.create(self.storage, Firm(name="Northwind", currency="USD", timezone="UTC"))
        self.desk: Desk = self.billing.as_owner()
        acme = self.desk.clients.add(name="Acme", terms=Terms.unlimited())
        self.site: ProjectId = self.desk.projects.add(client_id=acme.id, name="Site", rate=Rate.hourly("50", "USD")).id
        self.client_id = acme.id
        primary.set(synchronous_standby_names="standby")
        primary.wait_until("count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", 1)

    def log(self, key: str | None = None) -> object:
        return self.desk.work.log(self.site, start=NINE, hours=2, idempotency_key=key)

    def wait_for_sessions(self, count: int) -> None:
        """Until so many are there."""
        self.primary.wait_until(f"count(*) >= {count} FROM ic_sessions")

    @property
    def sessions(self) -> int:
        """How many stand, in books that are in order."""
        now = books(self.storage, self.billing.firm_id)
        assert () == breaches(now)
        return len(now.sessions)


@pytest.fixture
def firms() -> Iterator[Firms]:
    with primary() as server:
        firms = Firms(server, server.standby("standby"))
        with closing(firms.storage):
            yield firms


class TestStandbyGone:
    def test_a_commit_ends_within_the_timeout(self, firms: Firms) -> None:
        """The server goes on waiting, whatever its statement_timeout; the client is told that nobody knows."""
        firms.log()
        firms.standby.stop()
        began = monotonic()
        with pytest.raises(CommitUnknown):
            firms.log()
        assert 1.4 < monotonic() - began < 4

    def test_the_key_settles_it_when_the_standby_is_back(self, firms: Firms) -> None:
        """Until then the command that is repeated waits for the one before it, and does nothing itself."""
        firms.standby.stop()
        for error in (CommitUnknown, StorageUnavailable):
            began = monotonic()
            with pytest.raises(error):
                firms.log("monday")
            assert monotonic() - began < 6
        firms.standby.start()
        answer = firms.log("monday")
        assert 1 == firms.sessions
        assert answer == firms.log("monday")
        assert Money.of(-100, "USD") == firms.desk.accounts.standing(firms.client_id).balance

    @pytest.mark.parametrize("arrived", [False, True])
    def test_the_key_settles_it_after_the_standby_was_promoted(self, firms: Firms, arrived: bool) -> None:
        """Whether or not the commit had arrived there; the storage finds the new primary by itself."""
        firms.log("sunday")
        if arrived:  # where one standby has it, and another one is waited for
            firms.primary.set(synchronous_standby_names="2 (standby, another)")
            with pytest.raises(CommitUnknown):
                firms.log("monday")
            firms.primary.wait_for(firms.standby)
            firms.primary.stop()
        else:
            firms.standby.stop()
            with pytest.raises(CommitUnknown):
                firms.log("monday")
            firms.primary.stop()
            firms.standby.start()
        firms.standby.promote()
        assert 1 + arrived == firms.sessions
        answer = firms.log("monday")
        assert 2 == firms.sessions
        assert answer == firms.log("monday")

    def test_nothing_else_waits_for_ever(self, firms: Firms) -> None:
        """Another command on that client waits for its lock, and surely does nothing; pages answer."""
        firms.standby.stop()
        with pytest.raises(CommitUnknown):
            firms.log()
        with pytest.raises(StorageUnavailable, match="A lock did not come free in time"):
            firms.log()
        assert () == firms.desk.pages.work().rows


class TestPowerCut:
    def test_nothing_that_was_acknowledged_is_lost(self, firms: Firms) -> None:
        """Processes work on, each command repeated under its key until it is answered, while the standby goes and
        comes back, and while the primary goes and the standby is promoted. Then each stands once."""
        running = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, firms.url, firms.site, str(number), str(COMMANDS)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(PROCESSES)
        ]
        try:
            firms.wait_for_sessions(PROCESSES)
            firms.standby.stop()
            sleep(2)
            firms.standby.start()
            firms.wait_for_sessions(PROCESSES * COMMANDS // 3)
            firms.primary.stop()
            firms.standby.promote()
            told = [it.communicate(timeout=120) for it in running]
        finally:
            for it in running:
                it.kill()
        assert [""] * PROCESSES == [errors for _, errors in told]
        assert sum(int(unanswered) for unanswered, _ in told) > 0
        assert PROCESSES * COMMANDS == firms.sessions
        assert Money.of(-50 * PROCESSES * COMMANDS, "USD") == firms.desk.accounts.standing(firms.client_id).balance
