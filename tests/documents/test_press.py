"""A page becomes a PDF, always with the same bytes, and problems are reported."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from attrs import evolve
from pypdf import PdfReader

from invoicecore import Period, Status, documents
from invoicecore.documents import Attachment, CannotPrint, PaperSize, Relationship, pdf
from invoicecore.errors import InvalidInput
from invoicecore.testing.pictures import png
from invoicecore.values.logo import Logo
from tests.documents import endurance
from tests.documents.hostile import PAGES, Harmless
from tests.documents.papers import HEAD, hours, paper, work
from tests.documents.press import forget_press
from tests.documents.reading import text_of
from tests.needs import printing
from tests.pictures import jpeg
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
class TestSameBytes:
    @pytest.mark.parametrize(
        "surroundings",
        [
            {"PYTHONHASHSEED": "1"},
            {"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati"},
            {"TZ": "America/Los_Angeles", "LC_ALL": "tr_TR.UTF-8"},
            {"SOURCE_DATE_EPOCH": "1", "LC_ALL": "C"},
        ],
        ids=str,
    )
    def test_in_any_process(self, surroundings: dict[str, str]) -> None:
        """The same data are the same bytes in any process, zone, locale and hash seed."""
        assert 100_000 < len(usual_bytes())
        assert usual_bytes() == bytes_of_another_process(**surroundings)

    def test_its_date(self) -> None:
        """It was made on the day of issue, wherever and whenever that was; a draft says the beginning of time."""
        assert "D:20260331120000Z" == created(documents.invoice(paper(SESSION)).pdf())
        assert "D:19700101000000Z" == created(documents.preview(paper(SESSION, status=Status.DRAFT)).pdf())


ALL_KINDS = """
import sys
from tests.documents.hostile import PAGES, Harmless
for draw in PAGES.values():
    document = draw(Harmless([1, 2] * 30))
    sys.stdout.buffer.write(document.pdf() + document.pdf("a-3a+ua-1"))
"""


def bytes_of_another_process(**surroundings: str) -> bytes:
    """Each kind of page as a process with those variables makes it."""
    program = [sys.executable, "-c", ALL_KINDS]
    return subprocess.run(program, env={**os.environ, **surroundings}, capture_output=True, check=True).stdout


@cache
def usual_bytes() -> bytes:
    """Each kind of page as a usual process makes it."""
    return bytes_of_another_process()


def created(pdf: bytes) -> str:
    """The day and time that a PDF says it was made, in UTC."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return str(opened.docinfo["/CreationDate"])


XML = Attachment("factur-x.xml", "<Invoice>Größe</Invoice>".encode(), "application/xml", Relationship.ALTERNATIVE)
BINARY = Attachment("hours.bin", bytes(range(256)), "application/octet-stream", description="Working hours")


