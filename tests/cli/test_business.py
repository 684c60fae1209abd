"""A freelancer runs a business by commands alone, on one file or in a database."""

import re
import shlex
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner

from invoicecore import Advance, Billing
from invoicecore.cli import asking
from invoicecore.cli.commands import program
from tests.cli.terminal import Terminal
from tests.databases import NewUrl, schemas
from tests.importer.files import toggl

FIRM = ("--name", "Maria Vega", "--currency", "EUR", "--timezone", "Europe/Berlin")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path, str(tmp_path / "books.db"))


@pytest.fixture
def firm(terminal: Terminal) -> Terminal:
    """Maria's firm with Acme, whose Website costs €90 an hour."""
    terminal.said("init", *FIRM, "--address", "Main St 1; Berlin", "--tax-id", "DE 123", "--pay-to", "IBAN DE02")
    terminal.said("client", "add", "Acme", "--address", "Road 2; Hamburg")
    terminal.said("project", "add", "acme", "Website", "--rate", "90")
    return terminal


@pytest.fixture
def billed(firm: Terminal) -> Terminal:
    """With three hours in October 2025 on an invoice of 3 November."""
    firm.said("log", "web", "2:30", "--date", "2025-10-03", "--note", "Layout")
    firm.said("log", "web", "0.5", "--date", "2025-10-31", "--start", "09:00")
    firm.said("bill", "--month", "2025-10", "--date", "2025-11-03")
    return firm


class TestFixedPrice:
    """Projects with a fixed price, and with a cap."""

    def test_a_cap(self, firm: Terminal) -> None:
        """It is set, cuts, is shown, is raised and taken away."""
        said = firm.said("project", "edit", "website", "--cap", "120")
        assert said == "Website costs €90.00/h, at most €120.00 (€120.00 left).\n"
        said = firm.said("log", "web", "2", "--date", "2025-10-03")
        assert said == "2:00:00 on Website, 2025-10-03: €120.00 (€60.00 cut).\n"
        listed = firm.said("project", "list")
        assert "Price" in listed
        assert "€0.00 left" in listed
        work = firm.said("work", "list")
        assert "€120.00*" in work
        assert "* Cut" in work
        assert "(€30.00 left)" in firm.said("project", "edit", "website", "--cap", "150", "--name", "Web")
        assert firm.said("project", "edit", "web", "--no-cap") == "Web costs €90.00/h.\n"
        assert "both" in firm.refused("project", "edit", "web", "--no-cap", "--cap", "1")[1]

    def test_untaxed_advances_stay(self, firm: Terminal) -> None:
        """What the command does not say of a refill stays as it is."""
        named = ("--refill-hours", "5", "--refill-rate", "90")
        firm.said("client", "edit", "acme", "--refill-at", "-50", *named)
        with closing(Billing.open(f"sqlite:///{firm.store}")) as billing:
            maria = billing.as_owner()
            acme = maria.clients.by_name("acme").id
            terms = maria.accounts.standing(acme).terms
            assert terms.refill is not None
            maria.clients.set_terms(acme, evolve(terms, refill=evolve(terms.refill, advance=Advance.UNTAXED)))
            firm.said("client", "edit", "acme", "--refill-at", "-60", *named)
            now = maria.accounts.standing(acme).terms.refill
        assert now is not None
        assert (Advance.UNTAXED, "-60.00 EUR") == (now.advance, str(now.threshold))

    def test_a_fixed_price(self, firm: Terminal) -> None:
        """It is set and taken away; one of the two at most."""
        said = firm.said("project", "add", "acme", "Logo", "--rate", "90", "--fixed-price")
        assert said == "Acme/Logo is added, at €90.00/h, with a fixed price.\n"
        assert "€0.00" in firm.said("log", "logo", "2", "--date", "2025-10-03")
        assert "fixed" in firm.said("project", "list")
        assert "no cap" in firm.refused("project", "edit", "logo", "--cap", "100")[1]
        assert firm.said("project", "edit", "logo", "--no-fixed-price") == "Logo costs €90.00/h.\n"
        said = firm.said("project", "add", "acme", "Print", "--rate", "90", "--cap", "100")
        assert "at most €100.00" in said


