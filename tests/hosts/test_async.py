"""Called from async code in worker threads, the library never holds up the event loop; what is asynchronous itself is
refused at once."""

import asyncio
import gc
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from invoicecore import Billing, Firm, Rate, Terms
from invoicecore.errors import InvalidInput
from invoicecore.storage.sql import SqlStorage
from tests.hosts.hosts import engine_of
from tests.world import NOON

REQUESTS = 200
LONGEST = 0.020
"""Seconds for which the event loop may be held up."""
ROUNDS = 7
"""How often it is measured at most. One round is to be good, since a library that holds the loop up does so in each;
where other programs use the processor, even a loop that has nothing to do is held up for longer now and then."""


async def longest_pause(work: Any, requests: int, threads: Executor | None) -> float:
    """How long the event loop was held up at most while so many requests ran at once, in these threads or in the loop
    itself. It is measured in the time in which this process had a processor, so that others count little."""
    pauses: list[float] = []

    async def beat() -> None:
        while True:
            began = time.process_time()
            await asyncio.sleep(0.001)
            pauses.append(time.process_time() - began)

    async def one(number: int) -> None:
        if threads is None:
            work(number)
        else:
            await asyncio.get_running_loop().run_in_executor(threads, work, number)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(0.01)
    await asyncio.gather(*map(one, range(requests)))
    await asyncio.sleep(0.01)
    beating.cancel()
    return max(pauses)


@contextmanager
def frozen() -> Iterator[None]:
    """As an application that told the garbage collector what is there for good."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


class TestEventLoop:
    @pytest.mark.parametrize("joined", [False, True])
    def test_is_not_held_up(self, database_url: str, joined: bool) -> None:
        """By 200 requests at once in two threads, each of which logs work. In the loop itself they hold it up."""
        with engine_of(database_url, pool_size=20, max_overflow=20) as engine:
            storage = SqlStorage(engine)
            storage.upgrade()
            billing = Billing.create(storage, Firm(name="Ten", currency="USD", timezone="UTC"))
            owner = billing.as_owner()
            projects = [
                owner.projects.add(
                    client_id=owner.clients.add(name=f"Client {number}", terms=Terms.unlimited()).id,
                    name="Job",
                    rate=Rate.hourly(50, "USD"),
                ).id
                for number in range(20)
            ]

            def request(number: int) -> None:
                start = NOON + timedelta(minutes=number)
                if not joined:
                    billing.as_owner().work.log(projects[number % 20], start=start, hours=1)
                    return
                with engine.begin() as connection:
                    billing.joined(connection).as_owner().work.log(projects[number % 20], start=start, hours=1)

            with ThreadPoolExecutor(2) as threads, frozen():
                threads.submit(request, 0).result()
                measured: list[float] = []
                while len(measured) < ROUNDS and min(measured, default=LONGEST) >= LONGEST:
                    measured.append(asyncio.run(longest_pause(request, REQUESTS, threads)))
            assert min(measured) < LONGEST, measured
            assert len(owner.work.sessions()) == len(measured) * REQUESTS + 1
            assert asyncio.run(longest_pause(request, REQUESTS, None)) > 5 * LONGEST


class TestRefused:
    @pytest.mark.parametrize(
        "url",
        [
            "sqlite+aiosqlite:///books.db",
            "postgresql+asyncpg://host/books",
            "postgresql+psycopg_async://host/books",
        ],
    )
    def test_urls(self, url: str) -> None:
        """Before anything is connected to."""
        with pytest.raises(InvalidInput, match="is asynchronous"):
            Billing.open(url)

    def test_an_engine(self, postgres_url: str) -> None:
        """And the synchronous engine behind it, whose driver is not."""
        from sqlalchemy.ext.asyncio import create_async_engine

        engine = create_async_engine(postgres_url.replace("+psycopg", "+psycopg_async"))
        assert isinstance(engine, AsyncEngine)
        for given in (engine, engine.sync_engine):
            with pytest.raises(InvalidInput, match="is asynchronous"):
                SqlStorage(given)  # type: ignore[arg-type]

    def test_a_connection(self, tmp_path: Path, postgres_url: str) -> None:
        """Of SQLAlchemy's async extension and of psycopg, and what `run_sync` gives."""
        from sqlalchemy.ext.asyncio import create_async_engine

        storage = SqlStorage(create_engine(f"sqlite:///{tmp_path}/books.db"))
        storage.upgrade()
        billing = Billing.create(storage, Firm(name="Ten", currency="USD", timezone="UTC"))

        async def tried() -> None:
            engine = create_async_engine(postgres_url.replace("+psycopg", "+psycopg_async"))
            async with engine.connect() as connection, AsyncSession(engine) as session:
                for given in (connection, session):
                    with pytest.raises(InvalidInput, match="is asynchronous"):
                        billing.joined(given)
                with pytest.raises(InvalidInput, match=r"asynchronous|not on"):
                    await connection.run_sync(billing.joined)
                raw: Any = await connection.get_raw_connection()
                with pytest.raises(InvalidInput, match="is asynchronous"):
                    billing.joined(raw.driver_connection)
            await engine.dispose()

        asyncio.run(tried())
        storage.engine.dispose()
