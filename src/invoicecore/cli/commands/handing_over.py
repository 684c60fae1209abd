"""The commands `export`, `restore` and `remove` for journals, tables, archives, and firms that go."""

from pathlib import Path
from typing import Any

import click

from invoicecore import Billing, LedgerDay, exporter
from invoicecore.archive import remove_firm, restore, write_archive
from invoicecore.cli import options
from invoicecore.cli.file_options import refusing
from invoicecore.cli.json_shapes import COUNTS, TEXT, object_of
from invoicecore.cli.names import client_called
from invoicecore.cli.open_books import books_at, opened, stated, store, store_option
from invoicecore.cli.program import Answer, AnsweringCommand, os_reason
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.tables import count, print_line, say
from invoicecore.cli.terms import OptionRefused
from invoicecore.errors import InvalidInput
from invoicecore.ports.store import Storage
from invoicecore.values.inputs import short_repr

_WRITTEN = object_of(written={"type": "object", "additionalProperties": COUNTS})
_RESTORED = object_of(restored=COUNTS)
_REMOVED = object_of(archive=TEXT, sha256=TEXT)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "export",
    cls=AnsweringCommand,
    gives=_WRITTEN,
)
@click.option("--journal", metavar="FILE", type=_FILE, help="A journal for hledger and ledger.")
@click.option("--beancount", metavar="FILE", type=_FILE, help="A journal for beancount.")
@click.option(
    "--csv",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Tables for spreadsheets: sessions, transactions, invoices and their lines, payments, statements of account, "
    "open items, aging, unbilled work, and for Managers the audit trail.",
)
@click.option("--archive", metavar="FILE", type=_FILE, help="Everything, in one file; see restore.")
@click.option("--client", metavar="NAME", help="The journals of this client only.")
@click.option("--accounts", metavar="FILE", type=_FILE, help="Your own names of accounts, in two columns.")
@click.option(
    "--basis",
    type=click.Choice([it.value for it in exporter.JournalBasis]),
    default=exporter.JournalBasis.WORK.value,
    show_default=True,
    help="What earns the income in journals.",
)
@click.option(
    "--by",
    type=click.Choice([it.value for it in LedgerDay]),
    help="The day on which entries stand; without it, work day for clients whose work was imported.",
)
@store
def export_command(
    journal: Path | None,
    beancount: Path | None,
    csv: Path | None,
    archive: Path | None,
    client: str | None,
    accounts: Path | None,
    basis: str,
    by: str | None,
    store: str | None,
) -> Answer:
    """Write the books as what is asked for, one or several at once. The books stay as they are.

    A journal asserts every balance that the library claims, so that `hledger check` or `bean-check` verifies it. Each
    line of --accounts has what an account is called without it, and what it is to be called: Income:Work:*,4400 Fees.
    """
    if not (journal or beancount or csv or archive):
        raise click.UsageError("Say what to write: --journal, --beancount, --csv or --archive.")
    if (accounts or by) and not (journal or beancount):
        raise click.UsageError("--accounts and --by are for journals: --journal or --beancount.")
    chosen: dict[str, Any] = {
        "accounts": None if accounts is None else _names_in(accounts),
        "basis": exporter.JournalBasis(basis),
        "by": None if by is None else LedgerDay(by),
    }
    written: dict[str, dict[str, int]] = {}
    said: list[str] = []
    with opened(store) as billing:
        desk = billing.as_owner()
        whose = None if client is None else client_called(desk, client).id
        for path, dialect in ((journal, exporter.Dialect.HLEDGER), (beancount, exporter.Dialect.BEANCOUNT)):
            if path is not None:
                with ProgressBar(None, "Writing") as bar:
                    entries = exporter.write_journal(
                        desk, path, client_id=whose, dialect=dialect, progress=bar.advance, **chosen
                    )
                written[str(path)] = {"ledger_entries": entries}
                said.append(f"{path}: {count(entries, 'ledger entry', 'ledger entries')}.")
        if csv is not None:
            with ProgressBar(None, "Writing") as bar:
                tables = exporter.write_tables(desk, csv, progress=bar.advance)
            written[str(csv)] = {str(table): rows for table, rows in tables.items()}
            rows = ", ".join(count(rows, f"row of {table}", f"rows of {table}") for table, rows in tables.items())
            said.append(f"{csv}: {rows}.")
        if archive is not None:
            with ProgressBar(None, "Writing") as bar:
                things = write_archive(billing, archive, progress=bar.advance_to).counts
            written[str(archive)] = dict(things)
            said.append(f"{archive}: {count(sum(things.values()), 'thing', 'things')}.")
    return Answer(value={"written": written}, show=lambda console: say(console, "\n".join(said)))


def _names_in(file: Path) -> dict[str, str]:
    try:
        return exporter.read_account_names(file)
    except InvalidInput as refused:
        raise OptionRefused("--accounts", f"{file}: {refused}") from refused
    except OSError as failed:
        raise OptionRefused("--accounts", os_reason(failed)) from failed


@click.command("restore", cls=AnsweringCommand, gives=_RESTORED)
@options.file
@store_option("Where the books are to be kept, which has none yet")
def restore_command(file: Path, store: str | None) -> Answer:
    """Put the books in FILE, which `export --archive` wrote, into an empty database, exactly as they were.

    An archive that was changed or cut short is refused, and nothing is restored.
    """
    with refusing(file), books_at(stated(store)) as storage, ProgressBar(None, "Restoring") as bar:
        assert storage is not None  # as a place was said
        counts = restore(file, storage, progress=bar.advance_to).counts
    said = f"{file}: {count(sum(counts.values()), 'thing is', 'things are')} restored."
    return Answer(value={"restored": dict(counts)}, show=lambda console: print_line(console, said))


@click.command(
    "remove",
    cls=AnsweringCommand,
    gives=_REMOVED,
)
@store
@click.option("--archive", metavar="FILE", type=_FILE, required=True, help="A new file for the archive; see restore.")
@click.option("--confirm", metavar="NAME", required=True, help="The name of the firm, written out.")
@click.option("--firm-id", metavar="ID", help="Which firm, where several have that name.")
def remove_command(store: str | None, archive: Path, confirm: str, firm_id: str | None) -> Answer:
    """Remove a firm with all its books from the database. An archive of it is written to FILE first and read
    back; `restore` brings the firm back from it. What is left in the database is an entry that a firm was removed.
    """
    with books_at(stated(store), looks_only=True) as storage:
        if archive.exists():
            raise OptionRefused("--archive", f"{archive} is there already; give a new file.")
        removal = remove_firm(_firm_called(confirm, storage, firm_id), archive, confirm=confirm)
    said = f"{archive}: {confirm} is removed; SHA-256 {removal.sha256}."
    return Answer(
        value={"archive": str(archive), "sha256": removal.sha256}, show=lambda console: print_line(console, said)
    )


def _firm_called(name: str, storage: Storage | None, firm_id: str | None) -> Billing:
    """The one firm of that name, or of those the one of that id."""
    firms = [] if storage is None else [Billing.open(storage, id) for id in storage.firms()]
    called = [it for it in firms if it.as_owner().firm.settings().name == name]
    if not called:
        raise OptionRefused("--confirm", f"no firm here is called {short_repr(name)}; give the name of the firm.")
    found = called if firm_id is None else [it for it in called if it.firm_id == firm_id]
    if len(found) != 1:
        ids = ", ".join(it.firm_id for it in called)
        raise OptionRefused("--firm-id", f"give the id of the firm; {short_repr(name)} is the name of {ids}.")
    return found[0]
