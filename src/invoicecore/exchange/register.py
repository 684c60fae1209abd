"""Who and what in a file does the firm know already?"""

from collections.abc import Iterable
from typing import TypeVar

from attrs import frozen

from invoicecore import Client, Desk, Person, Project
from invoicecore.errors import NotAllowedNow

T = TypeVar("T", Person, Client, Project)


@frozen
class Register:
    """The clients, projects and people of a firm before a file is read, found by how they are called."""

    _clients: tuple[Client, ...] = ()
    _projects: tuple[Project, ...] = ()
    _people: tuple[Person, ...] = ()

    @classmethod
    def of(cls, desk: Desk) -> "Register":
        """All that the firm has."""
        return cls(desk.clients.all(), desk.projects.all(), desk.people.all())

    def client(self, name: str) -> Client | None:
        """The client of that name."""
        return _meant(client for client in self._clients if client.name == name)

    def project(self, client_id: str, name: str) -> Project | None:
        """The project of that name of a client."""
        of_client = (project for project in self._projects if project.client_id == client_id)
        return _meant(project for project in of_client if project.name == name)

    def person(self, name: str, email: str | None) -> Person | None:
        """Who has that e-mail; or else who is called so and has none; or else, where no e-mail is given, who is called
        so."""
        if email is not None:
            for person in self._people:
                if person.email == email:
                    return person
        called = [person for person in self._people if person.name == name]
        nameless = _meant(person for person in called if person.email is None)
        return nameless if nameless is not None or email is not None else _meant(called)


def _meant(found: Iterable[T]) -> T | None:
    """The one that is meant: an archived one only if there is no other. NotAllowedNow if several could be."""
    every = tuple(found)
    possible = [it for it in every if not it.archived] or every
    if len(possible) > 1:
        one = possible[0]
        what = type(one).__name__.lower()
        raise NotAllowedNow(f"More than one {what} is called {one.name!r} in the books; rename all but one of them.")
    return next(iter(possible), None)
