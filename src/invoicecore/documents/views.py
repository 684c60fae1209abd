"""The view models of invoices, both kinds of statements and reminders, made from the data that a desk returned."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from attrs import evolve

from invoicecore.documents.language import Localizer
from invoicecore.documents.summary import InvoiceSummary, SummaryItem, summary_of
from invoicecore.documents.view_model import (
    AccountStatementView,
    AgesTable,
    ChargesTable,
    Closing,
    InvoiceView,
    MovementRow,
    MovementsTable,
    OpenItemsTable,
    PageHead,
    ReminderView,
    SessionGroup,
    SessionsTable,
    StatementView,
    SumsRow,
    SumsTable,
    WrittenText,
)
from invoicecore.ledger.statement import Statement, StatementRow
from invoicecore.lifecycle.invoice import Invoice, Line, PartySnapshot
from invoicecore.queries.dues import AccountStatement, DueRow
from invoicecore.queries.owed import Age
from invoicecore.queries.printable import PrintableAccountStatement, PrintableInvoice, PrintableStatement
from invoicecore.queries.transactions import EntrySource
from invoicecore.values.money import Money
from invoicecore.values.party import Party
from invoicecore.values.tax import Tax
from invoicecore.vocabulary import ChargeKind, DueKind, EntryKind, OnVoid, Status, TaxCategory

MOST_ROWS = 2_000
"""How many sessions of an invoice, movements and open invoices of a statement are listed; more are added up."""

_NOTHING = WrittenText("")


def invoice_view(printable: PrintableInvoice, language: Localizer, *, sessions: bool) -> InvoiceView:
    """The view of an invoice or a draft, with a list of its sessions on request."""
    bill, parties, say = printable.invoice, printable.parties, language.say
    is_covered = bill.status is Status.PAID and bill.is_covered
    if bill.lines and all(line.tax is not None and line.tax.category is TaxCategory.OUTSIDE for line in bill.lines):
        parties = _without_tax_ids(parties)  # which may not stand on such an invoice
    status = say("Nothing due") if is_covered else _statuses(say)[bill.status]
    summary = summary_of(printable, say("Prepaid hours"))
    mark = status if bill.status in {Status.DRAFT, Status.VOID} else ""
    return InvoiceView(
        _head(
            parties,
            language,
            title=" ".join(filter(None, (say("Invoice"), bill.number))),
            subject=(say("Invoice"), WrittenText(bill.number)) if bill.number else (say("Invoice"),),
            mark=mark,
            client_label=say("Bill to"),
            facts=(*_dates(bill, language), *_time(summary, language), (say("Status"), status)),
        ),
        _charges(summary, language),
        _sums(printable, language),
        tuple(_footnotes(summary, language)),
        (*(() if mark else _how_to_pay(parties, language)), *_notes(bill, language)),
        _sessions(printable, summary, language) if sessions and summary.work else None,
    )


def _on_net_balance(language: Localizer) -> Iterator[str]:
    yield language.say("It is without tax, which invoices ask for as well.")
    yield language.say("Payments are shown without the tax in them.")


def _without_tax_ids(parties: PartySnapshot) -> PartySnapshot:
    firm, client = (
        None if it is None else evolve(it, vat_id="", tax_number="")
        for it in (parties.firm_party, parties.client_party)
    )
    return evolve(parties, tax_id="", firm_party=firm, client_party=client)


def statement_view(printable: PrintableStatement, language: Localizer) -> StatementView:
    """The view of the movements of an account."""
    statement, parties, say = printable.statement, printable.parties, language.say
    period = [(say("Period"), language.period(statement.period))] if statement.period else []
    return StatementView(
        _head(
            parties,
            language,
            title=say("Account movements"),
            subject=(say("Account movements"),),
            client_label=say("Client"),
            facts=(
                (say("Date"), language.day(printable.issued_on)),
                *period,
                (say("Opening balance"), language.money(statement.opening)),
                (say("Closing balance"), language.money(statement.closing)),
            ),
        ),
        _movements(printable, language),
        " ".join(
            [
                say("A balance above zero is in your favour; one below zero is what you owe for work."),
                *(_on_net_balance(language) if printable.is_net else []),
            ]
        ),
        _how_to_pay(parties, language) if statement.closing.minor < 0 else (),
    )


def account_statement_view(printable: PrintableAccountStatement, language: Localizer) -> AccountStatementView:
    """The view of a statement of account."""
    statement, parties, say = printable.statement, printable.parties, language.say
    day = printable.issued_on if statement.period is None else min(printable.issued_on, statement.period.last)
    period = [(say("Period"), language.period(statement.period))] if statement.period else []
    return AccountStatementView(
        _head(
            parties,
            language,
            title=say("Statement of account"),
            subject=(say("Statement of account"),),
            client_label=say("Client"),
            facts=(
                (say("Date"), language.day(printable.issued_on)),
                *period,
                (_balance_label(statement.closing, say), language.money(_above_zero(statement.closing))),
            ),
        ),
        _due_movements(statement, language),
        _open_items(statement, language, day),
        _ages(statement, language) if statement.open_items else None,
        _open_sums(statement, language),
        _how_to_pay(parties, language) if statement.closing.minor > 0 else (),
    )


def reminder_view(printable: PrintableInvoice, language: Localizer, as_of: date, late: int) -> ReminderView:
    """The view of a letter about an invoice that is that many days overdue."""
    bill, parties, say, apart = printable.invoice, printable.parties, language.say, language.apart
    assert bill.issued_on is not None  # what is overdue has all three
    assert bill.due_on is not None
    assert bill.number is not None
    was_due = say("Invoice {number} was due on {due}, {days}.").format(
        number=apart(bill.number),
        due=apart(language.day(bill.due_on)),
        days=language.count("{number} day ago", "{number} days ago", late),
    )
    return ReminderView(
        _head(
            parties,
            language,
            title=f"{say('Payment reminder')} · {bill.number}",
            subject=(say("Payment reminder"),),
            client_label=say("Client"),
            facts=(
                (say("Date"), language.day(as_of)),
                (say("Invoice"), WrittenText(bill.number)),
                (say("Issue date"), language.day(bill.issued_on)),
                (say("Due date"), language.day(bill.due_on)),
            ),
        ),
        WrittenText(f"{was_due} {say('We have not received the full payment yet.')}"),
        _sums(printable, language),
        say(
            "Please pay the amount due as soon as you can. "
            "If you have paid in the meantime, please disregard this reminder."
        ),
        _how_to_pay(parties, language),
    )


def _head(
    parties: PartySnapshot,
    language: Localizer,
    *,
    title: str,
    subject: tuple[str, ...],
    client_label: str,
    facts: tuple[tuple[str, str], ...],
    mark: str = "",
) -> PageHead:
    return PageHead(
        tag=language.tag,
        direction=language.reads,
        digits=language.native("0123456789"),
        title=f"{title} · {parties.firm_name}",
        running=f"{parties.firm_name} · {title}",
        subject=subject,
        mark=mark,
        firm_name=WrittenText(parties.firm_name),
        firm_contact=WrittenText(parties.firm_contact or _address(parties.firm_party, parties, language)),
        tax_ids=tuple(_tax_ids(parties.firm_party, parties.tax_id, language)),
        client_label=client_label,
        client_name=WrittenText(parties.client_name),
        client_address=WrittenText(parties.billing_address or _address(parties.client_party, parties, language)),
        facts=(*facts, *_facts_of_client(parties.client_party, language)),
    )


def _address(party: Party | None, parties: PartySnapshot, language: Localizer) -> str:
    """An address in the order of its country, which is named where firm and client are in two."""
    if party is None:
        return ""
    countries = {it.country for it in (parties.firm_party, parties.client_party) if it is not None and it.country}
    return party.address(language.country(party.country) if len(countries) > 1 else "")


def _tax_ids(party: Party | None, written: str, language: Localizer) -> Iterator[tuple[str, WrittenText]]:
    """The tax ids of the firm: as they were written, or those of its parts."""
    vat_id, number = ("", written) if written or party is None else (party.vat_id, party.tax_number)
    if vat_id:
        yield language.say("VAT ID"), WrittenText(vat_id)
    if number:
        yield language.say("Tax ID"), WrittenText(number)


def _facts_of_client(party: Party | None, language: Localizer) -> Iterator[tuple[str, str]]:
    """What a client wants to see on their invoices."""
    if party is None:
        return
    say = language.say
    for label, value in (
        (say("Your VAT ID"), party.vat_id),
        (say("Your tax ID"), "" if party.vat_id else party.tax_number),
        (say("Your reference"), party.buyer_reference),
        (say("Order number"), party.order_number),
    ):
        if value:
            yield label, WrittenText(value)


def _dates(bill: Invoice, language: Localizer) -> Iterator[tuple[str, str]]:
    if bill.issued_on:
        yield language.say("Issue date"), language.day(bill.issued_on)
    if bill.due_on:
        yield language.say("Due date"), language.day(bill.due_on)
    if bill.selection:
        yield language.say("Period of service"), language.period(bill.selection.period)


def _time(summary: InvoiceSummary, language: Localizer) -> Iterator[tuple[str, str]]:
    if summary.have_hours:
        is_spelled = summary.in_decimals
        total = language.spelled_hours(summary.duration) if is_spelled else _hours(summary.duration, summary, language)
        yield language.say("Total time"), total


def _hours(duration: timedelta, summary: InvoiceSummary, language: Localizer) -> str:
    return language.hours(duration) if summary.in_decimals else language.clock(duration, summary.with_seconds)


def _charges(summary: InvoiceSummary, language: Localizer) -> ChargesTable:
    say, timed = language.say, summary.have_hours
    return ChargesTable(
        say("Charges"),
        (say("Description"), *((say("Hours"), say("Rate per hour")) if timed else ()), say("Amount")),
        tuple(_charges_rows(summary, language)),
        "" if summary.all else say("There is nothing on this invoice yet."),
    )


def _charges_rows(summary: InvoiceSummary, language: Localizer) -> Iterator[tuple[str, tuple[str, ...], str | None]]:
    """The items of each group, under the name and the sum of the group where there are several; each says its tax where
    it is not the same for all."""
    groups, timed, words = summary.groups, summary.have_hours, _kinds_of_charges(language.say)
    says_tax = len({item.tax for item in summary.all}) > 1
    for kind, items in groups:
        if len(groups) > 1:
            amount = Money.total((item.amount for item in items), items[0].amount.currency)
            blanks = ("", "") if timed else ()
            yield words[kind][0], (*blanks, language.money(amount)), None
        for item in items:
            yield (
                WrittenText(
                    " · ".join(
                        filter(None, (item.name or words[kind][1], _tax_of(item.tax, language) if says_tax else ""))
                    )
                ),
                (*(_hours_and_rate(item, summary, language) if timed else ()), language.money(item.amount)),
                language.number(item.footnote) if item.footnote else "",
            )


def _tax_of(tax: Tax | None, language: Localizer) -> str:
    """What an item is taxed with: each of its percentages, or why it is not taxed."""
    if tax is None:
        return ""
    if tax.category in {TaxCategory.STANDARD, TaxCategory.ZERO}:
        return " + ".join(map(language.percent, tax.percents))
    return tax.reason or _reason(tax.category, language.say)


def _kinds_of_charges(_: Callable[[str], str]) -> Mapping[ChargeKind | None, tuple[str, str]]:
    """What several charges of a kind are called, and one without a description."""
    return {
        None: (_("Hours"), "–"),
        ChargeKind.EXPENSE: (_("Expenses"), _("Expense")),
        ChargeKind.FEE: (_("Fees"), _("Fee")),
        ChargeKind.ALLOWANCE: (_("Discounts"), _("Discount")),
    }


def _hours_and_rate(charge: SummaryItem, summary: InvoiceSummary, language: Localizer) -> tuple[str, str]:
    hours = "" if charge.duration is None else _hours(charge.duration, summary, language)
    return hours, language.rate(charge.rate) if charge.rate else ""


def _sums(printable: PrintableInvoice, language: Localizer) -> SumsTable:
    bill, say = printable.invoice, language.say
    untaxed = [cover for cover in printable.covered if cover.tax is None]
    asked = bill.total_minor - bill.covered_minor + sum(cover.amount.minor for cover in untaxed)
    rows = [*_taxes(printable, language)]
    if printable.payments or bill.amount_due_minor != (asked if rows else bill.total_minor):
        total = Money(minor=asked, currency=bill.currency) if rows else bill.total
        rows.append((say("Total"), (), language.money(total)))
        for cover in untaxed:
            label = say("Prepaid or already invoiced") if cover.number else say("Credited to your account")
            rows.append((label, (WrittenText(cover.number),) if cover.number else (), language.money(-cover.amount)))
        for payment in printable.payments:
            method = (WrittenText(payment.method),) if payment.method else ()
            details = (language.short_day(payment.received_on), *method)
            match payment.on_void:
                case None:
                    rows.append((say("Payment"), details, language.money(-payment.amount)))
                case OnVoid.KEEP:
                    rows.append((say("Payment kept as credit"), details, language.money(payment.amount)))
                case OnVoid.REVERSE:
                    rows.append((say("Payment taken back"), details, language.money(payment.amount)))
    if bill.is_covered:
        label = say("Nothing due")
    elif bill.status is Status.DRAFT and not bill.covered_minor:
        label = say("Total")
    else:
        label = say("Amount due")
    return SumsTable(say("Total"), (*rows, (label, (), language.money(bill.amount_due))))


def _taxes(printable: PrintableInvoice, language: Localizer) -> Iterator[SumsRow]:
    """The net amount, what was taxed in advance, and the tax table; nothing on an invoice without taxes. Where no tax
    is asked for, the reason stands instead of rate and amount."""
    bill, say = printable.invoice, language.say
    if all(line.tax is None for line in bill.lines):
        return
    yield say("Net amount"), (), language.money(bill.net)
    for cover in printable.covered:
        if cover.tax is not None:
            number = (WrittenText(cover.number),) if cover.number else ()
            yield say("Invoiced in advance"), number, language.money(-cover.amount)
    for row in bill.taxes_due:
        base = (language.money(row.base),)
        if row.category in {TaxCategory.STANDARD, TaxCategory.ZERO}:
            name = row.name or say("Tax")
            yield f"{name} {language.percent(row.percent)}", base, language.money(row.tax)
        else:
            yield row.reason or _reason(row.category, say), base, ""


def _reason(category: TaxCategory, say: Callable[[str], str]) -> str:
    """Why no tax is asked for, where the tax code gives no words of its own."""
    match category:
        case TaxCategory.REVERSE_CHARGE:
            return say("Reverse charge")
        case TaxCategory.DISBURSEMENT:
            return say("Paid in your name and for your account")
        case TaxCategory.OUTSIDE:
            return say("Outside the scope of tax")
        case TaxCategory.EXPORT:
            return say("Export, free of tax")
        case _:
            return say("Free of tax")


def _footnotes(summary: InvoiceSummary, language: Localizer) -> Iterator[tuple[str, str]]:
    rounded = language.say("Each session is rounded by itself; {hours} × {rate} in one piece would be {amount}.")
    capped = language.say("The work costs no more than agreed; {hours} × {rate} would be {amount}.")
    for charge in summary.rounded:
        assert charge.footnote is not None  # what is rounded has all four
        assert charge.duration is not None
        assert charge.rate is not None
        assert charge.whole is not None
        yield (
            language.number(charge.footnote),
            (capped if charge.cut.minor > 0 else rounded).format(
                hours=_hours(charge.duration, summary, language),
                rate=language.rate(charge.rate),
                amount=language.money(charge.whole),
            ),
        )
    if summary.is_rounded:
        yield "", language.say("Times are shown to the second; amounts are reckoned from the exact times.")


def _how_to_pay(parties: PartySnapshot, language: Localizer) -> tuple[Closing, ...]:
    party, instructions = parties.firm_party, parties.payment_instructions
    if not instructions and party is not None and party.iban:
        grouped = " ".join(party.iban[place : place + 4] for place in range(0, len(party.iban), 4))
        instructions = "\n".join(filter(None, (f"IBAN {grouped}", f"BIC {party.bic}" if party.bic else "")))
    if not instructions:
        return ()
    return (Closing("pay", language.say("How to pay"), WrittenText(instructions)),)


def _notes(bill: Invoice, language: Localizer) -> tuple[Closing, ...]:
    return (Closing("notes", language.say("Notes"), WrittenText(bill.notes)),) if bill.notes else ()


def _sessions(printable: PrintableInvoice, summary: InvoiceSummary, language: Localizer) -> SessionsTable:
    """The list of sessions; if they are too many, their sums for each day, or if those are too many, for each group."""
    say, count = language.say, sum(len(charge.lines) for charge in summary.work)
    if count <= MOST_ROWS:
        rows = _session_rows(printable, summary, language)
        columns = [say("Person"), say("Description")]
        explanation = ""
    else:
        rows = _day_rows(printable, summary, language)
        columns = [say("Sessions")]
        explanation = say("Sessions: {number}. They are added up here; a list of each is available as a file (CSV).")
    return SessionsTable(
        say("Work in detail"),
        (say("Date"), *columns, say("Time"), say("Amount")),
        tuple(
            SessionGroup(
                WrittenText(charge.name),
                language.rate(charge.rate) if charge.rate else "",
                language.clock(charge.duration or timedelta(), summary.with_seconds),
                language.money(charge.amount),
                rows_of_charge,
            )
            for charge, rows_of_charge in zip(summary.work, rows, strict=True)
        ),
        explanation.format(number=language.number(count)),
    )


def _session_rows(
    printable: PrintableInvoice, summary: InvoiceSummary, language: Localizer
) -> Iterator[tuple[tuple[str, ...], ...]]:
    names = {id: WrittenText(name) for id, name in printable.parties.names}
    seconds, currency = summary.with_seconds, printable.invoice.currency
    for charge in summary.work:
        yield tuple(
            (
                language.short_day(line.day) if line.day else "",
                names[line.person_id] if line.person_id else _NOTHING,
                WrittenText(line.description) if line.description else _NOTHING,
                language.clock(line.duration or timedelta(), seconds),
                language.money(Money(minor=line.minor, currency=currency)),
            )
            for line in charge.lines
        )


def _day_rows(
    printable: PrintableInvoice, summary: InvoiceSummary, language: Localizer
) -> Iterator[tuple[tuple[str, ...], ...]]:
    seconds, currency = summary.with_seconds, printable.invoice.currency
    by_day = [_by_day(charge.lines) for charge in summary.work]
    if sum(map(len, by_day)) > MOST_ROWS:
        by_day = [{} for _ in by_day]
    for days in by_day:
        yield tuple(
            (
                language.short_day(day),
                language.number(len(lines)),
                language.clock(sum((line.duration or timedelta() for line in lines), timedelta()), seconds),
                language.money(Money(minor=sum(line.minor for line in lines), currency=currency)),
            )
            for day, lines in sorted(days.items())
        )


def _by_day(lines: Iterable[Line]) -> dict[date, list[Line]]:
    days: dict[date, list[Line]] = {}
    for line in lines:
        assert line.day is not None  # a session has one
        days.setdefault(line.day, []).append(line)
    return days


def _movements(printable: PrintableStatement, language: Localizer) -> MovementsTable:
    statement, say = printable.statement, language.say
    kinds, by = kinds_of_movements(say), statement.by
    return _movements_table(
        (say("Movements"), say("Balance"), say("Closing balance")),
        statement,
        _moved(printable, language),
        _moved_by_day(((row.day(by), kinds[row.kind], row.amount, row.balance) for row in statement.rows), language),
        language,
    )


def _movements_table(
    words: tuple[str, str, str],
    statement: Statement | AccountStatement,
    each: Iterator[MovementRow],
    by_day: Iterator[MovementRow],
    language: Localizer,
) -> MovementsTable:
    """The table of a statement: each of its rows, or where they are very many, one for each day. The words are its
    heading, what the balance is called, and what the last one is called."""
    say, period, count = language.say, statement.period, len(statement.rows)
    heading, balance, closing = words
    is_long = count > MOST_ROWS
    explanation = say(
        "Movements: {number}. They are added up by day here; a list of each is available as a file (CSV)."
    )
    return MovementsTable(
        heading,
        (say("Date"), say("Description"), say("Amount"), balance),
        (
            language.short_day(period.first) if period else "",
            say("Opening balance"),
            language.money(statement.opening),
        ),
        tuple(by_day if is_long else each),
        (language.short_day(period.last) if period else "", closing, language.money(statement.closing)),
        explanation.format(number=language.number(count)) if is_long else "",
    )


def _moved_by_day(rows: Iterable[tuple[date, str, Money, Money]], language: Localizer) -> Iterator[MovementRow]:
    """One row for each day: its kinds, the sum of its amounts, and its last balance."""
    for day, grouped in groupby(rows, key=itemgetter(0)):
        _, kinds, amounts, balances = zip(*grouped, strict=True)
        yield (
            language.short_day(day),
            tuple(dict.fromkeys(kinds)),
            (),
            language.money(sum(amounts[1:], amounts[0])),
            language.money(balances[-1]),
        )


def _moved(printable: PrintableStatement, language: Localizer) -> Iterator[MovementRow]:
    kinds = kinds_of_movements(language.say)
    by = printable.statement.by
    for row, cause in printable.rows:
        other_day = () if row.work_day == row.day(by) else (language.short_day(row.work_day),)
        yield (
            language.short_day(row.day(by)),
            (kinds[row.kind], *_subject(row, cause, language.say)),
            (*other_day, *_details(row, cause, language)),
            language.money(row.amount),
            language.money(row.balance),
        )


def _due_movements(statement: AccountStatement, language: Localizer) -> MovementsTable:
    say, kinds = language.say, kinds_of_dues(language.say)
    return _movements_table(
        (say("Invoices and payments"), say("Balance due"), say("Balance due")),
        statement,
        _due(statement.rows, language),
        _moved_by_day(((row.day, kinds[row.kind], row.amount, row.balance) for row in statement.rows), language),
        language,
    )


def _due(rows: Sequence[DueRow], language: Localizer) -> Iterator[MovementRow]:
    kinds = kinds_of_dues(language.say)
    for row in rows:
        yield (
            language.short_day(row.day),
            (kinds[row.kind], *([WrittenText(row.name)] if row.name else ())),
            tuple(WrittenText(text) for text in (row.method, row.reference) if text),
            language.money(row.amount),
            language.money(row.balance),
        )


def _open_items(statement: AccountStatement, language: Localizer, day: date) -> OpenItemsTable:
    say, items = language.say, statement.open_items
    is_long = len(items) > MOST_ROWS
    explanation = say("Open invoices: {number}. They are added up here; a list of each is available as a file (CSV).")
    return OpenItemsTable(
        f"{say('Open invoices')} · {language.day(day)}",
        (say("Invoice"), say("Issue date"), say("Due date"), say("Days overdue"), say("Amount"), say("Amount due")),
        ()
        if is_long
        else tuple(
            (
                (
                    WrittenText(item.name),
                    language.short_day(item.issued_on),
                    language.short_day(item.due_on),
                    language.number(item.days_overdue) if item.days_overdue else "–",
                ),
                language.money(item.amount),
                language.money(item.amount_due),
            )
            for item in items
        ),
        "" if items else say("Nothing is open."),
        explanation.format(number=language.number(len(items))) if is_long else "",
    )


def _ages(statement: AccountStatement, language: Localizer) -> AgesTable:
    say, number, currency = language.say, language.number, statement.closing.currency
    between = say("{first} to {last} days")
    spans = [(1, Age.UP_TO_30), (31, Age.UP_TO_60), (61, Age.UP_TO_90)]
    return AgesTable(
        say("Open by days overdue"),
        (
            say("Not overdue"),
            *(between.format(first=number(first), last=number(last)) for first, last in spans),
            say("More than {number} days").format(number=number(Age.UP_TO_90)),
        ),
        tuple(
            language.money(Money.total([it.amount_due for it in statement.open_items if it.age is age], currency))
            for age in Age
        ),
    )


def _open_sums(statement: AccountStatement, language: Localizer) -> SumsTable:
    say, closing = language.say, statement.closing
    rows: list[tuple[str, tuple[str, ...], str]] = []
    if statement.credit.minor:
        total = Money.total([it.amount_due for it in statement.open_items], closing.currency)
        rows = [
            (say("Open invoices"), (), language.money(total)),
            (say("Your credit"), (), language.money(-statement.credit)),
        ]
    label = _balance_label(closing, say)
    return SumsTable(say("Balance due"), (*rows, (label, (), language.money(_above_zero(closing)))))


def _balance_label(closing: Money, say: Callable[[str], str]) -> str:
    return say("Balance due") if closing.minor >= 0 else say("Balance in your favour")


def _above_zero(amount: Money) -> Money:
    return amount if amount.minor >= 0 else -amount


def _subject(row: StatementRow, cause: EntrySource, say: Callable[[str], str]) -> Iterator[str]:
    """The project of a movement, and its invoice."""
    if cause.project:
        yield WrittenText(cause.project.name)
    if row.invoice_id and cause.invoice:
        yield WrittenText(f"{say('Invoice')} {cause.invoice.name}")


def _details(row: StatementRow, cause: EntrySource, language: Localizer) -> Iterator[str]:
    """The details printed below the kind of a movement."""
    if row.takes_back is not None or row.books_again is not None:
        yield language.say("Booking day corrected")
    if cause.person is not None:
        assert cause.duration is not None  # work has both
        assert cause.rate is not None
        seconds = bool(cause.duration % timedelta(minutes=1))
        yield WrittenText(cause.person.name)
        yield f"{language.clock(cause.duration, seconds)} × {language.rate(cause.rate)}"
        texts = [cause.note]
    else:
        texts = [cause.method, cause.reference, "" if row.note == cause.reference else row.note]
    yield from (WrittenText(text) for text in texts if text)


def _statuses(_: Callable[[str], str]) -> Mapping[Status, str]:
    """The words for a status. Clients read one word for all unpaid ones."""
    unpaid = _("Unpaid")
    return {
        Status.DRAFT: _("Draft"),
        Status.GENERATED: unpaid,
        Status.DUE: unpaid,
        Status.OVERDUE: unpaid,
        Status.UNCOLLECTIBLE: unpaid,
        Status.PAID: _("Paid"),
        Status.VOID: _("Void"),
    }


def kinds_of_movements(_: Callable[[str], str]) -> Mapping[EntryKind, str]:
    """The words for what moves a balance."""
    return {
        EntryKind.WORK: _("Work"),
        EntryKind.WORK_REVERSED: _("Work corrected"),
        EntryKind.PAYMENT: _("Payment"),
        EntryKind.PAYMENT_REVERSED: _("Payment taken back"),
        EntryKind.CREDIT_APPLIED: _("Credit used"),
        EntryKind.CREDIT_RELEASED: _("Credit released"),
        EntryKind.ADJUSTMENT: _("Adjustment"),
        EntryKind.WRITE_OFF: _("Credited to your account"),
        EntryKind.WRITE_OFF_REVERSED: _("Credit withdrawn"),
        EntryKind.EXPENSE: _("Expense"),
        EntryKind.EXPENSE_REVERSED: _("Expense corrected"),
        EntryKind.FEE: _("Fee"),
        EntryKind.FEE_REVERSED: _("Fee corrected"),
        EntryKind.ALLOWANCE: _("Discount"),
        EntryKind.ALLOWANCE_REVERSED: _("Discount corrected"),
    }


def kinds_of_dues(_: Callable[[str], str]) -> Mapping[DueKind, str]:
    """The words for what changes the balance due."""
    return {
        DueKind.INVOICE: _("Invoice"),
        DueKind.PAYMENT: _("Payment"),
        DueKind.REFUND: _("Payment taken back"),
        DueKind.VOID: _("Invoice voided"),
        DueKind.REVERT: _("Invoice taken back"),
        DueKind.WRITE_OFF: _("Invoice written off"),
    }
