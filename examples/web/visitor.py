"""Who a request comes from, what they may do, and the page that they get."""

from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from examples.web import pictures, users
from examples.web.forms import Form
from examples.web.house import House
from examples.web.words import Words, negotiated
from invoicecore import Action, Cover, Debt, Deposit, Desk, OnVoid, ProjectBilling, Role, Status
from invoicecore.errors import NotPermitted, PersonArchived
from invoicecore.model.permissions import PERMISSIONS, may
from invoicecore.queries.audit import FirmProfile
from invoicecore.queries.people import PersonPage

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.globals |= {it.__name__: it for it in (Action, Cover, Debt, Deposit, OnVoid, ProjectBilling, Role, Status)}
ENVIRONMENT.globals["pictures"] = pictures


class SignInFirst(Exception):
    """Nobody is signed in, and the page is for somebody."""


class Visitor:
    """Somebody at a browser. `desk` is all that they may do; whoever is not signed in is sent to do so."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.house: House = request.app.state.house
        self.form = Form()
        self.status = 200
        self.secret = request.cookies.get(cookie_name(request), "")

    @cached_property
    def session(self) -> Any:
        if not self.secret:
            return None
        with self.house.engine.connect() as connection:
            return users.signed_in(connection, self.secret)

    @property
    def person_id(self) -> str:
        if self.session is None:
            raise SignInFirst
        return str(self.session.person_id)

    @cached_property
    def desk(self) -> Desk:
        return self.house.billing.acting_as(self.person_id)

    @cached_property
    def me(self) -> PersonPage:
        return self.desk.pages.person(self.person_id)

    @cached_property
    def firm(self) -> FirmProfile:
        return self.desk.firm.profile()

    @property
    def role(self) -> Role:
        return self.me.row.person.role

    def may(self, action: Action) -> bool:
        """Whether their role includes an action: it decides about links and buttons, the library about the rest."""
        return may(self.role, action)

    @property
    def sees_account(self) -> bool:
        """Whether they see balances: a contact who is limited to some projects does not."""
        return self.may(Action.VIEW_ACCOUNT) and self.me.row.person.limited_to is None

    def need(self, action: Action) -> None:
        """NotPermitted unless their role includes it: a form is not even shown to who cannot send it."""
        if not self.may(action):
            raise NotPermitted(action, self.role, PERMISSIONS[action])

    @cached_property
    def words(self) -> Words:
        """Their language: the one that they chose, or that of their browser."""
        chosen = self.session.locale if self.session else ""
        locale = chosen or negotiated(self.request.headers.get("accept-language", ""))
        try:
            return Words(locale, self.me.timezone if self.session else "UTC")
        except PersonArchived:  # as whom they cannot even ask for the time
            return Words(locale)

    @cached_property
    def now(self) -> datetime:
        return self.house.billing.clock.now()

    @property
    def today(self) -> date:
        return self.words.local(self.now).date()

    @property
    def clients(self) -> list[tuple[str, str]]:
        """The clients to choose from."""
        return [(it.id, f"{it.name} ({it.currency})") for it in self.desk.clients.all() if not it.archived]

    @property
    def employees(self) -> list[tuple[str, str]]:
        """The employees to choose from."""
        return [(row.person.id, row.person.name) for row in self.desk.pages.people(limit=1000).rows]

    @cached_property
    def csrf(self) -> str:
        """What their forms carry, and another site cannot know: a digest of the secret in their cookie."""
        self.secret = self.secret or token_urlsafe(32)
        return sha256(f"csrf:{self.secret}".encode()).hexdigest()

    def sent(self, token: str) -> bool:
        """Whether a form or a request of a script was sent by a page of ours."""
        return bool(self.secret) and compare_digest(self.csrf.encode(), token.encode())

    def page(self, template: str, **content: Any) -> HTMLResponse:
        """A page of a template, and with it what all pages have."""
        content |= {"visitor": self, "form": self.form, "_": self.words, "path": self.request.url.path, "now": self.now}
        content |= {"w": self.words, "today": self.today, "saved": bool(self.request.cookies.get("saved"))}
        response = HTMLResponse(ENVIRONMENT.get_template(template).render(content), self.status)
        if content["saved"]:
            response.delete_cookie("saved")
        if self.secret != self.request.cookies.get(cookie_name(self.request), ""):
            keep(response, self.request, self.secret)
        return response

    def sign_in_path(self) -> str:
        """Where they sign in, and come back from."""
        url = self.request.url
        where = f"{url.path}?{url.query}" if url.query else url.path
        return f"/sign-in?after={quote(where)}" if self.request.method == "GET" and where != "/" else "/sign-in"


def cookie_name(request: Request) -> str:
    """The name of the cookie; with https, one that only this host can set."""
    return "__Host-session" if request.url.scheme == "https" else "session"


def keep(response: Response, request: Request, secret: str) -> None:
    """Let the browser keep the secret: not for scripts, not for other sites, and not without https where there is."""
    secure = request.url.scheme == "https"
    response.set_cookie(cookie_name(request), secret, httponly=True, samesite="lax", secure=secure, path="/")


Visiting = Annotated[Visitor, Depends(Visitor)]
