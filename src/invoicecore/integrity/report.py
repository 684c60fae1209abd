"""The report on the stored books of a firm: that they are sound, or what is wrong, where, and since when."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any, get_args

from attrs import evolve, frozen

from invoicecore.errors import InvalidInput, NotFound
from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.stored import stored_items
from invoicecore.integrity.verifier import BooksVerifier, place_of
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.archive import ArchiveItem, kind_of
from invoicecore.ports.store import Entity, Storage, StoreTransaction
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.values.ids import FirmId
from invoicecore.values.money import LARGEST_MINOR

_OFTEN = 1000  # after so many records progress is told
_ENTITIES: Mapping[str, type[Any]] = {kind.__name__: kind for kind in get_args(Entity)}


@frozen(kw_only=True)
class IntegrityReport:
    """What came out when all stored books of a firm were worked out again.

    `counts` says how many records of each kind were looked at, `found` how much is wrong in all; `findings` are the
    first of it.
    """

    firm_id: FirmId
    counts: Mapping[str, int]
    found: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.found


def verify_books(
    storage: Storage, firm_id: FirmId, *, limit: int = 100, progress: Callable[[int], None] | None = None
) -> IntegrityReport:
    """Look at everything that is stored of a firm; see `Billing.verify`."""
    verifier, findings = BooksVerifier(firm_id), _Findings(limit)
    with stored_items(storage, firm_id) as items:
        item: ArchiveItem | None = None
        for number, found in enumerate(_read(items), start=1):
            if isinstance(found, _Unreadable):
                findings.add(found.after(item))
                break
            item = found
            for finding in verifier.look(item):
                findings.add(finding)
            if progress is not None and not number % _OFTEN:
                progress(number)
        else:
            for finding in verifier.end():
                findings.add(finding)
    if not verifier.counts[Firm]:
        raise NotFound("firm", firm_id)
    with closing(storage.begin(firm_id)) as transaction:
        kept = tuple(
            evolve(it, since=it.since or verifier.changed_at(it), label=_label(transaction, it.kind, it.id))
            for it in findings.first
        )
    counts = {kind.__name__: count for kind, count in verifier.counts.items() if count}
    return IntegrityReport(firm_id=firm_id, counts=counts, found=findings.count, findings=kept)


class _Findings:
    """How many findings there are, and the first of them."""

    def __init__(self, limit: int) -> None:
        self.count = 0
        self.first: list[Finding] = []
        self._limit = limit

    def add(self, finding: Finding) -> None:
        self.count += 1
        if self.count <= self._limit:
            self.first.append(finding)


@frozen
class _Unreadable:
    """What comes next in a storage makes no record."""

    error: Exception

    def after(self, item: ArchiveItem | None) -> Finding:
        """The finding, which names the last record that could be read."""
        kind, id = ("", "") if item is None else (kind_of(item).__name__, place_of(item))
        what = f"what is stored next cannot be read, so nothing behind it was looked at: {self.error}"
        return Finding(Law.READABLE, kind, id, what)


def _read(items: Iterator[ArchiveItem]) -> Iterator[ArchiveItem | _Unreadable]:
    """Every record that can be read."""
    try:
        yield from items
    except (InvalidInput, ValueError, TypeError, LookupError, ArithmeticError) as error:
        yield _Unreadable(error)


def _entity(transaction: StoreTransaction, kind: type[Any] | None, id: str) -> Any:
    read = None if kind is None else transaction.read_entity(kind, id)
    return None if read is None else read.entity


def _label(transaction: StoreTransaction, kind: str, id: str) -> str:
    """What people call a record; nothing for what they never see by itself."""
    match _entity(transaction, _ENTITIES.get(kind), id):
        case Account() | Login():
            of = Client if kind == Account.__name__ else Person
            return getattr(_entity(transaction, of, id), "name", "")
        case WorkSession() | Timer() as work:
            project = _entity(transaction, Project, work.project_id)
            return f"{'' if project is None else project.name}, {work.start:%Y-%m-%d}"
        case Invoice() as invoice:
            return invoice.label
        case Payment() as payment if payment.minor < LARGEST_MINOR:
            return f"{payment.amount}, {payment.received_on}"
        case named:
            return getattr(named, "name", "")
