"""Work: the timer, the list of all sessions, and entering and editing one."""

from fastapi import APIRouter
from fastapi.responses import Response

from examples.web.forms import Form
from examples.web.routing import post
from examples.web.visitor import Visiting, Visitor
from invoicecore import Action, Role, WorkSort

router = APIRouter(include_in_schema=False)


@router.get("/timer")
def timer(visitor: Visiting) -> Response:
    """One's own timer, the others that run, and one's latest sessions."""
    mine = None if visitor.role is Role.CONTACT else visitor.person_id
    latest = visitor.desk.pages.work(person_id=mine, limit=8)
    return visitor.page("work/timer.html", timers=visitor.desk.pages.timers(), latest=latest, projects=_open(visitor))


@post(router, "/timer", timer)
def start_timer(visitor: Visitor, form: Form) -> str:
    """Nobody runs two at once."""
    visitor.desk.work.start(form.text("project_id"), note=form.text("note"), idempotency_key=form.text("key"))
    return "/timer"


@post(router, "/timer/{timer_id}/stop", timer)
def stop_timer(visitor: Visitor, form: Form, timer_id: str) -> str:
    """What it ran becomes a session."""
    long = form.flag("allow_over_24h")
    visitor.desk.work.stop(timer_id, allow_over_24h=long, idempotency_key=form.text("key"))
    return "/timer"


@post(router, "/timer/{timer_id}/discard", timer)
def discard_timer(visitor: Visitor, form: Form, timer_id: str) -> str:
    """Nothing is recorded."""
    visitor.desk.work.discard(timer_id, idempotency_key=form.text("key"))
    return "/timer"


@router.get("/work")
def work(
    visitor: Visiting,
    find: str = "",
    sort: WorkSort = WorkSort.START,
    after: str | None = None,
    client: str | None = None,
) -> Response:
    """All sessions that the visitor may see, the latest first, and how much it is in all."""
    page = visitor.desk.pages.work(search=find, sort=sort, after=after, client_id=client or None, totals=True)
    return visitor.page("work/list.html", page=page, find=find, sort=sort)


@router.get("/work/new")
def new_session(visitor: Visiting, project: str = "") -> Response:
    """An empty form."""
    visitor.need(Action.LOG_WORK)
    people = visitor.desk.people.all() if visitor.may(Action.LOG_FOR_OTHERS) else ()
    return visitor.page("work/new.html", projects=_open(visitor), people=people, project_id=project)


@post(router, "/work/new", new_session)
def log(visitor: Visitor, form: Form) -> str:
    """A session of one's own or, by a Manager, of somebody else."""
    start = form.start("day", "start")
    visitor.desk.work.log(
        form.text("project_id"),
        day=form.day("day", required=True) if start is None else None,
        start=start,
        hours=form.hours("hours", required=True),
        person_id=form.optional("person_id"),
        note=form.text("note"),
        over_limit=form.flag("over_limit"),
        reason=form.text("reason"),
        allow_over_24h=form.flag("allow_over_24h"),
        idempotency_key=form.text("key"),
    )
    return "/work"


@router.get("/work/{session_id}")
def session(visitor: Visiting, session_id: str) -> Response:
    """A session, and for those who may the form that changes it."""
    found = visitor.desk.work.get(session_id)
    project = visitor.desk.projects.get(found.project_id)
    others = visitor.desk.projects.of(project.client_id) if visitor.may(Action.EDIT_WORK) else (project,)
    return visitor.page("work/one.html", session=found, project=project, projects=others)


@post(router, "/work/{session_id}", session)
def edit(visitor: Visitor, form: Form, session_id: str) -> str:
    """Change it, unless an invoice holds it."""
    visitor.desk.work.edit(
        session_id,
        project_id=form.text("project_id"),
        start=form.start("day", "start"),
        hours=form.hours("hours", required=True),
        note=form.text("note"),
        over_limit=form.flag("over_limit"),
        reason=form.text("reason"),
        allow_over_24h=form.flag("allow_over_24h"),
        idempotency_key=form.text("key"),
    )
    return "/work"


@post(router, "/work/{session_id}/delete", session)
def delete(visitor: Visitor, form: Form, session_id: str) -> str:
    """Its cost is given back."""
    visitor.desk.work.delete(session_id, idempotency_key=form.text("key"))
    return "/work"


def _open(visitor: Visitor) -> list[tuple[str, str]]:
    """The projects on which work can be recorded, for a list to choose from."""
    rows = visitor.desk.pages.projects(limit=1000).rows
    return [(row.project.id, f"{row.client.name} · {row.project.name}") for row in rows]
