"""Commands run once, as a whole, again after a conflict, and tell what happened."""

import inspect
import time
from collections.abc import Callable
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve, field, frozen

from invoicecore import (
    Action,
    Billing,
    Delivery,
    Deposit,
    Desk,
    Invoice,
    NewExpense,
    NewWorkSession,
    OnVoid,
    Overpayment,
    Period,
    Role,
    Terms,
)
from invoicecore.desk import executor
from invoicecore.errors import (
    BalanceLimitReached,
    CommitUnknown,
    ConcurrencyConflict,
    IdempotencyKeyReused,
    InvalidInput,
    InvalidState,
    InvoicecoreError,
    StorageError,
    StorageUnavailable,
    UniqueViolation,
)
from invoicecore.model.events import (
    Changed,
    CoverLost,
    CreditApplied,
    Event,
    InvoiceDue,
    InvoiceGenerated,
    InvoiceOverdue,
    InvoicePaid,
    InvoiceReverted,
    InvoiceUncollectible,
    InvoiceVoided,
    Message,
    PaymentRecorded,
    PaymentReversed,
    RefillDue,
    RefillRequested,
    WorkStopped,
)
from invoicecore.storage.unit_of_work import UnitOfWork
from tests.books import books
from tests.storage.hooked import HookedStorage
from tests.world import NOON, UNLIMITED, World, hourly, new_world, subjects, terms, usd

MARCH = Period.month(2026, 3)

Requests = tuple[dict[str, object], dict[str, tuple[object, object]]]
"""What two requests to one method have in common, and in what they differ."""


@frozen
class Case:
    """A command that takes an idempotency key, and two requests to it."""

    name: str
    _same: dict[str, object]
    _other: dict[str, object]

    def same(self, desk: Desk, key: str | None) -> Any:
        """Make the request."""
        return attrgetter(self.name)(desk)(**self._same, idempotency_key=key)

    def other(self, desk: Desk, key: str | None) -> Any:
        """Make the other one."""
        return attrgetter(self.name)(desk)(**self._other, idempotency_key=key)


def due_refill(world: World) -> Invoice:
    """The refill of $1,000 that Acme is asked for after 20 hours."""
    world.log(20)
    return world.maria.invoices.of(world.acme.id)[-1]


def manual(world: World, amount: int = 100, deposit: Deposit = Deposit.TO_BALANCE) -> Invoice:
    """A manual invoice of Acme."""
    return world.maria.invoices.manual(world.acme.id, usd(amount), deposit=deposit)


def with_credit(world: World) -> Invoice:
    """An open invoice of $100 of a client who has $50 of credit."""
    world.maria.payments.record(manual(world).id, usd(150), overpayment=Overpayment.TO_CREDIT)
    return manual(world)


def drafted(world: World) -> str:
    """The id of a draft of eight hours in March."""
    world.log(8)
    return world.maria.invoices.draft(world.acme.id, MARCH).id


def bought(world: World, price: int) -> NewExpense:
    """Something for Acme."""
    return NewExpense(client_id=world.acme.id, day=NOON.date(), price=usd(price))


def fee(world: World) -> str:
    """The id of a fee of $10."""
    return world.maria.charges.fee(world.acme.id, NOON.date(), usd(10)).id


def two_invoices(world: World) -> Requests:
    """Of a method that takes an invoice and nothing else."""
    return {}, {"invoice_id": (manual(world).id, manual(world).id)}


def import_many(world: World) -> Requests:
    eight, seven = (
        NewWorkSession(project_id=world.site.id, person_id=world.lee.person_id, start=NOON, hours=hours)
        for hours in (8, 7)
    )
    return {}, {"rows": ([eight, eight], [seven, seven])}


def stop(world: World) -> Requests:
    timer = world.lee.work.start(world.site.id).id
    world.clock.advance(timedelta(hours=2))
    return {"timer_id": timer}, {"at": (None, NOON)}


def request_refill(world: World) -> Requests:
    world.maria.invoices.void(due_refill(world).id, note="By hand")
    return {}, {"client_id": (world.acme.id, world.client().id)}


def correct_booking_days(world: World) -> Requests:
    world.log(8)
    same = {"client_id": world.acme.id, "period": MARCH, "reason": "The clock was wrong"}
    return same, {"right_day": (date(2026, 3, 1), date(2026, 2, 28))}


def draft(world: World) -> Requests:
    world.log(8)
    return {"client_id": world.acme.id, "period": MARCH}, {"projects": (None, [world.site.id])}


def void(world: World) -> Requests:
    id = manual(world).id
    world.maria.payments.record(id, usd(40))
    return {"invoice_id": id, "note": "Wrong"}, {"payments": (OnVoid.KEEP, OnVoid.REVERSE)}


def reverse(world: World) -> Requests:
    id = world.maria.payments.record(manual(world).id, usd(40)).payment.id
    return {"payment_id": id, "note": "Mistyped"}, {"amount": (None, usd(1))}


