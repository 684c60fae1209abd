"""Every address answers each role as it should, and shows nobody what is another's."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import unescape
from typing import ClassVar

import pytest
from fastapi.routing import APIRoute

from examples.web import users
from examples.web.seed import PASSWORD
from invoicecore import Rate, Role, Status
from invoicecore.documents.pdf import can_print
from tests.web.conftest import ROLES, Browser, Site

NOBODY = 303  # they are sent to sign in

PAGES: dict[str, tuple[int, int, int, int]] = {  # for a Manager, a Supervisor, a Worker and a contact
    "/": (303, 303, 303, 303),
    "/sign-in": (200, 200, 200, 200),
    "/overview": (200, 403, 403, 403),
    "/employees": (200, 200, 403, 403),
    "/employees/new": (200, 403, 403, 403),
    "/employees/{employee}": (200, 200, 404, 404),
    "/employees/{contact}": (200, 404, 404, 200),
    "/clients": (200, 200, 403, 200),
    "/clients/new": (200, 403, 403, 403),
    "/clients/{acme}": (200, 200, 404, 200),
    "/clients/{acme}/contacts": (200, 200, 404, 403),
    "/clients/{acme}/projects": (200, 200, 404, 200),
    "/clients/{acme}/invoices": (200, 403, 404, 200),
    "/clients/{acme}/transactions": (200, 403, 404, 200),
    "/clients/{acme}/statement": (200, 403, 404, 200),
    "/clients/{acme}/movements": (200, 403, 404, 200),
    "/clients/{acme}/edit": (200, 403, 404, 403),
    "/projects": (200, 200, 200, 200),
    "/projects/new": (200, 403, 403, 403),
    "/projects/{website}": (200, 200, 200, 200),
    "/projects/{website}/edit": (200, 403, 403, 403),
    "/timer": (200, 200, 200, 200),
    "/work": (200, 200, 200, 200),
    "/charges": (200, 200, 200, 200),
    "/work/new": (200, 200, 200, 403),
    "/work/{session}": (200, 200, 200, 200),
    "/invoices": (200, 403, 403, 200),
    "/invoices/new": (200, 403, 403, 403),
    "/invoices/draft": (200, 403, 403, 403),
    "/invoices/{invoice}": (200, 404, 404, 200),
    "/invoices/{invoice}/status": (200, 404, 404, 403),
    "/invoices/{invoice}/void": (200, 404, 404, 403),
    "/invoices/{invoice}/payment": (200, 404, 404, 403),
    "/invoices/{invoice}/print": (200, 404, 404, 200),
    "/invoices/{invoice}/paper": (200, 404, 404, 200),
    "/invoices/{invoice}/pdf": (200, 404, 404, 200),
    "/invoices/{draft}": (200, 404, 404, 404),
    "/invoices/{draft}/moved?seen=x": (200, 404, 404, 404),
    "/invoices/{draft}/paper": (200, 404, 404, 404),
    "/settings": (200, 200, 200, 403),
    "/logo": (404, 404, 404, 404),
    "/profile": (200, 200, 200, 200),
    "/audit": (200, 403, 403, 403),
    "/nothing-here": (404, 404, 404, 404),
    "/api/clients": (200, 200, 403, 200),
    "/api/clients/{acme}": (200, 200, 404, 200),
    "/api/clients/{acme}/contacts": (200, 200, 404, 403),
    "/api/clients/{acme}/transactions": (200, 403, 404, 200),
    "/api/clients/{acme}/explanation": (200, 403, 404, 200),
    "/api/clients/{acme}/forecast": (200, 403, 404, 200),
    "/api/employees": (200, 200, 403, 403),
    "/api/employees/{employee}": (200, 200, 404, 404),
    "/api/projects": (200, 200, 200, 200),
    "/api/projects/{website}": (200, 200, 200, 200),
    "/api/work": (200, 200, 200, 200),
    "/api/charges": (200, 200, 200, 200),
    "/api/timers": (200, 200, 200, 200),
    "/api/invoices": (200, 403, 403, 200),
    "/api/invoices/{invoice}": (200, 404, 404, 200),
    "/api/unbilled": (200, 403, 403, 200),
    "/api/aging": (200, 403, 403, 200),
}


@pytest.fixture(scope="session")
def links(site: Site) -> dict[str, str]:
    """What the names in the addresses above stand for."""
    return {
        "acme": site.client("Acme"),
        "website": site.project("Website"),
        "employee": site.person("Ole"),
        "contact": site.person("Cleo"),
        "session": site.house.billing.acting_as(site.person("Lee")).pages.work(search="Website").rows[-1].session.id,
        "invoice": site.invoice("Acme", Status.PAID).id,
        "draft": site.invoice("Globex", Status.DRAFT).id,
    }


def routes(site: Site) -> Iterator[tuple[str, str]]:
    """The method and path of every route."""
    for route in every(site.app.routes):
        for method in sorted({*(route.methods or ())} - {"HEAD", "OPTIONS"}):
            yield method, route.path


def by_method(site: Site) -> dict[str, list[tuple[str, str]]]:
    """The routes of each method."""
    found = defaultdict[str, list[tuple[str, str]]](list)
    for method, path in routes(site):
        found[method].append((method, path))
    return found


def every(found: Iterable[object]) -> Iterator[APIRoute]:
    """The routes, also those of routers that were included."""
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from every(inner.routes)


class TestPages:
    """What each role gets at each address."""

    @pytest.mark.parametrize("role", [*ROLES, "Nobody"])
    def test_each(self, role: str, browsers: dict[str, Browser], links: dict[str, str]) -> None:
        """As the table has it; whoever is not signed in gets nothing but the door."""
        got, wanted = {}, {}
        for path, statuses in PAGES.items():
            if path.endswith(("/pdf", "/statement", "/movements")) and not can_print():
                continue
            got[path] = browsers[role].get(path.format_map(links)).status_code
            wanted[path] = statuses[ROLES.index(role)] if role in ROLES else self.of_nobody(path)
        assert wanted == got

    def of_nobody(self, path: str) -> int:
        """The status for whoever has not signed in."""
        if path.startswith("/api/"):
            return 401
        return {"/sign-in": 200, "/nothing-here": 404}.get(path, NOBODY)

    def test_all_are_in_the_table(self, site: Site) -> None:
        """No page is left out."""
        shown = {re.sub(r"\{\w+\}", "{}", path.partition("?")[0]) for path in PAGES}
        there = {method: {re.sub(r"\{\w+\}", "{}", path) for _, path in all} for method, all in by_method(site).items()}
        assert len(there["GET"]) > 40
        assert set() == there["GET"] - there["POST"] - shown  # those of forms: below

    def test_the_address_of_a_form(self, site: Site, maria: Browser, links: dict[str, str]) -> None:
        """Whoever loads it, or comes back to it, sees the page that has the form."""
        ids = {"client_id": "acme", "project_id": "website", "person_id": "employee", "session_id": "session"}
        known = {name: links[it] for name, it in ids.items()} | {"invoice_id": links["invoice"]}
        wrong = {}
        for _, path in by_method(site)["POST"]:
            if not path.startswith("/api/"):
                shown = maria.get(path.format_map(defaultdict(str, payment_id="x", timer_id="x") | known))
                if (shown.status_code, "<form" in shown.text) != (200, True):
                    wrong[path] = shown.status_code
        assert {} == wrong

    def test_nothing_of_another_client(self, site: Site, browsers: dict[str, Browser]) -> None:
        """A contact meets the name of no other client on any page that they may see."""
        for path in ("/invoices", "/work", "/projects", "/clients", f"/clients/{site.client('Acme')}"):
            text = browsers["Contact"].get(path).text
            assert "Acme" in text
            assert not re.search("Globex|Initech|Mobile app|Audit", text), path

    def test_no_link_leads_astray(self, site: Site) -> None:
        """Also a contact who is limited to some projects can open every page that theirs lead to."""
        shop = site.desk.projects.get(site.project("Shop"))
        kim = site.desk.people.add(name="Kim", role=Role.CONTACT, client_id=shop.client_id, limited_to=[shop.id])
        browser = Browser(site.app, follow_redirects=False)
        with site.house.engine.begin() as connection:
            users.put(connection, kim.id, "kim@acme.example", site.house.passwords.hash(PASSWORD))
            browser.cookies.set("session", users.sign_in(connection, kim.id))
        todo, wrong = [f"/clients/{shop.client_id}"], {}
        seen = {*todo, "/"}
        while todo:
            page = browser.get(path := todo.pop())
            if page.status_code != 200:
                wrong[path] = page.status_code
            found = {it.partition("?")[0] for it in re.findall(r'<a [^>]*href="(/[^"]*)"', page.text)} - seen
            seen |= found
            todo += [it for it in found if not it.endswith("/pdf")]
        assert ({}, True) == (wrong, len(seen) > 8)

    def test_nothing_found(self, maria: Browser) -> None:
        """A list that was searched in vain says so; it does not say that there is nothing yet."""
        for path in ("/clients", "/employees", "/projects", "/work", "/invoices"):
            text = maria.get(f"{path}?find=zzzz").text
            assert ("Nothing was found." in text, " yet." in text) == (True, False), path

    def test_no_money_for_who_sees_none(self, site: Site, browsers: dict[str, Browser]) -> None:
        """No amount and no rate reaches a Supervisor or a Worker."""
        for path in ("/timer", "/work", "/projects", f"/projects/{site.project('Website')}"):
            for role in ("Supervisor", "Worker"):
                assert "$" not in browsers[role].get(path).text, path


class TestForeignIds:
    """Ids of another's things, of nothing, and what no database can keep."""

    FORM: ClassVar = {
        "name": "x",
        "note": "x",
        "amount": "1",
        "person_id": "x",
        "action": "set_due",
        "payments": "keep",
    }

    def foreign(self, site: Site, role: str) -> dict[str, str]:
        """For each name in an address the id of what this role may not see; for a Manager, of nothing."""
        names = ("client_id", "project_id", "person_id", "session_id", "invoice_id", "payment_id", "timer_id", "id")
        if role == "Manager":
            return dict.fromkeys(names, "a%00b")
        seen = dict.fromkeys(names, str(site.invoice("Globex").id))
        seen["person_id"] = site.person("Maria" if role == "Contact" else "Cleo")
        if role == "Supervisor":
            return seen | dict.fromkeys(("client_id", "project_id", "session_id"), "nothing")
        of_others = {"project_id": site.project("Audit"), "session_id": site.session("Initech")}
        return seen | {"client_id": site.client("Globex"), **of_others}

    @pytest.mark.parametrize("role", ROLES)
    def test_each_route(self, role: str, site: Site, browsers: dict[str, Browser]) -> None:
        """Never a failure, never a success, never another one's data, and nothing is written."""
        browser, before, tried = browsers[role], site.written(), 0
        ids = self.foreign(site, role)
        for method, path in routes(site):
            if "{" not in path:
                continue
            where, form = path.format_map(ids), {"csrf": browser.csrf, "key": "foreign", **self.FORM}
            response = browser.get(where) if method == "GET" else browser.post(where, data=form)
            tried += 1
            is_json = method == "POST" and where.startswith("/api/")  # it is sent no JSON
            is_shown = method == "GET" and path.startswith("/timer/")  # all of one's own timers
            assert response.status_code in ({403, 422, 400} if is_json else {200} if is_shown else {403, 404}), where
            if role == "Contact":
                assert not re.search("Globex|Initech", response.text), (method, where)
        assert (before, True) == (site.written(), tried > 50)

    @pytest.mark.parametrize(
        "id", ["%00", "01a00000-0000-7000-8000-000000000000", "%F0%9F%92%A9", "x" * 3000, "'--", "%ED%A0%80", " "]
    )
    def test_strange_ids(self, id: str, maria: Browser) -> None:
        """What nobody ever made is not there."""
        for path in ("/clients/{}", "/work/{}", "/invoices/{}/pdf"):
            assert maria.get(path.format(id)).status_code == 404, path

    @pytest.mark.parametrize("role", ROLES)
    def test_each_field(self, role: str, site: Site, browsers: dict[str, Browser]) -> None:
        """The same in the fields of forms."""
        browser, before = browsers[role], site.written()
        foreign = ["nothing", "a\0b", *([] if role == "Manager" else [site.project("Audit"), site.client("Globex")])]
        for id in foreign:
            for path, form in (
                ("/timer", {"project_id": id}),
                ("/work/new", {"project_id": id, "day": "2026-03-02", "hours": "1"}),
                (f"/work/{site.session('Acme')}", {"project_id": id, "day": "2026-03-02", "hours": "1"}),
                ("/projects/new", {"client_id": id, "name": "x", "rate": "1", "billing": "hourly"}),
                ("/invoices/new", {"client_id": id, "amount": "1", "deposit": "to_balance"}),
                ("/invoices/draft", {"client_id": id, "first": "2026-03-02", "last": "2026-03-02", "cover": "nothing"}),
                (f"/projects/{site.project('Website')}/assign", {"person_id": id}),
                (f"/clients/{site.client('Acme')}/contacts", self.contact(id)),
            ):
                if role == "Supervisor" and path == "/timer" and id == site.project("Audit"):
                    continue  # that is where they work
                response = browser.submit(path, **form)
                assert response.status_code in {403, 404, 409}, (path, id, response.status_code)
        assert before == site.written()

    def contact(self, id: str) -> dict[str, str]:
        """A new contact who is to see a project."""
        return {"name": "Eve", "email": "eve@acme.example", "password": "correct horse battery", "limited_to": id}

    def test_queries(self, browsers: dict[str, Browser]) -> None:
        """Whatever stands behind the question mark of a list."""
        for path in (
            "/clients",
            "/projects",
            "/work",
            "/invoices",
            "/employees",
            "/audit",
            "/work/new",
            "/invoices/new",
        ):
            for query in ("after=x&find=a", "find=a%00b&client=%00", "sort=x&status=x", f"find={'x' * 20_000}"):
                response = browsers["Manager"].get(f"{path}?{query}")
                assert response.status_code in {200, 400, 404, 422}, (path, query, response.status_code)