class TestFirstInvoice:
    def test_story(self, firm: Terminal) -> None:
        """From nothing to a paid invoice."""
        assert "2:30:00 on Website, 2025-10-03: €225.00.\n" == firm.said("log", "web", "2:30", "--date", "2025-10-03")
        said = firm.said("bill", "--month", "2025-10", "--date", "2025-11-03")
        assert "INV-2025-0001 to Acme, 2025-10-01 to 2025-10-31" in said
        assert "To be paid by 2025-11-17: €225.00." in said
        assert "€100.00 for INV-2025-0001: €125.00 is left.\n" == firm.said("pay", "INV-2025-0001", "100")
        assert "€125.00" in firm.said("owed")
        assert "€125.00 for INV-2025-0001: nothing is left to pay.\n" == firm.said("pay", "INV-2025-0001")
        assert firm.said("owed").startswith("Nothing is owed on ")

    def test_the_paper(self, billed: Terminal) -> None:
        """It has address, tax id and IBAN, and the dates that were said."""
        result = billed.result("invoice", "print", "INV-2025-0001", "--out", "paper")
        page = (billed.folder / "paper" / "INV-2025-0001.html").read_text(encoding="utf-8")
        assert "paper/INV-2025-0001.html" in result["files"]
        text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        for what in (
            "Main St 1",
            "Berlin",
            "DE 123",
            "IBAN DE02",
            "Road 2",
            "November 3, 2025",
            "November 17, 2025",
            "€270.00",
        ):
            assert what in text, text[:2000]

    def test_on_postgresql(self, terminal: Terminal, postgres_server: str) -> None:
        """The same commands, and the same answers."""
        with schemas(postgres_server) as new_url:
            there = Terminal(terminal.folder, new_url())
            for command in (
                ("init", *FIRM),
                ("client", "add", "Acme"),
                ("project", "add", "Acme", "Website", "--rate", "90"),
                ("log", "Acme/Website", "2:30", "--date", "2025-10-03"),
                ("bill", "--month", "2025-10", "--date", "2025-11-03"),
                ("pay", "INV-2025-0001", "100"),
            ):
                there.result(*command)
            assert "125.00" == there.result("invoice", "show", "INV-2025-0001")["invoice"]["amount_due"]["amount"]
            assert "sound" in there.said("verify")


