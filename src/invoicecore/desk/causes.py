"""What caused each row of a statement, as people call it?"""

from functools import cache

from invoicecore.desk.unit import Unit
from invoicecore.ledger.statement import Statement, StatementRow
from invoicecore.settlement.paper import Cause
from invoicecore.settlement.payment import Payment
from invoicecore.vocabulary import EntryKind
from invoicecore.work import Session

_OF_WORK = frozenset({EntryKind.WORK, EntryKind.WORK_REVERSED})


def causes_of(unit: Unit, statement: Statement) -> tuple[Cause, ...]:
    """What caused the rows, in their order; each thing is read once."""
    label = cache(unit.label_of)

    @cache
    def session(id: str) -> Session | None:
        return unit.uow.get(Session, id)

    @cache
    def payment(id: str) -> Payment | None:
        return unit.uow.get(Payment, id)

    @cache
    def called(project: str, person: str) -> tuple[str, str]:
        (_, work), (_, worker) = unit.names_of([project], [person])
        return work, worker

    def cause(row: StatementRow) -> Cause:
        if row.kind in _OF_WORK:
            done = session(row.cause)
            assert done is not None  # a session that was recorded stays on record
            project, person = called(done.project_id, done.person_id)
            # A row of work as it was before an edit says no more than that: the rest of it is not kept.
            if row.kind is EntryKind.WORK_REVERSED or done.minor != -row.amount.minor:
                return Cause(project=project, person=person)
            return Cause(project=project, person=person, duration=done.duration, rate=done.rate, note=done.note)
        number = None if row.invoice_id is None else label(row.invoice_id)
        came = payment(row.cause)
        if came is None:
            return Cause(invoice=number, note=row.note)
        note = "" if row.note == came.reference else row.note
        return Cause(invoice=number, method=came.method, reference=came.reference, note=note)

    return tuple(map(cause, statement.rows))
