"""Journals have the accountant's own names of accounts, and the programs still check every balance."""

from pathlib import Path

import pytest

from invoicecore import Desk
from invoicecore.errors import InvalidInput
from invoicecore.exporter import Dialect, JournalBasis, read_account_names
from tests.exporter.programs import balances, beancount, hledger, ledger, run, tampered
from tests.exporter.test_journal_basis import journal, late
from tests.exporter.test_journal_proof import HISTORIES, history
from tests.world import UNLIMITED

GERMAN = {
    "Assets:Received:*": "1800 Bank",
    "Assets:Received": "1800 Bank",
    "Assets:Receivable": "1400 Forderungen",
    "Liabilities:Clients": "3272 Anzahlungen",
    "Income:Work:*": "4400 Erlöse",
    "Income:Invoices:*": "4400 Erlöse",
    "Expenses": "6930 Forderungsverluste",
    "Equity:Adjustments:*": "Eigenkapital:Korrekturen",
}
PLAIN = {
    "Assets:Received": "Assets:Bank:Giro",
    "Assets:Receivable": "Assets:Debtors",
    "Liabilities:Clients": "Liabilities:Advances",
    "Income": "Income:Fees",
    "Equity:Adjustments:*": "Expenses:Discounts",
}


@pytest.fixture(scope="module", params=range(HISTORIES))
def desk(request: pytest.FixtureRequest) -> Desk:
    """Each of some histories at random in turn."""
    return history(request.param)


class TestAccepted:
    def test_by_hledger_and_ledger(self, desk: Desk, tmp_path: Path) -> None:
        """Every balance is asserted still, and is what it was under our names."""
        path, ours = tmp_path / "books.journal", tmp_path / "ours.journal"
        for basis in JournalBasis:
            path.write_text(journal(desk, basis=basis, accounts=GERMAN), encoding="utf-8")
            ours.write_text(journal(desk, basis=basis), encoding="utf-8")
            assert ("", "", "") == (hledger(path), hledger(path, "check", "ordereddates", "payees"), ledger(path))
            for own, name in (("Liabilities:Clients", "3272 Anzahlungen"), ("Assets:Receivable", "1400 Forderungen")):
                renamed = {it.replace(own, name): amount for it, amount in balances(ours, own).items()}
                assert renamed == balances(path, name)

    def test_by_beancount(self, desk: Desk) -> None:
        """So it does with names that it takes."""
        for basis in JournalBasis:
            entries, wrong = beancount(journal(desk, basis=basis, accounts=PLAIN, dialect=Dialect.BEANCOUNT))
            assert [] == wrong
            assert len(entries) > 5

    def test_one_cent_is_noticed(self, tmp_path: Path) -> None:
        """With any amount changed by a cent, a program refuses the file."""
        path = tmp_path / "books.journal"
        files = list(tampered(journal(late().maria, accounts={**GERMAN, "Income:Work:*": "Erlöse:Arbeit"})))
        assert len(files) > 10
        for changed in files:
            path.write_text(changed, encoding="utf-8")
            assert "" not in {hledger(path, "check"), ledger(path)}

    def test_reports(self, tmp_path: Path) -> None:
        """hledger knows what kinds of accounts they are, although their names do not say it."""
        path = tmp_path / "books.journal"
        path.write_text(journal(late().maria, accounts=GERMAN), encoding="utf-8")
        printed = run("hledger", "-f", str(path), "bs", "-e", "2026-10-01", "-O", "csv").stdout
        assert ('"1800 Bank","100.00 USD"' in printed, '"3272 Anzahlungen:Acme","-300.00 USD"' in printed) == (
            True,
            True,
        )
        income = run("hledger", "-f", str(path), "is", "-e", "2026-11", "-O", "csv", "-N").stdout
        assert '"4400 Erlöse","600.00 USD"' in income

    def test_which_name_goes_first(self) -> None:
        """The one that says most; parts below it stay."""
        steps = [
            ("Income", "Income:A", "Income:A:Work:Acme:Website"),
            ("Income:Work", "Income:B", "Income:B:Acme:Website"),
            ("Income:Work:Acme:*", "Income:C", "Income:C"),
            ("Income:Work:Acme:Website", "Income:D", "Income:D"),
        ]
        names: dict[str, str] = {}
        for account, name, shown in steps:
            names[account] = name
            assert f"    {shown}  -400.00 USD" in journal(late().maria, accounts=names)

    def test_a_name_that_says_the_root(self) -> None:
        """Nothing is added to the file for it."""
        assert "type:" not in journal(late().maria, accounts=PLAIN)


