"""The program: how every command answers, on a terminal or as JSON, and with which exit code."""

import errno
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
from attrs import define, frozen

from invoicecore.cli.narrow_output import is_unicode
from invoicecore.errors import InvalidInput, InvoicecoreError, NotFound, StorageError, UniqueViolation
from invoicecore.values.extras import EXTRAS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from rich.console import Console

_TERSE = frozenset(
    {
        *("archive_refused", "batch_refused", "error", "interrupted", "invalid_input", "invalid_state"),
        *("missing_option", "money_rule_violation", "not_found", "schema_mismatch", "storage_unavailable"),
        *(
            "unreadable_file",
            "wrong_kind",
            "cannot_print",
            "commit_unknown",
            "transaction_conflict",
            "unique_violation",
        ),
    }
)
"""Of these the text for developers says more than the sentence for screens does."""
_ASKED = {
    "advance_taxed_higher": "`invoice draft --ask-for-all` takes nothing off; or void the advance.",
    "amount_too_large": "--excess-to-credit keeps what is more as the client's credit.",
    "balance_limit_reached": "--over-limit REASON records work that was done already.",
    "draft_moved": "--latest takes the work as it is now.",
    "duplicate_payment": "--duplicate confirms it.",
    "issued_out_of_order": "--out-of-order confirms it.",
    "longer_than_24_hours": "--long confirms it.",
    "outside_beside_other_taxes": "`invoice draft` with --project bills one alone, with --ask-for-all no advance.",
}
"""The option by which a command goes through all the same."""


class ExitCode(IntEnum):
    """What the exit code of a command says."""

    DONE = 0, "It is done."
    REFUSED = (
        1,
        "It was refused, and nothing was changed; or `bill` billed others alone, or `verify` found something wrong.",
    )
    WRONG_COMMAND = (
        2,
        "The command cannot be carried out as it is written: an option is missing, unknown or impossible.",
    )
    UNAVAILABLE = 3, "What it needs is not there: the books, the database, a file, or an extra that is not installed."
    INTERRUPTED = 130, "It was interrupted with Ctrl-C."

    meaning: str

    def __new__(cls, value: int, meaning: str = "") -> "ExitCode":
        """A member with its meaning."""
        member = int.__new__(cls, value)
        member._value_, member.meaning = value, meaning
        return member


@frozen(kw_only=True)
class Answer:
    """What a command answers: a value of the library, which is printed as JSON by its view, and how a terminal shows
    it. The remarks stand on standard error; `exit_code` is another than 0 where something is wrong with it."""

    value: object
    show: Callable[["Console"], None]
    remarks: tuple[str, ...] = ()
    exit_code: ExitCode = ExitCode.DONE


