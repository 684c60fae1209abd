"""The number, the dates and the frozen letterhead of a new invoice."""

from collections.abc import Iterable
from datetime import date

from attrs import evolve

from invoicecore.desk.context import CommandContext
from invoicecore.desk.taxing import taxed
from invoicecore.errors import InvalidState, NumberTaken
from invoicecore.lifecycle.drafts import revision, with_content
from invoicecore.lifecycle.invoice import Invoice, Line, PartySnapshot
from invoicecore.lifecycle.numbering import INVOICE_COUNTER, format_number
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.ports.queries import InvoicesQuery
from invoicecore.ports.store import UniqueKind
from invoicecore.queries.invoices import InvoiceSort
from invoicecore.queries.paging import PageRequest
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.generate import issue_directly
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.calendar import LONGEST_TERMS
from invoicecore.values.ids import InvoiceId
from invoicecore.values.logo import Logo
from invoicecore.vocabulary import Action, Deposit, InvoiceKind, Status


def blank(
    context: CommandContext, account: Account, kind: InvoiceKind, deposit: Deposit, status: Status, notes: str = ""
) -> Invoice:
    """A new invoice without lines."""
    return Invoice(
        id=InvoiceId(context.ids()),
        client_id=account.client_id,
        kind=kind,
        deposit=deposit,
        currency=account.currency,
        status=status,
        lines=(),
        revision=revision(()),
        total_minor=0,
        notes=notes,
    )


def issue(
    context: CommandContext,
    account: Account,
    kind: InvoiceKind,
    deposit: Deposit,
    lines: tuple[Line, ...],
    action: Action,
    own_number: str | None,
    notes: str = "",
    issued_on: date | None = None,
    due_on: date | None = None,
) -> Decision:
    """Make and store an invoice that was never a draft: generated at once, with these lines."""
    new = blank(context, account, kind, deposit, Status.GENERATED, notes)
    number = number_for(context, new.id, issued_on, own_number)
    client = context.client_of(account)
    if context.firm.taxes:
        lines = taxed(context, account, client, lines, deposit, issued_on or context.stamp.today)
    numbered = evolve(with_content(new, lines), number=number)
    finished = dated(context, client, numbered, issued_on, due_on)
    decision = issue_directly(account, finished, action, context.stamp)
    context.store(decision)
    return decision


def check_issue_day(context: CommandContext, day: date, *, out_of_order: bool) -> None:
    """InvalidState for a day of issue that is still to come or, unless it is meant, before that of an invoice that was
    issued already, because numbers and days are to go up together."""
    context.stamp.check_not_ahead("An invoice", day, "issued_on")
    issued = InvoicesQuery(today=context.stamp.today, statuses=frozenset(Status))
    rows = context.pages.invoices(issued, PageRequest(InvoiceSort.ISSUED, descending=True, limit=1))
    latest = max((row.issued_on for row in rows if row.issued_on is not None), default=day)
    if day < latest and not out_of_order:
        message = f"The latest invoice is of {latest}; one of {day} needs out_of_order=True."
        raise InvalidState(message, "issued_out_of_order", field="issued_on", latest=latest)


def dated(
    context: CommandContext,
    client: Client,
    invoice: Invoice,
    issued_on: date | None = None,
    due_on: date | None = None,
) -> Invoice:
    """An invoice with its day of issue (None: today) and its due date (None: that of the payment terms), and with what
    stands around its lines as things are called now. InvalidState if it would be due before it is issued, or later
    than any payment terms lead."""
    day, terms = issued_on or context.stamp.today, client.payment_terms or context.firm.payment_terms
    if due_on is not None and due_on < day:
        message = f"An invoice of {day} cannot be due on {due_on}, before that."
        raise InvalidState(message, "due_before_issue", field="due_on")
    if due_on is not None and due_on > (latest := LONGEST_TERMS.due(day)):
        message = f"An invoice of {day} cannot be due on {due_on}; the latest day is {latest}."
        raise InvalidState(message, "due_too_late", field="due_on")
    due = due_on or terms.due(day)
    return evolve(invoice, issued_on=day, due_on=due, parties=parties(context, client, invoice.lines))


def number_for(
    context: CommandContext, invoice_id: InvoiceId, issued_on: date | None = None, own: str | None = None
) -> str:
    """A number for an invoice, reserved for ever: its own one if that is free, else the next of the counter that is not
    taken."""
    uow, firm = context.uow, context.firm
    if own is not None:
        check_free(context, own)
        number = own
    else:
        number, value = "", next_value(uow, firm)
        while not number or uow.owners(UniqueKind.NUMBER, (number,)):
            number = format_number(firm.number_pattern, value, issued_on or context.stamp.today)
            value += 1
        uow.advance_to(INVOICE_COUNTER, value)
    uow.reserve(UniqueKind.NUMBER, (number,), invoice_id)
    return number


def next_value(uow: UnitOfWork, firm: Firm) -> int:
    """The counter value that the next invoice takes: above those of all invoices, or the firm's `next_number` if that
    is higher."""
    return max(uow.peek(INVOICE_COUNTER), firm.next_number or 1)


def check_free(context: CommandContext, number: str) -> None:
    """NumberTaken if an invoice has, or ever had, that number."""
    if context.uow.owners(UniqueKind.NUMBER, (number,)):
        raise NumberTaken(f"The invoice number {number!r} is taken; give one that no invoice ever had.", field="number")


def parties(context: CommandContext, client: Client, lines: Iterable[Line]) -> PartySnapshot:
    """What stands around the lines, as things are called now."""
    lines = tuple(lines)
    projects = dict.fromkeys(line.project_id for line in lines if line.project_id is not None)
    people = dict.fromkeys(line.person_id for line in lines if line.person_id is not None)
    firm = context.firm
    return PartySnapshot(
        firm.name,
        firm.contact,
        client.name,
        client.billing_address,
        firm.theme,
        firm.timezone,
        context.names_of(projects, people),
        client.locale or firm.locale,
        firm.logo,
        firm.tax_id,
        firm.payment_instructions,
        firm.party,
        client.party,
    )


def logo_of(context: CommandContext, parties: PartySnapshot) -> Logo | None:
    """The picture that a letterhead names; none is ever removed."""
    return None if parties.logo is None else context.uow.get(Logo, parties.logo)
