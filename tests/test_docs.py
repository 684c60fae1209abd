"""The pages build without a warning, and every link leads somewhere."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from sphinx.search.en import SearchEnglish

import invoicecore
from invoicecore import Billing, Firm
from invoicecore.vocabulary import DocumentedEnum
from tests.conftest import PUBLIC_NAMES
from tests.world import subjects

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


class Page(HTMLParser):
    """The targets, the links and the text of a built page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what can be linked to, and what is linked."""
        for name, value in attrs:
            if name == "id" and value:
                self.targets.add(value)
            if name in {"href", "src"} and value and tag in {"a", "img", "link", "script"}:
                self.links.append(value)


def leads(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    """Whether a link on a page leads to a file that is there, and to a place on it; the web is not asked."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if aim not in pages:
        return aim.is_file()
    return not parts.fragment or unquote(parts.fragment) in pages[aim].targets


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the pages are built, once for all tests."""
    folder = tmp_path_factory.mktemp("pages")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", "-d", str(folder / "trees")]
    run = subprocess.run([*command, str(DOCS), str(folder / "html")], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    return folder / "html"


@pytest.fixture(scope="module")
def pages(built: Path) -> dict[Path, Page]:
    """Every built page, read."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in built.rglob("*.html")}


class TestBuild:
    """The built pages."""

    def test_every_page_is_built(self, built: Path) -> None:
        """Each Markdown page becomes a page, without a warning."""
        sources = {path.relative_to(DOCS).with_suffix("") for path in DOCS.rglob("*.md")}
        results = {path.relative_to(built).with_suffix("") for path in built.rglob("*.html")}
        assert len(sources) >= 20
        assert sources - results == set()

    def test_every_link_leads_somewhere(self, built: Path, pages: dict[Path, Page]) -> None:
        """What a page links to is there, and so is the place on it."""
        dead = [
            (str(path.relative_to(built)), link)
            for path, page in pages.items()
            for link in page.links
            if not leads(path, link, pages)
        ]
        assert dead == []
        assert sum(len(page.links) for page in pages.values()) > 1000

    def test_every_page_is_reached(self, built: Path, pages: dict[Path, Page]) -> None:
        """From the first page one comes to every other in two steps."""

        def linked(path: Path) -> set[Path]:
            return {(path.parent / unquote(urlsplit(link).path)).resolve() for link in pages[path].links}

        first = linked(built / "index.html")
        reached = first.union(*(linked(path) for path in first & pages.keys()))
        assert {built / path.relative_to(DOCS).with_suffix(".html") for path in DOCS.rglob("*.md")} - reached == set()

    @pytest.mark.parametrize(
        ("asked", "page"),
        [
            ("next invoice number", "howto/move-in"),
            ("install extras", "limits"),
            ("upgrade", "limits"),
            ("statement of account", "howto/close-a-month"),
        ],
    )
    def test_search_finds_it(self, asked: str, page: str, built: Path) -> None:
        """The page is among those that have every word of what a reader types into the search."""
        index = json.loads((built / "searchindex.js").read_text().removeprefix("Search.setIndex(").removesuffix(")"))
        language = SearchEnglish({})
        found = []
        for word in filter(language.word_filter, asked.split()):
            places = [index[kind].get(language.stem(word), []) for kind in ("terms", "titleterms")]
            found.append({number for at in places for number in (at if isinstance(at, list) else [at])})
        assert page in {index["docnames"][number] for number in set.intersection(*found)}


class TestWords:
    @pytest.mark.parametrize("path", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda it: it.stem)
    def test_no_word_twice(self, path: Path) -> None:
        """No word stands twice in a row, outside of code."""
        prose = re.sub(r"```.*?```|`[^`]*`", " – ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(r"\b([a-z]+)[ \n] *\1\b", prose, flags=re.IGNORECASE) == []


class TestReference:
    """What the reference covers."""

    @pytest.mark.parametrize("name", PUBLIC_NAMES)
    def test_every_public_name_is_documented(self, name: str, built: Path, pages: dict[Path, Page]) -> None:
        """Each public name has an entry in the API; a kind of words of the vocabulary has a section of the glossary."""
        public = getattr(invoicecore, name)
        if public in DocumentedEnum.__subclasses__() and public.__module__ == DocumentedEnum.__module__:
            assert name.lower() in pages[built / "reference" / "glossary.html"].targets
        else:
            assert f"invoicecore.{name}" in set[str]().union(*(page.targets for page in pages.values()))

    def test_every_method_of_a_desk_is_documented(self, pages: dict[Path, Page]) -> None:
        """Each command and query of every subject has an entry."""
        targets = set[str]().union(*(page.targets for page in pages.values()))
        desk = Billing.in_memory(Firm(name="Ten", currency="USD", timezone="UTC")).as_owner()
        kinds = [type(it) for it in subjects(desk).values()]
        methods = [
            f"{subject.__module__}.{subject.__name__}.{name}"
            for subject in kinds
            for name in vars(subject)
            if not name.startswith("_")
        ]
        assert len(kinds) == 10
        assert [name for name in methods if name not in targets] == []
