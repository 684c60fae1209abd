"""Checks of values: stored values come back unchanged, also those that Hypothesis makes.

These are sound in every trial: they name people, clients and projects that exist.
"""

from datetime import UTC, date, datetime, timedelta
from types import NoneType
from typing import Any, Final, get_args, get_origin

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from invoicecore.ledger.position import Position
from invoicecore.ledger.terms import Terms
from invoicecore.lifecycle.invoice import Invoice, Line
from invoicecore.model.firm import Firm
from invoicecore.model.project import RateFrom
from invoicecore.ports.store import (
    AUDIT,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    RECEIVABLES_OF_CLIENT,
    Entity,
    Fact,
    Index,
    id_of,
)
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import examples, things
from invoicecore.testing.conformance.things import ACME, KIM, LEE
from invoicecore.testing.conformance.trial import Action, Room, Trial, changing, finding
from invoicecore.values.money import LARGEST_MINOR, Money, Rate

_STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")

ids: Final = st.uuids(version=4).map(str)
texts: Final = st.text(_STORABLE, max_size=40).map(str.strip)
names: Final = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
instants: Final = st.datetimes(
    examples.FIRST.replace(tzinfo=None), examples.LAST.replace(tzinfo=None) - timedelta(days=1), timezones=st.just(UTC)
)
days: Final = st.dates(examples.DAYS[0], examples.DAYS[-1])
minors: Final = st.integers(1 - LARGEST_MINOR, LARGEST_MINOR - 1)
amounts: Final = st.integers(0, LARGEST_MINOR - 1)
durations: Final = st.integers(0, 86_400_000_000).map(lambda micros: timedelta(microseconds=micros))
rates: Final = st.builds(
    lambda whole, parts: Rate.hourly(f"{whole}.{parts:012}", "USD"),
    st.integers(0, 41_666_666_666_665),
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


def _any(kind: examples.Kind, **own: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any thing of a kind that names nobody but those in every trial."""
    for name, form in kind.fields().items():
        hard = examples.hard_values(name, form)
        simple = next((it for it in get_args(form) if it is not NoneType), form)
        if name in _OF_NAME:
            own.setdefault(name, _OF_NAME[name])
        elif name not in examples.HARD_NAMES and get_origin(form) is not tuple and simple in _OF_TYPE:
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
    _any(examples.PERSON, id=ids),
    _any(examples.LOGIN, person_id=people),
    _any(examples.CLIENT, id=ids),
    _any(
        examples.ACCOUNT,
        position=st.builds(Position, st.just("USD"), st.integers(0, 2**31), minors, minors, instants),
        terms=st.builds(
            Terms, allowed_balance=st.none() | minors.map(lambda minor: Money(minor=minor, currency="USD"))
        ),
    ),
    _any(examples.PROJECT, id=ids, rates=_rates_in_time),
    _any(examples.SESSION, id=ids, rate=rates),
    _any(examples.PAYMENT, id=ids, minor=amounts),
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


_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in examples.EXAMPLES}
_STREAMS: dict[str, tuple[Index[Any], str]] = {
    "LedgerEntry": (ENTRIES_OF_CLIENT, ACME),
    "StatusChange": (HISTORY_OF_INVOICE, examples.EXAMPLES[_KINDS["StatusChange"]][0].invoice_id),
    "ReceivableChange": (RECEIVABLES_OF_CLIENT, ACME),
    "AuditRecord": (AUDIT, ""),
}


def reading(kind: str) -> Action:
    """Read the examples of a kind."""
    if kind in _STREAMS:
        return finding(*_STREAMS[kind])
    return lambda uow: [uow.get(_KINDS[kind], id_of(it)) for it in examples.EXAMPLES[_KINDS[kind]]]


class Values(Room):
    """Coming back equal."""

    @pytest.mark.parametrize("kind", _KINDS)
    def test_a_value_comes_back_equal(self, trial: Trial, kind: str) -> None:
        """What was stored comes back equal, in value and in type: amounts, rates, texts, instants, days, what is absent
        and what is empty."""
        expected: list[Entity | Fact] = [*examples.EXAMPLES[_KINDS[kind]]]
        trial.store(*examples.ALL_EXAMPLES)
        trial.sees(expected, reading(kind), f"values of {kind}")

    @pytest.mark.parametrize("kind", examples.TURNS)
    def test_a_changed_value_comes_back_equal(self, trial: Trial, kind: str) -> None:
        """An entity that is put in another form has nothing left of its former one."""
        trial.store(*examples.ALL_EXAMPLES)
        bare, rich = examples.TURNS[kind]
        trial.store(bare)
        for form in (rich, bare, rich):
            trial.change(form)
            seen = trial.look(lambda uow: uow.get(type(bare), id_of(bare)))
            trial.expect(form, seen, f"a {kind} with every field set and with none, in turn")

    def test_a_firm_comes_back_equal(self, trial: Trial) -> None:
        """A firm comes back equal, in value and in type, whatever is changed about it."""
        for firm in examples.FIRM.examples():
            changed = evolve(firm, id=trial.firm_id)
            trial.change(changed)
            trial.sees(changed, lambda uow: uow.get(Firm, trial.firm_id), "a firm")

    @quick
    @given(given=st.lists(entities, min_size=1, max_size=8, unique_by=lambda it: (type(it), id_of(it))))
    def test_whatever_is_stored_comes_back(self, trial: Trial, given: list[Entity]) -> None:
        """Any entity comes back equal: to the unit that put it, to others, and when it was put again."""
        trial = trial.elsewhere()

        def look(uow: UnitOfWork) -> list[Entity | None]:
            return [uow.get(type(it), id_of(it)) for it in given]

        for _ in range(2):
            with trial.begin() as uow:
                for each in given:
                    changing(each)(uow)
                trial.expect(given, look(uow), "entities, for the unit that put them")
                uow.commit()
            trial.sees(given, look, "entities")
