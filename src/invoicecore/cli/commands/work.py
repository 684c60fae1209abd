"""The commands `log`, `start`, `stop`, `work list`, `work edit` and `work delete`."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import click
from rich.console import Console

from invoicecore import (
    Desk,
    Page,
    Period,
    Rate,
    TimerRow,
    TimerView,
    WorkRow,
    WorkSessionView,
    local_instant,
    parse_hours,
)
from invoicecore.cli import names, options
from invoicecore.cli.open_books import on_books
from invoicecore.cli.program import Answer, AnsweringCommand, CommandGroup, CommandRefused, ExitCode
from invoicecore.cli.tables import Words, figures, print_table, say
from invoicecore.cli.tables import names as words
from invoicecore.values.calendar import day_of

_over_limit = click.option(
    "--over-limit", metavar="REASON", help="Record it although work is stopped: it was done already."
)
_long = click.option("--long", "is_long", is_flag=True, help="It really took more than 24 hours.")
_note = click.option("--note", metavar="TEXT", help="What was done.")


@click.command("log", cls=AnsweringCommand, gives=WorkSessionView)
@names.project
@options.argument("hours", parse_hours, metavar="HOURS")
@options.day("--date", "The day of the work; today if not given.", alias="day")
@options.clock("--start", "When it began, in the firm's zone.")
@_note
@click.option("--person", metavar="NAME", help="Who worked; yourself if not given.")
@options.option("--rate", options.number, metavar="AMOUNT", help="Another rate for this work alone.")
@click.option("--billable/--not-billable", default=None, help="As the project is if not given.")
@_over_limit
@_long
@on_books
def log_command(
    desk: Desk,
    project: str,
    hours: timedelta,
    day: date | None,
    start: time | None,
    note: str | None,
    person: str | None,
    rate: str | None,
    billable: bool | None,
    over_limit: str | None,
    is_long: bool,
) -> Answer:
    """Record HOURS of work on PROJECT: 2:30 or 2.5."""
    found, firm = names.project_called(desk, project), desk.firm.settings()
    on = day or day_of(desk.now, firm.timezone)
    begun = None if start is None else local_instant("start", datetime.combine(on, start), firm.timezone)
    session = desk.work.log(
        found.id,
        day=on if begun is None else None,
        start=begun,
        hours=hours,
        note=note or "",
        person_id=None if person is None else names.person_called(desk, person).id,
        rate=None if rate is None else Rate.hourly(rate, found.rates[-1].rate.currency),
        billable=billable,
        over_limit=over_limit is not None,
        reason=over_limit or "",
        allow_over_24h=is_long,
    )
    return _recorded(session, found.name, Words(firm.locale))


@click.command("start", cls=AnsweringCommand, gives=TimerView)
@names.project
@_note
@on_books
def start_command(desk: Desk, project: str, note: str | None) -> Answer:
    """Start a timer on PROJECT."""
    found = names.project_called(desk, project)
    timer = desk.work.start(found.id, note=note or "")
    return Answer(value=timer, show=lambda console: say(console, f"The timer on {found.name} runs."))


@click.command("stop", cls=AnsweringCommand, gives=WorkSessionView)
@options.clock("--at", "When the work ended, in the firm's zone; now if not given.")
@_note
@_long
@on_books
def stop_command(desk: Desk, at: time | None, note: str | None, is_long: bool) -> Answer:
    """Stop the timer that runs, and record the work."""
    running: Sequence[TimerRow] = [row for row in desk.pages.timers() if row.person.id == desk.person_id]
    if not running:
        raise CommandRefused("No timer runs; `start` starts one.", ExitCode.REFUSED)
    firm, [row] = desk.firm.settings(), running
    ended = None
    if at is not None:
        ended = local_instant("at", datetime.combine(day_of(desk.now, firm.timezone), at), firm.timezone)
    session = desk.work.stop(row.timer.id, at=ended, note=note, allow_over_24h=is_long)
    return _recorded(session, row.project.name, Words(firm.locale))


def _recorded(session: WorkSessionView, project: str, money: Words) -> Answer:
    cost = "" if session.amount is None else f": {money.money(session.amount)}"
    cost += "" if session.cut is None else f" ({money.money(session.cut)} cut)"
    said = f"{money.hours(session.duration)} on {project}, {session.day}{cost}."
    return Answer(value=session, show=lambda console: say(console, said))


@click.group("work", cls=CommandGroup)
def work_commands() -> None:
    """Work that was recorded. One session is named by its project and its day or, if there are several, by its id."""


@work_commands.command("list", gives=Page[WorkRow], short_help="List the work.")
@click.option("--client", metavar="CLIENT", help="For this client.")
@click.option("--project", metavar="PROJECT", help="On this project.")
@options.period
@click.option("--billed/--unbilled", "billed", default=None, help="Only what an invoice holds, or what none holds.")
@click.option("--search", default="", metavar="TEXT", help="With this in the note or a name.")
@options.paged
@on_books
def list_command(
    desk: Desk,
    client: str | None,
    project: str | None,
    period: Period | None,
    billed: bool | None,
    search: str,
    limit: int,
    after: str | None,
) -> Answer:
    """List the work, the latest first, and add it up."""
    page = desk.pages.work(
        client_id=None if client is None else names.client_called(desk, client).id,
        project_id=None if project is None else names.project_called(desk, project).id,
        period=period,
        billed=billed,
        search=search,
        limit=limit,
        after=after,
        totals=True,
    )
    firm = desk.firm.settings()
    money = Words(firm.locale)
    return Answer(value=page, show=lambda console: _show(page, console, money), remarks=options.rest_of(page))


def _show(page: Page[WorkRow], console: Console, money: Words) -> None:
    totals = page.totals
    assert totals is not None  # as they were asked for
    columns = [
        words("Day"),
        words("Project"),
        words("Who"),
        figures("Hours", money.hours(totals.time or timedelta())),
        figures("Amount", "\n".join(map(money.money, totals.amounts))),
        words("Invoice"),
    ]
    rows = [
        [
            str(row.session.day),
            row.project.name,
            row.person.name,
            money.hours(row.session.duration),
            "" if row.session.amount is None else money.money(row.session.amount) + _mark(row.session),
            row.invoice_number or "",
        ]
        for row in page.rows
    ]
    print_table(console, "", columns, rows)
    if any(row.session.cut is not None for row in page.rows):
        say(console, "* Cut, as the work on its project costs no more than agreed.")


def _mark(session: WorkSessionView) -> str:
    """A star at what the cap of a project cut."""
    return "" if session.cut is None else "*"


def _session(command: Callable[..., Any]) -> Callable[..., Any]:
    """A session, by project and day, or by its id."""
    command = options.argument("day", options.read_day, metavar="[DAY]", required=False)(command)
    return click.argument("work", metavar="PROJECT")(command)


@work_commands.command("edit", gives=WorkSessionView, short_help="Correct work.")
@_session
@options.option("--hours", parse_hours, metavar="HOURS", help="How long it really took.")
@options.day("--date", "The day on which it really was.", alias="new_day")
@options.clock("--start", "When it really began, in the firm's zone.")
@_note
@click.option("--project", "new_project", metavar="PROJECT", help="On what it really was.")
@click.option("--person", metavar="NAME", help="Who really worked.")
@options.option("--rate", options.number, metavar="AMOUNT", help="Another rate for this work alone.")
@click.option("--billable/--not-billable", default=None, help="Whether it costs something.")
@_over_limit
@_long
@on_books
def edit_command(
    desk: Desk,
    work: str,
    day: date | None,
    new_day: date | None,
    start: time | None,
    new_project: str | None,
    person: str | None,
    rate: str | None,
    over_limit: str | None,
    is_long: bool,
    **given: Any,
) -> Answer:
    """Correct what is given of the work on PROJECT of a DAY, or of a session named by its id alone. Work that is on an
    invoice stays as it is.
    """
    session, firm = names.session_called(desk, work, day), desk.firm.settings()
    changed = {name: value for name, value in given.items() if value is not None}
    if start is not None:
        changed["start"] = local_instant("start", datetime.combine(new_day or session.day, start), firm.timezone)
    elif new_day is not None:
        changed["day"] = new_day
    if new_project is not None:
        changed["project_id"] = names.project_called(desk, new_project).id
    if person is not None:
        changed["person_id"] = names.person_called(desk, person).id
    if rate is not None:
        changed["rate"] = Rate.hourly(rate, desk.clients.get(session.client_id).currency)
    now = desk.work.edit(
        session.id, over_limit=over_limit is not None, reason=over_limit or "", allow_over_24h=is_long, **changed
    )
    return _recorded(now, desk.projects.get(now.project_id).name, Words(firm.locale))


@work_commands.command("delete", gives=WorkSessionView, short_help="Take work away.")
@_session
@on_books
def delete_command(desk: Desk, work: str, day: date | None) -> Answer:
    """Take away the work on PROJECT of a DAY, or a session named by its id alone. Work that an invoice holds stays."""
    gone = desk.work.delete(names.session_called(desk, work, day).id)
    hours = Words(desk.firm.settings().locale).hours(gone.duration)
    return Answer(value=gone, show=lambda console: say(console, f"{hours} of {gone.day} are taken away."))
