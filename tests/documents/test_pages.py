"""What stands on each page, and the options for rendering it."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from attrs import evolve

from invoicecore import (
    Deposit,
    DueKind,
    InvoiceKind,
    Line,
    OnVoid,
    Overpayment,
    Period,
    PrintableInvoice,
    Status,
    documents,
    utc,
)
from invoicecore.documents import Document, PaperSize
from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.lifecycle.invoice import PartySnapshot
from invoicecore.queries.dues import DueRow, OpenItem
from invoicecore.testing.pictures import png
from invoicecore.values.logo import Logo
from tests.documents.papers import HEAD, MARCH, hours, paper, work
from tests.documents.reading import Element, read, rows
from tests.documents.writing import day, days, money, number, short_day, spelled_hours
from tests.pictures import jpeg
from tests.world import World, hourly, usd

FIFTY = hourly(50)
SESSION = work(hours(8), FIFTY, note="Wireframes")
FLAT = Line("A flat price", 100_00)
MONDAY = short_day(date(2026, 3, 2))


def page(document: Document) -> Element:
    return read(document.html).one("html")


def facts(document: Document) -> dict[str, str]:
    """What stands beside the client, by its label."""
    terms = page(document).one("dl")
    return {label.text: value.text for label, value in zip(terms.all("dt"), terms.all("dd"), strict=True)}


class TestInvoice:
    @pytest.mark.req("A3", "A4", "B7")
    def test_everything_on_it(self) -> None:
        """Firm, client, number, dates, period, status, work, payments, what is left, how to pay, and notes."""
        document = documents.invoice(
            paper(SESSION, paid=(150_00,), status=Status.DUE, notes="Thank you\nfor your trust")
        )
        shown = page(document)
        assert "Northwind Studio 12 Harbour Street Hamburg Tax ID: DE 123" == shown.one("div", "firm").text
        assert "Bill to Acme 88 Orchard Road" == shown.one("section", "client").text
        assert "Invoice INV-7" == shown.one("h1").text
        assert {
            "Issue date": day(date(2026, 3, 31)),
            "Due date": day(date(2026, 4, 14)),
            "Period of service": days(date(2026, 3, 1), date(2026, 3, 31)),
            "Total time": spelled_hours("8"),
            "Status": "Unpaid",
        } == facts(document)
        assert [["Website", number("8.00"), money("50.00"), money("400.00")]] == rows(shown.one("table", "charges"))
        assert [
            ["Total", money("400.00")],
            [f"Payment {short_day(date(2026, 4, 1))} · wire", money("-150.00")],
            ["Amount due", money("250.00")],
        ] == rows(shown.one("table", "sums"))
        assert [
            [f"Website {money('50.00')}", "8:00", money("400.00")],
            [MONDAY, "Lee", "Wireframes", "8:00", money("400.00")],
        ] == rows(shown.one("table", "sessions"))
        closing = [section.text for section in shown.all("section", "closing")]
        assert ["How to pay IBAN DE02", "Notes Thank you for your trust"] == closing
        assert "Invoice INV-7 · Northwind Studio" == document.title == shown.one("title").text

    def test_what_is_not_there(self) -> None:
        """Neither tax id, address, instructions, notes nor logo leave anything behind."""
        bare = PartySnapshot("Northwind", "", "Acme", "", "", "UTC", HEAD.names)
        shown = page(documents.invoice(paper(SESSION, head=bare)))
        assert ("Northwind", "Bill to Acme") == (shown.one("div", "firm").text, shown.one("section", "client").text)
        assert [] == shown.all("section", "closing") == shown.all("img")

    def test_without_sessions(self) -> None:
        """The summary stands alone."""
        shown = page(documents.invoice(paper(SESSION), sessions=False))
        assert ["charges", "sums"] == [table.attributes["class"] for table in shown.all("table")]

    def test_a_flat_price(self) -> None:
        """It has neither hours nor rate, nor any session."""
        document = documents.invoice(paper(FLAT, kind=InvoiceKind.MANUAL, selection=None))
        assert [["A flat price", money("100.00")]] == rows(page(document).one("table", "charges"))
        assert {"Issue date", "Due date", "Status"} == facts(document).keys()
        assert [] == page(document).all("section", "detail")

    def test_a_refill(self, world: World) -> None:
        """Its hours are called so in the client's language, unless somebody described them."""
        world.log(24)
        [refill] = world.maria.invoices.of(world.acme.id)
        sheet = world.maria.invoices.printable(refill.id)
        assert [["Prepaid hours", number("20.00"), money("50.00"), money("1000.00")]] == rows(
            page(documents.invoice(sheet)).one("table", "charges")
        )
        german = evolve(sheet, parties=evolve(sheet.parties, locale="de"))
        assert "Vorausbezahlte Stunden" == rows(page(documents.invoice(german)).one("table", "charges"))[0][0]
        world.maria.invoices.revert(refill.id)
        world.maria.invoices.save(refill.id, description="For spring")
        again = world.maria.invoices.printable(world.maria.invoices.generate(refill.id).id)
        assert "For spring" == rows(page(documents.invoice(again)).one("table", "charges"))[0][0]

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            (Status.GENERATED, "Unpaid"),
            (Status.DUE, "Unpaid"),
            (Status.OVERDUE, "Unpaid"),
            (Status.PAID, "Paid"),
            (Status.UNCOLLECTIBLE, "Unpaid"),
            (Status.VOID, "Void"),
        ],
    )
    @pytest.mark.req("A69")
    def test_status(self, status: Status, said: str) -> None:
        """As clients read it."""
        document = documents.invoice(paper(SESSION, status=status, paid=(400_00,) if status is Status.PAID else ()))
        assert said == facts(document)["Status"]

    def test_covered(self, world: World) -> None:
        """It says what is prepaid or was invoiced, by which number, and what was credited; never whether that is paid.
        Where nothing is left, its status and its preview say so."""
        world.maria.accounts.adjust(world.acme.id, usd(50), reason="Goodwill")
        world.log(21)  # 1,050: the refill asks for 1,000
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        covered = [
            ["Total", money("1050.00")],
            ["Prepaid or already invoiced INV-2026-0001", money("-1000.00")],
            ["Credited to your account", money("-50.00")],
            ["Nothing due", money("0.00")],
        ]
        preview = documents.preview(world.maria.invoices.printable(draft.id))
        assert ("Draft", covered) == (facts(preview)["Status"], rows(page(preview).one("table", "sums")))
        printed = documents.invoice(world.maria.invoices.printable(world.maria.invoices.generate(draft.id).id))
        assert ("Nothing due", covered) == (facts(printed)["Status"], rows(page(printed).one("table", "sums")))
        world.log(1)
        part = documents.preview(world.maria.invoices.printable(world.maria.invoices.draft(world.acme.id, MARCH).id))
        assert [["Total", money("50.00")]] == rows(page(part).one("table", "sums"))

    @pytest.mark.req("B27")
    def test_void(self) -> None:
        """It says so beside its number and across the page, asks for nothing, and does not say how to pay."""
        shown = page(documents.invoice(paper(SESSION, status=Status.VOID)))
        assert "Invoice INV-7 Void" == shown.one("h1").text
        assert ("Void", "Void") == (shown.one("span", "mark").text, shown.one("div", "across").text)
        assert [["Total", money("400.00")], ["Amount due", money("0.00")]] == rows(shown.one("table", "sums"))
        assert [] == shown.all("section", "closing")

    @pytest.mark.req("B27")
    @pytest.mark.parametrize(
        ("on_void", "said"), [(OnVoid.KEEP, "Payment kept as credit"), (OnVoid.REVERSE, "Payment taken back")]
    )
    def test_payments_of_a_void_one(self, on_void: OnVoid, said: str) -> None:
        """It says what had been paid, and what became of that; nothing is subtracted."""
        shown = page(documents.invoice(paper(SESSION, status=Status.VOID, paid=(100_00,), on_void=on_void)))
        assert [
            ["Total", money("400.00")],
            [f"{said} {short_day(date(2026, 4, 1))} · wire", money("100.00")],
            ["Amount due", money("0.00")],
        ] == rows(shown.one("table", "sums"))

    def test_what_is_finished_has_no_mark(self) -> None:
        """Nothing lies across it."""
        shown = page(documents.invoice(paper(SESSION)))
        assert [] == shown.all("span", "mark") == shown.all("div", "across")


