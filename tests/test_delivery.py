"""Messages are handed over once, however slow the notifier, and one that fails holds up no other."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import define, field

from invoicecore import (
    Action,
    Billing,
    CountingIds,
    Delivery,
    Deposit,
    EventScope,
    Firm,
    MemoryStorage,
    NullNotifier,
    RecordingNotifier,
    Role,
    deliver_all,
)
from invoicecore.errors import ConcurrencyConflict, InvalidInput, NotFound, WrongClock
from invoicecore.model.events import Changed, InvoiceGenerated, Message
from invoicecore.ports.store import AUDIT, Storage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing import QuickPasswords
from tests.databases import NewUrl
from tests.world import UNLIMITED, World, new_world, usd


@pytest.fixture
def storage(empty_storage: Storage) -> Storage:
    return empty_storage


@pytest.fixture
def world(storage: Storage) -> World:
    """The firm, with nothing that waits."""
    world = new_world(storage=storage)
    world.told()
    return world


@define
class Strict:
    """A notifier that refuses some invoices by their numbers, and counts what it took."""

    refuses: set[str] = field(factory=set)
    told: list[str] = field(factory=list)
    tried: list[str] = field(factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def notify(self, message: Message) -> None:
        """Keep the message, or raise."""
        assert isinstance(message.event, InvoiceGenerated)
        self.tried.append(message.event.number)
        self.meanwhile()
        if message.event.number in self.refuses:
            raise ConnectionError("Nobody answers at smtp://billing:secret@mail.example.")
        self.told.append(message.event.number)


def asked(world: World, count: int = 1) -> list[str]:
    """So many invoices, each with a message; their numbers."""
    made = (world.maria.invoices.manual(world.acme.id, usd(1), deposit=Deposit.TO_BALANCE) for _ in range(count))
    return [str(invoice.number) for invoice in made]


def opened(world: World, notifier: Any) -> Billing:
    """The firm as another process opens it, with that notifier."""
    return Billing.open(world.storage, clock=world.clock, notifier=notifier, passwords=QuickPasswords())


class TestWithoutNotifier:
    def test_nothing_is_delivered_and_nothing_lost(self, world: World) -> None:
        """A process without a notifier leaves the messages to one that has one."""
        numbers = asked(world, 10)
        assert Delivery(0, {}) == opened(world, None).deliver()
        strict = Strict()
        assert 10 == opened(world, strict).deliver().delivered
        assert numbers == strict.told

    def test_a_host_may_throw_them_away(self, world: World) -> None:
        """With a notifier that takes everything and does nothing."""
        asked(world, 2)
        assert 2 == opened(world, NullNotifier()).deliver().delivered
        assert 0 == opened(world, Strict()).deliver().delivered


class TestSlowNotifier:
    @pytest.mark.parametrize("seconds", [1, 70, 599])
    def test_each_is_told_once(self, world: World, seconds: int) -> None:
        """However long one takes, and although others deliver all the while: they help, and repeat nothing."""
        numbers = asked(world, 40)
        strict = Strict()
        helping = opened(world, strict)

        def pass_time() -> None:
            world.clock.advance(timedelta(seconds=seconds))
            if len(strict.tried) % 3 == 0:
                helping.deliver(2)

        strict.meanwhile = pass_time
        helping.deliver()
        assert Counter(numbers) == Counter(strict.told)

    def test_a_notifier_may_have_longer(self, world: World) -> None:
        """One message may take as long as the lease that the host gives."""
        [number] = asked(world)
        strict = Strict()

        def pass_time() -> None:
            world.clock.advance(timedelta(hours=2))
            assert Delivery(0, {}) == world.billing.deliver()

        strict.meanwhile = pass_time
        assert 1 == opened(world, strict).deliver(lease=timedelta(hours=3)).delivered
        assert [number] == strict.told

    @pytest.mark.parametrize("lease", [timedelta(0), timedelta(days=-1), timedelta(days=8), timedelta.max, 60, None])
    def test_a_lease_is_some_time(self, world: World, lease: Any) -> None:
        """Above zero, and at most a week."""
        with pytest.raises(InvalidInput, match="lease must be a timedelta"):
            world.billing.deliver(lease=lease)
        with pytest.raises(InvalidInput, match="lease must be a timedelta"):
            deliver_all(world.storage, world.notifier, lease=lease)

    def test_it_takes_what_waits_when_it_begins(self, world: World) -> None:
        """A notifier that causes messages does not go on for ever."""
        asked(world)
        strict = Strict(meanwhile=lambda: asked(world))
        assert [1, 1] == [opened(world, strict).deliver().delivered for _ in range(2)]

    def test_any_limit(self, world: World) -> None:
        """Also one that no database can count to."""
        asked(world)
        assert 1 == world.billing.deliver(10**30).delivered


class TestFailures:
    def test_the_waits_grow(self, world: World) -> None:
        """A minute, two, four and so on; after ten tries the message rests, and others were never held up."""
        [bad] = asked(world)
        strict = Strict({bad})
        billing, begin, times = opened(world, strict), world.clock.now(), []
        for _ in range(12 * 60):
            if billing.deliver().failed:
                times.append((world.clock.now() - begin) // timedelta(minutes=1))
            world.clock.advance(timedelta(minutes=1))
        assert [0, 1, 3, 7, 15, 31, 63, 127, 255, 511] == times
        [resting] = billing.undelivered()
        assert (10, "ConnectionError") == (resting.attempts, resting.error)
        assert isinstance(resting.message.event, InvoiceGenerated)
        assert "secret" not in repr(resting)
        world.clock.advance(timedelta(days=400))
        assert Delivery(0, {}) == billing.deliver()

    def test_a_resting_message_can_be_sent_again(self, world: World) -> None:
        """It is tried anew, ten times if need be; what does not rest is not there."""
        [bad] = asked(world)
        strict = Strict({bad})
        billing = opened(world, strict)
        self.exhaust(world, billing)
        [resting] = billing.undelivered()
        billing.redeliver(resting.message.id)
        assert () == billing.undelivered()
        self.exhaust(world, billing)
        assert 20 == len(strict.tried)
        billing.redeliver(resting.message.id)
        strict.refuses.clear()
        assert 1 == billing.deliver().delivered
        for id in (resting.message.id, "never there", "\0", "\ud800"):
            with pytest.raises(NotFound, match="There is no undelivered message"):
                billing.redeliver(id)
        with pytest.raises(InvalidInput):
            billing.redeliver(7)  # type: ignore[arg-type]

    @staticmethod
    def exhaust(world: World, billing: Billing) -> None:
        """Try until nothing is tried any more."""
        for _ in range(10):
            billing.deliver()
            world.clock.advance(timedelta(hours=5))

    @pytest.mark.parametrize("limit", [1, 3, 10])
    def test_ten_that_fail_hold_up_no_other(self, world: World, limit: int) -> None:
        """The good one behind them goes, with any limit, also where the bad ones are due again."""
        bad = asked(world, 10)
        strict = Strict(set(bad))
        billing = opened(world, strict)
        for _ in range(10 // limit + 1):
            billing.deliver(limit)
        world.clock.advance(timedelta(minutes=1))
        [good] = asked(world)
        billing.deliver(limit)
        assert [good] == strict.told

    def test_what_ends_its_process_rests_too(self, world: World) -> None:
        """Ten hand-overs that never came back are ten tries, and those behind it go meanwhile."""
        [bad, good] = asked(world, 2)
        strict = Strict()

        def die() -> None:
            if strict.tried[-1] == bad:
                raise KeyboardInterrupt

        strict.meanwhile = die
        billing = opened(world, strict)
        for _ in range(10):
            with pytest.raises(KeyboardInterrupt):
                billing.deliver()
            billing.deliver()
            world.clock.advance(timedelta(minutes=10))
        assert Delivery(0, {}) == billing.deliver()
        assert ([bad], [good]) == ([it.message.event.number for it in billing.undelivered()], strict.told)  # type: ignore[union-attr]

    def test_who_lost_the_lease_changes_nothing(self, world: World) -> None:
        """A notifier that took longer than it had, and then failed, does not take the message from its new holder."""
        [number] = asked(world)
        late, quick = Strict({number}), Strict()

        def overtaken() -> None:
            world.clock.advance(timedelta(hours=1))
            opened(world, quick).deliver()

        late.meanwhile = overtaken
        assert 1 == len(opened(world, late).deliver().failed)
        assert [number] == quick.told
        world.clock.advance(timedelta(days=1))
        assert Delivery(0, {}) == opened(world, quick).deliver()

    def test_a_wrong_clock_holds_nothing_back(self, world: World) -> None:
        """A message that was written ten years ahead of time is delivered now; a store with a clock of its own refuses
        to write it."""
        now = world.clock.now()
        world.clock.set(now.replace(year=2036))
        written = 1
        try:
            asked(world)
        except WrongClock:
            written = 0
        world.clock.set(now)
        assert written == world.billing.deliver().delivered


def several(storage: Storage, count: int) -> list[World]:
    """Firms that keep their books in one store."""
    ids = CountingIds()
    return [new_world(storage=storage, ids=ids) for _ in range(count)]


class TestAllFirms:
    def test_each_firm_that_has_mail(self, storage: Storage) -> None:
        """Its messages name it; a firm without mail is not opened, and one question tells which have any."""
        first, _, third = several(storage, 3)
        asked(first, 2)
        asked(third)
        begun: list[str] = []
        notifier = RecordingNotifier()
        went = deliver_all(Counted(storage, begun), notifier, clock=first.clock)
        expected = {first.billing.firm_id: Delivery(2, {}), third.billing.firm_id: Delivery(1, {})}
        assert expected == went
        assert {it.firm_id for it in notifier.messages} == expected.keys() == set(begun)
        assert {} == deliver_all(storage, notifier, clock=first.clock)

    def test_firms_take_turns(self, storage: Storage) -> None:
        """A firm with many messages does not keep others waiting."""
        first, second = several(storage, 2)
        asked(first, 5)
        asked(second, 2)
        notifier = RecordingNotifier()
        deliver_all(storage, notifier, clock=first.clock)
        of_second = [place for place, it in enumerate(notifier.messages) if it.firm_id == second.billing.firm_id]
        assert of_second in ([0, 2], [1, 3])

    def test_a_limit_is_for_each_firm(self, storage: Storage) -> None:
        """And the rest comes later."""
        worlds = several(storage, 2)
        for world in worlds:
            asked(world, 3)
        for expected in (2, 1):
            went = deliver_all(storage, RecordingNotifier(), limit=2, clock=worlds[0].clock)
            assert [expected] * 2 == [it.delivered for it in went.values()]

    def test_failures_are_of_their_firm(self, storage: Storage) -> None:
        """They rest with it."""
        [world] = several(storage, 1)
        [bad] = asked(world)
        for _ in range(10):
            deliver_all(storage, Strict({bad}), clock=world.clock)
            world.clock.advance(timedelta(hours=5))
        assert 1 == len(world.billing.undelivered())
        assert {} == deliver_all(storage, Strict(), clock=world.clock)

    def test_a_database_by_its_url(self, new_sqlite_url: NewUrl) -> None:
        """It is opened, and closed again."""
        url = new_sqlite_url()
        with Billing.create(url, Firm(name="First", currency="USD", timezone="UTC")) as billing:
            maria = billing.as_owner()
            client = maria.clients.add(name="Acme", terms=UNLIMITED)
            maria.invoices.manual(client.id, usd(1), deposit=Deposit.TO_BALANCE)
        assert [1] == [it.delivered for it in deliver_all(url, RecordingNotifier()).values()]

    @pytest.mark.parametrize("notifier", [None, "notify", print])
    def test_a_notifier_is_needed(self, notifier: Any) -> None:
        """What has no `notify` would fail for every message."""
        with pytest.raises(InvalidInput, match="A notifier has a method `notify`"):
            deliver_all(MemoryStorage(), notifier)

    def test_a_limit_is_a_whole_number(self) -> None:
        """Above zero."""
        with pytest.raises(InvalidInput, match="limit must be"):
            deliver_all(MemoryStorage(), RecordingNotifier(), limit=0)


class Counted:
    """A storage that notes the firms on which transactions began."""

    def __init__(self, inner: Storage, begun: list[str]) -> None:
        self._inner = inner
        self._begun = begun
        self.firms = inner.firms

    def begin(self, firm_id: Any) -> Any:
        """A transaction of the storage."""
        self._begun.append(firm_id)
        return self._inner.begin(firm_id)


class TestFollowing:
    """A host can follow everything, if its firm says so."""

    @pytest.fixture
    def followed(self, world: World) -> World:
        world.maria.firm.change(events=EventScope.ALL)
        world.told()
        return world

    @staticmethod
    def changes(world: World) -> list[tuple[Action, set[str]]]:
        """What was changed since the last time: by which action, and things of which kinds."""
        world.told()
        events = (it.event for it in world.notifier.messages)
        return [(it.action, {each.kind for each in it.changes}) for it in events if isinstance(it, Changed)]

    def test_not_unless_it_is_asked_for(self, world: World) -> None:
        """A firm is told of its money alone, so that work costs no message."""
        world.log(1)
        assert [] == world.told()

    def test_work_clients_projects_people_and_adjustments(self, followed: World) -> None:
        """One message for each command that changed anything."""
        maria = followed.maria
        client = maria.clients.add(name="Bolt", terms=UNLIMITED)
        project = followed.project(client)
        session = followed.log(1, project)
        maria.work.edit(session, hours=2)
        maria.work.delete(session)
        maria.accounts.adjust(client.id, usd(5), reason="Gift")
        maria.people.add(name="Kim", role=Role.WORKER)
        assert [
            (Action.ADD_CLIENT, {"Client", "Account"}),
            (Action.ADD_PROJECT, {"Project"}),
            (Action.ASSIGN, {"Account", "Project"}),
            (Action.LOG_WORK, {"WorkSession", "Account"}),
            (Action.EDIT_WORK, {"WorkSession", "Account"}),
            (Action.DELETE_WORK, {"WorkSession", "Account"}),
            (Action.ADJUST, {"Account"}),
            (Action.ADD_PERSON, {"Person"}),
        ] == self.changes(followed)

    def test_it_says_who_and_which(self, followed: World) -> None:
        """With the same ids and versions as the audit, but not why."""
        session = followed.log(1)
        self.changes(followed)
        [message] = followed.notifier.messages
        with UnitOfWork(followed.storage, followed.billing.firm_id) as uow:
            record = uow.find(AUDIT)[-1]
        assert Changed(record.action, followed.lee.person_id, record.changes) == message.event
        assert followed.billing.firm_id == message.firm_id
        assert session in {change.id for change in record.changes}

    def test_nothing_of_what_changed_nothing(self, followed: World) -> None:
        """Neither of a refusal, nor of a look, nor of a request that is sent again."""
        maria = followed.maria
        with pytest.raises(NotFound):
            maria.work.delete("nowhere")
        maria.work.sessions()
        for _ in range(2):
            maria.accounts.adjust(followed.acme.id, usd(5), reason="Gift", idempotency_key="once")
        assert [(Action.ADJUST, {"Account"})] == self.changes(followed)

    def test_it_can_be_turned_off(self, followed: World) -> None:
        """The command that does so is still told by what held before, or not: nothing after it is."""
        followed.maria.firm.change(events=EventScope.MONEY)
        self.changes(followed)
        followed.log(1)
        assert [] == self.changes(followed)

    def test_a_new_firm_may_begin_so(self) -> None:
        """And anything but a scope is refused."""
        firm = Firm(name="Northwind", currency="USD", timezone="UTC", events=EventScope.ALL)
        notifier = RecordingNotifier()
        billing = Billing.in_memory(firm, notifier=notifier)
        billing.as_owner().people.add(name="Kim", role=Role.WORKER)
        billing.deliver()
        assert 1 == len(notifier.messages)
        with pytest.raises(InvalidInput, match="events must be a EventScope"):
            billing.as_owner().firm.change(events="all")  # type: ignore[arg-type]


class TestLostLease:
    def test_a_conflict_leaves_the_message_to_the_other(self, world: World) -> None:
        """Who was overtaken at the lease hands nothing over, and says nothing."""
        asked(world)
        strict = Strict()
        billing = Billing.open(
            Overtaken(world.storage),  # type: ignore[arg-type]
            world.billing.firm_id,
            clock=world.clock,
            notifier=strict,
        )
        assert Delivery(0, {}) == billing.deliver()
        assert [] == strict.told


class Overtaken:
    """A storage in which every commit of a lease comes too late."""

    def __init__(self, inner: Storage) -> None:
        self._inner = inner

    def begin(self, firm_id: Any) -> Any:
        """A transaction that cannot commit."""
        transaction = self._inner.begin(firm_id)

        class Late:
            def __getattr__(self, name: str) -> Any:
                return getattr(transaction, name)

            def commit(self, writes: object) -> None:
                raise ConcurrencyConflict("Somebody was quicker.")

        return Late()
