"""The laws of the audit trail: it has every version of every record once, and matches the counters."""

from collections.abc import Iterator

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenRecords, SeenState, to_microseconds
from invoicecore.lifecycle.numbering import INVOICE_COUNTER
from invoicecore.model.events import Change
from invoicecore.ports.archive import Counter
from invoicecore.ports.store import AuditRecord


class AuditCheck:
    """The versions of records, and those in the audit trail. Records come in the order of their positions, in which the
    versions of a record follow one another."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self._position = 0
        self.looks: Looks = {AuditRecord: self._of_record, Counter: self._of_counter}

    def _of_record(self, record: AuditRecord) -> list[Finding]:
        found = list[Finding]()
        self._position += 1
        if record.position != self._position:
            found.append(_finding(record, f"has position {record.position}, not {self._position}."))
            self._position = record.position or self._position
        at = to_microseconds(record.at)
        self._seen.latest_at = max(at, self._seen.latest_at)
        if not record.changes or record.by not in self._seen.people:
            found.append(_finding(record, "tells of nothing, or of nobody who is there."))
        for change in record.changes:
            records = self._seen.records.get(change.kind)
            if records is None or not self._follows(change, records, at):
                found.append(_finding(record, f"tells of a version of {change.id!r} that cannot be."))
        return found

    def _follows(self, change: Change, records: SeenRecords, at: int) -> bool:
        """Whether a version can follow those that the audit listed so far."""
        row, before = records.row(change.id), change.before
        records.changed_at[row] = max(at, records.changed_at[row])
        if change.after == 0:
            if row in records.removed_at:
                return False
            records.removed_at[row] = before
        elif change.after != before + 1:
            return False
        follows = before == records.audited[row]
        records.audited[row] = before + 1
        return follows

    def _of_counter(self, counter: Counter) -> Iterator[Finding]:
        if counter.next < 2 or counter.name != INVOICE_COUNTER:
            what = f"the counter {counter.name!r} did not move, or counts nothing."
            yield Finding(Law.COUNTERS, Counter.__name__, counter.name, what)

    def end(self) -> Iterator[Finding]:
        """Where the audit and the stored records differ."""
        for kind, records in self._seen.records.items():
            yield from _versions(kind, records)


def _versions(kind: str, records: SeenRecords) -> Iterator[Finding]:
    for row, (id, version) in enumerate(zip(records.rows, records.version, strict=False)):
        audited, removed_at = records.audited[row], records.removed_at.get(row)
        if removed_at is not None and audited != removed_at + 1:
            what = f"{kind} {id!r} changed after it was gone."
            yield Finding(Law.AUDIT_RECORDS, kind, id, what)
        listed = 0 if removed_at is not None else audited
        if version != listed:
            what = f"{kind} {id!r} is not at the version that the audit tells."
            yield Finding(Law.AUDIT_RECORDS, kind, id, what)


def _finding(record: AuditRecord, what: str) -> Finding:
    return Finding(Law.AUDIT_RECORDS, "AuditRecord", record.id, f"the audit record {record.id!r} {what}", record.at)
