import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from invoicecore import Deposit, Desk, Money, Period, Rate, exporter, utc
from invoicecore.errors import InvalidInput, NotPermitted
from invoicecore.exporter import ExportTable, escape_formula, unescape_formula
from invoicecore.values.ids import SessionId
from tests.proof.walk import WORLD, Walk
from tests.world import World, hourly, usd

_TEXTS = st.text() | st.text("=+-@＝－'\"; \t|\r\n\u200b\ufeffa1,")


def read(text: str) -> list[dict[str, str]]:
    """The rows of a table as text was meant, by the standard library and `unescape_formula`."""
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{name: unescape_formula(cell) for name, cell in row.items()} for row in rows]


def table(desk: Desk, which: ExportTable) -> list[dict[str, str]]:
    """The rows of a table, read back."""
    stream = io.StringIO(newline="")
    count = exporter.write_table(desk, stream, which)
    rows = read(stream.getvalue())
    assert len(rows) == count
    return rows


class TestGuard:
    @pytest.mark.parametrize(
        ("text", "cell"),
        [
            ("", ""),
            ("Lunch", "Lunch"),
            ("well-known a=b", "well-known a=b"),
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1+1", "'＝1+1"),
            ("＠x", "'＠x"),
            ("﹣1", "'﹣1"),
            ("  =1", "'  =1"),
            ("\u200b\ufeff=1", "'\u200b\ufeff=1"),
            ("\u3164\u0301=1", "'\u3164\u0301=1"),
            ('"=1', "'\"=1"),
            ("\t=1", "'\t'=1"),
            ("\rx", "'\rx"),
            ("a;=1+1", "a;'=1+1"),
            ("a;b", "a;b"),
            ("a\n- b", "a\n'- b"),
            ('x;"=1"', 'x;\'"=1"'),
            ("a|=1", "a|'=1"),
            ("'quoted'", "''quoted'"),
            ("don't", "don't"),
            ("'=1", "''=1"),
            ("日本=1", "日本=1"),
        ],
    )
    def test_cells(self, text: str, cell: str) -> None:
        """What could be taken for a formula gets an apostrophe before it, wherever a cell could begin."""
        assert (cell, text) == (escape_formula(text), unescape_formula(cell))

    @given(_TEXTS)
    @example("'")
    @example(";")
    @example("\r\n")
    def test_any_text_is_read_back(self, text: str) -> None:
        """What was guarded is read back, whatever it was, so no two texts look alike."""
        assert text == unescape_formula(escape_formula(text))

    @given(st.lists(_TEXTS.filter(lambda it: not any("\ud800" <= letter <= "\udfff" for letter in it)), min_size=2))
    def test_no_cell_begins_a_formula(self, texts: list[str]) -> None:
        """However a program divides the file into cells, by commas, semicolons, bars or tabs, none is a formula."""
        stream = io.StringIO(newline="")
        csv.writer(stream).writerow([escape_formula(text) for text in texts])
        read = [csv.reader(io.StringIO(stream.getvalue(), newline=""))]
        for delimiter in ";|\t":
            for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
                lines = io.StringIO(stream.getvalue(), newline="")
                read.append(csv.reader(lines, delimiter=delimiter, quoting=quoting))
        cells = [cell.lstrip(' "') for lines in read for line in lines for cell in line]
        assert [] == [cell for cell in cells if cell.startswith(tuple("=+-@＝＋－＠"))]


