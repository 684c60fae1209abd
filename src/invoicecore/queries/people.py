"""Rows of the list of people, and the page of one person."""

from datetime import UTC, datetime, timedelta

from attrs import frozen

from invoicecore.model.login import LoginView
from invoicecore.model.person import Person
from invoicecore.queries.paging import Sort, SortKey
from invoicecore.queries.visibility import NamedRef

_NEVER = datetime.min.replace(tzinfo=UTC)


class PersonSort(Sort):
    """The orders in which people are listed."""

    NAME = "name", "By name, letter for letter.", str, str
    EMAIL = "email", "By e-mail; those without one come first.", str, str
    ROLE = "role", "By role, in alphabetical order.", str, str
    WORKED = "worked", "By the time that they worked in all.", int, str
    SIGNED_IN = "signed_in", "By their latest sign-in; those who never did come first.", datetime, str
    ADDED = "added", "As they were added.", str


@frozen(kw_only=True)
class PersonRow:
    """A person in a list: total time worked, last sign-in, and the projects that they are assigned to or, for a
    contact, limited to, by name."""

    person: Person
    worked: timedelta
    last_sign_in: datetime | None
    projects: tuple[NamedRef, ...]

    def sort_key(self, sort: PersonSort) -> SortKey:
        """The key of the row in that order."""
        person = self.person
        if sort is PersonSort.NAME:
            return (person.name, person.id)
        if sort is PersonSort.EMAIL:
            return (person.email or "", person.id)
        if sort is PersonSort.ROLE:
            return (str(person.role), person.id)
        if sort is PersonSort.WORKED:
            return (self.worked // timedelta(microseconds=1), person.id)
        if sort is PersonSort.SIGNED_IN:
            return (self.last_sign_in or _NEVER, person.id)
        return (person.id,)


@frozen
class PersonPage:
    """A person, the zone in which they see times (their own or the firm's), and their sign-in data, which is None for
    everybody except Managers and the person."""

    row: PersonRow
    timezone: str
    login: LoginView | None
