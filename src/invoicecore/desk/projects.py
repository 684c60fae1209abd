"""The calls for projects, their rates and their assigned people."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from attrs import evolve

from invoicecore.desk import visibility
from invoicecore.desk.context import CommandContext, checked, with_changes
from invoicecore.desk.executor import keyed
from invoicecore.desk.naming import known_name, named
from invoicecore.desk.subject import Subject, command, query
from invoicecore.desk.taxing import check_known
from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.model.project import Project, RateFrom
from invoicecore.ports.store import CLIENTS, PROJECTS, PROJECTS_OF_CLIENT, SESSIONS_OF_PROJECT
from invoicecore.values import inputs
from invoicecore.values.calendar import instant, opening
from invoicecore.values.ids import ClientId, ProjectId
from invoicecore.values.money import Money, Rate, in_currency
from invoicecore.values.unset import UNSET, Unset
from invoicecore.vocabulary import Action, ProjectBilling, Role


class Projects(Subject):
    """Projects, their rates, and who is assigned to them. People who see no money are shown no rates."""

    def add(
        self,
        *,
        client_id: str,
        name: str,
        rate: Rate,
        starts_on: date | None = None,
        notes: str = "",
        billable: bool = True,
        tax: str | None = None,
        billing: ProjectBilling = ProjectBilling.HOURLY,
        cap: Money | None = None,
        idempotency_key: str | None = None,
    ) -> Project:
        """Add a project of a client, with a rate in the client's currency. Work before `starts_on` is refused. With
        `billable=False` its work costs nothing, unless a session says otherwise. `tax` is a tax code that comes before
        that of the client; NotFound for a code that the firm never set.

        With `billing=ProjectBilling.FIXED` its work costs nothing, is accepted even if work is stopped, and it is on no
        invoice; the price is a fee, see `charges.fee`. `cap` is the most that its work may cost in all, without tax: a
        session costs at most what is left of it, and its `cut` says how much was taken off. A project has a fixed price
        or a cap, not both.
        """
        given: dict[str, Any] = {
            "name": name,
            "starts_on": starts_on,
            "notes": notes,
            "billable": billable,
            "tax": tax,
            "billing": billing,
            "cap": cap,
        }
        inputs.all_of(**inputs.of_fields(Project, **given), rate=lambda: inputs.instance("rate", rate, Rate))
        used = None if cap is None else evolve(cap, minor=0)
        rates = (RateFrom(rate),)
        project = Project(id=ProjectId(""), client_id=ClientId(client_id), rates=rates, cap_used=used, **given)
        _check_price(project)

        def run(context: CommandContext) -> Project:
            owner = context.client(client_id)
            context.permit(Action.ADD_PROJECT)
            if owner.archived:
                raise InvalidState(
                    f"{owner.name} is archived; bring the client back first.", "archived", name=owner.name
                )
            in_currency(owner.currency, rate, cap)
            check_known(context, project.tax)
            added = evolve(project, id=ProjectId(context.ids()))
            context.put(added)
            return added

        request = keyed(idempotency_key, self.add, project=project)
        return self._executor.write(Action.ADD_PROJECT, run, request)

    def get(self, project_id: str) -> Project:
        """A project that the caller may see."""
        return self._executor.read(lambda context: _with_client(context, context.project(project_id)))

    def by_name(self, name: str) -> Project:
        """The project with that name, ignoring capitals; if there is none, the project whose name contains it.
        `Acme/Website` names the client too. NotFound if there is none that the caller may see, InvalidInput if there
        are several."""
        sought = known_name(name)

        def run(context: CommandContext) -> Project:
            context.permit(Action.VIEW_PROJECTS)
            clients = {it.id: it for it in context.uow.find(CLIENTS)}
            seen = (
                evolve(it, archived=it.archived or clients[it.client_id].archived)
                for it in context.uow.find(PROJECTS)
                if visibility.sees_project(context.actor, it)
            )
            found = named("project", sought, (((clients[it.client_id].name, it.name), it) for it in seen))
            return shown(context, found)

        return self._executor.read(run)

    @query
    def all(self, context: CommandContext) -> tuple[Project, ...]:
        """The projects that the caller may see, in the order in which they were added."""
        context.permit(Action.VIEW_PROJECTS)
        seen = (project for project in context.uow.find(PROJECTS) if visibility.sees_project(context.actor, project))
        away = {client.id for client in context.uow.find(CLIENTS) if client.archived}
        return tuple(shown(context, project, with_client=project.client_id in away) for project in seen)

    @query
    def of(self, context: CommandContext, client_id: str) -> tuple[Project, ...]:
        """The projects of a client that the caller may see."""
        context.permit(Action.VIEW_PROJECTS)
        client = context.client(client_id)
        projects = context.uow.find(PROJECTS_OF_CLIENT, client.id)
        seen = (project for project in projects if visibility.sees_project(context.actor, project))
        return tuple(shown(context, project, with_client=client.archived) for project in seen)

    def change(
        self,
        project_id: str,
        *,
        name: str | Unset = UNSET,
        starts_on: date | Unset | None = UNSET,
        notes: str | Unset = UNSET,
        billable: bool | Unset = UNSET,
        tax: str | Unset | None = UNSET,
        billing: ProjectBilling | Unset = UNSET,
        cap: Money | Unset | None = UNSET,
    ) -> Project:
        """Change what is given; None removes the start date, the tax code or the cap. Work recorded before keeps its
        cost, stays as billable as it is, and counts towards a cap. A running timer stays as billable as it is; the cap
        at the time when it is stopped applies to it."""
        given = checked(
            Project,
            name=name,
            starts_on=starts_on,
            notes=notes,
            billable=billable,
            tax=tax,
            billing=billing,
            cap=cap,
        )

        def changed(context: CommandContext, project: Project) -> Project:
            check_known(context, given["tax"])
            after = with_changes(project, **given)
            if after.cap is not None:
                in_currency(after.rates[0].rate.currency, after.cap)
            _check_price(after)
            return _counted(context, after)

        return self._change(Action.CHANGE_PROJECT, project_id, changed)

    def set_rate(self, project_id: str, rate: Rate, *, since: datetime | None = None) -> Project:
        """Give a project another rate from a moment on; None is the beginning of the firm's today. Work recorded before
        keeps its rate.

        It replaces a rate from the same moment, and leaves rates that begin later. InvalidState for a moment before the
        beginning of a rate that began before today.
        """
        given = inputs.all_of(
            rate=lambda: inputs.instance("rate", rate, Rate),
            since=lambda: inputs.optional(since, partial(instant, "since")),
        )
        moment = given["since"]

        def changed(context: CommandContext, project: Project) -> Project:
            rates = project.rates_with(rate, moment or _today(context), _today(context))
            in_currency(project.rates[0].rate.currency, rate)
            return evolve(project, rates=rates)

        return self._change(Action.SET_RATE, project_id, changed)

    def cancel_rate(self, project_id: str, since: datetime) -> Project:
        """Cancel the rate that a project has from a moment on, today or later. Work recorded at that rate keeps it."""
        moment = instant("since", since)

        def changed(context: CommandContext, project: Project) -> Project:
            return evolve(project, rates=project.rates_without(moment, _today(context)))

        return self._change(Action.SET_RATE, project_id, changed)

    def assign(self, project_id: str, person_id: str) -> Project:
        """Let an employee work on a project. Assigning again changes nothing."""
        return self._assign(project_id, person_id, assigned=True)

    def unassign(self, project_id: str, person_id: str) -> Project:
        """Take an employee off a project; what they did there stays."""
        return self._assign(project_id, person_id, assigned=False)

    def archive(self, project_id: str) -> Project:
        """Archive a project: no more work is accepted on it, and everything recorded stays."""
        return self._change(Action.ARCHIVE_PROJECT, project_id, lambda context, project: evolve(project, archived=True))

    def restore(self, project_id: str) -> Project:
        """Restore an archived project."""
        return self._change(
            Action.ARCHIVE_PROJECT, project_id, lambda context, project: evolve(project, archived=False)
        )

    @command(Action.ASSIGN)
    def _assign(self, context: CommandContext, project_id: str, person_id: str, *, assigned: bool) -> Project:
        project, who = context.project(project_id), context.person(person_id)
        context.permit(Action.ASSIGN)
        if who.role is Role.CONTACT:
            raise InvalidState(
                f"{who.name} is a client's contact; only employees are assigned to projects.",
                "no_employee",
                field="person_id",
            )
        people = project.assigned | {who.id} if assigned else project.assigned - {who.id}
        return _save(context, project, evolve(project, assigned=people))

    def _change(
        self, action: Action, project_id: str, changed: Callable[[CommandContext, Project], Project]
    ) -> Project:
        def run(context: CommandContext) -> Project:
            project = context.project(project_id)
            context.permit(action)
            return _save(context, project, changed(context, project))

        return self._executor.write(action, run)


def _check_price(project: Project) -> None:
    """InvalidInput for a fixed price with a cap."""
    if project.has_fixed_price and project.cap is not None:
        message = "A project with a fixed price has no cap; its sessions cost nothing. Give one of the two."
        raise InvalidInput(message, "fixed_price_and_cap", field="cap")


def _counted(context: CommandContext, project: Project) -> Project:
    """The project with what its sessions cost together, once it has a cap. The account is read first, so that no
    session is recorded meanwhile."""
    if project.cap is None or project.cap_used is not None:
        return project
    context.account(project.client_id)
    cost = sum(it.minor for it in context.uow.find(SESSIONS_OF_PROJECT, project.id))
    return evolve(project, cap_used=evolve(project.cap, minor=cost))


def _today(context: CommandContext) -> datetime:
    """The first instant of the firm's day."""
    return opening(context.stamp.today, context.stamp.zone)


def _save(context: CommandContext, before: Project, after: Project) -> Project:
    """Store a project if it changed, and show it."""
    if after != before:
        context.bump_account(after.client_id)
        context.put(after)
    return _with_client(context, after)


def _with_client(context: CommandContext, project: Project) -> Project:
    return shown(context, project, with_client=context.client_of(project).archived)


def shown(context: CommandContext, project: Project, *, with_client: bool = False) -> Project:
    """The project as the actor may see it: with rates and the cap for those who see money, and with who else is
    assigned to it for those who assign. It may be archived with its client."""
    if not context.sees_money:
        project = evolve(project, rates=(), cap=None, cap_used=None)
    assigned = project.assigned if visibility.sees_colleagues(context.actor) else project.assigned & {context.actor.id}
    return evolve(project, assigned=assigned, archived=project.archived or with_client)
