from datetime import timedelta
from fractions import Fraction
from typing import ClassVar

import pytest
from attrs import evolve

from invoicecore import Billing, Firm, InvoiceKind, Period, Rate, importer
from invoicecore.cli.bill import NO_CLIENT
from invoicecore.cli.report import ClientReport, Report, as_data
from invoicecore.cli.terms import OptionRefused, TermsOptions
from invoicecore.importer import ImportOptions, ImportWarning, MissingOption, UnreadableFile
from tests.cli.sheets import MARCH, WEEK, billed, week, worked
from tests.importer.files import TOGGL, Cells, harvest, toggl, without
from tests.world import usd


def client(report: Report, name: str = "Acme") -> ClientReport:
    """One client of a report."""
    [found] = [each for each in report.clients if each.name == name]
    return found


def hours(number: int) -> timedelta:
    return timedelta(hours=number)


class TestWeek:
    def test_whole(self) -> None:
        """All entries of the file count, those that cost nothing too, by the duration that is stated."""
        report = billed(week())
        assert (7, hours(46)) == (report.plan.total.entries, report.plan.total.duration)
        assert (("Ann", hours(30)), ("Ben", hours(16))) == report.people

    @pytest.mark.req("A31", "A42")
    def test_client(self) -> None:
        """A client's one balance is drawn from by the work on all of its projects."""
        acme = client(billed(week()))
        assert (hours(44), usd(2000), usd(-2000)) == (acme.duration, acme.worked, acme.standing.balance)
        assert Fraction(2) == acme.standing.utilization
        assert acme.standing.stopped

    @pytest.mark.req("A39", "A40")
    def test_refills(self) -> None:
        """Refills are asked for as they would have been asked for: one for each time the balance had gone that far."""
        invoices = client(billed(week())).invoices
        assert [(InvoiceKind.REFILL, usd(1000))] * 2 == [(invoice.kind, invoice.total) for invoice in invoices]
        assert ["INV-2026-0001", "INV-2026-0002"] == [invoice.number for invoice in invoices]
        assert ["2026-03-04", "2026-03-09"] == [str(invoice.issued_on) for invoice in invoices]

    def test_no_client(self) -> None:
        """Work without a client is for one that is called so."""
        nobody = client(billed(week()), NO_CLIENT)
        assert (hours(2), usd(-100), ()) == (nobody.duration, nobody.standing.balance, nobody.invoices)
        assert not nobody.standing.stopped

    def test_doubtful(self) -> None:
        """An entry whose duration disagrees with its times is billed and named."""
        assert [7] == [row.row for row in billed(week()).plan.doubtful_rows]

    @pytest.mark.req("A34")
    def test_past_the_stop(self) -> None:
        """Work that came while work was stopped is recorded and counted."""
        assert 1 == billed(week()).would_have_stopped

    @pytest.mark.req("A34")
    def test_enforced(self) -> None:
        """If the stop is enforced, that work is refused: it costs nothing and asks for nothing."""
        report = billed(week(), enforce=True)
        acme = client(report)
        assert (1, True) == (report.would_have_stopped, report.enforced)
        assert (hours(36), usd(1600), usd(-1600)) == (acme.duration, acme.worked, acme.standing.balance)
        assert 1 == len(acme.invoices)
        assert hours(46) == report.plan.total.duration

    def test_warnings(self) -> None:
        """Terms that are probably not meant are remarked on once, however many clients have them."""
        [warning] = billed(week(), evolve(WEEK, allowed="-500")).warnings
        assert "Work stops at -500.00 USD" in warning

    def test_nothing(self) -> None:
        """A file without entries makes an empty report."""
        report = billed(toggl())
        assert (0, hours(0), (), ()) == (
            report.plan.total.entries,
            report.plan.total.duration,
            report.people,
            report.clients,
        )