class TestPreview:
    @pytest.mark.req("B5")
    def test_draft(self) -> None:
        """It says that it is one, and has no number and no dates."""
        document = documents.preview(paper(SESSION, status=Status.DRAFT))
        shown = page(document)
        assert "Invoice Draft" == shown.one("h1").text
        assert {"Period of service", "Total time", "Status"} == facts(document).keys()
        assert "Draft" == facts(document)["Status"] == shown.one("div", "across").text
        assert [["Total", money("400.00")]] == rows(shown.one("table", "sums"))
        assert "text-transform: uppercase" in document.html

    def test_empty(self) -> None:
        """A draft on which is nothing yet says so."""
        shown = page(documents.preview(paper(status=Status.DRAFT)))
        assert [["There is nothing on this invoice yet."]] == rows(shown.one("table", "charges"))

    def test_each_of_its_own(self) -> None:
        """A draft is not printed as an invoice, nor an invoice as a draft."""
        with pytest.raises(InvalidState, match=r"documents\.preview shows it"):
            documents.invoice(paper(SESSION, status=Status.DRAFT))
        with pytest.raises(InvalidState, match=r"documents\.invoice prints it"):
            documents.preview(paper(SESSION))


class TestReminder:
    LATE = paper(SESSION, status=Status.OVERDUE, paid=(150_00,))

    def test_letter(self) -> None:
        """It names the invoice, when it was due, how long ago, and what is left."""
        document = documents.reminder(self.LATE, date(2026, 4, 26))
        shown = page(document)
        said = plain(shown.all("div", "letter")[0].text)
        assert said.startswith(f"Invoice INV-7 was due on {day(date(2026, 4, 14))}, 12 days ago. ")
        assert ["Amount due", money("250.00")] == rows(shown.one("table", "sums"))[-1]
        assert {
            "Date": day(date(2026, 4, 26)),
            "Invoice": "INV-7",
            "Issue date": day(date(2026, 3, 31)),
            "Due date": day(date(2026, 4, 14)),
        } == facts(document)
        assert "Payment reminder · INV-7 · Northwind Studio" == document.title

    @pytest.mark.parametrize(
        ("sheet", "as_of"),
        [
            (LATE, date(2026, 4, 14)),
            (paper(SESSION, status=Status.PAID, paid=(400_00,)), date(2026, 5, 1)),
            (paper(SESSION, status=Status.VOID), date(2026, 5, 1)),
            (paper(SESSION, status=Status.DRAFT), date(2026, 5, 1)),
        ],
    )
    def test_what_is_not_overdue(self, sheet: PrintableInvoice, as_of: date) -> None:
        """On its due date, paid, void or a draft: there is nothing to remind of."""
        with pytest.raises(InvalidState, match="is overdue on"):
            documents.reminder(sheet, as_of)