class TestFurther:
    """What a list has no room for."""

    def test_each_list(self, site: Site, browsers: dict[str, Browser]) -> None:
        """The link at its end leads to other rows, on every page that has a list, and so on to the last."""
        desk, acme = site.desk, site.client("Acme")
        project = desk.projects.add(client_id=acme, name="Long", rate=Rate.hourly(1, "USD")).id
        for place in range(51):
            desk.projects.add(client_id=acme, name=f"Project {place:02}", rate=Rate.hourly(1, "USD"))
            desk.people.add(name=f"Contact {place:02}", role=Role.CONTACT, client_id=acme)
            day = desk.pages.aging().as_of
            desk.work.log(project, day=day, hours="0.1", note=f"Part {place:02}", over_limit=True, reason="x")
        for role, path, kind in (
            ("Manager", f"/clients/{acme}/projects", "projects"),
            ("Manager", f"/clients/{acme}/contacts", "employees"),
            ("Manager", f"/projects/{project}", "work"),
            ("Manager", f"/projects/{project}/assign", "work"),  # the same page, after a refusal
            ("Supervisor", "/timer", "work"),
        ):
            seen, there = set[str](), path
            while there:
                page = browsers[role].get(there)
                assert page.status_code == 200, there
                rows = set(re.findall(rf'<th scope="row"><a href="/{kind}/([^"]+)"', page.text))
                assert rows, there
                assert not rows & seen, there
                seen |= rows
                found = re.search(r'<p class="more"><a href="([^"]+)"', page.text)
                there = unescape(found[1]) if found else ""
            assert len(seen) > (8 if path == "/timer" else 50), path
