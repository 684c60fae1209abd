"""What people do that nobody plans for: they click twice, open two tabs, go back, stay away, or use no mouse."""

import re
from datetime import date, datetime

from playwright.sync_api import Page, Route, expect
from sqlalchemy import update

from examples.web import users
from examples.web.seed import PASSWORD, SIGN_INS
from invoicecore import Action, Deposit, Money, OnVoid, Rate, Role, Status, Terms
from tests.web.browser.conftest import Visit
from tests.web.browser.test_stories import press
from tests.web.conftest import Site
from tests.web.test_routes import routes


def manual(site: Site, client: str = "Acme") -> str:
    """The id of a new invoice of 30 dollars, whose payments are not deposited."""
    made = site.desk.invoices.manual(site.client(client), Money.of(30, "USD"), deposit=Deposit.NOT_DEPOSITED)
    return made.id


def forms(site: Site) -> list[tuple[str, str, dict[str, str]]]:
    """Each form that a Manager meets: the page that has it, where it is sent, and what is typed into it."""
    desk, today, login = site.desk, str(date.today()), {"name": "Cy", "password": PASSWORD}
    acme, website, ole = site.client("Acme"), site.project("Website"), site.person("Ole")
    client, person = (
        desk.clients.add(name="Umbrella", terms=Terms.unlimited()).id,
        desk.people.add(name="Nora", role=Role.WORKER).id,
    )
    project = desk.projects.add(client_id=acme, name="Blog", rate=Rate.hourly(50, "USD")).id
    lost = manual(site, "Globex")
    desk.payments.record(lost)
    desk.invoices.void(lost, note="Twice", payments=OnVoid.KEEP)  # so that there is credit
    paid, due, wrong, again, owing, back = (manual(site, it) for it in ("Acme",) * 4 + ("Globex", "Acme"))
    payment = desk.payments.record(paid, Money.of(10, "USD")).payment.id
    desk.invoices.revert(back)
    draft, session, other = site.invoice("Globex", Status.DRAFT).id, site.session("Acme"), site.session("Initech")
    return [
        ("/timer", "/timer", {"project_id": website, "note": "x"}),
        ("/timer", "/timer/{running}/stop", {}),
        ("/timer", "/timer", {"project_id": website, "note": "y"}),
        ("/timer", "/timer/{running}/discard", {}),
        ("/employees/new", "/employees/new", {**login, "email": "cy@northwind.example"}),
        (f"/employees/{ole}", f"/employees/{ole}", {"name": "Olaf"}),
        (f"/employees/{person}", f"/employees/{person}/archive", {}),
        (f"/employees/{person}", f"/employees/{person}/restore", {}),
        ("/clients/new", "/clients/new", {"name": "Soylent", "allowed_balance": "-100"}),
        (f"/clients/{acme}/contacts", f"/clients/{acme}/contacts", {**login, "email": "cy@acme.example"}),
        (f"/clients/{acme}/transactions", f"/clients/{acme}/transactions", {"amount": "5", "reason": "x"}),
        (f"/clients/{acme}/edit", f"/clients/{acme}/edit", {"billing_address": "2 New Street"}),
        (f"/clients/{client}/edit", f"/clients/{client}/archive", {}),
        (f"/clients/{client}/edit", f"/clients/{client}/restore", {}),
        ("/projects/new", "/projects/new", {"client_id": acme, "name": "Forum", "rate": "55.125"}),
        (f"/projects/{project}/edit", f"/projects/{project}/edit", {"notes": "Soon"}),
        (f"/projects/{project}", f"/projects/{project}/assign", {"person_id": ole}),
        (f"/projects/{project}", f"/projects/{project}/unassign", {}),
        (f"/projects/{project}/edit", f"/projects/{project}/archive", {}),
        (f"/projects/{project}/edit", f"/projects/{project}/restore", {}),
        ("/work/new", "/work/new", {"project_id": website, "day": today, "hours": "0:30"}),
        (f"/work/{session}", f"/work/{session}", {"hours": "0:45"}),
        (f"/work/{other}", f"/work/{other}/delete", {}),
        ("/invoices/new", "/invoices/new", {"client_id": acme, "amount": "$1,000"}),
        ("/invoices/draft", "/invoices/draft", {"client_id": acme, "notes": "x"}),
        (f"/invoices/{due}/status", f"/invoices/{due}/status", {"action": "set_uncollectible"}),
        (f"/invoices/{due}/payment", f"/invoices/{due}/payment", {"amount": "10", "method": "Card"}),
        (f"/invoices/{wrong}/void", f"/invoices/{wrong}/void", {"note": "Sent to the wrong client"}),
        (f"/invoices/{again}", f"/invoices/{again}/revert", {}),
        (f"/invoices/{owing}", f"/invoices/{owing}/credit", {}),
        (f"/invoices/{paid}", f"/invoices/{paid}/payments/{payment}/reverse", {"note": "It bounced"}),
        (f"/invoices/{back}", f"/invoices/{back}/delete", {"note": "No more"}),
        (f"/invoices/{draft}", f"/invoices/{draft}", {"notes": "Thank you."}),
        (f"/invoices/{draft}", f"/invoices/{draft}/generate", {}),
        ("/settings", "/settings", {"contact": "2 Main Street"}),
        ("/profile", "/profile", {"timezone": "Europe/Berlin"}),
        ("/profile", "/profile/password", {"current": PASSWORD, "new": "another good one"}),
    ]