class TestMonth:
    def test_invoice(self) -> None:
        """The time invoice of a month comes after the refills, with all billable work of its days."""
        acme = client(billed(week(), month=MARCH))
        assert ["refill", "refill", "time"] == [invoice.kind for invoice in acme.invoices]
        assert acme.month is not None
        assert ("INV-2026-0003", usd(2000)) == (acme.month.invoice.number, acme.month.invoice.total)
        assert usd(-2000) == acme.standing.balance

    def test_lines(self) -> None:
        """Its lines are added up by project."""
        month = client(billed(week(), month=MARCH)).month
        assert month is not None
        assert [("Website", hours(32), usd(1600)), ("Shop", hours(8), usd(400))] == [
            (line.name, line.duration, line.amount) for line in month.lines
        ]

    def test_lines_by_rate(self) -> None:
        """Work on one project at two rates has two lines."""
        data = harvest({"Hours": "2.0"}, {"Hours": "1.0", "Billable Rate": "60.0"}, {"Hours": "1.0"})
        month = client(billed(data, TermsOptions(), month=MARCH)).month
        assert month is not None
        assert [
            ("Website", Rate.hourly("48", "USD"), hours(3), usd(144)),
            ("Website", Rate.hourly("60", "USD"), hours(1), usd(60)),
        ] == [(line.name, line.rate, line.duration, line.amount) for line in month.lines]

    @pytest.mark.parametrize("month", [Period.month(2026, 2), Period.month(2026, 4)])
    def test_nothing_to_bill(self, month: Period) -> None:
        """A client without billable work in the month gets no invoice, nor a draft."""
        acme = client(billed(week(), month=month))
        assert acme.month is None
        assert 2 == len(acme.invoices)

    def test_days_of_the_zone(self) -> None:
        """The month is one of the firm's zone: the last evening of February in New York is not in March."""
        late = worked(28, 20, 2, **{"Start date": "2026-02-28", "End date": "2026-02-28"})
        report = billed(toggl(late), timezone="America/New_York", month=Period.month(2026, 2))
        month = client(report).month
        assert month is not None
        assert usd(100) == month.invoice.total


class TestRates:
    def test_of_the_file(self) -> None:
        """Each row costs its own rate, also where a rate is given besides."""
        data = harvest({"Hours": "2.0"}, {"Hours": "1.0", "Billable Rate": "60.0"})
        assert usd(156) == client(billed(data, TermsOptions())).worked
        assert usd(156) == client(billed(data, TermsOptions(rate="10"))).worked

    def test_for_rows_without_one(self) -> None:
        """Rows without a rate cost the one that is given."""
        data = harvest({"Hours": "2.0"}, {"Hours": "1.0", "Billable Rate": ""})
        assert usd(106) == client(billed(data, TermsOptions(rate="10"))).worked

    def test_none(self) -> None:
        """A billable row of a project without any rate is asked about, naming the row."""
        data = toggl({"Billable": "No"}, {"Project": "Shop"})
        with pytest.raises(MissingOption, match=r"Row 3: at which rate\? It brings none") as asked:
            billed(data, TermsOptions())
        assert "rate" == asked.value.option

    def test_not_billable(self) -> None:
        """Work that costs nothing needs no rate, and is kept."""
        acme = client(billed(toggl({"Billable": "No"}), TermsOptions()))
        assert (timedelta(hours=1, minutes=30), usd(0)) == (acme.duration, acme.worked)

    def test_finer_than_the_minor_unit(self) -> None:
        """A rate may be finer than a cent; each session is rounded once, half up: 1.33 h × $0.125 = 0.16625."""
        assert usd("0.17") == client(billed(harvest({"Billable Rate": "0.125"}), TermsOptions())).worked

    def test_impossible(self) -> None:
        """A rate that the books cannot hold refuses its row."""
        data = harvest({}, {"Billable Rate": "999999999999999.0", "Hours": "99999.0"})
        with pytest.raises(UnreadableFile, match="Row 3: ") as raised:
            billed(data, TermsOptions())
        assert 3 == raised.value.row


