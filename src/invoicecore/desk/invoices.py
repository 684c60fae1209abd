"""What does the firm ask money for, and how does each invoice live?"""

from collections.abc import Callable, Iterable
from datetime import date

from attrs import evolve

from invoicecore.desk import drafting, issuing, visibility
from invoicecore.desk.context import Unit
from invoicecore.desk.drafting import Choice
from invoicecore.desk.executor import Office
from invoicecore.desk.finish import close, settle
from invoicecore.lifecycle.drafts import DraftMoved, difference, revision, total_minor
from invoicecore.lifecycle.invoice import Invoice, Line, Selection, StatusChange, facts
from invoicecore.lifecycle.numbering import own_number
from invoicecore.lifecycle.table import RULE_OF, Availability, judge, target
from invoicecore.model.permissions import MAY, may
from invoicecore.ports.store import (
    HISTORY_OF_INVOICE,
    INVOICES,
    INVOICES_IN_STATUS,
    INVOICES_OF_CLIENT,
    PAYMENTS_ON_INVOICE,
)
from invoicecore.settlement import generate as paper_moves
from invoicecore.settlement.draft import Draft, on_desk
from invoicecore.settlement.pay import pay
from invoicecore.settlement.printable import Paper, PaperPayment
from invoicecore.settlement.status import set_status
from invoicecore.settlement.void import void
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.ids import PaymentId
from invoicecore.values.money import Money, in_currency, positive
from invoicecore.vocabulary import Act, Deposit, InvoiceKind, OnVoid, Role, Status


