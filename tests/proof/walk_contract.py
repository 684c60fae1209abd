"""The walk, as a check of the conformance kit."""

from random import Random

import pytest

from invoicecore.ports.store import Storage
from invoicecore.testing.conformance.trial import PromiseBroken, Room
from invoicecore.values.ids import TimeOrderedIds
from tests.proof.walk import Walk
from tests.proof.walk_firm import WalkFirm


class Walks(Room):
    """The suites of the core, on this storage."""

    @pytest.mark.parametrize("seed", [1, 2])
    def test_a_walk_over_the_desk(self, storage: Storage, seed: int) -> None:
        """Whatever is done at the desk, in whatever order, by whoever may and whoever may not, every law of the books
        holds after each step, and a refused command changes nothing."""

        def set_up(rng: Random) -> WalkFirm:
            return WalkFirm.set_up(rng, storage, TimeOrderedIds())

        walk = Walk(seed, set_up=set_up)
        if not walk.go(100):
            promise = " ".join((self.test_a_walk_over_the_desk.__doc__ or "").split())
            raise PromiseBroken(promise, "a walk at random over the desk", "\n".join(map(str, walk.found)))
