"""Hypothesis strategies for all records, and the settings for properties.

Every record is sound within a trial: the people, clients and projects that it names exist.
"""

from datetime import UTC, date, datetime, timedelta
from types import NoneType
from typing import Any, Final, get_args, get_origin

from attrs import evolve
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from invoicecore.ledger.position import Position
from invoicecore.ledger.terms import Terms
from invoicecore.lifecycle.invoice import Invoice, Line
from invoicecore.model.project import RateFrom
from invoicecore.ports.store import Entity
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.examples import (
    ACCOUNT,
    CLIENT,
    DAYS,
    FIRST,
    HARD_NAMES,
    LAST,
    LOGIN,
    PAYMENT,
    PERSON,
    PROJECT,
    SESSION,
    Kind,
    hard_values,
)
from invoicecore.testing.conformance.things import KIM, LEE
from invoicecore.values.money import LARGEST_MINOR, Money, Rate

_KEEPABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")

ids: Final = st.uuids(version=4).map(str)
texts: Final = st.text(_KEEPABLE, max_size=40).map(str.strip)
names: Final = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
instants: Final = st.datetimes(
    FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None) - timedelta(days=1), timezones=st.just(UTC)
)
days: Final = st.dates(DAYS[0], DAYS[-1])
minors: Final = st.integers(1 - LARGEST_MINOR, LARGEST_MINOR - 1)
amounts: Final = st.integers(0, LARGEST_MINOR - 1)
durations: Final = st.integers(0, 86_400_000_000).map(lambda micros: timedelta(microseconds=micros))
rates: Final = st.builds(
    lambda whole, parts: Rate.hourly(f"{whole}.{parts:012}", "USD"),
    st.integers(0, 10**18 - 1),
    st.integers(0, 10**12 - 1),
)
people: Final = st.sampled_from([LEE, KIM])

_rates_in_time = st.builds(
    lambda first, later: (RateFrom(first), *(RateFrom(rate, since) for since, rate in sorted(later.items()))),
    rates,
    st.dictionaries(instants, rates, max_size=4),
)
_OF_NAME: Final[dict[str, Any]] = {"name": names, **dict.fromkeys(("note", "notes"), texts)}
_OF_TYPE: Final[dict[Any, Any]] = {
    str: texts,
    int: amounts,
    datetime: instants,
    date: days,
    timedelta: durations,
}


def _any(kind: Kind, **own: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any thing of a kind that names nobody but those in every trial."""
    for name, form in kind.fields().items():
        hard = hard_values(name, form)
        simple = next((it for it in get_args(form) if it is not NoneType), form)
        if name in _OF_NAME:
            own.setdefault(name, _OF_NAME[name])
        elif name not in HARD_NAMES and get_origin(form) is not tuple and simple in _OF_TYPE:
            drawn = _OF_TYPE[simple]
            own.setdefault(name, st.none() | drawn if None in hard else drawn)
        elif hard:
            own.setdefault(name, st.sampled_from(hard))
    return st.builds(lambda given: evolve(kind.plain, **given), st.fixed_dictionaries(own))


def _draft(id: str, lines: list[tuple[str, int]], revision: str) -> Invoice:
    total = sum(minor for _, minor in lines)
    made = tuple(Line(text, minor) for text, minor in lines)
    return evolve(things.draft(id), lines=made, total_minor=total, revision=revision)


entities: Final[st.SearchStrategy[Entity]] = st.one_of(
    _any(PERSON, id=ids),
    _any(LOGIN, person_id=people),
    _any(CLIENT, id=ids),
    _any(
        ACCOUNT,
        position=st.builds(Position, st.just("USD"), st.integers(0, 2**31), minors, minors, instants),
        terms=st.builds(Terms, allowed_balance=st.none() | minors.map(lambda minor: Money(minor, "USD"))),
    ),
    _any(PROJECT, id=ids, rates=_rates_in_time),
    _any(SESSION, id=ids, rate=rates),
    _any(PAYMENT, id=ids, minor=amounts),
    st.builds(_draft, ids, st.lists(st.tuples(texts, st.integers(0, 10**15)), max_size=5), names),
)
"""An entity of nearly any kind; an account is that of Globex."""

quick: Final = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # a failure names the field that differs, so no time goes into a smaller example
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow],
)
"""The examples are the same at every run; each takes a firm of its own, so that a fixture may be shared by all."""
