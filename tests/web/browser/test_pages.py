"""Every page is fit for wide and narrow screens, light and dark, in three languages, and for who does not see it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from invoicecore import Status
from tests.needs import missing
from tests.web.browser.conftest import NARROW, WIDE, Scheme, Visit
from tests.web.conftest import ROLES, Site
from tests.web.test_routes import PAGES

FILES = ("/pdf", "/statement", "/movements", "/logo")
FRAGMENT = "/invoices/{draft}/moved?seen=x"  # htmx puts it into a page
OFTEN_REFUSED = ("/audit", "/nothing-here")  # what a page of an error looks like
LOOKS: list[tuple[ViewportSize, Scheme]] = [(WIDE, "light"), (NARROW, "dark"), (WIDE, "dark"), (NARROW, "light")]
RICH = (
    "/overview",
    "/clients/{acme}",
    "/invoices",
    "/invoices/{draft}",
    "/timer",
    "/settings",
)  # every colour there is

# Of a long table the first rows are enough: the others are alike, and looking for contrast takes its time.
_FOUND = """axe.run({exclude: ["tbody tr:nth-child(n+6)"]}, {resultTypes: ["violations"]}).then((found) =>
    found.violations.flatMap((rule) => rule.nodes.map((it) => `${rule.id}: ${it.html} ${it.failureSummary}`)))"""
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_CUT_OFF = """[...document.querySelectorAll("h1, h2, label, button, .button, .tile > *, .badge")].filter((it) =>
    it.checkVisibility() && it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).display !== "inline"
    && !it.matches(".me")).map((it) => it.outerHTML.slice(0, 200))"""
_SCROLLED = """[...document.querySelectorAll(".scroll")].filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) =>
    it.getAttribute("aria-label"))"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, which npm put beside the programs on the path."""
    folders = [Path(folder).parent for folder in os.environ.get("PATH", "").split(os.pathsep)]
    found = [file for folder in folders if (file := folder / "axe-core" / "axe.min.js").is_file()]
    return found[0].read_text(encoding="utf-8") if found else missing("axe-core, of npm")


@pytest.fixture
def links(site: Site) -> dict[str, str]:
    """What the names in the addresses stand for. Somebody works, and a draft has changed since it was saved."""
    lee = site.house.billing.acting_as(site.person("Lee"))
    draft = site.invoice("Globex", Status.DRAFT)
    lee.work.start(site.project("Website"), note="Home page")
    lee.work.log(site.project("Mobile app"), day=draft.lines[0].day, hours=2)
    return {
        "acme": site.client("Acme"),
        "website": site.project("Website"),
        "employee": site.person("Ole"),
        "contact": site.person("Cleo"),
        "session": lee.pages.work(search="Website").rows[-1].session.id,
        "invoice": site.invoice("Acme", Status.DUE).id,
        "draft": draft.id,
    }


def pages(role: str | None, links: dict[str, str]) -> Iterator[str]:
    """The address of each page that a role can open, and of two that are refused."""
    if role is None:
        yield "/sign-in"
        return
    for path, statuses in PAGES.items():
        is_page = not path.startswith("/api/") and not path.endswith(FILES) and path != FRAGMENT
        if is_page and (statuses[ROLES.index(role)] == 200 or path in OFTEN_REFUSED):
            yield path.format_map(links)


def too_wide(page: Page) -> list[str]:
    """What does not fit into the window."""
    found: list[str] = page.evaluate(_CUT_OFF)
    return [*found, *(["the page"] if page.evaluate(_TOO_WIDE) else [])]


@pytest.mark.parametrize("role", [*ROLES, None])
def test_each(role: str | None, axe: str, visit: Visit, links: dict[str, str]) -> None:
    """axe-core finds nothing, and nothing is wider than the window, no table either, so that the last column, such as
    the menu of an invoice, is in sight: on a desk and on a telephone, light and dark."""
    page, wrong, seen = visit(role), [], 0
    rich = {it.format_map(links) for it in RICH if role == "Manager"}
    for path in pages(role, links):
        page.goto(path)
        page.evaluate(axe)
        for size, scheme in LOOKS if path in rich else LOOKS[:2]:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            wrong += [(path, size["width"], scheme, it) for it in (*too_wide(page), *page.evaluate(_FOUND))]
            wrong += [(path, size["width"], scheme, it) for it in page.evaluate(_SCROLLED)]
        seen += 1
    assert [] == wrong
    assert seen > (10 if role else 0)


@pytest.mark.parametrize(("locale", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_languages(locale: str, direction: str, axe: str, visit: Visit, links: dict[str, str]) -> None:
    """The same in the other languages, of which one is long and one is written from right to left."""
    page, wrong, rich = visit("Manager", locale=locale, size=NARROW), [], {it.format_map(links) for it in RICH}
    for path in pages("Manager", links):
        page.goto(path)
        wrong += [(path, it) for it in too_wide(page)]
        if not path.endswith("/paper"):  # in the language of the firm
            assert (locale, direction) == (page.get_attribute("html", "lang"), page.get_attribute("html", "dir")), path
        if direction == "rtl" and path in rich:
            page.evaluate(axe)
            wrong += [(path, it) for it in page.evaluate(_FOUND)]
    assert [] == wrong


def test_mirrored(visit: Visit, links: dict[str, str]) -> None:
    """In Arabic the name of the firm is at the right, the menu at the left, and amounts keep their signs in front."""
    page = visit("Manager", locale="ar")
    page.goto(f"/clients/{links['acme']}")
    firm, menu = page.locator(".firm").bounding_box(), page.locator("button.me").bounding_box()
    assert firm is not None
    assert menu is not None
    assert firm["x"] > 1280 / 2 > menu["x"]
    page.locator("button.me").click()
    opened = page.locator("#me").bounding_box()
    assert opened is not None
    assert opened["x"] >= 0
    assert opened["x"] + opened["width"] <= 1280


def test_paper_on_a_telephone(visit: Visit, links: dict[str, str]) -> None:
    """What stands side by side on a printed page stands one below the other, each as wide as the window."""
    page = visit("Manager", size=NARROW)
    page.goto(f"/invoices/{links['invoice']}/paper")
    client, facts = page.locator(".client").bounding_box(), page.locator(".facts").bounding_box()
    assert client is not None
    assert facts is not None
    assert client["width"] > 250
    assert facts["y"] >= client["y"] + client["height"]
