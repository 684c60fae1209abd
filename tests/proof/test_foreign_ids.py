"""A request that names another client's, another firm's or nobody's id has no effect."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar, cast

import attrs
import pytest

from invoicecore import Desk, MemoryStorage, NewWorkSession, Role
from invoicecore.desk import visibility
from invoicecore.errors import BatchRefused, NotFound, NotPermitted
from invoicecore.ports.store import Entity, Storage, Versioned, id_of
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.invoices import InvoiceSort
from invoicecore.queries.paging import PageRequest, cursor
from invoicecore.queries.people import PersonSort
from invoicecore.queries.projects import ProjectSort
from invoicecore.storage.sql import SqlStorage
from invoicecore.testing.instrumented_storage import COMMIT, WatchedStorage
from invoicecore.values.ids import PersonId, ProjectId
from tests.books import books
from tests.databases import NewUrl
from tests.desk.scene import COLUMNS, MISSING, ONE_DAY, Scene, Things, new_scene
from tests.desk.test_matrix import HIDDEN, NOT_SO_MUCH, TRY, hidden, texts_in

R = TypeVar("R")
Request = Callable[[Desk, Things, str], object]

AMONG: dict[str, Request] = {
    "people.add": lambda desk, of, alien: desk.people.add(
        name="Pat", role=Role.CONTACT, client_id=of.client, limited_to=[of.project, alien]
    ),
    "people.restrict_to_projects": lambda desk, of, alien: desk.people.restrict_to_projects(
        of.contact, [of.project, alien]
    ),
    "work.import_many": lambda desk, of, alien: desk.work.import_many(
        [
            NewWorkSession(project_id=ProjectId(project), person_id=PersonId(of.person), start=ONE_DAY, hours=1)
            for project in (of.project, alien)
        ]
    ),
    "invoices.draft": lambda desk, of, alien: desk.invoices.draft(
        of.client, NOT_SO_MUCH, projects=[of.project, alien], exclude=[of.session]
    ),
    "invoices.draft without": lambda desk, of, alien: desk.invoices.draft(
        of.client, NOT_SO_MUCH, exclude=[of.session, alien]
    ),
    "invoices.save": lambda desk, of, alien: desk.invoices.save(of.draft, projects=[of.project, alien]),
    "work.sessions": lambda desk, of, alien: desk.work.sessions(
        client_id=of.client, project_id=of.project, person_id=alien
    ),
    "pages.work": lambda desk, of, alien: desk.pages.work(client_id=of.client, project_id=alien, period=NOT_SO_MUCH),
}
"""Requests in which the foreign id stands among one's own."""

ADDED, MADE = ProjectSort.ADDED, InvoiceSort.MADE
AFTER: dict[str, Request] = {
    "pages.clients": lambda desk, of, alien: desk.pages.clients(
        after=cursor(PageRequest(ClientSort.NAME), ("", alien))
    ),
    "pages.projects": lambda desk, of, alien: desk.pages.projects(
        after=cursor(PageRequest(ADDED), (alien,)), sort=ADDED
    ),
    "pages.invoices": lambda desk, of, alien: desk.pages.invoices(after=cursor(PageRequest(MADE), (alien,)), sort=MADE),
    "pages.people": lambda desk, of, alien: desk.pages.people(after=cursor(PageRequest(PersonSort.NAME), ("", alien))),
    "firm.audit": lambda desk, of, alien: desk.firm.audit(after=alien),
}
"""Requests for what comes after something foreign, which only marks a place: they may be answered."""


@attrs.define
class Watch:
    """Notes what storage gives and how often it was told to commit."""

    given: list[object] = attrs.field(factory=list)
    commits: int = 0

    def __call__(self, call: str, make: Callable[[], R]) -> R:
        """Make a call to storage."""
        self.commits += call == COMMIT
        result = make()
        if call in {"read_entity", "read_index", "read_owners", "read_idempotency_record"}:
            self.given.append(result)
        return result


@attrs.frozen
class Stage:
    """A scene for somebody, and the books of both firms as they are."""

    scene: Scene
    storage: Storage
    before: list[object]
    watch: Watch


@attrs.frozen
class Uses:
    """Stands for things, and notes which are named."""

    named: set[str]

    def __getattr__(self, name: str) -> str:
        self.named.add(name)
        return cast(str, getattr(MISSING, name))


class _Anybody:
    """Stands for a desk at which nothing happens."""

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *given: object, **named: object) -> None:
        """Take anything."""


def named_by(row: str) -> list[str]:
    """The things that a row of the matrix names."""
    uses = Uses(set())
    TRY[row](cast(Desk, _Anybody()), cast(Things, uses))
    return sorted(uses.named)


NAMING = {row: named for row in TRY if (named := named_by(row))}


