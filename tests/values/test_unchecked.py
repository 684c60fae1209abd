"""A value that `unchecked` makes equals one that its class makes."""

import pickle
from datetime import timedelta

import pytest
from attrs import Factory, evolve, field, frozen
from attrs.exceptions import FrozenInstanceError

from invoicecore import Money, Rate, utc
from invoicecore.model.work_session import WorkSession, unchecked_session
from invoicecore.values.ids import ClientId, PersonId, ProjectId, SessionId
from invoicecore.values.money import unchecked_money
from invoicecore.values.unchecked import unchecked


@frozen
class Point:
    """Two numbers, by place or by name."""

    x: int
    _y: int = 2


@frozen
class Mixed:
    """One value by place and one by name alone, which comes first."""

    kind: str = field(kw_only=True)
    x: int


@frozen
class Converted:
    """A class that makes something else of what it is given."""

    x: int = field(converter=int)


@frozen
class Filled:
    """A class that makes what is not given."""

    x: list[int] = Factory(list)


@frozen
class Derived:
    """A class that sets a field by itself."""

    x: int = field(init=False)


@frozen(slots=False)
class Open:
    """A class without slots."""

    x: int


make_point = unchecked(Point)


class TestMaker:
    def test_same_as_the_class(self) -> None:
        """It is equal, of the same class, hashes, prints and pickles alike."""
        made = make_point(1, y=3)
        assert Point(1, 3) == made
        assert type(made) is Point
        assert hash(Point(1, 3)) == hash(made)
        assert repr(Point(1, 3)) == repr(made)
        assert made == pickle.loads(pickle.dumps(made))
        assert Point(5, 3) == evolve(made, x=5)

    def test_defaults(self) -> None:
        """What is not given is what the class says."""
        assert Point(1, 2) == make_point(1)

    def test_frozen(self) -> None:
        """Nothing can be set or taken away afterwards."""
        made = make_point(1)
        with pytest.raises(FrozenInstanceError):
            made.x = 5  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError):
            del made.x
        assert 1 == made.x

    def test_arguments(self) -> None:
        """What is missing, unknown, or given by place against the class's wish, is a TypeError."""
        with pytest.raises(TypeError, match="missing"):
            make_point()  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="unexpected"):
            make_point(1, z=2)  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="positional"):
            unchecked(Mixed)(1, "a")  # type: ignore[call-arg]

    def test_by_place_and_by_name(self) -> None:
        """A field that is given by name alone may come before one that is given by place; it may have any name."""
        assert Mixed(1, kind="a") == unchecked(Mixed)(1, kind="a")

    @pytest.mark.parametrize("kind", [Converted, Filled, Derived, Rate])
    def test_no_maker(self, kind: type) -> None:
        """A class that converts, or sets fields by itself, has no maker."""
        with pytest.raises(TypeError, match="as they are given"):
            unchecked(kind)

    def test_without_slots(self) -> None:
        """A class without slots has one as well."""
        assert Open(1) == unchecked(Open)(1)


class TestMakers:
    def test_money(self) -> None:
        """An amount that the library made is like one that it was given."""
        assert Money.of("12.50", "USD") == unchecked_money(minor=1250, currency="USD")

    def test_session(self) -> None:
        """A session has what its class would give it."""
        given = {
            "id": SessionId("s"),
            "client_id": ClientId("c"),
            "project_id": ProjectId("p"),
            "person_id": PersonId("w"),
            "start": utc(2026, 3, 2, 15),
            "duration": timedelta(hours=1),
            "rate": Rate.hourly(50, "USD"),
            "minor": 5000,
        }
        assert WorkSession(**given) == unchecked_session(**given)  # type: ignore[arg-type]
