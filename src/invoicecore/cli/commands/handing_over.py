"""The commands `export`, `restore` and `remove` for journals, tables, archives, and firms that go."""

from pathlib import Path

import click

from invoicecore import Billing, exporter, importer
from invoicecore.archive import remove_firm, restore, write_archive
from invoicecore.cli import options
from invoicecore.cli.open_books import books_at, only_firm
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.tables import count
from invoicecore.cli.terms import OptionRefused
from invoicecore.ports.store import Storage
from invoicecore.values.inputs import short_repr

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("export", short_help="Write the books as a journal, tables, or one file that restores.")
@click.option("--journal", metavar="FILE", type=_FILE, help="A journal for hledger and ledger.")
@click.option("--beancount", metavar="FILE", type=_FILE, help="A journal for beancount.")
@click.option(
    "--csv",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Tables for spreadsheets: sessions, transactions, invoices and their lines, payments.",
)
@click.option("--archive", metavar="FILE", type=_FILE, help="Everything, in one file; see restore.")
@click.option("--client", metavar="NAME", help="The journals of this client only.")
@options.store("The books, in a database such as sqlite:///books.db.", required=True)
def export_command(
    journal: Path | None,
    beancount: Path | None,
    csv: Path | None,
    archive: Path | None,
    client: str | None,
    store: str,
) -> None:
    """Write the books at a URL as what is asked for, one or several at once. The books stay as they are.

    A journal asserts every balance that the library claims, so that `hledger check` or `bean-check` verifies it.
    """
    if not (journal or beancount or csv or archive):
        raise click.UsageError("Say what to write: --journal, --beancount, --csv or --archive.")
    with options.refusing(None), books_at(store, looks_only=True) as storage:
        billing = only_firm(storage, named=None)
        if billing is None:
            raise OptionRefused("--store", "there are no books here.")
        desk = billing.as_owner()
        whose = None if client is None else _client_called(client, billing)
        for path, dialect in ((journal, exporter.Dialect.HLEDGER), (beancount, exporter.Dialect.BEANCOUNT)):
            if path is not None:
                with ProgressBar(None, "Writing") as bar:
                    entries = exporter.write_journal(desk, path, client_id=whose, dialect=dialect, progress=bar.advance)
                _print(path, count(entries, "ledger entry", "ledger entries"))
        if csv is not None:
            with ProgressBar(None, "Writing") as bar:
                tables = exporter.write_tables(desk, csv, progress=bar.advance)
            _print(csv, ", ".join(count(rows, f"row of {table}", f"rows of {table}") for table, rows in tables.items()))
        if archive is not None:
            with ProgressBar(None, "Writing") as bar:
                written = write_archive(billing, archive, progress=bar.advance_to)
            _print(archive, count(sum(written.counts.values()), "thing", "things"))


def _client_called(name: str, billing: Billing) -> str:
    found = importer.DirectoryIndex.of(billing.as_owner()).client(name)
    if found is None:
        raise OptionRefused("--client", f"there is no client called {name!r}.")
    return found.id


def _print(place: Path, what: str) -> None:
    click.echo(f"{place}: {what}.")


@click.command("restore", short_help="Put the books of an archive into an empty store.")
@options.file
@options.store("Where the books are to be kept: a database that has nothing of them.", required=True)
def restore_command(file: Path, store: str) -> None:
    """Put the books in FILE, which `export --archive` wrote, into the database at a URL, exactly as they were.

    An archive that was changed or cut short is refused, and nothing is restored.
    """
    with options.refusing(file), ProgressBar(None, "Restoring") as bar:
        restored = restore(file, store, progress=bar.advance_to)
    _print(file, f"{count(sum(restored.counts.values()), 'thing is', 'things are')} restored")


@click.command("remove", short_help="Remove a firm that goes, after an archive of it was written.")
@options.store("The database that keeps the firm.", required=True)
@click.option("--archive", metavar="FILE", type=_FILE, required=True, help="A new file for the archive; see restore.")
@click.option("--confirm", metavar="NAME", required=True, help="The name of the firm, written out.")
@click.option("--firm-id", metavar="ID", help="Which firm, where several have that name.")
def remove_command(store: str, archive: Path, confirm: str, firm_id: str | None) -> None:
    """Remove a firm with all its books from the database at a URL. An archive of it is written to FILE first and read
    back; `restore` brings the firm back from it. What is left in the database is an entry that a firm was removed.
    """
    with options.refusing(None), books_at(store, looks_only=True) as storage:
        if archive.exists():
            raise OptionRefused("--archive", f"{archive} is there already; give a new file.")
        removal = remove_firm(_firm_called(confirm, storage, firm_id), archive, confirm=confirm)
    _print(archive, f"{confirm} is removed; SHA-256 {removal.sha256}")


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
