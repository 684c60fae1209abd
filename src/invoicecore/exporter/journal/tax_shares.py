"""The tax in each movement of an invoice, code by code."""

from collections import Counter
from collections.abc import Callable

from invoicecore.lifecycle.invoice import Invoice
from invoicecore.values.tax import half_up
from invoicecore.vocabulary import Deposit


class TaxShares:
    """The tax of a client's invoices, which are read when they are needed. What was split of an invoice so far is
    remembered, so that its parts add up to the tax of each code."""

    def __init__(self, invoice: Callable[[str], Invoice]) -> None:
        self._read = invoice
        self._invoices: dict[str, Invoice] = {}
        self._split = Counter[str]()
        self._paid = Counter[str]()

    def invoice(self, invoice_id: str) -> Invoice:
        """An invoice, read once."""
        if invoice_id not in self._invoices:
            self._invoices[invoice_id] = self._read(invoice_id)
        return self._invoices[invoice_id]

    def has_tax(self, invoice_id: str | None) -> bool:
        """Whether an invoice asks for tax."""
        if invoice_id is None:
            return False
        invoice = self.invoice(invoice_id)
        return invoice.tax_minor != invoice.covered_tax_minor

    def of_all(self, invoice_id: str, minor: int) -> list[tuple[str, int]]:
        """So much tax that an invoice asks for, or asks for no more, by code."""
        return self._shared(invoice_id, 0, minor)

    def beside_the_balance(self, invoice_id: str | None, minor: int) -> list[tuple[str, int]]:
        """The tax, by code, in so much that was paid for an invoice and did not reach the balance: all of it where the
        invoice deposits, and otherwise its share."""
        if invoice_id is None or not self.has_tax(invoice_id):
            return []
        invoice = self.invoice(invoice_id)
        if invoice.deposit is Deposit.TO_BALANCE:
            return self.parts(invoice_id, minor)
        before = self._paid[invoice_id]
        self._paid[invoice_id] += minor
        share = invoice.net_of(before + minor) - invoice.net_of(before)
        return self.parts(invoice_id, minor - share)

    def parts(self, invoice_id: str, minor: int) -> list[tuple[str, int]]:
        """So much tax of an invoice, by code; with what was split of it before, each has its share of all."""
        before = self._split[invoice_id]
        self._split[invoice_id] += minor
        return self._shared(invoice_id, before, before + minor)

    def _shared(self, invoice_id: str, before: int, after: int) -> list[tuple[str, int]]:
        """The tax of an invoice from one amount to another, of which each code has its share."""
        codes = Counter[str]()
        for row in self.invoice(invoice_id).taxes_due:
            codes[row.code] += row.tax.minor
        whole, so_far, given = sum(codes.values()), 0, 0
        found: list[tuple[str, int]] = []
        for code, tax in codes.items():
            so_far += tax
            part = half_up(after * so_far, whole) - half_up(before * so_far, whole) - given if whole > 0 else 0
            given += part
            found.append((code, part))
        return [(code, part) for code, part in found if part]