class TestTables:
    def test_sessions(self, world: World) -> None:
        """A session has who, for whom, on what, when, how long, at which rate and its amount, exactly."""
        world.lee.work.log(world.site.id, start=utc(2026, 3, 2, 15), hours=timedelta(seconds=1, microseconds=5))
        world.maria.work.log(
            world.site.id,
            person_id=world.lee.person_id,
            day=date(2026, 3, 2),
            hours=30,
            allow_over_24h=True,
            billable=False,
            note="=1+1; or\n-2",
            rate=hourly("33.335"),
        )
        [stated, timed] = table(world.maria, ExportTable.SESSIONS)
        assert ("2026-03-02T06:00:00Z", "30:00:00", "no", "=1+1; or\n-2", "33.335", "0.00") == tuple(
            stated[name] for name in ("start", "duration", "billable", "note", "rate", "amount")
        )
        assert {
            "id": timed["id"],
            "person": "Lee",
            "email": "lee@northwind.example",
            "client": "Acme",
            "project": "Website",
            "start": "2026-03-02T15:00:00Z",
            "end": "2026-03-02T15:00:01.000005Z",
            "day": "2026-03-02",
            "duration": "0:00:01.000005",
            "hours": "0.0003",
            "billable": "yes",
            "note": "",
            "rate": "50",
            "amount": "0.01",
            "currency": "USD",
            "invoice": "",
            "cut": "",
        } == timed

    def test_money(self, world: World) -> None:
        """Transactions have the balance after each; payments what they were used for; numbers are plain."""
        world.log(8)
        ask = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE)
        world.maria.payments.record(ask.id, usd(40), method="wire", reference="@X", received_on=date(2026, 2, 27))
        [work, paid] = table(world.maria, ExportTable.TRANSACTIONS)
        told = ("entry", "booked_on", "work_day", "kind", "amount", "balance", "project", "method", "reference")
        assert ("1", "2026-03-02", "2026-03-02", "work", "-400.00", "-400.00", "Website", "", "") == tuple(
            work[name] for name in told
        )
        assert ("2", "2026-03-02", "2026-02-27", "payment", "40.00", "-360.00", "", "wire", "@X") == tuple(
            paid[name] for name in told
        )
        [payment] = table(world.maria, ExportTable.PAYMENTS)
        assert paid["cause"] == payment["id"]
        assert ("40.00", "40.00", "0.00", "0.00", f"{ask.number}=40.00") == tuple(
            payment[name] for name in ("amount", "applied", "unapplied", "reversed", "invoices")
        )

    def test_what_is_open(self, world: World) -> None:
        """Open invoices by number and age, what clients owe, and the work that is on no invoice; why one was voided."""
        world.log(8)
        asks = [world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE) for _ in range(2)]
        world.maria.payments.record(asks[0].id, usd(40))
        world.maria.invoices.void(asks[1].id, note="Asked twice")
        [item] = table(world.maria, ExportTable.OPEN_ITEMS)
        assert (asks[0].number, "0", "100.00", "60.00") == tuple(
            item[name] for name in ("number", "days_overdue", "asked", "amount_due")
        )
        [aging], [unbilled] = (table(world.maria, it) for it in (ExportTable.AGING, ExportTable.UNBILLED))
        assert ("60.00", "0.00", "60.00") == tuple(aging[name] for name in ("not_due", "older", "total"))
        assert ("1", "8:00:00", "8.0000", "400.00") == tuple(
            unbilled[name] for name in ("sessions", "duration", "hours", "amount")
        )
        assert [
            ("invoice", asks[0].number, "100.00", "100.00"),
            ("invoice", asks[1].number, "100.00", "200.00"),
            ("payment", "", "-40.00", "160.00"),
            ("void", asks[1].number, "-100.00", "60.00"),
        ] == [
            tuple(row[name] for name in ("kind", "invoice", "amount", "balance_due"))
            for row in table(world.maria, ExportTable.STATEMENTS)
        ]
        _, void = table(world.maria, ExportTable.INVOICES)
        assert ("void", "2026-03-02", "Asked twice") == tuple(
            void[name] for name in ("status", "ended_on", "void_reason")
        )
        *_, last = table(world.maria, ExportTable.AUDIT)
        assert ("void", "Asked twice", True) == (last["action"], last["reason"], str(asks[1].number) in last["about"])
        assert "" == table(world.cleo, ExportTable.INVOICES)[1]["void_reason"]

    def test_paper(self, world: World) -> None:
        """Invoices have their dates and amounts, lines what is billed; a draft has no number yet."""
        session = world.log(8)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        [row] = table(world.maria, ExportTable.INVOICES)
        assert ("draft", "", "", "400.00", "0.00") == tuple(
            row[name] for name in ("status", "number", "issued_on", "total", "amount_paid")
        )
        invoice = world.maria.invoices.generate(draft.id)
        [row] = table(world.maria, ExportTable.INVOICES)
        assert ("generated", "unpaid", invoice.number, "2026-03-02", "2026-03-16", "400.00") == tuple(
            row[name] for name in ("status", "display_status", "number", "issued_on", "due_on", "amount_due")
        )
        assert [
            {
                "invoice_id": invoice.id,
                "invoice": invoice.number,
                "line": "1",
                "description": "",
                "project": "Website",
                "person": "Lee",
                "day": "2026-03-02",
                "duration": "8:00:00",
                "hours": "8.0000",
                "rate": "50",
                "blocks": "",
                "amount": "400.00",
                "currency": "USD",
                "session_id": session,
                "charge_id": "",
                "charge_kind": "",
            }
        ] == table(world.maria, ExportTable.LINES)

    @pytest.mark.parametrize("seed", range(4))
    def test_random_histories(self, seed: int) -> None:
        """Whatever happened, the tables say what the desk says."""
        walk = Walk(seed)
        assert walk.go(WORLD - 1)
        desk = walk.stage.desk("manager")
        clients = desk.clients.all()
        assert [
            (entry.client_id, entry.sequence, entry.kind, entry.minor, entry.balance_minor, entry.note, entry.cause)
            for client in clients
            for entry in desk.accounts.entries(client.id)
        ] == [
            (
                row["client_id"],
                int(row["entry"]),
                row["kind"],
                Money.of(row["amount"], row["currency"]).minor,
                Money.of(row["balance"], row["currency"]).minor,
                row["entry_note"],
                row["cause"],
            )
            for row in table(desk, ExportTable.TRANSACTIONS)
        ]
        sessions = {it.id: it for it in desk.work.sessions()}
        rows = table(desk, ExportTable.SESSIONS)
        assert [(it.start, it.id) for it in sorted(sessions.values(), key=lambda it: (it.start, it.id))] == [
            (datetime.fromisoformat(row["start"]), row["id"]) for row in rows
        ]
        for row in rows:
            session = sessions[SessionId(row["id"])]
            hours, minutes, seconds = row["duration"].split(":")
            assert session.duration == timedelta(hours=int(hours), minutes=int(minutes)) + timedelta(
                microseconds=round(float(seconds) * 1_000_000)
            )
            assert (session.note, str(session.day), session.billable) == (
                row["note"],
                row["day"],
                row["billable"] == "yes",
            )
            assert (session.rate, session.amount) == (
                Rate.hourly(row["rate"], row["currency"]),
                Money.of(row["amount"], row["currency"]),
            )
        payments = [payment for client in clients for payment in desk.payments.of(client.id)]
        assert [(it.id, str(it.amount.amount), it.method, it.reference) for it in payments] == [
            tuple(row[name] for name in ("id", "amount", "method", "reference"))
            for row in table(desk, ExportTable.PAYMENTS)
        ]
        invoices = [desk.invoices.get(row["id"]) for row in table(desk, ExportTable.INVOICES)]
        lines = table(desk, ExportTable.LINES)
        assert [(it.id, line.description) for it in invoices for line in it.lines] == [
            (row["invoice_id"], row["description"]) for row in lines
        ]
        for invoice in invoices:
            amounts = [Money.of(it["amount"], it["currency"]) for it in lines if it["invoice_id"] == invoice.id]
            assert invoice.total == Money.total(amounts, invoice.currency) + invoice.tax


