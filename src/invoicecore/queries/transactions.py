"""Rows of the list of a client's transactions."""

from datetime import date, datetime, timedelta

from attrs import frozen

from invoicecore.ledger.statement import StatementRow
from invoicecore.queries.paging import Sort
from invoicecore.queries.visibility import NamedRef
from invoicecore.values.money import Rate


class TransactionSort(Sort):
    """The orders in which movements are listed."""

    BOOKED = "booked", "As they were booked.", ("entry.sequence", int)
    KIND = "kind", "By kind, in alphabetical order.", ("entry.kind", str), ("entry.sequence", int)
    DAY = "day", "By booking day.", ("entry.booked_at", datetime), ("entry.sequence", int)
    WORK_DAY = (
        "work_day",
        "By the day of the work or of the receipt.",
        ("entry.work_day", date),
        ("entry.sequence", int),
    )


@frozen(kw_only=True)
class EntrySource:
    """The source of a movement. For work: project, person, duration, rate and note as they were when it was booked, and
    the invoice that holds the session, beside the entry that it costs now. For a charge: its project, and the invoice
    that holds it. For money: method, reference, and the invoice that it was for."""

    project: NamedRef | None = None
    person: NamedRef | None = None
    duration: timedelta | None = None
    rate: Rate | None = None
    note: str = ""
    method: str = ""
    reference: str = ""
    invoice: NamedRef | None = None


@frozen
class TransactionRow:
    """A movement with the balance after it, its source, and the person who booked it."""

    movement: StatementRow
    cause: EntrySource
    by: NamedRef
