"""A host can use its own templates, and a template can do nothing but render."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from invoicecore import documents
from tests.documents.papers import hours, paper, work
from tests.documents.reading import read
from tests.documents.writing import blanks, money
from tests.world import hourly

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
