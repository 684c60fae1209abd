"""What is covered of taxed work, in cents, step by step: 19 %, with advances that were taxed and that were not."""

from collections.abc import Callable, Iterator

import pytest

from invoicecore import Advance, Debt, Invoice, OnVoid, Refill, TaxCategory, Terms
from tests.settlement.test_cover import FEBRUARY, JANUARY, MARCH, Scene
from tests.world import hourly, usd

FIGURES = """
F1  TAXED   | -                                             | -120000 100000 -20000 0 0
F1  TAXED   | 142800 119000 0 23800 20000 generated         | -120000 120000 0 0 0
F1  TAXED   | 142800 119000 23800 0 20000 paid              | -100000 100000 0 0 0
F1  TAXED   | 119000 0 119000 0 100000 paid                 | 0 0 0 0 0
F2  TAXED   | 95200 95200 0 0 0 paid                        | 20000 0 20000 0 0
F3  TAXED   | 351050 238000 0 113050 95000 generated        | -295000 295000 0 0 0
F4  TAXED   | 95200 95200 0 0 0 paid                        | -20000 0 -20000 0 0
F4  TAXED   | 47600 23800 0 23800 20000 generated           | -20000 20000 0 0 0
F4  TAXED   | 47600 23800 23800 0 20000 paid                | 0 0 0 0 0
F5  TAXED   | 119000 30000 0 89000 70000 generated          | -70000 70000 0 0 0
F5  TAXED   | 119000 30000 89000 0 70000 paid               | 0 0 0 0 0
F6  TAXED   | 119000 0 119000 0 100000 paid                 | 20000 0 20000 20000 0
F6  TAXED   | 35700 0 0 35700 30000 generated               | -10000 30000 20000 20000 0
F6  TAXED   | 35700 0 20000 15700 30000 due                 | -13193 13193 0 0 0
F6  TAXED   | 35700 0 35700 0 30000 paid                    | 0 0 0 0 0
F7  TAXED   | 142800 119000 5000 18800 20000 due            | -115798 115798 0 0 0
F7  TAXED   | 119000 0 40000 79000 100000 due               | -82185 82185 0 0 0
F7  TAXED   | 142800 119000 5000 18800 20000 due            | -75798 15798 -60000 40000 100000
F7  TAXED   | 119000 0 0 119000 100000 generated            | -75798 115798 40000 40000 0
F7  TAXED   | 119000 0 40000 79000 100000 due               | -82185 82185 0 0 0
F7  TAXED   | 142800 119000 23800 0 20000 paid              | 0 0 0 0 0
F8  TAXED   | 95200 95200 0 0 0 paid                        | -140000 100000 -40000 0 0
F8  TAXED   | 71400 23800 0 47600 40000 generated           | -140000 140000 0 0 0
F9  TAXED   | -                                             | -120000 120000 0 0 0
F9  TAXED   | 59500 59500 0 0 0 paid                        | -170000 120000 -50000 0 0
F9  TAXED   | 142800 59500 0 83300 70000 generated          | -170000 170000 0 0 0
F10 TAXED   | 95200 59500 0 35700 30000 generated           | -130000 130000 0 0 0
F10 TAXED   | 59500 59500 0 0 0 paid                        | -130000 130000 0 0 0
F11 TAXED   | 95200 60000 0 35200 20000 generated           | -20000 20000 0 0 0
F12 TAXED   | 119000 0 0 119000 100000 uncollectible        | 0 0 0 0 0
F12 TAXED   | 119000 0 30000 89000 100000 uncollectible     | 0 0 0 0 0
F12 TAXED   | 119000 0 30000 89000 100000 due               | -74790 74790 0 0 0
F12 TAXED   | 119000 0 30000 89000 100000 uncollectible     | -74790 0 -74790 0 0
F12 TAXED   | 119000 119000 0 0 0 paid                      | -100000 0 -100000 0 100000
F13 TAXED   | 107100 0 0 107100 90000 generated             | 29000 90000 119000 119000 0
F13 TAXED   | 107100 0 107100 0 90000 paid                  | 11900 0 11900 11900 0
F1  UNTAXED | -                                             | -120000 100000 -20000 0 0
F1  UNTAXED | 142800 100000 0 42800 20000 generated         | -120000 120000 0 0 0
F1  UNTAXED | 142800 100000 42800 0 20000 paid              | -100000 100000 0 0 0
F1  UNTAXED | 100000 0 100000 0 100000 paid                 | 0 0 0 0 0
F2  UNTAXED | 95200 80000 0 15200 0 generated               | 20000 0 20000 0 0
F3  UNTAXED | 351050 200000 0 151050 95000 generated        | -295000 295000 0 0 0
F4  UNTAXED | 95200 80000 0 15200 0 generated               | -20000 0 -20000 0 0
F4  UNTAXED | 47600 20000 0 27600 20000 generated           | -20000 20000 0 0 0
F4  UNTAXED | 47600 20000 27600 0 20000 paid                | 0 0 0 0 0
F5  UNTAXED | 119000 30000 0 89000 70000 generated          | -70000 70000 0 0 0
F5  UNTAXED | 119000 30000 89000 0 70000 paid               | 0 0 0 0 0
F6  UNTAXED | 119000 0 119000 0 100000 paid                 | 20000 0 20000 20000 0
F6  UNTAXED | 35700 0 0 35700 30000 generated               | -10000 30000 20000 20000 0
F6  UNTAXED | 35700 0 20000 15700 30000 due                 | -13193 13193 0 0 0
F6  UNTAXED | 35700 0 35700 0 30000 paid                    | 0 0 0 0 0
F7  UNTAXED | 142800 100000 5000 37800 20000 due            | -117664 117664 0 0 0
F7  UNTAXED | 100000 0 40000 60000 100000 due               | -77664 77664 0 0 0
F7  UNTAXED | 142800 100000 5000 37800 20000 due            | -77664 17664 -60000 40000 100000
F7  UNTAXED | 100000 0 0 100000 100000 generated            | -77664 117664 40000 40000 0
F7  UNTAXED | 100000 0 40000 60000 100000 due               | -77664 77664 0 0 0
F7  UNTAXED | 142800 100000 42800 0 20000 paid              | 0 0 0 0 0
F8  UNTAXED | 95200 80000 0 15200 0 generated               | -140000 100000 -40000 0 0
F8  UNTAXED | 71400 20000 0 51400 40000 generated           | -140000 140000 0 0 0
F9  UNTAXED | -                                             | -120000 120000 0 0 0
F9  UNTAXED | 59500 50000 0 9500 0 generated                | -170000 120000 -50000 0 0
F9  UNTAXED | 142800 50000 0 92800 70000 generated          | -170000 170000 0 0 0
F10 UNTAXED | 95200 50000 0 45200 30000 generated           | -130000 130000 0 0 0
F10 UNTAXED | 59500 50000 0 9500 0 generated                | -130000 130000 0 0 0
F11 UNTAXED | 95200 60000 0 35200 20000 generated           | -20000 20000 0 0 0
F12 UNTAXED | 100000 0 0 100000 100000 uncollectible        | 0 0 0 0 0
F12 UNTAXED | 100000 0 30000 70000 100000 uncollectible     | 0 0 0 0 0
F12 UNTAXED | 100000 0 30000 70000 100000 due               | -70000 70000 0 0 0
F12 UNTAXED | 100000 0 30000 70000 100000 uncollectible     | -70000 0 -70000 0 0
F12 UNTAXED | 119000 100000 0 19000 0 generated             | -100000 0 -100000 0 100000
F13 UNTAXED | 107100 0 0 107100 90000 generated             | 29000 90000 119000 119000 0
F13 UNTAXED | 107100 0 107100 0 90000 paid                  | 11900 0 11900 11900 0
"""
"""Of each step the invoice (total, covered, paid, due, net amount asked for, status) and how the client stands then
(balance, outstanding, projected balance, credit, shortfall)."""

