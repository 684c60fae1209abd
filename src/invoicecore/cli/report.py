"""The report of a billed file."""

from datetime import timedelta
from fractions import Fraction

from attrs import frozen

from invoicecore import Standing
from invoicecore.cli.json_shapes import COUNT, COUNTS, TEXT, Shape, array_of, object_of
from invoicecore.importer import Plan
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.queries.printable import PrintableInvoice, PrintableStatement
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money, Rate

_SECOND = timedelta(seconds=1)


@frozen
class BilledPart:
    """The lines of an invoice for one project at one rate, added up; or that of a charge, which has no rate and no
    duration."""

    name: str
    rate: Rate | None
    duration: timedelta
    amount: Money


@frozen
class BilledMonth:
    """The time invoice of a month, the client's name, and its lines by project and by charge; they add up to its net
    amount."""

    invoice: Invoice
    client: str
    lines: tuple[BilledPart, ...]


@frozen
class ClientDocuments:
    """The printable documents of a client: each invoice, and a statement of the month that was billed, or of all."""

    invoices: tuple[PrintableInvoice, ...]
    statement: PrintableStatement


@frozen(kw_only=True)
class ClientReport:
    """One client after all entries were recorded: the work and its price, the standing, and all invoices. `month` is
    None if no month was billed, or nothing in it, and `why_nothing` says why; `documents` is None if they were not
    wanted."""

    name: str
    duration: timedelta
    worked: Money
    standing: Standing
    invoices: tuple[Invoice, ...]
    month: BilledMonth | None
    why_nothing: str | None = None
    documents: ClientDocuments | None = None


@frozen(kw_only=True)
class Report:
    """A file that was billed, by a plan. `people` are the names in the file, each with the duration of the work.

    `known` counts the entries that the books had already, so that they were not recorded again; None if no books are
    stored. `would_have_stopped` counts the entries that came while work was stopped, which were refused if `enforced`.
    `period` is the month that was to be billed, if any; `in_hundredths` is whether the file has days alone and all
    durations are hundredths of an hour; `warnings` are about the options.
    """

    plan: Plan
    known: int | None
    people: tuple[tuple[str, timedelta], ...]
    clients: tuple[ClientReport, ...]
    would_have_stopped: int
    enforced: bool
    period: Period | None
    in_hundredths: bool
    warnings: tuple[str, ...]


def whole_seconds(duration: timedelta) -> int:
    """The seconds of a duration, rounded half up."""
    return (2 * duration + _SECOND) // (2 * _SECOND)


def four_decimals(ratio: Fraction) -> str:
    """A ratio as text with four decimals, rounded half up.

    >>> four_decimals(Fraction(1, 3)), four_decimals(Fraction(-1, 4))
    ('0.3333', '-0.2500')
    """
    count = (2 * ratio * 10_000 + 1) // 2
    whole, decimals = divmod(abs(count), 10_000)
    return f"{'-' if count < 0 else ''}{whole}.{decimals:04}"


_TAX = object_of(code=TEXT, name=TEXT, percent=TEXT, base=TEXT, tax=TEXT)
_INVOICE = object_of(
    optional=("net", "tax", "taxes"),
    number={"type": ["string", "null"]},
    kind=TEXT,
    status=TEXT,
    total=TEXT,
    covered=TEXT,
    amount_due=TEXT,
    net=TEXT,
    tax=TEXT,
    taxes=array_of(_TAX),
)
_CLIENT = object_of(
    name=TEXT,
    seconds=COUNT,
    worked=TEXT,
    balance=TEXT,
    utilization={"type": ["string", "null"]},
    stopped={"type": "boolean"},
    invoices=array_of(_INVOICE),
)
REPORT: Shape = object_of(
    optional=("known",),
    entries=COUNT,
    seconds=COUNT,
    people=COUNTS,
    clients=array_of(_CLIENT),
    not_billable=COUNT,
    doubtful=COUNT,
    totals_rows=COUNT,
    duration_rule={"type": ["string", "null"]},
    would_have_stopped=COUNT,
    known=COUNT,
)
"""The JSON schema of a report as data."""


def as_data(report: Report) -> dict[str, object]:
    """The report as plain data: amounts and ratios as text, durations in whole seconds."""
    return {
        "entries": report.plan.total.entries,
        "seconds": whole_seconds(report.plan.total.duration),
        "people": {name: whole_seconds(duration) for name, duration in report.people},
        "clients": [_client(client) for client in report.clients],
        "not_billable": whole_seconds(report.plan.not_billable.duration),
        "doubtful": report.plan.doubtful,
        "totals_rows": report.plan.totals_rows,
        "duration_rule": None if report.plan.file.duration_rule is None else report.plan.file.duration_rule.value,
        "would_have_stopped": report.would_have_stopped,
        **({} if report.known is None else {"known": report.known}),
    }


def _client(client: ClientReport) -> dict[str, object]:
    return {
        "name": client.name,
        "seconds": whole_seconds(client.duration),
        "worked": str(client.worked.amount),
        "balance": str(client.standing.balance.amount),
        "utilization": None if client.standing.utilization is None else four_decimals(client.standing.utilization),
        "stopped": client.standing.stopped,
        "invoices": [_invoice(invoice) for invoice in client.invoices],
    }


def _invoice(invoice: Invoice) -> dict[str, object]:
    """With its taxes, where there are any."""
    taxes = [
        {
            "code": it.code,
            "name": it.name,
            "percent": f"{it.percent:f}",
            "base": str(it.base.amount),
            "tax": str(it.tax.amount),
        }
        for it in invoice.taxes
    ]
    taxed = {"net": str(invoice.net.amount), "tax": str(invoice.tax.amount), "taxes": taxes}
    return {
        "number": invoice.number,
        "kind": str(invoice.kind),
        "status": str(invoice.status),
        "total": str(invoice.total.amount),
        "covered": str(invoice.covered.amount),
        "amount_due": str(invoice.amount_due.amount),
        **(taxed if taxes else {}),
    }
