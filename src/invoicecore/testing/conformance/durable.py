"""Checks of durability: everything is still stored when a store is opened again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from invoicecore.errors import IdempotencyKeyReused
from invoicecore.model.events import Change
from invoicecore.model.person import Person
from invoicecore.ports.store import IdempotencyRecord, Storage, UniqueKind
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.commits import AFTER, BEFORE, everything, expect_state, prepare, state
from invoicecore.testing.conformance.entities import MINE, THEIRS, get_lee, put_mine
from invoicecore.testing.conformance.examples import ALL_EXAMPLES, EXAMPLES
from invoicecore.testing.conformance.races import Studio, attempted, stopping_at
from invoicecore.testing.conformance.things import LEE, NOON, usd
from invoicecore.testing.conformance.trial import Room, Trial, changing, together, writing
from invoicecore.testing.conformance.values import reading

Reopen = Callable[[], Storage]


class Durable(Room):
    """Reopening."""

    def test_what_was_committed_is_there_again(self, trial: Trial, reopen: Reopen) -> None:
        """What was committed is there when the storage is opened again: entities, facts, reservations, counters, keys,
        messages."""
        trial.do(prepare)
        trial.do(everything)
        trial = trial.through(reopen())
        expect_state(trial, AFTER, "after reopening")
        trial.expect(True, trial.firm_id in trial.storage.firms(), "whether the firm is among the firms")

    def test_what_was_not_committed_is_not_there(self, trial: Trial, reopen: Reopen) -> None:
        """Of a unit of work that never came to its commit, nothing is there when the storage is opened again."""
        trial.do(prepare)
        lost = trial.begin()
        everything(lost.__enter__())
        trial = trial.through(reopen())
        trial.sees(BEFORE, state, "the state, after reopening in the middle of a unit of work")
        with suppress(Exception):  # whatever is raised because its program ended
            lost.__exit__(None, None, None)

    def test_values_are_equal_after_reopening(self, trial: Trial, reopen: Reopen) -> None:
        """Values come back equal, in value and in type, when the storage is opened again."""
        trial.store(*ALL_EXAMPLES)
        before = {kind.__name__: trial.look(reading(kind.__name__)) for kind in EXAMPLES}
        trial = trial.through(reopen())
        for kind, expected in before.items():
            trial.sees(expected, reading(kind), f"values of {kind}")

    def test_versions_go_on(self, trial: Trial, reopen: Reopen) -> None:
        """Versions, reservations, counters, sequences, keys and leases go on where they were."""
        later = NOON + timedelta(minutes=5)
        trial.change(things.person(LEE, "Changed"))
        trial.store(things.entry(1))
        trial.do(
            lambda uow: uow.reserve(UniqueKind.NUMBER, ["1"], "one"),
            lambda uow: uow.next_value("a"),
            lambda uow: uow.save_idempotency_record(IdempotencyRecord("key", "digest", None)),
            writing(things.message("1")),
        )
        trial.do(lambda uow: things.lease(uow, NOON, later))
        trial = trial.through(reopen())
        trial.sees(Change("Person", LEE, 2, 3), changing(MINE), "the change of a person who was changed before")
        with trial.refuses("a sequence that was used before"):
            trial.attempt(writing(things.entry(1)))
        with trial.refuses("the reservation of what another owns"):
            trial.attempt(lambda uow: uow.reserve(UniqueKind.NUMBER, ["1"], "two"))
        with trial.refuses("a key that was saved before"):
            trial.attempt(lambda uow: uow.save_idempotency_record(IdempotencyRecord("key", "digest", None)))
        trial.sees(2, lambda uow: uow.next_value("a"), "the next value of a counter")
        trial.sees("", lambda uow: things.lease(uow, NOON, later), "what is leased while a lease goes on")
        trial.sees("1", lambda uow: things.lease(uow, later, later), "what is leased when that lease has ended")

    def test_a_key_answers_after_reopening(self, trial: Trial, reopen: Reopen) -> None:
        """A command that is sent again with its idempotency key, after the program was started again, gives the same
        answer and has no further effect; another request with that key is refused."""
        studio = Studio.opened(trial, stopping_at(-5000))

        def send(studio: Studio, amount: int = -10) -> object:
            return studio.maria.accounts.adjust(studio.acme.id, usd(amount), reason="Once", idempotency_key="key")

        answer, before = send(studio), studio.books
        again = studio.on(reopen())
        again.judge("the answer after reopening", answer, send(again))
        again.judge("another request with that key", IdempotencyKeyReused.__name__, attempted(lambda: send(again, -11)))
        again.judge("everything that is stored", before, again.books)


class Shared(Room):
    """Two programs at once."""

    def test_two_openings_are_one_storage(self, trial: Trial, reopen: Reopen) -> None:
        """Two programs that have the same storage open see each other's commits, and do not overwrite them."""
        here, there = trial, trial.through(reopen())
        there.store(things.person("new"))
        trial.expect(things.person("new"), here.look(lambda uow: uow.get(Person, "new")), "what the other one made")
        stands = here.overtaken(get_lee, changing(THEIRS), put_mine, by=there)
        for side in (here, there):
            side.sees((MINE, THEIRS)[stands], get_lee, "the entity that both wanted to change")

        def take(number: int) -> list[int]:
            return [(here, there)[number % 2].insist(lambda uow: uow.next_value("a")) for _ in range(10)]

        taken = sorted(value for values in together(4, take) for value in values)
        trial.expect(list(range(1, 41)), taken, "all values that four threads took through both")
