"""The calls for invoices, from draft to paid or void."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from attrs import converters, evolve

from invoicecore.desk import drafting, issuing, visibility
from invoicecore.desk.context import CommandContext, checked
from invoicecore.desk.drafting import DraftChange, further_lines
from invoicecore.desk.executor import keyed
from invoicecore.desk.finish import close, settle
from invoicecore.desk.subject import Subject, command, query
from invoicecore.errors import InvalidInput, NotFound
from invoicecore.lifecycle.drafts import DraftMoved, difference, with_content
from invoicecore.lifecycle.invoice import Invoice, Line, Selection, StatusChange, facts
from invoicecore.lifecycle.numbering import own_number
from invoicecore.lifecycle.table import Availability, judged, permitted, target
from invoicecore.model.person import Person
from invoicecore.ports.store import (
    HISTORY_OF_INVOICE,
    INVOICES,
    INVOICES_IN_STATUS,
    INVOICES_OF_CLIENT,
    PAYMENTS_ON_INVOICE,
    PEOPLE,
    UniqueKind,
)
from invoicecore.queries.printable import PrintableCover, PrintableInvoice, PrintablePayment
from invoicecore.settlement import generate as paper_moves
from invoicecore.settlement.account import Account
from invoicecore.settlement.generate import Draft, draft_view, set_status
from invoicecore.settlement.pay import pay
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.void import discard, void
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.ids import PaymentId
from invoicecore.values.money import Money, in_currency, positive
from invoicecore.values.unset import UNSET, Unset
from invoicecore.vocabulary import AWAITED, Action, Cover, Debt, Deposit, InvoiceKind, OnVoid, Role, Status


class Invoices(Subject):
    """Invoices of all kinds, from draft to paid or void."""

    # making

    def draft(
        self,
        client_id: str,
        period: Period,
        *,
        projects: Iterable[str] | None = None,
        exclude: Iterable[str] = (),
        cover: Cover = Cover.AVAILABLE,
        notes: str = "",
        idempotency_key: str | None = None,
    ) -> Draft:
        """Collect a client's billable work and charges of a period into a draft, which is a snapshot: of all projects
        or of some, without the sessions and charges in `exclude`. A discount is never larger than the lines that it
        lowers; the rest waits for another invoice. A draft locks nothing and asks for no payment. What is prepaid or
        was asked for already is taken off, unless `cover` is NOTHING. `notes` are printed for the client."""
        given = checked(DraftChange, period=period, projects=projects, exclude=exclude, cover=cover, notes=notes)
        notes = given.pop("notes")
        wanted = DraftChange(**given)

        def run(context: CommandContext) -> Draft:
            owner = context.client(client_id)
            selection = wanted.selection(context, owner.id, Selection(period))
            context.permit(Action.DRAFT_INVOICE)
            account = context.account(owner.id)
            blank = issuing.blank(context, account, InvoiceKind.TIME, Deposit.TO_BALANCE, Status.DRAFT, notes)
            blank = evolve(blank, selection=selection)
            decision = paper_moves.draft(account, drafting.latest(context, account, blank), context.stamp)
            after = settle(context, account, decision)
            [invoice] = decision.invoices
            return draft_view(invoice, invoice, after)

        request = keyed(idempotency_key, self.draft, client_id=client_id, selection=wanted, notes=notes)
        return self._executor.write(Action.DRAFT_INVOICE, run, request)

    @command(
        Action.MAKE_MANUAL_INVOICE,
        amount=partial(positive, "The amount of an invoice"),
        deposit=lambda it: inputs.instance("deposit", it, Deposit),
        description=partial(inputs.text, "description"),
        number=converters.optional(own_number),
        notes=partial(inputs.text, "notes"),
        issued_on=converters.optional(partial(inputs.plausible_day, "issued_on")),
        out_of_order=partial(inputs.yes_or_no, "out_of_order"),
        due_on=converters.optional(partial(inputs.day, "due_on")),
        more=further_lines,
    )
    def manual(
        self,
        context: CommandContext,
        client_id: str,
        amount: Money,
        *,
        deposit: Deposit,
        description: str = "",
        number: str | None = None,
        notes: str = "",
        issued_on: date | None = None,
        out_of_order: bool = False,
        due_on: date | None = None,
        more: Iterable[tuple[str, Money]] = (),
        idempotency_key: str | None = None,
    ) -> Invoice:
        """Invoice an amount, to which the tax of the client's tax code is added; the invoice is generated at once.
        `deposit` says whether its payments go to the balance. `number` is a number of your own; NumberTaken if an
        invoice has or had it. `notes` are printed for the client. `issued_on` and `out_of_order` are as in `generate`;
        `due_on` is a due date of its own. `more` are further lines, each a description and an amount. To change the
        invoice, revert it."""
        action, further = Action.MAKE_MANUAL_INVOICE, tuple(more)
        lines = tuple(Line(text, part.minor) for text, part in ((description, amount), *further))
        owner = context.client(client_id)
        context.permit(action)
        account = context.account(owner.id)
        if number is not None:
            issuing.check_free(context, number)
        if issued_on is not None:
            issuing.check_issue_day(context, issued_on, out_of_order=out_of_order)
        in_currency(owner.currency, amount, *(part for _, part in further))
        kind = InvoiceKind.MANUAL
        decision = issuing.issue(context, account, kind, deposit, lines, action, number, notes, issued_on, due_on)
        close(context, account, decision.account)
        return decision.invoices[0]

    # a draft

    def open(self, invoice_id: str) -> Draft:
        """Open a draft for editing: it takes the latest work, and `difference` says what changed since it was last
        saved or opened. `generate` bills what is shown then."""
        return self._update(Action.EDIT, invoice_id, DraftChange(), None)

    @query
    def peek(self, context: CommandContext, invoice_id: str) -> Draft:
        """Like `open`, but nothing is written: `difference` says whether the work of a draft has changed since it was
        last saved or opened, and the draft shows what would be billed now."""
        invoice, before = context.invoice_for(Action.EDIT, invoice_id)
        target(Action.EDIT, facts(invoice, before.credit_minor))
        return draft_view(drafting.latest(context, before, invoice), invoice, before)

    def save(
        self,
        invoice_id: str,
        *,
        period: Period | Unset = UNSET,
        projects: Iterable[str] | Unset | None = UNSET,
        exclude: Iterable[str] | Unset = UNSET,
        cover: Cover | Unset = UNSET,
        amount: Money | Unset = UNSET,
        description: str | Unset = UNSET,
        more: Iterable[tuple[str, Money]] | Unset = UNSET,
        deposit: Deposit | Unset = UNSET,
        notes: str | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Draft:
        """Save a draft with the changes that are given, and with the latest work.

        A time invoice has a period, projects (None: all), sessions and charges to exclude, and a cover. A manual
        invoice that was reverted has the amount and description of its first line, `more` lines after it, and a
        deposit. A refill has only a description, because its amount follows from the terms. Each kind has notes for the
        client.
        """
        given = checked(
            DraftChange,
            period=period,
            projects=projects,
            exclude=exclude,
            cover=cover,
            amount=amount,
            description=description,
            more=more,
            deposit=deposit,
            notes=notes,
        )
        change = DraftChange(**given)
        return self._update(Action.SAVE, invoice_id, change, idempotency_key)

    @command(Action.DELETE, note=converters.optional(partial(inputs.reason, "The note of a deleted number")))
    def delete(
        self,
        context: CommandContext,
        invoice_id: str,
        *,
        note: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """Delete a draft. Numbers leave no gaps, so a draft that has a number stays on record as void; the note must
        say why, InvalidInput without one."""
        invoice, before = context.invoice_for(Action.DELETE, invoice_id)
        target(Action.DELETE, facts(invoice, before.credit_minor))
        if invoice.number is None:
            context.put(before)
            context.remove(Invoice, invoice.id)
            return
        if note is None:
            message = f"{invoice.label} has a number, which stays on record as void: say why with note=…."
            raise InvalidInput(message, "no_reason", field="note")
        context.reason = note
        client = context.client(invoice.client_id)
        finished = issuing.dated(context, client, with_content(invoice, invoice.lines))
        settle(context, before, discard(before, invoice, finished, note, context.stamp), asks=False)

    def generate(
        self,
        invoice_id: str,
        *,
        use_latest: bool = False,
        if_revision: str | None = None,
        issued_on: date | None = None,
        out_of_order: bool = False,
        due_on: date | None = None,
        idempotency_key: str | None = None,
    ) -> Invoice:
        """Finish a draft: it gets its number and dates, and its sessions and charges are locked.

        It bills what was seen. If the work, or its cover, has changed since the draft was last saved or opened,
        DraftMoved has the difference; `use_latest` bills the present work instead. A reverted draft always takes the
        latest work. `if_revision` is the revision that was seen; another one is DraftMoved too. An invoice whose work
        is all covered asks for nothing: it is paid at once, and can then only be voided. MoneyRuleViolation if advances
        were taxed so much higher that nothing would be left to pay.

        `issued_on` is the day of issue, by default today. InvalidState if it is in the future, or before that of the
        latest invoice without `out_of_order`. The invoice is booked now, so reports of an earlier day stay as they
        were. `due_on` is a due date of its own, instead of that of the payment terms.
        """
        inputs.all_of(
            issued_on=lambda: inputs.optional(issued_on, partial(inputs.plausible_day, "issued_on")),
            out_of_order=lambda: inputs.yes_or_no("out_of_order", out_of_order),
            due_on=lambda: inputs.optional(due_on, partial(inputs.day, "due_on")),
            use_latest=lambda: inputs.yes_or_no("use_latest", use_latest),
            if_revision=lambda: inputs.optional(if_revision, partial(inputs.text, "if_revision")),
        )

        def run(context: CommandContext) -> Invoice:
            invoice, before = context.invoice_for(Action.GENERATE, invoice_id)
            state = facts(invoice, before.credit_minor)
            target(Action.GENERATE, evolve(state, numbered=True))  # whether it is a draft; what is on it comes below
            now = drafting.latest(context, before, invoice, issued_on)
            moved, reverted = now.revision != invoice.revision, invoice.number is not None
            if (moved and not use_latest and not reverted) or (if_revision is not None and if_revision != now.revision):
                raise DraftMoved(difference(invoice, now), now.revision)
            target(Action.GENERATE, evolve(state, total_minor=now.total_minor))
            paper_moves.check_taxes(now)
            if issued_on is not None:
                issuing.check_issue_day(context, issued_on, out_of_order=out_of_order)
            client = context.client(invoice.client_id)
            freed = drafting.split(context, drafting.freed(context, before, now), now)
            number = invoice.number or issuing.number_for(context, invoice.id, issued_on)
            finished = issuing.dated(context, client, evolve(now, number=number), issued_on, due_on)
            decision = paper_moves.generate(freed, invoice, finished, context.stamp)
            settle(context, before, decision, asks=False)
            return decision.invoices[0]

        request = keyed(
            idempotency_key,
            self.generate,
            invoice_id=invoice_id,
            use_latest=use_latest,
            if_revision=if_revision,
            issued_on=issued_on,
            out_of_order=out_of_order,
            due_on=due_on,
        )
        return self._executor.write(Action.GENERATE, run, request)

    # a finished invoice

    @command(Action.REVERT)
    def revert(self, context: CommandContext, invoice_id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Take a generated invoice back to draft: its sessions and charges are unlocked, and it keeps its number."""
        invoice, before = context.invoice_for(Action.REVERT, invoice_id)
        decision = paper_moves.revert(before, invoice, context.stamp)
        settle(context, before, decision)
        return decision.invoices[0]

    @command(Action.SET_DUE)
    def set_due(self, context: CommandContext, invoice_id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Mark the invoice as due: it was sent, or is awaiting payment."""
        return _set(context, Action.SET_DUE, *context.invoice_for(Action.SET_DUE, invoice_id))

    @command(Action.SET_OVERDUE)
    def set_overdue(self, context: CommandContext, invoice_id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Mark the invoice as past its due date."""
        return _set(context, Action.SET_OVERDUE, *context.invoice_for(Action.SET_OVERDUE, invoice_id))

    @command(Action.SET_UNCOLLECTIBLE, debt=lambda it: inputs.instance("debt", it, Debt))
    def set_uncollectible(
        self,
        context: CommandContext,
        invoice_id: str,
        *,
        debt: Debt = Debt.KEEP,
        idempotency_key: str | None = None,
    ) -> Invoice:
        """Write the invoice off: it no longer counts as outstanding. Its sessions and charges stay locked, and a later
        payment is accepted. By default the client still owes it. With Debt.FORGIVE, if its payments go to the balance,
        a write-off raises the balance by what is left to pay, without tax."""
        action = Action.SET_UNCOLLECTIBLE
        return _set(context, action, *context.invoice_for(action, invoice_id), debt)

    @command(Action.SET_PAID)
    def set_paid(self, context: CommandContext, invoice_id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Mark the invoice as paid: a payment of the rest is recorded, with the status menu as its origin."""
        invoice, before = context.invoice_for(Action.SET_PAID, invoice_id)
        decision = pay(before, invoice, PaymentId(context.ids()), None, context.stamp, action=Action.SET_PAID)
        settle(context, before, decision)
        return decision.invoices[0]

    @command(
        Action.VOID,
        payments=lambda it: inputs.instance("payments", it, OnVoid),
        note=partial(inputs.reason, "The note of a void"),
    )
    def void(
        self,
        context: CommandContext,
        invoice_id: str,
        *,
        note: str,
        payments: OnVoid = OnVoid.KEEP,
        idempotency_key: str | None = None,
    ) -> Invoice:
        """Cancel an invoice for a stated reason: it stays on record, and its sessions and charges can be invoiced
        again.

        Its payments become the client's credit, or with OnVoid.REVERSE go back to the client. Its work stays in the
        balance. If the invoice had covered work, the event CoverLost names the invoices that count on it. Only Managers
        see the note.
        """
        invoice, before = context.invoice_for(Action.VOID, invoice_id)
        context.reason = note
        applied = context.uow.find(PAYMENTS_ON_INVOICE, invoice.id)
        decision = void(before, invoice, applied, payments, note, context.stamp)
        settle(context, before, decision, asks=False)
        return decision.invoices[0]

    def sweep_overdue(self, as_of: date | None = None) -> tuple[Invoice, ...]:
        """Mark as overdue every generated or due invoice whose due date is before `as_of` and on which something is
        left to pay; returns these invoices. `as_of` is by default today in the firm's zone. InvalidState for a later
        day.

        Each invoice is a unit of work of its own, so an interrupted call can be repeated. Clients on whom a wrong clock
        has booked are left out.
        """
        inputs.optional(as_of, partial(inputs.day, "as_of"))

        def find(context: CommandContext) -> Iterable[str]:
            if as_of is not None:
                context.stamp.check_not_ahead("A sweep", as_of, "as_of")
            asked = (it for status in AWAITED for it in context.uow.find(INVOICES_IN_STATUS, status))
            return (it.id for it in asked if it.is_late(as_of or context.stamp.today))

        def mark(context: CommandContext, invoice_id: str) -> Invoice | None:
            invoice, before = context.invoice_for(Action.SWEEP_OVERDUE, invoice_id)
            return (
                _set(context, Action.SET_OVERDUE, invoice, before)
                if invoice.is_late(as_of or context.stamp.today)
                else None
            )

        return self._sweep(Action.SWEEP_OVERDUE, find, mark)

    # looking

    def get(self, invoice_id: str) -> Invoice:
        """An invoice that the caller may see."""
        return self._executor.read(lambda context: context.shown_invoice(invoice_id))

    def by_number(self, number: str) -> Invoice:
        """The invoice with this number. NotFound if there is none that the caller may see."""
        known = own_number(number)

        def run(context: CommandContext) -> Invoice:
            owner = context.uow.owners(UniqueKind.NUMBER, (known,)).get(known)
            if owner is None:
                raise NotFound("invoice", number)
            return context.shown_invoice(owner)

        return self._executor.read(run)

    @query
    def of(self, context: CommandContext, client_id: str) -> tuple[Invoice, ...]:
        """A client's invoices that the caller may see, in the order in which they were made."""
        id = context.client(client_id).id
        context.permit(Action.VIEW_INVOICES)
        return _seen(context, context.uow.find(INVOICES_OF_CLIENT, id))

    @query
    def all(self, context: CommandContext) -> tuple[Invoice, ...]:
        """All invoices that the caller may see, in the order in which they were made."""
        context.permit(Action.VIEW_INVOICES)
        return _seen(context, context.uow.find(INVOICES))

    def available_actions(self, invoice_id: str) -> tuple[Availability, ...]:
        """Every action on an invoice: whether the person may do it now and, if not, why not."""
        return self._executor.read(lambda context: acts_on(context, context.invoice(invoice_id)))

    def history(self, invoice_id: str) -> tuple[StatusChange, ...]:
        """The steps of an invoice's life: who, when, from which status, to which. Only Managers see the note of a
        void."""
        return self._executor.read(lambda context: history_of(context, context.invoice(invoice_id)))

    @query
    def readers(self, context: CommandContext, invoice_id: str) -> tuple[Person, ...]:
        """The client's contacts who may see an invoice, in the order in which they were added; none for a draft."""
        invoice = context.invoice(invoice_id)
        context.permit(Action.VIEW_PEOPLE)
        return tuple(
            it
            for it in context.uow.find(PEOPLE)
            if it.role is Role.CONTACT and not it.archived and visibility.sees_invoice(it, invoice)
        )

    @query
    def printable(self, context: CommandContext, invoice_id: str) -> PrintableInvoice:
        """What the printed invoice says, as plain data; for a draft, its preview."""
        invoice = context.shown_invoice(invoice_id)
        is_preview = invoice.status is Status.DRAFT
        context.permit(Action.PREVIEW if is_preview else Action.PRINT)
        if is_preview and invoice.number is not None and invoice.selection is not None:  # its cover is free
            account = context.account(invoice.client_id)
            parts = drafting.cover_of(context, account, invoice.selection, invoice.net_minor)
            invoice = with_content(invoice, invoice.lines, parts)
        parties = invoice.parties or issuing.parties(context, context.client(invoice.client_id), invoice.lines)
        covered = tuple(
            PrintableCover(
                None if it.source_id is None else context.label_of(it.source_id),
                Money(minor=it.minor, currency=invoice.currency),
                it.tax,
            )
            for it in invoice.covered_by
        )
        payments = tuple(
            PrintablePayment(it.received_on, it.method, amount, on_void)
            for it, amount, on_void in payments_on(context, context.invoice(invoice.id))
        )
        return PrintableInvoice(invoice, parties, covered, payments, is_preview, issuing.logo_of(context, parties))

    # how they are done

    def _update(self, action: Action, invoice_id: str, change: DraftChange, key: str | None) -> Draft:
        def run(context: CommandContext) -> Draft:
            invoice, before = context.invoice_for(action, invoice_id)
            target(action, facts(invoice, before.credit_minor))
            now = drafting.latest(context, before, change.applied_to(context, invoice))
            after = settle(
                context, before, paper_moves.update_draft(before, invoice, now, context.stamp, action), asks=False
            )
            return draft_view(now, invoice, after)

        request = keyed(key, self.save, invoice_id=invoice_id, change=change)
        return self._executor.write(action, run, request)


def _set(context: CommandContext, action: Action, invoice: Invoice, before: Account, debt: Debt = Debt.KEEP) -> Invoice:
    """Set a status by hand; where it is there already, nothing changes and nothing is recorded."""
    decision = set_status(before, invoice, action, context.stamp, debt)
    if decision is None:
        return invoice
    settle(context, before, decision, asks=action is not Action.SET_UNCOLLECTIBLE)
    return decision.invoices[0]


def acts_on(context: CommandContext, invoice: Invoice) -> tuple[Availability, ...]:
    """Every action on an invoice, judged for the actor."""
    state = facts(invoice, context.account(invoice.client_id).credit_minor)
    return permitted(context.actor.role, judged(state))


def payments_on(context: CommandContext, invoice: Invoice) -> Iterator[tuple[Payment, Money, OnVoid | None]]:
    """The payments of an invoice, each with what it pays of it; or those that a void invoice had, each with what it had
    paid and what became of that."""
    for payment in context.uow.find(PAYMENTS_ON_INVOICE, invoice.id):
        yield payment, Money(minor=payment.applied_to(invoice.id), currency=payment.currency), None
    for part in invoice.released:
        payment = context.payment_of(part)
        yield payment, Money(minor=part.minor, currency=payment.currency), part.on_void


def history_of(context: CommandContext, invoice: Invoice) -> tuple[StatusChange, ...]:
    """The steps of an invoice's life, as the actor may see them."""
    steps = context.uow.find(HISTORY_OF_INVOICE, invoice.id)
    if context.actor.role is Role.MANAGER:
        return tuple(steps)
    return tuple(evolve(step, note="") for step in steps)


def _seen(context: CommandContext, invoices: Iterable[Invoice]) -> tuple[Invoice, ...]:
    """The invoices that the actor may see, as they are shown them."""
    actor = context.actor
    return tuple(visibility.shown_invoice(actor, it) for it in invoices if visibility.sees_invoice(actor, it))
