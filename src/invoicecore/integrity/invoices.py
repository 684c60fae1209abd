"""The laws of invoices: their totals, their sessions and their history."""

from collections.abc import Iterator

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenInvoice, SeenState
from invoicecore.lifecycle.drafts import facts_on_line, is_taken, line_of_charge, revision, total_minor
from invoicecore.lifecycle.invoice import ENDED, Invoice, Line, StatusChange, tax_bases
from invoicecore.lifecycle.numbering import is_as_read
from invoicecore.lifecycle.table import RULES
from invoicecore.settlement.account import SUMS, counted
from invoicecore.settlement.receivables import asked_minors, owed_minor
from invoicecore.values import inputs
from invoicecore.values.calendar import LONGEST_TERMS, known_zone
from invoicecore.values.inputs import EARLIEST
from invoicecore.values.locales import known_locale
from invoicecore.values.money import unchecked_money
from invoicecore.values.tax import tax_minor
from invoicecore.vocabulary import Deposit, InvoiceKind, Status

_MOVES = {(None, Status.DRAFT), (None, Status.GENERATED)} | {
    (before, after)
    for rule in RULES
    for before, after in (*rule.moves.items(), *rule.partly.items())
    if before is not after
}


_IN_WORDS = dict(
    zip(
        SUMS,
        ("what is outstanding", "what reverted drafts ask", "what is uncollectible", "what is unbilled"),
        strict=True,
    )
)