CASES: dict[str, Callable[[World], Requests]] = {
    "work.log": lambda world: ({"project_id": world.site.id, "start": NOON}, {"hours": (8, 7)}),
    "work.import_many": import_many,
    "work.start": lambda world: ({"project_id": world.site.id}, {"note": ("", "Menu")}),
    "work.stop": stop,
    "work.discard": lambda world: (
        {},
        {"timer_id": (world.lee.work.start(world.site.id).id, world.maria.work.start(world.site.id).id)},
    ),
    "work.edit": lambda world: ({"session_id": world.log(8)}, {"hours": (6, 5)}),
    "work.delete": lambda world: ({}, {"session_id": (world.log(8), world.log(8))}),
    "charges.expense": lambda world: (
        {"client_id": world.acme.id, "day": NOON.date(), "price": usd(80)},
        {"cost": ("72.30 €", "73 €")},
    ),
    "charges.import_many": lambda world: (
        {},
        {"rows": ([bought(world, 5)], [bought(world, 6)])},
    ),
    "charges.fee": lambda world: ({"client_id": world.acme.id, "day": NOON.date()}, {"amount": (usd(5), usd(6))}),
    "charges.allow": lambda world: ({"client_id": world.acme.id}, {"amount": (usd(5), usd(6))}),
    "charges.edit": lambda world: ({"charge_id": fee(world)}, {"note": ("Train", "Hotel")}),
    "charges.delete": lambda world: ({}, {"charge_id": (fee(world), fee(world))}),
    "people.add": lambda world: (
        {"name": "Ann", "role": Role.CONTACT, "client_id": world.acme.id},
        {"limited_to": ([world.site.id], [])},
    ),
    "clients.add": lambda world: (
        {"name": "Globex"},
        {"terms": (terms(allowed="-100", refill_at="0"), terms(allowed="-200", refill_at="0"))},
    ),
    "projects.add": lambda world: ({"client_id": world.acme.id, "rate": hourly(60)}, {"name": ("Shop", "Blog")}),
    "clients.set_terms": lambda world: (
        {"client_id": world.acme.id},
        {"terms": (terms(refill_at="0"), terms(refill_at="1"))},
    ),
    "accounts.adjust": lambda world: (
        {"client_id": world.acme.id, "amount": usd(-1000)},
        {"reason": ("Old system", "Another")},
    ),
    "accounts.request_refill": request_refill,
    "accounts.correct_booking_days": correct_booking_days,
    "invoices.draft": draft,
    "invoices.manual": lambda world: (
        {"client_id": world.acme.id, "amount": usd(70)},
        {"deposit": (Deposit.TO_BALANCE, Deposit.NOT_DEPOSITED)},
    ),
    "invoices.save": lambda world: (
        {"invoice_id": drafted(world)},
        {"period": (Period.month(2026, 4), Period.month(2026, 5))},
    ),
    "invoices.generate": lambda world: ({"invoice_id": drafted(world)}, {"use_latest": (False, True)}),
    "invoices.delete": lambda world: ({}, {"invoice_id": (drafted(world), drafted(world))}),
    "invoices.revert": two_invoices,
    "invoices.set_due": two_invoices,
    "invoices.set_overdue": two_invoices,
    "invoices.set_uncollectible": two_invoices,
    "invoices.set_paid": two_invoices,
    "invoices.void": void,
    "payments.record": lambda world: ({"invoice_id": manual(world).id}, {"amount": (usd(40), usd(50))}),
    "payments.apply_credit": lambda world: ({"invoice_id": with_credit(world).id}, {"amount": (usd(20), None)}),
    "payments.reverse": reverse,
}


def made(name: str, world: World) -> Case:
    """The case of a command, and all that it needs in the books."""
    given, either = CASES[name](world)
    same, other = ({**given, **{name: values[place] for name, values in either.items()}} for place in (0, 1))
    return Case(name, same, other)


