"""Storage in memory keeps every promise of the storage port."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import pytest
from attrs import evolve

from invoicecore import MemoryStorage, Person, utc
from invoicecore.errors import ConcurrencyConflict
from invoicecore.ports.store import AUDIT, PEOPLE, SESSIONS, Storage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import StorageContract
from invoicecore.testing.conformance.things import NOON, message, person, record, session
from invoicecore.values.ids import FirmId
from tests.proof.walk_contract import Walks

FIRM = FirmId("firm")

Begin = Callable[[], UnitOfWork]


@pytest.fixture
def storage() -> Storage:
    """An empty store."""
    return MemoryStorage()


@pytest.fixture
def begin(storage: Storage) -> Begin:
    """Opens a unit of work on the firm."""
    return lambda: UnitOfWork(storage, FIRM)


@pytest.fixture
def often() -> Iterator[None]:
    """Threads take turns as often as possible."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("often")
class TestPromises(StorageContract, Walks):
    """All of the port, as `invoicecore.testing.conformance` has it."""


class TestMore:
    """What storage in memory does beyond what is promised."""

    def test_an_older_unit_sees_what_is_there_now(self, begin: Begin) -> None:
        """A unit that began before a commit sees it, and is not held to what it did not look at."""
        with begin() as writer, begin() as reader:
            writer.put(person("kim"))
            assert reader.get(Person, "kim") is None
            writer.commit()
            assert person("kim") == reader.get(Person, "kim")
            assert [person("kim")] == reader.find(PEOPLE)

    def test_what_was_removed_can_be_made_anew(self, begin: Begin) -> None:
        """By the unit that removed it."""
        with begin() as uow:
            uow.put(person("kim"))
            uow.commit()
        with begin() as uow:
            uow.get(Person, "kim")
            uow.remove(Person, "kim")
            assert [] == uow.find(PEOPLE)
            uow.put(person("kim", "New"))
            assert [person("kim", "New")] == uow.find(PEOPLE)
            uow.commit()
        assert person("kim", "New") == begin().get(Person, "kim")

    def test_only_what_is_written_is_checked(self, begin: Begin) -> None:
        """A unit that merely looked at something else commits."""
        with begin() as uow:
            uow.put(person("kim"))
            uow.commit()
        with begin() as uow:
            uow.get(Person, "kim")
            with begin() as other:
                other.get(Person, "kim")
                other.put(person("kim", "Other"))
                other.commit()
            uow.put(person("lee"))
            uow.commit()
        assert person("lee") == begin().get(Person, "lee")

    def test_audit_records_never_collide(self, begin: Begin) -> None:
        """Two units that write theirs at once both commit."""
        with begin() as one, begin() as two:
            one.append(record("2"))
            two.append(record("1"))
            one.commit()
            two.commit()
        assert [("2", 1), ("1", 2)] == [(it.id, it.position) for it in begin().find(AUDIT)]

    def test_messages_of_one_instant_come_by_their_ids(self, begin: Begin) -> None:
        """Which are ordered by time."""
        for id in "cab":
            with begin() as uow:
                uow.send(message(id))
                uow.commit()
        assert ["a", "b", "c"] == [each.message.id for each in begin().waiting(NOON, 10)]

    def test_the_oldest_message_comes_first(self, begin: Begin) -> None:
        """Also where the clock stepped back, so that it was committed last."""
        for id, minutes in (("a", 2), ("b", 3), ("c", 1)):
            with begin() as uow:
                uow.send(evolve(message(id), at=NOON + timedelta(minutes=minutes)))
                uow.commit()
        assert ["c", "a", "b"] == [each.message.id for each in begin().waiting(NOON, 10)]

    def test_a_take_is_one_step(self, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody who commits while a value is being taken does not get the same one."""
        look = UnitOfWork.peek
        others = iter([begin()])

        def interrupted(self: UnitOfWork, counter: str) -> int:
            value = look(self, counter)
            for other in others:
                other.next_value("a")
                other.commit()
            return value

        monkeypatch.setattr(UnitOfWork, "peek", interrupted)
        with begin() as uow:
            assert 1 == uow.next_value("a")
            with pytest.raises(ConcurrencyConflict):
                uow.commit()
        assert 2 == begin().peek("a")


@pytest.mark.usefixtures("often")
class TestThreads:
    def test_a_counter_taken_by_many_has_no_gap(self, begin: Begin) -> None:
        """Eight threads take a hundred each, trying again when somebody was quicker."""

        def take(_: int) -> list[int]:
            values: list[int] = []
            while len(values) < 100:
                with begin() as uow:
                    value = uow.next_value("a")
                    try:
                        uow.commit()
                    except ConcurrencyConflict:
                        continue
                values.append(value)
            return values

        with ThreadPoolExecutor(8) as pool:
            taken = [value for values in pool.map(take, range(8)) for value in values]
        assert list(range(1, 801)) == sorted(taken)

    def test_reading_goes_on_while_others_write(self, begin: Begin) -> None:
        """A list is always one that some commit left: whole batches of ten, in order."""

        def write(thread: int) -> None:
            for batch in range(50):
                with begin() as uow:
                    for each in range(10):
                        start = utc(2026, 3, 1 + (7 * batch + thread) % 28)
                        uow.put(session(f"{thread}-{batch}-{each}", start))
                    uow.commit()

        def read(_: int) -> int:
            for _ in range(100):
                found = begin().find(SESSIONS)
                assert sorted(found, key=SESSIONS.place) == found
                assert len(found) % 10 == 0
            return len(found)

        with ThreadPoolExecutor(8) as pool:
            writers = [pool.submit(write, thread) for thread in range(4)]
            readers = [pool.submit(read, thread) for thread in range(4)]
            for writer in writers:
                writer.result()
            for reader in readers:
                reader.result()
        assert 2000 == len(begin().find(SESSIONS))
        assert UTC is begin().find(SESSIONS)[0].start.tzinfo