class TestInit:
    def test_what_is_missing(self, terminal: Terminal) -> None:
        """Where nobody can be asked, all of it is named at once, and no file is left."""
        code, said = terminal.refused("init", "--timezone", "UTC")
        assert (2, True) == (code, "give --name and --currency." in said)
        assert [] == list(terminal.folder.iterdir())

    @pytest.mark.parametrize(
        "given",
        [
            ("--currency", "EURO"),
            ("--timezone", "Mars"),
            ("--logo", "none.png"),
            ("--next-number", "0"),
            ("--next-number", "9" * 30),
        ],
    )
    def test_what_is_impossible(self, terminal: Terminal, given: tuple[str, str]) -> None:
        """It is refused by the name of its option, and no file is left."""
        code, said = terminal.refused("init", *FIRM, *given)
        assert (2, True) == (code, given[0] in said)
        assert [] == list(terminal.folder.iterdir())

    def test_answers(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody at a terminal is asked for the rest; an impossible answer is asked for again."""
        monkeypatch.setattr(asking, "is_asked", lambda: True)
        typed = ["Main St 1; Berlin", "", "IBAN DE02", "", "Europe/Berlin", "Euro", "EUR", "eom+10", "41", "maria"]
        typed += ["maria@vega.example"]
        asked = CliRunner(env={"INVOICECORE_STORE": terminal.store}).invoke(
            program, ["init", "--name", "Maria Vega"], input="\n".join(typed) + "\n"
        )
        assert 0 == asked.exit_code, asked.output
        assert "Euro" in asked.stderr
        assert "Name on invoices" not in asked.stderr
        settings = terminal.result("settings")
        assert ("Main St 1\nBerlin", "EUR", 41) == (settings["contact"], settings["currency"], settings["next_number"])
        assert "maria@vega.example" == terminal.result("person", "list")["rows"][0]["person"]["email"]
        assert "10 days after the end of next month" in terminal.said("settings")

    def test_twice(self, firm: Terminal) -> None:
        """The books stay as they are."""
        assert (1, True) == (firm.refused("init", *FIRM)[0], "There are books already" in firm.refused("init")[1])

    def test_no_books(self, terminal: Terminal) -> None:
        """Every other command says how to begin them, and makes no file."""
        code, said = terminal.refused("owed")
        assert (3, True) == (code, "books.db; `invoicecore init` begins them." in said)
        assert [] == list(terminal.folder.iterdir())

    def test_no_store(self, terminal: Terminal) -> None:
        """It is said how to name one."""
        code, said = Terminal(terminal.folder, "").refused("owed")
        assert (2, True) == (code, "say where the books are" in said or "it is blank" in said)


class TestWhatIsMissing:
    def test_on_the_paper(self, terminal: Terminal) -> None:
        """It is said with the commands that help, which do help."""
        terminal.said("init", *FIRM)
        terminal.said("client", "add", "Acme")
        terminal.said("project", "add", "acme", "Website", "--rate", "90")
        terminal.said("log", "web", "1", "--date", "2025-10-03")
        [said] = terminal.data("bill", "--month", "2025-10", "--date", "2025-11-03")["remarks"]
        assert said.startswith(
            "On INV-2025-0001 there is no address of yours, no way to pay, no address of Acme. To add"
        )
        for command in re.findall("`([^`]+)`", said):
            terminal.said(*shlex.split(command))
        assert [] == terminal.data("invoice", "print", "INV-2025-0001")["remarks"]
        shown = terminal.result("invoice", "show", "INV-2025-0001")["invoice"]
        assert ("generated", "2025-11-03") == (shown["status"], shown["issued_on"])
        assert ("TEXT", "TEXT") == (shown["parties"]["firm_contact"], shown["parties"]["billing_address"])
        [said] = terminal.data("invoice", "manual", "acme", "5", "Advice")["remarks"] or [""]
        assert "" == said


class TestSettings:
    def test_change(self, firm: Terminal) -> None:
        """What is given is changed, and nothing else."""
        firm.said("settings", "--pay-to", "IBAN DE03", "--next-number", "100", "--due-in", "30")
        said = firm.result("settings")
        assert ("IBAN DE03", 100, "Maria Vega") == (said["payment_instructions"], said["next_number"], said["name"])
        assert 30 == said["payment_terms"]["days"]


class TestClients:
    def test_one_name_twice(self, firm: Terminal) -> None:
        """It is refused, unless it is meant."""
        code, said = firm.refused("client", "add", "ACME")
        assert (1, True) == (code, "--same-name" in said)
        firm.said("client", "add", "ACME", "--same-name")
        assert 2 == len(firm.result("client", "list")["rows"])

    def test_terms(self, firm: Terminal) -> None:
        """They are set and changed one by one."""
        firm.said("client", "add", "Bakery", *("--allowed", "-500", "--refill-at", "-200"), *_refill)
        standing = firm.result("client", "edit", "bak", "--allowed", "-600", "--name", "Bright Bakery")["standing"]
        assert ("-600.00", "-200.00") == (
            standing["terms"]["allowed_balance"]["amount"],
            standing["terms"]["refill"]["threshold"]["amount"],
        )
        standing = firm.result("client", "edit", "bright", "--no-refill", "--no-allowed")["standing"]
        assert (None, None) == (standing["terms"]["allowed_balance"], standing["terms"]["refill"])

    def test_called(self, firm: Terminal) -> None:
        """A part of a name is enough where it is one's alone; otherwise all of them are named."""
        firm.said("client", "add", "Acme Europe")
        assert "Acme Europe" == firm.result("client", "show", "europe")["client"]["name"]
        code, said = firm.refused("client", "show", "cm")
        assert (1, "Error: name: cm may be several: Acme, Acme Europe. Write more of the name.\n") == (code, said)
        assert (1, "Error: There is no client called 'Nobody'.\n") == firm.refused("client", "show", "Nobody")

    def test_archive(self, firm: Terminal) -> None:
        """It takes no more work until it comes back."""
        firm.said("client", "edit", "acme", "--archive")
        assert (1, True) == (firm.refused("log", "web", "1")[0], "archived" in firm.refused("log", "web", "1")[1])
        assert [] == firm.result("client", "list")["rows"]
        firm.said("client", "edit", "acme", "--restore")
        firm.said("log", "web", "1")


_refill = ("--refill-hours", "5", "--refill-rate", "90")


class TestPeople:
    def test_a_worker(self, firm: Terminal) -> None:
        """Lee is assigned to a project, works on it, and leaves it again."""
        assert "Lee is added, as worker.\n" == firm.said("person", "add", "Lee", "--email", "lee@vega.example")
        assert "Lee works on Website.\n" == firm.said("person", "assign", "lee", "web")
        firm.said("log", "web", "2", "--person", "lee")
        [lee, _] = firm.result("person", "list")["rows"]
        assert ("Lee", "worker", ["Website"]) == (
            lee["person"]["name"],
            lee["person"]["role"],
            [it["name"] for it in lee["projects"]],
        )
        assert "lee@vega.example" in firm.said("person", "list")
        firm.said("person", "unassign", "lee", "web")
        assert [] == firm.result("person", "list", "--search", "lee")["rows"][0]["projects"]

    def test_changed(self, firm: Terminal) -> None:
        """Role, name and e-mail; who leaves is not listed any more."""
        firm.said("person", "add", "Lee")
        said = firm.said(
            "person", "edit", "Lee", "--role", "manager", "--name", "Lee Wong", "--email", "lee@vega.example"
        )
        assert "Lee Wong: manager, lee@vega.example.\n" == said
        firm.said("person", "edit", "lee", "--archive")
        assert 1 == len(firm.result("person", "list")["rows"])
        assert 2 == len(firm.result("person", "list", "--all")["rows"])

    @pytest.mark.parametrize("given", [("--archive",), ("--role", "worker")])
    def test_oneself(self, firm: Terminal, given: tuple[str, ...]) -> None:
        """Who gives the commands cannot be shut out by one; their name is their own matter."""
        code, said = firm.refused("person", "edit", "owner", *given)
        assert (1, "Error: Commands are given in the name of Owner, who stays a manager here.\n") == (code, said)
        firm.said("person", "edit", "owner", "--name", "Maria", "--role", "manager")

    def test_a_contact(self, firm: Terminal) -> None:
        """They belong to a client, and may see one project of it alone."""
        firm.said("person", "add", "Zoë", "--client", "acme", "--project", "web")
        [zoe] = firm.result("person", "list", "--client", "acme")["rows"]
        assert ("contact", ["Website"]) == (zoe["person"]["role"], [it["name"] for it in zoe["projects"]])
        assert 1 == firm.refused("person", "add", "Kim", "--role", "contact")[0]
        assert (1, True) == (
            firm.refused("person", "assign", "zoë", "web")[0],
            "Only employees" in firm.refused("person", "assign", "zoë", "web")[1],
        )


class TestWork:
    def test_timer(self, firm: Terminal) -> None:
        """It is started and stopped without a name."""
        assert "The timer on Website runs.\n" == firm.said("start", "web", "--note", "Colours")
        assert 1 == firm.refused("start", "web")[0]
        assert "Colours" == firm.result("stop")["note"]
        assert (1, True) == (firm.refused("stop")[0], "No timer runs" in firm.refused("stop")[1])

    def test_rates(self, firm: Terminal) -> None:
        """A new rate holds from its day on, and a session may have its own."""
        firm.said("project", "rate", "web", "100", "--since", "2025-12-01")
        amounts = [
            firm.result("log", "web", "1", "--date", day, *own)["amount"]["amount"]
            for day, own in (("2025-11-30", ()), ("2025-12-01", ()), ("2025-12-02", ("--rate", "10")))
        ]
        assert ["90.00", "100.00", "10.00"] == amounts
        assert ["110.00"] == [
            it["amount"] for it in firm.result("work", "list", "--month", "2025-12")["totals"]["amounts"]
        ]

    def test_corrected(self, firm: Terminal) -> None:
        """Named by project and day; of several, by the ids that the message has."""
        firm.said("log", "web", "25", "--date", "2025-10-03", "--long", "--note", "Layout")
        said = firm.said("work", "edit", "web", "2025-10-03", "--hours", "2.5", "--date", "2025-10-04")
        assert "2:30:00 on Website, 2025-10-04: €225.00.\n" == said
        firm.said("project", "add", "acme", "Shop", "--rate", "80")
        firm.said("person", "add", "Lee")
        given = ("--start", "09:00", "--project", "shop", "--person", "lee", "--rate", "100", "--note", "Cart")
        moved = firm.result("work", "edit", "web", "2025-10-04", *given)
        assert ("2025-10-04T07:00:00", "Cart", "250.00") == (
            moved["start"][:19],
            moved["note"],
            moved["amount"]["amount"],
        )
        assert (1, "Error: There is no work on Website on 2025-10-04.\n") == firm.refused(
            "work", "delete", "web", "2025-10-04"
        )
        firm.said("log", "shop", "1", "--date", "2025-10-04")
        code, said = firm.refused("work", "delete", "shop", "2025-10-04")
        assert (1, True, True) == (code, moved["id"] in said, "2:30:00 Cart" in said)
        assert "2:30:00 of 2025-10-04 are taken away.\n" == firm.said("work", "delete", moved["id"])
        firm.said("bill", "--month", "2025-10")
        code, said = firm.refused("work", "delete", "shop", "2025-10-04")
        assert (1, True) == (code, "INV-" in said)
        assert "There is no session called 'shop'" in firm.refused("work", "delete", "shop")[1]

    def test_a_stop(self, firm: Terminal) -> None:
        """Work past it needs a reason, and the message names the option."""
        firm.said("client", "edit", "acme", "--allowed", "-90")
        firm.said("log", "web", "1")
        code, said = firm.refused("log", "web", "1")
        assert (1, True, True) == (code, "-€90.00" in said, "--over-limit REASON" in said)
        firm.said("log", "web", "1", "--over-limit", "It was urgent")

    def test_hours(self, firm: Terminal) -> None:
        """An impossible duration is refused by its name."""
        assert (2, True) == (firm.refused("log", "web", "much")[0], "HOURS" in firm.refused("log", "web", "much")[1])


class TestInvoices:
    def test_nothing_to_bill(self, billed: Terminal) -> None:
        """It is said why."""
        said = billed.data("bill", "--month", "2025-10")
        assert ([], ["Nothing to bill: all work of 2025-10-01 to 2025-10-31 is on invoices already."]) == (
            said["result"],
            said["remarks"],
        )
        billed.said("log", "web", "2", "--date", "2025-10-04", "--not-billable")
        assert "2:00:00 hours, is not billable." in billed.data("bill", "--month", "2025-10")["remarks"][0]

    def test_life(self, billed: Terminal) -> None:
        """Draft, generate, send, void: each by the number or the client's name."""
        billed.said("log", "web", "1", "--date", "2025-11-04")
        draft = billed.result("invoice", "draft", "acme", "--month", "2025-11")
        assert "90.00" == draft["invoice"]["total"]["amount"]
        code, said = billed.refused("invoice", "generate", "acme", "--date", "2025-11-02")
        assert (1, True) == (code, "--out-of-order" in said)
        assert "INV-2025-0002" == billed.result("invoice", "generate", "acme", "--date", "2025-11-30")["number"]
        assert "draft" == billed.result("invoice", "revert", "INV-2025-0002")["status"]
        billed.said("invoice", "generate", "INV-2025-0002")
        assert "due" == billed.result("invoice", "send", "INV-2025-0002", "--by-hand")["status"]
        billed.said("invoice", "void", "INV-2025-0002", "--note", "Wrong address")
        assert ["generated", "void"] == [row["status"] for row in billed.result("invoice", "list")["rows"]]
        assert "Wrong address" in billed.said("invoice", "show", "INV-2025-0002")

    def test_drafts(self, billed: Terminal) -> None:
        """Several of one client are told apart by their ids, and one can be thrown away."""
        billed.said("log", "web", "1", "--date", "2025-11-04")
        ids = [billed.result("invoice", "draft", "acme", "--month", "2025-11")["id"] for _ in range(2)]
        code, said = billed.refused("invoice", "generate", "acme")
        assert (1, True) == (code, all(id in said for id in ids))
        assert f"draft {ids[0]}" in billed.said("invoice", "list").replace("\n", "")
        assert None is billed.result("invoice", "delete", ids[0])
        billed.said("invoice", "generate", "acme")
        assert (1, True) == (
            billed.refused("invoice", "generate", "acme")[0],
            "Acme has no draft" in billed.refused("invoice", "generate", "acme")[1],
        )

    def test_payments(self, billed: Terminal) -> None:
        """Too much is credit if that is said, which pays the next; the same one twice is asked about."""
        billed.said("invoice", "manual", "acme", "50", "Expenses", "--not-deposited")
        code, said = billed.refused("pay", "INV-2025-0001", "300")
        assert (1, True, True) == (code, "€270.00" in said, "--excess-to-credit" in said)
        given = ("pay", "INV-2025-0001", "280", "--reference", "TX-1", "--excess-to-credit", "--date", "2025-11-20")
        assert "10.00" == billed.result(*given)["credit"]["amount"]
        year = date.today().year
        assert "€10.00 for" in billed.said("credit", f"INV-{year}-0002")
        code, said = billed.refused("pay", f"INV-{year}-0002", "280", *given[3:])
        assert (1, True) == (code, "--duplicate confirms it." in said)

    def test_a_payment_taken_back(self, billed: Terminal) -> None:
        """It is named by the invoice or, of several, by its id; the invoice is due again."""
        billed.said("pay", "INV-2025-0001", "100", "--date", "2025-11-20", "--reference", "TX-1")
        said = billed.said("payment", "reverse", "INV-2025-0001", "30", "--note", "Part of it was for another")
        assert "€30.00 of the payment of 2025-11-20 is taken back.\n" == said
        billed.said("pay", "INV-2025-0001")
        code, said = billed.refused("payment", "reverse", "INV-2025-0001", "--note", "Bounced")
        first, second = billed.result("payment", "list", "acme")
        assert (1, True, True) == (code, first["id"] in said, second["id"] in said)
        assert "200.00" == billed.result("payment", "reverse", second["id"], "--note", "Bounced")["amount"]["amount"]
        assert "200.00" == billed.result("invoice", "show", "INV-2025-0001")["invoice"]["amount_due"]["amount"]
        listed = billed.said("payment", "list", "acme")
        assert ("TX-1" in listed, "€30.00" in listed, "€200.00" in listed) == (True, True, True)
        billed.said("payment", "reverse", first["id"], "--note", "Bounced too")
        code, said = billed.refused("payment", "reverse", "INV-2025-0001", "--note", "Again")
        assert (1, "Error: INV-2025-0001 has no payment.\n") == (code, said)

    def test_adjusted(self, billed: Terminal) -> None:
        """The balance moves both ways, each time with a reason."""
        assert "The balance of Acme is -€220.00.\n" == billed.said("adjust", "acme", "50", "--reason", "Goodwill")
        assert "-225.50" == billed.result("adjust", "acme", "-5.50", "--reason", "Fee")["balance"]["amount"]
        assert (2, True) == (
            billed.refused("adjust", "acme", "50")[0],
            "--reason" in billed.refused("adjust", "acme", "5")[1],
        )

    def test_write_off(self, billed: Terminal) -> None:
        """Nobody expects the money any more, and with --forgive nobody owes it."""
        assert "uncollectible" == billed.result("invoice", "write-off", "INV-2025-0001", "--forgive")["status"]
        assert "0.00" == billed.result("client", "show", "acme")["standing"]["balance"]["amount"]
        assert [] == billed.result("owed")["clients"]["rows"]

    def test_remind(self, billed: Terminal) -> None:
        """A letter about an invoice that is overdue; there is none about another."""
        [pdf, html] = sorted(billed.result("remind", "INV-2025-0001", "--date", "2025-12-01", "--out", ".")["files"])[
            ::-1
        ]
        assert ("reminder-INV-2025-0001-2025-12-01.pdf", "reminder-INV-2025-0001-2025-12-01.html") == (pdf, html)
        assert 1 == billed.refused("remind", "INV-2025-0001", "--date", "2025-11-10", "--out", ".")[0]

    def test_statement(self, billed: Terminal) -> None:
        """On the terminal, as data and as paper."""
        billed.said("pay", "INV-2025-0001", "100")
        said = billed.said("statement", "acme")
        assert (True, True) == ("Payment" in said, "-€170.00" in said)
        assert "-170.00" == billed.result("statement", "acme")["closing"]["amount"]
        assert "movements-Acme.html" in billed.result("statement", "acme", "--out", ".")["files"]

    def test_statement_of_account(self, billed: Terminal) -> None:
        """With --basis invoice it has invoices, payments and what is due."""
        billed.said("pay", "INV-2025-0001", "100")
        given = ("statement", "acme", "--basis", "invoice")
        said, result = billed.said(*given), billed.result(*given)
        assert (True, True) == ("INV-2025-0001" in said, result["closing"]["amount"] in said)
        assert ["INV-2025-0001"] == [it["name"] for it in result["open_items"]]
        assert "statement-Acme.html" in billed.result(*given, "--out", ".")["files"]

    def test_forecast(self, firm: Terminal) -> None:
        """When it stops, if it goes on so."""
        firm.said("client", "edit", "acme", "--allowed", "-900")
        assert "Work stops" in firm.said("forecast", "acme")
        assert None is firm.result("forecast", "acme")["stops_on"]


class TestImport:
    def test_what_the_books_know_is_not_asked(self, firm: Terminal) -> None:
        """Zone and currency are those of the books."""
        (firm.folder / "export.csv").write_bytes(toggl({}))
        firm.said("import", "export.csv", "--rate", "90")
        with Billing.open(f"sqlite:///{firm.store}") as billing:
            assert {"EUR"} == {client.currency for client in billing.as_owner().clients.all()}


def test_a_url(new_sqlite_url: NewUrl) -> None:
    """It is as good as a path."""
    there = Terminal(Path(), new_sqlite_url())
    there.said("init", *FIRM)
    assert "Maria Vega" == there.result("settings")["name"]
