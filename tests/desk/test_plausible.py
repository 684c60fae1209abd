"""What is hardly meant is refused through every door, with what would be right."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from invoicecore import Deposit, NewWorkSession, PaymentTerms, Period, utc
from invoicecore.errors import BatchRefused, DuplicatePayment, InvalidInput, InvalidState, InvoicecoreError
from invoicecore.values.ids import PersonId, ProjectId
from tests.books import books
from tests.world import NOON, UNLIMITED, World, hourly, new_world, usd

DAY = timedelta(days=1)
LONG = {"allow_over_24h": True}


@pytest.fixture
def world() -> World:
    """Nothing stops, and no refill comes between."""
    return new_world(UNLIMITED)


def doors(world: World, **work: Any) -> dict[str, Callable[[], object]]:
    """The ways by which such work could come in, for Lee on the website."""
    row = NewWorkSession(
        project_id=ProjectId(world.site.id),
        person_id=PersonId(world.lee.person_id),
        **{name: it for name, it in work.items() if name != "allow_over_24h"},
    )
    again = NewWorkSession(
        project_id=row.project_id, person_id=row.person_id, start=NOON - DAY, hours=1, source="tracker:1"
    )
    id = world.maria.work.import_many([again])[0].id
    how = {name: it for name, it in work.items() if name == "allow_over_24h"}
    sourced = evolve(row, source="tracker:1")
    return {
        "log": lambda: world.lee.work.log(world.site.id, **work),
        "edit": lambda: world.sam.work.edit(id, **work),
        "import": lambda: world.maria.work.import_many([row], **how),
        "update": lambda: world.maria.work.import_many([sourced], update=True, **how),
    }


@pytest.mark.parametrize("door", ["log", "edit", "import", "update"])
@pytest.mark.parametrize(
    ("work", "says"),
    [
        ({"start": NOON + DAY + timedelta(seconds=1), "hours": 1}, "more than a day ahead: it is 2026-03-02 12:00"),
        ({"start": utc(2030, 1, 1), "end": utc(2030, 1, 1, 1)}, "2030-01-01 00:00 UTC on is more than a day ahead"),
        ({"day": date(2026, 3, 4), "hours": 1}, "more than a day ahead"),
        ({"start": NOON, "hours": "24.01"}, "longer than 24 hours; if so, pass allow_over_24h=True"),
        ({"start": NOON - 32 * DAY, "hours": 745, **LONG}, "longer than 31 days"),
        ({"start": NOON, "hours": 27_000_000, **LONG}, "A session of 27,000,000 hours is longer than 31 days"),
        ({"start": NOON, "hours": timedelta(days=1, seconds=1)}, "A session of 24:00:01 is longer than 24 hours"),
        ({"start": NOON, "hours": 1, "note": "x" * 10_001}, "note is 10001 characters long; at most 10000 fit"),
    ],
)
def test_one_check_behind_every_door(world: World, door: str, work: dict[str, Any], says: str) -> None:
    """Logging, editing, importing and following a row refuse the same, and change nothing."""
    call = doors(world, **work)[door]
    before = books(world.storage, world.billing.firm_id)
    with pytest.raises((InvalidInput, InvalidState, BatchRefused), match=says):
        call()
    assert before == books(world.storage, world.billing.firm_id)


@pytest.mark.parametrize("door", ["log", "edit", "import", "update"])
@pytest.mark.parametrize(
    "work",
    [
        {"start": NOON + DAY, "hours": 1},
        {"day": date(2026, 3, 3), "hours": 1},
        {"start": NOON - 31 * DAY, "end": NOON, **LONG},
        {"start": NOON, "hours": 1, "note": "x" * 10_000},
        {"start": utc(1969, 7, 16, 13), "hours": 1},
    ],
)
def test_what_is_just_plausible(world: World, door: str, work: dict[str, Any]) -> None:
    """A day ahead, 31 days and 10,000 characters are the ends, and still accepted."""
    doors(world, **work)[door]()


def test_a_forgotten_timer(world: World) -> None:
    """After 32 days it is stopped at an earlier instant, or discarded."""
    timer = world.lee.work.start(world.site.id)
    world.clock.advance(32 * DAY)
    with pytest.raises(InvalidInput, match="longer than 31 days; give its real end"):
        world.lee.work.stop(timer.id, allow_over_24h=True)
    with pytest.raises(InvalidInput, match="at most 10000 fit"):
        world.lee.work.stop(timer.id, at=NOON, note="x" * 10_001)
    assert timedelta(hours=8) == world.lee.work.stop(timer.id, at=NOON + timedelta(hours=8)).duration


def test_what_was_taken_is_edited(world: World) -> None:
    """A long session, or one of tomorrow, is still edited after a clock was set right by a day."""
    id = world.lee.work.log(world.site.id, start=NOON, hours=30, allow_over_24h=True).id
    world.clock.set(NOON - DAY)
    assert "Night shift" == world.sam.work.edit(id, note="Night shift").note


@pytest.mark.parametrize("amount", ["41666666666666.67", 10**17, 10**18 - 1])
def test_a_rate_that_no_day_can_hold(world: World, amount: Any) -> None:
    """It is none, wherever it is given; the error names the largest."""
    with pytest.raises(InvalidInput, match=r"between 0 and 41666666666666\.66 USD an hour"):
        world.maria.projects.set_rate(world.site.id, hourly(amount))
    assert usd("999999999999999.84") == hourly("41666666666666.66").times(timedelta(hours=24))


class TestReceipts:
    """A payment is of a day on which money can have come, and it comes once."""

    @pytest.mark.parametrize(
        ("day", "error", "says"),
        [
            (date(1, 1, 1), InvalidInput, "from 1970-01-01 on"),
            (date(1969, 12, 31), InvalidInput, "from 1970-01-01 on"),
            (date(2027, 3, 4), InvalidState, "more than a year ahead: today is 2026-03-02"),
            (date(9999, 12, 31), InvalidState, "more than a year ahead"),
        ],
    )
    def test_the_day(self, world: World, day: date, error: type[InvoicecoreError], says: str) -> None:
        """It lies between 1970 and a year from now."""
        invoice = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE).id
        with pytest.raises(error, match=says):
            world.maria.payments.record(invoice, received_on=day)
        for plausible in (date(1970, 1, 1), date(2027, 3, 2)):
            world.maria.payments.record(invoice, usd(1), received_on=plausible)

    def test_the_same_bank_line_twice(self, world: World) -> None:
        """The second is refused and names the first, on whatever invoice of the client and by whatever method; 600 is
        left."""
        invoices = [
            world.maria.invoices.manual(world.acme.id, usd(1000), deposit=deposit).id
            for deposit in (Deposit.TO_BALANCE, Deposit.NOT_DEPOSITED)
        ]
        record = world.maria.payments.record
        first = record(invoices[0], usd(400), method="wire", reference="TX-1").payment
        before = books(world.storage, world.billing.firm_id)
        for invoice in invoices:
            with pytest.raises(DuplicatePayment, match=first.id) as refused:
                record(invoice, usd(400), reference=" TX-1 ", received_on=date(2026, 3, 2))
            assert first.id == refused.value.payment_id
        assert before == books(world.storage, world.billing.firm_id)
        assert usd(600) == world.maria.invoices.get(invoices[0]).amount_due
        record(invoices[0], usd(400), reference="TX-1", duplicate=True)

    @pytest.mark.parametrize("reference", ["tx-1", "TX\u20101", "TX-1\u200b", "\uff34X-1"])
    def test_references_are_compared_as_people_read_them(self, world: World, reference: str) -> None:
        """What is copied from another page of the same bank may hold other hyphens, and signs that are not seen."""
        invoice = world.maria.invoices.manual(world.acme.id, usd(1000), deposit=Deposit.TO_BALANCE).id
        world.maria.payments.record(invoice, usd(400), reference="TX-1")
        with pytest.raises(DuplicatePayment):
            world.maria.payments.record(invoice, usd(400), reference=reference)

    def test_the_rest_is_an_amount_too(self, world: World) -> None:
        """A payment without an amount is of all that is left."""
        one, other = (
            world.maria.invoices.manual(world.acme.id, usd(70), deposit=Deposit.TO_BALANCE).id for _ in range(2)
        )
        world.maria.payments.record(one, reference="TX-1")
        with pytest.raises(DuplicatePayment):
            world.maria.payments.record(other, reference="TX-1")

    def test_what_is_not_the_same(self, world: World) -> None:
        """Another amount, day, reference or client, none at all, and one that was taken back."""
        other = world.client()
        acmes, others = (
            world.maria.invoices.manual(id, usd(1000), deposit=Deposit.TO_BALANCE).id
            for id in sorted([world.acme.id, other.id])
        )
        record = world.maria.payments.record
        first = record(acmes, usd(100), reference="TX-1").payment
        record(acmes, usd(101), reference="TX-1")
        record(acmes, usd(100), reference="TX-2")
        record(acmes, usd(100), reference="TX-1", received_on=date(2026, 3, 1))
        record(others, usd(100), reference="TX-1")
        for _ in range(2):
            record(acmes, usd(100))
        world.maria.payments.reverse(first.id, note="Bounced.")
        record(acmes, usd(100), reference="TX-1")


def test_a_due_date_beyond_all_terms(world: World) -> None:
    """It lies no later than the longest payment terms lead, by hand or from a draft: some 20 years."""
    world.lee.work.log(world.site.id, day=date(2026, 3, 2), hours=1)
    draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
    last = date(2046, 3, 29)
    for day in (last + timedelta(days=1), date.max):
        with pytest.raises(InvalidState, match=f"cannot be due on {day}; the latest day is {last}") as refused:
            world.maria.invoices.manual(world.acme.id, usd(1), deposit=Deposit.TO_BALANCE, due_on=day)
        assert ("due_too_late", "due_on") == (refused.value.code, refused.value.field)
        with pytest.raises(InvalidState, match="the latest day is"):
            world.maria.invoices.generate(draft.id, due_on=day)
    assert last == world.maria.invoices.generate(draft.id, due_on=last).due_on
    assert last == PaymentTerms(days=3650, months=120, end_of_month=True).due(date(2026, 3, 2))


def test_an_invoice_of_no_plausible_day(world: World) -> None:
    """Nobody issued one before 1970, by hand or from a draft, however out of order it is to be."""
    early: dict[str, Any] = {"issued_on": date(1, 1, 1), "out_of_order": True}
    world.lee.work.log(world.site.id, day=date(2026, 3, 2), hours=1)
    draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
    refused = "issued_on must be a day from 1970-01-01 on, not 0001-01-01"
    with pytest.raises(InvalidInput, match=refused):
        world.maria.invoices.manual(world.acme.id, usd(1), deposit=Deposit.TO_BALANCE, **early)
    with pytest.raises(InvalidInput, match=refused):
        world.maria.invoices.generate(draft.id, **early)