class Invoices:
    """Invoices of all kinds, from draft to paid or void."""

    def __init__(self, office: Office) -> None:
        self._office = office

    # making

    def draft(
        self,
        client: str,
        period: Period,
        *,
        projects: Iterable[str] | None = None,
        leave_out: Iterable[str] = (),
        notes: str = "",
        idempotency_key: str | None = None,
    ) -> Draft:
        """Collect a client's billable work of a period into a draft, as a snapshot: of all projects or of some, without
        the sessions that are left out by choice. It locks nothing and asks for nothing yet. `notes` are printed for the
        client."""
        said = inputs.text("notes", notes)
        choice = drafting.choice(inputs.instance("period", period, Period), projects, leave_out)

        def command(unit: Unit) -> Draft:
            owner = unit.client(client)
            selection = choice.selection(unit, owner.id, Selection(period))
            unit.permit(Act.DRAFT_INVOICE)
            account = unit.account(owner.id)
            blank = issuing.blank(unit, account, InvoiceKind.TIME, Deposit.TO_BALANCE, Status.DRAFT, said)
            blank = evolve(blank, selection=selection)
            decision = paper_moves.draft(account, blank, drafting.latest(unit, blank), unit.stamp)
            after = settle(unit, account, decision)
            [invoice] = decision.invoices
            return on_desk(invoice, invoice.lines, after)

        return self._office.write(
            Act.DRAFT_INVOICE, command, key=idempotency_key, request=_with(said or None, client, choice)
        )

    def manual(
        self,
        client: str,
        amount: Money,
        *,
        deposit: Deposit,
        description: str = "",
        number: str | None = None,
        notes: str = "",
        idempotency_key: str | None = None,
    ) -> Invoice:
        """Ask for an amount; the invoice is generated at once. `deposit` says whether its payments go to the balance;
        `number` is one of its own that nobody has; `notes` are printed for the client. To change it, revert it."""
        positive("The amount of an invoice", amount)
        inputs.instance("deposit", deposit, Deposit)
        line = Line(inputs.text("description", description), amount.minor)
        own = None if number is None else own_number(number)
        said = inputs.text("notes", notes)

        def command(unit: Unit) -> Invoice:
            owner = unit.client(client)
            unit.permit(Act.MAKE_MANUAL_INVOICE)
            account = unit.account(owner.id)
            if own is not None:
                issuing.check_free(unit, own)
            in_currency(owner.currency, amount)
            act = Act.MAKE_MANUAL_INVOICE
            decision = issuing.issue(unit, account, InvoiceKind.MANUAL, deposit, line, act, own, said)
            close(unit, account, decision.account)
            return decision.invoices[0]

        request = _with(said or None, client, amount, deposit, line.description, own)
        return self._office.write(Act.MAKE_MANUAL_INVOICE, command, key=idempotency_key, request=request)

    # a draft

    def open(self, id: str) -> Draft:
        """Open a draft for editing: it takes up the latest work, and `difference` says what moved since it was last
        saved or opened. What is shown is then what `generate` bills."""
        return self._resave(Act.EDIT, id, Choice(), None, None)

    def save(
        self,
        id: str,
        *,
        period: Period | None = None,
        projects: Iterable[str] | None = None,
        leave_out: Iterable[str] | None = None,
        amount: Money | None = None,
        description: str | None = None,
        deposit: Deposit | None = None,
        notes: str | None = None,
        idempotency_key: str | None = None,
    ) -> Draft:
        """Save a draft with another choice; None leaves it as it is, and the latest work is taken up.

        A time invoice has a period, projects and sessions left out; a manual invoice that was reverted an amount, a
        description and a deposit; a refill a description only, because its amount follows from the terms. Each has
        notes for the client.
        """
        choice = drafting.choice(period, projects, leave_out, amount, description, deposit)
        said = inputs.optional(notes, lambda it: inputs.text("notes", it))
        return self._resave(Act.SAVE, id, choice, said, idempotency_key)

    def delete(self, id: str) -> None:
        """Throw a draft away that never had a number."""

        def command(unit: Unit) -> None:
            invoice = unit.invoice(id)
            unit.permit(Act.DELETE)
            account = unit.account(invoice.client_id)
            target(Act.DELETE, facts(invoice, account.credit_minor))
            unit.put(account)
            unit.remove(Invoice, invoice.id)

        self._office.write(Act.DELETE, command)

    def generate(
        self, id: str, *, latest: bool = False, expect: str | None = None, idempotency_key: str | None = None
    ) -> Invoice:
        """Finish a draft: it gets its number and dates, and its sessions are locked.

        What was seen is what is billed: if the work has moved since the draft was last saved or opened, DraftMoved
        carries the difference, unless `latest` says to take the work as it is now. A reverted draft always takes the
        latest. `expect` is the revision that was seen; anything else is DraftMoved too.
        """
        inputs.yes_or_no("latest", latest)
        if expect is not None:
            inputs.text("expect", expect)

        def command(unit: Unit) -> Invoice:
            invoice = unit.invoice(id)
            unit.permit(Act.GENERATE)
            before = unit.account(invoice.client_id)
            state = facts(invoice, before.credit_minor)
            target(Act.GENERATE, evolve(state, numbered=True))  # whether it is a draft; what is on it comes below
            lines = drafting.latest(unit, invoice)
            moved = lines != invoice.lines
            lines, now = (lines, revision(lines)) if moved else (invoice.lines, invoice.revision)
            reverted = invoice.number is not None
            if (moved and not latest and not reverted) or (expect is not None and expect != now):
                raise DraftMoved(difference(invoice.lines, lines, invoice.currency), now)
            target(Act.GENERATE, evolve(state, total_minor=total_minor(lines)))
            client = unit.client(invoice.client_id)
            decision = paper_moves.generate(
                before,
                invoice,
                lines,
                invoice.number or issuing.number_for(unit, invoice.id),
                issuing.terms_for(unit, client),
                issuing.letterhead(unit, client, lines),
                unit.stamp,
            )
            settle(unit, before, decision)
            return decision.invoices[0]

        return self._office.write(Act.GENERATE, command, key=idempotency_key, request=(id, latest, expect))

    # a finished invoice

    def revert(self, id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Take a generated invoice back to draft: its sessions are free, and it keeps its number."""

        def command(unit: Unit) -> Invoice:
            invoice = unit.invoice(id)
            unit.permit(Act.REVERT)
            before = unit.account(invoice.client_id)
            decision = paper_moves.revert(before, invoice, unit.stamp)
            settle(unit, before, decision)
            return decision.invoices[0]

        return self._office.write(Act.REVERT, command, key=idempotency_key, request=(id,))

    def set_due(self, id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Say that the invoice was sent, or awaits payment."""
        return self._set(Act.SET_DUE, id, idempotency_key)

    def set_overdue(self, id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Say that the invoice is past its due date."""
        return self._set(Act.SET_OVERDUE, id, idempotency_key)

    def set_uncollectible(self, id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Write the invoice off. Its sessions stay locked, no balance moves, and money that comes later is accepted."""
        return self._set(Act.SET_UNCOLLECTIBLE, id, idempotency_key)

    def set_paid(self, id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Say that the rest was paid: a payment of the rest is recorded, marked as coming from the status menu."""

        def command(unit: Unit) -> Invoice:
            invoice = unit.invoice(id)
            unit.permit(Act.SET_PAID)
            before = unit.account(invoice.client_id)
            decision = pay(before, invoice, PaymentId(unit.ids()), None, unit.stamp, act=Act.SET_PAID)
            settle(unit, before, decision)
            return decision.invoices[0]

        return self._office.write(Act.SET_PAID, command, key=idempotency_key, request=(id,))

    def void(
        self, id: str, *, note: str, payments: OnVoid = OnVoid.KEEP, idempotency_key: str | None = None
    ) -> Invoice:
        """Cancel an invoice for a stated reason: it stays on record, and its sessions are free to be invoiced anew.

        Money that was applied to it becomes the client's unapplied credit, or with OnVoid.REVERSE goes back. The work
        stays debited. The note is for Managers only.
        """
        inputs.instance("payments", payments, OnVoid)
        why = inputs.reason("The note of a void", note)

        def command(unit: Unit) -> Invoice:
            invoice = unit.invoice(id)
            unit.permit(Act.VOID)
            unit.reason = why
            before = unit.account(invoice.client_id)
            applied = unit.uow.find(PAYMENTS_ON_INVOICE, invoice.id)
            decision = void(before, invoice, applied, payments, why, unit.stamp)
            settle(unit, before, decision, asks=False)
            return decision.invoices[0]

        return self._office.write(Act.VOID, command, key=idempotency_key, request=(id, why, payments))

    def sweep_overdue(self, as_of: date) -> tuple[Invoice, ...]:
        """Mark as overdue every due invoice whose due date lies before `as_of`; returns those it marked.

        Each invoice is a unit of work of its own, so running it again goes on where it was interrupted.
        """
        inputs.day("as_of", as_of)

        def late(invoice: Invoice) -> bool:
            if invoice.status is not Status.DUE or invoice.due_on is None:
                return False
            return invoice.due_on < as_of and invoice.open_minor > 0

        def query(unit: Unit) -> list[Invoice]:
            unit.permit(Act.SWEEP_OVERDUE)
            return [invoice for invoice in unit.uow.find(INVOICES_IN_STATUS, Status.DUE) if late(invoice)]

        def command_for(id: str) -> Callable[[Unit], Invoice | None]:
            def command(unit: Unit) -> Invoice | None:
                invoice = unit.invoice(id)
                unit.permit(Act.SWEEP_OVERDUE)
                return _set(unit, invoice, Act.SET_OVERDUE) if late(invoice) else None

            return command

        found = self._office.read(query)
        marked = [self._office.write(Act.SWEEP_OVERDUE, command_for(invoice.id)) for invoice in found]
        return tuple(invoice for invoice in marked if invoice is not None)

    # looking

    def get(self, id: str) -> Invoice:
        """An invoice that one may see."""
        return self._office.read(lambda unit: unit.invoice(id))

    def of(self, client: str) -> tuple[Invoice, ...]:
        """A client's invoices that one may see, in the order in which they were made."""

        def query(unit: Unit) -> tuple[Invoice, ...]:
            id = unit.client(client).id
            unit.permit(Act.VIEW_INVOICES)
            return tuple(it for it in unit.uow.find(INVOICES_OF_CLIENT, id) if visibility.sees_invoice(unit.actor, it))

        return self._office.read(query)

    def all(self) -> tuple[Invoice, ...]:
        """All invoices that one may see, in the order in which they were made."""

        def query(unit: Unit) -> tuple[Invoice, ...]:
            unit.permit(Act.VIEW_INVOICES)
            return tuple(it for it in unit.uow.find(INVOICES) if visibility.sees_invoice(unit.actor, it))

        return self._office.read(query)

    def available_acts(self, id: str) -> tuple[Availability, ...]:
        """Every act on an invoice: whether it is allowed now to the one who asks, and if not, why not."""
        return self._office.read(lambda unit: acts_on(unit, unit.invoice(id)))

    def history(self, id: str) -> tuple[StatusChange, ...]:
        """The steps of an invoice's life: who, when, from, to. The note of a void is shown to Managers only."""
        return self._office.read(lambda unit: history_of(unit, unit.invoice(id)))

    def paper(self, id: str) -> Paper:
        """What the printed invoice says, as plain data; of a draft, the preview."""

        def query(unit: Unit) -> Paper:
            invoice = unit.invoice(id)
            is_preview = invoice.status is Status.DRAFT
            unit.permit(Act.PREVIEW if is_preview else Act.PRINT)
            letterhead = invoice.letterhead
            if letterhead is None:
                letterhead = issuing.letterhead(unit, unit.client(invoice.client_id), invoice.lines)
            payments = tuple(
                PaperPayment(it.received_on, it.method, Money(it.applied_to(invoice.id), it.currency))
                for it in unit.uow.find(PAYMENTS_ON_INVOICE, invoice.id)
            )
            return Paper(invoice, letterhead, payments, is_preview, issuing.logo_of(unit, letterhead))

        return self._office.read(query)

    # how they are done

    def _resave(self, act: Act, id: str, choice: Choice, notes: str | None, key: str | None) -> Draft:
        def command(unit: Unit) -> Draft:
            invoice = unit.invoice(id)
            unit.permit(act)
            before = unit.account(invoice.client_id)
            target(act, facts(invoice, before.credit_minor))
            chosen = choice.of(unit, invoice if notes is None else evolve(invoice, notes=notes))
            decision = paper_moves.resave(before, invoice, chosen, drafting.latest(unit, chosen), unit.stamp, act)
            after = settle(unit, before, decision)
            return on_desk(decision.invoices[0], invoice.lines, after)

        return self._office.write(act, command, key=key, request=_with(notes, id, choice))

    def _set(self, act: Act, id: str, key: str | None) -> Invoice:
        def command(unit: Unit) -> Invoice:
            invoice = unit.invoice(id)
            unit.permit(act)
            return _set(unit, invoice, act)

        return self._office.write(act, command, key=key, request=(id,))


def _with(notes: str | None, *request: object) -> tuple[object, ...]:
    """A request with its notes, where it has some: keys of before there were any still stand for the same request."""
    return request if notes is None else (*request, notes)


def _set(unit: Unit, invoice: Invoice, act: Act) -> Invoice:
    """Set a status from the menu; where it is there already, nothing changes and nothing is recorded."""
    before = unit.account(invoice.client_id)
    decision = set_status(before, invoice, act, unit.stamp)
    if decision is None:
        return invoice
    settle(unit, before, decision)
    return decision.invoices[0]


def acts_on(unit: Unit, invoice: Invoice) -> tuple[Availability, ...]:
    """Every act on an invoice, judged for the actor."""
    state = facts(invoice, unit.account(invoice.client_id).credit_minor)
    return tuple(
        judge(act, state)
        if may(unit.actor.role, act)
        else Availability(act, False, f"Only a {' or '.join(role for role in Role if role in MAY[act])} may.")
        for act in RULE_OF
    )


def history_of(unit: Unit, invoice: Invoice) -> tuple[StatusChange, ...]:
    """The steps of an invoice's life, as the actor may see them."""
    steps = unit.uow.find(HISTORY_OF_INVOICE, invoice.id)
    if unit.actor.role is Role.MANAGER:
        return tuple(steps)
    return tuple(evolve(step, note="") for step in steps)