def plain(text: str) -> str:
    """Without the marks that keep directions apart."""
    return text.replace("\u2068", "").replace("\u2069", "")


class TestStatement:
    def test_everything_on_it(self, world: World) -> None:
        """What moved the balance, what caused it, and the balances around."""
        world.maria.firm.change(payment_instructions="IBAN DE02")
        world.maria.work.log(world.site.id, start=world.clock.now(), hours="1.5", note="Café")
        bill = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE)
        world.maria.payments.record(bill.id, usd(50), method="wire", reference="TX-1")
        world.maria.accounts.adjust(world.acme.id, usd(5), reason="Goodwill")
        document = documents.statement(world.maria.accounts.printable_statement(world.acme.id, Period.month(2026, 3)))
        shown = page(document)
        assert [
            [short_day(date(2026, 3, 1)), "Opening balance", "", money("0.00")],
            [MONDAY, f"Work · Website Maria · 1:30 × {money('50.00')} · Café", money("-75.00"), money("-75.00")],
            [MONDAY, "Payment · Invoice INV-2026-0001 wire · TX-1", money("50.00"), money("-25.00")],
            [MONDAY, "Adjustment Goodwill", money("5.00"), money("-20.00")],
            [short_day(date(2026, 3, 31)), "Closing balance", "", money("-20.00")],
        ] == rows(shown.one("table", "movements"))
        assert {
            "Date": day(date(2026, 3, 2)),
            "Period": days(date(2026, 3, 1), date(2026, 3, 31)),
            "Opening balance": money("0.00"),
            "Closing balance": money("-20.00"),
        } == facts(document)
        assert ["How to pay IBAN DE02"] == [section.text for section in shown.all("section", "closing")]

    def test_without_a_period(self, world: World) -> None:
        """It is everything, and nothing is asked of who owes nothing."""
        document = documents.statement(world.maria.accounts.printable_statement(world.acme.id))
        assert "Period" not in facts(document)
        assert [] == page(document).all("section", "closing")
        assert [["", "Opening balance", "", money("0.00")], ["", "Closing balance", "", money("0.00")]] == rows(
            page(document).one("table", "movements")
        )

    def test_work_that_was_edited(self, world: World) -> None:
        """Each row says what it stood for when it was booked."""
        session = world.log(2)
        world.maria.work.edit(session, hours=3, note="Longer")
        document = documents.statement(world.maria.accounts.printable_statement(world.acme.id))
        assert [
            [MONDAY, f"Work · Website Lee · 2:00 × {money('50.00')}", money("-100.00"), money("-100.00")],
            [MONDAY, f"Work corrected · Website Lee · 2:00 × {money('50.00')}", money("100.00"), money("0.00")],
            [MONDAY, f"Work · Website Lee · 3:00 × {money('50.00')} · Longer", money("-150.00"), money("-150.00")],
        ] == rows(page(document).one("table", "movements"))[1:-1]

    def test_work_that_is_billed(self, world: World) -> None:
        """An invoice is told of money alone, for which it was; what a payment took back was for is said by its note."""
        world.log(2)
        bill = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id)
        paid = world.maria.payments.record(bill.id, usd(40), method="wire", reference="TX-1").payment
        world.maria.payments.reverse(paid.id, note="It bounced.")
        document = documents.statement(world.maria.accounts.printable_statement(world.acme.id))
        assert [
            [MONDAY, f"Work · Website Lee · 2:00 × {money('50.00')}", money("-100.00"), money("-100.00")],
            [MONDAY, "Payment · Invoice INV-2026-0001 wire · TX-1", money("40.00"), money("-60.00")],
            [MONDAY, "Payment taken back wire · TX-1 · It bounced.", money("-40.00"), money("-100.00")],
        ] == rows(page(document).one("table", "movements"))[1:-1]

    def test_work_of_another_day(self, world: World) -> None:
        """Its own day is told beside that of the booking."""
        world.maria.work.log(world.site.id, day=date(2026, 2, 27), hours=1)
        document = documents.statement(world.maria.accounts.printable_statement(world.acme.id))
        worked = f"Work · Website {short_day(date(2026, 2, 27))} · Maria · 1:00 × {money('50.00')}"
        assert [MONDAY, worked] == rows(page(document).one("table", "movements"))[1][:2]


