"""What is not given stays, None clears what is optional, and is refused where something has to be there."""

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from attrs import evolve

from invoicecore import UNSET, Deposit, Party, PaymentTerms, Period, TaxCategory
from invoicecore.errors import InvalidInput
from tests.books import books
from tests.world import World, new_world, subjects, usd

MARCH = Period.month(2026, 3)
Change = Callable[..., Any]


@pytest.fixture
def world() -> World:
    return new_world()


def draft(world: World) -> Change:
    """Saves a draft of the work on Acme's site alone."""
    world.log(8)
    made = world.maria.invoices.draft(world.acme.id, MARCH, projects=[world.site.id])
    return lambda **given: world.maria.invoices.save(made.id, **given).invoice


def manual(world: World) -> Change:
    """Saves a reverted manual invoice."""
    made = world.maria.invoices.manual(world.acme.id, usd(5), deposit=Deposit.TO_BALANCE, description="Stamps")
    world.maria.invoices.revert(made.id)
    return lambda **given: world.maria.invoices.save(made.id, **given).invoice


def session(world: World) -> Change:
    """Edits a session."""
    id = world.log(8)
    return lambda **given: world.maria.work.edit(id, **given)


def expense(world: World) -> Change:
    """Edits an expense."""
    id = world.maria.charges.expense(world.acme.id, date(2026, 3, 2), price=usd(80)).id
    return lambda **given: world.maria.charges.edit(id, **given)


CHANGES: dict[str, Callable[[World], Change]] = {
    "firm.change": lambda world: world.maria.firm.change,
    "clients.change": lambda world: lambda **given: world.maria.clients.change(world.acme.id, **given),
    "projects.change": lambda world: lambda **given: world.maria.projects.change(world.site.id, **given),
    "people.change": lambda world: lambda **given: world.maria.people.change(world.lee.person_id, **given),
    "people.change_me": lambda world: world.maria.people.change_me,
    "work.edit": session,
    "charges.edit": expense,
    "invoices.save": draft,
}

CLEARED: dict[str, dict[str, Any]] = {
    "clients.change": {
        "payment_terms": PaymentTerms.net(30),
        "locale": "de",
        "tax": "VAT",
        "party": Party(country="DE"),
    },
    "projects.change": {"starts_on": date(2026, 1, 1), "tax": "VAT", "cap": usd(100)},
    "firm.change": {"tax": "VAT", "party": Party(city="Köln")},
    "people.change": {"email": "ada@firm.example", "timezone": "Asia/Tokyo"},
    "people.change_me": {"timezone": "Asia/Tokyo"},
}
"""What is optional, with a value for it. That a draft takes all projects again is tried below, and that a firm
has no logo any more by `tests.desk.test_hosts`."""
OF_EXPENSES = {("charges.edit", name) for name in ("amount", "project_id", "receipt", "tax")}
"""What an expense may be without; see `tests.desk.test_charges` and `tests.settlement.test_taxes`."""


def settable(world: World) -> dict[str, set[str]]:
    """Every method of a desk that changes what is given, with what it can change."""
    found = {
        f"{subject}.{name}": {it.name for it in inspect.signature(method).parameters.values() if it.default is UNSET}
        for subject, group in subjects(world.maria).items()
        for name, method in inspect.getmembers(group, inspect.ismethod)
    }
    return {name: arguments for name, arguments in found.items() if arguments}


def needed() -> Iterator[tuple[str, str]]:
    """Every argument that changes something and cannot be cleared."""
    for name, arguments in settable(new_world()).items():
        for argument in sorted(arguments - CLEARED.get(name, {}).keys() - {"projects", "logo"}):
            if (name, argument) not in OF_EXPENSES:
                yield name, argument


class TestUnset:
    def test_these_are_all(self, world: World) -> None:
        """Every method with an argument that can stay unset is tried here."""
        assert CHANGES.keys() == settable(world).keys()

    @pytest.mark.parametrize("name", CHANGES)
    def test_what_is_not_given_stays(self, world: World, name: str) -> None:
        """Nothing given changes nothing."""
        change = CHANGES[name](world)
        first = change()
        assert first == change()

    def test_how_it_reads(self) -> None:
        """In a signature it is the word that one types."""
        assert "UNSET" == repr(UNSET)


class TestNone:
    @pytest.mark.parametrize(("name", "field"), [(name, field) for name, given in CLEARED.items() for field in given])
    def test_it_clears_what_is_optional(self, world: World, name: str, field: str) -> None:
        """And nothing else of it."""
        world.maria.firm.set_tax("VAT", category=TaxCategory.STANDARD, percent="19")
        change = CHANGES[name](world)
        full = change(**CLEARED[name])
        assert evolve(full, **{field: None}) == change(**{field: None}) != full

    def test_a_draft_takes_all_projects_again(self, world: World) -> None:
        """Work on another project of the client is on it then."""
        save = draft(world)
        world.log(1, world.project(world.acme))
        assert (1, 2) == (len(save().lines), len(save(projects=None).lines))

    @pytest.mark.parametrize(("name", "argument"), [*needed()])
    def test_it_is_refused_where_something_has_to_be_there(self, world: World, name: str, argument: str) -> None:
        """The error says what must be given instead, and nothing changes."""
        change = CHANGES[name](world)
        before = books(world.storage, world.billing.firm_id)
        with pytest.raises(InvalidInput, match=r"must be .*, not None|None is not a currency"):
            change(**{argument: None})
        assert before == books(world.storage, world.billing.firm_id)

    @pytest.mark.parametrize("argument", ["amount", "description", "deposit", "notes"])
    def test_of_a_manual_invoice(self, world: World, argument: str) -> None:
        """It always has an amount, a description, a deposit and notes, which may be empty texts."""
        with pytest.raises(InvalidInput, match="must be"):
            manual(world)(**{argument: None})
