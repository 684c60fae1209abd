"""The write-off entry of an invoice with a forgiven debt, which follows what is left to pay."""

from attrs import evolve

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.settlement.account import Account
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Deposit, EntryKind, Status


def follow_rest(
    account: Account, invoice: Invoice, stamp: CommandStamp, *, forgive: bool = False
) -> tuple[Account, Invoice, tuple[LedgerEntry, ...]]:
    """The account, the invoice and the entry, if any, after the forgiven debt was set to what is left to pay.

    With `forgive` a debt begins to be forgiven, and stays so while the invoice is uncollectible; in another status none
    is. An invoice that does not deposit never lowered the balance, so nothing is given back. Like the balance, the
    amount is net.
    """
    forgives = (forgive or invoice.forgiven_minor > 0) and invoice.status is Status.UNCOLLECTIBLE
    wanted = invoice.net_due_minor if forgives and invoice.deposit is Deposit.TO_BALANCE else 0
    minor = wanted - invoice.forgiven_minor
    if not minor:
        return account, invoice, ()
    kind = EntryKind.WRITE_OFF if minor > 0 else EntryKind.WRITE_OFF_REVERSED
    account, entry = account.with_entry(kind, minor, stamp, cause=invoice.id, invoice_id=invoice.id)
    return account, evolve(invoice, forgiven_minor=wanted), (entry,)
