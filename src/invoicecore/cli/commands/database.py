"""The commands `db upgrade` and `db status` for the tables of a database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from invoicecore.billing import database
from invoicecore.errors import InvalidInput, InvoicecoreError


@click.group("db", short_help="Look after the database that keeps books.")
def database_commands() -> None:
    """Look after the tables in the database at a URL, such as sqlite:///books.db."""


@database_commands.command("upgrade", short_help="Make the tables, or bring them up to date.")
@click.argument("url")
def upgrade_command(url: str) -> None:
    """Make the tables in the database at URL, or bring them up to this version of invoicecore."""
    with _refusing(), closing(database(url)) as storage:
        storage.upgrade()
        click.echo(f"The tables are those of this version. {_firms(len(storage.firms()))}")


@database_commands.command("status", short_help="Are the tables up to date?")
@click.argument("url")
def status_command(url: str) -> None:
    """Say whether the tables in the database at URL are those of this version of invoicecore; nothing is changed."""
    with _refusing(), closing(database(url)) as storage:
        click.echo(f"The tables are those of this version. {_firms(len(storage.firms()))}")


@contextmanager
def _refusing() -> Iterator[None]:
    """Errors as the command line tells them."""
    try:
        yield
    except InvalidInput as refused:
        raise click.BadParameter(str(refused), param_hint="URL") from refused
    except InvoicecoreError as failed:
        raise click.ClickException(str(failed)) from failed


def _firms(count: int) -> str:
    return f"{count} {'firm is' if count == 1 else 'firms are'} kept here."
