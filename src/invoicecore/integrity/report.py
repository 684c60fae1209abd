"""The report on the stored books of a firm: that they are sound, or what is wrong, where, and since when."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

from attrs import evolve, frozen

from invoicecore.errors import InvalidInput, NotFound
from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.stored import stored_items
from invoicecore.integrity.verifier import BooksVerifier, place_of
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.client import Client
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.archive import PLACES, ArchiveItem, kind_of
from invoicecore.ports.store import Entity, Storage, UnitOfWork
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.values.ids import FirmId

_OFTEN = 1000  # after so many records progress is told
_ENTITIES: Mapping[str, type[Any]] = {kind.__name__: kind for kind in get_args(Entity)}
_UNREADABLE = (InvalidInput, ValueError, TypeError, LookupError, ArithmeticError)


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
    verifier, counts = BooksVerifier(firm_id), Counter[str]()
    looked_at = found = 0
    findings: list[Finding] = []

    def keep(several: Iterable[Finding]) -> None:
        nonlocal found
        for finding in several:
            found += 1
            if len(findings) < limit:
                findings.append(finding)

    with stored_items(storage, firm_id) as items:
        for item in _read(items):
            if isinstance(item, Finding):
                keep([item])
                break
            counts[kind_of(item).__name__] += 1
            keep(verifier.look(item))
            looked_at += 1
            if progress is not None and not looked_at % _OFTEN:
                progress(looked_at)
        else:
            keep(verifier.end())
    if not counts and not found:
        raise NotFound("firm", firm_id)
    with storage.begin(firm_id) as uow:
        told = tuple(
            evolve(it, since=it.since or verifier.changed_at(it), label=_label(uow, it.kind, it.id)) for it in findings
        )
    in_order = {kind.__name__: counts[kind.__name__] for kind in PLACES if kind.__name__ in counts}
    return IntegrityReport(firm_id=firm_id, counts=in_order, found=found, findings=told)


def _read(items: Iterator[ArchiveItem]) -> Iterator[ArchiveItem | Finding]:
    """Every record; where one cannot be read, a finding that says after which, and nothing more."""
    item: ArchiveItem | None = None
    while True:
        try:
            item = next(items)
        except StopIteration:
            return
        except _UNREADABLE as error:
            kind, id = ("", "") if item is None else (kind_of(item).__name__, place_of(item))
            what = f"what is stored next cannot be read, so nothing behind it was looked at: {error}"
            yield Finding(Law.READABLE, kind, id, what)
            return
        yield item


def _label(uow: UnitOfWork, kind: str, id: str) -> str:
    """What people call a record; nothing for what they never see by itself."""
    match uow.get(_ENTITIES[kind], id) if kind in _ENTITIES else None:
        case Account() | Login():
            of = Client if kind == Account.__name__ else Person
            return getattr(uow.get(of, id), "name", "")
        case WorkSession() | Timer() as work:
            project = uow.get(Project, work.project_id)
            return f"{'' if project is None else project.name}, {work.start:%Y-%m-%d}"
        case Invoice() as invoice:
            return invoice.label
        case Payment() as payment:
            return f"{payment.amount}, {payment.received_on}"
        case named:
            return getattr(named, "name", "")
