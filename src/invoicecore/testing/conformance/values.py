"""Checks of values: what was stored comes back unchanged."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from invoicecore.lifecycle.invoice import Line, Selection
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import RateFrom
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
from invoicecore.settlement.payment import Application
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import strategies, things
from invoicecore.testing.conformance.examples import (
    ALL_EXAMPLES,
    EXAMPLES,
    FIRMS,
    INVOICES,
    LETTERHEAD,
    RATES,
    SESSIONS,
)
from invoicecore.testing.conformance.quick import quick
from invoicecore.testing.conformance.things import ACME, DAY, KIM, LEE, NOON, SITE
from invoicecore.testing.conformance.trial import Room, Trial, changing
from invoicecore.values.calendar import PaymentTerms, Period
from invoicecore.values.ids import PersonId
from invoicecore.vocabulary import PaymentOrigin, Role, Status

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in EXAMPLES}
_STREAMS: dict[str, tuple[Index[Any], str]] = {
    "LedgerEntry": (ENTRIES_OF_CLIENT, ACME),
    "StatusChange": (HISTORY_OF_INVOICE, EXAMPLES[_KINDS["StatusChange"]][0].invoice_id),
    "AuditRecord": (AUDIT, ""),
}

TURNS: dict[str, tuple[Entity, Entity]] = {
    "person": (
        Person(id=PersonId("turning"), name="Cleo", role=Role.CONTACT, client_id=ACME),
        Person(
            id=PersonId("turning"),
            name="Cléo",
            role=Role.CONTACT,
            email="cleo@acme.example",
            timezone="Asia/Tokyo",
            client_id=ACME,
            limited_to=frozenset({SITE}),
            archived=True,
        ),
    ),
    "login": (
        Login(person_id=KIM),
        Login(person_id=KIM, password_hash="$hash", admitted_from=("10.0.0.0/8", "2001:db8::/32"), last_sign_in=NOON),
    ),
    "client": (
        things.client("turning"),
        evolve(
            things.client("turning", "Renamed"),
            billing_address="1 Main St",
            payment_terms=PaymentTerms.net(30),
            locale="de_AT",
            archived=True,
        ),
    ),
    "project": (
        things.project("turning"),
        evolve(
            things.project("turning"),
            rates=(RateFrom(RATES[1]), RateFrom(RATES[2], NOON)),
            starts_on=DAY,
            notes="Notes",
            assigned=frozenset({LEE, KIM}),
            archived=True,
        ),
    ),
    "session": (
        things.session("turning"),
        evolve(
            things.session("turning"),
            billable=False,
            note="Note",
            stated_day=DAY,
            over_limit=True,
            removed=True,
            person_id=KIM,
        ),
    ),
    "invoice": (
        things.draft("turning"),
        evolve(
            things.draft("turning"),
            status=Status.PAID,
            lines=(Line("One", 1), Line("Two", 2, blocks=2), Line("Three", 3, SESSIONS[0].id, SITE, LEE, day=DAY)),
            total_minor=6,
            paid_minor=6,
            number="turning",
            selection=Selection(Period.month(2026, 4), frozenset({SITE}), frozenset({SESSIONS[1].id})),
            issued_on=DAY,
            due_on=DAY,
            parties=LETTERHEAD,
            status_version=3,
            notes="Notes",
        ),
    ),
    "payment": (
        things.payment("turning"),
        evolve(
            things.payment("turning", Application(INVOICES[0].id, 60), Application(INVOICES[1].id, 40), minor=110),
            method="wire",
            reference="TX-1",
            origin=PaymentOrigin.STATUS_MENU,
            reversed_minor=5,
        ),
    ),
}
"""Entities in two forms each: with no field set that has a default, and with all of them."""


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
        for fields in FIRMS:
            changed = evolve(things.firm(trial.firm_id), **fields)
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
