"""An invoice shows hours, expenses, fees and discounts in groups, each with its sum, in HTML and PDF alike."""

from datetime import date
from itertools import pairwise

import pytest

from invoicecore import ChargeKind, Line, documents
from invoicecore.documents.language import localizer
from invoicecore.documents.views import invoice_view
from invoicecore.values.ids import ChargeId, ProjectId
from tests.documents.papers import hours, paper, work
from tests.test_translate import SHIPPED
from tests.world import hourly

FIFTY = hourly(50)


def charge(kind: ChargeKind, minor: int, note: str = "", project: str | None = None) -> Line:
    """A line of a charge."""
    of = None if project is None else ProjectId(project)
    id = ChargeId(f"{kind} {minor} {note}")
    return Line(note, minor, None, of, day=date(2026, 3, 3), charge_id=id, kind=kind)


EXPENSE, FEE, ALLOWANCE = ChargeKind
EVERYTHING = paper(
    work(hours(8), FIFTY),
    charge(EXPENSE, 80_00, "Train to Lyon", "site"),
    charge(EXPENSE, 12_50, "", "site"),
    charge(FEE, 1500_00, "Milestone 2", "site"),
    charge(ALLOWANCE, -199_25, "Loyal since 2020"),
)


class TestGroups:
    def test_each_has_its_sum(self) -> None:
        """Under its name, before its items; what has no note is called by its kind."""
        rows = invoice_view(EVERYTHING, localizer("en_US"), sessions=False).charges.rows
        assert [
            ("Hours", "$400.00", True),
            ("Website", "$400.00", False),
            ("Expenses", "$92.50", True),
            ("Train to Lyon", "$80.00", False),
            ("Expense", "$12.50", False),
            ("Fees", "$1,500.00", True),
            ("Milestone 2", "$1,500.00", False),
            ("Discounts", "−$199.25", True),
            ("Loyal since 2020", "−$199.25", False),
        ] == [(str(name), figures[-1], mark is None) for name, figures, mark in rows]

    @pytest.mark.parametrize("lines", [(work(hours(8), FIFTY),), (charge(FEE, 5_00, "Setup"), charge(FEE, 6_00))])
    def test_one_group_has_no_head(self, lines: tuple[Line, ...]) -> None:
        """Nothing is new on an invoice of work alone."""
        rows = invoice_view(paper(*lines), localizer("en_US"), sessions=False).charges.rows
        assert len(lines) == len(rows)
        assert all(mark is not None for _, _, mark in rows)

    @pytest.mark.parametrize("locale", ["en", *SHIPPED])
    def test_the_words_differ(self, locale: str) -> None:
        """In each language the groups have names of their own."""
        rows = invoice_view(EVERYTHING, localizer(locale), sessions=False).charges.rows
        assert 4 == len({str(name) for name, _, mark in rows if mark is None})

    def test_on_paper(self) -> None:
        """HTML and PDF have all of it, in this order."""
        printed = documents.invoice(EVERYTHING)
        html = printed.html
        found = [
            html.index(words) for words in ("Hours</strong>", "Expenses", "Train", "Fees", "Discounts", "1,793.25")
        ]
        assert all(one < other for one, other in pairwise(found))
        assert printed.pdf().startswith(b"%PDF")
