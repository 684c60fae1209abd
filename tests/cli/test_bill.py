from datetime import timedelta
from fractions import Fraction

import pytest
from attrs import evolve

from invoicecore import InvoiceKind, Period, Rate, importer
from invoicecore.cli.bill import bill
from invoicecore.cli.plan import NO_CLIENT, EntryRefused, OptionRefused, Plan
from invoicecore.cli.report import ClientReport, Report
from tests.cli.sheets import PLAN, week, worked
from tests.importer.files import TOGGL, Cells, harvest, toggl, without
from tests.world import usd


def billed(data: bytes, plan: Plan) -> Report:
    """What comes of billing a file."""
    return bill(importer.read(data, timezone=plan.timezone), plan)


def client(report: Report, name: str = "Acme") -> ClientReport:
    """One client of a report."""
    [found] = [each for each in report.clients if each.name == name]
    return found


def hours(number: int) -> timedelta:
    return timedelta(hours=number)


class TestWeek:
    def test_whole(self) -> None:
        """All entries of the file count, those that cost nothing too, by the duration that is stated."""
        report = billed(week(), PLAN)
        assert (7, hours(46)) == (report.entries, report.duration)
        assert (("Ann", hours(30)), ("Ben", hours(16))) == report.people

    @pytest.mark.req("A31", "A42")
    def test_client(self) -> None:
        """A client's one balance is drawn from by the work on all of its projects."""
        acme = client(billed(week(), PLAN))
        assert (hours(44), usd(2000), usd(-2000)) == (acme.duration, acme.worked, acme.balance)
        assert Fraction(2) == acme.utilization
        assert acme.stopped

    @pytest.mark.req("A39", "A40")
    def test_refills(self) -> None:
        """Refills are asked for as they would have been asked for: one for each time the balance had gone that far."""
        invoices = client(billed(week(), PLAN)).invoices
        assert [(InvoiceKind.REFILL, usd(1000))] * 2 == [(invoice.kind, invoice.total) for invoice in invoices]
        assert ["INV-2026-0001", "INV-2026-0002"] == [invoice.number for invoice in invoices]
        assert ["2026-03-04", "2026-03-09"] == [str(invoice.issued_on) for invoice in invoices]

    def test_no_client(self) -> None:
        """Work without a client is for one that is called so."""
        nobody = client(billed(week(), PLAN), NO_CLIENT)
        assert (hours(2), usd(-100), ()) == (nobody.duration, nobody.balance, nobody.invoices)
        assert not nobody.stopped

    def test_doubtful(self) -> None:
        """An entry whose duration disagrees with its times is billed and named."""
        assert [7] == [entry.row for entry in billed(week(), PLAN).doubtful]

    @pytest.mark.req("A34")
    def test_past_the_stop(self) -> None:
        """Work that came while work was stopped is recorded and counted."""
        assert 1 == billed(week(), PLAN).would_have_stopped

    @pytest.mark.req("A34")
    def test_enforced(self) -> None:
        """If the stop is enforced, that work is refused: it costs nothing and asks for nothing."""
        report = billed(week(), evolve(PLAN, enforce=True))
        acme = client(report)
        assert (1, True) == (report.would_have_stopped, report.enforced)
        assert (hours(36), usd(1600), usd(-1600)) == (acme.duration, acme.worked, acme.balance)
        assert 1 == len(acme.invoices)
        assert hours(46) == report.duration

    def test_steps(self) -> None:
        """Whoever waits is told after each entry."""
        steps: list[int] = []
        bill(importer.read(week()), PLAN, step=lambda: steps.append(1))
        assert 7 == len(steps)

    def test_warnings(self) -> None:
        """Terms that are probably not meant are remarked on once, however many clients have them."""
        [warning] = billed(week(), evolve(PLAN, allowed="-500")).warnings
        assert "Work stops at -500.00 USD" in warning

    def test_nothing(self) -> None:
        """A file without entries makes an empty report."""
        report = billed(toggl(), PLAN)
        assert (0, hours(0), (), ()) == (report.entries, report.duration, report.people, report.clients)


