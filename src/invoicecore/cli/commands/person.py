"""The commands `person add`, `edit`, `list`, `assign` and `unassign`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import click
from rich.console import Console

from invoicecore import Desk, Page, Person, PersonRow, Project, Role, label
from invoicecore.cli import names, options
from invoicecore.cli.open_books import on_books
from invoicecore.cli.program import Answer, CommandGroup, CommandRefused, ExitCode
from invoicecore.cli.tables import Words, figures, print_table, say
from invoicecore.cli.tables import names as words
from invoicecore.values import inputs
from invoicecore.values.emails import mail_address


@click.group("person", cls=CommandGroup)
def person_commands() -> None:
    """The people of the firm, and the contacts of clients, who get mails about invoices. A person is named by the name
    or a part of it that nobody else has.
    """


def _role(help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What a person may do."""
    return click.option(
        "--role",
        type=click.Choice([it.value for it in Role]),
        callback=lambda context, parameter, value: None if value is None else Role(value),
        help=help,
    )


_email = options.option("--email", mail_address, metavar="ADDRESS", help="Where mails reach them.")


@person_commands.command("add", gives=Person, short_help="Add a person.")
@click.argument("name")
@_role("What they may do; worker, or contact with --client, if not given.")
@click.option("--client", metavar="CLIENT", help="The client whose contact they are.")
@_email
@click.option("--project", metavar="PROJECT", multiple=True, help="A contact sees only this project; several times.")
@on_books
def add_command(
    desk: Desk, name: str, role: Role | None, client: str | None, email: str | None, project: tuple[str, ...]
) -> Answer:
    """Add a person called NAME: an employee, or with --client a contact who gets the client's invoices by mail."""
    person = desk.people.add(
        name=name,
        role=role or (Role.WORKER if client is None else Role.CONTACT),
        email=email,
        client_id=None if client is None else names.client_called(desk, client).id,
        limited_to=[names.project_called(desk, it).id for it in project] or None,
    )
    return Answer(value=person, show=lambda console: say(console, f"{person.name} is added, as {person.role}."))


@person_commands.command("edit", gives=Person, short_help="Change a person's role, name or e-mail.")
@names.person
@_role("Another role.")
@options.option("--name", partial(inputs.name, "The name"), metavar="NAME", help="Another name.")
@_email
@click.option("--archive/--restore", "archived", default=None, help="They work here no more, or again.")
@on_books
def edit_command(desk: Desk, person: str, archived: bool | None, **given: Any) -> Answer:
    """Change what is given of PERSON. What they did stays as it is."""
    found = names.person_called(desk, person)
    if found.id == desk.person_id and (archived or given["role"] not in {None, Role.MANAGER}):
        message = f"Commands are given in the name of {found.name}, who stays a manager here."
        raise CommandRefused(message, ExitCode.REFUSED)
    changed = {key: value for key, value in given.items() if value is not None}
    now = desk.people.change(found.id, **changed) if changed else found
    if archived is not None:
        now = (desk.people.archive if archived else desk.people.restore)(found.id)
    facts = ", ".join([str(now.role), *filter(None, [now.email]), *(["archived"] if now.archived else [])])
    return Answer(value=now, show=lambda console: say(console, f"{now.name}: {facts}."))


@person_commands.command("list", gives=Page[PersonRow], short_help="List the people.")
@click.option("--client", metavar="CLIENT", help="The contacts of this client.")
@click.option("--search", default="", metavar="TEXT", help="With this in the name.")
@click.option("--all", "with_archived", is_flag=True, help="Also those who are archived.")
@options.paged
@on_books
def list_command(desk: Desk, client: str | None, with_archived: bool, **given: Any) -> Answer:
    """List the employees with the time they worked, or the contacts of a client, each with the projects that are
    theirs.
    """
    wanted: dict[str, Any] = {"archived": None if with_archived else False, **given}
    if client is None:
        page = desk.pages.people(**wanted)
    else:
        page = desk.pages.contacts(names.client_called(desk, client).id, **wanted)
    money = Words(desk.firm.settings().locale)
    return Answer(value=page, show=lambda console: _show(page, console, money), remarks=options.rest_of(page))


def _show(page: Page[PersonRow], console: Console, money: Words) -> None:
    columns = [words("Name"), words("Role"), words("E-mail"), figures("Worked"), words("Projects")]
    rows = [
        [
            row.person.name,
            label(row.person.role),
            row.person.email or "",
            money.hours(row.worked),
            ", ".join(it.name for it in row.projects),
        ]
        for row in page.rows
    ]
    print_table(console, "", columns, rows)


@person_commands.command("assign", gives=Project, short_help="Let somebody work on a project.")
@names.person
@names.project
@on_books
def assign_command(desk: Desk, person: str, project: str) -> Answer:
    """Let PERSON record work on PROJECT. Managers and supervisors may without that."""
    who, what = names.person_called(desk, person), names.project_called(desk, project)
    assigned = desk.projects.assign(what.id, who.id)
    return Answer(value=assigned, show=lambda console: say(console, f"{who.name} works on {what.name}."))


@person_commands.command("unassign", gives=Project, short_help="Take somebody off a project.")
@names.person
@names.project
@on_books
def unassign_command(desk: Desk, person: str, project: str) -> Answer:
    """Take PERSON off PROJECT. The work that they did on it stays."""
    who, what = names.person_called(desk, person), names.project_called(desk, project)
    left = desk.projects.unassign(what.id, who.id)
    return Answer(value=left, show=lambda console: say(console, f"{who.name} works on {what.name} no more."))
