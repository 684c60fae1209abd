"""The example application on both databases, and browsers of its four people."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from attrs import frozen
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from examples.web.app import make_app
from examples.web.house import House
from examples.web.seed import PASSWORD, SIGN_INS
from invoicecore import Desk, Invoice, InvoiceKind, Status
from invoicecore.testing import QuickPasswords
from tests.databases import schemas

ROLES = tuple(SIGN_INS)


class Browser(TestClient):
    """Somebody's browser. It follows no redirect, so that a test sees where it would go."""

    csrf = ""

    def see(self, path: str) -> Response:
        """A page; its forms can be sent from then on."""
        response = self.get(path)
        found = re.search(r'name="csrf-token" content="(\w+)"', response.text)
        self.csrf = found[1] if found else self.csrf
        return response

    def submit(self, path: str, key: str = "", **data: Any) -> Response:
        """A form of a page."""
        return self.post(path, data={"csrf": self.csrf, "key": key or f"key of {path} {data}"[:200], **data})


@frozen
class Site:
    """The application, and where its links lead."""

    house: House
    app: FastAPI
    desk: Desk

    def browser(self, role: str | None = None, **options: Any) -> Browser:
        """The browser of somebody who has signed in, or of nobody."""
        browser = Browser(self.app, follow_redirects=False, **options)
        assert browser.see("/sign-in").status_code == 200
        if role is not None:
            response = browser.submit("/sign-in", email=SIGN_INS[role], password=PASSWORD)
            assert response.status_code == 303, response.text
            browser.see("/profile")
        return browser

    def client(self, name: str) -> str:
        """The id of a client."""
        return next(it.id for it in self.desk.clients.all() if it.name == name)

    def project(self, name: str) -> str:
        """The id of a project."""
        return next(it.id for it in self.desk.projects.all() if it.name == name)

    def person(self, name: str) -> str:
        """The id of a person."""
        return next(it.id for it in self.desk.people.all() if it.name == name)

    def invoice(self, client: str, *statuses: Status, kind: InvoiceKind | None = None) -> Invoice:
        """An invoice of a client."""
        found = self.desk.invoices.of(self.client(client))
        return next(it for it in found if (not statuses or it.status in statuses) and kind in (None, it.kind))

    def session(self, client: str, *, locked: bool = False) -> str:
        """The id of a session of a client's."""
        rows = self.desk.pages.work(client_id=self.client(client), billed=locked).rows
        return rows[0].session.id

    def written(self) -> int:
        """How often anything was changed."""
        return self.desk.pages.audit(limit=1).rows[0].position


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application on SQLite, and then on PostgreSQL, with the seeded firm."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('web') / 'web.db'}"
        else:
            url = stack.enter_context(schemas(request.getfixturevalue("postgres_server")))()
        house = House.at(url, QuickPasswords())
        stack.callback(house.engine.dispose)
        yield Site(house, make_app(house), house.billing.as_owner())


@pytest.fixture(scope="session")
def browsers(site: Site) -> dict[str, Browser]:
    """A browser of each role, signed in, and that of nobody."""
    return {role: site.browser(role) for role in ROLES} | {"Nobody": site.browser()}


@pytest.fixture
def maria(browsers: dict[str, Browser]) -> Browser:
    """The Manager's browser."""
    return browsers["Manager"]
