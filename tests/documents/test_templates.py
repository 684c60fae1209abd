"""A host can use its own templates, and a template can do nothing but render."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from invoicecore import documents
from invoicecore.testing.pictures import png
from tests.documents.papers import hours, paper, work
from tests.documents.reading import read, text_of
from tests.documents.writing import blanks, money
from tests.needs import printing
from tests.world import hourly

PARTS = (Path(documents.__file__).parent / "templates" / "parts.typ").read_text(encoding="utf-8")
PAPER = paper(work(hours(8), hourly(50)))


def drawn(folder: Path, **templates: str) -> str:
    for name, text in templates.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return documents.invoice(PAPER, templates=folder).html


class TestOwn:
    def test_a_whole_page(self, tmp_path: Path) -> None:
        """It is given the paper and what writes in the client's language."""
        mine = "{{ _('Invoice') }} {{ printable.invoice.number }}: {{ money(printable.invoice.total) }}"
        said = drawn(tmp_path, invoice=mine)
        assert f"Invoice INV-7: {money('400.00')}" == blanks(said)

    def test_a_block(self, tmp_path: Path) -> None:
        """What it does not say is as in the library's."""
        (tmp_path / "page.css").write_text("p { color: black }")
        page = read(drawn(tmp_path))
        assert "p { color: black }" == page.one("style").text
        assert "Invoice INV-7" == page.one("h1").text

    def test_the_library_stays(self, tmp_path: Path) -> None:
        """Another call without the folder is drawn as ever."""
        before = documents.invoice(PAPER).html
        drawn(tmp_path, invoice="mine")
        assert before == documents.invoice(PAPER).html


class TestPdf:
    @pytest.fixture(autouse=True)
    def press(self) -> None:
        printing()

    def printed(self, folder: Path, **templates: str) -> str:
        for name, source in templates.items():
            (folder / f"{name}.typ").write_text(source, encoding="utf-8")
        return text_of(documents.invoice(PAPER, templates=folder).pdf())

    def test_a_whole_page(self, tmp_path: Path) -> None:
        """It is given the words and figures of the page."""
        mine = """#let printed(data) = [
  #set document(title: data.head.title)
  #data.head.client_name owes #data.sums.rows.last().last() for #data.head.subject.last()
]"""
        assert "Acmeowes$400.00forINV-7" == self.printed(tmp_path, invoice=mine)

    def test_a_part(self, tmp_path: Path) -> None:
        """What it does not say is as in the library's, and HTML is as ever."""
        before = documents.invoice(PAPER).html
        said = self.printed(tmp_path, parts=PARTS.replace("#let closings", "#let closings(them) = [Mine]\n#let before"))
        assert "Mine" in said
        assert "InvoiceINV-7" in said
        assert before == documents.invoice(PAPER, templates=tmp_path).html
        assert "Mine" not in text_of(documents.invoice(PAPER).pdf())

    def test_files_beside_it(self, tmp_path: Path) -> None:
        """A template can show a picture of its folder, and nothing outside it."""
        (tmp_path / "seal.png").write_bytes(png(30, 20))
        source = '#let printed(data) = [#set document(title: "Mine")\n#image("seal.png", alt: "Seal") sealed]'
        assert "sealed" == self.printed(tmp_path, invoice=source)
        inner = tmp_path / "templates"
        inner.mkdir()
        with pytest.raises(RuntimeError, match=r"seal\.png"):
            self.printed(inner, invoice=source.replace("seal.png", "../seal.png"))

    def test_faults(self, tmp_path: Path) -> None:
        """They are typst's errors."""
        with pytest.raises(RuntimeError, match="unknown variable: amuont"):
            self.printed(tmp_path, invoice="#amuont")

    def test_not_accessible(self, tmp_path: Path) -> None:
        """A page that cannot meet the usual standard is printed without it, which is told."""
        document = documents.invoice(PAPER, templates=tmp_path)
        (tmp_path / "invoice.typ").write_text("#let printed(data) = [No title]")
        assert "Notitle" == text_of(document.pdf())
        [warning] = document.warnings
        assert warning.startswith("The PDF is not accessible: PDF/UA-1 error: missing document title")


class TestSandbox:
    @pytest.mark.parametrize(
        "text",
        [
            "{{ paper.__class__.__mro__ }}",
            "{{ money.__self__ }}",
            "{{ money.__globals__ }}",
            "{{ _.__func__.__code__ }}",
            "{{ ''.__class__ }}",
        ],
    )
    def test_no_way_out(self, tmp_path: Path, text: str) -> None:
        """A template reaches nothing behind what it is given."""
        with pytest.raises((SecurityError, UndefinedError)):
            drawn(tmp_path, invoice=text)

    def test_what_is_not_there(self, tmp_path: Path) -> None:
        """It is an error, not a gap on the page."""
        with pytest.raises(UndefinedError, match="amuont"):
            drawn(tmp_path, invoice="{{ amuont }}")

    def test_outside_the_folder(self, tmp_path: Path) -> None:
        """No other file can be included."""
        (tmp_path / "secret.txt").write_text("secret")
        inner = tmp_path / "templates"
        inner.mkdir()
        with pytest.raises(Exception, match=r"secret\.txt"):
            drawn(inner, invoice="{% include '../secret.txt' %}")

    def test_escaped(self, tmp_path: Path) -> None:
        """What a template shows is text."""
        assert "&lt;b&gt;" == drawn(tmp_path, invoice="{{ '<b>' }}")
