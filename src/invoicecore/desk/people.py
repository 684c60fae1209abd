"""Who works here, and who reads along?"""

from collections.abc import Callable, Iterable

from attrs import evolve

from invoicecore.desk import visibility
from invoicecore.desk.context import Unit, revised
from invoicecore.desk.executor import Office
from invoicecore.errors import LastManager, Malformed, NotAllowedNow, NotFound
from invoicecore.model.login import Login, LoginView, known_password, typed_password
from invoicecore.model.permissions import permit_giving
from invoicecore.model.person import Person
from invoicecore.ports.store import PEOPLE, Scope
from invoicecore.values import inputs
from invoicecore.values.addresses import known_ranges
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.vocabulary import Act, Role

_ANY = Person(name="any", role=Role.WORKER)


class People:
    """Employees and clients' contacts, and how they sign in.

    Passwords are worked out outside the unit of work, and only for who may set them. A command with one takes no
    idempotency key, so that nothing is remembered of it.
    """

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
        password: str | None = None,
        admitted_from: Iterable[str] = (),
        idempotency_key: str | None = None,
    ) -> Person:
        """Add an employee, or a contact of `client`, perhaps limited to some of its projects.

        With an e-mail and a `password` of 8 to 1,000 characters they can sign in, from the addresses of `admitted_from`
        or from anywhere. Malformed unless exactly contacts have a client; NotAllowedNow if the e-mail is somebody's
        already. An idempotency key is for those who get no password yet.
        """
        if password is not None and idempotency_key is not None:
            raise Malformed("A command with a password takes no idempotency key, so that nothing is kept of it.")
        limits = _limits(limited_to)
        good, ranges = inputs.optional(password, known_password), known_ranges(admitted_from)
        person = Person(
            name=name,
            role=role,
            email=email,
            timezone=timezone,
            client_id=None if client is None else ClientId(client),
            limited_to=limits,
        )

        def may(unit: Unit) -> None:
            if person.client_id is not None:
                unit.client(person.client_id)
            _check_limits(unit, person, limits)
            unit.permit(Act.ADD_PERSON)
            permit_giving(unit.actor.role, person.role, Act.ADD_PERSON)

        kept = self._worked_out(good, may)

        def command(unit: Unit) -> Person:
            may(unit)
            added = evolve(person, id=PersonId(unit.ids()))
            _claim_email(unit, added)
            unit.put(added)
            if kept is not None or ranges:
                unit.put(Login(person_id=added.id, password_hash=kept, admitted_from=ranges))
            return added

        # Sets are written down in no order that is the same everywhere.
        request = (evolve(person, limited_to=None), None if limits is None else sorted(limits), tuple(ranges))
        return self._office.write(Act.ADD_PERSON, command, key=idempotency_key, request=request)

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
            return tuple(person for person in unit.uow.find(PEOPLE) if visibility.sees_person(unit.actor, person))

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
            if role is not None:
                permit_giving(unit.actor.role, role, Act.CHANGE_PERSON)
            after = revised(before, name=name, email=email, timezone=timezone, role=role)
            if after.email != before.email:
                if before.email is not None:
                    unit.uow.release(Scope.EMAIL, (before.email,))
                _claim_email(unit, after)
            return _save(unit, before, after)

        return self._office.write(Act.CHANGE_PERSON, command)

    def change_me(self, *, timezone: str | None) -> Person:
        """Choose the zone in which one is shown times; None is the firm's."""
        evolve(_ANY, timezone=timezone)

        def command(unit: Unit) -> Person:
            unit.permit(Act.CHANGE_OWN_PROFILE)
            after = evolve(unit.actor, timezone=timezone)
            unit.put(after)
            return after

        return self._office.write(Act.CHANGE_OWN_PROFILE, command)

    def limit_to(self, id: str, projects: Iterable[str] | None) -> Person:
        """Limit a contact to some of their client's projects; None lets them see all of them."""
        limits = _limits(projects)

        def command(unit: Unit) -> Person:
            before = unit.person(id)
            _check_limits(unit, before, limits)
            unit.permit(Act.CHANGE_PERSON)
            if before.role is not Role.CONTACT:
                raise NotAllowedNow(f"{before.name} is no contact; assign them to projects instead.")
            return _save(unit, before, evolve(before, limited_to=limits))

        return self._office.write(Act.CHANGE_PERSON, command)

    def login(self, id: str) -> LoginView:
        """Whether and from where somebody can sign in, and when they last did."""

        def query(unit: Unit) -> LoginView:
            person = unit.person(id)
            if person.id != unit.actor.id:
                unit.permit(Act.VIEW_LOGIN)
            return unit.login(person).view()

        return self._office.read(query)

    def set_password(self, id: str, password: str | None) -> LoginView:
        """Give somebody a password of 8 to 1,000 characters; None takes theirs away, and they cannot sign in."""
        good = inputs.optional(password, known_password)

        def may(unit: Unit) -> Login:
            person = unit.person(id)
            unit.permit(Act.SET_PASSWORD)
            return unit.login(person)

        kept = self._worked_out(good, may)

        def command(unit: Unit) -> LoginView:
            return _save_login(unit, evolve(may(unit), password_hash=kept))

        return self._office.write(Act.SET_PASSWORD, command)

    def change_my_password(self, *, current: str, new: str) -> LoginView:
        """Choose another password. NotAllowedNow if the current one is not right."""
        good, typed = known_password(new), typed_password(current)

        def mine(unit: Unit) -> Login:
            unit.permit(Act.CHANGE_OWN_PROFILE)
            return unit.login(unit.actor)

        before = self._office.read(mine).password_hash
        passwords = self._office.passwords
        if not passwords.verify(None if typed is None else before, typed or ""):
            raise NotAllowedNow("The current password is not right; a manager can give you another one.")
        kept = passwords.hash(good)

        def command(unit: Unit) -> LoginView:
            login = mine(unit)
            if login.password_hash != before:
                raise NotAllowedNow("Your password was changed meanwhile; try again with the one that you have now.")
            return _save_login(unit, evolve(login, password_hash=kept))

        return self._office.write(Act.CHANGE_OWN_PROFILE, command)

    def admit_from(self, id: str, ranges: Iterable[str]) -> LoginView:
        """Let somebody sign in only from some addresses (`invoicecore.values.addresses`); none means from anywhere."""
        admitted = known_ranges(ranges)

        def command(unit: Unit) -> LoginView:
            person = unit.person(id)
            unit.permit(Act.ADMIT_FROM)
            return _save_login(unit, evolve(unit.login(person), admitted_from=admitted))

        return self._office.write(Act.ADMIT_FROM, command)

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

    def _worked_out(self, password: str | None, may: Callable[[Unit], object]) -> str | None:
        """What is kept of a password. It takes long, so it is asked before whether the actor may set it."""
        if password is None:
            return None
        self._office.read(may)
        return self._office.passwords.hash(password)


def _limits(projects: Iterable[str] | None) -> frozenset[ProjectId] | None:
    return None if projects is None else frozenset(map(ProjectId, inputs.ids("limited_to", projects)))


def _check_limits(unit: Unit, person: Person, limits: frozenset[ProjectId] | None) -> None:
    """NotFound for a project that is not that of a contact's client."""
    for project in sorted(limits or ()):
        if unit.project(project).client_id != person.client_id:
            raise NotFound("project", project)


def _save_login(unit: Unit, login: Login) -> LoginView:
    unit.put(login)
    return login.view()


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
