"""Checks of what is stored beside entities and facts: reservations, counters, idempotency keys, and the outbox."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from invoicecore.errors import ConcurrencyConflict, UniqueViolation
from invoicecore.model.person import Person
from invoicecore.model.work_session import WorkSessionView
from invoicecore.ports.store import AT_ONCE, FirmsQuery, FirmTask, IdempotencyRecord, UniqueKind, WaitingMessage
from invoicecore.settlement.account import Standing
from invoicecore.settlement.payment import Receipt
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.examples import EXAMPLES, MESSAGES, TEXTS, made
from invoicecore.testing.conformance.things import ACME, KIM, NOON
from invoicecore.testing.conformance.trial import (
    CONFLICTS,
    Action,
    Room,
    Trial,
    changing,
    steps,
    together,
    went_through,
    writing,
)
from invoicecore.values.money import Money


def _reserving(owner: str, *keys: str, kind: UniqueKind = UniqueKind.NUMBER) -> Action:
    return lambda uow: uow.reserve(kind, keys, owner)


def _releasing(*keys: str) -> Action:
    return lambda uow: uow.release(UniqueKind.NUMBER, keys)


def _owners(trial: Trial, *keys: str, kind: UniqueKind = UniqueKind.NUMBER) -> dict[str, str]:
    return trial.look(lambda uow: dict(uow.owners(kind, keys)))


class Reservations(Room):
    """Uniqueness."""

    def test_a_key_belongs_to_who_reserved_it(self, trial: Trial) -> None:
        """`owners` gives the owner of each key; keys that are free are not in it."""
        trial.do(_reserving("one", "1", "2"))
        trial.do(_reserving("two", "3"))
        trial.expect({"1": "one", "3": "two"}, _owners(trial, "1", "3", "4"), "the owners")
        trial.expect({}, _owners(trial), "the owners of no keys")

    def test_what_another_owns_is_refused(self, trial: Trial) -> None:
        """A key that another owns cannot be reserved; its owner may reserve it again."""
        trial.do(_reserving("one", "1"))
        trial.do(_reserving("one", "1"))
        with trial.refuses("the reservation of what another owns", UniqueViolation):
            trial.attempt(_reserving("two", "1"))
        with trial.refuses("two owners of one key in one unit", UniqueViolation):
            trial.attempt(_reserving("one", "2"), _reserving("two", "2"))
        trial.expect({"1": "one"}, _owners(trial, "1", "2"), "the owners")

    def test_in_a_race_one_gets_it(self, trial: Trial) -> None:
        """Of two units that see a key free and reserve it, one commits."""
        kind, owners = UniqueKind.TIMER, ("one", "two")

        def look_and_reserve(owner: str) -> Action:
            return steps(lambda uow: uow.owners(kind, ["lee"]), _reserving(owner, "lee", kind=kind))

        won = trial.winner(*map(look_and_reserve, owners))
        trial.expect({"lee": owners[won]}, _owners(trial, "lee", kind=kind), "the owner")

    def test_many_race_for_one_key(self, trial: Trial) -> None:
        """Of eight threads that reserve one key, one gets it."""

        def reserve(thread: int) -> bool:
            return went_through(lambda: trial.attempt(_reserving(f"owner {thread}", "1")))

        got = [thread for thread, won in enumerate(together(8, reserve)) if won]
        trial.expect(1, len(got), "how many got it")
        trial.expect({"1": f"owner {got[0]}"}, _owners(trial, "1"), "the owner")

    def test_one_of_many_taken_spoils_all(self, trial: Trial) -> None:
        """Of keys that are reserved together, all are reserved or none."""
        trial.store(*(things.session(id) for id in "abc"), things.draft("one"), things.draft("two"))
        trial.do(_reserving("one", "b", kind=UniqueKind.CHARGE))
        with trial.refuses("a reservation of three keys of which one is owned", UniqueViolation):
            trial.attempt(_reserving("two", "a", "b", "c", kind=UniqueKind.CHARGE))
        trial.expect({"b": "one"}, _owners(trial, "a", "b", "c", kind=UniqueKind.CHARGE), "the owners")

    def test_what_is_released_is_free(self, trial: Trial) -> None:
        """A released key is free: for the same unit at once, for others after the commit, and only then."""
        trial.do(_reserving("one", "1", "2", "3"))
        with trial.begin() as uow:
            uow.release(UniqueKind.NUMBER, ["1", "never reserved"])
            trial.expect({"2": "one"}, dict(uow.owners(UniqueKind.NUMBER, ["1", "2"])), "the owners, for that unit")
            with trial.refuses("the reservation of a key whose release is not committed"):
                trial.attempt(_reserving("two", "1"))
            uow.reserve(UniqueKind.NUMBER, ["1"], "two")
            uow.commit()
        trial.expect({"1": "two", "2": "one"}, _owners(trial, "1", "2"), "the owners, after the commit")
        trial.look(_releasing("2"))
        trial.expect({"2": "one"}, _owners(trial, "2"), "the owners, after a release that was not committed")
        trial.do(_releasing("2"))
        trial.do(_reserving("two", "2"))
        expected = {"2": "two", "3": "one"}
        trial.expect(expected, _owners(trial, "2", "3"), "the owners, after a release and a reservation")

    def test_a_reservation_that_changed_hands(self, trial: Trial) -> None:
        """A unit that releases a reservation does not take it from another owner who reserved it meanwhile."""
        trial.do(_reserving("one", "1"))
        change_hands = steps(_releasing("1"), _reserving("another", "1"))
        stands = trial.overtaken(_releasing("1"), change_hands, _reserving("mine", "1"))
        trial.expect({"1": ("mine", "another")[stands]}, _owners(trial, "1"), "the owner")

    def test_unique_kinds_are_apart(self, trial: Trial) -> None:
        """What is reserved in one kind is free in the others."""
        for kind in UniqueKind:
            trial.do(_reserving(f"of {kind}", "same", kind=kind))
        for kind in UniqueKind:
            trial.expect({"same": f"of {kind}"}, _owners(trial, "same", kind=kind), f"the owner of a {kind}")

    def test_similar_keys_are_apart(self, trial: Trial) -> None:
        """Keys that differ in case, accents or blanks are different keys."""
        for key in things.SIMILAR:
            trial.do(_reserving(f"owner of {key}", key))
        trial.expect({key: f"owner of {key}" for key in things.SIMILAR}, _owners(trial, *things.SIMILAR), "the owners")

    def test_many_keys_at_once(self, trial: Trial) -> None:
        """A thousand keys are reserved, looked up and released as one is."""
        keys = [f"key {count}" for count in range(1000)]
        trial.do(_reserving("one", *keys))
        trial.expect(dict.fromkeys(keys, "one"), _owners(trial, *keys), "the owners")
        trial.do(_releasing(*keys))
        trial.expect({}, _owners(trial, *keys), "the owners after the release")


def _take(uow: UnitOfWork) -> int:
    return uow.next_value("a")


def _next(uow: UnitOfWork) -> int:
    return uow.peek("a")


class Counters(Room):
    """Numbers without gaps."""

    def test_it_counts_from_one(self, trial: Trial) -> None:
        """A counter starts at 1, looking does not take, and each counter counts for itself."""
        calls: tuple[Action, ...] = (_next, _next, _take, _take, _next, lambda uow: uow.next_value("b"))
        trial.expect([1, 1, 1, 2, 3, 1], trial.do(lambda uow: [call(uow) for call in calls]), "what one unit got")
        trial.sees([3, 2, 1], lambda uow: [uow.peek(it) for it in "abc"], "what is next")

    def test_no_value_is_lost(self, trial: Trial) -> None:
        """A value that was taken by a unit that does not commit is taken by the next."""
        for _ in range(3):
            trial.look(_take)
            trial.do(lambda uow: trial.expect(1, uow.peek("b"), "the next value of another counter"))
        trial.sees(1, _take, "the next value, after three units that left without commit")
        trial.do(_take)
        trial.sees(2, _take, "the next value, after one that did commit")

    def test_no_two_units_get_the_same(self, trial: Trial) -> None:
        """Of two units that take the same value, one commits; the next gets the next."""
        trial.winner(_take, _take)
        trial.overtaken(_take, _take)
        trial.sees(3, _take, "the next value")

    def test_a_value_that_was_looked_at_still_holds(self, trial: Trial) -> None:
        """An advance that was decided by looking does not go back over values that were taken meanwhile."""
        stands = trial.overtaken(_next, steps(*[_take] * 5), lambda uow: uow.advance_to("a", 3))
        trial.sees((3, 6)[stands], _next, "the next value")

    def test_it_leaps_forward(self, trial: Trial) -> None:
        """A counter that was advanced goes on from there, once that is committed."""
        trial.look(lambda uow: uow.advance_to("a", 500))
        trial.sees(1, _next, "the next value, after an advance that was not committed")
        trial.do(
            lambda uow: uow.advance_to("a", 500),
            lambda uow: trial.expect(500, uow.peek("a"), "the next value, in that unit"),
        )
        trial.sees(500, _next, "the next value, after the commit")
        trial.do(_take, lambda uow: uow.advance_to("a", 600), _take)
        trial.sees(601, _next, "the next value, after taking, advancing and taking")

    def test_a_leap_and_a_take_do_not_both_commit(self, trial: Trial) -> None:
        """Of a unit that takes a value and one that advances the counter, one commits."""
        trial.winner(_take, lambda uow: uow.advance_to("a", 2))
        trial.winner(lambda uow: uow.advance_to("b", 5), lambda uow: uow.next_value("b"))

    def test_many_take_and_some_let_go(self, trial: Trial) -> None:
        """Threads that take values, of which some leave without commit, get each value once and leave none out."""

        def take(thread: int) -> list[int]:
            taken: list[int] = []
            for turn in range(10):
                if turn % 3 == thread % 3:
                    with suppress(*CONFLICTS), trial.begin() as left:
                        steps(_take, _take)(left)
                taken.append(trial.insist(_take))
            return taken

        seen = sorted(value for values in together(4, take) for value in values)
        trial.expect(list(range(1, 41)), seen, "all values that were taken")
        trial.sees(41, _next, "the next value")


_VIEWS = tuple(made(WorkSessionView, turn) for turn in range(len(TEXTS)))

RESULTS: dict[str, object] = {
    "nothing": None,
    "no values": (),
    "one value": _VIEWS[0],
    "a tuple of one": _VIEWS[:1],
    "a tuple of different ones": (_VIEWS[0], things.client(ACME), things.draft("1")),
    "views": _VIEWS,
    "a receipt": Receipt((things.payment("1"), things.payment("2")), things.draft("1"), Money(minor=0, currency="JPY")),
    "a standing": Standing(things.account(ACME)),
    **{f"every {kind.__name__}": tuple(values) for kind, values in EXAMPLES.items()},
}
"""What commands answer."""


def _saving(key: str, request: str = "digest", result: object = None) -> Action:
    return lambda uow: uow.save_idempotency_record(IdempotencyRecord(key, request, result))


def _finding(key: str = "key") -> Action:
    return lambda uow: uow.find_idempotency_record(key)


class Keys(Room):
    """Idempotency keys."""

    @pytest.mark.parametrize("result", RESULTS)
    def test_a_result_comes_back_equal(self, trial: Trial, result: str) -> None:
        """A key is recalled with the request and with a result that is equal, in value and in type."""
        record = IdempotencyRecord("key", "digest", RESULTS[result])
        trial.settles(record, _saving("key", result=record.result), _finding(), "the key")

    def test_a_key_that_was_not_kept(self, trial: Trial) -> None:
        """A key that was never saved, or whose unit was left without commit, stands for nothing."""
        trial.look(_saving("left"))
        for key in ("left", "never", ""):
            trial.sees(None, _finding(key), f"the key {key!r}")

    def test_in_a_race_one_keeps_the_key(self, trial: Trial) -> None:
        """Of two units that find a key free and save it, one commits, with all that it did; the other leaves
        nothing."""

        def find_and_save(name: str) -> Action:
            save = steps(writing(things.person(name)), _saving("key", name))
            return lambda uow: uow.find_idempotency_record("key") or save(uow)

        names = ("one", "two")
        won = trial.winner(*map(find_and_save, names))
        trial.sees(IdempotencyRecord("key", names[won], None), _finding(), "what the key stands for")
        seen = trial.look(lambda uow: [uow.get(Person, name) is not None for name in names])
        trial.expect([won == 0, won == 1], seen, "whether what each unit made is there")

    def test_a_key_is_kept_once(self, trial: Trial) -> None:
        """A unit that saves a key that is saved already is refused, also with the same request."""
        trial.do(_saving("key"))
        for request in ("digest", "another"):
            with trial.refuses("a key that is saved already", ConcurrencyConflict):
                trial.attempt(_saving("key", request))
        trial.sees(IdempotencyRecord("key", "digest", None), _finding(), "what the key stands for")

    def test_one_key_from_everywhere(self, trial: Trial) -> None:
        """Eight threads send one request eight times each, with one key: it has one effect, and all get one answer."""

        def once(thread: int) -> object:
            def action(uow: UnitOfWork) -> object:
                record = uow.find_idempotency_record("key")
                if record is not None:
                    return record.result
                result = things.person(str(uow.next_value("effects")), f"By thread {thread}")
                uow.put(result)
                uow.save_idempotency_record(IdempotencyRecord("key", "digest", result))
                return result

            return trial.insist(action)

        answers = [answer for got in together(8, lambda it: [once(it) for _ in range(8)]) for answer in got]
        trial.expect([answers[0]] * 64, answers, "the answers")
        trial.sees(2, lambda uow: uow.peek("effects"), "the number after that of the last effect")

    def test_similar_idempotency_keys_are_apart(self, trial: Trial) -> None:
        """Keys that differ in case, accents or blanks are different keys."""
        similar = (*things.SIMILAR, "k" * 200, "k" * 199 + "y", "🔑" * 200)
        for key in similar:
            trial.do(_saving(key, f"digest of {key}"))
        for key in similar:
            trial.sees(IdempotencyRecord(key, f"digest of {key}", None), _finding(key), f"the key {key!r:.20}")


_FIVE_MINUTES, _TICK = timedelta(minutes=5), timedelta(microseconds=1)
_LATER = NOON + _FIVE_MINUTES


def _acknowledging(id: str) -> Action:
    return lambda uow: uow.acknowledge(id)


def _send(trial: Trial, *ids: str) -> None:
    """Commit messages one after the other, a minute apart."""
    for minute, id in enumerate(ids):
        at = NOON - timedelta(hours=1) + timedelta(minutes=minute)
        trial.store(things.message(id, at))


def _lease(trial: Trial, now: datetime = NOON, limit: int = 10) -> str:
    """Commit a lease; the ids of the messages."""
    return str(trial.do(lambda uow: things.lease(uow, now, now + _FIVE_MINUTES, limit)))


def _putting_off(id: str, now: datetime | None, **changes: Any) -> Action:
    """Reschedule a message that is due, or one that rests."""

    def action(uow: UnitOfWork) -> None:
        [waiting] = [it for it in uow.waiting(now, 10) if it.message.id == id]
        uow.reschedule(waiting, evolve(waiting, **changes))

    return action


def _waiting(now: datetime | None) -> Callable[[UnitOfWork], list[str]]:
    return lambda uow: [it.message.id for it in uow.waiting(now, 10)]


class Outbox(Room):
    """Messages on their way out."""

    def test_messages_come_oldest_first(self, trial: Trial) -> None:
        """Messages are leased the oldest first, so many at a time as are asked for."""
        _send(trial, *"abcde")
        seen = [_lease(trial, limit=2), _lease(trial, limit=0), _lease(trial, limit=2), _lease(trial), _lease(trial)]
        trial.expect(["ab", "", "cd", "e", ""], seen, "leases of two, none, two, and twice up to ten")

    def test_messages_come_back_equal(self, trial: Trial) -> None:
        """Every kind of event is handed out as it was sent, in value and in type."""
        messages = [WaitingMessage(evolve(it, firm_id=trial.firm_id)) for it in MESSAGES]
        trial.store(*(it.message for it in messages))
        seen = trial.look(lambda uow: uow.waiting(NOON, len(messages)))
        trial.expect(messages, sorted(seen, key=lambda it: it.message.id), "the messages")

    def test_a_new_message_is_due_at_once(self, trial: Trial) -> None:
        """A message is due when it was sent, also if the clock was ahead then."""
        trial.store(things.message("a", NOON.replace(year=2036)))
        trial.expect("a", _lease(trial), "a lease ten years before the message was written")

    def test_a_lease_that_was_not_committed_is_none(self, trial: Trial) -> None:
        """What was leased by a unit that left without commit is there for the next."""
        _send(trial, *"ab")
        trial.look(lambda uow: things.lease(uow, NOON, _LATER))
        trial.expect("ab", _lease(trial), "the next lease")

    def test_a_lease_ends(self, trial: Trial) -> None:
        """A leased message is not leased again until its lease ends, to the microsecond; then it comes again."""
        _send(trial, "a")
        seen = [_lease(trial), _lease(trial), _lease(trial, _LATER - _TICK), _lease(trial, _LATER)]
        trial.expect(["a", "", "", "a"], seen, "leases at once, at once again, just before the end, and at the end")

    def test_what_was_handed_over_is_gone(self, trial: Trial) -> None:
        """An acknowledged message never comes again; to acknowledge it twice does no harm."""
        _send(trial, *"ab")
        _lease(trial)
        trial.look(_acknowledging("b"))
        for _ in range(2):
            trial.do(_acknowledging("a"))
        trial.expect("b", _lease(trial, _LATER), "the next lease, when one was acknowledged")

    def test_what_waits_comes_in_turn(self, trial: Trial) -> None:
        """Messages that are put off come when they are due, the one that is due first before the others, and after all
        that are new; with what was noted of them."""
        _send(trial, *"abc")
        trial.do(_putting_off("a", NOON, due=_LATER + _TICK, attempts=2, error="Refused"))
        trial.do(_putting_off("b", NOON, due=_LATER))
        trial.sees(["c"], _waiting(NOON), "what is due before that")
        trial.sees(["c", "b"], _waiting(_LATER), "what is due when one of them is")
        trial.sees(["c", "b", "a"], _waiting(_LATER + _TICK), "what is due when both are")
        seen = trial.look(lambda uow: [(it.attempts, it.error) for it in uow.waiting(_LATER + _TICK, 10)])
        trial.expect([(0, ""), (0, ""), (2, "Refused")], seen, "what was noted of them")

    def test_what_rests_is_listed(self, trial: Trial) -> None:
        """A message that is never due is in the list of those that rest, the oldest first, until it is due again."""
        _send(trial, *"abc")
        for id in "ba":
            trial.do(_putting_off(id, NOON, due=None, attempts=10, error="Refused"))
        trial.sees(["c"], _waiting(NOON.replace(year=9998)), "what is due as late as can be")
        trial.sees(["a", "b"], _waiting(None), "what rests")
        trial.sees(["a"], lambda uow: [it.message.id for it in uow.waiting(None, 1)], "the first that rests")
        trial.do(_putting_off("b", None, due=AT_ONCE))
        trial.sees(["a"], _waiting(None), "what rests when one is to go out again")
        trial.sees(["b", "c"], _waiting(NOON), "what is due then")
        trial.do(_acknowledging("a"))
        trial.sees([], _waiting(None), "what rests when the other one was taken out")

    def test_firms_with_mail_are_known(self, trial: Trial) -> None:
        """Which firms have messages that are due is answered for all firms at once."""
        other = trial.elsewhere()

        def seen(now: datetime) -> list[bool]:
            firms = trial.storage.firms(FirmsQuery(task=FirmTask.MAIL, now=now))
            return [it.firm_id in firms for it in (trial, other)]

        trial.expect([False, False], seen(NOON), "whether two firms without messages have mail")
        _send(trial, "a")
        trial.expect([True, False], seen(NOON), "whether the one with a message has mail, and the other")
        _lease(trial)
        trial.expect([False, False], seen(NOON), "while that is leased")
        trial.expect([True, False], seen(_LATER), "when that lease has ended")
        trial.do(_putting_off("a", _LATER, due=None))
        trial.expect([False, False], seen(_LATER), "when the message rests")

    def test_two_units_do_not_lease_the_same(self, trial: Trial) -> None:
        """Of two units that lease at the same moment, only one is given a message and commits."""
        _send(trial, "a")
        given: dict[int, list[str]] = {}

        def lease(number: int) -> Action:
            return lambda uow: given.update({number: [*things.lease(uow, NOON, _LATER)]})

        committed = trial.race(lease(0), lease(1))
        leased = [id for number, stands in enumerate(committed) if stands for id in given[number]]
        trial.expect(["a"], leased, "what the units that committed were given")
        trial.expect("", _lease(trial), "the next lease")

    def test_many_share_the_outbox(self, trial: Trial) -> None:
        """Threads that lease and acknowledge hand over each message once, and none is left."""
        _send(trial, *"abcdefghijkl")

        def deliver(_: int) -> list[str]:
            delivered: list[str] = []
            while leased := trial.insist(lambda uow: things.lease(uow, NOON, _LATER, 2)):
                for id in leased:
                    trial.insist(_acknowledging(id))
                delivered += leased
            return delivered

        delivered = sorted(id for ids in together(4, deliver) for id in ids)
        trial.expect([*"abcdefghijkl"], delivered, "what was handed over")
        trial.expect("", _lease(trial, _LATER), "what is left")

    def test_a_message_is_told_with_its_change(self, trial: Trial) -> None:
        """A message is in the outbox exactly when the unit that sent it is committed."""

        def rename_and_send(name: str) -> Action:
            return steps(changing(things.person(KIM, name)), writing(things.message(name)))

        names = ("a", "b")
        won = trial.winner(*map(rename_and_send, names))
        trial.look(rename_and_send("c"))
        trial.expect(names[won], _lease(trial), "the messages of two units that raced, and of one that left")
