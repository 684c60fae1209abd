"""The clients, projects and employees of a firm, found by the names that a file gives them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar
from unicodedata import normalize

from attrs import field, frozen

from invoicecore import Client, Desk, Person, Project
from invoicecore.errors import InvalidState
from invoicecore.vocabulary import Role

T = TypeVar("T", Person, Client, Project)


def spelled(name: str) -> str:
    """A name in the one spelling by which it is found: what looks the same is the same, whichever way its letters and
    its blanks are written. Capitals count."""
    return " ".join(normalize("NFC", name).split())


@frozen
class DirectoryIndex:
    """The clients, projects and employees of a firm before a file is read, found by how they are called."""

    _clients: tuple[Client, ...] = ()
    _projects: tuple[Project, ...] = ()
    _people: tuple[Person, ...] = ()
    _clients_called: Mapping[str, list[Client]] = field(init=False, repr=False, eq=False)
    _projects_called: Mapping[tuple[str, str], list[Project]] = field(init=False, repr=False, eq=False)
    _people_called: Mapping[str, list[Person]] = field(init=False, repr=False, eq=False)
    _by_email: Mapping[str, Person] = field(init=False, repr=False, eq=False)
    _by_id: Mapping[str, Client | Project | Person] = field(init=False, repr=False, eq=False)

    @classmethod
    def of(cls, desk: Desk) -> "DirectoryIndex":
        """All that the firm has."""
        return cls(desk.clients.all(), desk.projects.all(), desk.people.all())

    @_clients_called.default
    def _index_clients(self) -> Mapping[str, list[Client]]:
        called: dict[str, list[Client]] = defaultdict(list)
        for client in self._clients:
            called[spelled(client.name)].append(client)
        return dict(called)

    @_projects_called.default
    def _index_projects(self) -> Mapping[tuple[str, str], list[Project]]:
        called: dict[tuple[str, str], list[Project]] = defaultdict(list)
        for project in self._projects:
            called[project.client_id, spelled(project.name)].append(project)
        return dict(called)

    @_people_called.default
    def _index_people(self) -> Mapping[str, list[Person]]:
        called: dict[str, list[Person]] = defaultdict(list)
        for person in self._people:
            if person.role is not Role.CONTACT:
                called[spelled(person.name)].append(person)
        return dict(called)

    @_by_email.default
    def _index_emails(self) -> Mapping[str, Person]:
        return {person.email: person for person in self._people if person.email is not None}

    @_by_id.default
    def _index_ids(self) -> Mapping[str, Client | Project | Person]:
        everything: tuple[Client | Project | Person, ...] = (*self._clients, *self._projects, *self._people)
        return {it.id: it for it in everything}

    def client(self, name: str) -> Client | None:
        """The client of that name."""
        return _meant(self._clients_called.get(spelled(name), ()))

    def project(self, client_id: str, name: str) -> Project | None:
        """The project of that name of a client."""
        return _meant(self._projects_called.get((client_id, spelled(name)), ()))

    def person(self, name: str, email: str | None) -> Person | None:
        """Who has that e-mail; or else which employee is called so and has none; or else, where no e-mail is given,
        which is called so."""
        if email is not None and email in self._by_email:
            return self._by_email[email]
        called = self._people_called.get(spelled(name), ())
        nameless = _meant(person for person in called if person.email is None)
        return nameless if nameless is not None or email is not None else _meant(called)

    def by_id(self, kind: type[T], id: str) -> T:
        """What has that id in the books."""
        found = self._by_id[id]
        assert isinstance(found, kind)
        return found


def _meant(found: Iterable[T]) -> T | None:
    """The one that is meant: an archived one only if there is no other. InvalidState if several could be."""
    every = tuple(found)
    possible = [it for it in every if not it.archived] or every
    if len(possible) > 1:
        one = possible[0]
        what = type(one).__name__.lower()
        raise InvalidState(f"More than one {what} is called {one.name!r} in the books; rename all but one of them.")
    return next(iter(possible), None)
