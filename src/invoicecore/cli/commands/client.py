"""The commands `client add`, `edit`, `list` and `show`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import click
from attrs import evolve
from rich.console import Console
from rich.text import Text

from invoicecore import (
    Advance,
    Client,
    ClientRow,
    ClientSummary,
    Desk,
    Money,
    Page,
    Party,
    PaymentTerms,
    Refill,
    Standing,
    Terms,
)
from invoicecore.cli import names, options
from invoicecore.cli.open_books import on_books
from invoicecore.cli.program import Answer, CommandGroup, CommandRefused, ExitCode
from invoicecore.cli.tables import Words, figures, print_card, print_table, say, work_state
from invoicecore.cli.tables import names as words
from invoicecore.cli.terms import TermsOptions
from invoicecore.errors import NotFound
from invoicecore.values import inputs
from invoicecore.values.locales import known_locale
from invoicecore.values.money import known_currency
from invoicecore.values.party import known_vat_id


@click.group("client", cls=CommandGroup)
def client_commands() -> None:
    """Clients, who pay for work. A client is named by the name or a part of it that no other client has."""


def _client_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What there is to say of a client."""
    for each in (
        options.option("--locale", known_locale, metavar="LOCALE", help="The language of their invoices."),
        options.tax_code("Their tax code; the firm's if not given or blank."),
        options.option("--vat-id", known_vat_id, metavar="ID", help="Printed on invoices, such as ATU13585627."),
        click.option(
            "--advance",
            type=click.Choice([it.value for it in Advance]),
            help="Whether a refill asks for tax; taxed if not given.",
        ),
        options.payment_terms("When their invoices are due: 14 (days), eom or eom+10; the firm's if not given."),
        options.option(
            "--address", options.lines, metavar="TEXT", help="Printed on invoices; a semicolon ends a line."
        ),
        options.terms,
    ):
        command = each(command)
    return command


@client_commands.command("add", gives=Client, short_help="Add a client.")
@click.argument("name")
@options.option("--currency", known_currency, metavar="CODE", help="The firm's if not given.")
@_client_options
@click.option("--same-name", is_flag=True, help="Another client has this name, and this is a second one.")
@on_books
def add_command(
    desk: Desk,
    name: str,
    currency: str | None,
    address: str | None,
    due_in: PaymentTerms | None,
    locale: str | None,
    tax: str | None,
    vat_id: str | None,
    advance: str | None,
    same_name: bool,
    **given: Any,
) -> Answer:
    """Add a client called NAME. With --allowed, work stops at that balance; with --refill-at and --refill-hours, an
    invoice for so many hours is made whenever the balance falls to that amount. --refill-rate is what an hour of it
    costs.
    """
    if not same_name and _is_taken(desk, name):
        message = f"There is a client called {name!r} already. If this is another one, add --same-name."
        raise CommandRefused(message, ExitCode.REFUSED)
    terms = _advanced(TermsOptions(rate=None, **given).terms(currency or desk.firm.settings().currency), advance)
    client = desk.clients.add(
        name=name,
        terms=terms,
        currency=currency,
        billing_address=address or "",
        payment_terms=due_in,
        locale=locale,
        tax=tax or None,
        party=None if vat_id is None else Party(vat_id=vat_id),
    )
    return Answer(value=client, show=lambda console: say(console, f"{client.name} is added, in {client.currency}."))


def _advanced(terms: Terms, advance: str | None) -> Terms:
    """The terms with what is said of advances, if anything is."""
    if advance is None:
        return terms
    if terms.refill is None:
        raise CommandRefused("--advance is about refills; give --refill-at and --refill-hours too.", ExitCode.REFUSED)
    return evolve(terms, refill=evolve(terms.refill, advance=Advance(advance)))


def _is_taken(desk: Desk, name: str) -> bool:
    try:
        return desk.clients.by_name(name).name.casefold() == inputs.name("The name", name).casefold()
    except NotFound:
        return False


