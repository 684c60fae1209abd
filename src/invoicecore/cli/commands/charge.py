"""The commands of `charge`: expenses, fees and discounts."""

from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from invoicecore import ChargeKind, ChargeRow, ChargeView, Client, Desk, Money, Page, Period, label
from invoicecore.cli import names, options
from invoicecore.cli.expense_rows import import_expenses
from invoicecore.cli.open_books import on_books
from invoicecore.cli.program import Answer, CommandGroup, CommandRefused, ExitCode
from invoicecore.cli.tables import Words, figures, print_table, say, waits_for_price
from invoicecore.cli.tables import names as words
from invoicecore.values.calendar import day_of

_project = click.option("--project", metavar="PROJECT", help="On this project of the client.")
_note = click.option("--note", metavar="TEXT", help="What the client reads on the invoice.")
_day = options.day("--date", "Its day; today if not given.", alias="day")
_amount = options.argument("amount", options.number, metavar="AMOUNT")
_tax = options.tax_code("Its tax code; that of the project or client if not given or blank.")
_charge = click.argument("charge", metavar="ID")


def _receipt(path: str) -> bytes:
    return Path(path).expanduser().read_bytes()


@click.group("charge", cls=CommandGroup)
def charge_commands() -> None:
    """Expenses, fees and discounts. One is named by its id, which `charge list` shows."""


@charge_commands.command("expense", gives=ChargeView, short_help="Record an expense.")
@names.client
@options.option("--price", options.number, metavar="AMOUNT", help="What the client is asked for it.")
@click.option("--cost", default="", metavar="TEXT", help='What was paid, in any currency: "72.30 EUR".')
@options.option("--receipt", _receipt, metavar="FILE", help="A PNG, a JPEG or a PDF.")
@click.option("--not-billable", is_flag=True, help="Keep it as a record; the client is not asked for it.")
@_project
@_day
@_note
@_tax
@on_books
def expense_command(
    desk: Desk,
    client: str,
    price: str | None,
    cost: str,
    receipt: bytes | None,
    not_billable: bool,
    project: str | None,
    day: date | None,
    note: str | None,
    tax: str | None,
) -> Answer:
    """Record what was paid for CLIENT."""
    found = names.client_called(desk, client)
    charge = desk.charges.expense(
        found.id,
        _on(desk, day),
        price=None if price is None else Money.of(price, found.currency),
        cost=cost,
        receipt=receipt,
        billable=not not_billable,
        **_about(desk, project, note, tax),
    )
    return _recorded(desk, charge, found)


@charge_commands.command("import", gives=tuple[ChargeView, ...], short_help="Record the expenses of a file.")
@options.file
@on_books
def import_command(desk: Desk, file: Path) -> Answer:
    """Record the expenses of FILE, a CSV (commas, semicolons or tabs) whose first line names the columns: client, day,
    price, cost, note, project, source, tax. Client and day are needed. Either all rows are recorded or none; a row with
    a source that was recorded before is passed over.
    """
    charges = import_expenses(file, desk)
    money = Words(desk.firm.settings().locale)
    called = {id: desk.clients.get(id).name for id in {it.client_id for it in charges}}
    shown = [_row(it, called[it.client_id], None, money) for it in charges]
    return Answer(value=charges, show=lambda console: _show(console, shown))


@charge_commands.command("fee", gives=ChargeView, short_help="Charge a fixed price.")
@names.client
@_amount
@_project
@_day
@_note
@_tax
@on_books
def fee_command(
    desk: Desk,
    client: str,
    amount: str,
    project: str | None,
    day: date | None,
    note: str | None,
    tax: str | None,
) -> Answer:
    """Charge CLIENT a fixed price of AMOUNT."""
    found = names.client_called(desk, client)
    asked = Money.of(amount, found.currency)
    charge = desk.charges.fee(found.id, _on(desk, day), asked, **_about(desk, project, note, tax))
    return _recorded(desk, charge, found)


@charge_commands.command("allow", gives=tuple[ChargeView, ...], short_help="Give a discount.")
@names.client
@options.option("--amount", options.number, metavar="AMOUNT", help="So much.")
@options.option("--percent", options.number, metavar="NUMBER", help="So many percent of --period.")
@options.period
@_project
@options.day("--date", "Its day; the last of the period, or today, if not given.", alias="day")
@_note
@_tax
@on_books
def allow_command(
    desk: Desk,
    client: str,
    amount: str | None,
    percent: str | None,
    period: Period | None,
    project: str | None,
    day: date | None,
    note: str | None,
    tax: str | None,
) -> Answer:
    """Give CLIENT a discount of an amount, or of a percentage of what was done in a period: one for each tax code."""
    found = names.client_called(desk, client)
    charges = desk.charges.allow(
        found.id,
        amount=None if amount is None else Money.of(amount, found.currency),
        percent=percent,
        period=period,
        day=day,
        **_about(desk, project, note, tax),
    )
    said = "\n".join(_said(desk, it, found) for it in charges)
    return Answer(value=charges, show=lambda console: say(console, said))


