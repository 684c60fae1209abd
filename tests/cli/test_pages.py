"""The invoices and statements of a bill come as files that can be read."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from invoicecore import Billing, Period
from invoicecore.billing import database
from invoicecore.cli.commands import program
from tests.cli.sheets import TERMS, week, worked
from tests.documents.press import forget_press
from tests.documents.reading import Element, read, rows, text_of
from tests.documents.writing import money, number
from tests.importer.files import toggl
from tests.needs import printing

DATA = Path(__file__).parents[3] / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports lie beside the checkout")
MARCH = ("--month", "2026-03")


class Desktop:
    """A folder with a file to bill, and one for what comes of it."""

    def __init__(self, folder: Path) -> None:
        self.file, self.out = folder / "week.csv", folder / "some" / "pages"
        self.file.write_bytes(week())
        self.store = f"sqlite:///{folder / 'books.db'}"

    def bill(self, *options: str) -> Result:
        """The command line in this process."""
        return CliRunner().invoke(program, ["bill", str(self.file), *TERMS, "--out", str(self.out), *options])

    def written(self, *options: str) -> list[str]:
        """What the files are called that come of it."""
        assert 0 == self.bill(*options).exit_code
        return self.there()

    def there(self) -> list[str]:
        """What the files are called that somebody sees there."""
        return sorted(path.name for path in self.out.iterdir() if not path.name.startswith("."))

    def page(self, name: str) -> Element:
        """One of them, read back."""
        return read((self.out / name).read_text(encoding="utf-8"))


@pytest.fixture
def desktop(tmp_path: Path) -> Desktop:
    return Desktop(tmp_path)


@pytest.fixture
def no_press(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine without the extra `pdf`."""
    forget_press()
    monkeypatch.setitem(sys.modules, "typst", None)
    yield
    forget_press()


class TestFiles:
    def test_html_and_pdf(self, desktop: Desktop) -> None:
        """Each invoice and a statement for each client, both ways, with the figures of the report."""
        printing()
        result = desktop.bill(*MARCH)
        assert (0, f"6 documents are in {desktop.out}, as HTML and PDF.\n") == (result.exit_code, result.stderr)
        names = [*(f"INV-2026-000{n}" for n in (1, 2, 3, 4)), "movements-Acme", "movements-No-client"]
        assert sorted(f"{name}.{kind}" for name in names for kind in ("html", "pdf")) == desktop.there()
        # as it is reckoned in tests.cli.sheets: 32 hours on the website and 8 in the shop, at $50
        charges = desktop.page("INV-2026-0003.html").one("table", "charges")
        website = ["Website", number("32.00"), money("50.00"), money("1600.00")]
        assert [website, ["Shop", number("8.00"), money("50.00"), money("400.00")]] == rows(charges)
        pdf = text_of((desktop.out / "INV-2026-0003.pdf").read_bytes())
        assert "".join("".join(website).split()) in pdf
        assert money("-2000.00") in desktop.page("movements-Acme.html").text

    def test_again(self, desktop: Desktop) -> None:
        """Pages that are there already count too, and stay as they are."""
        printing()
        desktop.bill("--store", desktop.store)
        before = {path: path.stat().st_mtime_ns for path in desktop.out.glob("INV*")}
        result = desktop.bill("--store", desktop.store)
        assert (0, f"4 documents are in {desktop.out}, as HTML and PDF.\n") == (result.exit_code, result.stderr)
        assert before == {path: path.stat().st_mtime_ns for path in desktop.out.glob("INV*")}
        assert 4 == len(before)

    def test_failed(self, desktop: Desktop) -> None:
        """A page that cannot be written is named with the reason, and the others are there."""
        printing()
        (desktop.out / "INV-2026-0001.pdf").mkdir(parents=True)
        result = desktop.bill()
        assert 1 == result.exit_code
        said, *failed = result.stderr.splitlines()
        assert f"3 documents are in {desktop.out}, as HTML and PDF." == said
        assert "1 document could not be printed." == failed[0]
        assert failed[1].startswith("INV-2026-0001: Is a directory: ")
        assert {"INV-2026-0002.html", "INV-2026-0002.pdf"} <= {*desktop.there()}

    @pytest.mark.usefixtures("no_press")
    def test_without_pdf(self, desktop: Desktop) -> None:
        """Where PDF cannot be made, the pages come as HTML, and one line says how to get it."""
        result = desktop.bill()
        assert [
            f"4 documents are in {desktop.out}, as HTML.",
            "A PDF needs the extra: pip install 'invoicecore[pdf]'.",
        ] == result.stderr.splitlines()
        assert {".html"} == {path.suffix for path in desktop.out.iterdir()}

    def test_without_the_extra(self, desktop: Desktop) -> None:
        """Where not even HTML can be made, nothing is billed, and the extra is named."""
        program = "import sys; sys.modules['jinja2'] = None; from invoicecore.__main__ import main; main()"
        options = ["bill", str(desktop.file), *TERMS, "--out", str(desktop.out), "--store", desktop.store]
        result = subprocess.run([sys.executable, "-c", program, *options], capture_output=True, text=True)
        assert (3, "") == (result.returncode, result.stdout)
        assert "This needs jinja2; install it with: pip install 'invoicecore[print]'" in result.stderr
        assert not Path(desktop.store.removeprefix("sqlite:///")).exists()


