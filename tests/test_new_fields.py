"""A field that is added to a class is kept everywhere, or it is told where it is missing."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.completeness import BY_HAND, SHOWN, TYPED, stored
from tests.databases import schemas
from tests.new_fields import add_revision, copied, kinds, name_of

Told = Mapping[str, list[str]]

ROOT = Path(__file__).parents[1]


def asked(module: str, folder: Path, *arguments: str) -> Told:
    """What a module of the tests says with the library in a folder."""
    found = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == found.returncode, found.stderr
    told: Told = json.loads(found.stdout)
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy."""
    return copied(tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def gaps(folder: Path) -> Told:
    """What is missing as long as there is nothing but the fields."""
    return asked("tests.completeness", folder)


@pytest.fixture(scope="module")
def losses(folder: Path, gaps: Told, postgres_server: str) -> Told:
    """What is lost where, once a revision has made the columns."""
    columns = [match.groups() for gap in gaps["column"] if (match := re.search(r"column (\w+)\.(\w+)$", gap))]
    add_revision(folder, [(str(table), str(column)) for table, column in columns])
    with schemas(postgres_server) as new:
        return asked("tests.new_fields", folder, f"sqlite:///{folder / 'books.db'}", new())


IN_PLAIN_DATA = {
    *("FormerZone", "ImportAnswer", "ReleasedPayment", "Selection", "Period", "PartySnapshot", "Change"),
    *("DatedTax", "Party", "Tax", "TaxComponent"),
}
"""Classes of values that lie in no column of their own."""

EXAMPLES_BY_HAND = {
    *(
        "FormerZone",
        "ImportAnswer",
        "BookedWork",
        "DatedTax",
        "Party",
        "Tax",
        "TaxComponent",
        "PaymentTerms",
        "Logo",
        "ReceiptFile",
        "Position",
        "Terms",
        "Refill",
        "RateFrom",
        "Selection",
        "Period",
        "Line",
        "CoverPart",
        "ReleasedPayment",
    ),
    *(
        "ReceivablesPosition",
        "BookedWork",
        "ReceivableChange",
        "Application",
        "LedgerEntry",
        "StatusChange",
        "Change",
        "IdempotencyRecord",
        "Message",
    ),
}
"""Classes whose examples the kit does not make from their fields."""


class TestLeftOut:
    """As long as a place is left out, a test fails that names the field and the place."""

    @pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
    def test_it_needs_a_column(self, gaps: Told, kind: type) -> None:
        """And the page of tables needs it; but not what lies in plain data."""
        told = f"{kind.__name__}.{name_of(kind)}: "
        is_plain = kind.__name__ in IN_PLAIN_DATA or (kind.__module__.endswith("events") and kind.__name__ != "Message")
        for place, says in (
            ("column", "no revision makes the column ic_"),
            ("documentation", "the page of tables lacks ic_"),
        ):
            assert is_plain != any(gap.startswith(told + says) for gap in gaps[place])

    @pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
    def test_it_needs_an_example(self, gaps: Told, kind: type) -> None:
        """In the conformance kit, unless the kit makes the examples of its class from the fields."""
        is_missing = any(gap.startswith(f"{kind.__name__}.{name_of(kind)}: ") for gap in gaps["example"])
        assert is_missing == (kind.__name__ in EXAMPLES_BY_HAND)

    def test_it_needs_to_be_typed_and_shown(self, gaps: Told) -> None:
        """By a command of a Desk, and in a view."""
        for place, classes in (("argument", TYPED), ("view", SHOWN)):
            assert [f"{kind.__name__}.{name_of(kind)}" for kind in classes] == [
                gap.partition(":")[0] for gap in gaps[place]
            ]


class TestKept:
    """With the field and a revision of the tables, and nothing else, everything keeps it."""

    @pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
    @pytest.mark.parametrize("place", ["memory", "sqlite", "postgresql+psycopg", "codec", "tagged", "archive"])
    def test_nothing_is_lost(self, losses: Told, kind: type, place: str) -> None:
        """In any storage, as plain data, and in an archive."""
        assert kind.__name__ not in losses[place]

    def test_an_archive_of_before_has_the_same_lines(self, losses: Told) -> None:
        """It is restored, and what is written then is what was written before the fields came."""
        assert [] == losses["an archive of before"]

    def test_every_class_was_tried(self) -> None:
        """All that is stored, and every value in it."""
        assert set(stored()) == {*kinds(), *BY_HAND}
        assert 30 < len(kinds())
