"""Work: the timer, the list of all sessions, and entering and editing one."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from examples.web.forms import Form
from examples.web.routing import button, post
from examples.web.visitor import Visiting, Visitor
from invoicecore import Action, Role, WorkSort

router = APIRouter(include_in_schema=False)


@router.get("/timer")
def timer(visitor: Visiting, after: str | None = None) -> Response:
    mine = None if visitor.role is Role.CONTACT else visitor.person_id
    latest = visitor.desk.pages.work(person_id=mine, after=after, limit=8)
    return visitor.page("work/timer.html", timers=visitor.desk.pages.timers(), latest=latest, projects=_open(visitor))


@post(router, "/timer", timer)
def start_timer(visitor: Visitor, form: Form) -> str:
    visitor.desk.work.start(form.text("project_id"), note=form.text("note"), idempotency_key=form.text("key"))
    return "/timer"


button(router, "/timer/{timer_id}/stop", timer, "/timer", lambda desk, form, id: desk.work.stop(
    id, allow_over_24h=form.flag("allow_over_24h"), idempotency_key=form.text("key")))  # fmt: skip
button(router, "/timer/{timer_id}/discard", timer, "/timer", lambda desk, form, id: desk.work.discard(
    id, idempotency_key=form.text("key")))  # fmt: skip


@router.get("/work")
def work(visitor: Visiting, find: str = "", sort: WorkSort = WorkSort.START, after: str | None = None) -> Response:
    page = visitor.desk.pages.work(search=find, sort=sort, after=after, totals=True)
    return visitor.page("work/list.html", page=page, find=find, sort=sort)


@router.get("/work/new")
def new_session(visitor: Visiting, project: str = "") -> Response:
    visitor.need(Action.LOG_WORK)
    people = visitor.employees if visitor.may(Action.LOG_FOR_OTHERS) else []
    return visitor.page("work/new.html", projects=_open(visitor), people=people, project_id=project)


@post(router, "/work/new", new_session)
def log(visitor: Visitor, form: Form) -> str:
    visitor.desk.work.log(form.text("project_id"), person_id=form.optional("person_id"), **_typed(form))
    return "/work"


@router.get("/work/{session_id}")
def session(visitor: Visiting, session_id: str) -> Response:
    found = visitor.desk.work.get(session_id)
    project = visitor.desk.projects.get(found.project_id)
    others = visitor.desk.projects.of(project.client_id) if visitor.may(Action.EDIT_WORK) else (project,)
    options = [(it.id, it.name) for it in others if not it.archived or it.id == project.id]
    return visitor.page("work/one.html", session=found, project=project, projects=options)


@post(router, "/work/{session_id}", session)
def edit(visitor: Visitor, form: Form, session_id: str) -> str:
    visitor.desk.work.edit(session_id, project_id=form.text("project_id"), **_typed(form))
    return "/work"


button(router, "/work/{session_id}/delete", session, "/work", lambda desk, form, id: desk.work.delete(
    id, idempotency_key=form.text("key")))  # fmt: skip


def _typed(form: Form) -> dict[str, Any]:
    """When it was done and how long it took: from a time of day on, or on a day."""
    start = form.start("day", "start")
    return {
        **({"start": start} if start is not None else {"day": form.day("day", required=True)}),
        "hours": form.hours("hours", required=True),
        "note": form.text("note"),
        "over_limit": form.flag("over_limit"),
        "reason": form.text("reason"),
        "allow_over_24h": form.flag("allow_over_24h"),
        "idempotency_key": form.text("key"),
    }


def _open(visitor: Visitor) -> list[tuple[str, str]]:
    """The projects on which work can be recorded, for a list to choose from."""
    rows = visitor.desk.pages.projects(limit=1000).rows
    return [(row.project.id, f"{row.client.name} · {row.project.name}") for row in rows]
