"""Checks of values: stored values come back unchanged."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from invoicecore.model.firm import Firm
from invoicecore.ports.store import (
    AUDIT,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    AuditRecord,
    Entity,
    Fact,
    Index,
    id_of,
)
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import strategies
from invoicecore.testing.conformance.examples import ALL_EXAMPLES, EXAMPLES, FIRM, TURNS
from invoicecore.testing.conformance.strategies import quick
from invoicecore.testing.conformance.things import ACME
from invoicecore.testing.conformance.trial import Room, Trial, changing

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in EXAMPLES}
_STREAMS: dict[str, tuple[Index[Any], str]] = {
    "LedgerEntry": (ENTRIES_OF_CLIENT, ACME),
    "StatusChange": (HISTORY_OF_INVOICE, EXAMPLES[_KINDS["StatusChange"]][0].invoice_id),
    "AuditRecord": (AUDIT, ""),
}


def seen_of(uow: UnitOfWork, kind: str) -> list[Any]:
    """The examples of a kind, as they come back."""
    if kind in _STREAMS:
        return uow.find(*_STREAMS[kind])
    return [uow.get(_KINDS[kind], id_of(it)) for it in EXAMPLES[_KINDS[kind]]]


class Values(Room):
    """Coming back equal."""

    @pytest.mark.parametrize("kind", _KINDS)
    def test_a_value_comes_back_equal(self, trial: Trial, kind: str) -> None:
        """What was stored comes back equal, in value and in type: amounts, rates, texts, instants, days, what is absent
        and what is empty."""
        expected: list[Entity | Fact] = [*EXAMPLES[_KINDS[kind]]]
        if kind == AuditRecord.__name__:
            expected.sort(key=lambda it: it.id)  # type: ignore[union-attr]
        trial.store(*ALL_EXAMPLES)
        trial.expect(expected, trial.look(lambda uow: seen_of(uow, kind)), f"values of {kind}")

    @pytest.mark.parametrize("kind", TURNS)
    def test_a_changed_value_comes_back_equal(self, trial: Trial, kind: str) -> None:
        """An entity that is put in another form has nothing left of its former one."""
        trial.store(*ALL_EXAMPLES)
        bare, rich = TURNS[kind]
        trial.store(bare)
        for form in (rich, bare, rich):
            trial.change(form)
            seen = trial.look(lambda uow: uow.get(type(bare), id_of(bare)))
            trial.expect(form, seen, f"a {kind} with every field set and with none, in turn")

    def test_a_firm_comes_back_equal(self, trial: Trial) -> None:
        """A firm comes back equal, in value and in type, whatever is changed about it."""
        for firm in FIRM.examples():
            changed = evolve(firm, id=trial.firm_id)
            trial.change(changed)
            trial.expect(changed, trial.look(lambda uow: uow.get(Firm, trial.firm_id)), "a firm")

    @quick
    @given(given=st.lists(strategies.entities, min_size=1, max_size=8, unique_by=lambda it: (type(it), id_of(it))))
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
            trial.expect(given, trial.look(look), "entities")
