"""The questions that a file leaves open: found all at once, answered together, and remembered in the books."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from invoicecore import Desk, Firm
from invoicecore.cli.asking import is_asked
from invoicecore.cli.import_request import ImportRequest
from invoicecore.cli.program import CommandRefused, ExitCode
from invoicecore.errors import InvalidInput
from invoicecore.importer import DateOrder, DurationRule, ImportOptions, MissingOption, Plan, UnreadableFile
from invoicecore.model.firm import ImportAnswer

OPTIONS = {
    "columns": "--column",
    "names": "--name",
    "duration_rule": "--durations",
    "similar": "--replace, --both or --skip",
}
"""The options whose names are not those of their fields."""
_KINDS: Mapping[str, Callable[[str], object]] = {"date_order": DateOrder, "duration_rule": DurationRule}
_PAIRS = ("columns", "names")
_TRIED: Mapping[str, str] = {
    "timezone": "UTC",
    "date_order": DateOrder.DAY_FIRST.value,
    "decimal_mark": ".",
    "duration_rule": DurationRule.STATED.value,
    "person": "?",
    "client": "?",
    "project": "?",
}
"""What is tried in place of an answer, to find the questions after it. Nothing is read by it."""
_MOST = 100


Look = Callable[[ImportRequest], tuple[Desk, Plan]]
"""Plans a file on the books, or on empty ones."""


def settled(request: ImportRequest, look: Look, firm: Firm | None) -> tuple[ImportRequest, Desk, Plan]:
    """The request with an answer to all that its file leaves open, and its plan. The books of the `firm` answer first,
    with what they remember and their zone; the rest is asked at the terminal. CommandRefused names all open questions
    at once where nobody can be asked."""
    remembered = () if firm is None else firm.import_answers
    for _ in range(_MOST):
        try:
            return request, *look(request)
        except MissingOption:
            questions, format = _open_questions(request, look)
        open_options = {it.option for it in questions}
        answers = [(it.option, it.value) for it in remembered if it.format == format and it.option in open_options]
        if firm is not None and "timezone" in open_options - {option for option, _ in answers}:
            answers.append(("timezone", firm.timezone))
        remembered = ()  # what did not help is asked
        left = [it for it in questions if it.option not in {option for option, _ in answers}]
        if left and not is_asked():
            raise refusal(request.file, left)
        for question in left:
            answers += _answer(question)
        request = answered(request, answers)
    raise refusal(request.file, questions)


def _open_questions(request: ImportRequest, look: Look) -> tuple[list[MissingOption], str]:
    """Everything that a file leaves open, as far as it can be found without the answers, and its format."""
    questions: list[MissingOption] = []
    while len(questions) < _MOST:
        try:
            _, plan = look(request)
        except MissingOption as question:
            questions.append(question)
            tried = _tried(question)
            if not tried:
                break
            request = answered(request, tried)
        except UnreadableFile:
            break  # what was tried does not fit
        else:
            return questions, plan.file.format
    return questions, request.format or "generic"


def remember(desk: Desk, options: ImportOptions, format: str) -> None:
    """Keep in the books what was answered about files of a format, in place of what was answered before."""
    firm = desk.firm.settings()
    new = [
        ImportAnswer(format, option, str(getattr(value, "value", value)))
        for option in _TRIED
        if (value := getattr(options, option)) is not None and (option, value) != ("timezone", firm.timezone)
    ]
    new += [
        ImportAnswer(format, option, f"{key}={text}")
        for option in _PAIRS
        for key, text in getattr(options, option).items()
    ]
    replaced = {(it.format, it.option) for it in new}
    answers = (*(it for it in firm.import_answers if (it.format, it.option) not in replaced), *new)
    if {*answers} != {*firm.import_answers}:
        desk.firm.change(import_answers=answers)


def answered(request: ImportRequest, answers: Sequence[tuple[str, str]]) -> ImportRequest:
    """The request with these answers, each an option and its value as text."""
    changed: dict[str, Any] = {}
    for option, value in answers:
        if option == "currency":
            request = evolve(request, currency=value)
        elif option == "rate":
            request = evolve(request, terms=evolve(request.terms, rate=value))
        elif option in _PAIRS:
            key, _, text = value.partition("=")
            changed[option] = {**changed.get(option, getattr(request.options, option)), key: text}
        else:
            changed[option] = _KINDS.get(option, str)(value)
    return evolve(request, options=evolve(request.options, **changed))


def refusal(file: Path | bytes, questions: Sequence[MissingOption]) -> CommandRefused:
    """What is said where nobody can be asked: all questions, each with the option that answers it."""
    name = "The file" if isinstance(file, bytes) else str(file)
    if len(questions) == 1:
        [only] = questions
        said = f"{name} leaves something open; answer with {flag(only.option)}. {only}{to_try(only.suggestion)}"
        return CommandRefused(said, ExitCode.WRONG_COMMAND, only)
    lines = [f"{flag(it.option)}  {it}{to_try(it.suggestion)}" for it in questions]
    said = "\n".join([f"{name} leaves {len(questions)} things open; answer them together:", *lines])
    problems = InvalidInput.of(InvalidInput(str(it), "missing_option", field=it.option) for it in questions)
    return CommandRefused(said, ExitCode.WRONG_COMMAND, problems)


def flag(option: str) -> str:
    """The option of the command line that answers a question."""
    return OPTIONS.get(option, f"--{option.replace('_', '-')}")


def to_try(suggestion: Mapping[str, str]) -> str:
    """The options that would probably read a file."""
    if not suggestion:
        return ""
    columns = [f"--column {shlex.quote(f'{field}={column}')}" for field, column in suggestion.items()]
    return "\n\nTry: " + " ".join([*columns, *([] if "person" in suggestion else ["--person NAME"])])


def _tried(question: MissingOption) -> list[tuple[str, str]]:
    """What is tried in place of an answer; nothing where nothing can be."""
    if question.option == "columns":
        return [("columns", f"{field}={column}") for field, column in question.suggestion.items()]
    tried = {**_TRIED, "rate": "1", "currency": "USD"}.get(question.option)
    return [] if tried is None else [(question.option, tried)]


def _answer(question: MissingOption) -> list[tuple[str, str]]:
    """What somebody at the terminal answers."""
    click.echo(f"{question}", err=True)
    if question.option in _PAIRS:
        guess = ", ".join(f"{field}={column}" for field, column in question.suggestion.items())
        said = click.prompt(
            f"{flag(question.option)}, as KEY=TEXT, several with a comma", default=guess or None, err=True
        )
        return [(question.option, pair.strip()) for pair in said.split(",") if "=" in pair]
    kind = _KINDS.get(question.option)
    choice = click.Choice([it.value for it in kind]) if isinstance(kind, type(DateOrder)) else None
    return [(question.option, click.prompt(flag(question.option), type=choice, err=True))]