Steps = Iterator[Invoice | None]


class TaxedScene(Scene):
    """Acme's books with 19 % of tax. Refills are asked for at −$1,000, or as good as never."""

    def __init__(self, advance: Advance, refill_at: int) -> None:
        super().__init__()
        self.maria.firm.set_tax("VAT", category=TaxCategory.STANDARD, name="VAT", percent="19")
        self.maria.firm.change(tax="VAT")
        refill = Refill(usd(refill_at), hourly(50), 20, advance)
        self.maria.clients.set_terms(self.acme, Terms(allowed_balance=None, refill=refill))

    def row(self, of: Invoice | None) -> str:
        """The figures after a step, as they stand in the table."""
        standing = self.maria.accounts.standing(self.acme)
        amounts = (standing.balance, standing.outstanding, standing.projected_balance, standing.credit)
        stands = " ".join(str(it.minor) for it in (*amounts, standing.shortfall))
        if of is None:
            return f"- | {stands}"
        it = self.maria.invoices.get(of.id)
        net_asked = it.net_minor - it.covered_net_minor
        paper = (it.total_minor, it.covered_minor, it.paid_minor, it.amount_due_minor, net_asked, it.status)
        return f"{' '.join(map(str, paper))} | {stands}"


def _most_of_it(it: Scene) -> Steps:
    it.work(1200)
    [refill] = it.refills()
    yield None
    bill = it.bill()
    yield bill
    it.pay(bill)
    yield bill
    it.pay(refill)
    yield refill


def _ahead(it: Scene) -> Steps:
    it.pay(it.maria.invoices.get(it.ask(1000).id))
    it.work(800)
    yield it.bill()


