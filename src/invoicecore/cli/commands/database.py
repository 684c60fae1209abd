"""The commands `verify`, `db upgrade`, `db distribute` and `db status` for the books and tables of a database."""

import re
from contextlib import closing

import click
from rich.console import Console

from invoicecore import IntegrityReport, codec
from invoicecore.cli.json_shapes import COUNT, TEXT, array_of, object_of
from invoicecore.cli.open_books import no_books, stated, storage_at, store, there, url_of
from invoicecore.cli.program import Answer, AnsweringCommand, CommandGroup, CommandRefused, ExitCode
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.tables import count, print_line, say
from invoicecore.errors import InvoicecoreError
from invoicecore.integrity.verifier import verify_books
from invoicecore.ports.store import Storage

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PLURALS = {"person": "people", "ledger entry": "ledger entries"}
_TABLES = object_of(firms=COUNT)
_DISTRIBUTED = object_of(citus={"type": "boolean"}, distributed=array_of(TEXT), before=array_of(TEXT))
_VERIFIED = array_of({"type": "object", "properties": {"sound": {"type": "boolean"}, "firm_name": TEXT}})


@click.group("db", cls=CommandGroup)
def database_commands() -> None:
    """Look after the tables in a database."""


@database_commands.command("upgrade", gives=_TABLES, short_help="Make the tables, or bring them up to date.")
@store
def upgrade_command(store: str | None) -> Answer:
    """Make the tables in the database, or bring them up to this version of invoicecore."""
    with closing(storage_at(stated(store))) as storage:
        storage.upgrade()
        return _status(storage)


@database_commands.command("status", gives=_TABLES, short_help="Are the tables up to date?")
@store
def status_command(store: str | None) -> Answer:
    """Say whether the tables in the database are those of this version of invoicecore; nothing is changed."""
    with closing(storage_at(there(store))) as storage:
        return _status(storage)


@database_commands.command("distribute", gives=_DISTRIBUTED, short_help="Spread the tables over the nodes of Citus.")
@store
def distribute_command(store: str | None) -> Answer:
    """Distribute the tables over the nodes of Citus, by firm: on a new database, and after an upgrade, whose new tables
    lie on the coordinator alone. A database without Citus is not changed."""
    with closing(storage_at(there(store))) as storage:
        done = storage.distribute()
    said = "This database has no Citus; nothing was changed."
    if done.has_citus:
        said = f"{count(len(done.now), 'table was', 'tables were')} distributed, {len(done.before)} were before."
    value = {"citus": done.has_citus, "distributed": list(done.now), "before": list(done.before)}
    return Answer(value=value, show=lambda console: say(console, said))


def _status(storage: Storage) -> Answer:
    number = len(storage.firms())
    said = f"The tables are those of this version. {count(number, 'firm is', 'firms are')} kept here."
    return Answer(value={"firms": number}, show=lambda console: say(console, said))


@click.command("verify", cls=AnsweringCommand, gives=_VERIFIED)
@click.argument("books", required=False)
@store
def verify_command(books: str | None, store: str | None) -> Answer:
    """Work out all books in the database anew: every balance, total, lock and version. Nothing is changed.

    BOOKS says where they are, like --store. The answer is "sound", or what is wrong, where, and since when; then the
    exit code is 1.
    """
    url = there(store if books is None else url_of(books))
    found = storage_at(url)
    try:
        with closing(found) as storage, ProgressBar(None, "Verifying") as bar:
            firms = storage.firms()
            if not firms:
                raise no_books(url)
            reports = [verify_books(storage, it, progress=bar.advance_to) for it in firms]
    except InvoicecoreError as unusable:
        raise CommandRefused(f"The books cannot be looked at. {unusable}", ExitCode.UNAVAILABLE, unusable) from unusable

    def show(console: Console) -> None:
        for report in reports:
            _show(report, console)

    return Answer(
        value=[{"sound": it.is_sound, **codec.dump(it)} for it in reports],
        show=show,
        exit_code=ExitCode.DONE if all(report.is_sound for report in reports) else ExitCode.REFUSED,
    )


def _show(report: IntegrityReport, console: Console) -> None:
    result = "sound" if report.is_sound else count(report.found, "finding", "findings")
    print_line(console, f"{report.firm_name or report.firm_id}: {result}")
    looked_at = ", ".join(_counted(kind, number) for kind, number in report.counts.items())
    print_line(console, f"  looked at {looked_at or 'nothing'}")
    for finding in report.findings:
        label = f" ({finding.label})" if finding.label else ""
        since = f" Since {finding.since:%Y-%m-%d %H:%M:%S} UTC." if finding.since is not None else ""
        print_line(console, f"  {finding.law}{label}: {finding.what}{since}")
    if report.found > len(report.findings):
        print_line(console, f"  and {report.found - len(report.findings):,} more")


def _counted(kind: str, number: int) -> str:
    word = _WORD.sub(" ", kind).lower()
    return count(number, word, _PLURALS.get(word, f"{word}s"))
