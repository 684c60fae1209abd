"""The commands `init`, `settings` and `tax`, which begin the books and say how the firm is set up."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from invoicecore import Billing, Desk, Firm, PaymentTerms, Person, Role, TaxCategory, label
from invoicecore.cli import options
from invoicecore.cli.asking import Question, answered, zone_of_this_machine
from invoicecore.cli.open_books import books_at, on_books, stated, store_option
from invoicecore.cli.program import Answer, AnsweringCommand, CommandRefused, ExitCode
from invoicecore.cli.tables import names, print_card, print_table
from invoicecore.errors import InvalidInput
from invoicecore.lifecycle.numbering import known_pattern
from invoicecore.model.firm import DatedTax
from invoicecore.values import inputs
from invoicecore.values.calendar import known_zone
from invoicecore.values.emails import mail_address
from invoicecore.values.locales import known_locale
from invoicecore.values.logo import Logo
from invoicecore.values.money import known_currency
from invoicecore.values.tax import Tax, known_code, known_percent

_HIGHEST = 10**12
"""The highest number that an invoice can go on from."""


def _picture(path: str) -> bytes | None:
    """The content of a picture file; of a blank path none."""
    return Logo(Path(path).expanduser().read_bytes()).content if path.strip() else None


def _whole(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value[:20]) <= _HIGHEST):
        raise InvalidInput(f"{value!r:.60} is not a number from 1 to {_HIGHEST:,}.")
    return int(value)


def _email(value: str) -> str | None:
    return mail_address(value) if value.strip() else None


def _firm_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What there is to say of a firm."""
    for each in (
        options.option("--locale", known_locale, metavar="LOCALE", help="The language of invoices."),
        options.option("--number-pattern", known_pattern, metavar="TEXT", help="Such as INV-{year}-{seq:04}."),
        options.option("--next-number", _whole, metavar="N", help="Where the numbers of invoices go on."),
        options.payment_terms("When invoices are due: 14 (days), eom (end of next month), or eom+10."),
        options.option("--currency", known_currency, metavar="CODE", help="The currency of clients who have no other."),
        options.timezone("The zone whose days are the days of the business."),
        options.option("--logo", _picture, metavar="FILE", help="A PNG or JPEG for the header of invoices."),
        options.option("--pay-to", options.lines, metavar="TEXT", help="How to pay: IBAN, bank; printed on invoices."),
        options.option("--tax-id", options.lines, metavar="TEXT", help="Printed on invoices."),
        options.option(
            "--address", options.lines, metavar="TEXT", help="Printed on invoices; a semicolon ends a line."
        ),
        options.option("--name", partial(inputs.name, "The firm's name"), metavar="NAME", help="The name on invoices."),
    ):
        command = each(command)
    return command


def _questions() -> dict[str, Question]:
    return {
        "name": ("Name on invoices", None, partial(inputs.name, "The firm's name")),
        "address": ("Address; a semicolon ends a line", "", options.lines),
        "tax_id": ("Tax ids", "", options.lines),
        "pay_to": ("How to pay, such as IBAN and bank", "", options.lines),
        "logo": ("Logo, a PNG or JPEG file", "", _picture),
        "timezone": ("Time zone", zone_of_this_machine(), lambda it: known_zone(it).key),
        "currency": ("Currency, such as EUR", None, known_currency),
        "due_in": ("Invoices are due in days, or eom", "14", options.read_payment_terms),
        "next_number": ("Number of the next invoice", "1", _whole),
        "email": ("Your own e-mail, from which invoices are mailed", "", _email),
    }


@click.command("init", cls=AnsweringCommand, gives=Firm)
@_firm_options
@click.option("--owner", metavar="NAME", default="Owner", help="Your own name, as it stands beside your work.")
@options.option("--email", _email, metavar="ADDRESS", help="Your own e-mail; mails to clients come from it.")
@store_option("Where the books are to be")
def init_command(store: str | None, owner: str, **given: Any) -> Answer:
    """Begin the books of a firm. What no option says is asked, if somebody sits at the terminal.

    Needed are --name and --currency, and --timezone where this machine does not tell it.
    """
    url = stated(store)
    with books_at(url, looks_only=True) as storage:
        if storage is not None and storage.firms():
            raise CommandRefused("There are books already; `invoicecore settings` changes them.", ExitCode.REFUSED)
    said = answered(_questions(), given)
    due_in = said["due_in"]
    firm = Firm(
        name=said["name"],
        currency=said["currency"],
        timezone=said["timezone"],
        contact=said["address"],
        tax_id=said["tax_id"],
        payment_instructions=said["pay_to"],
        payment_terms=due_in,
        **{name: said[name] for name in ("number_pattern", "locale") if said[name] is not None},
    )
    with books_at(url) as storage:
        assert storage is not None  # as a place was said
        desk = Billing.create(storage, firm, Person(name=owner, role=Role.MANAGER, email=said["email"])).as_owner()
        whole = desk.firm.change(logo=said["logo"], next_number=said["next_number"])
    then = "Next: `invoicecore import FILE`, or `invoicecore client add NAME`."
    return Answer(value=whole, show=lambda console: _show(whole, console), remarks=(then,))


