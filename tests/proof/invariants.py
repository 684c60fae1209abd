"""The laws of the books, for one state and for the change between two."""

from collections.abc import Collection

from tests.books import Books
from tests.proof.breach import Breach
from tests.proof.changes import of_change
from tests.proof.states import of_state

__all__ = ["Breach", "breaches", "breaches_between"]


def breaches(books: Books, *, sound: Books | None = None) -> tuple[Breach, ...]:
    """What is wrong in the books as they stand; empty when all is well.

    `sound` are earlier books in which nothing was wrong: what is still the very same object as there is not looked at
    again, where that is enough.
    """
    return tuple(of_state(books, sound))


def breaches_between(before: Books, after: Books, *, told: Collection[str] = ()) -> tuple[Breach, ...]:
    """What went wrong on the way from one state to a later one; empty when all is well.

    `told` are the ids of the messages that were handed over meanwhile. With exactly one command between the two, the
    laws about single commands are looked at as well.
    """
    return tuple(of_change(before, after, told))