class TestCurrency:
    def test_of_the_file(self) -> None:
        """The currency is the one that the file names."""
        assert "EUR" == client(billed(harvest({"Currency": "Euro - EUR"}), TermsOptions())).standing.balance.currency

    def test_given(self) -> None:
        """Where the file has no amounts, another currency may be given than its heading names."""
        assert "EUR" == client(billed(toggl({}), currency="EUR")).standing.balance.currency

    def test_contradicted(self) -> None:
        """A rate of the file is not taken for one of another currency."""
        with pytest.raises(UnreadableFile, match="Row 2: it brings a rate in USD, but Acme is billed in EUR"):
            billed(harvest({}), TermsOptions(), currency="EUR")

    def test_asked(self) -> None:
        """Where nothing names a currency, it is asked for."""
        data = toggl({}, header=without(TOGGL, "Amount (USD)"))
        with pytest.raises(MissingOption, match="in which currency") as asked:
            billed(data)
        assert "currency" == asked.value.option

    def test_one_for_each_client(self) -> None:
        """Two clients may have two currencies; amounts that are given are in each client's own."""
        data = harvest({}, {"Client": "Bolt", "Currency": "Euro - EUR"})
        report = billed(data, TermsOptions(allowed="-63.84"))
        assert ["-63.84 USD", "-63.84 EUR"] == [str(each.standing.balance) for each in report.clients]
        assert [True, True] == [each.standing.stopped for each in report.clients]

    def test_two_for_one_client(self) -> None:
        """A client has one currency; a second one is refused, naming the row."""
        with pytest.raises(UnreadableFile, match="Row 3: it brings a rate in EUR, but Acme is billed in USD"):
            billed(harvest({}, {"Currency": "Euro - EUR"}), TermsOptions())

    def test_blank_cells(self) -> None:
        """A client whose rows name none is billed in the one currency of the file."""
        report = billed(harvest({}, {"Client": "Bolt", "Currency": ""}), TermsOptions())
        assert ["USD", "USD"] == [each.standing.balance.currency for each in report.clients]


class TestTerms:
    @pytest.mark.parametrize(
        ("terms", "option"),
        [
            ({"refill_at": "-5", "rate": "5"}, "--refill-at"),
            ({"refill_hours": "5", "rate": "5"}, "--refill-hours"),
            ({"refill_rate": "5"}, "--refill-rate"),
            ({"refill_at": "-5", "refill_hours": "5"}, "--refill-rate"),
        ],
    )
    def test_goes_together(self, terms: dict[str, str], option: str) -> None:
        """A refill is said whole or not at all."""
        with pytest.raises(OptionRefused) as raised:
            TermsOptions(**terms)
        assert option == raised.value.option

    @pytest.mark.parametrize(
        ("terms", "option"),
        [
            (TermsOptions(rate="-5"), "--rate"),
            (TermsOptions(rate="5", allowed="-0.001"), "--allowed"),
            (TermsOptions(rate="5", refill_at="-0.001", refill_hours="5"), "--refill-at"),
            (TermsOptions(rate="5", refill_at="-5", refill_hours="0"), "--refill-hours"),
            (TermsOptions(rate="5", refill_at="-5", refill_hours="5", refill_rate="-1"), "--refill-rate"),
        ],
    )
    def test_amounts(self, terms: TermsOptions, option: str) -> None:
        """An amount that cannot be is refused by the name of its option."""
        with pytest.raises(OptionRefused) as raised:
            billed(toggl({}), terms)
        assert option == raised.value.option

    def test_refill_rate(self) -> None:
        """A refill has its own rate where one is given: 20 h × $10."""
        acme = client(billed(week(), evolve(WEEK, refill_at="-1900", refill_rate="10")))
        assert [usd(200)] == [invoice.total for invoice in acme.invoices]

    def test_no_limit(self) -> None:
        """Without an allowed balance work never stops."""
        report = billed(week(), evolve(WEEK, allowed=None))
        assert (0, False) == (report.would_have_stopped, client(report).standing.stopped)


class TestPeople:
    def test_same_name(self) -> None:
        """Two people of one name are told apart by their e-mail."""
        other = "ann@elsewhere.example"
        report = billed(toggl({}, {"Email": other}, {"Email": ""}))
        assert ["Ann <ann@northwind.example>", f"Ann <{other}>", "Ann"] == [name for name, _ in report.people]

    def test_one_address_for_two(self) -> None:
        """An e-mail goes before a name: rows of one e-mail are one person's, whom the first row names."""
        assert (("Ann", hours(3)),) == billed(toggl({}, {"User": "Eve"})).people


