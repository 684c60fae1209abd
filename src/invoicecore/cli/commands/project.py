"""The commands `project add`, `rate` and `list`."""

from datetime import date
from typing import Any

import click
from rich.text import Text

from invoicecore import Desk, Page, Project, ProjectRow, Rate
from invoicecore.cli import names, options
from invoicecore.cli.open_books import on_books
from invoicecore.cli.program import Answer, CommandGroup
from invoicecore.cli.tables import Words, figures, print_table, say
from invoicecore.cli.tables import names as words
from invoicecore.values.calendar import first_instant


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
@on_books
def add_command(
    desk: Desk, client: str, name: str, rate: str, starts_on: date | None, notes: str, not_billable: bool
) -> Answer:
    """Add a project of CLIENT called NAME."""
    owner = names.client_called(desk, client)
    hourly, billable = Rate.hourly(rate, owner.currency), not not_billable
    added = desk.projects.add(
        client_id=owner.id, name=name, rate=hourly, starts_on=starts_on, notes=notes, billable=billable
    )
    said = f"{owner.name}/{added.name} is added, at {Words().rate(hourly)}."
    return Answer(value=added, show=lambda console: say(console, said))


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
    """List the projects with what an hour costs, and the time worked and not billed yet."""
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
    return Answer(
        value=page, show=lambda console: print_table(console, "", columns, rows), remarks=options.rest_of(page)
    )
