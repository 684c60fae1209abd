"""What a firm costs that is one of 10,000 on one PostgreSQL, beside one of 100.

The firms are copies of one that the library made, with a client, a project and a session, put there by SQL itself. Time
is that of the wall; both sides are measured in turn.
"""

from atexit import register
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cache, partial
from itertools import count
from tempfile import TemporaryDirectory
from time import perf_counter

from attrs import frozen
from sqlalchemy import Column, Integer, text

from benchmarks.durable import empty_postgres
from benchmarks.figures import Aim, Figure, Unit
from benchmarks.floors import starts
from benchmarks.measure import alternating, timed
from benchmarks.studio import Job, studio
from invoicecore import Billing, Firm, RecordingNotifier
from invoicecore.storage.sql import SqlStorage, migrations
from invoicecore.storage.sql.mapping import metadata
from invoicecore.values.ids import FirmId
from invoicecore.worker import Worker

FEW, MANY = 100, 10_000
"""How many firms there are on either side."""
_AT_ONCE = 50
_FIRM = "lpad(n::text, 12, '0') || '-7000-8000-f00000000000'"
_LATER = "9999"
"""A revision that is put after the newest: it adds a column to a table that has a row for each client."""


@frozen
class Firms:
    """So many firms on a database of their own. The client and the project have the same id in each."""

    storage: SqlStorage
    many: int
    job: Job

    def firm_id(self, number: int) -> FirmId:
        """One of them, in turn."""
        return FirmId(f"{number * 7919 % self.many + 1:012d}-7000-8000-f00000000000")


@cache
def _firms(many: int) -> Firms:
    made = ExitStack()
    register(made.close)
    storage = SqlStorage.at(made.enter_context(empty_postgres(made.enter_context(TemporaryDirectory()))))
    made.callback(storage.close)
    storage.upgrade()
    one = studio(sessions=1, storage=storage)
    with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET session_replication_role = replica"))  # the rows come in any order
        for table in metadata.sorted_tables:
            others = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "firm_id")
            connection.execute(
                text(
                    f"INSERT INTO {table.name} (firm_id, {others}) SELECT {_FIRM}, {others}"
                    f" FROM {table.name}, generate_series(1, :many) n WHERE firm_id = :firm"
                ),
                {"many": many, "firm": one.billing.firm_id},
            )
        connection.execute(text("VACUUM ANALYZE"))
    return Firms(storage, many, one.jobs[0])


def _created(firms: Firms) -> None:
    for number in range(_AT_ONCE):
        Billing.create(firms.storage, Firm(name=f"Firm {number}", currency="USD", timezone="America/Chicago"))


def _logged(firms: Firms, numbers: "count[int]") -> None:
    for moment in starts(_AT_ONCE):
        desk = Billing.open(firms.storage, firms.firm_id(next(numbers))).as_owner()
        desk.work.log(firms.job.project_id, start=moment, hours=1, note="Wireframes")


def _swept(firms: Firms) -> None:
    done = Worker(firms.storage, RecordingNotifier()).round()
    assert not done.failed


def _upgraded(firms: Firms) -> None:
    newest = migrations.newest()
    migrations.REVISIONS[_LATER] = lambda op: op.add_column(
        "ic_accounts", Column("tried", Integer, nullable=False, server_default="0")
    )
    try:
        firms.storage.upgrade()
    finally:
        del migrations.REVISIONS[_LATER]
    with firms.storage.engine.begin() as connection:
        connection.execute(text("ALTER TABLE ic_accounts DROP COLUMN tried"))
        connection.execute(text("UPDATE ic_schema_version SET version_num = :newest"), {"newest": newest})


def _figure(name: str, what: str, work: Callable[[Firms], None], aim: Aim, units: int, *, quick: bool) -> Figure:
    many = 300 if quick else MANY
    here, there = _firms(FEW), _firms(many)
    return Figure(
        name=name,
        what=f"{what}, of {many:,} firms on PostgreSQL",
        against=f"of {FEW}",
        unit=Unit.MILLISECONDS,
        measured=alternating(
            lambda: timed(partial(work, here), units, perf_counter),
            lambda: timed(partial(work, there), units, perf_counter),
        ),
        to_reach=aim,
    )


def create(*, quick: bool) -> Figure:
    """Make a firm."""
    return _figure("firms-create", "make one more firm", _created, Aim(1.5), _AT_ONCE, quick=quick)


def log(*, quick: bool) -> Figure:
    """Log in firms one after the other, each opened anew."""
    numbers = count()

    def work(firms: Firms) -> None:
        _logged(firms, numbers)

    return _figure("firms-log", "open a firm and log, each time another one", work, Aim(1.5), _AT_ONCE, quick=quick)


def sweep(*, quick: bool) -> Figure:
    """A round of a worker over firms that have nothing to do."""
    aim = Aim(1, Unit.MILLISECONDS)
    return _figure("firms-sweep", "a round of a worker that finds nothing to do", _swept, aim, 1, quick=quick)


def migrate(*, quick: bool) -> Figure:
    """An upgrade of the tables that adds a column, and takes it away again."""
    return _figure("firms-migrate", "an upgrade that adds a column", _upgraded, Aim(2), 1, quick=quick)


LINES: Mapping[str, Callable[..., Figure]] = {
    "firms-create": create,
    "firms-log": log,
    "firms-sweep": sweep,
    "firms-migrate": migrate,
}
"""Every line about many firms, by the name of its figure."""
