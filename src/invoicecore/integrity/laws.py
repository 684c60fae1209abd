"""The list of laws that stored books must meet, and the report with its findings."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from invoicecore.values.ids import FirmId
from invoicecore.vocabulary import DocumentedEnum


class Law(DocumentedEnum):
    """A law of stored books. Its value names it in reports; `meaning` says what must hold."""

    READABLE = "readable", "Every stored value is one that the library writes."
    REFERENCES = "references", "Every record or tax code that is named is there, and of the client that names it."
    MANAGER = "manager", "The firm has a manager who is not archived."
    PLAUSIBLE = "plausible", "No day, time or due date lies where no command would have put it."
    CURRENCY = "currency", "Everything of a client is in the client's currency."
    UNIQUE = "unique", "No number, e-mail address, running timer or message belongs to two."
    RESERVATIONS = "reservations", "A number, session, charge, e-mail, timer or import is reserved by its owner alone."
    COUNTERS = "counters", "A counter that is stored has moved."
    LEDGER_SUM = "ledger-sum", "Entries are numbered and booked in order, and each balance is the sum so far."
    LEDGER_POSITION = "ledger-position", "The stored position of an account is that of its last entry."
    ENTRY_CAUSE = "entry-cause", "Every entry has one cause, of its kind and of its client."
    ENTRY_WORK = (
        "entry-work",
        "An entry of work says what it stood for: a rate and a time that cost its amount, or were cut by a cap.",
    )
    CAUSE_SUM = (
        "cause-sum",
        "The entries of a session, charge or payment add up to what it is worth, but for taxes in it.",
    )
    SESSION_AMOUNT = (
        "session-amount",
        "A session costs its rate times its duration, or nothing; no more than that on a project that had a cap.",
    )
    PROJECT_CAP = "project-cap", "What is used of a cap is what the sessions of its project cost together."
    CHARGE_AMOUNT = "charge-amount", "A discount is below zero and every other charge is not; what is gone is nothing."
    INVOICE_TOTAL = "invoice-total", "The lines of an invoice add up to its total, with the tax of each code and rate."
    INVOICE_COVER = "invoice-cover", "What covers a time invoice adds up to what is covered, at most its total."
    INVOICE_LINES = "invoice-lines", "A line of a time invoice bills a session or a charge of its client."
    INVOICE_PAID = "invoice-paid", "An invoice is paid what payments apply to it, at most what it asks for."
    INVOICE_WRITE_OFF = (
        "invoice-write-off",
        "What was forgiven is the rest of an uncollectible invoice, as booked.",
    )
    INVOICE_ISSUED = (
        "invoice-issued",
        "Every invoice but a draft has a number, dates and a letterhead, and is not due before it is issued.",
    )
    INVOICE_HISTORY = "invoice-history", "The status of an invoice is where its history of allowed moves leads."
    BILLED_ONCE = "billed-once", "A session or a charge is on one live invoice at most."
    BILLED_UNCHANGED = "billed-unchanged", "What is on a live invoice is as the invoice says, and in its period."
    PAYMENT_PARTS = "payment-parts", "A payment is what was applied, is unapplied, or was reversed."
    NET_BALANCE = (
        "net-balance",
        "What the payments of a client with taxes moved is their credit, and the net share of what invoices were paid.",
    )
    ACCOUNT_CREDIT = "account-credit", "The credit of a client is what is unapplied of their payments."
    ACCOUNT_OUTSTANDING = "account-outstanding", "What a client was asked for is what their invoices still ask."
    RECEIVABLES = "receivables", "What is owed on an invoice is what its recorded changes add up to."
    ACCOUNT_UNBILLED = (
        "account-unbilled",
        "What is unbilled of a client is the work and the charges on no live invoice.",
    )
    AUDIT_RECORDS = "audit-records", "The audit tells every version of every record once, and who made it."


@frozen
class Finding:
    """Something in stored books that breaks a law.

    `kind` and `id` say which record is wrong, and `label` what people call it, if it has a name. `what` is a sentence.
    `since` is the instant of the entry, the step or the audit record at which the books are first wrong; for any other
    record it is that of the latest command that changed it, and None if no command did.
    """

    law: Law
    kind: str
    id: str
    what: str
    since: datetime | None = None
    label: str = ""


@frozen(kw_only=True)
class IntegrityReport:
    """The result of a verification of all stored books of a firm.

    `firm_name` is the name of the firm. `counts` says how many records of each kind were checked, and `found` how many
    findings there are in all; `findings` are the first of them.
    """

    firm_id: FirmId
    firm_name: str
    counts: Mapping[str, int]
    found: int
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        what = "sound" if self.is_sound else f"{self.found} wrong"
        return f"<IntegrityReport of {self.firm_name}: {sum(self.counts.values())} records, {what}>"

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.found