DIGESTS = {
    "work.log": "1:33bbc709af705186f50ef9cc6e012b1f",
    "work.import_many": "1:e75685f28cc575ee0fba6956f8a2fa56",
    "work.start": "1:9448f6d5dc97bc4a4b67fc6c09b56e7e",
    "work.stop": "1:84129a2d30502239283d853b0b62b042",
    "work.discard": "1:325739f2b31d8798faffadc023877d8f",
    "work.edit": "1:7c60e18b9db585b654e1211fa33a5bb1",
    "work.delete": "1:0158d697ecbdca0fc993cd437cf6d10a",
    "charges.expense": "1:bf5b6fb3d472b96d82e0720a882d3c30",
    "charges.import_many": "1:18824069aa03ab731033d121f48f027f",
    "charges.fee": "1:81e2e4153c4d9f93d7e8f1e9b095e4b3",
    "charges.allow": "1:81d8acc525821114c25f209578e455f0",
    "charges.edit": "1:e1d5dae6bfd22e2f3bb52ef92805e684",
    "charges.delete": "1:6a5bf22327eb45417fbab9f9504d36b5",
    "people.add": "1:3aa659f5c471a95d8aca412e28dabd88",
    "clients.add": "1:40c691f6dda473e7ad461c970f649167",
    "projects.add": "1:c5ac7289c8f66d6d684b652de03610bb",
    "clients.set_terms": "1:d3be596c606be01ff77aeb9f7667cc0a",
    "accounts.adjust": "1:c7848733d0f5b7ea6957507e0d9b0fdc",
    "accounts.correct_booking_days": "1:c55bf4d0e7b3facb9e1dc7e82b085547",
    "accounts.request_refill": "1:3eae627c66d224a7e8a956e0ffad7699",
    "invoices.draft": "1:cd34e0ac2d2b5f7c84b1dc43744b6bbd",
    "invoices.manual": "1:c794b80423e53e19527bc325611718cc",
    "invoices.save": "1:bab7a1572fadd43d06c1a3c6d5689acb",
    "invoices.generate": "1:0d0068e239ed65d01e192cf1bb63f818",
    "invoices.delete": "1:4dc390d9ab542e5926be024c8cfa131c",
    "invoices.revert": "1:606a5aa4f5c2bea493c24dc77c4bf1f2",
    "invoices.set_due": "1:34df8e1d2b40d4ad1a61f59acc7acbc3",
    "invoices.set_overdue": "1:f84c42c8638341ba10e23ad168bdfac3",
    "invoices.set_uncollectible": "1:0e66aab45bd90f09b4caab4844e90876",
    "invoices.set_paid": "1:1924dfdfc278431dfa6108579f7b4079",
    "invoices.void": "1:575409d3aab773669ee339a44ccc408a",
    "payments.record": "1:a3e940196564498e1bc7a3eb17556fb8",
    "payments.apply_credit": "1:a87ea911a27f22f65b90a57735974c0b",
    "payments.reverse": "1:23374a330b4e8d7c7d4a26201d2add3c",
}


def endless() -> list[Any]:
    """A list that is in itself."""
    several: list[Any] = []
    several.append(several)
    return several


def taking_a_key(desk: Desk) -> set[str]:
    """Every method of a desk that takes an idempotency key."""
    return {
        f"{subject}.{name}"
        for subject, group in subjects(desk).items()
        for name, method in inspect.getmembers(group, inspect.ismethod)
        if "idempotency_key" in inspect.signature(method).parameters
    }


def stored(world: World) -> object:
    """All that the firm has."""
    return books(world.storage, world.billing.firm_id)


each_command = pytest.mark.parametrize("name", CASES)


