"""The host's rows and the library's commands stand together, or not at all; the host decides who is signed in."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

import pytest
from sqlalchemy import func, select, update

from examples.web import users
from examples.web.seed import PASSWORD, SIGN_INS
from invoicecore import Role
from tests.web.conftest import Browser, Site


def count(site: Site) -> int:
    """How many users the host has."""
    with site.house.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(users.USERS)).scalar_one()


@pytest.fixture
def eve(site: Site, maria: Browser) -> Iterator[str]:
    """A Worker who is made for one test and archived afterwards; her id."""
    form = {"name": "Eve", "email": f"eve{count(site)}@n.example", "password": PASSWORD, "role": "worker"}
    response = maria.submit("/employees/new", **form)
    id = response.headers["location"].rpartition("/")[2]
    yield id
    maria.submit(f"/employees/{id}/archive", f"put away {id}")


def signed_in(site: Site, email: str, password: str = PASSWORD) -> Browser:
    """A browser that has tried to sign in."""
    browser = site.browser()
    browser.submit("/sign-in", email=email, password=password)
    browser.see("/profile")
    return browser


class TestTogether:
    """One transaction."""

    FORM: ClassVar = {"name": "Mallory", "email": "mallory@n.example", "password": PASSWORD, "role": "worker"}

    def test_both_are_there(self, site: Site, eve: str) -> None:
        """The person of the library and the user of the host are linked, and can sign in."""
        person = site.desk.people.get(eve)
        with site.house.engine.connect() as connection:
            assert users.by_email(connection, person.email or "").person_id == eve
        assert 200 == signed_in(site, person.email or "").get("/timer").status_code

    def test_the_host_fails(self, site: Site, maria: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        """If the host's row cannot be written, there is no person either."""
        before, rows = site.written(), count(site)

        def broken(*given: object) -> None:
            raise RuntimeError("The disk is full.")

        monkeypatch.setattr(users, "put", broken)
        with pytest.raises(RuntimeError):
            maria.submit("/employees/new", **self.FORM)
        assert (before, rows) == (site.written(), count(site))
        assert "Mallory" not in [it.name for it in site.desk.people.all()]

    def test_the_library_refuses(self, site: Site, maria: Browser) -> None:
        """If the command is refused, there is no row of the host's either."""
        rows = count(site)
        response = maria.submit("/employees/new", **self.FORM | {"email": SIGN_INS["Worker"]})
        assert (409, True) == (response.status_code, "belongs to somebody else already" in response.text)
        assert rows == count(site)

    def test_a_part_of_a_form_is_refused(self, site: Site, maria: Browser, eve: str) -> None:
        """Name and e-mail stay as they were, because the addresses cannot be read."""
        before, written = site.desk.people.get(eve), site.written()
        form = {"name": "Evelyn", "email": "evelyn@n.example", "role": "worker", "admitted_from": "10.0.0.1/8"}
        response = maria.submit(f"/employees/{eve}", **form)
        assert 400 == response.status_code
        assert (before, written) == (site.desk.people.get(eve), site.written())
        response = maria.submit(f"/employees/{eve}", **form | {"admitted_from": "10.0.0.0/8\n192.0.2.7"})
        assert 303 == response.status_code
        assert ("10.0.0.0/8", "192.0.2.7") == site.desk.people.login(eve).admitted_from
        assert "evelyn@n.example" == site.desk.people.get(eve).email

    def test_profile(self, site: Site) -> None:
        """The zone of the library and the language of the host change together, or neither."""
        cleo = site.browser("Contact")
        assert 400 == cleo.submit("/profile", timezone="Mars", locale="ar").status_code
        assert 'dir="ltr"' in cleo.get("/profile").text
        assert 303 == cleo.submit("/profile", timezone="Asia/Tokyo", locale="ar").status_code
        assert '<html lang="ar" dir="rtl">' in cleo.get("/profile").text
        assert 303 == cleo.submit("/profile", timezone="", locale="").status_code


