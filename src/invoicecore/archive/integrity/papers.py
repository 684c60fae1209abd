"""Do invoices ask for what stands on them, are they paid what payments say, and did they live as they may?"""

from collections.abc import Iterator

from invoicecore.archive.integrity.seen_state import Known, Looks, PaperKept
from invoicecore.lifecycle.drafts import facts_on_line, revision, total_minor
from invoicecore.lifecycle.invoice import Invoice, Line, StatusChange
from invoicecore.lifecycle.table import RULES
from invoicecore.settlement.payment import Payment
from invoicecore.values.calendar import day_of
from invoicecore.values.money import LARGEST_MINOR
from invoicecore.vocabulary import Deposit, InvoiceKind, Status

_MOVES = {(None, Status.DRAFT), (None, Status.GENERATED)} | {
    (before, after)
    for rule in RULES
    for before, after in (*rule.moves.items(), *rule.partly.items())
    if before is not after
}


class Papers:
    """Invoices, payments, and the history of each invoice."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._step: StatusChange | None = None  # the latest
        self._unborn: set[str] = set()  # invoices whose history did not come yet
        self.looks: Looks = {Invoice: self._of_invoice, Payment: self._of_payment, StatusChange: self._of_step}

    # invoices

    def _of_invoice(self, invoice: Invoice) -> Iterator[str]:
        known, what = self._known, f"the invoice {invoice.id!r}"
        known.invoices[invoice.id] = PaperKept(
            invoice.client_id,
            invoice.is_live,
            invoice.deposit is Deposit.TO_BALANCE,
            invoice.status,
            invoice.status_version,
        )
        self._unborn.add(invoice.id)
        known.to_pay[invoice.id] = invoice.paid_minor
        known.asked[invoice.client_id] += invoice.outstanding_minor
        if known.currencies.get(invoice.client_id) != invoice.currency:
            yield f"{what} has no client of its currency."
        if invoice.number is not None and known.numbers.setdefault(invoice.number, invoice.id) != invoice.id:
            yield f"{what} has the number of another one."
        total, paid, is_draft = invoice.total_minor, invoice.paid_minor, invoice.status is Status.DRAFT
        if total_minor(invoice.lines) != total or revision(invoice.lines) != invoice.revision:
            yield f"{what} asks for something else than its lines."
        if not 0 <= paid <= total or (invoice.status is Status.PAID) != (0 < total == paid):
            yield f"{what} is {invoice.status} with {paid} of {total} paid."
        if any((it is None) != is_draft for it in (invoice.issued_on, invoice.due_on, invoice.parties)):
            yield f"{what} is {invoice.status}, with the dates or the letterhead of another status."
        if invoice.number is None and not is_draft:
            yield f"{what} is {invoice.status} without a number."
        if invoice.parties is not None and invoice.parties.logo not in {None, *known.logos}:
            yield f"{what} has a logo that is not there."
        for line in invoice.lines:
            yield from self._of_line(invoice, line, what)

    def _of_line(self, invoice: Invoice, line: Line, what: str) -> Iterator[str]:
        known = self._known
        if line.rate is not None and line.rate.currency != invoice.currency:
            yield f"{what} has a line in another currency."
        if line.session_id is None:
            if invoice.kind is InvoiceKind.TIME:
                yield f"{what} has a line that bills no session."
            return
        session = known.sessions.get(line.session_id)
        if session is None or session.client_id != invoice.client_id:
            yield f"{what} bills {line.session_id!r}, which is no session of its client."
            return
        if not invoice.is_live or invoice.parties is None:
            return
        if line.session_id in known.locks:
            yield f"{what} bills {line.session_id!r}, which is billed already."
        known.locks[line.session_id] = invoice.id
        day = session.stated_day or day_of(session.start, invoice.parties.timezone)
        if hash(facts_on_line(line)) != session.said or day != line.day or session.removed:
            yield f"{what} bills {line.session_id!r} otherwise than it is."

    # payments

    def _of_payment(self, payment: Payment) -> Iterator[str]:
        known, what = self._known, f"the payment {payment.id!r}"
        known.payments[payment.id] = payment.client_id
        known.credit[payment.client_id] += payment.unapplied_minor
        parts = [part.minor for part in payment.applied]
        amounts = (payment.minor - 1, payment.unapplied_minor, payment.reversed_minor, *(part - 1 for part in parts))
        if min(amounts) < 0 or payment.minor >= LARGEST_MINOR:
            yield f"{what} does not add up."
        if known.currencies.get(payment.client_id) != payment.currency:
            yield f"{what} has no client of its currency."
        if payment.by not in known.people:
            yield f"{what} was recorded by somebody who is not there."
        rest = payment.minor - payment.reversed_minor
        for part in payment.applied:
            invoice = known.invoices.get(part.invoice_id)
            if invoice is None or invoice.client_id != payment.client_id or not invoice.is_live:
                yield f"{what} pays for {part.invoice_id!r}, which is no live invoice of its client."
                return
            known.to_pay[part.invoice_id] -= part.minor
            rest -= 0 if invoice.deposits else part.minor
        known.rest[payment.id] = rest

    # lives

    def _of_step(self, step: StatusChange) -> Iterator[str]:
        former, self._step = self._step, step
        if former is not None and former.invoice_id != step.invoice_id:
            yield from self._ended(former)
            former = None
        sequence, status = (former.sequence, former.after) if former is not None else (0, None)
        fits = step.sequence == sequence + 1 and step.before is status and (step.before, step.after) in _MOVES
        if not fits or (step.after is Status.VOID and not step.note.strip()):
            yield f"step {step.sequence} of the invoice {step.invoice_id!r} cannot follow what was before."
        if step.by not in self._known.people:
            yield f"step {step.sequence} of the invoice {step.invoice_id!r} is by somebody who is not there."

    def _ended(self, last: StatusChange) -> Iterator[str]:
        """A draft that was thrown away leaves its history."""
        invoice = self._known.invoices.get(last.invoice_id)
        self._unborn.discard(last.invoice_id)
        if invoice is not None and (invoice.status, invoice.steps) != (last.after, last.sequence):
            yield f"the invoice {last.invoice_id!r} is not where its history leads."

    def end(self) -> Iterator[str]:
        """What invoices are paid, and where their histories lead."""
        known = self._known
        if self._step is not None:
            yield from self._ended(self._step)
        for id in self._unborn:
            yield f"the invoice {id!r} has no history."
        for id, minor in known.to_pay.items():
            if minor:
                yield f"the invoice {id!r} is paid something else than its payments say."
        for client_id, account in known.accounts.items():
            if account.credit_minor != known.credit.get(client_id, 0):
                yield f"the credit of {client_id!r} is not what is left of their payments."
            if account.outstanding_minor != known.asked.get(client_id, 0):
                yield f"what {client_id!r} was asked for is not what their invoices ask."
