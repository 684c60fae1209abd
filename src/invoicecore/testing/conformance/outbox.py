"""Checks of the outbox: a message stays until it is delivered, and only one process leases it."""

from datetime import datetime, timedelta

from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.examples import MESSAGES
from invoicecore.testing.conformance.things import NOON
from invoicecore.testing.conformance.trial import Action, Room, Trial, together

_FIVE_MINUTES = timedelta(minutes=5)
_LATER = NOON + _FIVE_MINUTES
_TICK = timedelta(microseconds=1)


def _acknowledging(id: str) -> Action:
    return lambda uow: uow.acknowledge(id)


def _giving_back(id: str) -> Action:
    return lambda uow: uow.nack(id)


def _send(trial: Trial, *ids: str) -> None:
    """Commit messages one after the other, a minute apart."""
    for minute, id in enumerate(ids):
        at = NOON - timedelta(hours=1) + timedelta(minutes=minute)
        trial.store(things.message(id, at))


def _lease(trial: Trial, now: datetime = NOON, limit: int = 10) -> str:
    """Commit a lease; the ids of the messages."""
    leased: list[str] = []
    trial.do(lambda uow: leased.extend(things.ids(uow.lease(limit, now, now + _FIVE_MINUTES))))
    return "".join(leased)


class Outbox(Room):
    """Messages on their way out."""

    def test_messages_come_oldest_first(self, trial: Trial) -> None:
        """Messages are leased the oldest first, so many at a time as are asked for."""
        _send(trial, *"abcde")
        seen = [_lease(trial, limit=2), _lease(trial, limit=0), _lease(trial, limit=2), _lease(trial), _lease(trial)]
        trial.expect(["ab", "", "cd", "e", ""], seen, "leases of two, none, two, and twice up to ten")

    def test_messages_come_back_equal(self, trial: Trial) -> None:
        """Every kind of event is handed out as it was sent, in value and in type."""
        trial.store(*MESSAGES)
        seen = trial.look(lambda uow: uow.lease(len(MESSAGES), NOON, _LATER))
        trial.expect([*MESSAGES], sorted(seen, key=lambda it: it.id), "the messages")

    def test_a_lease_that_was_not_committed_is_none(self, trial: Trial) -> None:
        """What was leased by a unit that left without commit is there for the next."""
        _send(trial, *"ab")
        trial.look(lambda uow: uow.lease(10, NOON, _LATER))
        trial.expect("ab", _lease(trial), "the next lease")

    def test_a_lease_ends(self, trial: Trial) -> None:
        """A leased message comes to nobody else until its lease ends, to the microsecond; then it comes again."""
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

    def test_what_is_given_back_comes_at_once(self, trial: Trial) -> None:
        """A message that was given back is leased again at once, in its old place; to give back one that is gone does
        no harm."""
        _send(trial, *"abc")
        _lease(trial)
        trial.look(_giving_back("c"))
        trial.do(_giving_back("b"))
        trial.do(_giving_back("a"))
        trial.expect("ab", _lease(trial), "the next lease, when two were given back")
        trial.do(_acknowledging("a"))
        trial.do(_giving_back("a"))
        trial.do(_giving_back("never sent"))
        trial.expect("bc", _lease(trial, _LATER), "the next lease, when one was acknowledged and then given back")

    def test_two_units_do_not_lease_the_same(self, trial: Trial) -> None:
        """Of two units that lease at the same moment, only one is given a message and commits."""
        _send(trial, "a")
        given: dict[int, list[str]] = {}

        def lease(number: int) -> Action:
            return lambda uow: given.update({number: things.ids(uow.lease(10, NOON, _LATER))})

        committed = trial.race(lease(0), lease(1))
        leased = [id for number, stands in enumerate(committed) if stands for id in given[number]]
        trial.expect(["a"], leased, "what the units that committed were given")
        trial.expect("", _lease(trial), "the next lease")

    def test_many_share_the_outbox(self, trial: Trial) -> None:
        """Threads that lease and acknowledge hand over each message once, and none is left."""
        _send(trial, *"abcdefghijkl")

        def deliver(_: int) -> list[str]:
            told: list[str] = []

            def lease(uow: UnitOfWork) -> list[str]:
                return things.ids(uow.lease(2, NOON, _LATER))

            while leased := trial.insist(lease):
                for id in leased:
                    trial.insist(_acknowledging(id))
                told += leased
            return told

        told = sorted(id for ids in together(4, deliver) for id in ids)
        trial.expect([*"abcdefghijkl"], told, "what was handed over")
        trial.expect("", _lease(trial, _LATER), "what is left")

    def test_a_message_is_told_with_its_change(self, trial: Trial) -> None:
        """A message is in the outbox exactly when the unit that sent it is committed."""

        def rename_and_tell(name: str) -> Action:
            def action(uow: UnitOfWork) -> None:
                uow.get(type(_KIM), _KIM.id)
                uow.put(things.person(_KIM.id, name))
                uow.send(things.message(name))

            return action

        names = ("a", "b")
        won = trial.winner(*map(rename_and_tell, names))
        trial.look(rename_and_tell("c"))
        trial.expect(names[won], _lease(trial), "the messages of two units that raced, and of one that left")


_KIM = things.person(things.KIM)
