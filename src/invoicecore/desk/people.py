"""The calls for employees, contacts and their sign-in data."""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import evolve

from invoicecore.desk import visibility
from invoicecore.desk.context import CommandContext, checked, with_changes
from invoicecore.desk.executor import keyed
from invoicecore.desk.naming import known_name, named
from invoicecore.desk.subject import Subject, command, query
from invoicecore.errors import InvalidInput, InvalidState, LastManager, NotFound
from invoicecore.model.login import Login, LoginView, known_password, typed_password
from invoicecore.model.permissions import permit_giving
from invoicecore.model.person import Person
from invoicecore.ports.store import PEOPLE, UniqueKind
from invoicecore.values import inputs
from invoicecore.values.addresses import known_ranges
from invoicecore.values.emails import known_email, mail_address
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.values.unset import UNSET, Unset, if_set
from invoicecore.vocabulary import Action, Role


class People(Subject):
    """Employees and clients' contacts, and how they sign in.

    Passwords are hashed outside the unit of work, and only if the person may set them. A command with a password takes
    no idempotency key, so that nothing of the password is stored.
    """

    def add(
        self,
        *,
        name: str,
        role: Role,
        email: str | None = None,
        timezone: str | None = None,
        client_id: str | None = None,
        limited_to: Iterable[str] | None = None,
        password: str | None = None,
        admitted_from: Iterable[str] = (),
        idempotency_key: str | None = None,
    ) -> Person:
        """Add an employee, or a contact of `client_id`, who may be limited to some of its projects.

        With an e-mail and a `password` of 8 to 1,000 characters they can sign in, from the addresses of `admitted_from`
        or from anywhere. InvalidInput if a contact has no client, or an employee has one; InvalidState if another
        person has the e-mail. An idempotency key cannot be given together with a password.
        """
        if password is not None and idempotency_key is not None:
            raise InvalidInput("A command with a password takes no idempotency key, so that none of it is stored.")
        given = inputs.all_of(
            **inputs.of_fields(Person, name=name, role=role, timezone=timezone),
            email=lambda: _mail_address(email),
            limited_to=lambda: _limits(limited_to, "limited_to"),
            password=lambda: inputs.optional(password, known_password),
            admitted_from=lambda: known_ranges(admitted_from),
        )
        good, ranges, limits = given.pop("password"), given.pop("admitted_from"), given["limited_to"]
        person = Person(client_id=None if client_id is None else ClientId(client_id), **given)

        def may(context: CommandContext) -> None:
            if person.client_id is not None:
                context.client(person.client_id)
            _check_limits(context, person, limits)
            context.permit(Action.ADD_PERSON)
            permit_giving(context.actor.role, person.role, Action.ADD_PERSON)

        hashed = self._hashed(good, may)

        def run(context: CommandContext) -> Person:
            may(context)
            added = evolve(person, id=PersonId(context.ids()))
            _claim_email(context, added)
            context.put(added)
            if hashed is not None or ranges:
                login = Login(person_id=added.id, admitted_from=ranges)
                context.put(login if hashed is None else _with_password(context, login, hashed))
            return added

        request = keyed(idempotency_key, self.add, person=person, admitted_from=ranges)
        return self._executor.write(Action.ADD_PERSON, run, request)

    def get(self, person_id: str) -> Person:
        """A person whom the actor may see."""
        return self._executor.read(lambda context: context.person(person_id))

    def by_email(self, email: str) -> Person:
        """The person with this e-mail, ignoring capitals. NotFound if there is none whom the caller may see."""
        known = known_email(email)

        def run(context: CommandContext) -> Person:
            owner = context.uow.owners(UniqueKind.EMAIL, (known,)).get(known)
            if owner is None:
                raise NotFound("person", email)
            return context.person(owner)

        return self._executor.read(run)

    def by_name(self, name: str) -> Person:
        """The person with that name, ignoring capitals; if there is none, the person whose name contains it. NotFound
        if there is none whom the caller may see, InvalidInput if there are several."""
        sought = known_name(name)

        def run(context: CommandContext) -> Person:
            context.permit(Action.VIEW_PEOPLE)
            seen = (it for it in context.uow.find(PEOPLE) if visibility.sees_person(context.actor, it))
            return named("person", sought, (((it.name,), it) for it in seen))

        return self._executor.read(run)

    def me(self) -> Person:
        """The person whose desk this is."""
        return self._executor.read(lambda context: context.actor)

    @query
    def all(self, context: CommandContext) -> tuple[Person, ...]:
        """Everybody whom the caller may see, in the order in which they were added."""
        context.permit(Action.VIEW_PEOPLE)
        return tuple(person for person in context.uow.find(PEOPLE) if visibility.sees_person(context.actor, person))

    def change(
        self,
        person_id: str,
        *,
        name: str | Unset = UNSET,
        email: str | Unset | None = UNSET,
        timezone: str | Unset | None = UNSET,
        role: Role | Unset = UNSET,
    ) -> Person:
        """Change what is given; None removes the e-mail, or the zone, so that the firm's zone is used. LastManager if
        no Manager would be left."""
        given: dict[str, Any] = {"name": name, "email": email, "timezone": timezone, "role": role}
        checks = inputs.of_fields(Person, **given) | {"email": lambda: if_set(email, _mail_address)}
        given |= inputs.all_of(**checks)  # malformed goes before absent

        def run(context: CommandContext) -> Person:
            before = context.person(person_id)
            context.permit(Action.CHANGE_PERSON)
            if role is not UNSET:
                permit_giving(context.actor.role, role, Action.CHANGE_PERSON)
            after = with_changes(before, **given)
            if after.email != before.email:
                if before.email is not None:
                    context.uow.release(UniqueKind.EMAIL, (before.email,))
                _claim_email(context, after)
            return _save(context, before, after)

        return self._executor.write(Action.CHANGE_PERSON, run)

    def change_me(self, *, timezone: str | Unset | None = UNSET) -> Person:
        """Choose the zone in which times are shown to oneself; None is the firm's."""
        given = checked(Person, timezone=timezone)

        def run(context: CommandContext) -> Person:
            context.permit(Action.CHANGE_OWN_PROFILE)
            after = with_changes(context.actor, **given)
            context.put(after)
            return after

        return self._executor.write(Action.CHANGE_OWN_PROFILE, run)

    def restrict_to_projects(self, person_id: str, projects: Iterable[str] | None) -> Person:
        """Limit a contact to some of their client's projects; None lets them see all of them."""
        limits = _limits(projects, "projects")

        def run(context: CommandContext) -> Person:
            before = context.person(person_id)
            _check_limits(context, before, limits)
            context.permit(Action.CHANGE_PERSON)
            if before.role is not Role.CONTACT:
                message = f"{before.name} is not a contact; assign them to projects instead."
                raise InvalidState(message, "not_a_contact", field="person_id")
            return _save(context, before, evolve(before, limited_to=limits))

        return self._executor.write(Action.CHANGE_PERSON, run)

    @query
    def login(self, context: CommandContext, person_id: str) -> LoginView:
        """Whether and from where a person can sign in, and when they last did."""
        person = context.person(person_id)
        if person.id != context.actor.id:
            context.permit(Action.VIEW_LOGIN)
        return context.login(person).view()

    def set_password(self, person_id: str, password: str | None) -> LoginView:
        """Give a person a password of 8 to 1,000 characters; None removes it, and they can no longer sign in."""
        good = inputs.all_of(password=lambda: inputs.optional(password, known_password))["password"]

        def may(context: CommandContext) -> Login:
            person = context.person(person_id)
            context.permit(Action.SET_PASSWORD)
            return context.login(person)

        hashed = self._hashed(good, may)

        def run(context: CommandContext) -> LoginView:
            return _save_login(context, _with_password(context, may(context), hashed))

        return self._executor.write(Action.SET_PASSWORD, run)

    def change_my_password(self, *, current: str, new: str) -> LoginView:
        """Change one's own password. InvalidState if the current one is wrong."""
        given = inputs.all_of(new=lambda: known_password(new), current=lambda: typed_password(current))
        good, typed = given["new"], given["current"]

        def mine(context: CommandContext) -> Login:
            context.permit(Action.CHANGE_OWN_PROFILE)
            return context.login(context.actor)

        before = self._executor.read_primary(mine).password_hash
        passwords = self._executor.passwords
        if not passwords.verify(None if typed is None else before, typed or ""):
            message = "The current password is wrong; a manager can give you another one."
            raise InvalidState(message, "wrong_password", field="current")
        hashed = passwords.hash(good)

        def run(context: CommandContext) -> LoginView:
            login = mine(context)
            if login.password_hash != before:
                message = "Your password was changed meanwhile; try again with the one that you have now."
                raise InvalidState(message, "wrong_password", field="current")
            return _save_login(context, _with_password(context, login, hashed))

        return self._executor.write(Action.CHANGE_OWN_PROFILE, run)

    @command(Action.SET_ALLOWED_ADDRESSES, ranges=known_ranges)
    def set_allowed_addresses(self, context: CommandContext, person_id: str, ranges: Iterable[str]) -> LoginView:
        """Let a person sign in only from some addresses (`invoicecore.values.addresses`); none means from anywhere."""
        person = context.person(person_id)
        context.permit(Action.SET_ALLOWED_ADDRESSES)
        return _save_login(context, evolve(context.login(person), admitted_from=tuple(ranges)))

    def archive(self, person_id: str) -> Person:
        """Archive a person: they can no longer do anything, and everything they did stays."""
        return self._set_archived(person_id, archived=True)

    def restore(self, person_id: str) -> Person:
        """Restore an archived person."""
        return self._set_archived(person_id, archived=False)

    @command(Action.ARCHIVE_PERSON)
    def _set_archived(self, context: CommandContext, person_id: str, *, archived: bool) -> Person:
        before = context.person(person_id)
        context.permit(Action.ARCHIVE_PERSON)
        return _save(context, before, evolve(before, archived=archived))

    def _hashed(self, password: str | None, may: Callable[[CommandContext], object]) -> str | None:
        """The hash of a password. Hashing takes long, so whether the actor may set it is asked before."""
        if password is None:
            return None
        self._executor.read_primary(may)
        return self._executor.passwords.hash(password)


