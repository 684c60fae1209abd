"""Rows of the list of people, and the page of one person."""

from datetime import datetime, timedelta

from attrs import frozen

from invoicecore.model.login import LoginView
from invoicecore.model.person import Person
from invoicecore.queries.paging import Sort
from invoicecore.queries.visibility import NamedRef


class PersonSort(Sort):
    """The orders in which people are listed."""

    NAME = "name", "By name, letter for letter.", ("person.name", str), ("person.id", str)
    EMAIL = "email", "By e-mail; those without one come first.", ("person.email", str), ("person.id", str)
    ROLE = "role", "By role, in alphabetical order.", ("person.role", str), ("person.id", str)
    WORKED = "worked", "By the time that they worked in all.", ("worked", int), ("person.id", str)
    SIGNED_IN = (
        "signed_in",
        "By their latest sign-in; those who never did come first.",
        ("last_sign_in", datetime),
        ("person.id", str),
    )
    ADDED = "added", "As they were added.", ("person.id", str)


@frozen(kw_only=True)
class PersonRow:
    """A person in a list: total time worked, last sign-in, and the projects that they are assigned to or, for a
    contact, limited to, by name."""

    person: Person
    worked: timedelta
    last_sign_in: datetime | None
    projects: tuple[NamedRef, ...]


@frozen
class PersonPage:
    """A person, the zone in which they see times (their own or the firm's), and their sign-in data, which is None for
    everybody except Managers and the person."""

    row: PersonRow
    timezone: str
    login: LoginView | None