class TestIdempotency:
    def test_every_command_that_takes_a_key_is_tried_here(self, world: World) -> None:
        """A command that is added is added to the cases."""
        assert set(CASES) == taking_a_key(world.maria)

    @each_command
    def test_the_same_request_again_has_one_effect_and_an_equal_result(self, world: World, name: str) -> None:
        """Also later, and after the host was started again; nothing is written the second time."""
        case = made(name, world)
        first = case.same(world.maria, "k")
        after = stored(world)
        world.clock.advance(timedelta(days=1))
        assert first == case.same(world.maria, "k")
        again = Billing.open(world.storage, clock=world.clock)
        assert first == case.same(again.acting_as(world.maria.person_id), "k")
        assert after == stored(world)

    @each_command
    def test_another_request_under_the_same_key_is_refused(self, world: World, name: str) -> None:
        """The key stands for the first request; nothing changes."""
        case = made(name, world)
        case.same(world.maria, "k")
        after = stored(world)
        with pytest.raises(IdempotencyKeyReused, match="'k' was used for another request"):
            case.other(world.maria, "k")
        assert after == stored(world)

    @each_command
    def test_a_key_belongs_to_the_one_who_used_it(self, world: World, name: str) -> None:
        """The same request by another Manager is another request."""
        case = made(name, world)
        mona = world.billing.acting_as(world.maria.people.add(name="Mona", role=Role.MANAGER).id)
        case.same(world.maria, "k")
        after = stored(world)
        with pytest.raises(IdempotencyKeyReused):
            case.same(mona, "k")
        assert after == stored(world)

    def test_a_key_belongs_to_a_role(self, world: World) -> None:
        """What a Manager was shown is not shown again to the Worker that they have become."""
        mona = world.billing.acting_as(world.maria.people.add(name="Mona", role=Role.MANAGER).id)
        world.maria.projects.assign(world.site.id, mona.person_id)
        case = made("work.log", world)
        case.same(mona, "k")
        world.maria.people.change(mona.person_id, role=Role.WORKER)
        after = stored(world)
        with pytest.raises(IdempotencyKeyReused):
            case.same(mona, "k")
        assert after == stored(world)

    @each_command
    def test_a_refused_call_stores_no_key(self, world: World, name: str) -> None:
        """Cleo may not; afterwards the key is as good as new for Maria."""
        case = made(name, world)
        before = stored(world)
        with pytest.raises(InvoicecoreError):
            case.same(world.cleo, "k")
        assert before == stored(world)
        first = case.same(world.maria, "k")
        assert first == case.same(world.maria, "k")

    def test_one_key_is_for_one_command(self, world: World) -> None:
        """A key that logged work does not adjust, and one that stopped a timer does not discard it."""
        timer = world.maria.work.start(world.site.id).id
        world.maria.work.stop(timer, idempotency_key="t")
        with pytest.raises(IdempotencyKeyReused):
            world.maria.work.discard(timer, idempotency_key="t")
        made("work.log", world).same(world.maria, "k")
        with pytest.raises(IdempotencyKeyReused):
            made("accounts.adjust", world).same(world.maria, "k")

    def test_another_key_is_another_command(self, world: World) -> None:
        """And so is no key at all."""
        case = made("work.log", world)
        for key in ("a", "b", None):
            case.same(world.maria, key)
        assert usd(-1200) == world.balance()

    def test_a_call_refused_by_a_rule_of_money_stores_no_key(self, world: World) -> None:
        """When the stop is lifted, the same request under the same key is accepted."""
        world.maria.accounts.adjust(world.acme.id, usd(-1500), reason="Old system")
        case = made("work.log", world)
        with pytest.raises(BalanceLimitReached):
            case.same(world.maria, "k")
        world.maria.accounts.adjust(world.acme.id, usd(1500), reason="Mistake")
        case.same(world.maria, "k")
        case.same(world.maria, "k")
        assert usd(-400) == world.balance()

    def test_a_command_that_changes_nothing_keeps_its_key(self, world: World) -> None:
        """Setting a due invoice due changes nothing, and under the same key nothing else can be asked."""
        one, other = manual(world), manual(world)
        due = world.maria.invoices.set_due(one.id)
        assert due == world.maria.invoices.set_due(one.id, idempotency_key="k")
        world.maria.invoices.set_paid(one.id)
        assert due == world.maria.invoices.set_due(one.id, idempotency_key="k")
        with pytest.raises(IdempotencyKeyReused):
            world.maria.invoices.set_due(other.id, idempotency_key="k")

    def test_equal_requests_in_other_words_are_the_same(self, world: World) -> None:
        """Eight hours are "8.0" hours, and blanks around a note say nothing."""
        work = world.maria.work
        first = work.log(world.site.id, start=NOON, hours=8, note="Menu", idempotency_key="k")
        start = NOON.astimezone(ZoneInfo("Asia/Tokyo"))
        assert first == work.log(world.site.id, start=start, hours="8.0", note=" Menu ", idempotency_key="k")

    @each_command
    def test_the_digest_of_a_request_is_frozen(self, world: World, name: str) -> None:
        """It is stored beside the key, so it is the same in every later version."""
        made(name, world).same(world.maria, "k")
        with UnitOfWork(world.storage, world.billing.firm_id) as uow:
            stored = uow.find_idempotency_record("k")
        assert stored is not None
        assert DIGESTS[name] == stored.request

    def test_a_later_argument_changes_no_request_unless_it_is_given(self) -> None:
        """What is at its default in the method is left out."""

        def now(name: str, *, notes: str = "") -> None: ...

        def later(name: str, *, notes: str = "", rush: bool = False) -> None: ...

        before = executor.keyed("k", now, name="Site", notes="Soon")
        assert before == executor.keyed("k", later, name="Site", notes="Soon", rush=False)
        assert before != executor.keyed("k", later, name="Site", notes="Soon", rush=True)

    def test_a_later_field_changes_no_request_unless_it_is_given(self, world: World) -> None:
        """Wherever it stands in a value that is given."""

        @frozen(kw_only=True)
        class Stricter(Terms):
            grace_days: int = 0

        actor, agreed = world.maria.people.me(), terms()
        stricter = Stricter(allowed_balance=agreed.allowed_balance, refill=agreed.refill)
        before, same, other = (
            executor._digest(Action.SET_TERMS, actor, executor.KeyedRequest("k", {"terms": given}))
            for given in (agreed, stricter, evolve(stricter, grace_days=3))
        )
        assert before == same != other

    @pytest.mark.parametrize("other", [object(), {1, 2}, endless()])
    def test_what_is_no_value_is_malformed(self, world: World, other: Any) -> None:
        """With a key it has to be written down."""
        with pytest.raises(InvalidInput):
            world.maria.invoices.revert(other, idempotency_key="k")

    @pytest.mark.parametrize("key", ["", "  ", "x" * 201, "a\nb", 5])
    def test_a_key_is_a_short_text(self, world: World, key: Any) -> None:
        """Anything else is malformed."""
        with pytest.raises(InvalidInput):
            world.maria.accounts.adjust(world.acme.id, usd(1), reason="Gift", idempotency_key=key)


