"""Who follows the audit from a cursor sees every record once, whatever the number of writers and their clocks."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event

import pytest

from invoicecore import Action, Billing, Firm, Rate, SettableClock, Terms, utc
from invoicecore.archive import restore, write_archive
from invoicecore.errors import NotFound
from invoicecore.ports.store import AuditRecord, Storage, WriteSet
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.sql import SqlStorage
from invoicecore.testing import QuickPasswords
from invoicecore.testing.conformance.things import record
from invoicecore.values.ids import FirmId

NORTHWIND = Firm(name="Northwind", currency="USD", timezone="UTC")
NOON = utc(2026, 3, 2, 12)


class OddClock:
    """A clock that is some hours behind, other hours at each look."""

    def __init__(self) -> None:
        self._looks = count()

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(hours=next(self._looks) * 7 % 20)


@pytest.fixture
def storage(empty_storage: Storage) -> Storage:
    return empty_storage


def billing_in(storage: Storage) -> Billing:
    """A new firm."""
    return Billing.create(storage, NORTHWIND, clock=SettableClock(NOON), passwords=QuickPasswords())


class TestFollowing:
    def test_every_record_once(self, storage: Storage) -> None:
        """Four write and two follow."""
        billing = billing_in(storage)
        maria = billing.as_owner()
        jobs = []
        for number in range(4):
            client = maria.clients.add(name=f"Client {number}", terms=Terms.unlimited())
            jobs.append(maria.projects.add(client_id=client.id, name="Site", rate=Rate.hourly("50", "USD")).id)
        written = Event()

        def write(job: str) -> None:
            desk = Billing.open(storage, billing.firm_id, clock=OddClock(), passwords=QuickPasswords()).as_owner()
            for _ in range(25):
                desk.work.log(job, start=NOON, hours=1)

        def follow(limit: int) -> list[str]:
            desk = Billing.open(storage, billing.firm_id, passwords=QuickPasswords()).as_owner()
            seen: list[str] = []
            while True:
                last = written.is_set()
                page = desk.firm.audit(after=seen[-1] if seen else None, limit=limit)
                seen += [it.id for it in page]
                if last and not page:
                    return seen
                time.sleep(0.002)

        with ThreadPoolExecutor(6) as pool:
            following = [pool.submit(follow, limit) for limit in (3, 100)]
            try:
                list(pool.map(write, jobs))
            finally:
                written.set()
            seen = [it.result() for it in following]
        records = maria.firm.audit(limit=1000)
        assert [[it.id for it in records]] * 2 == seen
        assert list(range(1, len(records) + 1)) == [it.position for it in records]
        assert 100 == sum(it.action is Action.LOG_WORK for it in records)
        assert () == billing.verify().findings

    def test_who_began_first_and_committed_last(self, storage: Storage) -> None:
        """Its id is smaller and its clock was behind; it comes after what was read before it was committed."""
        firm = FirmId("firm")
        maria = billing_in(storage).as_owner()
        firm = maria.firm.settings().id

        def append(id: str) -> None:
            with closing(storage.begin(firm)) as transaction:
                transaction.commit(WriteSet({}, [record(id)]))

        append("late")
        [*_, late] = maria.firm.audit()
        append("early")
        assert ["early"] == [it.id for it in maria.firm.audit(after=late.id)]
        assert ["early", "late"] == [it.id for it in maria.firm.audit(newest_first=True, limit=2)]

    def test_a_commit_that_overlaps(self, postgres_url: str) -> None:
        """It is not there yet when the others are read, and after them when it is."""
        with closing(SqlStorage.at(postgres_url)) as storage:
            storage.upgrade()
            billing = billing_in(storage)
            maria = billing.as_owner()
            before = maria.firm.audit()
            slow = storage.begin(billing.firm_id)
            slow.read_counter("any")
            with slow._connection.writing():
                from invoicecore.storage.sql.flush import Flush

                Flush(slow._connection, slow._statements, billing.firm_id).everything(
                    WriteSet(facts=[record("a slow one")])
                )
                client = maria.clients.add(name="Acme", terms=Terms.unlimited())
                [quick] = maria.firm.audit(after=before[-1].id)
                assert client.id in {it.id for it in quick.changes}
            slow.close()
            assert ["a slow one"] == [it.id for it in maria.firm.audit(after=quick.id)]


class TestParts:
    @pytest.fixture
    def trail(self, storage: Storage) -> Billing:
        """A few commands on two clients."""
        billing = billing_in(storage)
        maria = billing.as_owner()
        for name in ("Acme", "Globex"):
            client = maria.clients.add(name=name, terms=Terms.unlimited())
            for job in ("Site", "Shop"):
                maria.projects.add(client_id=client.id, name=job, rate=Rate.hourly("50", "USD"))
        return billing

    def test_by_action(self, trail: Billing) -> None:
        """Up and down, and from a cursor on."""
        maria = trail.as_owner()
        every = [it for it in maria.firm.audit() if it.action is Action.ADD_PROJECT]
        assert 4 == len(every)
        assert every == list(maria.firm.audit(action=Action.ADD_PROJECT))
        assert every[::-1] == list(maria.firm.audit(action=Action.ADD_PROJECT, newest_first=True))
        assert every[2:] == list(maria.firm.audit(action=Action.ADD_PROJECT, after=every[1].id))
        assert every[:2] == list(maria.firm.audit(action=Action.ADD_PROJECT, limit=2))
        assert every[:1] == list(
            maria.firm.audit(action=Action.ADD_PROJECT, newest_first=True, after=every[1].id, limit=1)
        )

    def test_by_entity(self, trail: Billing) -> None:
        """Whatever changed it, and nothing else."""
        maria = trail.as_owner()
        client = maria.clients.all()[0].id
        maria.clients.change(client, name="Acme Ltd")

        def touches(it: AuditRecord) -> bool:
            return client in {change.id for change in it.changes}

        every = [it for it in maria.firm.audit() if touches(it)]
        assert len(every) > 1
        assert every == list(maria.firm.audit(entity_id=client))
        assert every[1:] == list(maria.firm.audit(entity_id=client, after=every[0].id))
        renamed = maria.firm.audit(entity_id=client, action=Action.CHANGE_CLIENT, limit=1)
        assert every[-1:] == list(renamed)
        assert () == maria.firm.audit(entity_id="nothing")

    def test_a_cursor_of_nothing(self, trail: Billing) -> None:
        """Who goes on from it would miss what they believe to have seen."""
        with pytest.raises(NotFound):
            trail.as_owner().firm.audit(after="nothing")

    def test_a_cursor_outlives_the_move(self, trail: Billing, tmp_path: object) -> None:
        """Into another storage, by an archive."""
        from io import BytesIO

        maria, file = trail.as_owner(), BytesIO()
        maria.clients.add(name="Initech", terms=Terms.unlimited())
        every = maria.firm.audit()
        write_archive(trail, file)
        moved = MemoryStorage()
        file.seek(0)
        restore(file, moved)
        there = Billing.open(moved, passwords=QuickPasswords(), clock=SettableClock(NOON)).as_owner()
        there.clients.add(name="Umbrella", terms=Terms.unlimited())
        rest = there.firm.audit(after=every[2].id)
        assert [it.id for it in every[3:]] == [it.id for it in rest[:-1]]
        assert len(every) + 1 == rest[-1].position