class TestMonth:
    MARCH = evolve(PLAN, month=Period.month(2026, 3))

    def test_invoice(self) -> None:
        """The time invoice of a month comes after the refills, with all billable work of its days."""
        acme = client(billed(week(), self.MARCH))
        assert ["refill", "refill", "time"] == [invoice.kind for invoice in acme.invoices]
        assert acme.month is not None
        assert ("INV-2026-0003", usd(2000)) == (acme.month.invoice.number, acme.month.invoice.total)
        assert usd(-2000) == acme.balance

    def test_lines(self) -> None:
        """Its lines are added up by project."""
        month = client(billed(week(), self.MARCH)).month
        assert month is not None
        assert [("Website", hours(32), usd(1600)), ("Shop", hours(8), usd(400))] == [
            (line.project, line.duration, line.amount) for line in month.lines
        ]

    def test_lines_by_rate(self) -> None:
        """Work on one project at two rates has two lines."""
        data = harvest({"Hours": "2.0"}, {"Hours": "1.0", "Billable Rate": "60.0"}, {"Hours": "1.0"})
        month = client(billed(data, Plan(month=Period.month(2026, 3)))).month
        assert month is not None
        assert [
            ("Website", Rate.hourly("48", "USD"), hours(3), usd(144)),
            ("Website", Rate.hourly("60", "USD"), hours(1), usd(60)),
        ] == [(line.project, line.rate, line.duration, line.amount) for line in month.lines]

    @pytest.mark.parametrize("month", [Period.month(2026, 2), Period.month(2026, 4)])
    def test_nothing_to_bill(self, month: Period) -> None:
        """A client without billable work in the month gets no invoice, nor a draft."""
        acme = client(billed(week(), evolve(PLAN, month=month)))
        assert acme.month is None
        assert 2 == len(acme.invoices)

    def test_days_of_the_zone(self) -> None:
        """The month is one of the firm's zone: the last evening of February in New York is not in March."""
        late = worked(28, 20, 2, **{"Start date": "2026-02-28", "End date": "2026-02-28"})
        plan = Plan(rate="50", timezone="America/New_York", month=Period.month(2026, 2))
        month = client(billed(toggl(late), plan)).month
        assert month is not None
        assert usd(100) == month.invoice.total


class TestRates:
    def test_of_the_file(self) -> None:
        """Each row costs its own rate, also where a rate is given besides."""
        data = harvest({"Hours": "2.0"}, {"Hours": "1.0", "Billable Rate": "60.0"})
        assert usd(156) == client(billed(data, Plan())).worked
        assert usd(156) == client(billed(data, Plan(rate="10"))).worked

    def test_for_rows_without_one(self) -> None:
        """Rows without a rate cost the one that is given."""
        data = harvest({"Hours": "2.0"}, {"Hours": "1.0", "Billable Rate": ""})
        assert usd(106) == client(billed(data, Plan(rate="10"))).worked

    def test_none(self) -> None:
        """A billable row without any rate is asked about, naming the row."""
        data = harvest({}, {"Billable Rate": ""})
        with pytest.raises(OptionRefused, match=r"--rate: at which rate\? Row 3 is billable and brings none"):
            billed(data, Plan())

    def test_not_billable(self) -> None:
        """Work that costs nothing needs no rate, and is kept."""
        acme = client(billed(toggl({"Billable": "No"}), Plan()))
        assert (timedelta(hours=1, minutes=30), usd(0)) == (acme.duration, acme.worked)

    def test_finer_than_the_minor_unit(self) -> None:
        """A rate may be finer than a cent; each session is rounded once, half up: 1.33 h × $0.125 = 0.16625."""
        assert usd("0.17") == client(billed(harvest({"Billable Rate": "0.125"}), Plan())).worked

    def test_impossible(self) -> None:
        """A rate that the books cannot hold refuses its row."""
        data = harvest({}, {"Billable Rate": "999999999999999.0", "Hours": "99999.0"})
        with pytest.raises(EntryRefused, match="Row 3: ") as raised:
            billed(data, Plan())
        assert 3 == raised.value.row


class TestCurrency:
    def test_of_the_file(self) -> None:
        """The currency is the one that the file names."""
        assert "EUR" == client(billed(harvest({"Currency": "Euro - EUR"}), Plan())).balance.currency

    def test_given(self) -> None:
        """Where the file has no amounts, another currency may be given than its heading names."""
        assert "EUR" == client(billed(toggl({}), Plan(rate="50", currency="EUR"))).balance.currency

    def test_contradicted(self) -> None:
        """A rate of the file is not taken for one of another currency."""
        with pytest.raises(OptionRefused, match="'Acme' is billed in EUR, but row 2 is in USD"):
            billed(harvest({}), Plan(currency="EUR"))

    def test_asked(self) -> None:
        """Where nothing names a currency, it is asked for."""
        data = toggl({}, header=without(TOGGL, "Amount (USD)"))
        with pytest.raises(OptionRefused, match=r"--currency: in which currency\? Row 2 names none"):
            billed(data, Plan(rate="50"))

    def test_one_for_each_client(self) -> None:
        """Two clients may have two currencies; amounts that are given are in each client's own."""
        data = harvest({}, {"Client": "Bolt", "Currency": "Euro - EUR"})
        report = billed(data, Plan(allowed="-63.84"))
        assert ["-63.84 USD", "-63.84 EUR"] == [str(each.balance) for each in report.clients]
        assert [True, True] == [each.stopped for each in report.clients]

    def test_two_for_one_client(self) -> None:
        """A client has one currency; a second one is refused, naming the row."""
        with pytest.raises(OptionRefused, match="'Acme' is billed in USD, but row 3 is in EUR"):
            billed(harvest({}, {"Currency": "Euro - EUR"}), Plan())

    def test_blank_cells(self) -> None:
        """A client whose rows name none is billed in the one currency of the file."""
        report = billed(harvest({}, {"Client": "Bolt", "Currency": ""}), Plan())
        assert ["USD", "USD"] == [each.balance.currency for each in report.clients]