@client_commands.command("edit", gives=ClientSummary, short_help="Change a client.")
@names.client
@options.option("--name", partial(inputs.name, "The name"), metavar="NAME", help="Another name.")
@_client_options
@click.option("--no-allowed", is_flag=True, help="Work never stops.")
@click.option("--no-refill", is_flag=True, help="No refill is asked for any more.")
@click.option("--archive/--restore", "archived", default=None, help="Accept no more work, or accept it again.")
@on_books
def edit_command(
    desk: Desk,
    client: str,
    name: str | None,
    address: str | None,
    due_in: PaymentTerms | None,
    locale: str | None,
    tax: str | None,
    vat_id: str | None,
    advance: str | None,
    no_allowed: bool,
    no_refill: bool,
    archived: bool | None,
    **given: Any,
) -> Answer:
    """Change what is given of CLIENT. Invoices that are numbered stay as they are."""
    found = names.client_called(desk, client)
    named: dict[str, Any] = {"name": name, "billing_address": address, "payment_terms": due_in, "locale": locale}
    named["party"] = None if vat_id is None else evolve(found.party or Party(), vat_id=vat_id)
    changed = {key: value for key, value in named.items() if value is not None}
    if tax is not None:
        changed["tax"] = tax or None
    stated = TermsOptions(rate=None, **given)
    if stated.has_terms or no_allowed or no_refill or advance:
        before, said = desk.accounts.standing(found.id).terms, stated.terms(found.currency)
        allowed = None if no_allowed else said.allowed_balance or before.allowed_balance
        refill = None if no_refill else said.refill or before.refill
        if refill is not None and before.refill is not None:
            refill = evolve(refill, advance=before.refill.advance)
        terms = Terms(allowed_balance=allowed, refill=refill)
        desk.clients.set_terms(found.id, _advanced(terms, advance))
    if changed:
        desk.clients.change(found.id, **changed)
    if archived is not None:
        (desk.clients.archive if archived else desk.clients.restore)(found.id)
    return _shown(desk, desk.pages.client(found.id))


@client_commands.command("list", gives=Page[ClientRow], short_help="List the clients.")
@click.option("--search", default="", metavar="TEXT", help="With this in the name.")
@click.option("--all", "with_archived", is_flag=True, help="Also those that are archived.")
@options.paged
@on_books
def list_command(desk: Desk, search: str, with_archived: bool, limit: int, after: str | None) -> Answer:
    """List the clients with their balance and how much of it is used."""
    archived = None if with_archived else False
    page = desk.pages.clients(search=search, archived=archived, limit=limit, after=after)
    money = Words(desk.firm.settings().locale)
    columns = [words("Client"), figures("Balance"), figures("Used"), words("Work")]
    rows: list[list[str | Text]] = [
        [row.client.name, money.money(it.balance), money.utilization(it.utilization), work_state(stopped=it.stopped)]
        for row in page.rows
        if (it := row.standing) is not None  # the owner sees all
    ]
    return Answer(
        value=page, show=lambda console: print_table(console, "", columns, rows), remarks=options.rest_of(page)
    )


@client_commands.command("show", gives=ClientSummary, short_help="Show a client.")
@names.client
@on_books
def show_command(desk: Desk, client: str) -> Answer:
    """Show CLIENT: balance, terms, projects."""
    return _shown(desk, desk.pages.client(names.client_called(desk, client).id))


def _shown(desk: Desk, summary: ClientSummary) -> Answer:
    firm = desk.firm.settings()
    money = Words(firm.locale)
    return Answer(value=summary, show=lambda console: _show(summary, console, money), remarks=options.net_of(firm))


def _show(summary: ClientSummary, console: Console, money: Words) -> None:
    client, standing = summary.client, summary.standing
    assert standing is not None  # the owner sees all
    print_card(console, client.name, {**_facts(client), **_figures(standing, money)})
    projects = [
        [row.project.name, "" if row.rate is None else money.rate(row.rate), money.hours(row.unbilled.time)]
        for row in summary.projects.rows
    ]
    if projects:
        print_table(console, "", [words("Project"), figures("Rate"), figures("Unbilled")], projects)


def _facts(client: Client) -> dict[str, str | Text | None]:
    return {
        "Archived": "yes" if client.archived else None,
        "Address": client.billing_address,
        "Invoices are due": None if client.payment_terms is None else options.spelled_terms(client.payment_terms),
        "Locale": client.locale,
        "Tax": client.tax,
        "VAT id": None if client.party is None else client.party.vat_id or None,
    }


def _figures(standing: Standing, money: Words) -> dict[str, str | Text | None]:
    def unless_zero(amount: Money) -> str | None:
        return money.money(amount) if amount.minor else None

    terms = standing.terms
    return {
        "Balance": money.money(standing.balance),
        "Asked for, not paid": unless_zero(standing.outstanding),
        "Not billed yet": unless_zero(standing.unbilled),
        "Credit": unless_zero(standing.credit),
        "Used": money.utilization(standing.utilization),
        "Work stops at": None if terms.allowed_balance is None else money.money(terms.allowed_balance),
        "Refill": None if terms.refill is None else _refill(terms.refill, money),
        "Work": work_state(stopped=standing.stopped),
    }


def _refill(refill: Refill, money: Words) -> str:
    return f"{money.money(refill.amount)} at {money.money(refill.threshold)}"