REFILL = "/clients/{client_id}/refill"  # its button is there for a moment only, before a job asks for the refill
SETS = {  # they take no key, so they are audited twice; what they set is the same
    Action.CHANGE_PERSON,
    Action.SET_ALLOWED_ADDRESSES,
    Action.ARCHIVE_PERSON,
    Action.CHANGE_CLIENT,
    Action.ARCHIVE_CLIENT,
    Action.CHANGE_FIRM,
    Action.CHANGE_OWN_PROFILE,
}
PASSWORD_OF_HOST = "/profile/password"  # the library does not know it, so it is not audited
DOOR = {"/sign-in", "/sign-out"}  # it writes nothing into the books


def fill(page: Page, action: str, fields: dict[str, str]) -> None:
    """Type into the form that is sent to an address."""
    for name, text in fields.items():
        field = page.locator(f'form[action="{action}"] [name={name}]')
        if field.first.evaluate("it => it.tagName") == "SELECT":
            field.select_option(text)
        elif field.first.get_attribute("type") == "radio":
            page.locator(f'form[action="{action}"] [name={name}][value={text}]').check()
        else:
            field.fill(text)


class TestDoubleClick:
    def test_each_button(self, site: Site, visit: Visit) -> None:
        """Both clicks reach the server, the second changes nothing, and nobody is told of a refusal."""
        page, sent, wrong, pressed = visit("Manager"), list[int](), [], set[str]()

        def twice(route: Route) -> None:
            """Chromium often sends the form of a double click once; here the server gets it twice or more."""
            if route.request.method == "POST":
                sent.append(route.fetch(max_redirects=0).status)
            route.continue_()

        page.route("**/*", twice)
        for path, action, fields in forms(site):
            running = [it.timer.id for it in site.desk.pages.timers()]
            action = action.format(running=running[0] if running else "")
            page.goto(path)
            for closed in page.locator("details:not([open]) summary").all():
                closed.click()
            fill(page, action, fields)
            sent.clear()
            before = {it.position for it in site.desk.pages.audit(limit=1).rows}
            page.evaluate("() => { document.documentElement.dataset.before = '' }")
            page.locator(f'form[action="{action}"] button').dblclick()
            page.wait_for_selector("html:not([data-before])", state="attached")
            page.wait_for_load_state()
            rows = site.desk.pages.audit(limit=10).rows
            new = [it.action for it in rows if it.position > max(before)]
            twice_there = {it for it in new if new.count(it) > 1} - SETS
            if (
                (not new and action != PASSWORD_OF_HOST)
                or twice_there
                or page.get_by_role("alert").count()
                or {*sent} != {303}
            ):
                wrong.append((action, new, page.get_by_role("alert").all_inner_texts(), sent[:]))
            pressed.add(action)
        assert [] == wrong, "\n".join(map(str, wrong))
        patterns = {path for method, path in routes(site) if method == "POST" and not path.startswith("/api/")}
        wanted = {re.sub(r"\{\w+\}", "{}", it) for it in patterns - {REFILL} - DOOR}
        assert wanted == {re.sub(r"[0-9a-f-]{36}", "{}", it) for it in pressed}

    def test_sign_in(self, visit: Visit) -> None:
        """Twice through the door is once."""
        page = visit()
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(SIGN_INS["Worker"])
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").dblclick()
        expect(page.get_by_role("heading", level=1)).to_have_text("Timer")


