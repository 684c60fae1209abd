"""The opening of the books for the command line."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from invoicecore import Billing
from invoicecore.billing import database
from invoicecore.cli.terms import OptionRefused
from invoicecore.errors import InvalidInput, NotFound, SchemaMismatch
from invoicecore.ports.clock import Clock
from invoicecore.ports.store import Storage

if TYPE_CHECKING:
    from invoicecore.storage.sql import SqlStorage

STORE = "INVOICECORE_STORE"
"""The variable of the environment that says where the books are."""
_SQLITE = "sqlite:///"


def url_of(store: str) -> str:
    """The URL of the books: as it is, or that of the SQLite file at a path. OptionRefused for a blank text."""
    if not store.strip():
        raise OptionRefused("--store", "it is blank; give a file such as books.db, or sqlite:///books.db.")
    return store if "://" in store else f"{_SQLITE}{store}"


def store_option(help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Where the books are."""
    return click.option(
        "--store",
        metavar="BOOKS",
        envvar=STORE,
        callback=lambda context, parameter, value: None if value is None else url_of(value),
        help=f"{help}: a file of SQLite, or the URL of a database.  [default: {STORE}]",
    )


store: Callable[[Callable[..., Any]], Callable[..., Any]] = store_option("Where the books are")


def on_books(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command at the desk of the owner of the books, which is its first argument."""

    @store
    @wraps(command)
    def run(store: str | None, **given: Any) -> Any:
        with opened(store) as billing:
            return command(billing.as_owner(), **given)

    return run


@contextmanager
def opened(url: str | None) -> Iterator[Billing]:
    """The one firm in the database at a URL. OptionRefused where there is no URL, NotFound where there are no books."""
    with books_at(stated(url), looks_only=True) as storage:
        billing = only_firm(storage, named=None)
        if billing is None:
            raise no_books(url)
        yield billing


def stated(url: str | None) -> str:
    """The URL. OptionRefused where there is none."""
    if url is None:
        raise OptionRefused("--store", f"say where the books are, such as --store books.db, or set {STORE}.")
    return url


def there(url: str | None) -> str:
    """The URL of books that are there, so that a mistyped name of a file makes none. OptionRefused where there is no
    URL, NotFound where there is no such file."""
    known = stated(url)
    file = file_of(known)
    if file is not None and not file.exists():
        raise no_books(known)
    return known


def file_of(url: str) -> Path | None:
    """The file of an SQLite URL; None for any other URL, for memory, and for a file that is named by a URI."""
    path = url.removeprefix(_SQLITE).partition("?")[0]
    is_file = url.startswith(_SQLITE) and path and not path.startswith(("file:", ":"))
    return Path(path) if is_file else None


def no_books(url: str | None) -> NotFound:
    """What is said of a place without books."""
    missing = NotFound("firm", None)
    missing.args = (f"There are no books in {(url or '').removeprefix(_SQLITE)}; `invoicecore init` begins them.",)
    return missing


@contextmanager
def books_at(url: str | None, *, looks_only: bool = False) -> Iterator[Storage | None]:
    """The books in the database at a URL; None where there is no URL. If it has no tables they are made or, for one
    who only looks, None is given. A file that was not there before is gone again if no books were begun in it.

    SchemaMismatch where the tables are those of another version.
    """
    if url is None:
        yield None
        return
    file = file_of(url)
    is_new = file is not None and not file.exists()
    if is_new and looks_only:
        yield None
        return
    storage = storage_at(url)
    has_books = False
    try:
        with closing(storage):
            try:
                storage.firms()
            except SchemaMismatch as mismatch:
                if mismatch.found is not None:
                    raise
                if looks_only:
                    yield None
                    return
                storage.upgrade()
            try:
                yield storage
            finally:
                has_books = is_new and bool(storage.firms())
    finally:
        if is_new and not has_books and file is not None:
            for ending in ("", "-journal", "-wal", "-shm"):
                Path(f"{file}{ending}").unlink(missing_ok=True)


def storage_at(url: str) -> "SqlStorage":
    """The storage at a URL. OptionRefused for what is no URL of a database."""
    try:
        return database(url)
    except InvalidInput as refused:
        raise OptionRefused("--store", str(refused)) from refused


def only_firm(storage: Storage | None, *, named: str | None, clock: Clock | None = None) -> Billing | None:
    """The one firm in the storage; None where there is none yet. OptionRefused if there are several, or if it is called
    otherwise than it was `named`."""
    if storage is None or not storage.firms():
        return None
    try:
        billing = Billing.open(storage, clock=clock)
    except InvalidInput as several:
        raise OptionRefused("--store", str(several)) from several
    name = billing.as_owner().firm.settings().name
    if named not in {None, name}:
        raise OptionRefused("--firm", f"these books are those of {name}.")
    return billing


def zone_of(storage: Storage | None) -> str | None:
    """The zone of the one firm in the storage; None where there is none yet, or several."""
    if storage is None or len(storage.firms()) != 1:
        return None
    return Billing.open(storage).as_owner().firm.settings().timezone
