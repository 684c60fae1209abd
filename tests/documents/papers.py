"""Papers to draw: invoices of any kind, made of plain data."""

from datetime import date, timedelta
from typing import Any

from invoicecore import Deposit, Invoice, InvoiceKind, Line, Money, OnVoid, Period, PrintableInvoice, Rate, Status
from invoicecore.lifecycle.invoice import PartySnapshot, Selection
from invoicecore.queries.printable import PrintablePayment
from invoicecore.values.ids import ClientId, InvoiceId, PersonId, ProjectId, SessionId

MARCH = Period.month(2026, 3)
HEAD = PartySnapshot(
    "Northwind Studio",
    "12 Harbour Street\nHamburg",
    "Acme",
    "88 Orchard Road",
    "",
    "UTC",
    (("site", "Website"), ("shop", "Shop"), ("lee", "Lee"), ("ida", "Ida")),
    "en_US",
    None,
    "DE 123",
    "IBAN DE02",
)


def work(
    duration: timedelta,
    rate: Rate,
    project: str = "site",
    *,
    person: str = "lee",
    day: date = date(2026, 3, 2),
    note: str = "",
    id: str = "s",
) -> Line:
    """A session, at what it costs."""
    cost = rate.minor_for(duration)
    return Line(note, cost, SessionId(id), ProjectId(project), PersonId(person), duration, rate, day)


def hours(hours: int, minutes: int = 0, seconds: int = 0) -> timedelta:
    """So long."""
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def paper(
    *lines: Line,
    status: Status = Status.GENERATED,
    paid: tuple[int, ...] = (),
    currency: str = "USD",
    head: PartySnapshot = HEAD,
    on_void: OnVoid | None = None,
    **fields: Any,
) -> PrintableInvoice:
    """An invoice over those lines, with payments of so many minor units each, or those that it had when it was
    voided."""
    is_draft = status is Status.DRAFT
    given: dict[str, Any] = {
        "number": None if is_draft else "INV-7",
        "kind": InvoiceKind.TIME,
        "selection": Selection(MARCH),
        "issued_on": None if is_draft else date(2026, 3, 31),
        "due_on": None if is_draft else date(2026, 4, 14),
        "parties": None if is_draft else head,
    }
    invoice = Invoice(
        id=InvoiceId("i"),
        client_id=ClientId("c"),
        deposit=Deposit.TO_BALANCE,
        currency=currency,
        status=status,
        lines=lines,
        revision="",
        total_minor=sum(line.minor for line in lines),
        paid_minor=0 if on_void else sum(paid),
        **{**given, **fields},
    )
    payments = tuple(
        PrintablePayment(date(2026, 4, 1), "wire", Money(minor=minor, currency=currency), on_void) for minor in paid
    )
    return PrintableInvoice(invoice, head, (), payments, is_draft)
