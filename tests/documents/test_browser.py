"""A browser accepts the pages and prints them on the right number of sheets."""

import os
import re
import shutil
import signal
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from pypdf import PdfReader

from invoicecore import Logo, Status, documents
from invoicecore.documents import Document
from invoicecore.testing.pictures import png
from tests.documents.hostile import PAGES, Harmless, Hostile
from tests.documents.papers import HEAD, hours, paper, work
from tests.needs import missing
from tests.world import hourly

FIFTY = hourly(50)
PAPER = evolve(
    paper(work(hours(8), FIFTY), work(hours(1, 30), FIFTY, "shop", id="t"), paid=(1000,)), logo=Logo(png(60, 20))
)
_CONSOLE = re.compile(r":CONSOLE(?:\(\d+\)|:\d+)\] (.*)")
_ALONE = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr")
_PATIENCE_SECONDS = 60


@frozen
class Shown:
    """A page as the browser prints it: what stands on each sheet, their size in points, and what was on the console."""

    sheets: tuple[str, ...]
    size: tuple[int, int]
    console: tuple[str, ...]


class Browser:
    """Opens pages one by one, each in a new process, which is ended with all that it started."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder

    def show(self, html: str) -> Shown:
        """Open the page and print it."""
        page, pdf = self._folder / "page.html", self._folder / "page.pdf"
        page.write_text(html, encoding="utf-8")
        where = (f"--user-data-dir={self._folder / 'profile'}", f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
        log = self._run(*_ALONE, *where, page.as_uri())
        sheets = PdfReader(pdf).pages
        size = round(sheets[0].mediabox.width), round(sheets[0].mediabox.height)
        return Shown(tuple(it.extract_text() for it in sheets), size, tuple(_CONSOLE.findall(log)))

    def _run(self, *options: str) -> str:
        pipes: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        home = {**os.environ, "HOME": str(self._folder)}
        with subprocess.Popen([self._program, *options], env=home, start_new_session=True, **pipes) as running:
            try:
                log: str = running.communicate(timeout=_PATIENCE_SECONDS)[1]
            finally:
                if running.poll() is None:
                    os.killpg(running.pid, signal.SIGKILL)
        assert 0 == running.returncode, log
        return log


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    program = shutil.which("chromium")
    return missing("Chromium") if program is None else Browser(program, tmp_path)


def drawn() -> dict[str, Document]:
    """One of each kind, each short enough for a sheet."""
    return {
        "invoice": documents.invoice(PAPER),
        "letter": documents.invoice(PAPER, paper_size="Letter"),
        "void": documents.invoice(paper(work(hours(8), FIFTY), status=Status.VOID)),
        "preview": documents.preview(paper(work(hours(8), FIFTY), status=Status.DRAFT)),
        "statement": PAGES["statement"](Harmless([1] * 50)),
        "reminder": documents.reminder(PAPER, date(2026, 5, 1)),
        "arabic": documents.invoice(evolve(PAPER, parties=evolve(HEAD, locale="ar_EG"))),
    }


class TestBrowser:
    @pytest.mark.parametrize("kind", drawn())
    def test_one_sheet(self, browser: Browser, kind: str) -> None:
        """Each is opened without a word of complaint, and printed on one sheet of its size."""
        shown = browser.show(drawn()[kind].html)
        assert () == shown.console
        assert 1 == len(shown.sheets)
        assert ((612, 792) if kind == "letter" else (595, 842)) == shown.size

    @pytest.mark.parametrize("kind", PAGES)
    def test_hostile_texts(self, browser: Browser, kind: str) -> None:
        """They are no cause of complaint either: nothing of them is run or asked for."""
        assert () == browser.show(PAGES[kind](Hostile(1)).html).console

    def test_what_is_printed(self, browser: Browser) -> None:
        """It says what the page says."""
        [said] = browser.show(documents.invoice(PAPER).html).sheets
        for figure in ("Invoice INV-7", "$475.00", "$10.00", "$465.00"):  # 9.5 hours at $50, a payment, and the rest
            assert figure in said

    def test_many_sheets(self, browser: Browser) -> None:
        """The head of a long table stands on each."""
        lines = [work(hours(1), FIFTY, id=f"s{n}") for n in range(100)]
        shown = browser.show(documents.invoice(paper(*lines)).html)
        assert 3 <= len(shown.sheets)
        assert all("Person" in said for said in shown.sheets)

    def test_complaints_are_heard(self, browser: Browser) -> None:
        """A script in a page is not run, because the page forbids it; the browser says so, and that is read here."""
        html = documents.invoice(PAPER).html
        [complaint] = browser.show(html.replace("</main>", "<script>document.body.remove()</script></main>")).console
        assert "Content Security Policy" in complaint
