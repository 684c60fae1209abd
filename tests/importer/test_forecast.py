"""What a plan foretells comes about, whatever the books and whatever the file."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import InvoiceKind, Money, Period, ProjectBilling, Rate, Refill, Terms, WorkSessionView, importer, utc
from invoicecore.importer import Outcome, Plan, SimilarRule, TimeEntry, UnreadableFile
from tests.books import books
from tests.importer.tracker import LATER, NINE, entry, export, tracker
from tests.world import World, hourly, new_world, usd

_ = tracker  # is used by every test here

_AMOUNTS = st.integers(-60, 20).map(lambda tens: usd(10 * tens))
_TERMS = st.builds(
    lambda allowed, at, hours: Terms(
        allowed_balance=allowed, refill=None if at is None else Refill(threshold=at, rate=hourly(40), hours=hours)
    ),
    st.none() | _AMOUNTS,
    st.none() | _AMOUNTS,
    st.sampled_from([1, 3, 20]),
)


def _entry(number: int, minutes: int, shift: int, **said: Any) -> TimeEntry:
    """One that goes by its id, or else by all that it says."""
    start = NINE + timedelta(days=number, hours=shift)
    made = entry(number, timedelta(minutes=minutes), start=start, person="Lee", currency="USD", **said)
    return made if made.identified else evolve(made, source=f"said:{minutes} {start} {said}")


_ENTRIES = st.builds(
    _entry,
    number=st.integers(1, 5),
    minutes=st.sampled_from([0, 1, 20, 60, 300, 1500]),
    shift=st.sampled_from([0, 0, 0, 5]),
    client=st.sampled_from(["Acme", "Acme", "New"]),
    project=st.sampled_from(["Website", "Website", "Shop", "Old"]),
    billable=st.sampled_from([True, True, True, False]),
    note=st.sampled_from(["", "Menu"]),
    rate=st.sampled_from([None, None, Decimal("33.335")]),
    identified=st.sampled_from([True, True, True, False]),
)
_OPTIONS = st.fixed_dictionaries(
    {
        "batch": st.sampled_from([1, 2, 3, 500]),
        "replay": st.sampled_from([False, False, True]),
        "skip_stopped": st.sampled_from([False, True]),
        "update": st.sampled_from([True, True, True, False]),
        "terms": _TERMS,
        "similar": st.sampled_from([*SimilarRule, SimilarRule.REPLACE, None]),
        "rate": st.just("62.125"),
    }
)
_PAST_STOP = st.sampled_from([{}, *[{"over_limit": True, "reason": "Done already."}] * 2])


def _books(before: list[TimeEntry], changes: st.DataObject) -> World:
    """A firm into which something was imported already; then invoiced, deleted, and put on random terms."""
    often, seldom = st.sampled_from([True, False]), st.sampled_from([True, *[False] * 5])
    world = new_world(Terms.unlimited(), now=LATER)
    maria, acme = world.maria, world.acme.id
    shop = world.project(name="Shop", rate="45")
    old = world.project(name="Old", rate="10")
    importer.apply(maria, importer.plan(maria, export(*before), rate=50))
    maria.projects.set_rate(world.site.id, Rate.hourly("71.5", "USD"), since=NINE + timedelta(days=3))
    cap = changes.draw(st.sampled_from([None, None, 20, 200, 2000]))
    maria.projects.change(world.site.id, cap=None if cap is None else usd(cap))
    maria.projects.change(shop.id, billing=ProjectBilling.FIXED if changes.draw(seldom) else ProjectBilling.HOURLY)
    for session in maria.work.sessions(client_id=acme):
        if changes.draw(seldom):
            maria.work.delete(session.id)
    if changes.draw(seldom):
        march = maria.invoices.draft(acme, Period(utc(2026, 3, 1).date(), utc(2026, 3, 4).date()))
        if march.invoice.total.minor:
            maria.invoices.generate(march.id)
    if changes.draw(seldom):
        maria.projects.archive(old.id)
    maria.accounts.adjust(acme, usd(changes.draw(st.sampled_from([-700, -90, 90, 400]))), reason="Old")
    maria.clients.set_terms(acme, changes.draw(_TERMS))
    for refill in maria.invoices.of(acme):
        if refill.kind is InvoiceKind.REFILL and changes.draw(often):
            maria.invoices.void(refill.id, note="Asked too early")  # after which none is asked for by itself
    return world


def _refills(world: World) -> dict[str, list[Money]]:
    """The amounts of each client's refill invoices, in the order in which they were asked for."""
    asked: dict[str, list[Money]] = {}
    for client in world.maria.clients.all():
        refills = (it for it in world.maria.invoices.of(client.id) if it.kind is InvoiceKind.REFILL)
        asked[client.name] = [it.total for it in refills]
    return asked


