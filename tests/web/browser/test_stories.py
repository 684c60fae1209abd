"""What people do with the application, told for each role, click by click."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from examples.web.seed import PASSWORD, SIGN_INS
from invoicecore import Money, Status
from tests.web.browser.conftest import Visit
from tests.web.conftest import ROLES, Site


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Through the door, as everybody."""
    page.goto("/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def menu(page: Page, name: str) -> None:
    """Follow a link of the bar on top."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()


def mine(page: Page, name: str) -> None:
    """Choose something in the menu under one's own name."""
    page.locator("button.me").click()
    page.locator("#me").get_by_text(name).click()


def press(page: Page, name: str) -> None:
    """Press a button, or what looks like one, of the page or of its open dialog."""
    part = page.get_by_role("dialog") if page.get_by_role("dialog").count() else page.get_by_role("main")
    part.locator("button, a.button").filter(has_text=re.compile(f"^{name}")).first.click()


def fill(page: Page, **fields: str) -> None:
    """Type into fields, which are named as their labels are."""
    for name, typed in fields.items():
        page.get_by_label(name.replace("_", " "), exact=True).fill(typed)


def tile(page: Page, name: str) -> str:
    """The figure below a name."""
    return page.locator(".tile").filter(has_text=name).locator("b, dd").inner_text()


class TestManager:
    """Maria runs the firm."""

    def test_new_client(self, site: Site, visit: Visit) -> None:
        """From an employee to the invoice that is paid."""
        page = visit()
        sign_in(page, SIGN_INS["Manager"])
        expect(page).to_have_title("Overview · Northwind Studio")

        menu(page, "Employees")
        press(page, "Create an employee")
        page.get_by_label("Name").fill("Nora")
        page.get_by_label("E-mail").fill("nora@northwind.example")
        page.get_by_label("Password").fill("a password of hers")
        press(page, "Create an employee")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nora Worker")
        expect(page.get_by_role("status")).to_have_text("Saved.")

        menu(page, "Clients")
        press(page, "Create a client")
        fill(page, Name="Umbrella", Billing_address="1 Rain Street")
        fill(page, Allowed_balance="-1,500", Refill_balance="-1,000", Refill_rate="50")
        page.get_by_label("Refill quantity, in hours").fill("20")
        press(page, "Create a client")
        assert ("$0.00", "0%") == (tile(page, "Balance"), tile(page, "Utilization"))

        press(page, "Create a project")
        fill(page, Name="Garden", Notes="Roses first.")
        page.get_by_label("Hourly rate").fill("50")
        press(page, "Create a project")
        page.get_by_label("Assign people").select_option("Nora")
        press(page, "Assign")
        expect(page.locator(".plain li")).to_contain_text(["Nora"])

        press(page, "Log work")
        page.get_by_label("Person").select_option("Nora")
        page.get_by_label("Hours").fill("15:00")
        page.get_by_label("Note").fill("Planting")
        press(page, "Save")
        expect(page.locator("tbody tr").first).to_contain_text("$750.00")

        menu(page, "Clients")
        row = page.locator("tbody tr").filter(has_text="Umbrella")
        expect(row).to_contain_text("-$750.00")
        expect(row.get_by_role("img")).to_have_attribute("aria-label", "75% used")
        row.get_by_role("link").click()
        for tab, shown in {
            "Summary": "How the balance came about",
            "Contacts": "Create a login",
            "Projects": "Garden",
            "Invoices": "There is no invoice yet.",
            "Transactions": "Garden · Nora · 15:00 · Planting",
        }.items():
            page.get_by_role("navigation", name="Umbrella").get_by_role("link", name=tab).click()
            expect(page.get_by_role("main")).to_contain_text(shown)

        page.get_by_role("navigation", name="Umbrella").get_by_role("link", name="Contacts").click()
        page.get_by_label("Name").fill("Uma")
        page.get_by_label("E-mail").fill("uma@umbrella.example")
        page.get_by_label("Password").fill("a password of hers")
        page.get_by_label("Garden").check()
        press(page, "Create a login")
        expect(page.locator("tbody tr").first).to_contain_text("Garden")

        press(page, "Draft an invoice")
        expect(page.get_by_label("Client", exact=True)).to_have_value(site.client("Umbrella"))
        press(page, "Draft an invoice")
        expect(page.locator("tfoot")).to_contain_text("$750.00")
        press(page, "Generate · \\$750.00")
        expect(page.get_by_role("heading", level=1)).to_contain_text("-0007 Umbrella")
        press(page, "Record a payment")
        fill(page, Amount="$750.00", Method="Wire")
        page.get_by_label("Transaction ID").fill("TX-7")
        press(page, "Record a payment")
        expect(page.locator("h1 .badge")).to_have_text("Paid")
        assert Status.PAID is site.invoice("Umbrella").status

    def test_draft_that_moves(self, site: Site, visit: Visit) -> None:
        """A draft says what has changed since it was saved; it is generated as it was seen."""
        draft = site.invoice("Globex", Status.DRAFT)
        lee = site.house.billing.acting_as(site.person("Lee"))
        lee.work.log(site.project("Mobile app"), day=draft.lines[0].day, hours=2, note="Late news")
        page = visit("Manager")
        page.goto("/invoices")
        page.get_by_role("link", name="Draft", exact=True).click()
        changed = page.locator(".note").filter(has_text="What has changed since it was saved")
        expect(changed).to_contain_text("Late news")
        expect(changed).to_contain_text("In all: $160.00")
        page.get_by_label("Leave out").nth(0).check()
        press(page, "Save")
        expect(changed).to_have_count(0)
        expect(page.get_by_label("Go on leaving out 1 sessions")).to_be_checked()
        press(page, "Generate")
        expect(page.locator("h1 .badge")).to_have_text("Generated")
        assert draft.total + Money.of(160, "USD") != site.desk.invoices.get(draft.id).total

    def test_status_and_void(self, site: Site, visit: Visit) -> None:
        """Status, payment, print and void in the menu of the list, each in a dialog over it."""
        page = visit("Manager")
        page.goto("/invoices")
        row = page.locator("tbody tr").filter(has_text="Initech")
        row.get_by_role("button", name=re.compile("^Actions")).click()
        row.get_by_role("link", name="Status").click()
        page.get_by_role("dialog").get_by_label("Uncollectible", exact=True).check()
        press(page, "Set status")
        expect(page.locator("h1 .badge")).to_have_text("Uncollectible")

        press(page, "Void")
        page.get_by_label("Note: why?").fill("Sent to the wrong client")
        press(page, "Void")
        expect(page.locator("h1 .badge")).to_have_text("Void")
        expect(page.locator("q")).to_have_text("Sent to the wrong client")

        press(page, "Print")
        paper = page.frame_locator("iframe")
        expect(paper.get_by_role("heading", level=1)).to_contain_text("Void")

    def test_dialog_is_closed(self, visit: Visit) -> None:
        """A dialog goes away without a trace: by its button, by Escape, and by a click beside it."""
        page = visit("Manager")
        page.goto("/invoices")
        ways: list[Callable[[], None]] = [
            lambda: press(page, "Cancel"),
            lambda: page.keyboard.press("Escape"),
            lambda: page.mouse.click(5, 400),
        ]
        for close in ways:
            page.get_by_role("link", name=re.compile("^Record a payment")).first.click()
            expect(page.get_by_role("dialog")).to_be_visible()
            close()
            expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page).to_have_url(re.compile("/invoices$"))

    def test_settings(self, site: Site, visit: Visit) -> None:
        """A logo, and the number of the next invoice."""
        page, logo = visit("Manager"), BytesIO()
        Image.new("RGB", (120, 40), "#0b6e63").save(logo, "PNG")
        page.goto("/")
        mine(page, "Firm settings")
        page.get_by_label("Next invoice number").fill("500")
        page.get_by_label("New logo").set_input_files(
            {"name": "l.png", "mimeType": "image/png", "buffer": logo.getvalue()}
        )
        press(page, "Save")
        expect(page.get_by_alt_text("The present logo")).to_be_visible()
        assert 120 == page.locator(".firm img").evaluate("it => it.naturalWidth")
        assert 500 == site.desk.firm.next_number()
        page.get_by_label("Take it out").check()
        page.get_by_label("Next invoice number").fill("3")
        press(page, "Save")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("#next_number-wrong")).to_be_visible()
        expect(page.get_by_alt_text("The present logo")).to_be_visible()

    def test_audit(self, visit: Visit) -> None:
        """Who changed what is listed, newest first, page by page."""
        page = visit("Manager")
        page.goto("/")
        mine(page, "Changes")
        first = page.locator("tbody tr").first.inner_text()
        page.get_by_role("link", name="Further").click()
        assert first != page.locator("tbody tr").first.inner_text()


