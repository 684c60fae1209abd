"""Nothing that comes in from outside does harm."""

import inspect
from collections.abc import Mapping

import pytest

from invoicecore import Money
from tests.conftest import PUBLIC_NAMES
from tests.proof import hostile
from tests.proof.figures import Figures
from tests.proof.hostile import BrokenTarget, Finding, FuzzResult, broken_targets, figures, fuzz
from tests.proof.public_api import EXCLUDED, INTERNAL, FuzzTarget, fuzz_targets, fuzzed_firm
from tests.world import subjects

NAMES = [target.name for target in fuzz_targets()]
FEW = 200
"""How often each function is tried here at least: each hostile value in each parameter, and some at once. The command
tries each a thousand times."""


@pytest.fixture(scope="module")
def results() -> Mapping[str, FuzzResult]:
    """The result of every function."""
    return hostile.fuzz_all(size=FEW, seed=0)


class TestPublicFunctions:
    def test_every_command_and_question_with_arguments_is_one(self) -> None:
        """Each public method of each subject of a desk that takes anything."""
        desk = fuzzed_firm().desk
        expected = {
            f"{type(room).__name__}.{name}"
            for room in subjects(desk).values()
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
            "Advance",
            "Age",
            "BillingState",
            "ChargeKind",
            "AgingSort",
            "AuditSort",
            "ChargeSort",
            "ClientSort",
            "Cover",
            "Debt",
            "Deposit",
            "DisplayStatus",
            "EntryKind",
            "InvoiceKind",
            "InvoiceSort",
            "Law",
            "OnVoid",
            "Overpayment",
            "PaymentOrigin",
            "EventScope",
            "DueKind",
            "LedgerDay",
            "PersonSort",
            "ProjectBilling",
            "ProjectSort",
            "Role",
            "Status",
            "TaxCategory",
            "TransactionSort",
            "UnbilledSort",
            "UNSET",
            "Unset",
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
        assert set(PUBLIC_NAMES) == found | words | ports | {"Billing", "Desk", "DraftMoved", "retry_transaction"}

    def test_what_is_added_is_found_by_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A new method of Money is fuzzed without being listed."""

        def split(self: Money, parts: int) -> Money:
            return Money(minor=self.minor // parts, currency=self.currency)

        monkeypatch.setattr(Money, "split", split, raising=False)
        fuzz_targets.cache_clear()
        added = [target for target in fuzz_targets() if target.name not in NAMES]
        fuzz_targets.cache_clear()
        assert ["Money.split"] == [target.name for target in added]
        assert "raised ZeroDivisionError: integer division or modulo by zero" in {
            finding.what for finding in fuzz(added[0], size=1, seed=0).findings
        }

    @pytest.mark.parametrize("target", fuzz_targets(), ids=NAMES)
    def test_the_usual_call_is_accepted(self, target: FuzzTarget) -> None:
        """So that one hostile value among good ones is all that can be refused."""
        on = fuzzed_firm()
        took = {parameter.name for parameter in target.parameters if parameter.required}
        assert took <= target.usual(on).keys()
        assert isinstance(target.bind(on)(**target.usual(on)), object)

    def test_few_are_left_out(self) -> None:
        """Functions that are left out, or internal, are listed with a reason; there are few."""
        assert 16 == len(EXCLUDED)
        assert 22 == len(INTERNAL)
        assert set() == set(EXCLUDED) & set(NAMES)
        assert set() == set(INTERNAL) - set(NAMES)
        assert all(len(why) > 10 for why in (*EXCLUDED.values(), *INTERNAL.values()))


class TestHostileInput:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_function_withstands_it(self, name: str, results: Mapping[str, FuzzResult]) -> None:
        """Only the library's errors or TypeError, soon, and nothing changed by what is refused."""
        assert [] == [str(finding) for finding in results[name].findings[:10]]

    def test_each_is_tried(self, results: Mapping[str, FuzzResult]) -> None:
        """And most of what is tried is refused, at functions that check."""
        assert all(result.cases >= FEW for result in results.values())
        assert 150 <= len(results)
        cases = sum(result.cases for result in results.values())
        assert cases / 2 < sum(result.refused for result in results.values())

    def test_the_line_says_how_often(self) -> None:
        """The figures are those of the tallies, and one finding fails the suite."""
        one = FuzzResult(cases=1200, refused=1000, slowest=0.0123)
        two = FuzzResult(cases=1500, refused=1100, slowest=0.002)
        good = figures({"one": one, "two": two})
        assert (True, "hostile") == (good.passed, good.suite)
        assert good.line == (
            "2 functions, 2,700 cases, at least 1,200 each; 2,100 refused, none but InvoicecoreError or TypeError; "
            "slowest call 12 ms"
        )
        bad = figures({"one": one, "two": FuzzResult(findings=(Finding("two", "raised KeyError", "it=1"),))})
        assert not bad.passed
        assert bad.line == "1 findings at 1 functions, of 1,200 cases: two: raised KeyError, given it=1"


class TestControl:
    @pytest.mark.parametrize("bad", broken_targets(), ids=[bad.target.name for bad in broken_targets()])
    def test_a_function_that_does_harm_is_found(self, bad: BrokenTarget) -> None:
        """One raises KeyError, one takes long, one writes before it refuses, one in secret, one says
        what Python says, one takes anything."""
        findings = fuzz(bad.target, size=FEW, seed=0).findings
        assert any(bad.says in finding.what for finding in findings)

    def test_the_control_says_so(self) -> None:
        """All six are found out."""
        assert Figures("hostile, control", True, "6 broken functions were found out") == hostile.control(size=FEW)