class TestPlan:
    @pytest.mark.parametrize(
        ("plan", "option"),
        [
            ({"refill_at": "-5", "rate": "5"}, "--refill-at"),
            ({"refill_hours": "5", "rate": "5"}, "--refill-hours"),
            ({"refill_rate": "5"}, "--refill-rate"),
            ({"refill_at": "-5", "refill_hours": "5"}, "--refill-rate"),
        ],
    )
    def test_goes_together(self, plan: dict[str, str], option: str) -> None:
        """A refill is said whole or not at all."""
        with pytest.raises(OptionRefused) as raised:
            Plan(**plan)  # type: ignore[arg-type]
        assert option == raised.value.option

    @pytest.mark.parametrize(
        ("plan", "option"),
        [
            (Plan(rate="-5"), "--rate"),
            (Plan(rate="5", allowed="-0.001"), "--allowed"),
            (Plan(rate="5", refill_at="-0.001", refill_hours="5"), "--refill-at"),
            (Plan(rate="5", refill_at="-5", refill_hours="0"), "--refill-hours"),
            (Plan(rate="5", refill_at="-5", refill_hours="5", refill_rate="-1"), "--refill-rate"),
        ],
    )
    def test_amounts(self, plan: Plan, option: str) -> None:
        """An amount that cannot be is refused by the name of its option."""
        with pytest.raises(OptionRefused) as raised:
            billed(toggl({}), plan)
        assert option == raised.value.option

    def test_refill_rate(self) -> None:
        """A refill has its own rate where one is given: 20 h × $10."""
        acme = client(billed(week(), evolve(PLAN, refill_at="-1900", refill_rate="10")))
        assert [usd(200)] == [invoice.total for invoice in acme.invoices]

    def test_no_limit(self) -> None:
        """Without an allowed balance work never stops."""
        report = billed(week(), evolve(PLAN, allowed=None))
        assert (0, False) == (report.would_have_stopped, client(report).stopped)


class TestPeople:
    def test_same_name(self) -> None:
        """Two people of one name are told apart by their e-mail."""
        other = "ann@elsewhere.example"
        report = billed(toggl({}, {"Email": other}, {"Email": ""}), PLAN)
        assert ["Ann <ann@northwind.example>", f"Ann <{other}>", "Ann"] == [name for name, _ in report.people]

    def test_one_address_for_two(self) -> None:
        """An e-mail that is two people's refuses the row of the second."""
        with pytest.raises(EntryRefused, match="Row 3: "):
            billed(toggl({}, {"User": "Eve"}), PLAN)


class TestRecording:
    def test_clock(self) -> None:
        """The clock stands at the end of the entry: work into the night asks for a refill on the next day."""
        night = {"Start time": "20:00:00", "End date": "2026-03-03", "End time": "02:00:00", "Duration": "06:00:00"}
        [refill] = client(billed(toggl(night), evolve(PLAN, refill_at="-300"))).invoices
        assert "2026-03-03" == str(refill.issued_on)

    def test_order(self) -> None:
        """Entries are recorded in the order of the work, whatever the order of the rows."""
        data = toggl(worked(3, 9, 1, Client="Bolt"), worked(2, 9, 1, Client="Acme"))
        assert ["Acme", "Bolt"] == [each.name for each in billed(data, PLAN).clients]

    def test_longer_than_a_day(self) -> None:
        """A session of more than a day is taken as it is stated."""
        data = toggl({"End date": "2026-03-04", "End time": "10:00:00", "Duration": "49:00:00"})
        assert (hours(49), usd(2450)) == (client(billed(data, PLAN)).duration, client(billed(data, PLAN)).worked)

    def test_no_project(self) -> None:
        """Work without a project is on one that is called so."""
        plan = Plan(rate="50", month=Period.month(2026, 3))
        month = client(billed(toggl({"Project": ""}), plan)).month
        assert month is not None
        assert ["No project"] == [line.project for line in month.lines]

    def test_same_start(self) -> None:
        """Entries that start together are recorded in the order of their rows."""
        rows: list[Cells] = [worked(2, 9, 1, Client="Bolt"), worked(2, 9, 1, Client="Acme")]
        assert ["Bolt", "Acme"] == [each.name for each in billed(toggl(*rows), PLAN).clients]
        assert ["Acme", "Bolt"] == [each.name for each in billed(toggl(*reversed(rows)), PLAN).clients]