def _two_refills(it: Scene) -> Steps:
    for dollars in (1000, 1000, 950):
        it.work(dollars)
    yield it.bill()


def _older_month(it: Scene) -> Steps:
    it.pay(it.ask(1000))
    it.work(800, month=1)
    it.work(400, month=2)
    yield it.bill(JANUARY)
    bill = it.bill(FEBRUARY)
    yield bill
    it.pay(bill)
    yield bill


def _opening(it: Scene) -> Steps:
    it.maria.accounts.adjust(it.acme, usd(300), reason="Opening balance")
    it.work(1000)
    bill = it.bill()
    yield bill
    it.pay(bill)
    yield bill


def _credit(it: Scene) -> Steps:
    it.work(1000, month=2)
    first = it.bill(FEBRUARY)
    it.pay(first, 1190 + 200)
    yield first
    it.work(300)
    bill = it.bill()
    yield bill
    it.maria.payments.apply_credit(bill.id)
    yield bill
    it.pay(bill)
    yield bill


def _void(it: Scene) -> Steps:
    it.work(1200)
    [refill] = it.refills()
    bill = it.bill()
    it.pay(bill, 50)
    yield bill
    it.pay(refill, 400)
    yield refill
    it.maria.invoices.void(refill.id, note="A mistake")
    yield bill
    instead = it.ask(1000)
    yield instead
    it.maria.payments.apply_credit(instead.id)
    yield instead
    it.pay(instead)
    it.pay(bill)
    yield bill


def _projects(it: Scene) -> Steps:
    other = it.world.project().id
    it.work(800)
    it.work(600, project=other)
    yield it.bill(MARCH, it.world.site.id)
    yield it.bill(MARCH, other)


def _revert(it: Scene) -> Steps:
    other = it.world.project().id
    it.work(1200)
    first = it.bill()
    it.maria.invoices.revert(first.id)
    yield None
    it.work(500, project=other)
    yield it.bill(MARCH, other)
    it.maria.invoices.save(first.id, projects=[it.world.site.id])
    yield it.maria.invoices.generate(first.id)


def _older_work(it: Scene) -> Steps:
    it.work(500, month=1)
    it.work(800, month=2)
    yield it.bill(FEBRUARY)
    yield it.bill(JANUARY)


def _old_work(it: Scene) -> Steps:
    for _ in range(5):
        it.work(1000, month=1)
        it.pay(it.refills()[-1])
    it.maria.accounts.adjust(it.acme, usd(600), reason="Goodwill")
    it.work(800)
    yield it.bill()


def _forgiven(it: Scene) -> Steps:
    it.work(1000)
    [refill] = it.refills()
    bill = it.bill()
    it.maria.invoices.set_uncollectible(refill.id, debt=Debt.FORGIVE)
    yield refill
    it.pay(refill, 300)
    yield refill
    it.maria.invoices.set_due(refill.id)
    yield refill
    it.maria.invoices.set_uncollectible(refill.id)
    yield refill
    it.maria.invoices.set_due(refill.id)
    it.maria.invoices.void(refill.id, note="Gone", payments=OnVoid.REVERSE)
    yield bill


def _corrected(it: Scene) -> Steps:
    session = it.work(1000)
    first = it.bill()
    it.pay(first)
    it.maria.invoices.void(first.id, note="Two hours too many")
    it.maria.work.edit(session, hours=18)
    bill = it.bill()
    yield bill
    it.maria.payments.apply_credit(bill.id)
    yield bill


NEVER, OFTEN = -1_000_000, -1000
STORIES: dict[str, tuple[int, Callable[[Scene], Steps]]] = {
    "F1": (OFTEN, _most_of_it),
    "F2": (NEVER, _ahead),
    "F3": (OFTEN, _two_refills),
    "F4": (NEVER, _older_month),
    "F5": (NEVER, _opening),
    "F6": (NEVER, _credit),
    "F7": (OFTEN, _void),
    "F8": (OFTEN, _projects),
    "F9": (OFTEN, _revert),
    "F10": (OFTEN, _older_work),
    "F11": (OFTEN, _old_work),
    "F12": (OFTEN, _forgiven),
    "F13": (NEVER, _corrected),
}


@pytest.mark.parametrize("advance", Advance)
@pytest.mark.parametrize("story", STORIES)
def test_figures(story: str, advance: Advance) -> None:
    """Each step leaves what the table says, and the books stay sound."""
    table = [line.split("|", 1) for line in FIGURES.strip().splitlines()]
    expected = [" ".join(row.split()) for of, row in table if of.split() == [story, advance.name]]
    refill_at, steps = STORIES[story]
    scene = TaxedScene(advance, refill_at)
    assert expected == [scene.row(step) for step in steps(scene)]
    assert () == scene.world.billing.verify().findings
