"""One server and one Chromium for all of these tests, and for each of them the books of a new firm.

Playwright's loop runs in this thread for as long as its browser is open, so both are closed when the last test of this
folder is done: other tests run loops of their own.
"""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Literal, Protocol

import pytest
import uvicorn
from attrs import frozen
from fastapi import FastAPI
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, Page, ViewportSize, sync_playwright

from examples.web import users
from examples.web.app import make_app
from examples.web.house import House
from examples.web.seed import SIGN_INS
from invoicecore.testing import QuickPasswords
from tests.needs import missing
from tests.web.conftest import Site

PATIENCE_MS = 10_000
WIDE, NARROW = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
Scheme = Literal["light", "dark"]


class Visit(Protocol):
    """Opens the browser of somebody who is signed in, or of nobody."""

    def __call__(self, role: str | None = None, *, size: ViewportSize = WIDE, locale: str = "en-US") -> Page: ...


@frozen
class Server:
    """The application under an address, and the file of a firm that nobody has visited yet."""

    app: FastAPI
    url: str
    seeded: Path

    def new_books(self, folder: Path) -> Site:
        """From now on it serves the same firm from another file."""
        file = folder / "studio.db"
        shutil.copyfile(self.seeded, file)
        house = House.at(f"sqlite:///{file}", QuickPasswords())
        self.app.state.house = house
        return Site(house, self.app, house.billing.as_owner())


def serve(folder: Path) -> Iterator[Server]:
    """A server in a thread of its own."""
    seeded = folder / "seeded.db"
    house = House.at(f"sqlite:///{seeded}", QuickPasswords())
    house.engine.dispose()
    app = make_app(house)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none", lifespan="off"))
    thread = Thread(target=server.run, name="web example")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Server(app, f"http://127.0.0.1:{port}", seeded)
    finally:
        server.should_exit = True
        thread.join()


def start_chromium() -> Iterator[Chromium]:
    """Chromium of the operating system, without a window."""
    program = shutil.which("chromium") or missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-dev-shm-usage"])
        yield browser
        browser.close()


def open_page(
    chromium: Chromium, server: Server, site: Site, role: str | None, size: ViewportSize, locale: str, heard: list[str]
) -> Page:
    """A page of a new browser profile; what it says on its console is added to what was heard."""
    context = chromium.new_context(base_url=server.url, viewport=size, locale=locale, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    if role is not None:
        with site.house.engine.begin() as connection:
            person = users.by_email(connection, SIGN_INS[role])
            secret = users.sign_in(connection, person.person_id)
        context.add_cookies([{"name": "session", "value": secret, "url": server.url}])

    def listen(message: ConsoleMessage) -> None:
        if not ("Failed to load resource" in message.text and " status of 4" in message.text):
            heard.append(f"{message.type}: {message.text}")

    context.on("console", listen)
    context.on("weberror", lambda error: heard.append(str(error.error)))
    return context.new_page()


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """The server of all tests here."""
    quick = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with TemporaryDirectory(dir=quick) as folder:
        yield from serve(Path(folder))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    """The browser of all tests here."""
    yield from start_chromium()


@pytest.fixture
def site(server: Server) -> Iterator[Site]:
    """The firm as it was seeded, whatever other tests did."""
    with TemporaryDirectory(dir=server.seeded.parent) as folder:
        site = server.new_books(Path(folder))
        yield site
        site.house.engine.dispose()


@pytest.fixture
def visit(chromium: Chromium, server: Server, site: Site) -> Iterator[Visit]:
    """Opens browsers, and in the end finds that none of them said a word on its console."""
    heard: list[str] = []
    pages: list[Page] = []

    def opened(role: str | None = None, *, size: ViewportSize = WIDE, locale: str = "en-US") -> Page:
        pages.append(open_page(chromium, server, site, role, size, locale, heard))
        return pages[-1]

    yield opened
    for page in pages:
        page.context.close()
    assert [] == heard
