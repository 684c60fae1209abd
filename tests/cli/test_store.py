"""Books are kept from one run to the next, and nothing is billed twice."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result

from invoicecore import Billing, Desk, Firm, MemoryStorage, utc
from invoicecore.billing import database
from invoicecore.cli.commands import program
from invoicecore.errors import SchemaMismatch
from invoicecore.ports.store import ALL_FIRMS, FirmsQuery
from invoicecore.storage import sql
from invoicecore.values.ids import FirmId
from tests.books import Books, books
from tests.cli.sheets import TERMS, week, worked
from tests.importer.files import GENERIC, TOGGL, generic, harvest, toggl, without
from tests.world import UNLIMITED, usd

MARCH = ("--month", "2026-03")


class Shop:
    """A folder with a file to bill and a database to bill it into."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "export.csv"
        self.url = f"sqlite:///{folder / 'books.db'}"
        self.storage = database(self.url)
        self.storage.upgrade()

    def run(self, data: bytes, *options: str) -> Result:
        """Bill an export into the books."""
        self.file.write_bytes(data)
        return CliRunner().invoke(program, ["bill", str(self.file), "--store", self.url, *options])

    def billed(self, data: bytes, *options: str) -> dict[str, Any]:
        """The report as data."""
        result = self.run(data, *options, "--json")
        assert (0, "") == (result.exit_code, result.stderr)
        report: dict[str, Any] = json.loads(result.stdout)["result"]
        return report

    @property
    def books(self) -> Books:
        """Everything that is kept."""
        [firm_id] = self.storage.firms()
        return books(self.storage, firm_id)

    @property
    def desk(self) -> Desk:
        """The owner's."""
        return Billing.open(self.storage).as_owner()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A folder of its own."""
    opened = Shop(tmp_path)
    with closing(opened.storage):
        yield opened


class TestFirstRun:
    def test_the_report_is_that_of_books_that_are_not_kept(self, shop: Shop) -> None:
        """To the last figure; besides, nothing was there already."""
        kept = shop.billed(week(), *TERMS, *MARCH)
        alone = CliRunner().invoke(program, ["bill", str(shop.file), *TERMS, *MARCH, "--json"])
        assert {**json.loads(alone.stdout)["result"], "known": 0} == kept

    def test_the_print_is_too(self, shop: Shop) -> None:
        """To the letter."""
        kept = shop.run(week(), *TERMS, *MARCH)
        assert CliRunner().invoke(program, ["bill", str(shop.file), *TERMS, *MARCH]).stdout == kept.stdout

    def test_the_books_are_kept(self, shop: Shop) -> None:
        """A host can open them and go on. The reason of work past the stop is the file's name, in no language."""
        shop.billed(week(), *TERMS)
        [acme, nobody] = shop.desk.clients.all()
        assert ("Acme", "No client") == (acme.name, nobody.name)
        assert usd(-2000) == shop.desk.accounts.standing(acme.id).balance
        assert {"", "export.csv"} == {record.reason for record in shop.desk.firm.audit()}
        assert ["Owner", "Ann", "Ben"] == [person.name for person in shop.desk.people.all()]

    def test_a_new_file_needs_nothing_before(self, tmp_path: Path) -> None:
        """Its tables are made."""
        (tmp_path / "export.csv").write_bytes(week())
        options = [str(tmp_path / "export.csv"), "--store", f"sqlite:///{tmp_path / 'new.db'}", *TERMS]
        for known in (0, 7):
            result = CliRunner().invoke(program, ["bill", *options, "--json"])
            assert known == json.loads(result.stdout)["result"]["known"]

    def test_nothing_to_bill(self, shop: Shop) -> None:
        """An export without entries begins the books too."""
        assert (0, 0) == tuple(shop.billed(toggl())[name] for name in ("entries", "known"))
        assert (0, 0) == tuple(shop.billed(toggl())[name] for name in ("entries", "known"))
        assert 1 == len(shop.storage.firms())