@click.command("settings", cls=AnsweringCommand, gives=Firm)
@_firm_options
@options.tax("Tax all clients who have no code of their own: a code that is set, 19, or DE19=19; blank for none.")
@on_books
def settings_command(
    desk: Desk,
    address: str | None,
    pay_to: str | None,
    due_in: PaymentTerms | None,
    tax: Tax | str | None,
    **given: Any,
) -> Answer:
    """Show how the firm is set up, or change what is given. Invoices that are numbered stay as they are."""
    named = {"contact": address, "payment_instructions": pay_to, "payment_terms": due_in, **given}
    changed = {name: value for name, value in named.items() if value is not None}
    options.set_tax(desk, tax)
    firm = desk.firm.change(**changed) if changed else desk.firm.settings()
    return Answer(value=firm, show=lambda console: _show(firm, console))


@click.command("tax", cls=AnsweringCommand, gives=tuple[DatedTax, ...])
@options.argument("code", known_code, metavar="[CODE]", required=False)
@options.argument("percent", known_percent, metavar="[PERCENT]", required=False)
@click.option("--category", type=click.Choice([it.value for it in TaxCategory]), help="Why it asks for no tax.")
@click.option(
    "--name", default="", metavar="TEXT", help="What it is called on invoices, such as VAT; as before if not given."
)
@click.option("--reason", default="", metavar="TEXT", help="Printed where it asks for no tax.")
@options.day("--since", "From this day on; from the beginning if not given.")
@on_books
def tax_command(
    desk: Desk,
    code: str | None,
    percent: Decimal | None,
    category: str | None,
    name: str,
    reason: str,
    since: date | None,
) -> Answer:
    """Set a tax code at PERCENT, or in a category that asks for none; without CODE, show all of them. What has
    which one: `settings --tax`, `client edit --tax`, `project edit --tax`, `charge … --tax`.
    """
    if code is not None:
        if percent is None and category in {None, TaxCategory.STANDARD}:
            raise CommandRefused("Say at how many PERCENT, or in which --category it asks for none.", ExitCode.REFUSED)
        former = [it.tax.components[0].name for it in desk.firm.settings().taxes if it.tax.code == code]
        desk.firm.set_tax(
            code,
            category=TaxCategory(category or TaxCategory.STANDARD),
            percent=percent or 0,
            name=name or next(reversed(former), ""),
            reason=reason,
            since=since,
        )
    taxes = desk.firm.settings().taxes
    return Answer(value=taxes, show=lambda console: _show_taxes(taxes, console))


def _show_taxes(taxes: tuple[DatedTax, ...], console: Console) -> None:
    columns = [names("Code"), names("Tax"), names("Category"), names("Since")]
    rows = [
        [
            it.tax.code,
            ", ".join(f"{part.name} {part.percent:f} %".strip() for part in it.tax.components),
            ": ".join(filter(None, (label(it.tax.category), it.tax.reason))),
            "" if it.since is None else str(it.since),
        ]
        for it in taxes
    ]
    print_table(console, "", columns, rows)


def _show(firm: Firm, console: Console) -> None:
    print_card(
        console,
        firm.name,
        {
            "Address": firm.contact,
            "Tax ids": firm.tax_id,
            "To be paid": firm.payment_instructions,
            "Logo": "yes" if firm.logo else None,
            "Time zone": firm.timezone,
            "Currency": firm.currency,
            "Due": options.spelled_terms(firm.payment_terms),
            "Numbers": firm.number_pattern,
            "Next number": None if firm.next_number is None else str(firm.next_number),
            "Locale": firm.locale,
            "Tax": firm.tax,
        },
    )
