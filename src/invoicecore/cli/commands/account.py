"""The commands `owed`, `remind`, `adjust`, `statement` and `forecast`."""

from datetime import date
from pathlib import Path

import click
from rich.console import Console

from invoicecore import (
    AccountStatement,
    Aging,
    Desk,
    Forecast,
    LedgerDay,
    Money,
    Period,
    Standing,
    Statement,
    Status,
    label,
)
from invoicecore.cli import names, options
from invoicecore.cli.json_shapes import FILES
from invoicecore.cli.mailing import MAILED, Mailing, changed_after_mail, mailing
from invoicecore.cli.open_books import on_books
from invoicecore.cli.printed import printed
from invoicecore.cli.program import Answer, AnsweringCommand
from invoicecore.cli.tables import Words, figures, print_card, print_table, say
from invoicecore.cli.tables import names as words
from invoicecore.exporter import JournalBasis
from invoicecore.model.client import Client
from invoicecore.values.calendar import day_of

_AGES = ("Not due", "To 30 days", "To 60", "To 90", "Older")


@click.command("owed", cls=AnsweringCommand, gives=Aging)
@click.option("--client", metavar="CLIENT", help="By this client.")
@options.day("--as-of", "As it was on a day; today if not given.")
@options.paged
@on_books
def owed_command(desk: Desk, client: str | None, as_of: date | None, limit: int, after: str | None) -> Answer:
    """Show what is owed on invoices, client by client, by the days since it was due."""
    whose = None if client is None else names.client_called(desk, client).id
    aging = desk.pages.aging(client_id=whose, as_of=as_of, limit=limit, after=after)
    money = Words(desk.firm.settings().locale)
    return Answer(
        value=aging, show=lambda console: _show_aging(aging, console, money), remarks=options.rest_of(aging.clients)
    )


def _show_aging(aging: Aging, console: Console, money: Words) -> None:
    if not aging.clients.rows:
        say(console, f"Nothing is owed on {aging.as_of}.")
        return
    used = [place for place in range(len(_AGES)) if any(row.amounts[place].minor for row in aging.clients.rows)]
    totals = ["\n".join(money.money(amounts[place]) for amounts in aging.totals) for place in used]
    columns = [words("Client"), *(figures(_AGES[place], total) for place, total in zip(used, totals, strict=True))]
    rows = [[row.client.name, *(money.money(row.amounts[place]) for place in used)] for row in aging.clients.rows]
    print_table(console, f"Owed on {aging.as_of}", columns, rows)


@click.command("remind", cls=AnsweringCommand, gives=(MAILED, FILES))
@names.invoice
@options.day("--date", "The date of the letter; today if not given.", alias="day")
@mailing
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a letter as PDF and HTML into this folder, to be sent in another way.",
)
@on_books
def remind_command(desk: Desk, invoice: str, day: date | None, mailing: Mailing, folder: Path | None) -> Answer:
    """Mail a friendly reminder of an invoice that is past its due date, with the invoice as PDF; it is overdue then."""
    from invoicecore.documents import letters, reminder  # of an extra that may not be installed

    found = names.invoice_numbered(desk, invoice)
    on, printable = day or day_of(desk.now, desk.firm.settings().timezone), desk.invoices.printable(found.id)
    if folder is not None:
        return printed([(f"reminder {found.label} {on}", reminder(printable, on))], folder)
    mailed = mailing.mail(desk, found, letters.reminder(printable, on))
    if mailed.is_sent and found.status in {Status.GENERATED, Status.DUE}:
        return mailed.answer(changed_after_mail(found, desk.invoices.set_overdue))
    return mailed.answer(found)


