"""Ids are unique, sorted by time, and valid."""

import os
import threading
import time
import uuid

import pytest

from invoicecore import CountingIds, TimeOrderedIds
from invoicecore.values.ids import IdSource


def made_by_threads(ids: IdSource, threads: int, each: int) -> list[list[str]]:
    """What several threads get from one source at the same time."""
    got: list[list[str]] = [[] for _ in range(threads)]
    barrier = threading.Barrier(threads)

    def take(mine: list[str]) -> None:
        barrier.wait()
        mine.extend(ids() for _ in range(each))

    workers = [threading.Thread(target=take, args=(mine,)) for mine in got]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return got


@pytest.mark.parametrize("source", [TimeOrderedIds, CountingIds])
class TestEverySource:
    def test_valid(self, source: type[TimeOrderedIds] | type[CountingIds]) -> None:
        """Each id is a UUID of version 7 in its usual spelling."""
        ids = source()
        for _ in range(200):
            id = ids()
            parsed = uuid.UUID(id)
            assert id == str(parsed)
            assert 7 == parsed.version
            assert uuid.RFC_4122 == parsed.variant

    def test_rising(self, source: type[TimeOrderedIds] | type[CountingIds]) -> None:
        """Each id sorts after every one before, as text and as a number."""
        ids = source()
        made = [ids() for _ in range(5000)]
        assert sorted(made) == made
        assert sorted(made, key=lambda made: uuid.UUID(made).int) == made
        assert len(made) == len(set(made))

    def test_threads(self, source: type[TimeOrderedIds] | type[CountingIds]) -> None:
        """Threads that share a source never get the same id, and each gets rising ones."""
        got = made_by_threads(source(), threads=8, each=1000)
        assert 8000 == len({id for mine in got for id in mine})
        assert all(sorted(mine) == mine for mine in got)


class TestTimeOrderedIds:
    def test_time(self) -> None:
        """The first 48 bits are the milliseconds at which it was made."""
        before = time.time_ns() // 1_000_000
        made = uuid.UUID(TimeOrderedIds()()).int >> 80
        assert before <= made <= time.time_ns() // 1_000_000

    def test_clock_steps_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A clock that steps back neither repeats an id nor disturbs their order."""
        clock = iter([5_000, 5_000, 4_000, 1_000, 5_000, 5_001])
        monkeypatch.setattr(time, "time_ns", lambda: next(clock) * 1_000_000_000)
        ids = TimeOrderedIds()
        made = [ids() for _ in range(6)]
        assert sorted(set(made)) == made

    def test_two_sources(self) -> None:
        """Two sources that begin in the same millisecond differ."""
        first, second = TimeOrderedIds(), TimeOrderedIds()
        assert set() == {first() for _ in range(500)} & {second() for _ in range(500)}

    def test_forked(self) -> None:
        """A process that was forked goes on with ids of its own."""
        ids = TimeOrderedIds()
        ids()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, ids().encode())
            os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        own = ids()
        with os.fdopen(reading) as pipe:
            theirs = pipe.read()
        assert 7 == uuid.UUID(theirs).version
        assert uuid.UUID(own).int & ((1 << 62) - 1) != uuid.UUID(theirs).int & ((1 << 62) - 1)


class TestCountingIds:
    def test_same_at_every_run(self) -> None:
        """Two sources count alike, so that tests and examples are the same at every run."""
        first, second = CountingIds(), CountingIds()
        assert [first() for _ in range(3)] == [second() for _ in range(3)]
        assert "00000000-0004-7000-8000-000000000000" == first()