class TestAccountStatement:
    def test_everything_on_it(self, world: World) -> None:
        """Invoices, payments and what ended them, what is open with its age, credit and the balance due."""
        world.maria.firm.change(payment_instructions="IBAN DE02")
        old, new = (
            world.maria.invoices.manual(world.acme.id, usd(amount), deposit=Deposit.NOT_DEPOSITED)
            for amount in (100, 70)
        )
        world.maria.payments.record(new.id, usd(80), method="wire", reference="TX", overpayment=Overpayment.TO_CREDIT)
        world.maria.payments.record(old.id, usd(40))
        twice = world.maria.invoices.manual(world.acme.id, usd(5), deposit=Deposit.NOT_DEPOSITED)
        world.maria.invoices.void(twice.id, note="Asked twice")
        world.clock.set(utc(2026, 5, 2, 15))  # 47 days after 16 March
        document = documents.account_statement(
            world.maria.accounts.printable_account_statement(world.acme.id, Period.year(2026))
        )
        shown, first, last = page(document), short_day(date(2026, 1, 1)), short_day(date(2026, 12, 31))
        assert [
            [first, "Opening balance", "", money("0.00")],
            [MONDAY, "Invoice · INV-2026-0001", money("100.00"), money("100.00")],
            [MONDAY, "Invoice · INV-2026-0002", money("70.00"), money("170.00")],
            [MONDAY, "Invoice · INV-2026-0003", money("5.00"), money("175.00")],
            [MONDAY, "Payment wire · TX", money("-80.00"), money("95.00")],
            [MONDAY, "Payment", money("-40.00"), money("55.00")],
            [MONDAY, "Invoice voided · INV-2026-0003", money("-5.00"), money("50.00")],
            [last, "Balance due", "", money("50.00")],
        ] == rows(shown.one("table", "movements"))
        due = short_day(date(2026, 3, 16))
        assert [["INV-2026-0001", MONDAY, due, "47", money("100.00"), money("60.00")]] == rows(
            shown.one("table", "items")
        )
        nothing = money("0.00")
        assert [[nothing, nothing, money("60.00"), nothing, nothing]] == rows(shown.one("table", "ages"))
        assert ["Not overdue", "1 to 30 days", "31 to 60 days", "61 to 90 days", "More than 90 days"] == [
            head.text for head in shown.one("table", "ages").all("th")
        ]
        assert [
            ["Open invoices", money("60.00")],
            ["Your credit", money("-10.00")],
            ["Balance due", money("50.00")],
        ] == rows(shown.one("table", "sums"))
        assert (day(date(2026, 5, 2)), money("50.00")) == (facts(document)["Date"], facts(document)["Balance due"])
        assert ["How to pay IBAN DE02"] == [section.text for section in shown.all("section", "closing")]
        assert "statement-Acme-2026-01-01-2026-12-31" == document.file_name[:-9]

    def test_more_paid_than_asked(self, world: World) -> None:
        """Nothing is open, and the balance is the client's."""
        bill = world.maria.invoices.manual(world.acme.id, usd(70), deposit=Deposit.NOT_DEPOSITED)
        world.maria.payments.record(bill.id, usd(80), overpayment=Overpayment.TO_CREDIT)
        document = documents.account_statement(world.maria.accounts.printable_account_statement(world.acme.id))
        assert "Nothing is open." in document.html
        assert [] == page(document).all("table", "ages") == page(document).all("section", "closing")
        assert ["Balance in your favour", money("10.00")] == rows(page(document).one("table", "sums"))[-1]

    @pytest.mark.parametrize(
        ("locale", "title", "other"),
        [
            ("en_US", "Statement of account", "Account movements"),
            ("de", "Kontoauszug", "Kontobewegungen"),
            ("fr", "Relevé de compte", "Mouvements du compte"),
            ("es", "Estado de cuenta", "Movimientos de la cuenta"),
            ("it", "Estratto conto", "Movimenti del conto"),
            ("nl", "Rekeningoverzicht", "Mutaties van de rekening"),
            ("pt", "Extrato de conta", "Movimentos da conta"),
            ("ja", "取引明細書", "残高の増減明細"),
            ("ar", "كشف حساب", "حركات الحساب"),
        ],
    )
    def test_its_name(self, world: World, locale: str, title: str, other: str) -> None:
        """In every language it is called otherwise than the movements of the balance."""
        world.maria.clients.change(world.acme.id, locale=locale)
        accounts = world.maria.accounts
        assert (title, other) == (
            page(documents.account_statement(accounts.printable_account_statement(world.acme.id))).all("h1")[0].text,
            page(documents.statement(accounts.printable_statement(world.acme.id))).all("h1")[0].text,
        )

    def test_more_than_are_listed(self, world: World) -> None:
        """Movements are added up by day and open invoices by age; the file has all of them."""
        printable = world.maria.accounts.printable_account_statement(world.acme.id)
        row = DueRow(
            day=date(2026, 3, 2),
            kind=DueKind.INVOICE,
            amount=usd(1),
            balance=usd(9),
            name="=1",
            method="",
            reference="",
        )
        item = OpenItem(
            name="=1",
            issued_on=date(2026, 3, 2),
            due_on=date(2026, 3, 16),
            amount=usd(1),
            amount_due=usd(1),
            days_overdue=3,
        )
        many = evolve(printable.statement, rows=(row,) * 2_001, closing=usd(2_001), open_items=(item,) * 2_001)
        document = documents.account_statement(evolve(printable, statement=many))
        shown = page(document)
        assert [MONDAY, "Invoice", money("2001.00"), money("9.00")] == rows(shown.one("table", "movements"))[1]
        assert ([], money("2001.00")) == (shown.all("table", "items"), rows(shown.one("table", "ages"))[0][1])
        assert ["Movements: 2,001.", "Open invoices: 2,001."] == [
            it.text.split(" They")[0] for it in shown.all("p", "explained")
        ]
        assert document.has_list_apart
        listed = document.list_csv.splitlines()
        assert (1 + 2 * 2_001, "2026-03-02,Open invoice,'=1,2026-03-16,,1.00,,1.00,USD") == (len(listed), listed[-1])


