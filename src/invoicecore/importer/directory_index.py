"""The clients, projects and employees of a firm, found by the names that a file gives them."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from invoicecore import Client, Desk, Person, Project
from invoicecore.errors import InvalidState
from invoicecore.values.inputs import named
from invoicecore.vocabulary import Role

T = TypeVar("T", Person, Client, Project)
K = TypeVar("K", bound=Hashable)


@lru_cache(maxsize=4096)
def spelled(name: str) -> str:
    """A name in the one spelling by which it is found: what looks the same is the same, whichever way its letters and
    its blanks are written. Capitals count."""
    return " ".join(named(name).split())


def place_names(client: str, project: str) -> tuple[str, str]:
    """The names by which options can mean a project: CLIENT/PROJECT, and that of its client alone."""
    return f"{spelled(client)}/{spelled(project)}", spelled(client)


class DirectoryIndex:
    """The clients, projects and employees of a firm before a file is read, found by how they are called."""

    def __init__(
        self, clients: Sequence[Client] = (), projects: Sequence[Project] = (), people: Sequence[Person] = ()
    ) -> None:
        self._clients = _grouped(clients, lambda it: spelled(it.name))
        self._projects = _grouped(projects, lambda it: (str(it.client_id), spelled(it.name)))
        employees = (person for person in people if person.role is not Role.CONTACT)
        self._people = _grouped(employees, lambda it: spelled(it.name))
        self._by_email = {person.email: person for person in people if person.email is not None}
        everything: tuple[Client | Project | Person, ...] = (*clients, *projects, *people)
        self._by_id = {str(it.id): it for it in everything}

    @classmethod
    def of(cls, desk: Desk) -> "DirectoryIndex":
        """All that the firm has."""
        return cls(desk.clients.all(), desk.projects.all(), desk.people.all())

    def client(self, name: str) -> Client | None:
        """The client of that name."""
        return _meant(self._clients.get(spelled(name), ()))

    def project(self, client_id: str, name: str) -> Project | None:
        """The project of that name of a client."""
        return _meant(self._projects.get((client_id, spelled(name)), ()))

    def person(self, name: str, email: str | None) -> Person | None:
        """Who has that e-mail; or else which employee is called so and has none; or else, where no e-mail is given,
        which is called so."""
        if email is not None and email in self._by_email:
            return self._by_email[email]
        called = self._people.get(spelled(name), ())
        nameless = _meant(person for person in called if person.email is None)
        return nameless if nameless is not None or email is not None else _meant(called)

    def by_id(self, kind: type[T], id: str) -> T:
        """What has that id in the books."""
        found = self._by_id[id]
        assert isinstance(found, kind)
        return found


def _grouped(found: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for it in found:
        groups[key(it)].append(it)
    return dict(groups)


def _meant(found: Iterable[T]) -> T | None:
    """The one that is meant: an archived one only if there is no other. InvalidState if several could be."""
    every = tuple(found)
    possible = [it for it in every if not it.archived] or every
    if len(possible) > 1:
        one = possible[0]
        what = type(one).__name__.lower()
        raise InvalidState(f"More than one {what} is called {one.name!r} in the books; rename all but one of them.")
    return next(iter(possible), None)
