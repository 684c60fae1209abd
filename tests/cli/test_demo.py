from fractions import Fraction

import pytest

from invoicecore.cli.demo import Step, tell
from tests.world import usd


@pytest.fixture(scope="module")
def story() -> dict[str, Step]:
    """The steps by their titles."""
    return {step.title: step for step in tell()}


def figures(step: Step) -> tuple[str, ...]:
    """Number, status, total and rest of each invoice."""
    return tuple(f"{it.number} {it.status} {it.total.amount} {it.amount_due.amount}" for it in step.invoices)


class TestStory:
    def test_titles(self) -> None:
        """The story has all its steps, in order, the same ones at every telling."""
        expected = [
            "A client with terms",
            "Work draws from the balance",
            "Refill",
            "Stop",
            "Part payment",
            "The rest",
            "A time invoice locks the work",
            "Revert",
            "Generate again",
            "Void",
            "Paid ahead",
            "Utilization",
        ]
        assert expected == [step.title for step in tell()]
        assert list(tell()) == list(tell())

    @pytest.mark.parametrize(
        ("title", "balance", "utilization"),
        [
            ("A client with terms", 0, Fraction(0)),
            ("Work draws from the balance", -800, Fraction(4, 5)),
            ("Refill", -1200, Fraction(6, 5)),
            ("Stop", -1600, Fraction(8, 5)),
            ("Part payment", -1200, Fraction(6, 5)),
            ("The rest", -600, Fraction(3, 5)),
            ("A time invoice locks the work", -600, Fraction(3, 5)),
            ("Revert", -550, Fraction(11, 20)),
            ("Generate again", -550, Fraction(11, 20)),
            ("Void", -550, Fraction(11, 20)),
            ("Paid ahead", 1000, Fraction(0)),
            ("Utilization", 750, Fraction(1, 4)),
        ],
    )
    @pytest.mark.req("A42", "A43")
    def test_standing(self, story: dict[str, Step], title: str, balance: int, utilization: Fraction) -> None:
        """At each step the client stands as one reckons by hand."""
        standing = story[title].standing
        assert (usd(balance), utilization) == (standing.balance, standing.utilization)

    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("Work draws from the balance", ()),
            ("Refill", ("INV-2026-0001 generated 1000.00 1000.00",)),
            ("Part payment", ("INV-2026-0001 due 1000.00 600.00",)),
            ("The rest", ("INV-2026-0001 paid 1000.00 0.00",)),
            (
                "A time invoice locks the work",
                ("INV-2026-0001 paid 1000.00 0.00", "INV-2026-0002 generated 1600.00 600.00"),
            ),
            ("Generate again", ("INV-2026-0001 paid 1000.00 0.00", "INV-2026-0002 generated 1550.00 550.00")),
            ("Void", ("INV-2026-0001 paid 1000.00 0.00", "INV-2026-0002 void 1550.00 0.00")),
            ("Utilization", ("INV-2026-0003 paid 1000.00 0.00",)),
        ],
    )
    def test_invoices(self, story: dict[str, Step], title: str, expected: tuple[str, ...]) -> None:
        """At each step the invoices are as they must be."""
        assert expected == figures(story[title])

    @pytest.mark.req("A34")
    def test_refusals(self, story: dict[str, Step]) -> None:
        """Exactly two steps show the library saying no, and why."""
        refused = {title: step.refusal for title, step in story.items() if step.refusal}
        assert {"Stop", "A time invoice locks the work"} == set(refused)
        assert refused["Stop"].startswith("Work for this client is stopped")
        assert "locked by invoice INV-2026-0002" in refused["A time invoice locks the work"]
        assert ["Stop"] == [title for title, step in story.items() if step.standing.stopped]
