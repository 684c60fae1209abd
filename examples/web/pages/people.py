"""Employees: who works for the firm, and who signs in."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from examples.web import users
from examples.web.forms import Form
from examples.web.routing import button, post
from examples.web.visitor import Visiting, Visitor
from invoicecore import Action, Desk, Person, PersonSort, Role

router = APIRouter(include_in_schema=False)


@router.get("/employees")
def employees(
    visitor: Visiting, find: str = "", sort: PersonSort = PersonSort.NAME, after: str | None = None
) -> Response:
    page = visitor.desk.pages.people(archived=None, search=find, sort=sort, after=after)
    return visitor.page("people/list.html", page=page, find=find, sort=sort)


@router.get("/employees/new")
def new_employee(visitor: Visiting) -> Response:
    visitor.need(Action.ADD_PERSON)
    return visitor.page("people/new.html")


@post(router, "/employees/new", new_employee)
def add_employee(visitor: Visitor, form: Form) -> str:
    return f"/employees/{added(visitor, form, form.choice('role', Role)).id}"


def added(visitor: Visitor, form: Form, role: Role, client_id: str | None = None) -> Person:
    """A new person of the library and the user of the host's who signs in as them: both, or neither."""
    email, hashed = form.email("email", required=True), form.hashed("password", visitor.house.passwords)

    def act(desk: Desk, connection: Connection) -> Person:
        person = desk.people.add(
            name=form.text("name"),
            email=email,
            role=role,
            timezone=form.optional("timezone"),
            client_id=client_id,
            admitted_from=form.lines("admitted_from"),
            limited_to=form.several("limited_to") or None,
            idempotency_key=form.text("key"),
        )
        form.check()
        users.put(connection, person.id, email, hashed)
        return person

    return visitor.house.together(visitor.person_id, act)


@router.get("/employees/{person_id}")
def employee(visitor: Visiting, person_id: str) -> Response:
    return visitor.page("people/one.html", page=visitor.desk.pages.person(person_id))


@post(router, "/employees/{person_id}", employee)
def change_employee(visitor: Visitor, form: Form, person_id: str) -> str:
    """Change a person, the addresses that they sign in from, and their password, all or nothing."""
    role, hashed = form.choice("role", Role), form.hashed("password", visitor.house.passwords)

    def act(desk: Desk, connection: Connection) -> None:
        name, email, zone = form.text("name"), form.optional("email"), form.optional("timezone")
        person = desk.people.change(person_id, name=name, email=email, timezone=zone, role=role)
        desk.people.set_allowed_addresses(person_id, form.lines("admitted_from"))
        form.check()
        users.put(connection, person_id, person.email, hashed)

    visitor.house.together(visitor.person_id, act)
    return f"/employees/{person_id}"


@post(router, "/employees/{person_id}/archive", employee)
def archive_employee(visitor: Visitor, form: Form, person_id: str) -> str:
    """Whoever is archived can do nothing any more, and is signed out in the same transaction."""

    def act(desk: Desk, connection: Connection) -> None:
        desk.people.archive(person_id)
        users.sign_out_everywhere(connection, person_id)

    visitor.house.together(visitor.person_id, act)
    return "/employees"


button(
    router,
    "/employees/{person_id}/restore",
    employee,
    "/employees/{person_id}",
    lambda desk, form, id: desk.people.restore(id),
)
