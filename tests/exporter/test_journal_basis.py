"""Journals go by either day and on either basis, and the programs of accountants agree with what is stored."""

import io
from datetime import date
from pathlib import Path

import pytest

from invoicecore import Deposit, Desk, LedgerDay, NewWorkSession, OnVoid, Period, exporter, utc
from invoicecore.exporter import AssertionSchedule, Dialect, JournalBasis
from tests.exporter.programs import balances, beancount, hledger, ledger, run, tampered
from tests.exporter.test_journal_proof import HISTORIES, history
from tests.world import UNLIMITED, World, new_world, usd


@pytest.fixture(scope="module", params=range(HISTORIES))
def desk(request: pytest.FixtureRequest) -> Desk:
    """Each of some histories at random in turn."""
    return history(request.param)


@pytest.fixture(params=LedgerDay)
def by(request: pytest.FixtureRequest) -> LedgerDay:
    """Each day that a journal goes by."""
    day: LedgerDay = request.param
    return day


def late() -> World:
    """Eight hours of September and four of October, imported in November; September was prepaid with $100, is invoiced
    in November, and paid by wire."""
    world = new_world(UNLIMITED)
    world.clock.set(utc(2026, 11, 5, 18))
    lee = world.lee.people.me().id
    ahead = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE)
    world.maria.payments.record(ahead.id, method="wire", received_on=date(2026, 9, 1))
    rows = [
        NewWorkSession(
            project_id=world.site.id, person_id=lee, day=date(2026, month, 9), hours=hours, source=str(month)
        )
        for month, hours in ((9, 8), (10, 4))
    ]
    world.maria.work.import_many(rows)
    draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 9))
    world.maria.payments.record(world.maria.invoices.generate(draft.id).id, usd(50), method="wire")
    return world


def journal(desk: Desk, **chosen: object) -> str:
    """A journal as text."""
    stream = io.StringIO()
    exporter.write_journal(desk, stream, **chosen)  # type: ignore[arg-type]
    return stream.getvalue()


class TestAccepted:
    def test_by_either_day_and_on_either_basis(self, desk: Desk, by: LedgerDay, tmp_path: Path) -> None:
        """The programs find no fault, and print what the library stored: balances, or what is due and prepaid."""
        path = tmp_path / "books.journal"
        for basis in JournalBasis:
            exporter.write_journal(desk, path, by=by, basis=basis, assertions=AssertionSchedule.WEEK)
            assert ("", "") == (hledger(path), hledger(path, "check", "ordereddates", "payees"))
            assert "" == ledger(path)
            assert [] == beancount(journal(desk, by=by, basis=basis, dialect=Dialect.BEANCOUNT))[1]
            dues = [desk.accounts.dues(client.id) for client in desk.clients.all()]
            stored = [-(it.standing.balance if basis is JournalBasis.WORK else it.prepaid) for it in dues]
            assert sorted(str(it) for it in stored if it.minor) == sorted(
                balances(path, "Liabilities:Clients").values()
            )
        owed = [it.balance_due for it in dues]
        assert sorted(str(it) for it in owed if it.minor) == sorted(balances(path, "Assets:Receivable").values())

    def test_one_cent_is_noticed(self, by: LedgerDay, tmp_path: Path) -> None:
        """With any amount changed by a cent, a program refuses the file."""
        path = tmp_path / "books.journal"
        for basis in JournalBasis:
            files = list(tampered(journal(late().maria, by=by, basis=basis)))
            assert len(files) > 10
            for changed in files:
                path.write_text(changed, encoding="utf-8")
                assert "" not in {hledger(path, "check"), ledger(path)}


class TestLateImport:
    def test_income_by_month(self, tmp_path: Path) -> None:
        """By work day the income of September is in September, whenever it was imported."""
        path = tmp_path / "books.journal"
        exporter.write_journal(late().maria, path)
        assert self._income(path) == ["Income:Work:Acme:Website,400.00 USD,200.00 USD,0"]
        exporter.write_journal(late().maria, path, by=LedgerDay.BOOKED)
        assert self._income(path)[0].endswith(",600.00 USD")

    def test_the_booking_day_is_the_secondary_date(self, tmp_path: Path) -> None:
        """With `--date2` the same file goes by the other day."""
        path = tmp_path / "books.journal"
        exporter.write_journal(late().maria, path)
        assert "\n2026-09-09=2026-11-05 * (" in path.read_text(encoding="utf-8")
        assert self._income(path, "--date2")[0].endswith(",600.00 USD")

    def test_balance_sheet(self, tmp_path: Path) -> None:
        """At the end of September, by work day: $100 received, and $300 that Acme owes for work."""
        path = tmp_path / "books.journal"
        exporter.write_journal(late().maria, path)
        printed = run("hledger", "-f", str(path), "bs", "-e", "2026-10-01", "-O", "csv").stdout
        assert '"Assets:Received:Wire","100.00 USD"' in printed
        assert '"Liabilities:Clients:Acme","-300.00 USD"' in printed

    def test_on_the_basis_of_invoices(self, tmp_path: Path) -> None:
        """An invoice is income and a receivable; what was paid ahead covers a part of it."""
        world = late()
        text = journal(world.maria, basis=JournalBasis.INVOICE)
        assert (
            "    Assets:Receivable:Acme  300.00 USD\n"
            "    Liabilities:Clients:Acme  100.00 USD\n"
            "    Income:Invoices:Acme  -400.00 USD\n"
        ) in text
        dues = world.maria.accounts.dues(world.acme.id)
        assert (usd(250), usd(0)) == (dues.balance_due, dues.prepaid)

    def test_a_payment_has_both_days(self) -> None:
        """It stands on the one that the journal goes by; the other is the secondary date."""
        for by, days in ((LedgerDay.WORK, "2026-09-01=2026-11-05"), (LedgerDay.BOOKED, "2026-11-05=2026-09-01")):
            text = journal(late().maria, basis=JournalBasis.INVOICE, by=by)
            assert [f"{days} * (-) Acme | Payment"] == [it for it in text.splitlines() if "=20" in it]

    def test_a_void_takes_it_back(self) -> None:
        """A void is a transaction with the opposite amounts, and the money becomes credit or goes back."""
        for on_void, due in ((OnVoid.KEEP, -50), (OnVoid.REVERSE, 0)):
            world = late()
            bill = world.maria.pages.invoices().rows[-1]
            world.maria.invoices.void(bill.id, note="Wrong", payments=on_void)
            text = journal(world.maria, basis=JournalBasis.INVOICE)
            assert (
                "    Assets:Receivable:Acme  -300.00 USD\n"
                "    Liabilities:Clients:Acme  -100.00 USD\n"
                "    Income:Invoices:Acme  400.00 USD\n"
            ) in text
            assert usd(due) == world.maria.accounts.dues(world.acme.id).balance_due

    @staticmethod
    def _income(path: Path, *more: str) -> list[str]:
        """The income of September to November by month, as hledger prints it."""
        stated = ("is", "-M", "-b", "2026-09", "-e", "2026-12", "-O", "csv", *more)
        lines = run("hledger", "-f", str(path), *stated).stdout.replace('"', "").splitlines()
        return [line for line in lines if line.startswith("Income:Work")]