class InvoicesCheck:
    """Every invoice with its lines."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self._covering: list[tuple[str, str, str]] = []  # the client, the invoice, and what covers it
        self._released: list[tuple[str, str, str]] = []  # the client, the void invoice, and a payment that it had
        self._reverted: set[int] = set()  # the rows of sessions on reverted drafts
        self.looks: Looks = {Invoice: self._of_invoice}

    def _of_invoice(self, invoice: Invoice) -> Iterator[Finding]:
        seen = self._seen
        seen.invoices[invoice.id] = SeenInvoice(
            invoice.client_id,
            invoice.is_live,
            invoice.deposit is Deposit.TO_BALANCE,
            invoice.status,
            invoice.status_version,
            invoice.paid_minor,
            invoice.forgiven_minor,
            asked_minors(invoice),
            owed_minor(invoice),
            invoice.due_on,
        )
        seen.deposited[invoice.client_id] += invoice.deposited_of(invoice.paid_minor)
        if invoice.tax_minor != invoice.covered_tax_minor:
            seen.taxed.add(invoice.client_id)
        seen.sums[invoice.client_id].update(dict(zip(SUMS, counted(invoice), strict=True)))
        sources = (part.source_id for part in invoice.covered_by)
        self._covering += [(invoice.client_id, invoice.id, it) for it in sources if it is not None]
        self._released += [(invoice.client_id, invoice.id, it.payment_id) for it in invoice.released]
        for law, what in (*self._faults(invoice), *self._of_lines(invoice)):
            yield Finding(law, "Invoice", invoice.id, f"the invoice {invoice.id!r} {what}")

    def _faults(self, invoice: Invoice) -> Iterator[tuple[Law, str]]:
        seen = self._seen
        if seen.currencies.get(invoice.client_id) != invoice.currency:
            yield Law.CURRENCY, "has no client of its currency."
        if invoice.number is not None and seen.numbers.setdefault(invoice.number, invoice.id) != invoice.id:
            yield Law.UNIQUE, "has the number of another one."
        if invoice.number is not None and not is_as_read(invoice.number):
            yield Law.UNIQUE, "has a number with signs that nobody sees."
        total, paid, is_draft = invoice.total_minor, invoice.paid_minor, invoice.status is Status.DRAFT
        is_time = invoice.kind is InvoiceKind.TIME
        covered, parts = invoice.covered_minor, sum(part.minor for part in invoice.covered_by)
        covered_net, covered_tax = invoice.covered_net_minor, invoice.covered_tax_minor
        tax = tax_minor(tax_bases(invoice.lines))
        is_footed = (total_minor(invoice.lines) + tax, tax) == (total, invoice.tax_minor)
        if not is_footed or revision(invoice.lines, covered, covered_tax) != invoice.revision:
            yield Law.INVOICE_TOTAL, "asks for something else than its lines."
        is_within = 0 <= covered_net <= invoice.net_minor and covered_tax >= 0 and (covered <= total or is_draft)
        if parts or not is_draft:
            left = tax_minor(tax_bases(invoice.lines, invoice.covered_by))
            is_within = is_within and (parts, tax - left) == (covered_net, covered_tax)
        if not is_within or (covered and not is_time):
            yield Law.INVOICE_COVER, f"is covered by {parts}, not by {covered} of {total}."
        is_settled = invoice.is_live and 0 < total == covered + paid
        if not 0 <= paid <= max(0, total - covered) or (invoice.status is Status.PAID) != is_settled:
            yield Law.INVOICE_PAID, f"is {invoice.status} with {paid} of {total - covered} paid."
        released = [part.minor for part in invoice.released]
        if released and (invoice.status is not Status.VOID or min(released) <= 0 or sum(released) > total - covered):
            yield Law.INVOICE_PAID, f"is {invoice.status}, and had payments of {sum(released)}."
        uncollectible = invoice.status is Status.UNCOLLECTIBLE and invoice.deposit is Deposit.TO_BALANCE
        if invoice.forgiven_minor not in (0, invoice.net_due_minor if uncollectible else 0):
            yield Law.INVOICE_WRITE_OFF, f"is {invoice.status} with {invoice.forgiven_minor} written off."
        if any((it is None) != is_draft for it in (invoice.issued_on, invoice.due_on, invoice.parties)):
            yield Law.INVOICE_ISSUED, f"is {invoice.status}, with the dates or the letterhead of another status."
        if invoice.issued_on is not None and invoice.due_on is not None and invoice.due_on < invoice.issued_on:
            yield Law.INVOICE_ISSUED, f"is due on {invoice.due_on}, before it was issued on {invoice.issued_on}."
        if invoice.issued_on is not None and invoice.due_on is not None:
            latest = LONGEST_TERMS.due(invoice.issued_on)
            if invoice.issued_on < EARLIEST or invoice.due_on > latest:
                yield Law.PLAUSIBLE, f"is of {invoice.issued_on}, and due on {invoice.due_on}."
        if invoice.number is None and not is_draft:
            yield Law.INVOICE_ISSUED, f"is {invoice.status} without a number."
        if (invoice.ended_on is None) == (invoice.status in ENDED):
            yield Law.INVOICE_ISSUED, f"is {invoice.status}, and ended on {invoice.ended_on}."
        if invoice.parties is not None:
            known_locale(invoice.parties.locale)
            known_zone(invoice.parties.timezone)
        logo = invoice.parties.logo if invoice.parties is not None else None
        if logo is not None and logo not in seen.logos:
            yield Law.REFERENCES, "has a logo that is not there."

    def _of_lines(self, invoice: Invoice) -> Iterator[tuple[Law, str]]:
        sessions, client = self._seen.sessions, self._seen.client_row(invoice.client_id)
        for line in invoice.lines:
            if line.rate is not None and line.rate.currency != invoice.currency:
                yield Law.CURRENCY, "has a line in another currency."
            if line.charge_id is not None:
                yield from self._of_charge(invoice, line, line.charge_id)
                continue
            if line.session_id is None:
                if invoice.kind is InvoiceKind.TIME:
                    yield Law.INVOICE_LINES, "has a line that bills neither a session nor a charge."
                continue
            row = sessions.find(line.session_id)
            if row is None or sessions.client[row] != client:
                yield Law.INVOICE_LINES, f"bills {line.session_id!r}, which is no session of its client."
            elif invoice.status is Status.DRAFT and invoice.number is not None:
                if sessions.locked_by[row]:
                    yield Law.BILLED_ONCE, f"was reverted, and asks for {line.session_id!r}, which another one bills."
                self._reverted.add(row)
            elif invoice.is_live and invoice.parties is not None:
                yield from self._of_lock(invoice, invoice.parties.timezone, line, row)

    def _of_charge(self, invoice: Invoice, line: Line, charge_id: str) -> Iterator[tuple[Law, str]]:
        seen, selection = self._seen.charges.get(charge_id), invoice.selection
        is_of_client = seen is not None and seen.charge.client_id == invoice.client_id
        if seen is None or not is_of_client or line.session_id is not None or invoice.kind is not InvoiceKind.TIME:
            yield Law.INVOICE_LINES, f"bills {charge_id!r}, which is no charge of its client."
        elif invoice.status is Status.DRAFT and invoice.number is not None:
            if seen.locked_by is not None:
                yield Law.BILLED_ONCE, f"was reverted, and asks for {charge_id!r}, which another one bills."
            seen.is_reverted = True
        elif invoice.is_live:
            if seen.is_reverted or seen.locked_by is not None:
                yield Law.BILLED_ONCE, f"bills {charge_id!r}, which is billed or asked for already."
            seen.locked_by = invoice.id
            if line != line_of_charge(seen.charge, line.tax):
                yield Law.BILLED_UNCHANGED, f"bills {charge_id!r} otherwise than it is."
            if selection is not None and not is_taken(seen.charge, selection):
                yield Law.BILLED_UNCHANGED, f"bills {charge_id!r}, which it does not choose."

    def _of_lock(self, invoice: Invoice, zone: str, line: Line, row: int) -> Iterator[tuple[Law, str]]:
        sessions = self._seen.sessions
        if row in self._reverted:
            yield Law.BILLED_ONCE, f"bills {line.session_id!r}, which a reverted one asks for."
        if sessions.locked_by[row]:
            yield Law.BILLED_ONCE, f"bills {line.session_id!r}, which is billed already."
        sessions.locked_by[row] = self._seen.invoice_row(invoice.id) + 1
        day = sessions.day(row, zone)
        if hash((*facts_on_line(line), False)) != sessions.facts[row] or day != line.day:
            yield Law.BILLED_UNCHANGED, f"bills {line.session_id!r} otherwise than it is."
        if invoice.selection is not None and day not in invoice.selection.period:
            yield Law.BILLED_UNCHANGED, f"bills {line.session_id!r}, which is not of its period."

    def end(self) -> Iterator[Finding]:
        """What invoices ask clients for in all, what of their work is unbilled, and what covers it."""
        for client_id, invoice_id, source_id in self._covering:
            source = self._seen.invoices.get(source_id)
            if source is None or source.client_id != client_id:
                what = f"the invoice {invoice_id!r} is covered by {source_id!r}, which is no invoice of its client."
                yield Finding(Law.REFERENCES, "Invoice", invoice_id, what)
        for client_id, invoice_id, payment_id in self._released:
            payment = self._seen.payments.get(payment_id)
            if payment is None or payment.client_id != client_id:
                what = f"the invoice {invoice_id!r} had the payment {payment_id!r}, which is none of its client."
                yield Finding(Law.REFERENCES, "Invoice", invoice_id, what)
        for client_id, account in self._seen.accounts.items():
            for name in SUMS:
                stored, minor = getattr(account, name), self._seen.sums[client_id][name]
                if stored != minor:
                    law = Law.ACCOUNT_UNBILLED if name == "unbilled_minor" else Law.ACCOUNT_OUTSTANDING
                    kept, found = (unchecked_money(minor=it, currency=account.currency) for it in (stored, minor))
                    what = f"{_IN_WORDS[name]} of {client_id!r} is stored as {kept}, but adds up to {found}."
                    yield Finding(law, "Account", client_id, what)


class HistoriesCheck:
    """The history of each invoice, one after another."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self._step: StatusChange | None = None  # the latest
        self._told: set[str] = set()  # invoices whose history came
        self.looks: Looks = {StatusChange: self._of_step}

    def _of_step(self, step: StatusChange) -> Iterator[Finding]:
        former, self._step = self._step, step
        if former is not None and former.invoice_id != step.invoice_id:
            yield from self._ended(former)
            former = None
        sequence, status = (former.sequence, former.after) if former is not None else (0, None)
        fits = step.sequence == sequence + 1 and step.before is status and (step.before, step.after) in _MOVES
        if not fits or (step.after is Status.VOID and inputs.is_blank(step.note)):
            yield _of_step(Law.INVOICE_HISTORY, step, "cannot follow what was before.")
        if step.by not in self._seen.people:
            yield _of_step(Law.REFERENCES, step, "is by somebody who is not there.")

    def _ended(self, last: StatusChange) -> Iterator[Finding]:
        """A draft that was thrown away leaves its history."""
        invoice = self._seen.invoices.get(last.invoice_id)
        self._told.add(last.invoice_id)
        if invoice is not None and (invoice.status, invoice.steps) != (last.after, last.sequence):
            what = f"the invoice {last.invoice_id!r} is not where its history leads."
            yield Finding(Law.INVOICE_HISTORY, "Invoice", last.invoice_id, what, last.at)

    def end(self) -> Iterator[Finding]:
        """Whether the last history leads to the status of its invoice, and whether each invoice has a history."""
        if self._step is not None:
            yield from self._ended(self._step)
        for id in self._seen.invoices:
            if id not in self._told:
                yield Finding(Law.INVOICE_HISTORY, "Invoice", id, f"the invoice {id!r} has no history.")


def _of_step(law: Law, step: StatusChange, what: str) -> Finding:
    told = f"step {step.sequence} of the invoice {step.invoice_id!r} {what}"
    return Finding(law, "Invoice", step.invoice_id, told, step.at)
