"""The generated pages of the reference: life cycle, glossary, error codes and commands.

The tables and the diagram are drawn from the rules and the words themselves, so they cannot say anything else. Pure
functions give the texts; `python -m tools.reference_pages docs/reference` writes them.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from textwrap import fill

import click

from invoicecore import vocabulary
from invoicecore.cli.commands import program
from invoicecore.errors import InvoicecoreError
from invoicecore.lifecycle.table import RULES, Locking, Rule
from invoicecore.model.permissions import PERMISSIONS
from invoicecore.vocabulary import LIVE, Action, DocumentedEnum, Role, Status
from invoicecore.words.sentences import SENTENCES
from tools.life_cycle_diagram import diagram, moves, plain, rows_of

_WRITTEN = "<!-- Written by `python -m tools.reference_pages docs/reference`; do not edit. -->"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; what stands in it has no vertical bar."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


# the tables


def act_table(rules: Iterable[Rule] = RULES) -> str:
    """Actions × statuses as a Markdown table: where each action leads, or that it stays; a dash where it is refused."""

    def cell(rule: Rule, leads: Mapping[Status, Status], status: Status) -> str:
        if status not in leads:
            return "–"
        if rule.action is Action.DELETE:
            return "gone"
        return "stays" if leads[status] is status else f"**{leads[status]}**"

    rows = [
        [name, *(cell(rule, leads, status) for status in Status)] for rule in rules for name, leads in rows_of(rule)
    ]
    return _table(["action", *Status], rows)


def need_table(rules: Iterable[Rule] = RULES) -> str:
    """What else each action needs, what it does to sessions, and who may do it, as a Markdown table."""
    return _table(
        ["action", "sessions", "what can stand against it", "menu", "who"],
        (
            [
                plain(rule.action),
                {Locking.LOCK: "locks", Locking.UNLOCK: "frees", Locking.KEEP: ""}[rule.locking],
                " ".join(need.meaning for need in rule.needs),
                "yes" if rule.on_menu else "",
                ", ".join(role for role in Role if role in PERMISSIONS[rule.action]),
            ]
            for rule in rules
        ),
    )


def status_table() -> str:
    """What each status means, and whether sessions are locked in it, as a Markdown table."""
    rows = ([f"**{status}**", status.meaning, "locked" if status in LIVE else "free"] for status in Status)
    return _table(["status", "meaning", "sessions"], rows)


# the pages


def life_cycle_page() -> str:
    """The reference page of the life cycle."""
    return f"""{_WRITTEN}

# Life-cycle table

