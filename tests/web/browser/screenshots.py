"""Draws the pictures of the application for the documentation.

$ python -m tests.web.browser.screenshots docs/gallery
"""

import sys
from collections.abc import Callable
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from PIL import Image
from playwright.sync_api import Page

from invoicecore import Status
from tests.web.browser.conftest import NARROW, WIDE, Scheme, open_page, serve, start_chromium
from tests.web.conftest import Site


@frozen
class Picture:
    """A page as somebody sees it, after what they have clicked."""

    role: str
    path: Callable[[Site], str]
    locale: str = "en-US"
    is_narrow: bool = False
    scheme: Scheme = "light"
    click: str = ""


PICTURES = {
    "overview": Picture("Manager", lambda site: "/overview"),
    "client": Picture("Manager", lambda site: f"/clients/{site.client('Acme')}"),
    "draft": Picture("Manager", lambda site: f"/invoices/{site.invoice('Globex', Status.DRAFT).id}"),
    "payment": Picture("Manager", lambda site: "/invoices", click="a.icon >> nth=0"),
    "print": Picture("Contact", lambda site: f"/invoices/{site.invoice('Acme', Status.PAID).id}/print"),
    "timer": Picture("Worker", lambda site: "/timer", is_narrow=True),
    "portal": Picture("Contact", lambda site: f"/clients/{site.client('Acme')}", is_narrow=True, scheme="dark"),
    "arabic": Picture("Manager", lambda site: "/overview", locale="ar", is_narrow=True),
}


def prepare(site: Site) -> None:
    """Something goes on: a timer runs, and a draft has changed since it was saved."""
    lee = site.house.billing.acting_as(site.person("Lee"))
    lee.work.start(site.project("Website"), note="Home page")
    draft = site.invoice("Globex", Status.DRAFT)
    lee.work.log(site.project("Mobile app"), day=draft.lines[-1].day, hours=2, note="Late news")


def small(png: bytes) -> Image.Image:
    """The same picture with as few colours as it needs."""
    return Image.open(BytesIO(png)).convert("RGB").quantize(160, dither=Image.Dither.NONE)


def draw(folder: Path) -> None:
    """All pictures, into a folder."""
    with (
        TemporaryDirectory() as books,
        contextmanager(serve)(Path(books)) as server,
        contextmanager(start_chromium)() as chromium,
    ):
        site = server.new_books(Path(books))
        prepare(site)
        for name, it in PICTURES.items():
            size = NARROW if it.is_narrow else WIDE
            page: Page = open_page(chromium, server, site, it.role, size, it.locale, [])
            page.emulate_media(color_scheme=it.scheme)
            page.goto(it.path(site), wait_until="networkidle")
            if it.click:
                page.click(it.click)
                page.wait_for_selector("dialog[open]")
            small(page.screenshot()).save(folder / f"web-{name}.png", optimize=True)
            page.context.close()
        site.house.engine.dispose()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