@click.command(
    "adjust",
    cls=AnsweringCommand,
    gives=Standing,
    context_settings={"ignore_unknown_options": True},  # an amount may begin with a minus
)
@names.client
@options.argument("amount", options.number, metavar="AMOUNT")
@click.option("--reason", metavar="TEXT", required=True, help="Why, for the record.")
@on_books
def adjust_command(desk: Desk, client: str, amount: str, reason: str) -> Answer:
    """Move the balance of CLIENT by AMOUNT: 50 is in the client's favour, -50 takes as much away."""
    found = names.client_called(desk, client)
    standing = desk.accounts.adjust(found.id, Money.of(amount, found.currency), reason=reason)
    balance = Words(desk.firm.settings().locale).money(standing.balance)
    return Answer(value=standing, show=lambda console: say(console, f"The balance of {found.name} is {balance}."))


@click.command("statement", cls=AnsweringCommand, gives=(Statement, AccountStatement, FILES))
@names.client
@options.period
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write it as PDF and HTML into this folder.",
)
@click.option(
    "--basis",
    type=click.Choice([it.value for it in JournalBasis]),
    default=JournalBasis.WORK.value,
    help="work: account movements, what moved the balance. invoice: a statement of account, with what is open.",
)
@on_books
def statement_command(desk: Desk, client: str, period: Period | None, folder: Path | None, basis: str) -> Answer:
    """Show the account of CLIENT, or write it for them: everything, or that of some days."""
    found = names.client_called(desk, client)
    if basis == JournalBasis.INVOICE:
        return _account_statement(desk, found, period, folder)
    if folder is not None:
        return printed([(f"movements {found.name}", desk.accounts.printable_statement(found.id, period))], folder)
    statement = desk.accounts.statement(found.id, period)
    firm = desk.firm.settings()

    def show(console: Console) -> None:
        _show_statement(statement, console, Words(firm.locale), found.name)

    return Answer(value=statement, show=show, remarks=options.net_of(firm))


def _account_statement(desk: Desk, found: Client, period: Period | None, folder: Path | None) -> Answer:
    if folder is not None:
        paper = desk.accounts.printable_account_statement(found.id, period)
        return printed([(f"statement {found.name}", paper)], folder)
    statement, money = desk.accounts.account_statement(found.id, period), Words(desk.firm.settings().locale)

    def show(console: Console) -> None:
        columns = [
            words("Day"),
            words(""),
            words(""),
            figures("Amount"),
            figures("Due", money.money(statement.closing)),
        ]
        rows = [["", "Due before", "", "", money.money(statement.opening)]] if statement.period else []
        rows += [
            [str(row.day), label(row.kind), row.name, money.money(row.amount), money.money(row.balance)]
            for row in statement.rows
        ]
        print_table(console, f"{found.name}{'' if period is None else f', {period}'}", columns, rows)

    return Answer(value=statement, show=show)


def _show_statement(statement: Statement, console: Console, money: Words, name: str) -> None:
    columns = [words("Day"), words(""), figures("Amount"), figures("Balance", money.money(statement.closing))]
    rows = [["", "Balance before", "", money.money(statement.opening)]] if statement.period else []
    rows += [
        [str(row.day(statement.by)), label(row.kind), money.money(row.amount), money.money(row.balance)]
        for row in statement.rows
    ]
    day = "booked" if statement.by is LedgerDay.BOOKED else "by work day"
    when = "" if statement.period is None else f", {day} {statement.period}"
    print_table(console, f"{name}{when}", columns, rows)


@click.command("forecast", cls=AnsweringCommand, gives=Forecast)
@names.client
@on_books
def forecast_command(desk: Desk, client: str) -> Answer:
    """Say when CLIENT will be asked for the next refill, and when their work will stop, if it goes on as in the last
    four weeks and nothing is paid.
    """
    found = names.client_called(desk, client)
    forecast = desk.pages.forecast(found.id)
    money = Words(desk.firm.settings().locale)
    facts = {
        "Worked in four weeks": money.money(forecast.worked),
        "Balance": money.money(forecast.balance),
        "Refill asked for": "no refill is set" if forecast.refill_at is None else str(forecast.refill_on or "not yet"),
        "Work stops": "never" if forecast.allowed_balance is None else str(forecast.stops_on or "not yet"),
    }
    return Answer(value=forecast, show=lambda console: print_card(console, found.name, facts))