def stage(column: str, new_storage: Callable[[], Storage]) -> Stage:
    """Somebody at their desk, with storage watched."""
    watch, storage = Watch(), new_storage()
    scene = new_scene(column, storage=WatchedStorage(storage, watch) if isinstance(storage, MemoryStorage) else storage)
    return Stage(scene, storage, [books(storage, firm) for firm in storage.firms()], watch)


def findings(count: int, stages: dict[str, Stage], seed: int) -> Iterator[str]:
    """What goes wrong in so many random requests with one foreign id each."""
    chance = random.Random(seed)
    aliens = {
        column: sorted({*hidden(column, it.scene.things).values(), *attrs.astuple(MISSING)})
        for column, it in stages.items()
    }
    for _ in range(count):
        column, kind = chance.choice(COLUMNS), chance.choice(("instead", "instead", "instead", "among", "after"))
        scene = stages[column].scene
        desk, own = scene.desks[column], scene.things["own"]
        if kind == "instead":
            row = chance.choice(list(NAMING))
            name = chance.choice(NAMING[row])
            alien = chance.choice([*aliens[column], *likely(column, scene, name) * 4])
            request = partial(TRY[row], desk, attrs.evolve(own, **{name: alien}))
        else:
            choice = AMONG if kind == "among" else AFTER
            row, alien = chance.choice(list(choice)), chance.choice(aliens[column])
            request = partial(choice[row], desk, own, alien)
        wrong = fault(request, alien, stages[column], column, answered=kind == "after")
        if wrong:
            yield f"{row} by the {column}, with {alien}: {wrong}"


def likely(column: str, scene: Scene, name: str) -> list[str]:
    """The foreign ids of the kind that belongs there."""
    return [getattr(scene.things[of], name) for of, names in HIDDEN[column].items() if name in names]


def fault(request: Callable[[], object], alien: str, at: Stage, column: str, *, answered: bool) -> str:
    """What is wrong with what became of a request, or nothing."""
    at.watch.given.clear()
    at.watch.commits = 0
    things = at.scene.things
    foreign = set(hidden(column, things).values()) - {alien, *attrs.astuple(things["own"])}  # what it does not name
    try:
        told = texts_in(request())
        if not answered:
            return "it was answered"
    except (NotPermitted, NotFound, BatchRefused) as refused:
        told = {id for id in foreign if id in str(refused)}
    if at.watch.commits:
        return "something was written"
    if told & foreign:
        return "something foreign is told"
    read = set[str]().union(*map(ids_of, at.watch.given))
    return "something foreign was read" if read & foreign and not answered else ""


def ids_of(given: object) -> set[str]:
    """The ids of the things that storage gave; all of its ids, where a thing has none of its own."""
    several = given if isinstance(given, list) else [given]
    things = [it.entity if isinstance(it, Versioned) else it for it in several]
    return set[str]().union(*({id_of(it)} if isinstance(it, Entity) else texts_in(it) for it in things))


@pytest.fixture(scope="module")
def stages() -> dict[str, Stage]:
    """Everybody at their desks, in memory."""
    return {column: stage(column, MemoryStorage) for column in COLUMNS}


def unchanged(stages: dict[str, Stage]) -> bool:
    """Whether the books of all firms are as they were."""
    return all(it.before == [books(it.storage, firm) for firm in it.storage.firms()] for it in stages.values())


class TestForeignIds:
    """One foreign id, somewhere in a request."""

    @pytest.mark.req("A19", "A20", "A21")
    def test_in_memory(self, stages: dict[str, Stage]) -> None:
        """Of 5,000 requests none is answered, and none reads, tells or writes anything foreign."""
        assert [] == list(findings(5000, stages, seed=5))
        assert unchanged(stages)

    @pytest.mark.req("A19", "A20", "A21")
    def test_on_sqlite(self, new_sqlite_url: NewUrl) -> None:
        """Neither of 1,000 on a database, with pages of its own."""

        def new_storage() -> SqlStorage:
            storage = SqlStorage.at(new_sqlite_url())
            storage.upgrade()
            return storage

        stages = {column: stage(column, new_storage) for column in COLUMNS}
        assert [] == list(findings(1000, stages, seed=6))
        assert unchanged(stages)

    @pytest.mark.parametrize(
        "predicate",
        ["sees_person", "sees_client", "sees_account", "sees_project", "sees_work", "sees_invoice"],
    )
    def test_an_open_door_is_noticed(self, predicate: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where one of the predicates lets everybody see everything, a request is found that should not have passed."""
        monkeypatch.setattr(visibility, predicate, lambda *given: True)
        stages = {column: stage(column, MemoryStorage) for column in COLUMNS}
        assert next(findings(5000, stages, seed=7), None) is not None