def _mail_address(email: str | None) -> str | None:
    return inputs.optional(inputs.unless_blank(email), mail_address)


def _limits(projects: Iterable[str] | None, what: str) -> frozenset[ProjectId] | None:
    return None if projects is None else frozenset(map(ProjectId, inputs.ids(what, projects)))


def _check_limits(context: CommandContext, person: Person, limits: frozenset[ProjectId] | None) -> None:
    """NotFound for a project that is not that of a contact's client."""
    for project in sorted(limits or ()):
        if context.project(project).client_id != person.client_id:
            raise NotFound("project", project)


def _with_password(context: CommandContext, login: Login, hashed: str | None) -> Login:
    return evolve(login, password_hash=hashed, password_changed_at=context.stamp.at)


def _save_login(context: CommandContext, login: Login) -> LoginView:
    context.put(login)
    return login.view()


def _claim_email(context: CommandContext, person: Person) -> None:
    if person.email is None:
        return
    if context.uow.owners(UniqueKind.EMAIL, (person.email,)):
        message = f"The e-mail {person.email} is somebody else's already; each can be used once."
        raise InvalidState(message, "email_taken", field="email")
    context.uow.reserve(UniqueKind.EMAIL, (person.email,), person.id)


def _save(context: CommandContext, before: Person, after: Person) -> Person:
    """Store a person, unless the firm would be left without a Manager."""
    if _manages(before) and not _manages(after):
        if not any(_manages(other) for other in context.uow.find(PEOPLE) if other.id != before.id):
            raise LastManager(
                f"{before.name} is the only manager; make somebody else a manager first.", name=before.name
            )
        # Two managers who demote each other must not both succeed, so both commands change the firm.
        context.put(context.firm)
    context.put(after)
    return after


def _manages(person: Person) -> bool:
    return person.role is Role.MANAGER and not person.archived
