"""The commands `verify`, `db upgrade` and `db status` for the books and tables of a database."""

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from invoicecore import Billing, IntegrityReport, codec
from invoicecore.billing import database
from invoicecore.cli import options
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.tables import count
from invoicecore.errors import InvalidInput, InvoicecoreError, NotFound
from invoicecore.ports.store import Storage

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PLURALS = {"person": "people", "ledger entry": "ledger entries"}


@click.group("db", short_help="Look after the database that keeps books.")
def database_commands() -> None:
    """Look after the tables in the database at a URL, such as sqlite:///books.db."""


@database_commands.command("upgrade", short_help="Make the tables, or bring them up to date.")
@click.argument("url")
def upgrade_command(url: str) -> None:
    """Make the tables in the database at URL, or bring them up to this version of invoicecore."""
    with _refusing(), closing(database(url)) as storage:
        storage.upgrade()
        _print_status(storage)


@database_commands.command("status", short_help="Are the tables up to date?")
@click.argument("url")
def status_command(url: str) -> None:
    """Say whether the tables in the database at URL are those of this version of invoicecore; nothing is changed."""
    with _refusing(), closing(database(url)) as storage:
        _print_status(storage)


def _print_status(storage: Storage) -> None:
    firms = count(len(storage.firms()), "firm is", "firms are")
    click.echo(f"The tables are those of this version. {firms} kept here.")


@contextmanager
def _refusing() -> Iterator[None]:
    """Show errors as the command line does."""
    try:
        yield
    except InvalidInput as refused:
        raise click.BadParameter(str(refused), param_hint="URL") from refused
    except InvoicecoreError as failed:
        raise click.ClickException(str(failed)) from failed


@click.command("verify", short_help="Work out the books anew: are they sound?")
@click.argument("url")
@options.as_json
def verify_command(url: str, wants_json: bool) -> None:
    """Work out all books in the database at URL anew: every balance, total, lock and version. Nothing is changed.

    It says "sound", or what is wrong, where, and since when. The exit code is 0 if all is sound, 1 if anything is
    wrong, and 2 if the books cannot be looked at.
    """
    try:
        with closing(database(url)) as storage, ProgressBar(None, "Verifying") as bar:
            firms = storage.firms()
            if not firms:
                raise NotFound("firm", None)
            reports = [Billing.open(storage, it).verify(progress=bar.advance_to) for it in firms]
    except InvoicecoreError as unusable:
        raise click.UsageError(f"The books cannot be looked at. {unusable}") from unusable
    if wants_json:
        click.echo(
            json.dumps([{"sound": it.is_sound, **codec.dump(it)} for it in reports], indent=2, ensure_ascii=False)
        )
    else:
        for report in reports:
            _print(report)
    if not all(report.is_sound for report in reports):
        raise click.exceptions.Exit(1)


def _print(report: IntegrityReport) -> None:
    result = "sound" if report.is_sound else count(report.found, "finding", "findings")
    click.echo(f"{report.firm_name}: {result}")
    looked_at = ", ".join(_counted(kind, number) for kind, number in report.counts.items())
    click.echo(f"  looked at {looked_at}")
    for finding in report.findings:
        label = f" ({finding.label})" if finding.label else ""
        since = f" Since {finding.since:%Y-%m-%d %H:%M:%S} UTC." if finding.since is not None else ""
        click.echo(f"  {finding.law}{label}: {finding.what}{since}")
    if report.found > len(report.findings):
        click.echo(f"  and {report.found - len(report.findings):,} more")


def _counted(kind: str, number: int) -> str:
    word = _WORD.sub(" ", kind).lower()
    return count(number, word, _PLURALS.get(word, f"{word}s"))