@pytest.fixture
def hooked(world: World, monkeypatch: pytest.MonkeyPatch) -> HookedStorage:
    """Storage that fails as planned, and no waiting between the attempts."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    return HookedStorage(world.storage)


@pytest.fixture
def maria(world: World, hooked: HookedStorage) -> Desk:
    """Maria at a desk on the storage that fails."""
    return Billing.open(hooked, clock=world.clock).acting_as(world.maria.person_id)


class TestConflict:
    @pytest.mark.parametrize("fault", [ConcurrencyConflict("x"), UniqueViolation("x")], ids=["conflict", "unique"])
    @each_command
    def test_a_command_runs_again_as_a_whole(
        self, world: World, hooked: HookedStorage, maria: Desk, name: str, fault: StorageError
    ) -> None:
        """Twice somebody was quicker; the third attempt stands, and nothing of the first two is left."""
        case, twin = made(name, world), new_world()
        hooked.faults = [fault, fault]
        case.same(maria, None)
        assert 3 == hooked.commits
        made(name, twin).same(twin.maria, None)
        assert len(books(twin.storage, twin.billing.firm_id).audit) == len(books(hooked, world.billing.firm_id).audit)
        assert twin.balance() == world.balance()
        assert twin.maria.firm.next_number() == world.maria.firm.next_number()

    def test_it_gives_up_after_a_while(self, world: World, hooked: HookedStorage, maria: Desk) -> None:
        """The conflict is given back to the caller, and nothing has changed."""
        before = stored(world)
        hooked.faults = [ConcurrencyConflict("x")] * 1000
        with pytest.raises(ConcurrencyConflict):
            maria.accounts.adjust(world.acme.id, usd(1), reason="Gift", idempotency_key="k")
        assert executor.ATTEMPTS == hooked.commits <= 100
        assert before == stored(world)

    def test_a_refusal_is_not_tried_again(self, world: World, hooked: HookedStorage, maria: Desk) -> None:
        """What is not allowed is not committed at all."""
        with pytest.raises(InvalidState):
            maria.accounts.request_refill(world.acme.id)
        assert 0 == hooked.commits

    def test_storage_that_is_away_is_not_tried_again(self, world: World, hooked: HookedStorage, maria: Desk) -> None:
        """Whoever asked is told at once, and nothing was written."""
        before = stored(world)
        hooked.faults = [StorageUnavailable("x")]
        with pytest.raises(StorageUnavailable):
            maria.accounts.adjust(world.acme.id, usd(1), reason="Gift")
        assert 1 == hooked.commits
        assert before == stored(world)

    def test_the_state_is_read_anew(self, world: World, hooked: HookedStorage, maria: Desk) -> None:
        """When another command stopped the client meanwhile, the second attempt is refused."""
        hooked.interrupt(6, lambda: world.maria.accounts.adjust(world.acme.id, usd(-1500), reason="Old system"))
        with pytest.raises(BalanceLimitReached):
            maria.work.log(world.site.id, start=NOON, hours=8)
        assert usd(-1500) == world.balance()
        assert 1 == hooked.conflicts

    def test_a_row_of_a_batch_is_not_blamed_for_storage(self, world: World, hooked: HookedStorage, maria: Desk) -> None:
        """A conflict is nobody's row: the batch runs again."""
        hooked.faults = [ConcurrencyConflict("x")]
        made("work.import_many", world).same(maria, None)
        assert usd(-800) == world.balance()


class TestLostAnswer:
    def test_with_a_key_it_takes_effect_once_if_the_commit_did_not_stand(
        self, world: World, hooked: HookedStorage, maria: Desk
    ) -> None:
        """The command is sent again and does it now."""
        hooked.faults = [CommitUnknown("x"), CommitUnknown("x")]
        maria.accounts.adjust(world.acme.id, usd(-100), reason="Old system", idempotency_key="k")
        assert (3, usd(-100)) == (hooked.commits, world.balance())

    @pytest.mark.parametrize("stood", [True, False])
    def test_without_a_key_nobody_knows(self, world: World, hooked: HookedStorage, maria: Desk, stood: bool) -> None:
        """The error is raised, for trying again could do it twice."""
        hooked.faults, hooked.answers_lost = [CommitUnknown("x")], stood
        with pytest.raises(CommitUnknown):
            maria.accounts.adjust(world.acme.id, usd(-100), reason="Old system")
        assert (1, usd(-100) if stood else usd(0)) == (hooked.commits, world.balance())


@frozen
class Moody:
    """A notifier that refuses some messages and keeps the others."""

    refuses: list[type[object]]
    told: list[Message] = field(factory=list)

    def notify(self, message: Message) -> None:
        """Keep the message, or raise."""
        if type(message.event) in self.refuses:
            raise RuntimeError("The mail server is away.")
        self.told.append(message)