class TestRefused:
    @pytest.mark.parametrize(
        ("names", "said"),
        [
            ({"Income:Wages": "Fees"}, "There is no account 'Income:Wages' in journals; there are Assets:Received"),
            ({"Income:Work:": "Fees"}, "There is no account"),
            ({"Income:Work:Acmee:*": "Fees"}, "No client has the account .*; in accounts, clients are called Acme"),
            ({"Income:Work": "a  b"}, "it has two blanks"),
            ({"Income:Work": "a;b"}, "a semicolon"),
            ({"Income:Work": "(a)"}, "begins with a sign"),
            ({"Income:Work": "a::b"}, "a part between colons is blank"),
            ({"Income:Work": ""}, "a part between colons is blank"),
            ({"Income:Work": 4400}, "It is not a text"),
            ({"Liabilities:Clients:*": "Advances"}, "are both called Advances"),
            ({"Income:Work:*": "X", "Liabilities:Clients:*": "X"}, "the balance of a client is checked by itself"),
            ({"Income:Work:*": "X:Y", "Liabilities:Clients:Acme": "X"}, "or below it"),
        ],
    )
    def test_for_hledger(self, names: dict[str, str], said: str) -> None:
        """What is wrong with it is said before anything is written."""
        world = late()
        globex = world.maria.clients.add(name="Globex", terms=UNLIMITED)
        world.maria.accounts.adjust(globex.id, world.maria.accounts.standing(world.acme.id).balance)
        with pytest.raises(InvalidInput, match=said) as refused:
            journal(world.maria, accounts=names)
        assert "accounts" == refused.value.field

    @pytest.mark.parametrize("name", ["4400 Fees", "Einnahmen:Honorar", "Income", "Income:fees", "Income:A B"])
    def test_for_beancount(self, name: str) -> None:
        """It takes fewer names; the same ones go well for hledger."""
        journal(late().maria, accounts={"Income:Work:*": name})
        with pytest.raises(InvalidInput, match="for beancount"):
            journal(late().maria, accounts={"Income:Work:*": name}, dialect=Dialect.BEANCOUNT)


class TestRead:
    @pytest.mark.parametrize(
        "text",
        [
            "Income:Work:*,4400 Fees\nAssets:Received,Bank\n",
            "account;name\nIncome:Work:*;4400 Fees\n\nAssets:Received;Bank",
            "Account\tNumber\r\n# ours\r\nIncome:Work:*\t4400 Fees\t\r\nAssets:Received\tBank\t\t\r\n",
            '\ufeffaccount,name\n"Income:Work:*" , "4400 Fees"\nAssets:Received,Bank\n'.replace(" , ", ","),
        ],
    )
    def test_two_columns(self, text: str, tmp_path: Path) -> None:
        """Whatever parts them, and with a header or without."""
        (tmp_path / "names.csv").write_bytes(text.encode())
        expected = {"Income:Work:*": "4400 Fees", "Assets:Received": "Bank"}
        assert expected == read_account_names(tmp_path / "names.csv")
        assert expected == read_account_names(text.removeprefix("\ufeff").splitlines())

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("Income:Work:*\n", "Line 1 is not an account and its name"),
            ("account,name\nIncome:Work:*,a,b\n", "Line 2 is not"),
            ("Income:Work:*,\n", "Line 1 is not"),
            ("Income,A\n\nIncome,B\n", "Line 3 names Income again; it is A already"),
        ],
    )
    def test_refused(self, text: str, said: str) -> None:
        """The line is named."""
        with pytest.raises(InvalidInput, match=said):
            read_account_names(text.splitlines())

    def test_other_letters(self, tmp_path: Path) -> None:
        """A file that is not UTF-8 is told how to become it."""
        (tmp_path / "names.csv").write_bytes("Income:Work:*,Erlöse".encode("latin-1"))
        with pytest.raises(InvalidInput, match="save it as CSV UTF-8"):
            read_account_names(tmp_path / "names.csv")
