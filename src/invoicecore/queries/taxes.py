"""The tax of a period: by the day on which invoices were issued, and by that on which they were paid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

from invoicecore.lifecycle.invoice import Invoice
from invoicecore.settlement.receivables import OF_MONEY, ReceivableChange
from invoicecore.values.calendar import Period
from invoicecore.values.ids import InvoiceId
from invoicecore.values.money import Money
from invoicecore.values.tax import TaxSum, half_up


@frozen
class TaxReport:
    """The tax of a period, code by code and rate by rate, in the order of currencies and codes: of the invoices that
    were `issued` in it, less those that were voided in it; and of what was `received` in it for invoices, less what
    went back. A payment is the same share of the base and of the tax of each row of its invoice."""

    period: Period
    issued: tuple[TaxSum, ...]
    received: tuple[TaxSum, ...]

    def __repr__(self) -> str:
        return f"<TaxReport of {self.period}: {len(self.issued)} rows issued, {len(self.received)} received>"


def of_issued(issued: Iterable[Invoice], voided: Iterable[Invoice]) -> tuple[TaxSum, ...]:
    """What those invoices ask for, less what those that were voided had asked for."""
    given = ((row, row.base.minor, row.tax.minor) for it in issued for row in it.taxes_due)
    taken = ((row, -row.base.minor, -row.tax.minor) for it in voided for row in it.taxes_due)
    return _added_up((*given, *taken))


def paid_in(period: Period, changes: Iterable[ReceivableChange]) -> dict[InvoiceId, tuple[int, int]]:
    """How much was paid in a period on each invoice on which money moved in it, in minor units, and how much since
    then; by all changes from its first day on."""
    found: dict[InvoiceId, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for it in changes:
        if it.invoice_id is not None and it.kind in OF_MONEY and it.work_day >= period.first:
            within, since = found[it.invoice_id]
            is_later = it.work_day > period.last
            found[it.invoice_id] = (within, since - it.minor) if is_later else (within - it.minor, since)
    return {id: it for id, it in found.items() if it[0]}


def of_payments(invoices: Iterable[Invoice], paid: Mapping[InvoiceId, tuple[int, int]]) -> tuple[TaxSum, ...]:
    """What was received on invoices, as `paid_in` says. The rows add up, with the net share of the same money, to what
    was paid."""
    rows: list[tuple[TaxSum, int, int]] = []
    for invoice in invoices:
        within, since = paid[invoice.id]
        last = invoice.paid_minor - since
        before, after = _of_paid(invoice, last - within), _of_paid(invoice, last)
        for row, (base, tax), (less_base, less_tax) in zip(invoice.taxes_due, after, before, strict=True):
            rows.append((row, base - less_base, tax - less_tax))
    return _added_up(rows)


def _added_up(rows: Iterable[tuple[TaxSum, int, int]]) -> tuple[TaxSum, ...]:
    """The rows with so much base and tax, those of one tax, rate and currency in one; what comes to nothing is left
    out."""
    found: dict[TaxSum, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row, more_base, more_tax in rows:
        nothing = Money.zero(row.base.currency)
        base, tax = found[key := evolve(row, base=nothing, tax=nothing)]
        found[key] = base + more_base, tax + more_tax
    return tuple(
        evolve(key, base=_money(base, key.base), tax=_money(tax, key.tax))
        for key, (base, tax) in sorted(found.items(), key=lambda it: (it[0].base.currency, it[0].code, str(it[0])))
        if base or tax
    )


def _of_paid(invoice: Invoice, paid_minor: int) -> list[tuple[int, int]]:
    """The base and the tax of each row in so much that was paid."""
    rows, asked = invoice.taxes_due, invoice.total_minor - invoice.covered_minor
    if asked <= 0:
        return [(0, 0)] * len(rows)
    so_far = invoice.net_minor - invoice.covered_net_minor
    reached, found = invoice.net_of(paid_minor), list[tuple[int, int]]()
    for row in rows:
        so_far += row.tax.minor
        share = half_up(paid_minor * so_far, asked)
        found.append((half_up(paid_minor * row.base.minor, asked), share - reached))
        reached = share
    return found


def _money(minor: int, like: Money) -> Money:
    return Money(minor=minor, currency=like.currency)
