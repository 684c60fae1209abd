"""Does anything that comes in from outside do harm?"""

import inspect
from collections.abc import Mapping

import pytest

from invoicecore import Money
from tests.conftest import PUBLIC_NAMES
from tests.proof import hostile
from tests.proof.figures import Figures
from tests.proof.hostile import CASES, BadDoor, Finding, Tally, bad_doors, figures, fuzz
from tests.proof.public_api import CLOSED, INNER, Door, doors, stage

NAMES = [door.name for door in doors()]


@pytest.fixture(scope="module")
def tallies() -> Mapping[str, Tally]:
    """How every door stood up."""
    return hostile.fuzz_all(size=CASES, seed=0)


class TestDoors:
    def test_every_command_and_question_with_arguments_is_one(self) -> None:
        """Each public method of each subject of a desk that takes anything."""
        desk = stage().desk
        expected = {
            f"{type(room).__name__}.{name}"
            for room in vars(desk).values()
            if hasattr(room, "_executor")
            for name, method in inspect.getmembers(room, inspect.ismethod)
            if not name.startswith("_") and inspect.signature(method).parameters
        }
        assert len(expected) > 50
        assert set() == expected - set(NAMES)

    def test_everything_on_the_face_that_can_be_made_is_one(self) -> None:
        """Each class with a constructor that takes values, and each function."""
        found = {name for name in PUBLIC_NAMES if name in NAMES or f"calendar.{name}" in NAMES}
        words = {
            "Action",
            "Age",
            "AgingSort",
            "ClientSort",
            "Deposit",
            "EntryKind",
            "InvoiceKind",
            "InvoiceSort",
            "OnVoid",
            "Overpayment",
            "PaymentOrigin",
            "PersonSort",
            "ProjectSort",
            "Role",
            "Status",
            "TransactionSort",
            "UnbilledSort",
            "WorkSort",
        }
        ports = {
            "CountingIds",
            "MemoryStorage",
            "NullNotifier",
            "RecordingNotifier",
            "SystemClock",
            "TimeOrderedIds",
        }
        assert set(PUBLIC_NAMES) == found | words | ports | {"Billing", "Desk", "DraftMoved"}

    def test_what_is_added_is_found_by_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A new method of Money is a door without anybody saying so."""

        def split(self: Money, parts: int) -> Money:
            return Money(self.minor // parts, self.currency)

        monkeypatch.setattr(Money, "split", split, raising=False)
        doors.cache_clear()
        added = [door for door in doors() if door.name not in NAMES]
        doors.cache_clear()
        assert ["Money.split"] == [door.name for door in added]
        assert "raised ZeroDivisionError: integer division or modulo by zero" in {
            finding.what for finding in fuzz(added[0], size=1, seed=0).findings
        }

    @pytest.mark.parametrize("door", doors(), ids=NAMES)
    def test_the_usual_call_is_accepted(self, door: Door) -> None:
        """So that one nasty value among good ones is all that can be refused."""
        on = stage()
        took = {parameter.name for parameter in door.parameters if parameter.required}
        assert took <= door.usual(on).keys()
        assert isinstance(door.bind(on)(**door.usual(on)), object)

    def test_few_are_left_out(self) -> None:
        """What is no door, or an inner one, is said with a reason; there are not many."""
        assert 9 == len(CLOSED)
        assert 9 == len(INNER)
        assert set() == set(CLOSED) & set(NAMES)
        assert set() == set(INNER) - set(NAMES)
        assert all(len(why) > 10 for why in (*CLOSED.values(), *INNER.values()))


class TestHostileInput:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_door_stands_up_to_it(self, name: str, tallies: Mapping[str, Tally]) -> None:
        """Only the library's errors or TypeError, soon, and nothing changed by what is refused."""
        assert [] == [str(finding) for finding in tallies[name].findings[:10]]

    def test_each_is_tried_a_thousand_times(self, tallies: Mapping[str, Tally]) -> None:
        """And most of what is tried is refused, at doors that check."""
        assert CASES == 1000
        assert all(tally.cases >= CASES for tally in tallies.values())
        assert 150 <= len(tallies)
        assert 100_000 <= sum(tally.refused for tally in tallies.values())

    def test_the_line_says_how_often(self) -> None:
        """The figures are those of the tallies, and one finding fails the suite."""
        one = Tally(cases=1200, refused=1000, slowest=0.0123)
        two = Tally(cases=1500, refused=1100, slowest=0.002)
        good = figures({"one": one, "two": two})
        assert (True, "hostile") == (good.passed, good.suite)
        assert good.line == (
            "2 doors, 2,700 cases, at least 1,200 each; 2,100 refused, none but InvoicecoreError or TypeError; "
            "slowest call 12 ms"
        )
        bad = figures({"one": one, "two": Tally(findings=(Finding("two", "raised KeyError", "it=1"),))})
        assert not bad.passed
        assert bad.line == "1 findings at 1 doors, of 1,200 cases: two: raised KeyError, given it=1"


class TestControl:
    @pytest.mark.parametrize("bad", bad_doors(), ids=[bad.door.name for bad in bad_doors()])
    def test_a_door_that_does_harm_is_found_out(self, bad: BadDoor) -> None:
        """One raises KeyError, one takes long, one writes before it refuses, one in secret, one takes anything."""
        findings = fuzz(bad.door, size=CASES, seed=0).findings
        assert any(bad.says in finding.what for finding in findings)

    def test_the_control_says_so(self) -> None:
        """All five are found out."""
        assert Figures("hostile, control", True, "5 doors that do harm were found out") == hostile.control()
