"""The command `close`: a month as an accountant closes it."""

import json

import click
from attrs import fields

from invoicecore import CloseFigures, LedgerDay, Period, view
from invoicecore.cli import options
from invoicecore.cli.open_books import books_at, only_firm
from invoicecore.cli.tables import count
from invoicecore.cli.terms import OptionRefused

_WORDS = {"due_before": "due before", "written_off": "written off"}


@click.command("close", short_help="What a month has: worked, invoiced, received, open, prepaid.")
@options.this_month
@options.store("The books, in a database such as sqlite:///books.db.", required=True)
@click.option("--by", type=click.Choice([it.value for it in LedgerDay]), help="The day that everything goes by.")
@options.as_json
def close_command(month: Period, store: str, by: str | None, wants_json: bool) -> None:
    """Print the figures of a month, in all for each currency, or with --json client by client. The books stay as they
    are.

    Without --by, clients whose work was imported go by work day, others by booking day.
    """
    with options.refusing(None), books_at(store, looks_only=True) as storage:
        billing = only_firm(storage, named=None)
        if billing is None:
            raise OptionRefused("--store", "there are no books here.")
        closed = billing.as_owner().accounts.close(month, by=None if by is None else LedgerDay(by))
    if wants_json:
        click.echo(json.dumps(view(closed), indent=2, ensure_ascii=False))
        return
    click.echo(f"{month}: {count(len(closed.clients), 'client', 'clients')}")
    for total in closed.totals:
        for field in fields(CloseFigures):
            click.echo(f"{_WORDS.get(field.name, field.name):<12}{getattr(total, field.name)!s:>24}")
