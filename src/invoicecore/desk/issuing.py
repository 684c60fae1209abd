"""How is an invoice issued: with which number, under which letterhead, and due when?"""

from collections.abc import Iterable

from invoicecore.desk.context import Unit
from invoicecore.errors import NumberTaken
from invoicecore.lifecycle.invoice import Invoice, Letterhead, Line
from invoicecore.lifecycle.numbering import spell
from invoicecore.model.client import Client
from invoicecore.ports.store import Scope
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.generate import born_generated
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.ids import InvoiceId
from invoicecore.values.logo import Logo
from invoicecore.vocabulary import Act, Deposit, InvoiceKind, Status

INVOICE_COUNTER = "invoice"
"""The name of the counter that invoice numbers come from."""


def blank(
    unit: Unit, account: Account, kind: InvoiceKind, deposit: Deposit, status: Status, notes: str = ""
) -> Invoice:
    """A new invoice without lines."""
    return Invoice(
        id=InvoiceId(unit.ids()),
        client_id=account.client_id,
        kind=kind,
        deposit=deposit,
        currency=account.currency,
        status=status,
        lines=(),
        revision="",
        total_minor=0,
        notes=notes,
    )


def issue(
    unit: Unit,
    account: Account,
    kind: InvoiceKind,
    deposit: Deposit,
    line: Line,
    act: Act,
    own_number: str | None,
    notes: str = "",
) -> Decision:
    """Make and store an invoice that was never a draft: generated at once, with one line."""
    new = blank(unit, account, kind, deposit, Status.GENERATED, notes)
    client = unit.client_of(account)
    decision = born_generated(
        account,
        new,
        (line,),
        number_for(unit, new.id, own_number),
        terms_for(unit, client),
        letterhead(unit, client, (line,)),
        act,
        unit.stamp,
    )
    unit.store(decision)
    return decision


def number_for(unit: Unit, invoice_id: InvoiceId, own: str | None = None) -> str:
    """A number for an invoice, claimed for ever: its own one if that is free, else the counter's next. A counter value
    that spells a number already taken is skipped."""
    uow, firm = unit.uow, unit.firm
    if own is not None:
        check_free(unit, own)
        number = own
    else:
        number = spell(firm.number_pattern, uow.take(INVOICE_COUNTER), unit.stamp.today)
        while uow.holders(Scope.NUMBER, (number,)):
            number = spell(firm.number_pattern, uow.take(INVOICE_COUNTER), unit.stamp.today)
    uow.claim(Scope.NUMBER, (number,), invoice_id)
    return number


def check_free(unit: Unit, number: str) -> None:
    """NumberTaken if an invoice has, or ever had, that number."""
    if unit.uow.holders(Scope.NUMBER, (number,)):
        raise NumberTaken(f"The invoice number {number!r} is taken, and numbers are unique for ever.")


def terms_for(unit: Unit, client: Client) -> PaymentTerms:
    """When invoices to that client are due: by the client's own terms, or else the firm's."""
    return client.payment_terms or unit.firm.payment_terms


def letterhead(unit: Unit, client: Client, lines: Iterable[Line]) -> Letterhead:
    """What stands around the lines, as things are called now."""
    lines = tuple(lines)
    projects = dict.fromkeys(line.project_id for line in lines if line.project_id is not None)
    people = dict.fromkeys(line.person_id for line in lines if line.person_id is not None)
    firm = unit.firm
    return Letterhead(
        firm.name,
        firm.contact,
        client.name,
        client.billing_address,
        firm.theme,
        firm.timezone,
        unit.names_of(projects, people),
        client.locale or firm.locale,
        firm.logo,
        firm.tax_id,
        firm.payment_instructions,
    )


def logo_of(unit: Unit, letterhead: Letterhead) -> Logo | None:
    """The picture that a letterhead names; none is ever removed."""
    return None if letterhead.logo is None else unit.uow.get(Logo, letterhead.logo)
