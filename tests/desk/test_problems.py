"""A form that is wrong in every field is told all of it at once, each problem with the name of its argument."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import pytest

from invoicecore import Deposit, Period, say, utc
from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.words.sentences import SENTENCES
from tests.world import World, usd

LONG = "x" * 20_000
JUNK: Any = object()

FORMS: list[tuple[str, tuple[str, ...], Mapping[str, object]]] = [
    ("people.add", (), {"name": "", "email": "x", "password": "a", "role": JUNK, "timezone": "Mars"}),
    (
        "people.add",
        (),
        {"name": LONG, "email": JUNK, "password": JUNK, "role": "?", "admitted_from": ["z"], "limited_to": JUNK},
    ),
    ("people.change", ("lee",), {"name": "", "email": "x", "role": JUNK, "timezone": "Mars"}),
    ("people.change_me", (), {"timezone": JUNK}),
    ("people.set_password", ("lee",), {"password": "a"}),
    ("people.change_my_password", (), {"current": JUNK, "new": "a"}),
    ("people.restrict_to_projects", ("cleo",), {"projects": JUNK}),
    ("people.set_allowed_addresses", ("lee",), {"ranges": ["z"]}),
    ("clients.add", (), {"name": "", "terms": None, "billing_address": 5, "currency": "XXQ", "payment_terms": 30}),
    ("clients.add", (), {"name": "\0", "terms": JUNK, "locale": "xx_"}),
    ("projects.add", (), {"client_id": "x", "name": "", "starts_on": 1, "notes": 1, "billable": "no", "rate": 50}),
    ("clients.change", ("acme",), {"name": " ", "billing_address": JUNK, "locale": "?"}),
    ("clients.set_terms", ("acme",), {"terms": JUNK}),
    ("projects.change", ("site",), {"name": "", "starts_on": JUNK, "notes": LONG}),
    ("projects.set_rate", ("site",), {"rate": JUNK, "since": JUNK}),
    ("projects.cancel_rate", ("site",), {"since": JUNK}),
    ("work.log", ("site",), {"day": JUNK, "hours": JUNK, "note": LONG, "rate": JUNK}),
    ("work.log", ("site",), {"start": JUNK, "hours": "-1", "note": JUNK}),
    ("work.log", ("site",), {"start": JUNK, "end": JUNK, "reason": LONG}),
    ("work.edit", ("session",), {"day": JUNK, "hours": JUNK, "note": LONG, "reason": LONG, "rate": JUNK}),
    ("work.start", ("site",), {"note": LONG, "billable": JUNK}),
    ("work.stop", ("timer",), {"note": LONG, "at": JUNK}),
    ("invoices.draft", ("acme",), {"period": JUNK, "projects": JUNK, "exclude": JUNK, "cover": JUNK, "notes": LONG}),
    ("invoices.save", ("draft",), {"period": JUNK, "projects": JUNK, "exclude": JUNK, "cover": JUNK, "notes": LONG}),
    ("invoices.generate", ("draft",), {"issued_on": JUNK, "due_on": JUNK, "if_revision": JUNK}),
    ("invoices.manual", ("acme",), {"amount": usd(0), "deposit": JUNK, "number": LONG, "due_on": JUNK, "notes": LONG}),
    ("invoices.set_uncollectible", ("manual",), {"debt": JUNK}),
    ("invoices.void", ("manual",), {"note": " ", "payments": JUNK}),
    ("payments.record", ("manual",), {"amount": JUNK, "method": LONG, "reference": LONG, "received_on": JUNK}),
    ("payments.reverse", ("payment",), {"note": ""}),
    ("accounts.adjust", ("acme",), {"amount": usd(0), "reason": LONG}),
    ("firm.change", (), {"currency": "$", "number_pattern": "{no}", "events": 1, "payment_terms": 1, "tax_id": 1}),
    ("firm.change", (), {"name": "", "contact": LONG, "timezone": "Mars", "theme": "?", "locale": "xx", "logo": b"z"}),
    ("firm.set_next_number", (), {"number": 0}),
    ("firm.set_logo", (), {"content": b"z"}),
    (
        "firm.set_tax",
        (),
        {"code": "a b", "category": JUNK, "name": LONG, "percent": "1000", "components": JUNK, "since": JUNK}
        | {"reason": LONG},
    ),
]


@pytest.mark.parametrize(("command", "ids", "form"), FORMS, ids=lambda it: it if isinstance(it, str) else "")
def test_all_at_once(command: str, ids: tuple[str, ...], form: Mapping[str, object], world: World) -> None:
    """Each wrong field has a problem with its name, a code and a sentence, and nothing is stored."""
    maria, acme = world.maria, world.acme.id
    manual = maria.invoices.manual(acme, usd(5), deposit=Deposit.TO_BALANCE)
    known = {
        "lee": world.lee.person_id,
        "cleo": world.cleo.person_id,
        "acme": acme,
        "site": world.site.id,
        "session": world.log(1),
        "timer": world.lee.work.start(world.site.id).id,
        "draft": maria.invoices.draft(acme, Period.year(2026)).id,
        "manual": manual.id,
        "payment": maria.payments.record(manual.id, usd(1)).payment.id,
    }
    before = maria.firm.audit()
    with pytest.raises(InvalidInput) as refused:
        attrgetter(command)(maria)(*(known[name] for name in ids), **form)
    problems = refused.value.problems
    assert sorted({*form} - {"client_id"}) == sorted(str(it.field) for it in problems)
    assert all(it.code in SENTENCES and say(it, "it") for it in problems)
    assert " ".join(say(it, "it") for it in problems) == say(refused.value, "it")
    assert before == maria.firm.audit()


def test_which_of_two(world: World) -> None:
    """What is wrong about two fields together is put beside the one that a person would change."""
    with pytest.raises(InvalidInput) as refused:
        Period(utc(2026, 3, 2).date(), utc(2026, 3, 1).date())
    assert ("last", "ends_before_it_begins") == (refused.value.field, refused.value.code)
    ahead = world.clock.now().replace(year=2030)
    for field, when in (("start", {"start": ahead}), ("day", {"day": ahead.date()})):
        with pytest.raises(InvalidState) as unlikely:
            world.lee.work.log(world.site.id, hours=1, **when)
        assert (field, "day_is_ahead") == (unlikely.value.field, unlikely.value.code)
