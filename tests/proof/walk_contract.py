"""Do the books stay in order whatever the whole desk does on this storage?"""

from random import Random

import pytest

from invoicecore.ports.store import Storage
from invoicecore.testing.conformance.promise import PromiseBroken
from invoicecore.testing.conformance.trial import Room
from invoicecore.values.ids import TimeOrderedIds
from tests.proof.stage import Stage
from tests.proof.walk import Walk


class Walks(Room):
    """The suites of the core, on this storage."""

    @pytest.mark.parametrize("seed", [1, 2])
    def test_a_walk_over_the_desk(self, storage: Storage, seed: int) -> None:
        """Whatever is done at the desk, in whatever order, by whoever may and whoever may not, every law of the books
        holds after each step, and a refused command changes nothing."""

        def set_up(hand: Random) -> Stage:
            return Stage.set_up(hand, storage, TimeOrderedIds())

        walk = Walk(seed, set_up=set_up)
        if not walk.go(100):
            promise = " ".join((self.test_a_walk_over_the_desk.__doc__ or "").split())
            raise PromiseBroken(promise, "a walk at random over the desk", "\n".join(map(str, walk.found)))
