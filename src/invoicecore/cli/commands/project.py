"""The commands `project add`, `edit`, `rate` and `list`."""

from datetime import date
from functools import partial
from typing import Any

import click
from rich.text import Text

from invoicecore import Desk, Money, Page, Project, ProjectBilling, ProjectRow, Rate
from invoicecore.cli import names, options
from invoicecore.cli.open_books import on_books
from invoicecore.cli.program import Answer, CommandGroup, CommandRefused, ExitCode
from invoicecore.cli.tables import Words, figures, print_table, say
from invoicecore.cli.tables import names as words
from invoicecore.values import inputs
from invoicecore.values.calendar import first_instant

_tax = options.tax_code("The tax code of its work; the client's if not given or blank.")


@click.group("project", cls=CommandGroup)
def project_commands() -> None:
    """Projects of clients, each with what an hour costs. A project is named by its name or a part of it, or after its
    client: Acme/Website.
    """


@project_commands.command("add", gives=Project, short_help="Add a project.")
@names.client
@click.argument("name")
@options.option("--rate", options.number, metavar="AMOUNT", required=True, help="What an hour costs.")
@options.day("--starts", "Work before this day is refused.", alias="starts_on")
@click.option("--notes", default="", metavar="TEXT", help="For yourself.")
@click.option("--not-billable", is_flag=True, help="Work on it costs nothing.")
@click.option("--fixed-price", is_flag=True, help="Work on it costs nothing and is never stopped; its price is a fee.")
@options.option("--cap", options.number, metavar="AMOUNT", help="All work on it together costs no more than this.")
@_tax
@on_books
def add_command(
    desk: Desk,
    client: str,
    name: str,
    rate: str,
    starts_on: date | None,
    notes: str,
    not_billable: bool,
    fixed_price: bool,
    cap: str | None,
    tax: str | None,
) -> Answer:
    """Add a project of CLIENT called NAME."""
    owner = names.client_called(desk, client)
    hourly, billable = Rate.hourly(rate, owner.currency), not not_billable
    added = desk.projects.add(
        client_id=owner.id,
        name=name,
        rate=hourly,
        starts_on=starts_on,
        notes=notes,
        billable=billable,
        billing=ProjectBilling.FIXED if fixed_price else ProjectBilling.HOURLY,
        cap=None if cap is None else Money.of(cap, owner.currency),
        tax=tax or None,
    )
    said = f"{owner.name}/{added.name} is added, at {Words().rate(hourly)}{_price(added, Words())}."
    return Answer(value=added, show=lambda console: say(console, said))


def _price(project: Project, money: Words) -> str:
    """What there is to say of the price of a project beside its rate."""
    taxed = f", with the tax code {project.tax}" if project.tax else ""
    if project.has_fixed_price:
        return f", with a fixed price{taxed}"
    if project.cap is None or project.cap_left is None:
        return taxed
    return f", at most {money.money(project.cap)} ({money.money(project.cap_left)} left){taxed}"


@project_commands.command("edit", gives=Project, short_help="Change a project.")
@names.project
@options.option("--name", partial(inputs.name, "The name"), metavar="NAME", help="Another name.")
@click.option(
    "--fixed-price/--no-fixed-price",
    default=None,
    help="Work on it costs nothing and is never stopped, its price is a fee; or no longer.",
)
@options.option("--cap", options.number, metavar="AMOUNT", help="All work on it together costs no more than this.")
@click.option("--no-cap", is_flag=True, help="Work on it costs its rate, without a limit.")
@_tax
@on_books
def edit_command(
    desk: Desk,
    project: str,
    name: str | None,
    fixed_price: bool | None,
    cap: str | None,
    no_cap: bool,
    tax: str | None,
) -> Answer:
    """Change what is given of PROJECT. What was worked before costs what it costs, and counts towards a cap."""
    if cap is not None and no_cap:
        raise CommandRefused("Give --cap or --no-cap, not both.", ExitCode.REFUSED)
    found = names.project_called(desk, project)
    given = {"name": name, "tax": tax}
    changed: dict[str, Any] = {key: value or None for key, value in given.items() if value is not None}
    if fixed_price is not None:
        changed["billing"] = ProjectBilling.FIXED if fixed_price else ProjectBilling.HOURLY
    if cap is not None or no_cap:
        changed["cap"] = None if cap is None else Money.of(cap, found.rates[-1].rate.currency)
    after = desk.projects.change(found.id, **changed)
    money = Words(desk.firm.settings().locale)
    said = f"{after.name} costs {money.rate(after.rates[-1].rate)}{_price(after, money)}."
    return Answer(value=after, show=lambda console: say(console, said))


@project_commands.command("rate", gives=Project, short_help="Change what an hour costs.")
@names.project
@options.argument("rate", options.number, metavar="AMOUNT")
@options.day("--since", "From this day on; today if not given.")
@on_books
def rate_command(desk: Desk, project: str, rate: str, since: date | None) -> Answer:
    """Let an hour on PROJECT cost AMOUNT from a day on. What was worked before keeps its rate."""
    found = names.project_called(desk, project)
    moment = None if since is None else first_instant(since, desk.firm.settings().timezone)
    hourly = Rate.hourly(rate, found.rates[-1].rate.currency)
    changed = desk.projects.set_rate(found.id, hourly, since=moment)
    when = "today" if since is None else str(since)
    said = f"{changed.name} costs {Words().rate(hourly)} from {when} on."
    return Answer(value=changed, show=lambda console: say(console, said))


@project_commands.command("list", gives=Page[ProjectRow], short_help="List the projects.")
@click.option("--client", metavar="CLIENT", help="Of this client.")
@click.option("--search", default="", metavar="TEXT", help="With this in the name.")
@click.option("--all", "with_archived", is_flag=True, help="Also those that are archived.")
@options.paged
@on_books
def list_command(
    desk: Desk, client: str | None, search: str, with_archived: bool, limit: int, after: str | None
) -> Answer:
    """List the projects with what an hour costs, and the time worked and not billed yet. Where a project has a fixed
    price or a cap, it says so, and what is left of the cap.
    """
    wanted: dict[str, Any] = {"search": search, "archived": None if with_archived else False}
    whose = None if client is None else names.client_called(desk, client).id
    page = desk.pages.projects(client_id=whose, limit=limit, after=after, **wanted)
    money = Words(desk.firm.settings().locale)
    columns = [words("Client"), words("Project"), figures("Rate"), figures("Worked"), figures("Unbilled")]
    rows: list[list[str | Text]] = [
        [
            row.client.name,
            row.project.name,
            "" if row.rate is None else money.rate(row.rate),
            money.hours(row.worked),
            money.hours(row.unbilled.time),
        ]
        for row in page.rows
    ]
    if any(row.project.has_fixed_price or row.project.cap is not None for row in page.rows):
        columns.insert(3, figures("Price"))
        for line, row in zip(rows, page.rows, strict=True):
            left = row.project.cap_left
            price = "fixed" if row.project.has_fixed_price else "" if left is None else f"{money.money(left)} left"
            line.insert(3, price)
    return Answer(
        value=page, show=lambda console: print_table(console, "", columns, rows), remarks=options.rest_of(page)
    )