def _marked(world: World) -> set[str]:
    return {session.id for session in world.maria.work.sessions() if session.over_limit}


def _check(world: World, plan: Plan) -> None:
    """Apply the plan, and hold what comes about against what was foretold."""
    decisions = list(importer.rows(world.maria, plan))
    refills, marked = _refills(world), _marked(world)
    locked: list[WorkSessionView] = [it for it in world.maria.work.sessions() if it.locked]
    done = importer.apply(world.maria, plan)
    left = plan.kept.entries + plan.left_out.entries
    assert (plan.added.entries, plan.changed.entries, plan.known.entries, left) == (
        done.added,
        done.changed,
        done.known,
        done.left,
    )
    assert [row.outcome for row in decisions].count(Outcome.ADDED) == done.added
    clients = {client.name: client for client in world.maria.clients.all()}
    for planned in plan.clients:
        if planned.balance_effect is not None:
            standing = world.maria.accounts.standing(clients[planned.name].id)
            balance_effect = planned.balance_effect
            assert balance_effect.after == standing.balance
            assert balance_effect.projected == standing.projected_balance
            assert balance_effect.is_stopped == standing.stopped
            new = _refills(world)[planned.name][len(refills.get(planned.name, [])) :]
            assert (list(balance_effect.refills), balance_effect.refill_count) == (new, len(new))
    foretold = sum(it.balance_effect.over_limit for it in plan.clients if it.balance_effect is not None)
    assert foretold == len(_marked(world) - marked)
    assert locked == [it for it in world.maria.work.sessions() if it.locked]
    assert all(row.id is not None or not row.is_new for row in importer.plan(world.maria, _again(plan), rate=1).clients)


def _again(plan: Plan) -> bytes:
    assert plan.file.content is not None
    return plan.file.content


class TestForecast:
    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(_ENTRIES, min_size=1, max_size=5),
        st.lists(_ENTRIES, min_size=1, max_size=8),
        _OPTIONS,
        _PAST_STOP,
        st.data(),
    )
    def test_what_is_foretold_comes_about(
        self,
        before: list[TimeEntry],
        rows: list[TimeEntry],
        options: dict[str, Any],
        over_limit: dict[str, Any],
        changes: st.DataObject,
    ) -> None:
        """Balances, invoices and marks, row by row and batch by batch; or a row is refused, and nothing changes."""
        world = _books(before, changes)
        rows = [evolve(row, row=place + 2) for place, row in enumerate(rows)]
        plan = importer.plan(world.maria, export(*rows), **options, **over_limit)
        if plan.is_sound:
            _check(world, plan)
            again = importer.plan(world.maria, export(*rows), **options, **over_limit)
            if not plan.left_out.entries:  # what a stop left out may be recorded once a payment lifts it
                assert (0, 0) == (again.added.entries, again.changed.entries)
        else:
            unchanged = books(world.storage, world.billing.firm_id)
            with pytest.raises(UnreadableFile) as refused:
                importer.apply(world.maria, plan)
            first = (plan.refused_rows or plan.similar_rows)[0]
            assert first.row == refused.value.row
            assert unchanged == books(world.storage, world.billing.firm_id)
