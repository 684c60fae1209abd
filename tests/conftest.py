"""What all tests share: a firm, the public names, and the requirements that tests prove."""

import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest

from tests.world import World, new_world

REQUIREMENTS = Path(__file__).parent.parent / "docs" / "reference" / "requirements.md"
PUBLIC_NAMES: list[str] = import_module("invoicecore").__all__
_ROW = re.compile(r"^\| ([AB]\d+) \| (.+?) \|", re.MULTILINE)


def known_requirements() -> dict[str, str]:
    """Every requirement that the documentation lists, by its id."""
    return dict(_ROW.findall(REQUIREMENTS.read_text(encoding="utf-8")))


def proved(items: list[pytest.Item]) -> dict[str, list[str]]:
    """The tests of each requirement id that a marker names."""
    tests: dict[str, list[str]] = defaultdict(list)
    for item in items:
        for mark in item.iter_markers("req"):
            for requirement in mark.args:
                tests[requirement].append(item.nodeid)
    return tests


@pytest.fixture
def world() -> World:
    """The firm on Monday noon, before anybody worked."""
    return new_world()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", action="store_true", help="print which requirements have a test, and stop")


def pytest_collection_finish(session: pytest.Session) -> None:
    if not session.config.getoption("--requirements"):
        return
    tests = proved(session.items)
    requirements = known_requirements()
    for id, text in requirements.items():
        print(f"{id:>4}  {len(tests[id]):>3} tests  {text}")
    shown = sum(bool(tests[id]) for id in requirements)
    pytest.exit(f"{shown} of {len(requirements)} requirements have a test.", returncode=0)
