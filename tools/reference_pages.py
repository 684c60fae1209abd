"""The generated pages of the reference: life cycle, glossary, error codes and the command line.

The tables and the diagram are drawn from the rules and the words themselves, so they cannot say anything else. Pure
functions give the texts; `python -m tools.reference_pages docs/reference` writes them.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from textwrap import fill

import click

from invoicecore import vocabulary
from invoicecore.cli.answers_schema import answering_commands, answers_schema
from invoicecore.cli.commands import program
from invoicecore.cli.program import AnsweringCommand, ExitCode
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


def command_line_page() -> str:
    """The reference page of the command line, which is what `--help` says of each command."""
    commands = "\n\n".join(_described(name, command) for name, command in answering_commands(program))
    codes = _table(["code", "meaning"], ([str(code.value), code.meaning] for code in ExitCode))
    return f"""{_WRITTEN}

# Command line

`invoicecore`, or `python -m invoicecore`, comes with the extra `cli`; printed pages need `pdf`.
Each command says with `--help` what stands here. `invoicecore --version` prints the version.

## Where the books are

`--store books.db` is a file of SQLite; a URL such as `postgresql+psycopg://localhost/books` is a database. Without
`--store`, the variable INVOICECORE_STORE says where. `invoicecore init` begins the books, and a command that is refused
leaves no file behind.

## What things are called

A client is named by the name, in any case of its letters, or by a part of it that no other client has. A project too,
or after its client: `Acme/Website`. An invoice is named by its number. A draft has none yet: it is named by its
client, or by the id that `invoice list` shows. A person is named as a client is; work by its project and its day, or
by its id; a payment by the number of its invoice, or by its id. Amounts are plain numbers such as `1250.50`, in the
currency of the client. Days are written as `2026-03-31`, months as `2026-03`, hours as `2:30` or `2.5`.

## Mail

`invoice send` and `remind` send through your mail server. Options say which, or variables of the environment:

{_table(["variable", "option", "value"], _MAIL)}

Without a server, `--to-file mail.eml` writes a mail that a mail program opens, and `--by-hand` says that an invoice was
sent in another way.

## JSON

With `--json`, a command prints one object, also where it is refused. [This schema](command-line.schema.json) has the
`result` of each command.

{_table(["name", "value"], _JSON)}

## Exit codes

{codes}

## Completion

| shell | line in its settings |
| --- | --- |
| bash | `eval "$(_INVOICECORE_COMPLETE=bash_source invoicecore)"` |
| zsh | `eval "$(_INVOICECORE_COMPLETE=zsh_source invoicecore)"` |
| fish | `_INVOICECORE_COMPLETE=fish_source invoicecore \\| source` |

## Commands

Each takes `--json` too, and all but `demo` take `--store`.

{commands}
"""


_MAIL = (
    (
        "INVOICECORE_SMTP",
        "`--smtp`",
        "`smtp://USER@HOST` (STARTTLS), `smtps://USER@HOST` (TLS) or `smtp+plain://localhost`",
    ),
    ("INVOICECORE_SMTP_PASSWORD", "", "the password; without it, it is asked for at a terminal"),
    ("INVOICECORE_MAIL_FROM", "`--from`", "the address that mails come from; without it your own e-mail in the books"),
)
_JSON = (
    ("`command`", "the command, such as `invoice show`; blank where none was recognized"),
    ("`exit_code`", "as below"),
    ("`result`", "the answer, as [views](../howto/json-api.md) of the library; null where there is none"),
    ("`error`", "null, or why it was refused: `code`, `field`, `message` and `problems`"),
    ("`remarks`", "sentences that a terminal shows on standard error"),
)


def command_line_schema() -> str:
    """The schema of what the command line prints as JSON."""
    return json.dumps(answers_schema(program), indent=1) + "\n"


def _described(name: str, command: AnsweringCommand) -> str:
    """A command, with what it takes."""
    arguments = [it.make_metavar(click.Context(command)) for it in command.params if isinstance(it, click.Argument)]
    own = [it for it in command.params if isinstance(it, click.Option) and it.opts[0] not in {"--store", "--json"}]
    said = "\n\n".join(fill(" ".join(part.split()), 120) for part in (command.help or "").split("\n\n"))
    options = _table(["option", "meaning"], ([_spelled(it), it.help or ""] for it in own))
    return "\n\n".join([f"### {' '.join([name, *arguments])}", said, *([options] if own else [])])


def _spelled(option: click.Option) -> str:
    choices = ", ".join(f"`{it}`" for it in option.type.choices) if isinstance(option.type, click.Choice) else ""
    name = "/".join([option.opts[0], *option.secondary_opts])
    return f"`{' '.join([name, *([option.metavar] if option.metavar else [])])}`{choices and f': {choices}'}"


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
    "command-line.md": command_line_page,
    "command-line.schema.json": command_line_schema,
}
"""The generated files of the reference, each with what gives its text."""


def write(folder: Path) -> None:
    """Write the generated files into the folder of the reference."""
    for name, text in PAGES.items():
        (folder / name).write_text(text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
