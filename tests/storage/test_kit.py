"""The conformance kit is complete, and its messages name what differs."""

from collections import Counter
from inspect import getmembers, isfunction
from typing import NoReturn

import pytest

from invoicecore import MemoryStorage, Money, Status
from invoicecore.errors import StorageUnavailable
from invoicecore.ports.store import ALL_FIRMS, FirmsQuery, Storage
from invoicecore.testing.conformance import (
    ArchiveContract,
    OutageContract,
    PromiseBroken,
    SharedContract,
    StorageContract,
)
from invoicecore.testing.conformance.things import NOON, session
from invoicecore.testing.conformance.trial import difference
from invoicecore.values.ids import FirmId
from tests.world import usd

ALL_IN_ONE = MemoryStorage()


class TestOneStorageForAll(StorageContract, ArchiveContract):
    """Every check keeps to firms of its own, so that a host may test one storage all along."""

    @pytest.fixture
    def storage(self) -> Storage:
        return ALL_IN_ONE


class Unreachable(MemoryStorage):
    """Storage whose place is not there."""

    def begin(self, firm_id: FirmId) -> NoReturn:
        raise StorageUnavailable("Nobody answers.")

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> tuple[FirmId, ...]:
        raise StorageUnavailable("Nobody answers.")


class TestUnreachable(OutageContract):
    """A storage that is out of reach and says so."""

    @pytest.fixture
    def unreachable(self) -> Storage:
        return Unreachable()


class TestOutage:
    def test_a_storage_that_is_there_is_not_out_of_reach(self) -> None:
        """The check fails where nothing is said."""
        with pytest.raises(PromiseBroken, match="it went through"):
            OutageContract().test_out_of_reach_is_said(MemoryStorage())


class TestContract:
    def test_no_room_hides_a_check_of_another(self) -> None:
        """Each check has a name that no other room uses."""
        rooms = {*SharedContract.__mro__, *ArchiveContract.__mro__}
        names = Counter(name for room in rooms for name in vars(room) if name.startswith("test_"))
        assert [] == [name for name, count in names.items() if count > 1]
        assert len(names) > 80

    def test_each_check_states_its_promise(self) -> None:
        """In a docstring of one sentence."""
        contracts = (*getmembers(SharedContract, isfunction), *getmembers(ArchiveContract, isfunction))
        checks = [check for name, check in contracts if name.startswith("test_")]
        promises = [" ".join((check.__doc__ or "").split()) for check in checks]
        assert [] == [promise for promise in promises if not promise.endswith(".") or ". " in promise]


class TestDifference:
    def test_what_is_alike_does_not_differ(self) -> None:
        """Neither in value nor in type."""
        assert "" == difference([session("1"), None, {"a": 1}], [session("1"), None, {"a": 1}])

    @pytest.mark.parametrize(
        ("expected", "seen"),
        [
            (50, 50.0),
            (Status.DUE, "due"),
            (True, 1),
            ((1,), [1]),
            (None, ""),
            ([1, 2], [1]),
            ({"a": 1}, {"a": 2}),
            ({"a": 1}, {"b": 1}),
            (NOON, NOON.replace(tzinfo=None)),
            (usd(1), Money(minor=100, currency="EUR")),
            (frozenset("ab"), frozenset("a")),
        ],
    )
    def test_what_is_not_alike_differs(self, expected: object, seen: object) -> None:
        """In type also where the values are equal."""
        assert "Expected: " in difference(expected, seen)

    def test_it_names_the_place(self) -> None:
        """Where things begin to differ."""
        assert "at [0].note 'b'" in difference([session("1", note="a")], [session("1", note="b")])

    def test_it_is_short(self) -> None:
        """Also where a note is long."""
        assert len(difference("a" * 1_000_000, "b" * 1_000_000)) < 1500