@pytest.mark.usefixtures("press")
class TestStandards:
    @pytest.mark.parametrize(
        ("standard", "part", "conformance"),
        [("a-3a+ua-1", "3", "A"), ("a-3b", "3", "B"), ("a-2a", "2", "A"), ("a-4", "4", None)],
    )
    @pytest.mark.parametrize("status", [Status.GENERATED, Status.VOID, Status.DRAFT])
    def test_archivable(self, standard: str, part: str, conformance: str | None, status: Status) -> None:
        """It says which standard of PDF/A it meets, also with a logo, a mark and marks of direction."""
        head = evolve(HEAD, client_name="a\u202eb\u202c \u2067c\u2069\u200b")
        sheet = evolve(paper(SESSION, status=status, head=head), logo=Logo(png(30, 20)))
        draw = documents.preview if sheet.is_preview else documents.invoice
        with pikepdf.open(BytesIO(draw(sheet).pdf(standard))) as pdf, pdf.open_metadata() as metadata:
            assert (part, conformance) == (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance"))
            assert ("1" if "ua-1" in standard else None) == metadata.get("pdfuaid:part")
            assert [] == pdf.check_pdf_syntax()

    def test_accessible_by_default(self) -> None:
        """Every PDF says that it meets PDF/UA-1, but where a letter has no font."""
        for name, expected in (("Acme", "1"), (UNKNOWN, None)):
            sheet = paper(SESSION, head=evolve(HEAD, client_name=name))
            with pikepdf.open(BytesIO(documents.invoice(sheet).pdf())) as pdf, pdf.open_metadata() as metadata:
                assert expected == metadata.get("pdfuaid:part")

    def test_files_inside(self) -> None:
        """They come out as they went in, with what they are."""
        printed = documents.invoice(paper(SESSION)).pdf("a-3a+ua-1", [XML, BINARY])
        with pikepdf.open(BytesIO(printed)) as pdf:
            assert {XML.name: XML.content, BINARY.name: BINARY.content} == {
                name: file.get_file().read_bytes() for name, file in pdf.attachments.items()
            }
            assert "/Alternative" == str(pdf.attachments[XML.name].obj["/AFRelationship"])
            assert ["application/xml", "Working hours"] == [
                pdf.attachments[XML.name].get_file().mime_type,
                pdf.attachments[BINARY.name].description,
            ]
            assert 2 == len(pdf.Root["/AF"])
        again = PdfReader(BytesIO(documents.invoice(paper(SESSION)).pdf(attachments=[XML])))
        assert {XML.name: [XML.content]} == dict(again.attachments)

    def test_what_a_standard_does_not_allow(self) -> None:
        """Is refused: an unknown one, two that exclude each other, files where there must be none."""
        document = documents.invoice(paper(SESSION))
        wrong: Any
        for wrong in ("a-9", "", "a-3a,ua-1", 3, "A-3A"):
            with pytest.raises(InvalidInput, match="standard must be names of"):
                document.pdf(wrong)
        with pytest.raises(InvalidInput, match="at most one PDF/A standard"):
            document.pdf("a-2b+a-3b")
        with pytest.raises(InvalidInput, match="contains an attached file"):
            document.pdf("a-2b", [XML])
        with pytest.raises(InvalidInput, match="must be a"):
            document.pdf(attachments=[b"<a/>"])  # type: ignore[list-item]

    @pytest.mark.parametrize("name", [UNKNOWN, "\u0378"])
    def test_a_letter_without_a_font(self, name: str) -> None:
        """Then a standard that was asked for cannot be met, and the letter is named."""
        document = documents.invoice(paper(SESSION, head=evolve(HEAD, client_name=name)))
        with pytest.raises(CannotPrint, match=f"none here has U\\+{ord(name):04X}"):
            document.pdf("a-3a+ua-1")

    @pytest.mark.parametrize("name", ["", "a/b.xml", "..", "a\\b", "a\nb", "x" * 201])
    def test_names_of_files(self, name: str) -> None:
        """An attachment is called as a file is, without a folder."""
        with pytest.raises(InvalidInput, match="name of an attachment"):
            Attachment(name, b"", "text/plain")

    def test_large_files(self) -> None:
        """An attachment has its bounds, and is bytes."""
        with pytest.raises(InvalidInput, match="may have 16777216 bytes"):
            Attachment("a.bin", bytes(16 * 2**20 + 1), "text/plain")
        with pytest.raises(InvalidInput, match="must be a bytes"):
            Attachment("a.bin", "text", "text/plain")


@pytest.mark.usefixtures("press")
class TestStructure:
    """What a reader without eyes is told."""

    @pytest.mark.parametrize("kind", PAGES)
    def test_tags(self, kind: str) -> None:
        """Two levels of headings, tables with heads for their columns, a picture that is described, and no mark that is
        read out twice."""
        with pikepdf.open(BytesIO(PAGES[kind](Harmless([1] * 60)).pdf())) as pdf:
            tags = [str(element["/S"]) for element in elements(pdf.Root["/StructTreeRoot"]["/K"])]
            alternatives = [str(it["/Alt"]) for it in elements(pdf.Root["/StructTreeRoot"]["/K"]) if "/Alt" in it]
            assert True is bool(pdf.Root["/MarkInfo"]["/Marked"])
        assert 1 == tags.count("/H1")
        assert 2 <= tags.count("/H2")
        assert 1 == tags.count("/Figure")
        assert alternatives[0].startswith("text")
        assert {"/Table", "/TR", "/TD"} <= {*tags}
        assert kind == "reminder" or 2 <= tags.count("/TH")

    def test_right_to_left(self) -> None:
        """The language is told, page numbers have its digits, and nothing is lost."""
        printed = documents.invoice(paper(SESSION, head=evolve(HEAD, locale="ar_EG"))).pdf()
        with pikepdf.open(BytesIO(printed)) as pdf:
            assert "ar-EG" == str(pdf.Root["/Lang"])
        assert "١/١" in text_of(printed).replace("\u200f", "")


def elements(part: Any) -> Iterator[Any]:
    """All elements of a structure, in their order."""
    if isinstance(part, pikepdf.Array):
        for child in part:
            yield from elements(child)
    elif isinstance(part, pikepdf.Dictionary) and "/S" in part:
        yield part
        yield from elements(part.get("/K"))


@pytest.mark.usefixtures("press")
class TestManyAtOnce:
    @pytest.mark.parametrize("way", ["fork_before", "spawn_after", "forkserver_after", "threads"])
    def test_works(self, way: str) -> None:
        """Processes that are forked before the first PDF, spawned ones, and threads make what one alone makes."""
        assert "True" == self.told(way)

    def test_a_fork_after_the_first(self) -> None:
        """It is refused with what to do, where typst would wait for ever."""
        assert "Make the first PDF after the fork, or start processes by 'spawn' or 'forkserver'." in self.told(
            "fork_after"
        )

    def told(self, way: str) -> str:
        program = [sys.executable, "-m", "tests.documents.workers", way]
        return subprocess.run(program, capture_output=True, text=True, check=True, timeout=120).stdout.strip()

    def test_no_lingering_memory(self) -> None:
        """After 400 documents no more memory is in use than after 200; `tests.documents.endurance` makes 100,000."""
        memory = {made: memory for made, memory, _ in endurance.run(400)}
        assert memory[400] < memory[200] * endurance.ALLOWED_GROWTH

    def test_no_lingering_memory_of_large_ones(self) -> None:
        """Twelve documents of 1,000 lines need little more memory than two."""
        run = subprocess.run([sys.executable, "-c", LARGE_ONES], capture_output=True, text=True, check=True)
        two, twelve = map(float, run.stdout.split())
        assert twelve < two * 1.3


LARGE_ONES = """
from tests.documents.endurance import memory_mb
from tests.documents.test_press import FIFTY, documents, hours, paper, work
for made in range(1, 13):
    lines = (work(hours(1), FIFTY, id=f"s{n}", note=f"Part {made}.{n}") for n in range(1000))
    documents.invoice(paper(*lines, number=f"INV-{made}")).pdf()
    if made in (2, 12):
        print(memory_mb())
"""


@pytest.mark.usefixtures("press")
class TestLogos:
    @pytest.mark.parametrize("picture", [png(600, 200), jpeg(3, 2)])
    @pytest.mark.parametrize("theme", ["plain", "classic", "studio", "plain logo=end", "classic logo=start"])
    def test_every_place(self, picture: bytes, theme: str) -> None:
        """It is on the first page, at most 60 mm wide and 18 mm high, whole."""
        head = evolve(HEAD, theme=theme)
        printed = documents.invoice(evolve(paper(SESSION, head=head), logo=Logo(picture))).pdf()
        [page] = PdfReader(BytesIO(printed)).pages
        [image] = page.images
        assert image.image is not None
        assert (Logo(picture).width, Logo(picture).height) == image.image.size


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
        monkeypatch.setattr(pdf, "_compiler", None)
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
