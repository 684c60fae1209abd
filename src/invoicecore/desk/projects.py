"""What is worked on, by whom, and at which rate?"""

from collections.abc import Callable
from datetime import date, datetime

from attrs import evolve

from invoicecore.desk import visibility
from invoicecore.desk.context import Unit, revised
from invoicecore.desk.executor import Office
from invoicecore.errors import NotAllowedNow
from invoicecore.model.project import Project, RateFrom
from invoicecore.ports.store import PROJECTS, PROJECTS_OF_CLIENT
from invoicecore.values import inputs
from invoicecore.values.calendar import instant
from invoicecore.values.ids import ClientId, ProjectId
from invoicecore.values.money import Rate, in_currency
from invoicecore.vocabulary import Act, Role

_ANY = Project(id=ProjectId(""), client_id=ClientId(""), name="any", rates=())


class Projects:
    """Projects, their rates, and who is assigned to them. Those who see no money are shown no rates."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add(
        self,
        *,
        client: str,
        name: str,
        rate: Rate,
        starts_on: date | None = None,
        notes: str = "",
        idempotency_key: str | None = None,
    ) -> Project:
        """Make a project of a client, with a rate in the client's currency. Work before `starts_on` is refused."""
        inputs.instance("rate", rate, Rate)
        evolve(_ANY, name=name, starts_on=starts_on, notes=notes)  # malformed goes before absent

        def command(unit: Unit) -> Project:
            owner = unit.client(client)
            unit.permit(Act.ADD_PROJECT)
            if owner.archived:
                raise NotAllowedNow(f"{owner.name} is archived; bring the client back first.")
            in_currency(owner.currency, rate)
            project = Project(
                id=ProjectId(unit.ids()),
                client_id=owner.id,
                name=name,
                rates=(RateFrom(rate),),
                starts_on=starts_on,
                notes=notes,
            )
            unit.put(project)
            return project

        request = (client, name, rate, starts_on, notes)
        return self._office.write(Act.ADD_PROJECT, command, key=idempotency_key, request=request)

    def get(self, id: str) -> Project:
        """A project that one may see."""
        return self._office.read(lambda unit: shown(unit, unit.project(id)))

    def all(self) -> tuple[Project, ...]:
        """The projects that one may see, in the order in which they were made."""

        def query(unit: Unit) -> tuple[Project, ...]:
            unit.permit(Act.VIEW_PROJECTS)
            seen = (project for project in unit.uow.find(PROJECTS) if visibility.sees_project(unit.actor, project))
            return tuple(shown(unit, project) for project in seen)

        return self._office.read(query)

    def of(self, client: str) -> tuple[Project, ...]:
        """A client's projects, as far as one may see them."""

        def query(unit: Unit) -> tuple[Project, ...]:
            unit.permit(Act.VIEW_PROJECTS)
            projects = unit.uow.find(PROJECTS_OF_CLIENT, unit.client(client).id)
            seen = (project for project in projects if visibility.sees_project(unit.actor, project))
            return tuple(shown(unit, project) for project in seen)

        return self._office.read(query)

    def change(
        self, id: str, *, name: str | None = None, starts_on: date | None = None, notes: str | None = None
    ) -> Project:
        """Change a project; None leaves a value as it is."""
        revised(_ANY, name=name, starts_on=starts_on, notes=notes)  # malformed goes before absent

        def changed(unit: Unit, project: Project) -> Project:
            return revised(project, name=name, starts_on=starts_on, notes=notes)

        return self._change(Act.CHANGE_PROJECT, id, changed)

    def set_rate(self, id: str, rate: Rate, *, since: datetime | None = None) -> Project:
        """Give a project another rate from a moment on; None is from now. Work recorded before keeps its rate."""
        inputs.instance("rate", rate, Rate)
        moment = None if since is None else instant("since", since)

        def changed(unit: Unit, project: Project) -> Project:
            rates = project.rates_with(rate, moment or unit.stamp.at)
            in_currency(project.rates[0].rate.currency, rate)
            return evolve(project, rates=rates)

        return self._change(Act.SET_RATE, id, changed)

    def assign(self, id: str, person: str) -> Project:
        """Let an employee work on a project. Assigning again changes nothing."""
        return self._assign(id, person, True)

    def unassign(self, id: str, person: str) -> Project:
        """Take an employee off a project; what they did there stays."""
        return self._assign(id, person, False)

    def archive(self, id: str) -> Project:
        """Put a project away: no more work is accepted on it, and everything that was stays."""
        return self._change(Act.ARCHIVE_PROJECT, id, lambda unit, project: evolve(project, archived=True))

    def restore(self, id: str) -> Project:
        """Bring a project back."""
        return self._change(Act.ARCHIVE_PROJECT, id, lambda unit, project: evolve(project, archived=False))

    def _assign(self, id: str, person: str, assigned: bool) -> Project:
        def command(unit: Unit) -> Project:
            project, who = unit.project(id), unit.person(person)
            unit.permit(Act.ASSIGN)
            if who.role is Role.CONTACT:
                raise NotAllowedNow(f"{who.name} is a client's contact; only employees are assigned to projects.")
            people = project.assigned | {who.id} if assigned else project.assigned - {who.id}
            return _save(unit, project, evolve(project, assigned=people))

        return self._office.write(Act.ASSIGN, command)

    def _change(self, act: Act, id: str, changed: Callable[[Unit, Project], Project]) -> Project:
        def command(unit: Unit) -> Project:
            project = unit.project(id)
            unit.permit(act)
            return _save(unit, project, changed(unit, project))

        return self._office.write(act, command)


def _save(unit: Unit, before: Project, after: Project) -> Project:
    """Store a project if it changed, and show it."""
    if after != before:
        unit.touch(after.client_id)
        unit.put(after)
    return shown(unit, after)


def shown(unit: Unit, project: Project) -> Project:
    """The project as the actor may see it: with rates for those who see money, and with who else is assigned to it for
    those who assign."""
    rates = project.rates if unit.sees_money else ()
    assigned = project.assigned if visibility.sees_colleagues(unit.actor) else project.assigned & {unit.actor.id}
    return evolve(project, rates=rates, assigned=assigned)