@charge_commands.command("list", gives=Page[ChargeRow], short_help="List expenses, fees and discounts.")
@click.option("--client", metavar="CLIENT", help="For this client.")
@_project
@click.option("--kind", type=click.Choice([it.value for it in ChargeKind]), help="Only these.")
@options.period
@click.option("--billed/--unbilled", "billed", default=None, help="Only what an invoice holds, or what none holds.")
@click.option("--search", default="", metavar="TEXT", help="With this in the note or a name.")
@options.paged
@on_books
def list_command(
    desk: Desk,
    client: str | None,
    project: str | None,
    kind: str | None,
    period: Period | None,
    billed: bool | None,
    search: str,
    limit: int,
    after: str | None,
) -> Answer:
    """List expenses, fees and discounts, the latest first, and add them up."""
    page = desk.pages.charges(
        client_id=None if client is None else names.client_called(desk, client).id,
        project_id=None if project is None else names.project_called(desk, project).id,
        kind=None if kind is None else ChargeKind(kind),
        period=period,
        billed=billed,
        search=search,
        limit=limit,
        after=after,
        totals=True,
    )
    money = Words(desk.firm.settings().locale)
    shown = [_row(it.charge, it.client.name, it.invoice_number, money) for it in page.rows]
    totals = "" if page.totals is None else "\n".join(map(money.money, page.totals.amounts))
    return Answer(value=page, show=lambda console: _show(console, shown, totals), remarks=options.rest_of(page))


@charge_commands.command("edit", gives=ChargeView, short_help="Correct an expense, a fee or a discount.")
@_charge
@options.option("--amount", options.number, metavar="AMOUNT", help="What the client is really asked, or let off.")
@options.day("--date", "The day on which it really was.", alias="day")
@_note
@click.option("--cost", metavar="TEXT", help="What was really paid.")
@_project
@options.option("--receipt", _receipt, metavar="FILE", help="A PNG, a JPEG or a PDF.")
@click.option("--billable/--not-billable", default=None, help="Whether the client is asked for an expense.")
@_tax
@on_books
def edit_command(desk: Desk, charge: str, amount: str | None, project: str | None, **given: Any) -> Answer:
    """Correct what is given of a charge. What is on an invoice stays as it is."""
    old = desk.charges.get(charge)
    client = desk.clients.get(old.client_id)
    changed = {name: value for name, value in given.items() if value is not None}
    if amount is not None:
        changed["amount"] = Money.of(amount, client.currency)
    if project is not None:
        changed["project_id"] = names.project_called(desk, project).id
    if changed.get("tax") == "":
        changed["tax"] = None
    if not changed:
        raise CommandRefused("Say what is to be corrected.", ExitCode.REFUSED)
    return _recorded(desk, desk.charges.edit(charge, **changed), client)


@charge_commands.command("delete", gives=ChargeView, short_help="Take an expense, a fee or a discount away.")
@_charge
@on_books
def delete_command(desk: Desk, charge: str) -> Answer:
    """Take a charge away. What is on an invoice stays."""
    gone = desk.charges.delete(charge)
    said = f"{label(gone.kind)} of {gone.day} is taken away."
    return Answer(value=gone, show=lambda console: say(console, said))


def _on(desk: Desk, day: date | None) -> date:
    return day or day_of(desk.now, desk.firm.settings().timezone)


def _about(desk: Desk, project: str | None, note: str | None, tax: str | None) -> dict[str, Any]:
    id = None if project is None else names.project_called(desk, project).id
    return {"project_id": id, "note": note or "", "tax": tax or None}


def _recorded(desk: Desk, charge: ChargeView, client: Client) -> Answer:
    return Answer(value=charge, show=lambda console: say(console, _said(desk, charge, client)))


def _said(desk: Desk, charge: ChargeView, client: Client) -> str:
    money = Words(desk.firm.settings().locale)
    amount = "" if charge.amount is None else f": {money.money(charge.amount)}"
    if waits_for_price(charge):
        amount = ", without a price yet"
    return f"{label(charge.kind)} for {client.name}, {charge.day}{amount}. Its id is {charge.id}."


def _row(charge: ChargeView, client: str, invoice: str | None, money: Words) -> list[str]:
    amount = "" if charge.amount is None else money.money(charge.amount)
    amount = "no price yet" if waits_for_price(charge) else amount
    return [str(charge.day), client, label(charge.kind), charge.note, amount, invoice or "", charge.id]


def _show(console: Console, rows: list[list[str]], totals: str = "") -> None:
    """The table of charges, each as a row of texts."""
    columns = [
        *(words("Day"), words("Client"), words("Kind"), words("Note")),
        *(figures("Amount", totals), words("Invoice"), words("Id")),
    ]
    print_table(console, "", columns, rows)