class TestSessions:
    """Who is signed in, and for how long."""

    def test_archived(self, site: Site, maria: Browser, eve: str) -> None:
        """Whoever is archived is signed out at once, and cannot come back."""
        email = site.desk.people.get(eve).email or ""
        browser = signed_in(site, email)
        assert 303 == maria.submit(f"/employees/{eve}/archive").status_code
        assert "/sign-in?after=/timer" == browser.get("/timer").headers["location"]
        again = site.browser()
        assert 401 == again.submit("/sign-in", email=email, password=PASSWORD).status_code

    def test_archived_by_other_means(self, site: Site, eve: str) -> None:
        """A session of somebody who was archived elsewhere shows nothing."""
        browser = signed_in(site, site.desk.people.get(eve).email or "")
        site.desk.people.archive(eve)
        response = browser.get("/timer")
        assert (403, True) == (response.status_code, "You were archived" in response.text)

    def test_another_password(self, site: Site, maria: Browser, eve: str) -> None:
        """Every other session of hers has ended; here a new one begins."""
        email = site.desk.people.get(eve).email or ""
        here, elsewhere = signed_in(site, email), signed_in(site, email)
        form = {"current": PASSWORD, "new": "incorrect horse"}
        assert 303 == here.submit("/profile/password", **form).status_code
        assert "Saved." in here.get("/profile").text
        assert (200, 303) == (here.get("/timer").status_code, elsewhere.get("/timer").status_code)
        assert 303 == signed_in(site, email).get("/timer").status_code
        assert 200 == signed_in(site, email, "incorrect horse").get("/timer").status_code
        form = {"name": "Eve", "email": email, "role": "worker", "password": "staple staple"}
        assert 303 == maria.submit(f"/employees/{eve}", **form).status_code
        assert 303 == here.get("/timer").status_code
        assert 200 == signed_in(site, email, "staple staple").get("/timer").status_code

    def test_no_e_mail_any_more(self, site: Site, maria: Browser, eve: str) -> None:
        """Who has none cannot sign in."""
        browser = signed_in(site, site.desk.people.get(eve).email or "")
        assert 303 == maria.submit(f"/employees/{eve}", name="Eve", email="", role="worker").status_code
        assert 303 == browser.get("/timer").status_code

    def test_it_ends(self, site: Site, eve: str) -> None:
        """After twelve hours one signs in anew, and comes back to where one was."""
        browser = signed_in(site, site.desk.people.get(eve).email or "")
        with site.house.engine.begin() as connection:
            moment = datetime(2026, 1, 1)
            connection.execute(update(users.SESSIONS).where(users.SESSIONS.c.person_id == eve).values(ends_at=moment))
        part = browser.get("/work?find=x", headers={"hx-request": "true"})
        assert (200, "/sign-in", "") == (part.status_code, part.headers["hx-redirect"], part.text)
        assert "/sign-in?after=/work%3Ffind%3Dx" == browser.get("/work?find=x").headers["location"]
        assert "/sign-in" == browser.submit("/timer", project_id="x").headers["location"]
        response = site.browser().submit("/sign-in", email="x", password="x", after="/work?find=x")
        assert 'name="after" value="/work?find=x"' in response.text

    def test_signed_out(self, site: Site) -> None:
        """The secret of a session that was ended is worth nothing."""
        browser = site.browser("Worker")
        secret = browser.cookies["session"]
        assert 303 == browser.submit("/sign-out").status_code
        browser.cookies.set("session", secret)
        assert 303 == browser.get("/timer").status_code

    def test_from_where(self, site: Site, eve: str) -> None:
        """The library knows from which addresses she may come."""
        email = site.desk.people.get(eve).email or ""
        site.desk.people.set_allowed_addresses(eve, ["10.0.0.0/8"])
        assert 303 == signed_in(site, email).get("/timer").status_code
        inside = site.browser(client=("10.1.2.3", 5000))
        assert 303 == inside.submit("/sign-in", email=email, password=PASSWORD).status_code
        assert 200 == inside.get("/timer").status_code

    def test_the_library_knows(self, site: Site, eve: str) -> None:
        """A sign-in with the host is recorded in the books."""
        assert site.desk.people.login(eve).last_sign_in is None
        signed_in(site, site.desk.people.get(eve).email or "")
        assert site.desk.people.login(eve).last_sign_in is not None
        assert Role.WORKER is site.desk.people.get(eve).role
