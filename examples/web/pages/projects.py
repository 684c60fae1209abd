"""Projects: what is worked on, at which rate, and by whom."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from examples.web.forms import Form
from examples.web.routing import post
from examples.web.visitor import Visiting, Visitor
from invoicecore import Action, Desk, ProjectSort

router = APIRouter(include_in_schema=False)


@router.get("/projects")
def projects(
    visitor: Visiting, find: str = "", sort: ProjectSort = ProjectSort.NAME, after: str | None = None
) -> Response:
    """The projects that the visitor may see."""
    page = visitor.desk.pages.projects(search=find, sort=sort, after=after, archived=None)
    return visitor.page("projects/list.html", page=page, find=find, sort=sort)


@router.get("/projects/new")
def new_project(visitor: Visiting, client: str = "") -> Response:
    """An empty form."""
    visitor.need(Action.ADD_PROJECT)
    return visitor.page("projects/new.html", clients=visitor.desk.clients.all(), client_id=client)


@post(router, "/projects/new", new_project)
def add_project(visitor: Visitor, form: Form) -> str:
    """A project of a client."""
    client_id = form.text("client_id")
    project = visitor.desk.projects.add(
        client_id=client_id,
        name=form.text("name"),
        rate=form.rate("rate", visitor.desk.clients.get(client_id).currency, required=True),
        starts_on=form.day("starts_on"),
        notes=form.text("notes"),
        idempotency_key=form.text("key"),
    )
    return f"/projects/{project.id}"


@router.get("/projects/{project_id}")
def project(visitor: Visiting, project_id: str) -> Response:
    """Who works on it, and what was done."""
    page = visitor.desk.pages.project(project_id)
    people = visitor.desk.people.all() if visitor.may(Action.ASSIGN) else ()
    return visitor.page("projects/one.html", page=page, people=people)


@post(router, "/projects/{project_id}/assign", project)
def assign(visitor: Visitor, form: Form, project_id: str) -> str:
    """Let somebody work on it."""
    visitor.desk.projects.assign(project_id, form.text("person_id"))
    return f"/projects/{project_id}"


@post(router, "/projects/{project_id}/unassign", project)
def unassign(visitor: Visitor, form: Form, project_id: str) -> str:
    """Take somebody off."""
    visitor.desk.projects.unassign(project_id, form.text("person_id"))
    return f"/projects/{project_id}"


@router.get("/projects/{project_id}/edit")
def edit_project(visitor: Visiting, project_id: str) -> Response:
    """The project as it is."""
    row = visitor.desk.pages.project(project_id).row
    visitor.need(Action.CHANGE_PROJECT)
    return visitor.page("projects/edit.html", row=row)


@post(router, "/projects/{project_id}/edit", edit_project)
def change_project(visitor: Visitor, form: Form, project_id: str) -> str:
    """Name, start, notes, and the rate of later work."""
    row = visitor.desk.pages.project(project_id).row
    rate = form.rate("rate", row.rate.currency, required=True) if row.rate else None

    def act(desk: Desk, connection: Connection) -> None:
        given = {"name": form.text("name"), "notes": form.text("notes")}
        desk.projects.change(project_id, starts_on=form.day("starts_on"), **given)
        if rate != row.rate:
            desk.projects.set_rate(project_id, rate)

    visitor.house.together(visitor.person_id, act)
    return f"/projects/{project_id}"


@post(router, "/projects/{project_id}/archive", edit_project)
def archive_project(visitor: Visitor, form: Form, project_id: str) -> str:
    """No more work is accepted."""
    visitor.desk.projects.archive(project_id)
    return f"/projects/{project_id}"


@post(router, "/projects/{project_id}/restore", edit_project)
def restore_project(visitor: Visitor, form: Form, project_id: str) -> str:
    """Work goes on."""
    visitor.desk.projects.restore(project_id)
    return f"/projects/{project_id}"
