"""Checks of counters: each value is given once, without gaps."""

from contextlib import suppress

from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance.trial import CONFLICTS, Room, Trial, together


def _take(uow: UnitOfWork) -> int:
    return uow.next_value("a")


def _next(uow: UnitOfWork) -> int:
    return uow.peek("a")


class Counters(Room):
    """Numbers without gaps."""

    def test_it_counts_from_one(self, trial: Trial) -> None:
        """A counter starts at 1, looking does not take, and each counter counts for itself."""

        def use(uow: UnitOfWork) -> list[int]:
            return [
                uow.peek("a"),
                uow.peek("a"),
                uow.next_value("a"),
                uow.next_value("a"),
                uow.peek("a"),
                uow.next_value("b"),
            ]

        seen: list[int] = []
        trial.do(lambda uow: seen.extend(use(uow)))
        trial.expect([1, 1, 1, 2, 3, 1], seen, "what one unit got")
        trial.expect([3, 2, 1], trial.look(lambda uow: [uow.peek(it) for it in "abc"]), "what is next")

    def test_no_value_is_lost(self, trial: Trial) -> None:
        """A value that was taken by a unit that does not commit is taken by the next."""
        for _ in range(3):
            trial.look(_take)
            trial.do(lambda uow: trial.expect(1, uow.peek("b"), "the next value of another counter"))
        trial.expect(1, trial.look(_take), "the next value, after three units that left without commit")
        trial.do(_take)
        trial.expect(2, trial.look(_take), "the next value, after one that did commit")

    def test_no_two_units_get_the_same(self, trial: Trial) -> None:
        """Of two units that take the same value, one commits; the next gets the next."""
        trial.winner(_take, _take)
        trial.overtaken(_take, _take)
        trial.expect(3, trial.look(_take), "the next value")

    def test_a_value_that_was_looked_at_still_holds(self, trial: Trial) -> None:
        """A leap that was decided by looking does not go back over values that were taken meanwhile."""

        def take_five(uow: UnitOfWork) -> None:
            for _ in range(5):
                uow.next_value("a")

        stands = trial.overtaken(_next, take_five, lambda uow: uow.advance_to("a", 3))
        trial.expect((3, 6)[stands], trial.look(_next), "the next value")

    def test_it_leaps_forward(self, trial: Trial) -> None:
        """A counter that leapt goes on from there, once that is committed."""
        trial.look(lambda uow: uow.advance_to("a", 500))
        trial.expect(1, trial.look(_next), "the next value, after a leap that was not committed")
        trial.do(
            lambda uow: uow.advance_to("a", 500),
            lambda uow: trial.expect(500, uow.peek("a"), "the next value, in that unit"),
        )
        trial.expect(500, trial.look(_next), "the next value, after the commit")
        trial.do(_take, lambda uow: uow.advance_to("a", 600), _take)
        trial.expect(601, trial.look(_next), "the next value, after taking, leaping and taking")

    def test_a_leap_and_a_take_do_not_both_commit(self, trial: Trial) -> None:
        """Of a unit that takes a value and one that leaps, one commits."""
        trial.winner(_take, lambda uow: uow.advance_to("a", 2))
        trial.winner(lambda uow: uow.advance_to("b", 5), lambda uow: uow.next_value("b"))

    def test_many_take_and_some_let_go(self, trial: Trial) -> None:
        """Threads that take values, of which some leave without commit, get each value once and leave none out."""

        def take(thread: int) -> list[int]:
            taken: list[int] = []
            for turn in range(10):
                if turn % 3 == thread % 3:
                    with suppress(*CONFLICTS), trial.begin() as on_close:
                        on_close.next_value("a")
                        on_close.next_value("a")
                taken.append(trial.insist(_take))
            return taken

        seen = sorted(value for values in together(4, take) for value in values)
        trial.expect(list(range(1, 41)), seen, "all values that were taken")
        trial.expect(41, trial.look(_next), "the next value")