class TestColumns:
    def test_names(self) -> None:
        """The names of the columns are promised."""
        assert {
            ExportTable.SESSIONS: (
                "id person email client project start end day duration hours billable note rate amount currency "
                "invoice cut"
            ),
            ExportTable.TRANSACTIONS: (
                "client client_id entry booked_on booked_at booked_by work_day kind amount balance currency project "
                "person invoice method reference work_note entry_note takes_back books_again cause"
            ),
            ExportTable.INVOICES: (
                "id number client client_id kind status display_status issued_on due_on service_from service_to "
                "ended_on void_reason total covered amount_paid amount_due currency"
            ),
            ExportTable.LINES: (
                "invoice_id invoice line description project person day duration hours rate blocks amount currency "
                "session_id charge_id charge_kind"
            ),
            ExportTable.PAYMENTS: (
                "id client client_id received_on recorded_at amount applied unapplied reversed reversed_on "
                "currency method reference origin invoices invoice_ids"
            ),
            ExportTable.STATEMENTS: "client client_id day kind invoice method reference amount balance_due currency",
            ExportTable.OPEN_ITEMS: ("client client_id number issued_on due_on days_overdue asked amount_due currency"),
            ExportTable.AGING: (
                "client client_id not_due days_1_to_30 days_31_to_60 days_61_to_90 older total currency"
            ),
            ExportTable.UNBILLED: (
                "client client_id project project_id sessions duration hours "
                "work expenses fees discounts amount currency"
            ),
            ExportTable.CHARGES: (
                "id kind client project person day note billable cost receipt amount currency invoice"
            ),
            ExportTable.AUDIT: "position at by action reason about changed",
        } == {each: " ".join(each.columns) for each in ExportTable}