def each_page() -> list[Document]:
    """One of each kind, in both directions and on both papers."""
    return [
        draw(evolve(sheet, parties=evolve(HEAD, locale=locale)), paper_size=format)
        for (draw, sheet), locale, format in product(
            [
                (documents.invoice, paper(SESSION, paid=(1,), status=Status.VOID, notes="Thanks")),
                (documents.preview, paper(SESSION, status=Status.DRAFT)),
                (lambda sheet, **how: documents.reminder(sheet, date(2026, 5, 1), **how), TestReminder.LATE),
            ],
            ["en", "ar"],
            [PaperSize.A4, "Letter"],
        )
    ]


class TestForm:
    """What is true of every page."""

    @pytest.mark.parametrize("document", each_page(), ids=lambda it: f"{it.locale} {it.title}")
    def test_accessible(self, document: Document) -> None:
        """A language and a direction, one first heading, no level left out, named tables whose heads have a scope, and
        a text for each picture; ids are there once, and what refers to one finds it."""
        shown = page(document)
        assert {"lang", "dir"} == shown.attributes.keys()
        assert 1 == len(shown.all("h1")) == len(shown.all("main")) == len(shown.all("title"))
        assert [] == shown.all("h3")
        for table in shown.all("table"):
            assert {"aria-label", "aria-labelledby"} & table.attributes.keys()
            assert all("scope" in head.attributes for head in table.all("th"))
            assert [] == [cell for head in table.all("thead") for cell in head.all("td")]
        everything = [shown, *(it for tag in ("section", "table", "h2", "img") for it in shown.all(tag))]
        ids = [it.attributes["id"] for it in everything if "id" in it.attributes]
        assert len(ids) == len({*ids})
        assert {it.attributes["aria-labelledby"] for it in everything if "aria-labelledby" in it.attributes} <= {*ids}

    @pytest.mark.parametrize("document", each_page(), ids=lambda it: f"{it.locale} {it.title}")
    def test_self_contained(self, document: Document) -> None:
        """No script, no link, nothing from elsewhere; a policy in the page says so to browsers as well."""
        shown = page(document)
        assert [] == shown.all("script") == shown.all("link") == shown.all("iframe") == shown.all("object")
        assert not {"src", "href", "onload", "style"} & {name for it in shown.all("div") for name in it.attributes}
        assert "url(" not in document.html
        assert "http" not in document.html.replace("http-equiv", "")
        assert "default-src 'none'" in shown.all("meta")[1].attributes["content"]

    @pytest.mark.parametrize(("format", "size"), [("A4", "A4"), ("Letter", "Letter"), (PaperSize.LETTER, "Letter")])
    def test_paper(self, format: PaperSize | str, size: str) -> None:
        """A4 or Letter; any other is refused."""
        assert f"size: {size};" in documents.invoice(paper(SESSION), paper_size=format).html
        unknown: Any
        for unknown in ("A5", "a4", None, 4):
            with pytest.raises(InvalidInput, match="paper_size must be A4 or Letter"):
                documents.invoice(paper(SESSION), paper_size=unknown)

    @pytest.mark.parametrize("picture", [png(3, 2), jpeg(3, 2)])
    @pytest.mark.req("A6")
    def test_logo(self, picture: bytes) -> None:
        """It is in the page itself, and is called what the firm is called."""
        logo = Logo(picture)
        [shown] = page(documents.invoice(evolve(paper(SESSION), logo=logo))).all("img")
        assert shown.attributes["src"].startswith(f"data:{logo.media_type};base64,")
        assert "Northwind Studio" == shown.attributes["alt"]

    @pytest.mark.req("A8")
    def test_theme(self) -> None:
        """The firm's, by its tokens; one of an earlier time that is none is told, and the usual one taken."""
        html = documents.invoice(paper(SESSION, head=evolve(HEAD, theme="classic accent=#ffee00 logo=end"))).html
        assert "--accent: #ffee00" in html
        assert "Noto Serif" in html
        assert 'class="letterhead at-end"' in html
        old = documents.invoice(paper(SESSION, head=evolve(HEAD, theme="dark")))
        assert documents.invoice(paper(SESSION)).html == old.html
        assert old.warnings[0] == "'dark' is not a theme; there are plain, classic, studio. The usual one was taken."

    def test_what_is_no_paper(self) -> None:
        """Something else than what the desk gives is malformed."""
        wrong: Any = paper(SESSION).invoice
        for draw in (documents.invoice, documents.preview, documents.statement):
            with pytest.raises(InvalidInput, match="printable must be a"):
                draw(wrong)
        with pytest.raises(InvalidInput, match="as_of must be a date"):
            documents.reminder(TestReminder.LATE, wrong)
        with pytest.raises(InvalidInput, match="sessions must be True or False"):
            documents.invoice(paper(SESSION), sessions=wrong)


HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}{% raw %}</style>&lt;\u202e\x1b]'


class TestHostile:
    def test_in_every_field(self) -> None:
        """No text changes the tags of a page, and none of it is run."""

        def drawn(text: str) -> Element:
            head = PartySnapshot(
                text, text, text, text, "", "UTC", (("site", text), ("lee", text)), "en", None, text, text
            )
            sheet = paper(
                evolve(SESSION, description=text), evolve(FLAT, description=text), head=head, number=text, notes=text
            )
            payments = (evolve(paper(paid=(1,)).payments[0], method=text),)
            return read(documents.invoice(evolve(sheet, payments=payments)).html)

        assert drawn("harmless").skeleton == drawn(HOSTILE).skeleton
        assert "{{ 7 * 7 }}" in drawn(HOSTILE).text
        assert "<script>" in drawn(HOSTILE).text


class TestLong:
    def test_a_thousand_sessions(self) -> None:
        """Each stands on it, and the head of the table is one that is repeated."""
        lines = [work(timedelta(minutes=n), FIFTY, note=f"note {n}", id=f"s{n}") for n in range(1, 1001)]
        shown = page(documents.invoice(paper(*lines)))
        table = shown.one("table", "sessions")
        assert [f"note {n}" for n in range(1, 1001)] == [row[2] for row in rows(table)[1:]]
        assert 1 == len(table.all("thead"))
        # 1 + 2 + … + 1000 minutes are 500,500 minutes
        assert ["Website", "8341:40"] == rows(shown.one("table", "charges"))[0][:2]
