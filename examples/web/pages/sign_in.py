"""Signing in and out, and the first page of each role."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from examples.web import users
from examples.web.forms import Form
from examples.web.routing import post
from examples.web.visitor import Visiting, Visitor, cookie_name, keep
from invoicecore import Role
from invoicecore.errors import PersonArchived, SignInRefused
from invoicecore.values.addresses import admits

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(visitor: Visiting) -> Response:
    """Managers see the firm, contacts their own account, and everybody else their timer."""
    if visitor.role is Role.CONTACT:
        return RedirectResponse(f"/clients/{visitor.me.row.person.client_id}", 303)
    return RedirectResponse("/overview" if visitor.role is Role.MANAGER else "/timer", 303)


@router.get("/sign-in")
def sign_in_page(visitor: Visiting, after: str = "") -> Response:
    return visitor.page("sign_in.html", after=after or visitor.form.text("after"))


@post(router, "/sign-in", sign_in_page)
def sign_in(visitor: Visitor, form: Form) -> Response:
    """The host knows the password, the library from where somebody may come; one refusal for every reason."""
    house, email, client = visitor.house, form.text("email").strip().lower(), visitor.request.client
    address = None if client is None else client.host
    house.throttle.check(email, address)
    with house.engine.begin() as connection:
        known = users.by_email(connection, email)
        if not house.passwords.verify(known and known.password_hash, form.text("password")) or known is None:
            raise SignInRefused
        try:
            desk = house.billing.joined(connection).acting_as(known.person_id, signed_in=True)
        except PersonArchived:
            raise SignInRefused from None
        if not admits(desk.people.login(desk.person_id).admitted_from, address):
            raise SignInRefused
        secret = users.sign_in(connection, desk.person_id)
    house.throttle.succeeded(email, address)
    after = form.text("after")
    response = RedirectResponse(after if after.startswith("/") and after[1:2] not in {"/", "\\"} else "/", 303)
    keep(response, visitor.request, secret)
    return response


@post(router, "/sign-out", sign_in_page)
def sign_out(visitor: Visitor, form: Form) -> Response:
    with visitor.house.engine.begin() as connection:
        users.sign_out(connection, visitor.secret)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(cookie_name(visitor.request))
    return response
