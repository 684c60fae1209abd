"""Who works here, and who reads along?"""

from collections.abc import Iterable

from attrs import evolve

from invoicecore import inputs
from invoicecore.desk import sight
from invoicecore.desk.office import Office
from invoicecore.desk.unit import Unit, revised
from invoicecore.errors import LastManager, NotAllowedNow, NotFound
from invoicecore.ids import ClientId, PersonId, ProjectId
from invoicecore.people import Person
from invoicecore.ports.storage import PEOPLE, Scope
from invoicecore.vocabulary import Act, Role

_ANY = Person(name="any", role=Role.WORKER)


class People:
    """Employees and clients' contacts."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add(
        self,
        *,
        name: str,
        role: Role,
        email: str | None = None,
        timezone: str | None = None,
        client: str | None = None,
        limited_to: Iterable[str] | None = None,
    ) -> Person:
        """Add an employee, or a contact of `client`, perhaps limited to some of its projects.

        Malformed unless exactly contacts have a client; NotAllowedNow if the e-mail is somebody's already.
        """
        limits = None if limited_to is None else frozenset(map(ProjectId, inputs.ids("limited_to", limited_to)))
        person = Person(
            name=name,
            role=role,
            email=email,
            timezone=timezone,
            client_id=None if client is None else ClientId(client),
            limited_to=limits,
        )

        def command(unit: Unit) -> Person:
            if person.client_id is not None:
                unit.client(person.client_id)
            for project in sorted(limits or ()):
                if unit.project(project).client_id != person.client_id:
                    raise NotFound("project", project)
            unit.permit(Act.ADD_PERSON)
            added = evolve(person, id=PersonId(unit.ids()))
            _claim_email(unit, added)
            unit.put(added)
            return added

        return self._office.write(Act.ADD_PERSON, command)

    def get(self, id: str) -> Person:
        """Somebody whom one may see."""
        return self._office.read(lambda unit: unit.person(id))

    def me(self) -> Person:
        """The person who sits at this desk."""
        return self._office.read(lambda unit: unit.actor)

    def all(self) -> tuple[Person, ...]:
        """Everybody whom one may see, in the order in which they were added."""

        def query(unit: Unit) -> tuple[Person, ...]:
            unit.permit(Act.VIEW_PEOPLE)
            return tuple(person for person in unit.uow.find(PEOPLE) if sight.sees_person(unit.actor, person))

        return self._office.read(query)

    def change(
        self,
        id: str,
        *,
        name: str | None = None,
        email: str | None = None,
        timezone: str | None = None,
        role: Role | None = None,
    ) -> Person:
        """Change a person; None leaves a value as it is. LastManager if nobody could do everything any more."""
        revised(_ANY, name=name, email=email, timezone=timezone)  # malformed goes before absent
        if role is not None:
            inputs.instance("A role", role, Role)

        def command(unit: Unit) -> Person:
            before = unit.person(id)
            unit.permit(Act.CHANGE_PERSON)
            after = revised(before, name=name, email=email, timezone=timezone, role=role)
            if after.email != before.email:
                if before.email is not None:
                    unit.uow.release(Scope.EMAIL, (before.email,))
                _claim_email(unit, after)
            return _save(unit, before, after)

        return self._office.write(Act.CHANGE_PERSON, command)

    def archive(self, id: str) -> Person:
        """Put somebody away: they can no longer act, and everything they did stays."""
        return self._set_archived(id, True)

    def restore(self, id: str) -> Person:
        """Bring somebody back."""
        return self._set_archived(id, False)

    def _set_archived(self, id: str, archived: bool) -> Person:
        def command(unit: Unit) -> Person:
            before = unit.person(id)
            unit.permit(Act.ARCHIVE_PERSON)
            return _save(unit, before, evolve(before, archived=archived))

        return self._office.write(Act.ARCHIVE_PERSON, command)


def _claim_email(unit: Unit, person: Person) -> None:
    if person.email is None:
        return
    if unit.uow.holders(Scope.EMAIL, (person.email,)):
        raise NotAllowedNow(f"The e-mail {person.email} is somebody else's already; each can be used once.")
    unit.uow.claim(Scope.EMAIL, (person.email,), person.id)


def _save(unit: Unit, before: Person, after: Person) -> Person:
    """Store a person, unless the firm would be left without a Manager."""
    if _manages(before) and not _manages(after):
        if not any(_manages(other) for other in unit.uow.find(PEOPLE) if other.id != before.id):
            raise LastManager(f"{before.name} is the only manager; make somebody else a manager first.")
        # Two managers who demote each other must not both succeed, so both commands change the firm.
        unit.put(unit.firm)
    unit.put(after)
    return after


def _manages(person: Person) -> bool:
    return person.role is Role.MANAGER and not person.archived
