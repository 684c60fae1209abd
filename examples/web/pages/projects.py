"""Projects: what is worked on, at which rate, and by whom."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from examples.web.forms import Form
from examples.web.routing import button, post
from examples.web.visitor import Visiting, Visitor
from invoicecore import Action, Desk, ProjectBilling, ProjectSort

router = APIRouter(include_in_schema=False)
HERE = "/projects/{project_id}"


@router.get("/projects")
def projects(
    visitor: Visiting, find: str = "", sort: ProjectSort = ProjectSort.NAME, after: str | None = None
) -> Response:
    page = visitor.desk.pages.projects(search=find, sort=sort, after=after, archived=None)
    return visitor.page("projects/list.html", page=page, find=find, sort=sort)


@router.get("/projects/new")
def new_project(visitor: Visiting, client: str = "") -> Response:
    visitor.need(Action.ADD_PROJECT)
    return visitor.page("projects/edit.html", row=None, clients=visitor.clients, client_id=client)


@post(router, "/projects/new", new_project)
def add_project(visitor: Visitor, form: Form) -> str:
    client = visitor.desk.clients.get(form.text("client_id"))
    project = visitor.desk.projects.add(
        client_id=client.id,
        name=form.text("name"),
        rate=form.rate("rate", client.currency, required=True),
        starts_on=form.day("starts_on"),
        notes=form.text("notes"),
        billing=form.choice("billing", ProjectBilling),
        cap=form.money("cap", client.currency),
        idempotency_key=form.text("key"),
    )
    return f"/projects/{project.id}"


@router.get(HERE)
def project(visitor: Visiting, project_id: str, after: str | None = None) -> Response:
    page = visitor.desk.pages.project(project_id)
    sessions = page.sessions if after is None else visitor.desk.pages.work(project_id=project_id, after=after)
    there = {it.id for it in page.assigned}
    people = [it for it in visitor.employees if it[0] not in there] if visitor.may(Action.ASSIGN) else []
    return visitor.page("projects/one.html", page=page, sessions=sessions, people=people)


@router.get(f"{HERE}/edit")
def edit_project(visitor: Visiting, project_id: str) -> Response:
    row = visitor.desk.pages.project(project_id).row
    visitor.need(Action.CHANGE_PROJECT)
    return visitor.page("projects/edit.html", row=row)


@post(router, f"{HERE}/edit", edit_project)
def change_project(visitor: Visitor, form: Form, project_id: str) -> str:
    """Name, start, notes, and what is asked for later work, in one transaction."""
    row = visitor.desk.pages.project(project_id).row
    rate: Any = form.rate("rate", row.rate.currency, required=True) if row.rate else None
    billing, cap = form.choice("billing", ProjectBilling), form.money("cap", row.rate.currency) if row.rate else None

    def act(desk: Desk, connection: Connection) -> None:
        name, notes, starts_on = form.text("name"), form.text("notes"), form.day("starts_on")
        desk.projects.change(project_id, name=name, notes=notes, starts_on=starts_on, billing=billing, cap=cap)
        if rate != row.rate:
            desk.projects.set_rate(project_id, rate)

    visitor.house.together(visitor.person_id, act)
    return f"/projects/{project_id}"


who = "person_id"
button(router, f"{HERE}/assign", project, HERE, lambda desk, form, id: desk.projects.assign(id, form.text(who)))
button(router, f"{HERE}/unassign", project, HERE, lambda desk, form, id: desk.projects.unassign(id, form.text(who)))
button(router, f"{HERE}/archive", edit_project, HERE, lambda desk, form, id: desk.projects.archive(id))
button(router, f"{HERE}/restore", edit_project, HERE, lambda desk, form, id: desk.projects.restore(id))
