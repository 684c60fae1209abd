"""What the subjects of a desk share: the executor, and the decorator that makes a query of a method."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Concatenate, ParamSpec, TypeVar

from invoicecore.desk.context import CommandContext
from invoicecore.desk.executor import Executor

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Subject")


class Subject:
    """The commands and queries of one person on one subject."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor


def query(method: Callable[Concatenate[S, CommandContext, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a query of a method: the executor gives it the context, and callers give the other arguments.

    For a method that checks no argument before it loads something; otherwise invalid input would not go first.
    """

    @wraps(method)
    def run(self: S, /, *arguments: P.args, **named: P.kwargs) -> R:
        return self._executor.read(lambda context: method(self, context, *arguments, **named))

    whole = signature(method)
    shown = [it for name, it in whole.parameters.items() if name != "context"]
    run.__signature__ = whole.replace(parameters=shown)  # type: ignore[attr-defined]  # functions may have one
    return run
