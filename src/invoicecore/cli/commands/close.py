"""The command `close`: a month as an accountant closes it."""

import click
from attrs import fields
from rich.console import Console

from invoicecore import CloseFigures, Desk, LedgerDay, MonthClose, Period
from invoicecore.cli import options
from invoicecore.cli.open_books import on_books
from invoicecore.cli.program import Answer, AnsweringCommand
from invoicecore.cli.tables import Words, figures, names, print_table, say


@click.command("close", cls=AnsweringCommand, gives=MonthClose)
@options.this_month
@click.option("--by", type=click.Choice([it.value for it in LedgerDay]), help="The day that everything goes by.")
@on_books
def close_command(desk: Desk, month: Period, by: str | None) -> Answer:
    """Show what was worked, invoiced and received in a month, and what is due, open, unbilled and prepaid at its end,
    in all for each currency; with --json also client by client.

    Without --by, clients whose work was imported go by work day, others by booking day.
    """
    closed = desk.accounts.close(month, by=None if by is None else LedgerDay(by))
    money = Words(desk.firm.settings().locale)
    return Answer(value=closed, show=lambda console: _show(closed, console, money))


def _show(closed: MonthClose, console: Console, money: Words) -> None:
    if not closed.totals:
        say(console, f"Nothing happened from {closed.period}, and nothing is open.")
        return
    columns = [names("Figure"), *(figures(total.closing.currency) for total in closed.totals)]
    rows = [
        [field.name.replace("_", " "), *(money.money(getattr(total, field.name)) for total in closed.totals)]
        for field in fields(CloseFigures)
    ]
    print_table(console, f"{closed.period}", columns, rows)