class TestImpatient:
    def test_searching_while_the_page_loads(self, visit: Visit) -> None:
        """What is typed before the scripts are there is sought as soon as they are."""
        page = self.loading(visit, "/work")
        page.get_by_role("searchbox").press_sequentially("no such work")
        self.loaded(page)
        expect(page.get_by_role("main")).to_contain_text("0 sessions · 0:00")

    def test_ordering_while_the_page_loads(self, visit: Visit) -> None:
        page = self.loading(visit, "/work?sort=hours")
        page.get_by_label("Order").select_option("Latest first")
        self.loaded(page)
        expect(page).to_have_url(re.compile("sort=start"))

    def loading(self, visit: Visit, path: str) -> Page:
        """A page that has not got its scripts yet."""
        page = visit("Worker")
        self.held = list[Route]()
        page.route("**/htmx.min.js", lambda it: self.held.append(it))
        page.goto(path, wait_until="commit")
        return page

    def loaded(self, page: Page) -> None:
        while not self.held:
            page.wait_for_timeout(10)
        self.held.pop().continue_()


class TestTwoTabs:
    def test_work_that_came_meanwhile(self, site: Site, visit: Visit) -> None:
        """A draft is not generated as nobody has seen it: the page says so, shows what came, and then does it."""
        draft, page = site.invoice("Globex", Status.DRAFT), visit("Manager")
        page.clock.install()
        page.goto(f"/invoices/{draft.id}")
        lee = site.house.billing.acting_as(site.person("Lee"))
        lee.work.log(site.project("Mobile app"), day=draft.lines[0].day, hours=2, note="Late news")
        page.clock.run_for(21_000)
        expect(page.get_by_role("status")).to_contain_text("The work on this draft has changed.")
        press(page, "Generate")
        expect(page.get_by_role("alert")).to_contain_text("The draft has changed since you saw it.")
        expect(page.locator(".note li")).to_contain_text(["Late news"])
        assert Status.DRAFT is site.desk.invoices.get(draft.id).status
        press(page, "Generate")
        expect(page.locator("h1 .badge")).to_have_text("Generated")

    def test_the_same_draft(self, site: Site, visit: Visit) -> None:
        """What one tab has generated, the other can neither save nor generate, and it is told why."""
        draft, first = site.invoice("Globex", Status.DRAFT), visit("Manager")
        second = first.context.new_page()
        for tab in (first, second):
            tab.goto(f"/invoices/{draft.id}")
        press(first, "Generate")
        expect(first.locator("h1 .badge")).to_have_text("Generated")
        written = site.written()
        second.get_by_label("Notes for the client").fill("Too late")
        press(second, "Save")
        expect(second.get_by_role("alert")).to_be_visible()
        expect(second.locator("h1 .badge")).to_have_text("Generated")
        second.go_back()
        assert written == site.written()

    def test_signed_out_in_the_other(self, visit: Visit) -> None:
        """Signing out in one tab holds for both."""
        first = visit("Worker")
        second = first.context.new_page()
        for tab in (first, second):
            tab.goto("/work/new")
        first.locator("button.me").click()
        first.get_by_role("button", name="Sign out").click()
        second.get_by_label("Hours").fill("1")
        press(second, "Save")
        expect(second.get_by_role("heading", level=1)).to_have_text("This form is too old. Load the page again.")
        press(second, "Back to the beginning")
        expect(second).to_have_title(re.compile("Sign in"))


class TestBack:
    def test_after_a_command(self, site: Site, visit: Visit) -> None:
        """The page before is fetched anew: what was paid is no longer asked for, and nothing is sent again."""
        page, invoice = visit("Manager"), manual(site)
        page.goto("/invoices")
        page.goto(f"/invoices/{invoice}/payment")
        press(page, "Record a payment")
        expect(page.locator("h1 .badge")).to_have_text("Paid")
        written = site.written()
        page.go_back()
        expect(page.get_by_label("Amount")).to_have_value("$0.00")
        page.go_back()
        expect(page.locator("tbody tr").first).to_contain_text("Paid")
        page.go_forward()
        page.go_forward()
        expect(page.locator("h1 .badge")).to_have_text("Paid")
        page.reload()
        assert written == site.written()

    def test_after_signing_out(self, visit: Visit) -> None:
        """Nothing of the firm is shown any more."""
        page = visit("Manager")
        page.goto("/clients")
        page.locator("button.me").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_title(re.compile("Sign in"))
        page.go_back()
        expect(page).to_have_title(re.compile("Sign in"))
        assert "Acme" not in page.content()


