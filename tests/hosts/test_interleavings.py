"""A command in a host's transaction ends as if it came before or after another one, between whichever of its statements
that one comes in.

Each statement of a transaction at READ COMMITTED sees another moment. As a control, the same is tried without the
second reading: then work is logged on a project that was archived before the account was read.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any
from unittest.mock import patch

import pytest
from attrs import frozen
from sqlalchemy import Engine, create_engine

from invoicecore import CountingIds, Desk, Money, Period, Terms
from invoicecore.errors import InvoicecoreError, StorageError
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.joined_connection import JoinedConnection
from invoicecore.storage.sql.statements import EntityStatements
from invoicecore.storage.sql.transaction import JoinedTransaction
from tests.databases import NewUrl
from tests.world import NOON, World, hourly, new_world, usd

Command = Callable[[Desk, str], object]
MARCH = Period.month(2026, 3)
_PATIENCE = 0.3
"""For so many seconds the other command runs alone; if it waits for a lock of the first, that one goes on."""


@frozen
class Interleaving:
    """A command that Lee or Maria gives in a host's transaction, and one that Maria gives outside meanwhile."""

    joined: Command
    outside: Command
    by_lee: bool = False


INTERLEAVINGS = {
    "archive": Interleaving(
        lambda desk, ids: desk.work.log(_site(ids), start=NOON, hours=4),
        lambda desk, ids: desk.projects.archive(_site(ids)),
    ),
    "rate": Interleaving(
        lambda desk, ids: desk.work.log(_site(ids), start=NOON, hours=4),
        lambda desk, ids: desk.projects.set_rate(_site(ids), hourly(90)),
    ),
    "unassign": Interleaving(
        lambda desk, ids: desk.work.log(_site(ids), start=NOON, hours=4),
        lambda desk, ids: desk.projects.unassign(_site(ids), _lee(ids)),
        by_lee=True,
    ),
    "terms": Interleaving(
        lambda desk, ids: desk.work.log(_site(ids), start=NOON, hours=4),
        lambda desk, ids: desk.clients.set_terms(_acme(ids), Terms(allowed_balance=usd(0))),
    ),
    "draft range": Interleaving(
        lambda desk, ids: desk.invoices.generate(_draft(ids), use_latest=True).total,
        lambda desk, ids: desk.invoices.save(_draft(ids), period=Period.month(2026, 2)).invoice.total,
    ),
    "work in the range": Interleaving(
        lambda desk, ids: desk.invoices.draft(_acme(ids), MARCH).invoice.total,
        lambda desk, ids: desk.work.log(_site(ids), start=NOON, hours=4),
    ),
}


def _acme(ids: str) -> str:
    return ids.split()[0]


def _site(ids: str) -> str:
    return ids.split()[1]


def _lee(ids: str) -> str:
    return ids.split()[2]


def _draft(ids: str) -> str:
    return ids.split()[3]


@frozen
class Outcome:
    """How both commands ended, and what is stored of the client then."""

    joined: object
    outside: object
    left: tuple[object, ...]


def _ended(give: Callable[[], object]) -> object:
    """What a command answered, as far as it is the same each time, or the name of its refusal."""
    try:
        answer = give()
    except StorageError:
        raise
    except InvoicecoreError as refused:
        return type(refused).__name__
    return answer if isinstance(answer, Money) else "done"


class Stage:
    """A new firm for each play, in one database."""

    def __init__(self, engine: Engine, interleaving: Interleaving) -> None:
        self._engine = engine
        self._interleaving = interleaving
        self._storage = SqlStorage(engine)
        self._ids = CountingIds()

    def play(self, switch: int | None) -> tuple[Outcome, int]:
        """Let the other command in right before that statement of the first, counted from 1; None is after its commit,
        and 0 before its beginning. Also how many statements there were."""
        world = new_world(storage=self._storage, ids=self._ids)
        world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, MARCH).invoice.id
        ids = f"{world.acme.id} {world.site.id} {world.lee.person_id} {draft}"
        statements = 0
        outside: Future[object] | None = None
        execute = JoinedConnection._execute

        def counted(connection: JoinedConnection, *how: Any) -> Any:
            nonlocal statements
            statements += 1
            if statements == switch:
                let_in()
            return execute(connection, *how)

        def let_in() -> None:
            nonlocal outside
            outside = pool.submit(_ended, lambda: self._interleaving.outside(world.maria, ids))
            wait([outside], _PATIENCE)

        who = world.lee if self._interleaving.by_lee else world.maria
        with ThreadPoolExecutor(1) as pool:
            if switch == 0:
                let_in()
            with patch.object(JoinedConnection, "_execute", counted), self._engine.begin() as connection:
                billing = world.billing.joined(connection)
                joined = _ended(lambda: self._interleaving.joined(billing.acting_as(who.person_id), ids))
            if outside is None:
                let_in()
            assert outside is not None
            return Outcome(joined, outside.result(), self._left(world)), statements

    @staticmethod
    def _left(world: World) -> tuple[object, ...]:
        assert () == world.billing.verify().findings
        project = world.maria.projects.get(world.site.id)
        totals = sorted(str(it.total) for it in world.maria.invoices.of(world.acme.id))
        order = [it.action for it in world.maria.firm.audit()]  # that of the commits
        return (str(world.balance()), project.archived, len(project.assigned), totals, order)


@pytest.fixture
def stages(new_postgres_url: NewUrl) -> Iterator[Callable[[str], Stage]]:
    """Stages in a new database."""
    engine = create_engine(new_postgres_url())
    SqlStorage(engine).upgrade()
    yield lambda name: Stage(engine, INTERLEAVINGS[name])
    engine.dispose()


def unsound(stage: Stage) -> list[tuple[int, Outcome]]:
    """The switches that lead to what neither order leads to."""
    last, count = stage.play(None)
    sound = (last, stage.play(0)[0])
    assert last != sound[1]  # the order makes a difference, or nothing is tried
    played = [(switch, stage.play(switch)[0]) for switch in range(1, count + 1)]
    return [(switch, outcome) for switch, outcome in played if outcome not in sound]


class TestInterleavings:
    @pytest.mark.parametrize("name", INTERLEAVINGS)
    def test_as_one_after_the_other(self, stages: Callable[[str], Stage], name: str) -> None:
        """Whichever statement the other command comes in before."""
        assert [] == unsound(stages(name))

    def test_without_the_second_reading(self, stages: Callable[[str], Stage]) -> None:
        """Work is logged on a project that was archived before, if the account is also read after the project and not
        with it, so that the check is seen to find it."""
        got = EntityStatements.got

        def alone(of_kind: EntityStatements, row: Sequence[Any]) -> Iterator[Any]:
            return islice(got(of_kind, row), 1)

        with (
            patch.object(JoinedTransaction, "_read_again", lambda transaction: None),
            patch.object(EntityStatements, "got", alone),
        ):
            found = unsound(stages("archive"))
        assert found
        assert all(it.joined == it.outside == "done" and it.left[1] for _, it in found)