class TestOneEngine:
    """What an import says of a file, its bill says as well."""

    FORGOTTEN: ClassVar[Cells] = {
        "Start time": "11:00:00",
        "End date": "2026-03-05",
        "End time": "03:00:00",
        "Duration": "64:00:00",
    }
    TWICE: ClassVar[Cells] = {
        "Start date": "2025-10-26",
        "Start time": "02:10:00",
        "End date": "2025-10-26",
        "End time": "02:40:00",
        "Duration": "00:30:00",
    }

    @pytest.mark.parametrize(
        ("row", "warning"), [(FORGOTTEN, ImportWarning.LONG), (TWICE, ImportWarning.CLOCK)], ids=["timer", "autumn"]
    )
    def test_warnings(self, row: Cells, warning: ImportWarning) -> None:
        """A timer that ran for days, and an hour that the clock showed twice, are billed and doubtful in both."""
        report = billed(toggl({}, row), timezone="Europe/Berlin")
        assert [(3, (warning,))] == [(row.row, row.warnings) for row in report.plan.doubtful_rows]
        assert (2, 1) == (report.plan.added.entries, report.plan.doubtful)
        desk = Billing.in_memory(Firm(name="Timesheet", currency="USD", timezone="Europe/Berlin")).as_owner()
        asked = ImportOptions(timezone="Europe/Berlin")
        plan = importer.plan(desk, toggl({}, row), options=asked, rate=50)
        assert report.plan.doubtful_rows == plan.doubtful_rows
        [effect] = (it.balance_effect for it in plan.clients if it.balance_effect)
        assert client(report).standing.balance == effect.after

    def test_refused(self) -> None:
        """A row that is refused keeps the whole file from being billed, naming how many are."""
        with pytest.raises(UnreadableFile, match=r"Row 3, column Start date: .* rows refused: 2") as refused:
            billed(toggl({}, {"Start date": "2026-13-02"}, {"Duration": "eight"}))
        assert (3, "Start date") == (refused.value.row, refused.value.column)

    @pytest.mark.parametrize("enforce", [True, False])
    def test_planned(self, enforce: bool) -> None:
        """What the plan foretells of each client is what the books hold."""
        report = billed(week(), enforce=enforce)
        for planned in report.plan.clients:
            assert planned.balance_effect is not None
            found, effect = client(report, planned.name), planned.balance_effect
            assert (found.standing.balance, found.standing.stopped) == (effect.after, effect.is_stopped)
            assert [invoice.total for invoice in found.invoices] == list(effect.refills)


class TestRecording:
    def test_clock(self) -> None:
        """The clock stands at the end of the entry: work into the night asks for a refill on the next day."""
        night = {"Start time": "20:00:00", "End date": "2026-03-03", "End time": "02:00:00", "Duration": "06:00:00"}
        [refill] = client(billed(toggl(night), evolve(WEEK, refill_at="-300"))).invoices
        assert "2026-03-03" == str(refill.issued_on)

    def test_order(self) -> None:
        """Entries are recorded in the order of the work, whatever the order of the rows."""
        data = toggl(worked(3, 9, 1, Client="Bolt"), worked(2, 9, 1, Client="Acme"))
        assert ["Acme", "Bolt"] == [each.name for each in billed(data).clients]

    def test_longer_than_a_day(self) -> None:
        """A session of more than a day is taken as it is stated, and called doubtful, as an import calls it."""
        data = toggl({"End date": "2026-03-04", "End time": "10:00:00", "Duration": "49:00:00"})
        report = billed(data)
        assert (hours(49), usd(2450)) == (client(report).duration, client(report).worked)
        assert (1, 1) == (report.plan.doubtful, as_data(report)["doubtful"])

    @pytest.mark.parametrize(
        ("cells", "says"),
        [
            ({"Start date": "2062-03-02", "End date": "2062-03-02"}, "more than a day ahead"),
            ({"End date": "2026-05-02", "Duration": "1465:00:00"}, "longer than 31 days"),
            ({"Description": "x" * 10_001}, "at most 10000 fit"),
        ],
    )
    def test_what_is_not_plausible(self, cells: Cells, says: str) -> None:
        """What a desk would refuse is refused with its row, although the clock of these books follows the work."""
        with pytest.raises(UnreadableFile, match=says) as refused:
            billed(toggl(cells))
        assert 2 == refused.value.row

    def test_no_project(self) -> None:
        """Work without a project is on one that is called so."""
        month = client(billed(toggl({"Project": ""}), month=MARCH)).month
        assert month is not None
        assert ["No project"] == [line.name for line in month.lines]

    def test_same_start(self) -> None:
        """Entries that start together are recorded in the order of their rows."""
        rows: list[Cells] = [worked(2, 9, 1, Client="Bolt"), worked(2, 9, 1, Client="Acme")]
        assert ["Bolt", "Acme"] == [each.name for each in billed(toggl(*rows)).clients]
        assert ["Acme", "Bolt"] == [each.name for each in billed(toggl(*reversed(rows))).clients]
