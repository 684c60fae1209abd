"""The output of an import plan and its result on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from invoicecore.cli.tables import Words, count, figures, names, print_table, remark, say
from invoicecore.importer import BalanceEffect, Count, ImportResult, Plan, PlannedRow

MOST_LINES = 20
"""So many different things are told of the rows of a kind."""
MOST_PLACES = 10
"""So many rows are named of which the same is told."""


def print_plan(plan: Plan, console: Console, words: Words) -> None:
    """Print a plan: the whole, who and what is in the file, what becomes of its rows, and the money."""
    entries = count(plan.total.entries, "entry", "entries")
    say(console, f"{entries}, {words.hours(plan.total.duration)} hours, read as {plan.file.format}.", style="bold")
    _print_work(plan, console, words)
    _print_outcomes(plan, console, words)
    _print_money(plan, console, words)
    print_rows_to_check(plan, console)


def print_rows_to_check(plan: Plan, console: Console) -> None:
    """List the rows that somebody should look at: the doubtful, those that differ from the tracker, and the refused."""
    doubtful = [(_pair(row), _warnings(row)) for row in plan.doubtful_rows]
    _print_rows("Doubtful", plan.doubtful, doubtful, console)
    changed = plan.changed.entries + plan.kept.entries
    _print_rows("Not as in the tracker", changed, [(_place(row), _changes(row)) for row in plan.changed_rows], console)
    _print_rows("Refused", plan.refused, [(_place(row), row.reason) for row in plan.refused_rows], console)


def print_applied(plan: Plan, applied: ImportResult | None, console: Console) -> None:
    """Say what was done."""
    if applied is not None:
        changed = f", {applied.changed} changed" if applied.changed else ""
        said = f"{count(applied.added, 'session was', 'sessions were')} recorded{changed}."
    elif plan.is_sound:
        said = "Nothing was written: this was a dry run."
    else:
        said = f"Nothing was written: {count(plan.refused, 'row is', 'rows are')} refused."
    remark(console, said, style="bold")


def _print_work(plan: Plan, console: Console, words: Words) -> None:
    """Who worked, for whom, on what, and in which month."""
    parts: Sequence[tuple[str, list[tuple[str, str, Count]]]] = (
        ("Person", [(person.name, _news(is_new=person.is_new), person.work) for person in plan.people]),
        ("Client", [(client.name, _news(is_new=client.is_new), client.work) for client in plan.clients]),
        (
            "Project",
            [(f"{it.client}: {it.name}", _news(is_new=it.is_new), it.work) for it in plan.projects],
        ),
        ("Month", [(f"{it.month.first:%Y-%m}", "", it.work) for it in plan.months]),
    )
    for title, lines in parts:
        columns = [names(title), names(""), figures("Entries"), figures("Hours")]
        rows = [[name, news, str(work.entries), words.hours(work.duration)] for name, news, work in lines]
        if rows:
            print_table(console, "", columns, rows)


def _news(*, is_new: bool) -> str:
    return "new" if is_new else ""


def _print_outcomes(plan: Plan, console: Console, words: Words) -> None:
    outcomes = (
        ("recorded", plan.added),
        ("in the books already", plan.known),
        ("changed to what the tracker says", plan.changed),
        ("not as in the tracker, left as they are", plan.kept),
        ("invoiced in the tracker, left out", plan.left_out),
    )
    rows = [[what, str(it.entries), words.hours(it.duration)] for what, it in outcomes if it.entries]
    if plan.refused:
        rows.append(["refused", str(plan.refused), ""])
    print_table(console, "What becomes of the entries", [names(""), figures("Entries"), figures("Hours")], rows)


def _print_money(plan: Plan, console: Console, words: Words) -> None:
    effects = [(client.name, client.balance_effect) for client in plan.clients if client.balance_effect is not None]
    columns = [names("Client"), figures("Balance"), figures("Afterwards"), figures("Refills"), names(""), names("Work")]
    rows: list[list[str | Text]] = [
        [
            name,
            words.money(balance_effect.before),
            words.money(balance_effect.after),
            words.money(balance_effect.refilled) if balance_effect.refill_count else "",
            f"in {count(balance_effect.refill_count, 'invoice', 'invoices')}" if balance_effect.refill_count else "",
            _work(balance_effect),
        ]
        for name, balance_effect in effects
    ]
    if rows:
        print_table(console, "Money", columns, rows)


def _work(balance_effect: BalanceEffect) -> Text:
    past = f", {balance_effect.over_limit} past the stop" if balance_effect.over_limit else ""
    return Text(f"stopped{past}", "red") if balance_effect.is_stopped else Text(f"goes on{past}", "green")


def _print_rows(title: str, total: int, rows: Sequence[tuple[str, str]], console: Console) -> None:
    """List where the rows of a kind are and what is to be told of them, if there are any: of those of which the same is
    told, together."""
    together: dict[str, list[str]] = {}
    for place, told in rows:
        together.setdefault(told, []).append(place)
    lines = [[_places(places), told] for told, places in together.items()]
    if lines:
        print_table(console, f"{title}: {count(total, 'row', 'rows')}", [names("Row"), names("")], lines[:MOST_LINES])
    if len(lines) > MOST_LINES or total > len(rows):
        remark(console, "Not all of them are listed here.")


def _places(places: Sequence[str]) -> str:
    listed = ", ".join(places[:MOST_PLACES])
    return listed if len(places) <= MOST_PLACES else f"{listed} …"


def _place(row: PlannedRow) -> str:
    place = "the file" if row.row is None else str(row.row)
    return place if row.column is None else f"{place} ({row.column})"


def _pair(row: PlannedRow) -> str:
    """A row, and the other one where there are two."""
    return _place(row) if row.overlaps is None else f"{_place(row)} with {row.overlaps}"


def _warnings(row: PlannedRow) -> str:
    return " ".join(warning.meaning for warning in row.warnings)


def _changes(row: PlannedRow) -> str:
    said = "; ".join(f"{it.field}: {it.before} → {it.after}" for it in row.changes)
    return said if row.blocker is None else f"{said}. {row.blocker.meaning}"
