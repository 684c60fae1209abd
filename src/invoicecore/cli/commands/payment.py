"""The commands `pay` and `credit`."""

from datetime import date

import click
from rich.console import Console

from invoicecore import Desk, Invoice, Money, Overpayment, Receipt
from invoicecore.cli import names, options
from invoicecore.cli.open_books import on_books
from invoicecore.cli.program import Answer, AnsweringCommand
from invoicecore.cli.tables import Words, say

_amount = options.argument("amount", options.number, metavar="[AMOUNT]", required=False)


@click.command("pay", cls=AnsweringCommand, gives=Receipt, short_help="Record a payment.")
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


@click.command("credit", cls=AnsweringCommand, gives=Receipt, short_help="Pay an invoice with credit.")
@names.invoice
@_amount
@on_books
def credit_command(desk: Desk, invoice: str, amount: str | None) -> Answer:
    """Pay an invoice with money of the client that no invoice uses: AMOUNT, or as much as there is and fits."""
    found = names.invoice_numbered(desk, invoice)
    receipt = desk.payments.apply_credit(found.id, _money(amount, found))
    return _answer(desk, receipt, found.amount_due - receipt.invoice.amount_due)


def _money(amount: str | None, invoice: Invoice) -> Money | None:
    return None if amount is None else Money.of(amount, invoice.currency)


def _answer(desk: Desk, receipt: Receipt, amount: Money) -> Answer:
    money, invoice = Words(desk.firm.settings().locale), receipt.invoice
    left = f"{money.money(invoice.amount_due)} is left" if invoice.amount_due.minor else "nothing is left to pay"
    credit = f" The client has {money.money(receipt.credit)} of credit." if receipt.credit.minor else ""

    def show(console: Console) -> None:
        say(console, f"{money.money(amount)} for {invoice.label}: {left}.{credit}")

    return Answer(value=receipt, show=show)