class TestDeliver:
    def test_nothing_is_sent_before(self, world: World) -> None:
        """A refill was made; it is told when the host says so, and once."""
        world.log(20)
        assert [] == world.notifier.messages
        assert ["InvoiceGenerated", "RefillRequested"] == world.told()
        assert [] == world.told()

    def test_what_was_not_committed_is_not_told(self, world: World, hooked: HookedStorage, maria: Desk) -> None:
        """Neither a refused command nor an attempt that was overtaken leaves a message."""
        hooked.faults = [ConcurrencyConflict("x")]
        maria.accounts.adjust(world.acme.id, usd(-1000), reason="Old system")
        assert ["InvoiceGenerated", "RefillRequested"] == world.told()
        hooked.faults = [StorageUnavailable("x")]
        with pytest.raises(StorageUnavailable):
            maria.invoices.manual(world.acme.id, usd(1), deposit=Deposit.TO_BALANCE)
        assert [] == world.told()

    def test_the_messages_are_there_with_the_change(self, world: World) -> None:
        """A host that opens the store later hands over what is waiting, the oldest first."""
        world.clock.advance(timedelta(hours=1))
        world.log(20)
        world.clock.advance(timedelta(hours=1))
        manual(world)
        notifier = Moody([])
        delivery = Billing.open(world.storage, clock=world.clock, notifier=notifier).deliver()
        assert (3, {}) == (delivery.delivered, delivery.failed)
        assert ["InvoiceGenerated", "RefillRequested", "InvoiceGenerated"] == [
            type(message.event).__name__ for message in notifier.told
        ]
        assert [NOON + timedelta(hours=hours) for hours in (1, 1, 2)] == [message.at for message in notifier.told]
        assert 3 == len({message.id for message in notifier.told})

    def test_a_message_that_is_refused_holds_no_other_up(self, world: World) -> None:
        """It stays, is named with its error, and comes again with the same id until it is taken."""
        world.log(20)
        moody = Moody([InvoiceGenerated])
        billing = Billing.open(world.storage, clock=world.clock, notifier=moody)
        first = billing.deliver()
        assert [RefillRequested] == [type(message.event) for message in moody.told]
        assert 1 == first.delivered
        [(id, error)] = first.failed.items()
        assert "The mail server is away." == str(error)
        assert Delivery(0, {}) == billing.deliver()
        world.clock.advance(timedelta(minutes=1))
        assert {id} == billing.deliver().failed.keys()
        moody.refuses.clear()
        world.clock.advance(timedelta(minutes=2))
        assert (1, {}) == (billing.deliver().delivered, billing.deliver().failed)
        assert [id] == [message.id for message in moody.told if isinstance(message.event, InvoiceGenerated)]

    def test_a_failing_notifier_undoes_nothing(self, world: World) -> None:
        """Money that moved has moved."""
        world.log(20)
        Billing.open(world.storage, clock=world.clock, notifier=Moody([InvoiceGenerated, RefillRequested])).deliver()
        assert usd(-1000) == world.balance()
        assert 1 == len(world.maria.invoices.of(world.acme.id))

    def test_a_host_that_dies_leaves_its_messages_for_later(self, world: World) -> None:
        """What it had in hand comes again after a while, with the same id, and meanwhile to nobody else; the others
        wait for nothing."""
        world.log(20)
        seen: list[Message] = []

        class Dying:
            def notify(self, message: Message) -> None:
                seen.append(message)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            Billing.open(world.storage, clock=world.clock, notifier=Dying()).deliver()
        assert ["RefillRequested"] == world.told()
        world.clock.advance(timedelta(minutes=10))
        assert ["InvoiceGenerated"] == world.told()
        assert seen == world.notifier.messages

    def test_only_so_many_are_handed_over(self, world: World) -> None:
        """The rest waits for the next time."""
        numbers = [manual(world).number for _ in range(5)]
        counts = [world.billing.deliver(2).delivered for _ in range(4)]
        assert [2, 2, 1, 0] == counts
        told = [
            message.event.number for message in world.notifier.messages if isinstance(message.event, InvoiceGenerated)
        ]
        assert numbers == told

    def test_two_hosts_deliver_each_message_once(self, world: World, hooked: HookedStorage) -> None:
        """While one takes the waiting messages, the other does: neither fails, and nobody is told twice."""
        for calls in range(20):
            world.notifier.messages.clear()
            manual(world)
            mine = Moody([])
            hooked.interrupt(calls, world.billing.deliver)
            Billing.open(hooked, clock=world.clock, notifier=mine).deliver()
            assert 1 == len(mine.told) + len(world.notifier.messages)

    def test_a_lost_answer_tells_twice_rather_than_never(self, world: World, hooked: HookedStorage) -> None:
        """When it is not known whether the message is out of the outbox, it is asked again."""
        manual(world)
        hooked.faults, hooked.answers_lost = [None, CommitUnknown("x")], True
        mine = Moody([])
        assert 1 == Billing.open(hooked, clock=world.clock, notifier=mine).deliver().delivered
        assert [] == world.told()

    def test_a_notifier_may_look_at_the_books(self, world: World) -> None:
        """Handing over happens outside of any unit of work."""
        balances = []

        class Looking:
            def notify(self, message: Message) -> None:
                balances.append(world.balance())
                world.maria.accounts.adjust(world.acme.id, usd(1), reason="For looking")

        world.log(20)
        Billing.open(world.storage, clock=world.clock, notifier=Looking()).deliver()
        assert [usd(-1000), usd(-999)] == balances