class TestWhoMayWrite:
    def test_who_sees_no_money(self, world: World, tmp_path: Path) -> None:
        """Supervisors and workers have sessions alone, without what tells of money; workers their own."""
        world.log(1)
        world.maria.work.log(world.site.id, start=utc(2026, 3, 2, 15), hours=1)
        for desk, count in ((world.sam, 2), (world.lee, 1)):
            folder = tmp_path / str(count)
            assert {ExportTable.SESSIONS: count} == exporter.write_tables(desk, folder)
            assert ["sessions.csv"] == [file.name for file in folder.iterdir()]
            header = (folder / "sessions.csv").read_text(encoding="utf-8-sig").splitlines()[0]
            assert "id,person,email,client,project,start,end,day,duration,hours,billable,note" == header
            for which in set(ExportTable) - {ExportTable.SESSIONS}:
                with pytest.raises(NotPermitted):
                    exporter.write_table(desk, tmp_path / "x.csv", which)
        assert not (tmp_path / "x.csv").exists()
        assert {"Lee": "lee@northwind.example", "Maria": "maria@northwind.example"} == {
            row["person"]: row["email"] for row in table(world.sam, ExportTable.SESSIONS)
        }

    def test_contacts(self, world: World) -> None:
        """A contact has what is their client's; one who is limited to projects no client-wide money."""
        other = world.client()
        world.log(1)
        world.log(1, world.project(other))
        for project in (world.site, world.project(other)):
            draft = world.maria.invoices.draft(project.client_id, Period.month(2026, 3))
            world.maria.invoices.generate(draft.id)
        assert {"Acme"} == {
            row["client"]
            for which in (ExportTable.SESSIONS, ExportTable.TRANSACTIONS, ExportTable.INVOICES)
            for row in table(world.cleo, which)
        }
        assert [1] * 4 == [
            len(table(world.cleo, which))
            for which in (ExportTable.SESSIONS, ExportTable.TRANSACTIONS, ExportTable.INVOICES, ExportTable.LINES)
        ]
        world.maria.people.restrict_to_projects(world.cleo.person_id, [world.project(name="Another").id])
        seen = [which for which in ExportTable if which is not ExportTable.AUDIT]
        assert [0] * len(seen) == [len(table(world.cleo, which)) for which in seen]


class TestCharges:
    def test_each_is_a_row(self, world: World) -> None:
        """With its amount and its invoice, and for a Manager with its cost."""
        day = date(2026, 3, 2)
        ticket = world.lee.charges.expense(world.acme.id, day, cost="=72.30 EUR", project_id=world.site.id)
        world.maria.charges.edit(ticket.id, amount=usd(80))
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id)
        world.maria.charges.fee(world.acme.id, day, usd(5), note="Setup")
        ticket_row, fee_row = table(world.maria, ExportTable.CHARGES)
        expected = ("expense", "Acme", "Website", "2026-03-02", "=72.30 EUR", "80.00", "USD", invoice.number)
        of = ("kind", "client", "project", "day", "cost", "amount", "currency", "invoice")
        assert expected == tuple(ticket_row[name] for name in of)
        assert ("fee", "Setup", "", "5.00", "") == tuple(
            fee_row[name] for name in ("kind", "note", "project", "amount", "invoice")
        )
        assert ["", ""] == [row["cost"] for row in table(world.cleo, ExportTable.CHARGES)]


class TestFiles:
    def test_what_is_written(self, world: World, tmp_path: Path) -> None:
        """A file begins with a byte-order mark, for spreadsheets, and its lines end as RFC 4180 says."""
        world.log(1)
        told: list[int] = []
        assert {
            ExportTable.SESSIONS: 1,
            ExportTable.TRANSACTIONS: 1,
            ExportTable.INVOICES: 0,
            ExportTable.LINES: 0,
            ExportTable.PAYMENTS: 0,
            ExportTable.STATEMENTS: 0,
            ExportTable.OPEN_ITEMS: 0,
            ExportTable.AGING: 0,
            ExportTable.UNBILLED: 1,
            ExportTable.CHARGES: 0,
            ExportTable.AUDIT: len(table(world.maria, ExportTable.AUDIT)),
        } == (exporter.write_tables(world.maria, tmp_path / "a" / "b", progress=told.append))
        content = (tmp_path / "a" / "b" / "sessions.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbfid,")
        assert (2, 2) == (content.count(b"\r\n"), content.count(b"\n"))
        assert 3 + len(table(world.maria, ExportTable.AUDIT)) == sum(told)

    def test_malformed(self, world: World) -> None:
        """What is no table is refused."""
        with pytest.raises(InvalidInput):
            exporter.write_table(world.maria, io.StringIO(), "sessions")  # type: ignore[arg-type]
