"""What the subjects of a desk share: the executor, and the decorators that make queries and commands of methods."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Concatenate, ParamSpec, TypeVar

from invoicecore.desk.context import CommandContext
from invoicecore.desk.executor import Executor, keyed
from invoicecore.vocabulary import Action

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Subject")
Method = Callable[Concatenate[S, P], R]
InContext = Callable[Concatenate[S, CommandContext, P], R]


class Subject:
    """The commands and queries of one person on one subject."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor


def query(method: InContext[S, P, R]) -> Method[S, P, R]:
    """Make a query of a method: the executor gives it the context, and callers give the other arguments.

    For a method that checks no argument before it loads something; otherwise invalid input would not go first.
    """

    @wraps(method)
    def run(self: S, /, *arguments: P.args, **named: P.kwargs) -> R:
        return self._executor.read(lambda context: method(self, context, *arguments, **named))

    return _without_context(run)


def command(action: Action) -> Callable[[InContext[S, P, R]], Method[S, P, R]]:
    """As `query`, for a command with that action. If the method has an `idempotency_key`, it is used here."""

    def decorate(method: InContext[S, P, R]) -> Method[S, P, R]:
        names = [*signature(method).parameters][2:]

        @wraps(method)
        def run(self: S, /, *arguments: P.args, **named: P.kwargs) -> R:
            stated: dict[str, object] = {**dict(zip(names, arguments, strict=False)), **named}
            request = keyed(stated.pop("idempotency_key", None), method, **stated)  # type: ignore[arg-type]  # a text
            return self._executor.write(action, lambda context: method(self, context, *arguments, **named), request)

        return _without_context(run)

    return decorate


def _without_context(run: Method[S, P, R]) -> Method[S, P, R]:
    """The function with the signature that callers see."""
    whole = signature(run)
    shown = [parameter for name, parameter in whole.parameters.items() if name != "context"]
    run.__signature__ = whole.replace(parameters=shown)  # type: ignore[attr-defined]  # functions may have one
    return run