class TestAway:
    def end_sessions(self, site: Site) -> None:
        """Twelve hours go by for whoever is signed in."""
        with site.house.engine.begin() as connection:
            connection.execute(update(users.SESSIONS).values(ends_at=datetime(2020, 1, 1)))

    def sign_in_again(self, page: Page, role: str) -> None:
        """Through the door that stands in the way."""
        expect(page).to_have_title(re.compile("Sign in"))
        page.get_by_label("E-mail").fill(SIGN_INS[role])
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()

    def test_a_page(self, site: Site, visit: Visit) -> None:
        """After signing in again the page that was wanted is there."""
        page = visit("Worker")
        page.goto("/timer")
        self.end_sessions(site)
        page.goto("/work?find=search")
        self.sign_in_again(page, "Worker")
        expect(page).to_have_url(re.compile(r"/work\?find=search$"))

    def test_a_form(self, site: Site, visit: Visit) -> None:
        """A form of a session that has ended writes nothing."""
        page = visit("Worker")
        page.goto("/work/new")
        self.end_sessions(site)
        written = site.written()
        page.get_by_label("Hours").fill("1")
        press(page, "Save")
        expect(page).to_have_title(re.compile("Sign in"))
        assert written == site.written()
        self.sign_in_again(page, "Worker")

    def test_a_dialog(self, site: Site, visit: Visit) -> None:
        """A part of a page that htmx asks for becomes the door, not a door within the page."""
        page = visit("Manager")
        page.goto("/invoices")
        self.end_sessions(site)
        page.get_by_role("link", name=re.compile("^Record a payment")).first.click()
        expect(page).to_have_url(re.compile("/sign-in"))
        self.sign_in_again(page, "Manager")


class Keyboard:
    """Somebody who has no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, name: str) -> None:
        """Press Tab until something of this name has the focus, and see that this is shown."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            focused = self.page.locator(":focus")
            if focused.count() and re.search(f"^{name}$", self._name(), re.MULTILINE):
                ring = focused.evaluate("it => getComputedStyle(it).outlineStyle")
                assert "none" != ring, f"nothing shows that {name} has the focus"
                return
        raise AssertionError(f"No Tab leads to {name}.")

    def follow(self, name: str) -> None:
        """Go to a link or a button, and press Enter."""
        self.go_to(name)
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def write(self, name: str, text: str) -> None:
        """Go to a field, and type."""
        self.go_to(name)
        self.page.keyboard.type(text)

    def _name(self) -> str:
        named: str = self.page.evaluate("""() => {
            const it = document.activeElement;
            return it.getAttribute("aria-label") || (it.labels?.length ? it.labels[0].innerText : it.innerText) || "";
        }""")
        return named


class TestKeyboard:
    def test_a_worker(self, site: Site, visit: Visit) -> None:
        """A whole day by Tab and Enter: signing in, the timer, work that was forgotten, and signing out."""
        page = visit()
        keys = Keyboard(page)
        page.goto("/")
        keys.write("E-mail", SIGN_INS["Worker"])
        keys.write("Password", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Timer")
        keys.go_to("Project")
        page.keyboard.press("End")
        keys.write("Note", "Footer")
        keys.follow("Start")
        expect(page.locator(".running")).to_contain_text("Website Acme")
        keys.follow("Stop")
        expect(page.locator(".running")).to_have_count(0)
        keys.follow("Work")
        keys.follow("Log work")
        keys.write("Project", "Globex")
        keys.write("Hours", "2:30")
        keys.write("Note", "Login screen")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/work$"))
        expect(page.locator("tbody").first).to_contain_text("Login screen")
        keys.follow("Lee")
        keys.follow("Sign out")
        expect(page).to_have_title(re.compile("Sign in"))
        notes = [it.session.note for it in site.desk.pages.work(limit=3).rows]
        assert {"Footer", "Login screen"} <= {*notes}

    def test_the_content_first(self, visit: Visit) -> None:
        """The first Tab offers to skip the menu."""
        page = visit("Worker")
        page.goto("/timer")
        keys = Keyboard(page)
        keys.follow("Skip to the content")
        keys.go_to("Project")

    def test_a_dialog(self, site: Site, visit: Visit) -> None:
        """The dialog takes the focus, keeps it, and gives it back."""
        page = visit("Manager")
        page.goto("/invoices")
        keys = Keyboard(page)
        keys.follow("Record a payment: .*")
        expect(page.get_by_role("dialog")).to_be_visible()
        for _ in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert page.evaluate("document.activeElement.ariaLabel").startswith("Record a payment")
        page.keyboard.press("Enter")
        keys.write("Method", "Wire")
        keys.follow("Record a payment")
        expect(page.get_by_role("status")).to_have_text("Saved.")