class TestWorkStopped:
    def test_it_is_told_when_a_commit_makes_work_stop(self, world: World) -> None:
        """Once: more work past the stop and refusals tell nothing."""
        world.maria.accounts.adjust(world.acme.id, usd(-1450), reason="Old system")
        world.told()
        world.log(1)
        assert ["WorkStopped"] == world.told()
        [message] = world.notifier.messages
        assert WorkStopped(world.acme.id, usd(-1500), usd(-1500)) == message.event
        with pytest.raises(BalanceLimitReached):
            world.log(1)
        world.maria.work.log(world.site.id, start=NOON, hours=1, over_limit=True, reason="Was done")
        assert [] == world.told()

    def test_it_is_told_again_after_the_stop_was_lifted(self, world: World) -> None:
        """Each time that work stops anew."""
        world.maria.accounts.adjust(world.acme.id, usd(-1500), reason="Old system")
        world.maria.accounts.adjust(world.acme.id, usd(1), reason="Gift")
        world.told()
        world.log(1)
        assert ["WorkStopped"] == world.told()

    def test_every_way_of_stopping_tells(self, world: World) -> None:
        """New terms, a new client whose terms leave no room, a timer that ends, a batch, a reversed payment."""
        world.maria.clients.set_terms(world.acme.id, Terms(allowed_balance=usd(0)))
        assert ["WorkStopped"] == world.told()
        world.client("Prepaying", Terms(allowed_balance=usd(0)))
        assert ["WorkStopped"] == world.told()
        world.maria.clients.set_terms(world.acme.id, Terms(allowed_balance=usd(-10)))
        timer = world.lee.work.start(world.site.id)
        world.clock.advance(timedelta(hours=1))
        world.lee.work.stop(timer.id)
        assert ["WorkStopped"] == world.told()
        world.maria.clients.set_terms(world.acme.id, Terms(allowed_balance=usd(-100)))
        row = NewWorkSession(project_id=world.site.id, person_id=world.lee.person_id, start=NOON, hours=1)
        world.maria.work.import_many([row])
        assert ["WorkStopped"] == world.told()
        payment = world.maria.payments.record(manual(world).id, usd(50)).payment
        world.told()
        world.maria.payments.reverse(payment.id, note="Bounced")
        assert ["PaymentReversed", "WorkStopped"] == world.told()

    def test_no_limit_never_tells(self, world: World) -> None:
        """Terms without an allowed balance stop nothing."""
        world.log(24, world.project(world.client(terms=UNLIMITED)))
        assert [] == world.told()


