"""What a verification remembers of the records that it has read, to check later ones."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Protocol, get_args

from attrs import define

from invoicecore.integrity.laws import Finding
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.work_session import WorkSession
from invoicecore.ports.store import Entity
from invoicecore.settlement.account import Account
from invoicecore.values.calendar import day_of
from invoicecore.values.ids import FirmId
from invoicecore.values.logo import Logo
from invoicecore.values.receipt_file import ReceiptFile

Look = Callable[[Any], Iterable[Finding]]
Looks = Mapping[type[Any], Look]

_MORE_ROWS = bytes(8 * 256)  # by so many zeros a column grows
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """An instant as a whole number."""
    return (moment - _EPOCH) // _MICROSECOND


def _to_instant(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND


class BooksCheck(Protocol):
    """A family of laws: what it checks in a record of each kind, and at the end."""

    looks: Looks

    def end(self) -> Iterator[Finding]:
        """The findings after everything was read."""


class SeenRecords:
    """The records of one kind, by id. What is remembered of each is in columns of machine words, in the order in which
    the ids came, so that a million of them stay small."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.version: Final = array("q")  # 0 for a record that only the audit names
        self.audited: Final = array("q")  # how many versions the audit tells, without a gap
        self.changed_at: Final = array("q")  # by the audit, in microseconds
        self.removed_at: dict[int, int] = {}  # the last version of what is gone, by row
        self._columns = [self.version, self.audited, self.changed_at]

    def row(self, id: str) -> int:
        """Where a record stands; a new one is added."""
        row = self.rows.get(id)
        if row is None:
            row = self.rows[id] = len(self.rows)
            if row == len(self.version):
                for column in self._columns:
                    column.frombytes(_MORE_ROWS)
        return row

    def add(self, id: str, version: int) -> None:
        """Remember a record that is there."""
        self.version[self.row(id)] = version

    def find(self, id: str) -> int | None:
        """Where a record stands that is there."""
        row = self.rows.get(id)
        return row if row is not None and self.version[row] else None

    def __contains__(self, id: str) -> bool:
        row = self.rows.get(id)
        return row is not None and self.version[row] != 0


class SeenSessions(SeenRecords):
    """The sessions: their client, their time, what a line must say about them, and which invoice locks them."""

    def __init__(self) -> None:
        super().__init__()
        self.client: Final = array("q")  # its row
        self.start: Final = array("q")  # in microseconds
        self.stated_day: Final = array("q")  # its ordinal, or 0
        self.facts: Final = array("q")  # a hash of all that a line says of a session, and whether it was removed
        self.rest: Final = array("q")  # what its entries still have to add up to
        self.locked_by: Final = array("q")  # the row of the live invoice that bills it, and 1; or 0
        self._columns += [self.client, self.start, self.stated_day, self.facts, self.rest, self.locked_by]

    def day(self, row: int, zone: str) -> date:
        """The business day of a session in a zone."""
        stated = self.stated_day[row]
        return date.fromordinal(stated) if stated else day_of(_to_instant(self.start[row]), zone)


@define
class SeenInvoice:
    """An invoice, as far as payments and its history must fit it; `unpaid_parts` is what payments have still to apply
    to it, and `written_off` what entries have still to give back for it."""

    client_id: str
    is_live: bool
    deposits: bool
    status: str
    steps: int
    unpaid_parts: int
    written_off: int
    asked_minors: tuple[int, int, int]
    owed_minor: int
    due_on: date | None


@define
class SeenPayment:
    """A payment: of which client, what its entries still have to add up to, and what they moved."""

    client_id: str
    rest: int = 0
    moved: int = 0


@define
class SeenCharge:
    """A charge: what a line must say about it, what its entries still have to add up to, which live invoice bills it,
    and whether a reverted draft asks for it."""

    charge: Charge
    rest: int
    locked_by: str | None = None
    is_reverted: bool = False


class SeenState:
    """Everything that a verification remembers. `sums`, `credit` and `deposited` are what should stand in each
    client's account."""

    def __init__(self, firm_id: FirmId) -> None:
        self.firm_id = firm_id
        self.latest_at = 0  # that the audit tells of, in microseconds
        self.sessions: Final = SeenSessions()
        self.records: dict[str, SeenRecords] = {kind.__name__: SeenRecords() for kind in get_args(Entity)}
        self.records[WorkSession.__name__] = self.sessions
        self.people: set[str] = set()
        self.receipts: Final = self.records[ReceiptFile.__name__]
        self.charges: dict[str, SeenCharge] = {}
        self.logos: Final = self.records[Logo.__name__]
        self.clients: Final = self.records[Client.__name__]
        self.tax_codes: set[str | None] = {None}  # of the firm
        self.currencies: dict[str, str] = {}  # by client
        self.accounts: dict[str, Account] = {}
        self.clients_of: dict[str, str] = {}  # by project
        # What the sessions of a project still have to add up to that has, or had, a cap.
        self.caps_left: dict[str, int] = {}
        self.emails: dict[str, str] = {}  # the owner of each
        self.timers: dict[str, str] = {}  # by person
        self.invoices: dict[str, SeenInvoice] = {}
        self.numbers: dict[str, str] = {}  # the owner of each
        self.payments: dict[str, SeenPayment] = {}
        self.sums: dict[str, Counter[str]] = defaultdict(Counter)  # what they add to each sum of an account
        self.credit: dict[str, int] = defaultdict(int)
        self.taxed: set[str] = set()  # the clients with an invoice of which a payment is tax in part
        self.deposited: dict[str, int] = defaultdict(int)  # what was paid on the invoices of a client, net
        # What the record of what is owed has still to say of each payment: what it pays of which invoice, of None what
        # is credit; and what of it went back.
        self.pays: Counter[tuple[str, str | None]] = Counter()
        self.went_back: Counter[str] = Counter()

    def client_row(self, client_id: str) -> int:
        """Where a client stands; -1 for one that is not there."""
        return self.clients.rows.get(client_id, -1)

    def invoice_row(self, invoice_id: str) -> int:
        """Where an invoice stands; -1 for one that is not there."""
        return self.records[Invoice.__name__].rows.get(invoice_id, -1)

    def locks(self) -> Iterator[tuple[str, str]]:
        """The sessions and charges that are on a live invoice, and that invoice."""
        yield from ((id, it.locked_by) for id, it in self.charges.items() if it.locked_by is not None)
        invoices: list[str] = []
        for id, locked_by in zip(self.sessions.rows, self.sessions.locked_by, strict=False):
            if locked_by:
                invoices = invoices or list(self.records[Invoice.__name__].rows)
                yield id, invoices[locked_by - 1]

    def changed_at(self, kind: str, id: str) -> datetime | None:
        """The time of the last change of a record, by the audit."""
        seen = self.records.get(kind)
        row = None if seen is None else seen.rows.get(id)
        if seen is None or row is None or not seen.changed_at[row]:
            return None
        return _to_instant(seen.changed_at[row])
