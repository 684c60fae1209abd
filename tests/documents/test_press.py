"""A page becomes a PDF, always with the same bytes, and problems are reported."""

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
from tests.needs import printing
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
        monkeypatch.setitem(sys.modules, "typst", None)
        document = documents.invoice(paper(SESSION))
        assert () == document.warnings
        assert "INV-7" in document.html
        with pytest.raises(CannotPrint, match=r"pip install 'invoicecore\[pdf\]'"):
            document.pdf()

    def test_no_font(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without any, letters would be missing silently: a package that brings one is named instead."""
        printing()
        forget_press()
        monkeypatch.setattr("typst.Fonts", NoFonts)
        with pytest.raises(CannotPrint, match="apt-get install fonts-dejavu-core"):
            documents.invoice(paper(SESSION)).pdf()
        assert () == documents.invoice(paper(SESSION)).warnings

    def test_only_the_fonts_of_typst(self, tmp_path: Path) -> None:
        """A machine without fonts prints with the one that typst brings."""
        printing()
        config = tmp_path / "fonts.conf"
        config.write_text(f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>")
        run = subprocess.run(
            [sys.executable, "-c", PRINTS],
            env={**os.environ, "FONTCONFIG_FILE": str(config)},
            capture_output=True,
        )
        assert (0, b"") == (run.returncode, run.stderr)
        assert {"LibertinusSerif"} == {font.partition("-")[0] for font in fonts_of(run.stdout)}
        assert "INV-7" in text_of(run.stdout)


PRINTS = """
import sys
from tests.documents.test_press import SESSION, documents, paper
sys.stdout.buffer.write(documents.invoice(paper(SESSION)).pdf())
"""


class NoFonts:
    """Stands where the fonts are, and has none."""

    def families(self) -> list[str]:
        return []


def fonts_of(pdf: bytes) -> set[str]:
    """The names of the fonts in a PDF, without the letters that stand for the subset."""
    found: set[str] = set()
    for page in PdfReader(BytesIO(pdf)).pages:
        fonts: Any = page["/Resources"]
        found |= {str(font.get_object()["/BaseFont"])[1:].partition("+")[2] for font in fonts["/Font"].values()}
    return found