class TestAgain:
    def test_the_same_export_bills_nothing_twice(self, shop: Shop) -> None:
        """Nothing at all changes, and the report says how many entries were there already."""
        first = shop.billed(week(), *TERMS, *MARCH)
        before = shop.books
        assert {**first, "known": 7} == shop.billed(week(), *TERMS, *MARCH)
        assert before == shop.books

    def test_the_options_need_not_be_said_again(self, shop: Shop) -> None:
        """Terms, rates, currency and zone are in the books."""
        first = shop.billed(week(), *TERMS, "--timezone", "America/Chicago")
        before = shop.books
        assert {**first, "known": 7} == shop.billed(week())
        assert before == shop.books

    def test_it_is_said_in_print(self, shop: Shop) -> None:
        """With a sentence, and where a month is asked for, that there is nothing more in it."""
        shop.run(week(), *TERMS, *MARCH)
        said = " ".join(shop.run(week(), *TERMS, *MARCH).stdout.split())
        assert "7 entries were in the books already and not recorded again." in said
        assert (
            "Acme: Nothing to bill: the work of 2026-03-01 to 2026-03-31 that no invoice holds, 4:00:00 hours, is not "
            "billable."
        ) in said

    def test_what_was_edited_stays_edited(self, shop: Shop) -> None:
        """The report shows the work as it now is."""
        shop.billed(toggl({}), "--rate", "50")
        [session] = shop.desk.work.sessions()
        shop.desk.work.edit(session.id, hours=1)
        [client] = shop.billed(toggl({}))["clients"]
        assert (3600, "50.00", "-50.00") == (client["seconds"], client["worked"], client["balance"])

    def test_what_was_deleted_stays_deleted(self, shop: Shop) -> None:
        """It counts as known, and costs nothing."""
        shop.billed(toggl({}), "--rate", "50")
        [session] = shop.desk.work.sessions()
        shop.desk.work.delete(session.id)
        report = shop.billed(toggl({}))
        assert (1, 0, "0.00") == (report["known"], report["clients"][0]["seconds"], report["clients"][0]["balance"])

    def test_a_client_who_was_renamed_is_shown_by_the_new_name(self, shop: Shop) -> None:
        """Work that is known is not looked up by names."""
        shop.billed(toggl({}), "--rate", "50")
        [acme] = shop.desk.clients.all()
        shop.desk.clients.change(acme.id, name="Acme Ltd")
        assert ["Acme Ltd"] == [client["name"] for client in shop.billed(toggl({}))["clients"]]


class TestMore:
    def test_an_overlapping_export_adds_what_is_new(self, shop: Shop) -> None:
        """Eight hours more, of people, a client and a project that are there: nobody and nothing is made again."""
        shop.billed(week(), *TERMS)
        lines = week().splitlines(keepends=True)
        later = b"".join([lines[0], *lines[-2:], *toggl(worked(10, 9, 8)).splitlines(keepends=True)[1:]])
        report = shop.billed(later)
        assert (3, 2) == (report["entries"], report["known"])
        kept = shop.books
        assert (3, 2, 3, 8) == tuple(map(len, (kept.people, kept.clients, kept.projects, kept.sessions)))
        [acme, _] = shop.desk.clients.all()
        assert usd(-2400) == shop.desk.accounts.standing(acme.id).balance

    def test_more_work_of_a_month_that_was_billed(self, shop: Shop) -> None:
        """Gets an invoice of its own."""
        shop.billed(toggl({}), "--rate", "50", *MARCH)
        [client] = shop.billed(toggl({}, worked(10, 9, 8)), *MARCH)["clients"]
        assert [("time", "75.00"), ("time", "400.00")] == [(it["kind"], it["total"]) for it in client["invoices"]]

    def test_nothing_happens_before_what_happened(self, shop: Shop) -> None:
        """Work of last week that comes in late is booked, and what it asks for is dated, when the books had arrived."""
        shop.billed(toggl(worked(20, 9, 8)), *TERMS)
        shop.billed(toggl(worked(2, 9, 8), worked(3, 9, 8)))
        [acme] = shop.desk.clients.all()
        assert [date(2026, 3, 20), date(2026, 3, 2), date(2026, 3, 3)] == [
            entry.work_day for entry in shop.desk.accounts.entries(acme.id)
        ]
        assert utc(2026, 3, 20, 17) == min(entry.booked_at for entry in shop.desk.accounts.entries(acme.id))
        assert [date(2026, 3, 20)] == [invoice.issued_on for invoice in shop.desk.invoices.of(acme.id)]
        instants = [record.at for record in shop.desk.firm.audit()]
        assert sorted(instants) == instants

    def test_what_was_refused_is_tried_again(self, shop: Shop) -> None:
        """Work that came while work was stopped is not in the books, so that it is recorded once it may be."""
        assert 1 == shop.billed(week(), *TERMS, "--enforce")["would_have_stopped"]
        report = shop.billed(week(), *TERMS, "--enforce")
        assert (6, 1) == (report["known"], report["would_have_stopped"])
        assert (6, 1) == tuple(shop.billed(week(), *TERMS)[name] for name in ("known", "would_have_stopped"))
        assert 7 == shop.billed(week(), *TERMS)["known"]

    def test_a_refused_row_can_be_put_right(self, shop: Shop) -> None:
        """Nothing of its file is recorded before."""
        shop.billed(toggl(worked(2, 9, 1), worked(4, 9, 1, Client="Bolt")), "--rate", "50")
        [_, bolt] = shop.desk.clients.all()
        shop.desk.clients.archive(bolt.id)
        before, more = shop.books, toggl(worked(5, 9, 1), worked(6, 9, 1, Client="Bolt"))
        result = shop.run(more)
        assert 1 == result.exit_code
        assert "Row 3: Bolt is archived and takes no more work" in result.stderr
        assert "Nothing was recorded; rows refused: 1." in result.stderr
        assert before == shop.books
        shop.desk.clients.restore(bolt.id)
        assert 0 == shop.billed(more)["known"]

    def test_a_refused_file_begins_no_books(self, shop: Shop) -> None:
        """A firm is made when there is something to keep."""
        assert 1 == shop.run(toggl({}, {"Start date": "2026-13-02"}), "--rate", "50").exit_code
        assert () == shop.storage.firms()

    def test_what_was_changed_in_the_tracker_is_told(self, shop: Shop) -> None:
        """The books stay as they are; the command import would change them."""
        row = {"id": "7", "start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z"}
        shop.billed(generic(row, header=("id", *GENERIC)), "--rate", "50", "--currency", "USD")
        longer = generic({**row, "end": "2026-03-02T12:00:00Z"}, header=("id", *GENERIC))
        said = " ".join(shop.run(longer).stdout.split())
        assert "duration: 1:00:00 → 3:00:00" in said
        assert "1 of them differs in the tracker now; the command import follows such changes." in said
        assert (1, "-50.00") == (shop.billed(longer)["known"], shop.billed(longer)["clients"][0]["balance"])

    def test_the_terms_and_rates_of_the_books_stay(self, shop: Shop) -> None:
        """Options that say otherwise are remarked on; for who is new they count."""
        shop.billed(toggl(worked(2, 9, 1)), "--rate", "50", "--allowed", "-1000")
        more = toggl(worked(3, 9, 1), worked(4, 9, 1, Client="Bolt"))
        said = " ".join(shop.run(more, "--rate", "60", "--allowed", "-2000").stdout.split())
        assert "Acme keeps the terms that the books have; the options are for clients who are new." in said
        assert "Website of Acme keeps the rate that the books have; --rate is for projects that are new." in said
        assert "Bolt keeps" not in said
        assert "of Bolt keeps" not in said
        balances = [shop.desk.accounts.standing(client.id).balance for client in shop.desk.clients.all()]
        assert [usd(-100), usd(-60)] == balances