@pytest.mark.usefixtures("no_press")
class TestPages:
    def test_data(self, desktop: Desktop) -> None:
        """Data stand alone on standard output, as without pages."""
        result = desktop.bill("--json")
        assert 7 == json.loads(result.stdout)["result"]["entries"]

    def test_firm_and_locale(self, desktop: Desktop) -> None:
        """The firm is called as it is said, and the page is in the language of the locale."""
        desktop.bill(*MARCH, "--firm", "Northwind Studio", "--locale", "de")
        page = desktop.page("INV-2026-0003.html")
        assert ("Northwind Studio", "Rechnung INV-2026-0003") == (page.all("p", "name")[0].text, page.one("h1").text)

    def test_period(self, desktop: Desktop) -> None:
        """A statement is of the month that is billed, or else of all."""
        desktop.bill("--month", "2026-04")
        assert 2 == len(rows(desktop.page("movements-Acme.html").one("table", "movements")))  # opening and closing
        desktop.bill()
        assert 7 == len(rows(desktop.page("movements-Acme.html").one("table", "movements")))  # and five movements

    @pytest.mark.skipif(sys.getfilesystemencoding() != "utf-8", reason="files here have plain names only")
    def test_names(self, desktop: Desktop) -> None:
        """Whatever a client is called, the file lies in the folder, under a name of its own that one can read."""
        called = {
            "../../Acme": "movements-Acme",
            "acme": "movements-acme-2",
            "Acme:": "movements-Acme-3",
            "..": "movements",
            "\N{SNOWMAN}": "movements-2",
            "株式会社": "movements-株式会社",
            "बिजली": "movements-बिजली",
            "x" * 60: f"movements-{'x' * 40}",
        }
        desktop.file.write_bytes(toggl(*[worked(2, 9, 1, Client=client) for client in called]))
        files = desktop.written()
        assert called == {desktop.page(it).all("p", "name")[1].text: it.removesuffix(".html") for it in files}

    def test_no_folder(self, desktop: Desktop) -> None:
        """A folder that cannot be made is named; the report was shown by then."""
        desktop.out.parent.write_text("a file")
        result = desktop.bill()
        assert 3 == result.exit_code
        assert "7 entries" in result.stdout
        assert "The pages cannot be written." in result.stderr
        assert str(desktop.out) in result.stderr


@pytest.mark.usefixtures("no_press")
class TestBooks:
    def test_again(self, desktop: Desktop) -> None:
        """Books that are kept print the same pages again, and drafts as such."""
        desktop.bill(*MARCH, "--store", desktop.store, "--locale", "de")
        first = {path.name: path.read_bytes() for path in desktop.out.glob("INV*")}
        maria = Billing.open(database(desktop.store)).as_owner()
        [acme, _] = maria.clients.all()
        maria.work.log(maria.projects.of(acme.id)[0].id, hours=1, day=date(2026, 4, 1), over_limit=True, reason="Late")
        draft = maria.invoices.draft(acme.id, Period.month(2026, 4))
        desktop.bill("--store", desktop.store)
        assert 4 == len(first)
        assert first == {path.name: path.read_bytes() for path in desktop.out.glob("INV*")}
        assert "Entwurf" in desktop.page(f"draft-{draft.invoice.id}.html").one("h1").text

    def test_another_firm(self, desktop: Desktop) -> None:
        """Books are those of one firm, and another name for it is refused."""
        desktop.bill("--store", desktop.store, "--firm", "Northwind Studio")
        assert 0 == desktop.bill("--store", desktop.store, "--firm", "Northwind Studio").exit_code
        result = desktop.bill("--store", desktop.store, "--firm", "Southwind")
        assert (2, "") == (result.exit_code, result.stdout)
        assert "--firm: these books are those of Northwind Studio." in result.stderr

    def test_no_name(self, desktop: Desktop) -> None:
        """A firm has a name."""
        result = desktop.bill("--firm", " ")
        assert 2 == result.exit_code
        assert "'--firm': The firm's name" in result.stderr


@real
@pytest.mark.usefixtures("no_press")
class TestRealFiles:
    @pytest.mark.parametrize(
        ("file", "options", "total"),
        [
            # 69 entries of December 2025 with 116.91 hours at $48
            ("harvest_time_report_detailed_2025.csv", ("--month", "2025-12"), "5611.68"),
            (
                "toggl_detailed_team_of_5_2016.csv",
                ("--month", "2016-02", "--timezone", "America/New_York", "--currency", "USD", "--rate", "50"),
                "16623.22",
            ),
        ],
    )
    def test_printed(self, desktop: Desktop, file: str, options: tuple[str, ...], total: str) -> None:
        """The invoice of a month and the statement are there, and what is billed is what is due."""
        result = CliRunner().invoke(program, ["bill", str(DATA / file), *options, "--out", str(desktop.out)])
        assert 0 == result.exit_code
        [invoice, _] = sorted(path.name for path in desktop.out.iterdir())
        assert f"Amount due {money(total)}" == desktop.page(invoice).one("table", "sums").text