The life of an invoice is one table of rules, `invoicecore.lifecycle.table`. This page is generated from it, and
`invoices.available_actions` and the errors follow from it. [An invoice's life](../concepts/life-cycle.md) explains it.

:::{{container}} diagram
```{{raw}} html
:file: life-cycle.svg
```
:::

Of {len(Status) ** 2} ordered pairs of statuses, {len(moves())} are moves. A time invoice begins as a draft; refills and
manual invoices begin generated. A line with two heads stands for two moves. Hover over a line to see the actions that
make the move.

## The statuses

{status_table()}

## Which action leads where

A status in a cell is where the action leads. *Stays* means that the action is allowed and leaves the status as it is. A
dash means that it is refused, with an error that names the status, the action and what is allowed now. *All* and *part*
are of what is left to pay.

:::{{container}} wide
{act_table()}
:::

## What each action does and needs

Actions on the *menu* are offered in the status menu. Who may do an action does not depend on the status.

:::{{container}} wide
{need_table()}
:::
"""


def glossary_page() -> str:
    """The reference page of the words."""
    words = "\n\n".join(_words(kind) for kind in _kinds())
    return f"""{_WRITTEN}

# Glossary

The values of everything that is stored or chosen, from `invoicecore.vocabulary`. In code a word is a member of an enum:
*to balance* is `Deposit.TO_BALANCE`, and is stored as `to_balance`.

{words}
"""


def commands_page() -> str:
    """The reference page of the command line, which is what `--help` says of each command."""
    commands = "\n\n".join(_described(program))
    return f"""{_WRITTEN}

# Commands

`python -m invoicecore COMMAND`, of the extra `cli`. Each command says the same with `--help`. The exit code is 0 if all
went well, 1 if it could not be done, and 2 if the command itself was wrong. [Move in](../howto/move-in.md) uses most of
them.

{commands}
"""


def _described(group: click.Group, called: str = "") -> Iterable[str]:
    """Each command of a group, with what it takes."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _described(command, f"{called}{name} ")
            continue
        arguments = [it.human_readable_name for it in command.params if isinstance(it, click.Argument)]
        options = [[_spelled(it), it.help or ""] for it in command.params if isinstance(it, click.Option)]
        said = "\n\n".join(fill(" ".join(part.split()), 120) for part in (command.help or "").split("\n\n"))
        table = f"\n\n{_table(['option', 'meaning'], options)}" if options else ""
        yield f"## {' '.join([called + name, *arguments])}\n\n{said}{table}"


def _spelled(option: click.Option) -> str:
    choices = ", ".join(f"`{it}`" for it in option.type.choices) if isinstance(option.type, click.Choice) else ""
    return f"`{' '.join([option.opts[0], *([option.metavar] if option.metavar else [])])}`{choices and f': {choices}'}"


def _kinds() -> list[type[DocumentedEnum]]:
    """The kinds of words, in the order in which the vocabulary defines them."""
    kinds = (kind for kind in vars(vocabulary).values() if isinstance(kind, type) and issubclass(kind, DocumentedEnum))
    return [kind for kind in kinds if kind is not DocumentedEnum]


def _words(kind: type[DocumentedEnum]) -> str:
    said = fill(" ".join((kind.__doc__ or "").split()), 120)
    meanings = _table(["word", "meaning"], ((plain(word), word.meaning) for word in kind))
    return f"## {kind.__name__}\n\n{said}\n\n{meanings}"


def errors_of(kind: type[InvoicecoreError] = InvoicecoreError) -> Iterator[type[InvoicecoreError]]:
    """A class of errors, and those that derive from it in the library."""
    if kind.__module__.startswith("invoicecore."):
        yield kind
        at_home = InvoicecoreError.__module__
        for special in sorted(kind.__subclasses__(), key=lambda it: "" if it.__module__ == at_home else it.__name__):
            yield from errors_of(special)


def error_page() -> str:
    """The reference page of error codes."""
    for room in ("archive", "documents.pdf", "importer"):
        import_module(f"invoicecore.{room}")
    kinds = {kind.class_code: kind for kind in errors_of() if not kind.__module__.startswith("invoicecore.cli")}
    classes = (
        [f"`{code}`", kind.__name__, str(kind.http_status), SENTENCES.get(code, "(that of its class)")]
        for code, kind in kinds.items()
    )
    cases = ([f"`{code}`", sentence] for code, sentence in SENTENCES.items() if code not in kinds)
    return f"""{_WRITTEN}

# Codes of errors

Every error has a `code`, which stays the same in later versions; `field`, the argument that is to blame, if one is;
`params`, the amounts, days and numbers of the case; and `http_status`. `invoicecore.say` words the code for people.
[Errors and their order](errors.md) explains the classes.

## Classes

{_table(["code", "class", "HTTP", "what people read"], classes)}

## Special cases

An `InvalidInput`, an `InvalidState` or a `MoneyRuleViolation` can have one of these codes instead of that of its class.

{_table(["code", "what people read"], cases)}
"""


PAGES: Mapping[str, Callable[[], str]] = {
    "life-cycle.svg": diagram,
    "life-cycle.md": life_cycle_page,
    "glossary.md": glossary_page,
    "error-codes.md": error_page,
    "commands.md": commands_page,
}
"""The generated files of the reference, each with what gives its text."""


def write(folder: Path) -> None:
    """Write the generated files into the folder of the reference."""
    for name, text in PAGES.items():
        (folder / name).write_text(text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
