"""The cover of a time invoice: what is prepaid or was asked for already, so nothing is asked for twice.

Refills, manual invoices that deposit, adjustments and forgiven debts cover work. Credit does not: it pays when it is
applied. Cover goes to the oldest work first, and then to the invoice that is generated first. The order in which
invoices are generated never changes what is asked for in all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from invoicecore.lifecycle.invoice import CoverPart, Invoice
from invoicecore.settlement.account import Account
from invoicecore.values.ids import InvoiceId
from invoicecore.vocabulary import Deposit, InvoiceKind, Status


def covered_minor(account: Account, total_minor: int, older_minor: int) -> int:
    """How much of a time invoice with that total is covered, if unbilled work and charges from before its period add up
    to `older_minor`."""
    return min(total_minor, max(0, account.free_cover_minor - older_minor))


def parts(sources: Iterable[CoverPart], covered: int, older_minor: int) -> tuple[CoverPart, ...]:
    """The sources that cover so much work, the oldest first, each with the part that it covers.

    Older unbilled work takes its part of them first. What no invoice asked for, such as an adjustment, covers the rest.
    """
    found: list[CoverPart] = []
    for source in sources:
        skipped = min(older_minor, source.minor)
        older_minor -= skipped
        taken = min(covered, source.minor - skipped)
        if taken:
            found.append(CoverPart(source.source_id, taken, source.tax))
            covered -= taken
    return (*found, CoverPart(None, covered)) if covered else tuple(found)


def sources(invoices: Iterable[Invoice]) -> Iterator[CoverPart]:
    """The invoices that may cover work, each with what is left of it, net: all of it (of an uncollectible one, what was
    paid), less what live invoices took off."""
    live = [it for it in invoices if it.is_live]
    taken = Counter[InvoiceId | None]()
    for invoice in live:
        taken.update({part.source_id: part.minor for part in invoice.covered_by})
    for invoice in live:
        whole = invoice.net_of(invoice.paid_minor) if invoice.status is Status.UNCOLLECTIBLE else invoice.net_minor
        covers = invoice.kind is not InvoiceKind.TIME and invoice.deposit is Deposit.TO_BALANCE
        if covers and whole > taken[invoice.id]:
            yield CoverPart(invoice.id, whole - taken[invoice.id], invoice.lines[0].tax)


def uncovered(invoices: Iterable[Invoice], shortfall_minor: int) -> tuple[Invoice, ...]:
    """The live invoices that count on cover that was taken away, the latest first, up to that amount."""
    found = []
    for invoice in sorted((it for it in invoices if it.is_live and it.covered_minor), key=_issued, reverse=True):
        if shortfall_minor <= 0:
            break
        found.append(invoice)
        shortfall_minor -= invoice.covered_net_minor
    return tuple(found)


def _issued(invoice: Invoice) -> tuple[object, ...]:
    return (invoice.issued_on, invoice.id)
