"""The questions that a command asks where somebody sits at the terminal."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from invoicecore.cli.terms import OptionRefused
from invoicecore.errors import InvalidInput
from invoicecore.values.calendar import known_zone

Question = tuple[str, str | None, Callable[[str], object]]
"""What is asked, what is meant if nothing is answered (None: it must be answered), and how the answer is read."""


def is_asked() -> bool:
    """Whether somebody sits at the terminal who can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def answered(questions: Mapping[str, Question], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, and the answers to the questions about what was not. Where nobody can be asked, what is meant if
    nothing is answered; OptionRefused names all options that are missing then."""
    answers = dict(given)
    open_questions = [name for name in questions if given.get(name) is None]
    if is_asked():
        for name in open_questions:
            answers[name] = _answer(*questions[name])
        return answers
    missing = [f"--{name.replace('_', '-')}" for name in open_questions if questions[name][1] is None]
    if missing:
        raise OptionRefused(missing[0], f"nobody can be asked here; give {' and '.join(missing)}.")
    for name in open_questions:
        _, meant, read = questions[name]
        answers[name] = read(meant or "")
    return answers


def _answer(question: str, meant: str | None, read: Callable[[str], object]) -> object:
    while True:
        said = click.prompt(question, default=meant, show_default=bool(meant), err=True)
        try:
            return read(said)
        except (InvalidInput, OSError) as refused:
            click.echo(f"{refused}", err=True)


def zone_of_this_machine() -> str | None:
    """The zone that this machine is set to, as far as it can be told."""
    link = Path("/etc/localtime")
    _, _, by_link = str(link.resolve()).partition("zoneinfo/") if link.is_symlink() else ("", "", "")
    for name in (os.environ.get("TZ", "").removeprefix(":"), by_link):
        try:
            return known_zone(name).key
        except InvalidInput:
            continue
    return None