class TestContradicted:
    def test_another_zone(self, shop: Shop) -> None:
        """The days of the firm are what they are."""
        shop.billed(toggl({}), "--rate", "50", "--timezone", "America/Chicago")
        result = shop.run(toggl({}), "--timezone", "UTC")
        assert 2 == result.exit_code
        assert "--timezone: the days of these books are those of America/Chicago, not of UTC." in result.stderr

    def test_another_currency(self, shop: Shop) -> None:
        """A client has one; the heading of an export without rates is but a heading."""
        shop.billed(toggl({}), "--rate", "50", "--currency", "EUR")
        more = toggl(worked(3, 9, 1))
        assert "'Acme' is billed in EUR in these books." in shop.run(more, "--currency", "USD").stderr
        assert 0 == shop.billed(more, "--currency", "EUR")["known"]
        plain = toggl(worked(4, 9, 1), header=without(TOGGL, "Amount (USD)"))
        assert "-175.00" == shop.billed(plain)["clients"][0]["balance"]

    def test_a_rate_of_the_file(self, shop: Shop) -> None:
        """In another currency than the client's it is refused."""
        shop.billed(harvest({}))
        result = shop.run(harvest({"Currency": "Euro - EUR", "Date": "2026-03-03"}))
        assert "Row 2: it brings a rate in EUR, but Acme is billed in USD" in result.stderr

    def test_names_that_two_have(self, shop: Shop) -> None:
        """Nobody is billed on a guess."""
        shop.billed(toggl({}), "--rate", "50")
        shop.desk.clients.add(name="Acme", terms=UNLIMITED)
        result = shop.run(toggl(worked(3, 9, 1)))
        assert 1 == result.exit_code
        assert "Row 2: More than one client is called 'Acme' in the books; rename all but one" in result.stderr

    def test_two_firms(self, shop: Shop) -> None:
        """One is billed at a time."""
        for name in ("One", "Two"):
            Billing.create(shop.storage, Firm(name=name, currency="USD", timezone="UTC"))
        result = shop.run(toggl({}), "--rate", "50")
        assert 2 == result.exit_code
        assert "--store: There are 2 firms here" in result.stderr


