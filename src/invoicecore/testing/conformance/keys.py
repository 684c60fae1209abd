"""Checks of idempotency keys: each belongs to one request and its result."""

import pytest

from invoicecore.errors import ConcurrencyConflict
from invoicecore.model.work_session import WorkSessionView
from invoicecore.ports.store import IdempotencyRecord
from invoicecore.settlement.account import Standing
from invoicecore.settlement.payment import Receipt
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.examples import EXAMPLES, TEXTS, made
from invoicecore.testing.conformance.things import ACME
from invoicecore.testing.conformance.trial import Action, Room, Trial, together
from invoicecore.values.money import Money

_VIEWS = tuple(made(WorkSessionView, turn) for turn in range(len(TEXTS)))

RESULTS: dict[str, object] = {
    "nothing": None,
    "no values": (),
    "one value": _VIEWS[0],
    "a tuple of one": _VIEWS[:1],
    "a tuple of different ones": (_VIEWS[0], things.client(ACME), things.draft("1")),
    "views": _VIEWS,
    "a receipt": Receipt((things.payment("1"), things.payment("2")), things.draft("1"), Money(0, "JPY")),
    "a standing": Standing(things.account(ACME)),
    **{f"every {kind.__name__}": tuple(values) for kind, values in EXAMPLES.items()},
}
"""What commands answer."""


def _keeping(key: str, request: str = "digest", result: object = None) -> Action:
    return lambda uow: uow.save_idempotency_record(IdempotencyRecord(key, request, result))


def _kept(uow: UnitOfWork) -> IdempotencyRecord | None:
    return uow.find_idempotency_record("key")


class Keys(Room):
    """Idempotency keys."""

    @pytest.mark.parametrize("result", RESULTS)
    def test_a_result_comes_back_equal(self, trial: Trial, result: str) -> None:
        """A key is recalled with the request and with a result that is equal, in value and in type."""
        kept = IdempotencyRecord("key", "digest", RESULTS[result])
        trial.settles(kept, _keeping("key", result=kept.result), _kept, "the key")

    def test_a_key_that_was_not_kept(self, trial: Trial) -> None:
        """A key that nobody kept, or whose unit was left without commit, stands for nothing."""
        trial.look(_keeping("left"))
        for key in ("left", "never", ""):
            trial.expect(None, trial.look(lambda uow: uow.find_idempotency_record(key)), f"the key {key!r}")  # noqa: B023

    def test_in_a_race_one_keeps_the_key(self, trial: Trial) -> None:
        """Of two units that find a key free and keep it, one commits, with all that it did; the other leaves
        nothing."""

        def find_and_keep(name: str) -> Action:
            def action(uow: UnitOfWork) -> None:
                if uow.find_idempotency_record("key") is None:
                    uow.put(things.person(name))
                    uow.save_idempotency_record(IdempotencyRecord("key", name, None))

            return action

        names = ("one", "two")
        won = trial.winner(*map(find_and_keep, names))
        trial.expect(
            IdempotencyRecord("key", names[won], None),
            trial.look(_kept),
            "what the key stands for",
        )
        seen = trial.look(lambda uow: [uow.get(type(things.person(name)), name) is not None for name in names])
        trial.expect([won == 0, won == 1], seen, "whether what each unit made is there")

    def test_a_key_is_kept_once(self, trial: Trial) -> None:
        """A unit that keeps a key that is kept already is refused, also with the same request."""
        trial.do(_keeping("key"))
        for request in ("digest", "another"):
            with trial.refuses("a key that is kept already", ConcurrencyConflict):
                trial.attempt(_keeping("key", request))
        kept = IdempotencyRecord("key", "digest", None)
        trial.expect(kept, trial.look(_kept), "what the key stands for")

    def test_one_key_from_everywhere(self, trial: Trial) -> None:
        """Eight threads send one request eight times each, with one key: it has one effect, and all get one answer."""

        def once(thread: int) -> object:
            def action(uow: UnitOfWork) -> object:
                kept = uow.find_idempotency_record("key")
                if kept is not None:
                    return kept.result
                result = things.person(str(uow.next_value("effects")), f"By thread {thread}")
                uow.put(result)
                uow.save_idempotency_record(IdempotencyRecord("key", "digest", result))
                return result

            return trial.insist(action)

        answers = [answer for got in together(8, lambda it: [once(it) for _ in range(8)]) for answer in got]
        trial.expect([answers[0]] * 64, answers, "the answers")
        trial.expect(2, trial.look(lambda uow: uow.peek("effects")), "the number after that of the last effect")

    def test_similar_idempotency_keys_are_apart(self, trial: Trial) -> None:
        """Keys that differ in case, accents or blanks are different keys."""
        similar = (*things.SIMILAR, "k" * 200, "k" * 199 + "y", "🔑" * 200)
        for key in similar:
            trial.do(_keeping(key, f"digest of {key}"))
        seen = trial.look(lambda uow: [uow.find_idempotency_record(key) for key in similar])
        trial.expect(
            [IdempotencyRecord(key, f"digest of {key}", None) for key in similar], seen, "what the keys stand for"
        )
