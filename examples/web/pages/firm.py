"""Firm settings, the logo, one's own profile, and who changed what."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from examples.web import users
from examples.web.forms import Form
from examples.web.routing import post, saved
from examples.web.visitor import Visiting, Visitor, keep
from examples.web.words import LANGUAGES
from invoicecore import UNSET, Desk, PaymentTerms
from invoicecore.errors import InvalidState
from invoicecore.values.theme import THEMES

router = APIRouter(include_in_schema=False)


@router.get("/settings")
def settings(visitor: Visiting) -> Response:
    firm, number = visitor.desk.firm.settings(), visitor.desk.firm.next_number()
    return visitor.page(
        "firm/settings.html",
        firm=firm,
        number=number,
        themes=[(name, name) for name in dict.fromkeys([*THEMES, firm.theme or "plain"])],
    )


@post(router, "/settings", settings)
def change_settings(visitor: Visitor, form: Form) -> str:
    logo = form.upload("logo")
    visitor.desk.firm.change(
        name=form.text("name"),
        contact=form.text("contact"),
        tax_id=form.text("tax_id"),
        payment_instructions=form.text("payment_instructions"),
        timezone=form.text("timezone"),
        theme=form.text("theme"),
        locale=form.text("locale"),
        payment_terms=form.made("payment_terms", lambda: PaymentTerms.net(form.number("days", required=True))),
        next_number=form.number("next_number", required=True),
        logo=None if form.flag("no_logo") else UNSET if logo is None else logo,
    )
    return "/settings"


@router.get("/logo")
def logo(visitor: Visiting) -> Response:
    found = visitor.firm.logo
    return Response(status_code=404) if found is None else Response(found.content, media_type=found.media_type)


@router.get("/profile")
def profile(visitor: Visiting) -> Response:
    return visitor.page("firm/profile.html", page=visitor.me, locale=visitor.session and visitor.session.locale)


@post(router, "/profile", profile)
def change_profile(visitor: Visitor, form: Form) -> str:
    """The zone is the library's, the language the host's: both, or neither."""
    locale = form.text("locale") if form.text("locale") in LANGUAGES else ""

    def act(desk: Desk, connection: Connection) -> None:
        desk.people.change_me(timezone=form.optional("timezone"))
        users.choose_locale(connection, desk.person_id, locale)

    visitor.house.together(visitor.person_id, act)
    return "/profile"


@post(router, "/profile/password", profile)
def change_password(visitor: Visitor, form: Form) -> Response:
    """Whoever is signed in elsewhere with the old one is signed out; here a new session begins."""
    house, hashed = visitor.house, form.hashed("new", visitor.house.passwords)
    form.check()
    with house.engine.begin() as connection:
        present = users.password_of(connection, visitor.person_id)
        if hashed is None or not house.passwords.verify(present, form.text("current")):
            raise InvalidState("The present password is wrong.", "wrong_password", field="current")
        users.put(connection, visitor.person_id, visitor.me.row.person.email, hashed)
        secret = users.sign_in(connection, visitor.person_id)
    response = saved("/profile")
    keep(response, visitor.request, secret)
    return response


@router.get("/audit")
def audit(visitor: Visiting, after: str | None = None) -> Response:
    return visitor.page("firm/audit.html", page=visitor.desk.pages.audit(after=after))
