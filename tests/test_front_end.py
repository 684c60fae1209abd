"""The README and the page for front ends are right about which call does what, and for whom."""

import re
from pathlib import Path

import pytest

import invoicecore
from invoicecore import Billing, archive, errors, exporter, importer
from invoicecore.desk.pages import Pages
from tests.desk.test_matrix import DESK, SUBJECTS
from tests.world import new_world

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "howto" / "build-a-front-end.md").read_text(encoding="utf-8")
SCREENS = re.findall(r"^\| (.+?) \| (`.+`) \| (.*?) ?\| (.*?) ?\| (.*?) ?\| (.*?) ?\|$", PAGE, re.MULTILINE)
FEATURES = (
    (ROOT / "README.md").read_text(encoding="utf-8").partition("## What it does for you")[2].partition("\n## ")[0]
)
POINTS = [point.strip() for point in FEATURES.split("\n- ")[1:]]


def calls(text: str) -> list[str]:
    """The calls that a text names in backticks, without what is given to them."""
    return [quoted.partition("(")[0] for quoted in re.findall(r"`([^`]+)`", text)]


def resolve(call: str) -> object:
    """What a name means: of a subject of a desk, the billing, a module of the face, or the face of the package."""
    first, *rest = call.split(".")
    if first in SUBJECTS:
        found: object = getattr(new_world().maria, first)
    elif first == "billing":
        found = Billing
    else:
        found = {"errors": errors, "importer": importer, "exporter": exporter, "archive": archive}.get(
            first
        ) or getattr(invoicecore, first)
    for name in rest:
        found = getattr(found, name)
    return found


class TestReadme:
    """The list of features."""

    @pytest.mark.parametrize("point", POINTS, ids=[point.split("**")[1] for point in POINTS])
    def test_each_point_names_the_call_that_does_it(self, point: str) -> None:
        """There is at least one, and each is there."""
        assert calls(point)
        assert all(callable(resolve(call)) for call in calls(point))

    def test_there_are_points(self) -> None:
        """The list was found."""
        assert len(POINTS) == 9


class TestPage:
    """The table of screens."""

    @pytest.mark.parametrize(("screen", "named"), [(screen, named) for screen, named, *_ in SCREENS])
    def test_each_screen_names_calls_that_are_there(self, screen: str, named: str) -> None:
        """A screen has a call, of a subject of the desk."""
        assert calls(named)
        assert all(callable(resolve(call)) for call in calls(named)), screen

    @pytest.mark.parametrize("row", SCREENS, ids=[row[1] for row in SCREENS])
    def test_for_whom(self, row: tuple[str, ...]) -> None:
        """A cell is blank exactly where the grid of roles knows no way to that call."""
        screen, named, *cells = row
        for call in calls(named):
            grid = [marks for name, marks in DESK.items() if name.split()[0] == call]
            if "client_id=" in named:
                grid = [DESK[f"{call} of a client"]]
            for role, cell in zip(("manager", "supervisor", "worker", "contact"), cells, strict=True):
                assert bool(cell) == any("y" in marks[role] for marks in grid), (screen, call, role)

    def test_every_page_is_in_it(self) -> None:
        """No page is left out."""
        names = (name for name in dir(Pages) if not name.startswith("_") and callable(getattr(Pages, name)))
        pages = {f"pages.{name}" for name in names}
        assert pages == {call for _, named, *_ in SCREENS for call in calls(named) if call.startswith("pages.")}