class TestSupervisor:
    """Sam sees all work and no money."""

    def test_day(self, site: Site, visit: Visit) -> None:
        """He assigns, sees who works, and stops a timer that was forgotten."""
        site.house.billing.acting_as(site.person("Lee")).work.start(site.project("Website"))
        page = visit()
        sign_in(page, SIGN_INS["Supervisor"])
        running = page.locator(".card").filter(has_text="Running timers")
        running.get_by_role("button", name="Stop").click()
        expect(running).to_have_count(0)

        menu(page, "Projects")
        page.get_by_role("link", name="Audit").click()
        page.get_by_label("Assign people").select_option("Ole")
        press(page, "Assign")
        expect(page.locator(".plain li")).to_have_count(2)
        page.locator(".plain li").filter(has_text="Ole").get_by_role("button", name="Take off").click()
        expect(page.locator(".plain li")).to_have_count(1)

        menu(page, "Work")
        page.locator("tbody th a").first.click()
        page.get_by_label("Note").fill("Looked through")
        press(page, "Save")
        expect(page.locator("tbody").first).to_contain_text("Looked through")
        menu(page, "Clients")
        expect(page.locator("tbody tr").filter(has_text="Initech")).to_contain_text("stopped")
        assert "$" not in page.content()


class TestWorker:
    """Lee works."""

    def test_day(self, site: Site, visit: Visit) -> None:
        """The timer runs and stops; what was forgotten is logged; all work is found again."""
        page = visit()
        sign_in(page, SIGN_INS["Worker"])
        page.get_by_label("Project").select_option("Acme · Website")
        page.get_by_label("Note").fill("Footer")
        press(page, "Start")
        expect(page.locator(".running")).to_contain_text("Website Acme")
        press(page, "Stop")
        expect(page.locator(".running")).to_have_count(0)
        expect(page.locator("tbody tr").first).to_contain_text("Footer")

        menu(page, "Work")
        press(page, "Log work")
        page.get_by_label("Project").select_option("Globex · Mobile app")
        fill(page, Day=str(date.today() - timedelta(days=1)), Start="09:15")
        page.get_by_label("Hours").fill("two")
        page.get_by_label("Note").fill("Login screen")
        press(page, "Save")
        expect(page.locator("#hours-wrong")).to_be_visible()
        expect(page.get_by_label("Note")).to_have_value("Login screen")
        page.get_by_label("Hours").fill("2.5")
        press(page, "Save")
        page.get_by_role("searchbox", name="Find work").press_sequentially("login screen")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text("2:30")
        expect(page).to_have_url(re.compile("find=login"))
        assert "$" not in page.content()

    def test_profile(self, visit: Visit) -> None:
        """Language, time zone and password are one's own affair."""
        page = visit()
        sign_in(page, SIGN_INS["Worker"])
        mine(page, "My profile")
        page.get_by_label("Present password").fill(PASSWORD)
        page.get_by_label("New password").fill("another good one")
        press(page, "Change the password")
        page.get_by_label("Language").select_option("Deutsch")
        press(page, "Save")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Lee")
        expect(page.locator("html")).to_have_attribute("lang", "de")
        mine(page, "Abmelden")
        sign_in_again = visit()
        sign_in(sign_in_again, SIGN_INS["Worker"])
        expect(sign_in_again.get_by_role("alert")).to_contain_text("The e-mail or password is wrong")
        sign_in(sign_in_again, SIGN_INS["Worker"], "another good one")
        expect(sign_in_again).to_have_url(re.compile("/timer$"))


