"""A page becomes a PDF, always with the same bytes, and problems are reported."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from pypdf import PdfReader

from invoicecore import Period, Status, documents
from invoicecore.documents import CannotPrint, PaperSize, pdf
from invoicecore.testing.pictures import png
from invoicecore.values.logo import Logo
from tests.documents.papers import HEAD, hours, paper, work
from tests.documents.press import forget_press
from tests.documents.reading import text_of
from tests.needs import harfbuzz_subset, printing
from tests.world import World, hourly

FIFTY = hourly(50)
SESSION = work(hours(8), FIFTY)
UNKNOWN = "\U0010fffd"  # the last one of private use, which not even fonts of symbols have


@pytest.fixture
def press() -> None:
    printing()


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Of its pages, in points."""
    return [(round(page.mediabox.width), round(page.mediabox.height)) for page in PdfReader(BytesIO(pdf)).pages]


@pytest.mark.usefixtures("press")
class TestPdf:
    def test_paper(self) -> None:
        """One sheet of A4 or of Letter."""
        assert [(595, 842)] == sizes(documents.invoice(paper(SESSION)).pdf())
        assert [(612, 792)] == sizes(documents.invoice(paper(SESSION), paper_size=PaperSize.LETTER).pdf())

    def test_many_pages(self) -> None:
        """Each has its number and the head of the table."""
        lines = [work(timedelta(minutes=n), FIFTY, id=f"s{n}") for n in range(1, 101)]
        pdf = documents.invoice(paper(*lines)).pdf()
        pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]
        assert 3 <= len(pages)
        for number, said in enumerate(pages, 1):
            assert f"{number} / {len(pages)}" in said
            assert "Northwind Studio · Invoice INV-7" in said
            assert "Person" in said

    def test_mark(self) -> None:
        """A draft says DRAFT."""
        assert "DRAFT" in text_of(documents.preview(paper(SESSION, status=Status.DRAFT)).pdf())

    def test_described(self) -> None:
        """It has a title, a language and tags, for who cannot see it."""
        reader = PdfReader(BytesIO(documents.invoice(paper(SESSION, head=evolve(HEAD, locale="de"))).pdf()))
        assert reader.metadata is not None
        assert ("Rechnung INV-7 · Northwind Studio", "Northwind Studio") == (
            reader.metadata.title,
            reader.metadata.author,
        )
        root: Any = reader.trailer["/Root"]
        assert ("de", True) == (root["/Lang"], "/StructTreeRoot" in root)

    def test_logo(self) -> None:
        """It is on it."""
        pdf = documents.invoice(evolve(paper(SESSION), logo=Logo(png(30, 20)))).pdf()
        [[picture]] = [page.images for page in PdfReader(BytesIO(pdf)).pages]
        assert picture.image is not None
        assert (30, 20) == picture.image.size

    @pytest.mark.req("A3", "A4")
    def test_the_same_in_a_year(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Page and PDF of a generated invoice are the same to the byte, whatever was renamed and set since, and
        whenever, wherever and with whatever decimal context they are made."""
        harfbuzz_subset()
        world.maria.firm.change(theme="classic", tax_id="DE 1", payment_instructions="IBAN DE02")
        world.log(8)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3), notes="Thank you")
        bill = world.maria.invoices.generate(draft.id)
        before = documents.invoice(world.maria.invoices.printable(bill.id))
        first = before.pdf()
        world.clock.advance(timedelta(days=365))
        world.maria.firm.change(name="Southwind", contact="2 Side St", theme="studio", timezone="Asia/Tokyo")
        world.maria.firm.change(tax_id="DE 2", payment_instructions="By cheque")
        world.maria.clients.change(world.acme.id, name="Acme Inc.", billing_address="1 Road")
        world.maria.projects.change(world.site.id, name="Site")
        world.maria.people.change(world.lee.person_id, name="Lee L.")
        monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
        again = documents.invoice(world.maria.invoices.printable(bill.id))
        assert (before.html, first) == (again.html, again.pdf())
        world.maria.payments.record(bill.id)
        assert before.html != documents.invoice(world.maria.invoices.printable(bill.id)).html


@pytest.mark.usefixtures("press")
class TestWarnings:
    def test_none(self) -> None:
        """Where there is nothing to say."""
        assert () == documents.invoice(paper(SESSION)).warnings

    def test_a_letter_without_a_font(self) -> None:
        """It is told, once, with its code."""
        head = evolve(HEAD, client_name=f"{UNKNOWN}cme {UNKNOWN}")
        assert ("No font here has the letter U+10FFFD, without a name; it is printed as a box.",) == (
            documents.invoice(paper(SESSION, head=head)).warnings
        )

    def test_a_log_that_is_turned_off(self) -> None:
        """Then it is told that such letters would not be noticed."""
        logger = logging.getLogger("weasyprint")
        before = logger.level
        logger.setLevel(logging.ERROR)
        try:
            [warning] = documents.invoice(paper(SESSION, head=evolve(HEAD, client_name=UNKNOWN))).warnings
        finally:
            logger.setLevel(before)
        assert warning.startswith("The log of WeasyPrint is turned off")

    def test_nothing_is_fetched(self, tmp_path: Path) -> None:
        """A template that asks for a file or an address gets neither, which is told."""
        secret = tmp_path / "secret.png"
        secret.write_bytes(png(30, 20))
        (tmp_path / "said.html").write_text(
            "{% macro said(text) %}{{ text }}"
            f'<img alt="a" src="{secret.as_uri()}"><img alt="b" src="http://127.0.0.1:9/a.png">'
            "{% endmacro %}"
        )
        document = documents.invoice(paper(SESSION), templates=tmp_path)
        assert [] == [image for page in PdfReader(BytesIO(document.pdf())).pages for image in page.images]
        refused = [secret.as_uri(), "http://127.0.0.1:9/a.png"]
        assert [True, True] == [address in told for address, told in zip(refused, document.warnings, strict=True)]

    def test_once_for_both(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """PDF and warnings come of one run of the press."""
        document = documents.invoice(paper(SESSION))
        printed = document.pdf()
        monkeypatch.setattr(pdf, "print_pdf", None)
        assert ((), printed) == (document.warnings, document.pdf())


class TestMissing:
    @pytest.fixture(autouse=True)
    def anew(self) -> Iterator[None]:
        forget_press()
        yield
        forget_press()

    def test_no_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The page is there without it; the PDF names it."""
        monkeypatch.setitem(sys.modules, "weasyprint", None)
        document = documents.invoice(paper(SESSION))
        assert () == document.warnings
        with pytest.raises(CannotPrint, match=r"pip install 'invoicecore\[pdf\]'"):
            document.pdf()

    def test_no_pango(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The packages of the system are named, and nothing of it is printed to standard output."""
        stand_in(monkeypatch, tmp_path, "print('Advice')\nraise OSError(\"cannot load library 'libpango-1.0-0'\")")
        with pytest.raises(CannotPrint, match=r"apt-get install libpango-1\.0-0 libpangoft2-1\.0-0 libharfbuzz"):
            documents.invoice(paper(SESSION)).pdf()
        assert "" == capsys.readouterr().out

    def test_a_warning(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """One at its import does no harm where warnings are errors, as they are here."""
        stand_in(monkeypatch, tmp_path, "import warnings\nwarnings.warn('Soon', DeprecationWarning)\nwhole = True")
        assert pdf.can_print()
        assert vars(sys.modules["weasyprint"])["whole"]

    def test_no_font(self, tmp_path: Path) -> None:
        """It is told, and Pango is not asked to draw without one, which would end the process."""
        printing()
        config = tmp_path / "fonts.conf"
        config.write_text(f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>")
        program = "from invoicecore.documents.pdf import print_pdf; print_pdf('<p>Work</p>')"
        surroundings = {**os.environ, "FONTCONFIG_FILE": str(config)}
        run = subprocess.run([sys.executable, "-c", program], env=surroundings, capture_output=True, text=True)
        assert 1 == run.returncode
        assert run.stderr.splitlines()[-1].endswith("apt-get install fonts-dejavu-core.")


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, source: str) -> None:
    """Put a module of that source in the place of WeasyPrint."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    # What is imported meanwhile is taken away again.
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.delitem(sys.modules, "weasyprint")
    (folder / "weasyprint.py").write_text(source)
    monkeypatch.syspath_prepend(folder)