class TestEvents:
    """Each kind of event, told by the commands that cause it."""

    TESTED: tuple[type[object], ...] = (
        RefillDue,
        RefillRequested,
        WorkStopped,
        InvoiceGenerated,
        InvoiceReverted,
        InvoiceDue,
        InvoiceOverdue,
        InvoiceUncollectible,
        InvoicePaid,
        InvoiceVoided,
        PaymentRecorded,
        PaymentReversed,
        CreditApplied,
        Changed,
        CoverLost,
    )

    def events(self, world: World) -> list[Event]:
        """What is told now."""
        world.told()
        return [message.event for message in world.notifier.messages]

    def test_there_are_no_others(self) -> None:
        """A kind that is added is added here; a stopped client is told of above, and `Changed` in `test_delivery`."""
        assert set(get_args(Event)) == set(self.TESTED)

    @pytest.mark.req("A39")
    def test_refill_requested(self, world: World) -> None:
        """The generated invoice and the refill are told, in this order."""
        refill = due_refill(world)
        assert refill.due_on is not None
        assert [
            InvoiceGenerated(world.acme.id, refill.id, "INV-2026-0001", usd(1000), refill.due_on),
            RefillRequested(world.acme.id, refill.id, usd(1000)),
        ] == self.events(world)

    def test_refill_requested_by_hand(self, world: World) -> None:
        """Asked for after a void."""
        world.maria.invoices.void(due_refill(world).id, note="By hand")
        world.told()
        world.maria.accounts.request_refill(world.acme.id)
        assert ["InvoiceGenerated", "RefillRequested"] == world.told()

    def test_invoice_generated(self, world: World) -> None:
        """Of a draft, and of a manual invoice, which is born so; a draft tells nothing."""
        draft = drafted(world)
        assert [] == world.told()
        invoice = world.maria.invoices.generate(draft)
        assert invoice.due_on is not None
        assert [InvoiceGenerated(world.acme.id, invoice.id, "INV-2026-0001", usd(400), invoice.due_on)] == self.events(
            world
        )
        manual(world)
        assert ["InvoiceGenerated"] == world.told()

    def test_invoice_reverted(self, world: World) -> None:
        """With the number that it keeps."""
        invoice = manual(world)
        world.told()
        world.maria.invoices.revert(invoice.id)
        assert [InvoiceReverted(world.acme.id, invoice.id, "INV-2026-0001")] == self.events(world)

    @pytest.mark.parametrize(
        ("action", "event"),
        [("set_due", InvoiceDue), ("set_overdue", InvoiceOverdue), ("set_uncollectible", InvoiceUncollectible)],
    )
    def test_a_status_that_is_set(self, world: World, action: str, event: type[Any]) -> None:
        """Due, overdue and uncollectible tell what is open; setting the same again tells nothing."""
        invoice = manual(world)
        world.maria.payments.record(invoice.id, usd(30))
        world.maria.invoices.set_uncollectible(invoice.id)
        world.maria.invoices.set_due(invoice.id)
        if event is InvoiceDue:
            world.maria.invoices.set_overdue(invoice.id)
        world.told()
        getattr(world.maria.invoices, action)(invoice.id)
        assert [event(world.acme.id, invoice.id, "INV-2026-0001", usd(70))] == self.events(world)
        getattr(world.maria.invoices, action)(invoice.id)
        assert [] == world.told()

    def test_payment_recorded_and_invoice_paid(self, world: World) -> None:
        """A part is recorded; the rest is recorded and the invoice is paid."""
        invoice = manual(world)
        world.told()
        payment = world.maria.payments.record(invoice.id, usd(30)).payment
        assert [PaymentRecorded(world.acme.id, payment.id, invoice.id, usd(30))] == self.events(world)
        rest = world.maria.payments.record(invoice.id).payment
        assert [
            PaymentRecorded(world.acme.id, rest.id, invoice.id, usd(70)),
            InvoicePaid(world.acme.id, invoice.id, "INV-2026-0001", usd(100)),
        ] == self.events(world)

    def test_set_paid_is_a_payment(self, world: World) -> None:
        """From the status menu the same is told."""
        invoice = manual(world)
        world.told()
        world.maria.invoices.set_paid(invoice.id)
        assert ["PaymentRecorded", "InvoicePaid"] == world.told()

    def test_invoice_voided(self, world: World) -> None:
        """Without the reason, which is for Managers."""
        invoice = manual(world)
        world.told()
        world.maria.invoices.void(invoice.id, note="Secret")
        assert [InvoiceVoided(world.acme.id, invoice.id, "INV-2026-0001")] == self.events(world)

    def test_payment_reversed(self, world: World) -> None:
        """By hand, and with a void that says that the money went back."""
        invoice = manual(world)
        payment = world.maria.payments.record(invoice.id, usd(30)).payment
        world.told()
        world.maria.payments.reverse(payment.id, note="Mistyped", amount=usd(10))
        assert [PaymentReversed(world.acme.id, payment.id, usd(10))] == self.events(world)
        world.maria.invoices.void(invoice.id, note="Wrong", payments=OnVoid.REVERSE)
        assert [
            InvoiceVoided(world.acme.id, invoice.id, "INV-2026-0001"),
            PaymentReversed(world.acme.id, payment.id, usd(20)),
        ] == self.events(world)

    def test_credit_applied(self, world: World) -> None:
        """With what it paid, and that the invoice is paid if it is."""
        invoice = with_credit(world)
        world.told()
        world.maria.payments.apply_credit(invoice.id, usd(20))
        assert [CreditApplied(world.acme.id, invoice.id, usd(20))] == self.events(world)
        world.maria.payments.record(invoice.id, usd(50))
        world.told()
        world.maria.payments.apply_credit(invoice.id)
        assert ["CreditApplied", "InvoicePaid"] == world.told()

    def test_refill_due(self, world: World) -> None:
        """A void that leaves a refill due tells it, and a sweep asks for all that are due."""
        refill = due_refill(world)
        world.told()
        world.maria.invoices.void(refill.id, note="Not agreed")
        assert [InvoiceVoided(world.acme.id, refill.id, "INV-2026-0001"), RefillDue(world.acme.id)] == self.events(
            world
        )
        [asked] = world.maria.accounts.sweep_refills()
        assert refill.total == asked.total
        assert ["InvoiceGenerated", "RefillRequested"] == world.told()
        assert () == world.maria.accounts.sweep_refills()

    def test_cover_lost(self, world: World) -> None:
        """What takes cover away names the invoices that count on it, the latest first, up to that amount."""
        asked = manual(world, 1000)
        first, second, third = (world.maria.invoices.generate(drafted(world)).id for _ in range(3))
        world.told()  # they are covered by 400 each, and the third by the 200 that are left
        world.maria.invoices.void(asked.id, note="Mistyped")
        assert [
            InvoiceVoided(world.acme.id, asked.id, "INV-2026-0001"),
            RefillDue(world.acme.id),
            CoverLost(world.acme.id, usd(1000), (third, second, first)),
        ] == self.events(world)
        world.maria.accounts.adjust(world.acme.id, usd(500), reason="A half of it")
        world.maria.accounts.adjust(world.acme.id, usd(-10), reason="Less of it")
        assert [CoverLost(world.acme.id, usd(510), (third, second))] == self.events(world)

    def test_work_and_settings_tell_nothing(self, world: World) -> None:
        """Hours, edits, rates and people are nobody's news."""
        id = world.log(8)
        world.sam.work.edit(id, hours=7)
        world.maria.projects.set_rate(world.site.id, hourly(60))
        world.maria.people.add(name="Kim", role=Role.WORKER)
        world.sam.work.delete(id)
        assert [] == world.told()