class TestContact:
    """Cleo looks at what her firm has bought."""

    def test_portal(self, site: Site, visit: Visit) -> None:
        """Her account, its invoices and work, and nobody else's."""
        page = visit()
        sign_in(page, SIGN_INS["Contact"])
        expect(page.get_by_role("heading", level=1)).to_have_text("Acme")
        assert site.desk.accounts.standing(site.client("Acme")).balance.format("en") == tile(page, "Balance")
        for tab, shown in {"Projects": "Website", "Invoices": "INV-", "Transactions": "Payment"}.items():
            page.get_by_role("navigation", name="Acme").get_by_role("link", name=tab).click()
            expect(page.get_by_role("main")).to_contain_text(shown)
        menu(page, "Invoices")
        expect(page.get_by_role("main")).not_to_contain_text("Globex")
        page.locator("tbody th a").last.click()
        assert ["Print"] == [it.strip() for it in page.locator(".head .buttons > *").all_inner_texts()]
        press(page, "Print")
        expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_contain_text("Invoice")
        menu(page, "Work")
        expect(page.locator("tbody tr").first).to_contain_text("Lee")
        assert 0 == page.locator("main form[method=post]").count()


@pytest.mark.parametrize("role", ROLES)
def test_every_link(role: str, visit: Visit) -> None:
    """No link that a role is shown leads to a refusal; one of each kind is followed."""
    page, followed, waiting, refused = visit(role), set[str](), ["/"], []
    while waiting:
        path = waiting.pop()
        if (kind := re.sub(r"/[0-9a-f-]{36}", "/{}", path)) in followed or path.endswith(
            ("/pdf", "/statement", "/movements")
        ):
            continue
        followed.add(kind)
        response = page.request.get(path)
        refused += [] if response.ok else [path]
        waiting += [it for it in re.findall(r'href="(/[^"#?]*)', response.text()) if not it.startswith("/static")]
    assert [] == refused
    assert len(followed) > 6
