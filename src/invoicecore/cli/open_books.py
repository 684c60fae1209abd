"""The opening of the books for the command line."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from invoicecore import Billing
from invoicecore.billing import database
from invoicecore.cli.terms import OptionRefused
from invoicecore.errors import InvalidInput, SchemaMismatch
from invoicecore.ports.clock import Clock
from invoicecore.ports.store import Storage


@contextmanager
def books_at(url: str | None, *, looks_only: bool = False) -> Iterator[Storage | None]:
    """The books in the database at a URL; None where there is no URL. If it has no tables they are made or, for one
    who only looks, None is given.

    SchemaMismatch where the tables are those of another version.
    """
    if url is None:
        yield None
        return
    try:
        storage = database(url)
    except InvalidInput as refused:
        raise OptionRefused("--store", str(refused)) from refused
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
        yield storage


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