class CommandRefused(click.ClickException):
    """A command that ends with a message. `error` says the same for programs."""

    def __init__(self, message: str, code: ExitCode, error: InvoicecoreError | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.error: InvoicecoreError = InvalidInput(message) if error is None else error


class CommandInterrupted(CommandRefused):
    """A command that was ended with Ctrl-C; the message says what stands."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ExitCode.INTERRUPTED, InvoicecoreError(message, "interrupted"))


def refused_by(error: BaseException, file: object = None) -> click.ClickException | None:
    """How the command line shows an error, with the name of the file whose it is; None for one that is a mistake in the
    program."""
    if isinstance(error, click.ClickException):
        return error
    if isinstance(error, click.Abort | KeyboardInterrupt):
        message = "Interrupted. Nothing is half done; look what stands before you give the command again."
        return CommandInterrupted(message)
    from invoicecore.cli.terms import OptionRefused
    from invoicecore.importer import MissingOption

    match error:
        case OptionRefused() | MissingOption():
            return CommandRefused(str(error), ExitCode.WRONG_COMMAND, error)
        case StorageError() if not isinstance(error, UniqueViolation):
            return CommandRefused(f"The books cannot be used. {error}", ExitCode.UNAVAILABLE, error)
        case InvoicecoreError():
            where = "" if file is None else f"{file} is refused. "
            is_missing = isinstance(error, NotFound) and error.what == "firm"
            code = ExitCode.UNAVAILABLE if is_missing else ExitCode.REFUSED
            return CommandRefused(f"{where}{sentence(error)}", code, error)
        case ModuleNotFoundError() if (library := (error.name or "").partition(".")[0]) in EXTRAS:
            message = f"This needs {library}; install it with: pip install 'invoicecore[{EXTRAS[library]}]'"
            return CommandRefused(message, ExitCode.UNAVAILABLE)
        case OSError():
            return CommandRefused(f"It cannot be written. {os_reason(error)}", ExitCode.UNAVAILABLE)
    return None


def sentence(error: InvoicecoreError) -> str:
    """What an error says on a terminal: its sentence for people, or what developers read where that says more, and the
    option that helps."""
    if error.code in _TERSE or error.code == type(error).class_code == "invalid_input":
        return str(error)
    from invoicecore.words import say

    said = [say(error), *([_ASKED[error.code]] if error.code in _ASKED else [])]
    where = f"{error.field}: " if isinstance(error, InvalidInput) and error.field else ""
    return where + " ".join(said)


def os_reason(failed: OSError) -> str:
    """What the system says of a file that cannot be written."""
    return ": ".join(str(it) for it in (failed.filename, failed.strerror) if it is not None) or "The system refused."


@define
class Invocation:
    """One run of the program: which command was called."""

    command: str = ""


class AnsweringCommand(click.Command):
    """A command that gives an Answer. `gives` is the type of its value, or the JSON schema of one that is no value of
    the library."""

    def __init__(self, *args: Any, gives: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.gives = gives
        as_json = click.Option(["--json"], is_flag=True, expose_value=False, help="Print the answer as JSON.")
        self.params.append(as_json)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Note which command it is, also where its options are refused."""
        root = None if parent is None else parent.find_root()
        if parent is not None and root is not None and isinstance(root.obj, Invocation):
            groups = parent.command_path.split(" ")[len(root.command_path.split(" ")) :]
            root.obj.command = " ".join([*groups, info_name or ""])
        return super().make_context(info_name, args, parent, **extra)


class CommandGroup(click.Group):
    """Commands of one subject."""

    command_class: type[click.Command] | None = AnsweringCommand


class Program(CommandGroup):
    """The commands. All answers, errors and exit codes leave through `main`.

    `places` says of each command where it is, as module:attribute, and its short help. It is loaded when it is used, so
    that `--help`, `--version` and completion are quick.
    """

    def __init__(self, *args: Any, places: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in alphabetical order."""
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, loaded; None if there is none of that name."""
        if cmd_name not in self._places:
            return None
        module, _, attribute = self._places[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        command.short_help = self._places[cmd_name][1]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their short help, none of them loaded."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._places[name][1]) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem"]:
        """The commands and options that begin so, none of them loaded."""
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [
            *(CompletionItem(name, help=self._places[name][1]) for name in names),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command, and print its answer or why there is none."""
        given = sys.argv[1:] if args is None else list(args)
        wants_json, invocation = "--json" in given, Invocation()
        try:
            answer = super().main(given, prog_name, complete_var, standalone_mode=False, obj=invocation, **extra)
            code = int(answer.exit_code if isinstance(answer, Answer) else answer or 0)
            if isinstance(answer, Answer):
                _print(answer, invocation, wants_json=wants_json)
        except (Exception, KeyboardInterrupt) as failed:
            if isinstance(failed, OSError) and failed.errno == errno.EPIPE:
                sys.stdout = None  # whoever read it has gone
                sys.exit(ExitCode.REFUSED)
            refused = refused_by(failed)
            if refused is None:
                raise
            code = refused.code if isinstance(refused, CommandRefused) else refused.exit_code
            if wants_json:
                from invoicecore.views import view

                error = {**view(_error_of(refused)), "message": refused.format_message()}
                _print_json(invocation, code, None, error, ())
            else:
                refused.show()
        if standalone_mode:
            sys.exit(code)
        return code


def _error_of(refused: click.ClickException) -> InvoicecoreError:
    if isinstance(refused, CommandRefused):
        return refused.error
    if isinstance(refused.__cause__, InvoicecoreError):
        return refused.__cause__
    return InvalidInput(refused.format_message())


def _print(answer: Answer, invocation: Invocation, *, wants_json: bool) -> None:
    if wants_json:
        from invoicecore.views import view

        _print_json(invocation, answer.exit_code, view(answer.value), None, answer.remarks)
        return
    from rich.console import Console

    answer.show(Console(highlight=False))
    for remark in answer.remarks:
        click.echo(remark, err=True)


def _print_json(invocation: Invocation, code: int, result: object, error: object, remarks: Sequence[str]) -> None:
    """The one shape of what `--json` prints."""
    said = {
        "command": invocation.command,
        "exit_code": int(code),
        "result": result,
        "error": error,
        "remarks": list(remarks),
    }
    click.echo(json.dumps(said, indent=2, ensure_ascii=not is_unicode()))
