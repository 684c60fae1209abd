"""The verifier of stored books, which reads one record after the other and reports broken laws.

It trusts no sum, balance or status, and recomputes everything: each record with those before it, and at the end the
conditions on the whole. It stores only the data that later records need.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from invoicecore.errors import InvalidInput
from invoicecore.integrity.audit import AuditCheck
from invoicecore.integrity.invoices import HistoriesCheck, InvoicesCheck
from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.ledgers import LedgersCheck
from invoicecore.integrity.parties import PartiesCheck
from invoicecore.integrity.payments import PaymentsCheck
from invoicecore.integrity.reservations import ReservationsCheck
from invoicecore.integrity.seen_state import BooksCheck, Look, SeenState
from invoicecore.integrity.work import WorkCheck
from invoicecore.ports.archive import PLACES, ArchiveItem, kind_of
from invoicecore.ports.store import Versioned, id_of
from invoicecore.values.ids import FirmId


class BooksVerifier:
    """Looks at everything that is stored of a firm, in the order of `invoicecore.ports.archive.PLACES`; `counts` says
    at how many records of each kind it looked."""

    def __init__(self, firm_id: FirmId) -> None:
        seen = self._seen = SeenState(firm_id)
        self.counts: dict[type[Any], int] = dict.fromkeys(PLACES, 0)
        self._checks: tuple[BooksCheck, ...] = (
            AuditCheck(seen),
            PartiesCheck(seen),
            WorkCheck(seen),
            InvoicesCheck(seen),
            HistoriesCheck(seen),
            PaymentsCheck(seen),
            LedgersCheck(seen),
            ReservationsCheck(seen),
        )
        self._looks: dict[type[Any], Look] = {
            kind: look for check in self._checks for kind, look in check.looks.items()
        }

    def look(self, item: ArchiveItem) -> tuple[Finding, ...]:
        """What is wrong with the next record; nothing, if it fits those before it."""
        record: Any = item
        if isinstance(item, Versioned):
            record = item.entity
            kind = type(record)
            records = self._seen.records[kind.__name__]
            records.version[records.row(id_of(record))] = item.version
        else:
            kind = type(record)
        self.counts[kind] += 1
        look = self._looks.get(kind)
        if look is None:
            return ()
        try:
            return tuple(look(record))
        except (InvalidInput, OverflowError) as impossible:
            return (Finding(Law.READABLE, kind.__name__, place_of(item), str(impossible)),)

    def end(self) -> Iterator[Finding]:
        """What is wrong between records that are sound by themselves."""
        for check in self._checks:
            yield from check.end()

    def changed_at(self, finding: Finding) -> datetime | None:
        """When the audit last told of a change of the record that is wrong."""
        return self._seen.changed_at(finding.kind, finding.id)


def place_of(item: ArchiveItem) -> str:
    """The id of a record, or what stands for one."""
    return "/".join(map(str, PLACES[kind_of(item)](item)))
