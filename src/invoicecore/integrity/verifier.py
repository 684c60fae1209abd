"""The verifier of stored books, which reads one record after the other and reports broken laws.

It trusts no sum, balance or status, and recomputes everything: each record with those before it, and at the end the
conditions on the whole. It stores only the data that later records need.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from typing import Any, get_args

from attrs import evolve

from invoicecore.errors import InvalidInput, NotFound
from invoicecore.integrity.audit import AuditCheck
from invoicecore.integrity.charges import ChargesCheck
from invoicecore.integrity.invoices import HistoriesCheck, InvoicesCheck
from invoicecore.integrity.laws import Finding, IntegrityReport, Law
from invoicecore.integrity.ledgers import LedgersCheck
from invoicecore.integrity.parties import PartiesCheck
from invoicecore.integrity.payments import PaymentsCheck
from invoicecore.integrity.receivables import ReceivablesCheck
from invoicecore.integrity.reservations import ReservationsCheck
from invoicecore.integrity.seen_state import BooksCheck, Look, SeenState
from invoicecore.integrity.stored import stored_items
from invoicecore.integrity.work import WorkCheck
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.archive import PLACES, ArchiveItem, kind_of
from invoicecore.ports.store import Entity, Storage, StoreTransaction, Versioned, id_of
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.values.ids import FirmId

_UNREADABLE = (InvalidInput, ValueError, TypeError, LookupError, ArithmeticError)
_OFTEN = 1000  # after so many records, progress is reported
_ENTITIES: Mapping[str, type[Any]] = {kind.__name__: kind for kind in get_args(Entity)}


class BooksVerifier:
    """Checks everything that is stored of a firm, in the order of `invoicecore.ports.archive.PLACES`; `counts` says how
    many records of each kind it checked."""

    def __init__(self, firm_id: FirmId) -> None:
        seen = self._seen = SeenState(firm_id)
        self.counts: dict[type[Any], int] = dict.fromkeys(PLACES, 0)
        self._checks: tuple[BooksCheck, ...] = (
            AuditCheck(seen),
            PartiesCheck(seen),
            WorkCheck(seen),
            ChargesCheck(seen),
            InvoicesCheck(seen),
            HistoriesCheck(seen),
            PaymentsCheck(seen),
            LedgersCheck(seen),
            ReceivablesCheck(seen),
            ReservationsCheck(seen),
        )
        self._looks: dict[type[Any], Look] = dict.fromkeys(PLACES, lambda record: ())
        for check in self._checks:
            self._looks |= check.looks

    def look(self, item: ArchiveItem) -> Sequence[Finding]:
        """The findings in the next record; none if it fits those before it."""
        record: Any = item
        if isinstance(item, Versioned):
            record = item.entity
            self._seen.records[type(record).__name__].add(id_of(record), item.version)
        kind = type(record)
        self.counts[kind] += 1
        try:
            return [*self._looks[kind](record)]
        except (InvalidInput, OverflowError) as impossible:
            return (Finding(Law.READABLE, kind.__name__, place_of(item), str(impossible)),)

    def end(self) -> Iterator[Finding]:
        """The findings between records that are sound by themselves."""
        for check in self._checks:
            yield from check.end()

    def changed_at(self, finding: Finding) -> datetime | None:
        """The time of the last change of the record that is wrong, by the audit."""
        return self._seen.changed_at(finding.kind, finding.id)


def place_of(item: ArchiveItem) -> str:
    """The id of a record, or what stands for one."""
    return "/".join(map(str, PLACES[kind_of(item)](item)))


def verify_books(
    storage: Storage, firm_id: FirmId, *, limit: int = 100, progress: Callable[[int], None] | None = None
) -> IntegrityReport:
    """Check everything that is stored of a firm; see `Billing.verify`."""
    verifier, found, first = BooksVerifier(firm_id), 0, list[Finding]()
    with stored_items(storage, firm_id) as items:
        for finding in _findings(verifier, firm_id, items, progress):
            found += 1
            if found <= limit:
                first.append(finding)
    if not verifier.counts[Firm] and Law.READABLE not in {it.law for it in first}:
        raise NotFound("firm", firm_id)
    with closing(storage.begin(firm_id)) as transaction:
        name = _label(transaction, Firm.__name__, firm_id)
        findings = tuple(
            evolve(it, since=it.since or verifier.changed_at(it), label=_label(transaction, it.kind, it.id))
            for it in first
        )
    counts = {kind.__name__: count for kind, count in verifier.counts.items() if count}
    return IntegrityReport(firm_id=firm_id, firm_name=name, counts=counts, found=found, findings=findings)


def _findings(
    verifier: BooksVerifier, firm_id: FirmId, items: Iterator[ArchiveItem], progress: Callable[[int], None] | None
) -> Iterator[Finding]:
    unreadable = list[Finding]()
    for number, item in enumerate(_read(items, firm_id, unreadable), start=1):
        if found := verifier.look(item):
            yield from found
        if progress is not None and not number % _OFTEN:
            progress(number)
    yield from unreadable or verifier.end()


def _read(items: Iterator[ArchiveItem], firm_id: FirmId, unreadable: list[Finding]) -> Iterator[ArchiveItem]:
    """Every record; where one cannot be read, nothing more, and a finding that names the one before it. The firm is the
    first."""
    item: ArchiveItem | None = None
    try:
        for item in items:
            yield item
    except _UNREADABLE as error:
        why = f": {error}" if isinstance(error, InvalidInput) else "."
        kind, id = (Firm.__name__, firm_id) if item is None else (kind_of(item).__name__, place_of(item))
        which = "of the firm itself" if item is None else "next"
        what = f"what is stored {which} cannot be read, so nothing behind it was looked at{why}"
        unreadable.append(Finding(Law.READABLE, kind, id, what))


def _entity(transaction: StoreTransaction, kind: type[Any] | None, id: str) -> Any:
    """None for what is not there, or cannot be read."""
    try:
        read = None if kind is None else transaction.read_entity(kind, id)
    except _UNREADABLE:
        return None
    return None if read is None else read.entity


def _label(transaction: StoreTransaction, kind: str, id: str) -> str:
    """What people call a record; nothing for what they never see by itself."""
    match _entity(transaction, _ENTITIES.get(kind), id):
        case Account() | Login():
            of = Client if kind == Account.__name__ else Person
            return getattr(_entity(transaction, of, id), "name", "")
        case Charge() as charge:
            return f"{charge.kind}, {charge.day}"
        case WorkSession() | Timer() as work:
            project = _entity(transaction, Project, work.project_id)
            return f"{'' if project is None else project.name}, {work.start:%Y-%m-%d}"
        case Invoice() as invoice:
            return invoice.label
        case Payment() as payment:
            with suppress(*_UNREADABLE):
                return f"{payment.amount}, {payment.received_on}"
            return ""
        case named:
            return getattr(named, "name", "")
