"""The tax of a period: by the day on which invoices were issued, and by that on which they were paid."""

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from invoicecore.lifecycle.invoice import Invoice
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money
from invoicecore.values.tax import TaxSum, half_up


@frozen
class TaxReport:
    """The tax of a period as the books know it now, code by code and rate by rate, in the order of currencies and
    codes: of the invoices that were `issued` in it, less those that are void; and of what was `received` in it for
    invoices. A payment is the same share of the base and of the tax of each row of its invoice."""

    period: Period
    issued: tuple[TaxSum, ...]
    received: tuple[TaxSum, ...]

    def __repr__(self) -> str:
        return f"<TaxReport of {self.period}: {len(self.issued)} rows issued, {len(self.received)} received>"


def added_up(rows: Iterable[TaxSum]) -> tuple[TaxSum, ...]:
    """The rows with those of one tax, rate and currency in one."""
    found: dict[TaxSum, tuple[int, int]] = {}
    for row in rows:
        nothing = Money.zero(row.base.currency)
        key = evolve(row, base=nothing, tax=nothing)
        base, tax = found.get(key, (0, 0))
        found[key] = base + row.base.minor, tax + row.tax.minor
    return tuple(
        evolve(key, base=_money(base, key.base), tax=_money(tax, key.tax))
        for key, (base, tax) in sorted(found.items(), key=lambda it: (it[0].base.currency, it[0].code, str(it[0])))
    )


def of_payments(invoice: Invoice, before_minor: int, after_minor: int) -> Iterator[TaxSum]:
    """The rows of what was received on an invoice from one amount that was paid on it to another. They add up, with the
    net share of the same money, to what was paid."""
    before, after = _of_paid(invoice, before_minor), _of_paid(invoice, after_minor)
    for row, (base, tax), (less_base, less_tax) in zip(invoice.taxes_due, after, before, strict=True):
        yield evolve(row, base=_money(base - less_base, row.base), tax=_money(tax - less_tax, row.tax))


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
