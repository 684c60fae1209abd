"""What follows from the fields of a class, or has to be complete: each gap names the field and the place.

    $ python -m tests.completeness

prints all gaps as JSON.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import create_engine, inspect

from invoicecore.desk.clients import Clients
from invoicecore.desk.firm import FirmSettings
from invoicecore.desk.people import People
from invoicecore.desk.projects import Projects
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login, LoginView
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, TimerView, WorkSession, WorkSessionView
from invoicecore.ports.archive import PLACES, ArchiveItem, Counter, Reservation, kind_of
from invoicecore.ports.store import AuditRecord, Entity, IdempotencyRecord, UniqueKind, Versioned
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.mapping import metadata
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.examples import EXAMPLES, FIRM, MESSAGES, TURNS
from invoicecore.values.money import Money, Rate
from invoicecore.values.plain_data import default_of

TABLES_PAGE = Path(__file__).parents[1] / "docs" / "reference" / "tables.md"

TYPED: Mapping[type, tuple[tuple[Callable[..., object], ...], frozenset[str]]] = {
    Firm: ((FirmSettings.change,), frozenset({"id", "owner_id", "logo", "next_number", "former_zones", "taxes"})),
    Client: ((Clients.add, Clients.change), frozenset({"id", "archived"})),
    Project: ((Projects.add, Projects.change), frozenset({"id", "rates", "assigned", "archived", "cap_used"})),
    Person: ((People.add, People.change), frozenset({"id", "archived"})),
}
"""By which commands of a Desk the fields of an entity are typed; the others are given or have commands of their own."""

SHOWN: Mapping[type, tuple[type, frozenset[str]]] = {
    WorkSession: (WorkSessionView, frozenset({"minor", "stated_day"})),
    Timer: (TimerView, frozenset()),
    Login: (LoginView, frozenset({"password_hash"})),
}
"""In which view an entity is shown, and what of it is shown under another name or never."""

BY_HAND: Mapping[type, tuple[str, frozenset[str]]] = {
    Money: ("storage.sql.mapping", frozenset({"minor", "currency"})),
    Rate: ("storage.sql.mapping", frozenset({"digits", "scale", "currency"})),
    Reservation: ("UnitOfWork", frozenset({"kind", "key", "owner"})),
    Counter: ("UnitOfWork", frozenset({"name", "next"})),
}
"""Where code takes the fields of a class one by one, and which it knows."""


def items() -> list[ArchiveItem]:
    """One firm with all examples of the conformance kit, in the order in which a storage gives everything."""
    firm = FIRM.rich()
    entities: Iterable[Any] = (*things.BEGINNING, *(it for some in EXAMPLES.values() for it in some))
    beside = (
        Reservation(UniqueKind.NUMBER, "7", "invoice-01"),
        Counter("invoice", 8),
        IdempotencyRecord("k", "r", firm),
    )
    kept = [Versioned(it, 1) if isinstance(it, Entity) else it for it in (firm, *entities, *beside, *MESSAGES)]
    kinds = list(PLACES)
    return sorted(kept, key=lambda it: (kinds.index(kind := kind_of(it)), PLACES[kind](it)))


def parts(value: object) -> Iterator[Any]:
    """The values of attrs classes in a value, at any depth."""
    kind: Any = type(value)
    if attrs.has(kind):
        yield value
        for field in attrs.fields(kind):
            yield from parts(getattr(value, field.name))
    if isinstance(value, tuple | frozenset):
        for each in value:
            yield from parts(each)


@cache
def stored() -> Mapping[type, tuple[Any, ...]]:
    """The classes of all that is stored, each with its examples."""
    found: dict[type, list[Any]] = {}
    for item in items():
        for part in parts(item):
            found.setdefault(type(part), []).append(part)
    return {kind: tuple(values) for kind, values in found.items() if kind is not Versioned}


# the gaps


def without_column() -> list[str]:
    """Fields for which the migrations make no column, and columns that no field has."""
    engine = create_engine("sqlite://")
    SqlStorage(engine).upgrade()
    made = inspect(engine)
    gaps = []
    for name, table in metadata.tables.items():
        there = {column["name"] for column in made.get_columns(name)}
        for column in table.columns:
            if column.name not in there:
                gaps.append(f"{column.info.get('field')}: no revision makes the column {name}.{column.name}")
        gaps += [
            f"{name}.{column}: the column belongs to no field" for column in sorted(there - {*table.columns.keys()})
        ]
    engine.dispose()
    return gaps


def without_documentation() -> list[str]:
    """Columns of which the page of tables says nothing."""
    sections = re.split(r"^### `(ic_\w+)`.*$", TABLES_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    page = dict(zip(sections[::2], sections[1::2], strict=True))
    return [
        f"{column.info.get('field')}: the page of tables lacks {name}.{column.name}"
        for name, table in metadata.tables.items()
        for column in table.columns
        if f"| `{column.name}` |" not in page.get(name, "")
    ]


GIVEN_BY_STORES = {(AuditRecord, "position")}
"""Fields that no example has, because a store gives them."""


def without_example() -> list[str]:
    """Fields that have their default in every example of the conformance kit, also in those that are written twice."""
    turns = [part for _, rich in TURNS.values() for part in parts(rich)]
    return [
        f"{kind.__name__}.{field.name}: no example of the conformance kit has another value than the default"
        for kind, values in stored().items()
        for field in attrs.fields(kind)
        if field.default is not attrs.NOTHING
        and (kind, field.name) not in GIVEN_BY_STORES
        and all(getattr(it, field.name) == default_of(field) for it in (*values, *turns) if isinstance(it, kind))
    ]


def without_turn() -> list[str]:
    """Fields that have their default in an entity of the conformance kit of which every field is said to be set."""
    return [
        f"{type(rich).__name__}.{field.name}: TURNS of the conformance kit has it at its default"
        for _, rich in TURNS.values()
        for field in attrs.fields(type(rich))
        if field.default is not attrs.NOTHING and getattr(rich, field.name) == default_of(field)
    ]


def without_argument() -> list[str]:
    """Fields that no command of a Desk takes."""
    return [
        f"{kind.__name__}.{field.name}: it is no argument of {' or '.join(it.__qualname__ for it in commands)}"
        for kind, (commands, others) in TYPED.items()
        for field in attrs.fields(kind)
        if field.name not in others.union(*(signature(command).parameters for command in commands))
    ]


def without_view() -> list[str]:
    """Fields that the view of an entity does not show."""
    return [
        f"{kind.__name__}.{field.name}: {view.__name__} does not show it"
        for kind, (view, others) in SHOWN.items()
        for field in attrs.fields(kind)
        if field.name not in others.union(it.name for it in attrs.fields(view))
    ]


def without_rule() -> list[str]:
    """Fields that are not known where they are taken one by one."""
    return [
        f"{kind.__name__}.{field.name}: {place} does not keep it"
        for kind, (place, known) in BY_HAND.items()
        for field in attrs.fields(kind)
        if field.init and field.name not in known
    ]


GAPS: Mapping[str, Callable[[], list[str]]] = {
    "column": without_column,
    "documentation": without_documentation,
    "example": without_example,
    "turn": without_turn,
    "argument": without_argument,
    "view": without_view,
    "rule": without_rule,
}


if __name__ == "__main__":
    print(json.dumps({name: gaps() for name, gaps in GAPS.items()}))
