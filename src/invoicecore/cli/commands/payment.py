"""The commands `pay`, `credit`, `payment list` and `payment reverse`."""

from datetime import date

import click
from rich.console import Console

from invoicecore import Desk, Invoice, Money, Overpayment, Payment, Receipt
from invoicecore.cli import names, options
from invoicecore.cli.open_books import on_books
from invoicecore.cli.program import Answer, AnsweringCommand, CommandGroup
from invoicecore.cli.tables import Words, figures, print_table, say
from invoicecore.cli.tables import names as words

_amount = options.argument("amount", options.number, metavar="[AMOUNT]", required=False)


@click.command("pay", cls=AnsweringCommand, gives=Receipt)
@names.invoice
@_amount
@options.day("--date", "When the money came in; today if not given.", alias="received_on")
@click.option("--method", default="", metavar="TEXT", help="How, such as wire.")
@click.option("--reference", default="", metavar="TEXT", help="The id of the transaction.")
@click.option("--excess-to-credit", is_flag=True, help="What is more than the invoice asks for is the client's credit.")
@click.option("--duplicate", is_flag=True, help="The same payment came twice.")
@on_books
def pay_command(
    desk: Desk,
    invoice: str,
    amount: str | None,
    received_on: date | None,
    method: str,
    reference: str,
    excess_to_credit: bool,
    duplicate: bool,
) -> Answer:
    """Record a payment of an invoice: AMOUNT, or all that is left."""
    found = names.invoice_numbered(desk, invoice)
    receipt = desk.payments.record(
        found.id,
        _money(amount, found),
        received_on=received_on,
        method=method,
        reference=reference,
        overpayment=Overpayment.TO_CREDIT if excess_to_credit else Overpayment.REFUSE,
        duplicate=duplicate,
    )
    return _answer(desk, receipt, receipt.payment.amount)


@click.command("credit", cls=AnsweringCommand, gives=Receipt)
@names.invoice
@_amount
@on_books
def credit_command(desk: Desk, invoice: str, amount: str | None) -> Answer:
    """Pay an invoice with money of the client that no invoice uses: AMOUNT, or as much as there is and fits."""
    found = names.invoice_numbered(desk, invoice)
    receipt = desk.payments.apply_credit(found.id, _money(amount, found))
    return _answer(desk, receipt, found.amount_due - receipt.invoice.amount_due)


@click.group("payment", cls=CommandGroup)
def payment_commands() -> None:
    """Payments that were recorded with `pay`. One is named by the number of its invoice, or by its id, which
    `payment list` shows.
    """


@payment_commands.command("list", gives=tuple[Payment, ...], short_help="List the payments of a client.")
@names.client
@on_books
def list_command(desk: Desk, client: str) -> Answer:
    """List the payments of CLIENT in the order in which they were recorded, with what was taken back."""
    found = names.client_called(desk, client)
    payments = desk.payments.of(found.id)
    labels = {it.id: it.label for it in desk.invoices.of(found.id)} if payments else {}
    money = Words(desk.firm.settings().locale)

    def show(console: Console) -> None:
        columns = [
            words("Day"),
            figures("Amount"),
            figures("Taken back"),
            words("For"),
            words("Reference"),
            words("Id"),
        ]
        rows = [
            [
                str(it.received_on),
                money.money(it.amount),
                money.money(Money(minor=it.reversed_minor, currency=it.currency)) if it.reversed_minor else "",
                ", ".join(labels[part.invoice_id] for part in it.applied) or ("credit" if it.unapplied_minor else ""),
                it.reference,
                it.id,
            ]
            for it in payments
        ]
        print_table(console, found.name, columns, rows)

    return Answer(value=payments, show=show)


@payment_commands.command("reverse", gives=Payment, short_help="Take back a payment.")
@click.argument("payment", metavar="PAYMENT")
@_amount
@click.option("--note", metavar="TEXT", required=True, help="Why, such as: bounced.")
@on_books
def reverse_command(desk: Desk, payment: str, amount: str | None, note: str) -> Answer:
    """Take back a payment that was mistyped, bounced or returned: all of it, or AMOUNT. Its invoice is due again.

    PAYMENT is the number of the invoice that it paid, or its id.
    """
    found = names.payment_called(desk, payment)
    back = None if amount is None else Money.of(amount, found.currency)
    after = desk.payments.reverse(found.id, note=note, amount=back)
    taken = Money(minor=after.reversed_minor - found.reversed_minor, currency=found.currency)
    said = Words(desk.firm.settings().locale).money(taken)
    return Answer(
        value=after, show=lambda console: say(console, f"{said} of the payment of {found.received_on} is taken back.")
    )


def _money(amount: str | None, invoice: Invoice) -> Money | None:
    return None if amount is None else Money.of(amount, invoice.currency)


def _answer(desk: Desk, receipt: Receipt, amount: Money) -> Answer:
    money, invoice = Words(desk.firm.settings().locale), receipt.invoice
    left = f"{money.money(invoice.amount_due)} is left" if invoice.amount_due.minor else "nothing is left to pay"
    credit = f" The client has {money.money(receipt.credit)} of credit." if receipt.credit.minor else ""

    def show(console: Console) -> None:
        say(console, f"{money.money(amount)} for {invoice.label}: {left}.{credit}")

    return Answer(value=receipt, show=show)
