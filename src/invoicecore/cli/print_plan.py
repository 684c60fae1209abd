"""The output of an import plan and its result on a terminal."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from invoicecore.cli.import_remarks import print_first
from invoicecore.cli.tables import Words, count, figures, names, print_table, remark, say, work_state
from invoicecore.importer import Count, DurationRule, FieldChange, ImportResult, Plan, PlannedRow
from invoicecore.importer.plans import MOST_LISTED

MOST_LINES = 20
"""The most different texts that are shown for the rows of a kind."""
MOST_PLACES = 10
"""The most rows that are named beside one text."""
_RULES = {
    DurationRule.STATED: "The hours that the file states count in every row, whatever its clock says; with --durations "
    "clock, the time from start to end.",
    DurationRule.CLOCK: "The time from start to end counts in every row whose stated hours are rounded; with "
    "--durations stated, those hours.",
}


def print_plan(plan: Plan, console: Console, words: Words) -> None:
    """Print a plan: the whole, who and what is in the file, what becomes of its rows, and the money."""
    entries = count(plan.total.entries, "entry", "entries")
    say(console, f"{entries}, {words.hours(plan.total.duration)} hours, read as {plan.file.format}.", style="bold")
    print_first(plan, console, words)
    _print_work(plan, console, words)
    _print_outcomes(plan, console, words)
    _print_money(plan, console, words)
    print_rows_to_check(plan, console)


def print_rows_to_check(plan: Plan, console: Console) -> None:
    """Say which durations count, and list the rows that need a look: the doubtful, those that differ from the tracker,
    and the refused."""
    if plan.file.duration_rule is not None:
        remark(console, _RULES[plan.file.duration_rule])
    if plan.totals_rows:
        remark(console, f"{count(plan.totals_rows, 'row of totals is', 'rows of totals are')} passed over.")
    doubtful = [(_pair(row), _warnings(row)) for row in plan.doubtful_rows]
    _print_rows("Doubtful", plan.doubtful, doubtful, console)
    listed = len(plan.changed_rows)
    changed = listed if listed < MOST_LISTED else plan.changed.entries + plan.kept.entries
    _print_rows("Not as in the tracker", changed, [(_place(row), _changes(row)) for row in plan.changed_rows], console)
    similar = [(_place(row), _changes(row) or "the same in every field") for row in plan.similar_rows]
    _print_rows("Probably the same as work in the books", plan.similar.entries, similar, console)
    _print_rows("Refused", plan.refused, [(_place(row), row.reason) for row in plan.refused_rows], console)


def print_applied(plan: Plan, applied: ImportResult | None, console: Console) -> None:
    """Print the result of applying the plan; None if it was not applied."""
    if applied is not None:
        changed = f", {applied.changed} changed" if applied.changed else ""
        result = f"{count(applied.added, 'session was', 'sessions were')} recorded{changed}."
    elif plan.is_undecided and not plan.refused:
        rows = count(plan.similar.entries, "row is", "rows are")
        result = f"Nothing was written: {rows} probably the same as work in the books. Answer with --replace (the row "
        result += "corrects that work), --both (it is other work), or --skip (the books stay as they are)."
    elif plan.is_sound:
        result = "Nothing was written: this was a dry run."
    else:
        result = f"Nothing was written: {count(plan.refused, 'row is', 'rows are')} refused."
    remark(console, result, style="bold")


def _print_work(plan: Plan, console: Console, words: Words) -> None:
    """Who worked, for whom, on what, and in which month."""
    parts: Sequence[tuple[str, list[tuple[str, bool, Count]]]] = (
        ("Person", [(it.name, it.is_new, it.work) for it in plan.people]),
        ("Client", [(it.name, it.is_new, it.work) for it in plan.clients]),
        ("Project", [(f"{it.client}: {it.name}", it.is_new, it.work) for it in plan.projects]),
        ("Month", [(f"{it.month.first:%Y-%m}", False, it.work) for it in plan.months]),
    )
    for title, lines in parts:
        columns = [names(title), names(""), figures("Entries"), figures("Hours")]
        rows = [
            [name, "new" if is_new else "", str(work.entries), words.hours(work.duration)]
            for name, is_new, work in lines
        ]
        if rows:
            print_table(console, "", columns, rows)


def _print_outcomes(plan: Plan, console: Console, words: Words) -> None:
    outcomes = (
        ("recorded", plan.added),
        ("in the books already", plan.known),
        ("changed to what the tracker says", plan.changed),
        ("not as in the tracker, left as they are", plan.kept),
        ("probably the same as work in the books", plan.similar if plan.is_undecided else Count()),
        ("invoiced in the tracker, left out", plan.left_out),
    )
    rows = [[what, str(it.entries), words.hours(it.duration)] for what, it in outcomes if it.entries]
    if plan.refused:
        rows.append(["refused", str(plan.refused), ""])
    print_table(console, "What becomes of the entries", [names(""), figures("Entries"), figures("Hours")], rows)


def _print_money(plan: Plan, console: Console, words: Words) -> None:
    columns = [names("Client"), figures("Balance"), figures("Afterwards"), figures("Refills"), names(""), names("Work")]
    rows: list[list[str | Text]] = [
        [
            client.name,
            words.money(effect.before),
            words.money(effect.after),
            words.money(effect.refilled) if effect.refill_count else "",
            f"in {count(effect.refill_count, 'invoice', 'invoices')}" if effect.refill_count else "",
            work_state(
                stopped=effect.is_stopped,
                remark=f", {effect.over_limit} past the stop" if effect.over_limit else "",
            ),
        ]
        for client in plan.clients
        if (effect := client.balance_effect) is not None
    ]
    if rows:
        print_table(console, "Money", columns, rows)


def _print_rows(title: str, total: int, rows: Sequence[tuple[str, str]], console: Console) -> None:
    """List the rows of a kind, each given as its place and a text; places with the same text share a line."""
    together: dict[str, list[str]] = {}
    for place, text in rows:
        together.setdefault(text, []).append(place)
    lines = [
        [", ".join(places[:MOST_PLACES]) + (" …" if len(places) > MOST_PLACES else ""), text]
        for text, places in together.items()
    ]
    if lines:
        print_table(console, f"{title}: {count(total, 'row', 'rows')}", [names("Row"), names("")], lines[:MOST_LINES])
    if len(lines) > MOST_LINES or total > len(rows):
        remark(console, "Not all of them are listed here.")


def _place(row: PlannedRow) -> str:
    place = "the file" if row.row is None else str(row.row)
    return place if row.column is None else f"{place} ({row.column})"


def _pair(row: PlannedRow) -> str:
    """A row, and the other one where there are two."""
    return _place(row) if row.overlaps is None else f"{_place(row)} with {row.overlaps}"


def _warnings(row: PlannedRow) -> str:
    return " ".join(warning.meaning for warning in row.warnings)


def _changes(row: PlannedRow) -> str:
    changes = "; ".join(f"{it.field}: {_shown(it.before, it)} → {_shown(it.after, it)}" for it in row.changes)
    return changes if row.blocker is None else f"{changes}. {row.blocker.meaning}"


def _shown(text: str, change: FieldChange) -> str:
    """What a field was, or is to be; an instant without its offset."""
    is_instant = change.field == "start" and "T" in text
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}" if is_instant else text or "nothing"