class TestTrouble:
    @pytest.mark.parametrize("url", ["", " ", "mysql://localhost/books", "nowhere://books"])
    def test_a_url_that_is_none(self, shop: Shop, url: str) -> None:
        """It is refused with an example of one."""
        shop.url = url
        result = shop.run(week(), *TERMS)
        assert (2, "") == (result.exit_code, result.stdout)
        assert "--store: " in result.stderr
        assert "sqlite" in result.stderr

    @pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/books.db", "sqlite:///file:{}?mode=ro&uri=true"])
    def test_a_database_that_cannot_be_written(self, shop: Shop, url: str) -> None:
        """One clear message, and nothing is shown."""
        shop.url = url.format(shop.storage.engine.url.database)
        result = shop.run(week(), *TERMS)
        assert (3, "") == (result.exit_code, result.stdout)
        assert result.stderr.startswith("Error: The books cannot be used. ")
        assert 1 == result.stderr.count("\n")

    @pytest.mark.parametrize("command", [("bill", "export.csv"), ("db", "upgrade"), ("db", "status")])
    def test_without_the_extra(self, shop: Shop, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        """The command that installs it is named."""
        shop.file.write_bytes(week())
        monkeypatch.chdir(shop.file.parent)

        def at(url: str) -> None:
            raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

        monkeypatch.setattr(sql.SqlStorage, "at", at)
        result = CliRunner().invoke(program, [*command, "--store", "postgresql+psycopg://localhost/books"])
        assert (3, "") == (result.exit_code, result.stdout)
        assert "need psycopg; install it with: pip install 'invoicecore[postgres]'" in result.stderr


class Tables(MemoryStorage):
    """Stands in for a database whose tables are of some version, `now` being this one."""

    version: ClassVar[str | None]

    @classmethod
    def at(cls, url: str) -> "Tables":
        return cls()

    def begin(self, firm_id: FirmId) -> Any:
        self._check()
        return super().begin(firm_id)

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> tuple[FirmId, ...]:
        self._check()
        return super().firms(query)

    def upgrade(self) -> None:
        type(self).version = "now"

    def close(self) -> None:
        """There is nothing to let go of."""

    def _check(self) -> None:
        if self.version != "now":
            raise SchemaMismatch(f"The tables are of version {self.version}; call upgrade().", self.version)


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> type[Tables]:
    """What any URL leads to."""
    monkeypatch.setattr(sql, "SqlStorage", Tables)
    return Tables


class TestTables:
    def test_where_there_are_none_they_are_made(self, shop: Shop, tables: type[Tables]) -> None:
        """By the first run that needs them."""
        tables.version = None
        assert 0 == shop.billed(week(), *TERMS)["known"]
        assert "now" == tables.version

    def test_those_of_another_version_are_left_alone(self, shop: Shop, tables: type[Tables]) -> None:
        """Whoever keeps money there decides when they change."""
        tables.version = "old"
        result = shop.run(week(), *TERMS)
        assert (3, "") == (result.exit_code, result.stdout)
        assert "Error: The books cannot be used. The tables are of version old; call upgrade().\n" == result.stderr
        assert "old" == tables.version

    def test_status_and_upgrade(self, tables: type[Tables]) -> None:
        """Status tells and changes nothing; upgrade brings them up to date."""
        tables.version = "old"
        status = CliRunner().invoke(program, ["db", "status", "--store", "nowhere://books"])
        said = "Error: The books cannot be used. The tables are of version old; call upgrade().\n"
        assert (3, said) == (status.exit_code, status.stderr)
        assert "old" == tables.version
        for command in ("upgrade", "upgrade", "status"):
            result = CliRunner().invoke(program, ["db", command, "--store", "nowhere://books"])
            said = "The tables are those of this version. 0 firms are kept here.\n"
            assert (0, said) == (result.exit_code, result.stdout)

    def test_on_sqlite(self, shop: Shop) -> None:
        """The firms that are kept are counted."""
        shop.billed(week(), *TERMS)
        for command in ("upgrade", "status"):
            result = CliRunner().invoke(program, ["db", command, "--store", shop.url])
            said = "The tables are those of this version. 1 firm is kept here.\n"
            assert (0, said) == (result.exit_code, result.stdout)

    @pytest.mark.parametrize("command", ["upgrade", "status"])
    def test_a_url_that_is_none(self, command: str) -> None:
        """It is refused with an example of one."""
        result = CliRunner().invoke(program, ["db", command, "--store", "mysql://books"])
        assert 2 == result.exit_code
        assert "--store: Books are kept in sqlite or postgresql+psycopg, not in mysql." in result.stderr
