"""What the subjects of a desk share: the executor, and the decorators that make queries and commands of methods."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar

from invoicecore.desk.context import CommandContext
from invoicecore.desk.executor import Executor, keyed
from invoicecore.queries.paging import page_request
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.vocabulary import Action

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Subject")
Method = Callable[Concatenate[S, P], R]
InContext = Callable[Concatenate[S, CommandContext, P], R]

_OF_A_PAGE = ("sort", "descending", "after", "limit")
_CHECKS: Mapping[str, Callable[[str, Any], object]] = {
    "archived": inputs.yes_or_no,
    "as_of": inputs.day,
    "billed": inputs.yes_or_no,
    "period": lambda what, it: inputs.instance(what, it, Period),
}
"""How the arguments of queries are checked, by their names. Each may be None."""


class Subject:
    """The commands and queries of one person on one subject."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor


def query(method: InContext[S, P, R]) -> Method[S, P, R]:
    """Make a query of a method: the executor gives it the context, and callers give the other arguments.

    Invalid input goes before everything else, so the arguments in `_CHECKS` and those of a page are checked first.
    """
    names, check = [*signature(method).parameters][2:], _check_of(method)

    @wraps(method)
    def run(self: S, /, *arguments: P.args, **named: P.kwargs) -> R:
        check(**dict(zip(names, arguments, strict=False)), **named)
        return self._executor.read(lambda context: method(self, context, *arguments, **named))

    return _without_context(run)


def _check_of(method: Callable[..., object]) -> Callable[..., None]:
    """The function that checks the arguments of a query."""
    page = {name: it.default for name, it in signature(method).parameters.items() if name in _OF_A_PAGE}

    def check(**stated: Any) -> None:
        for name, is_right in _CHECKS.items():
            if stated.get(name) is not None:
                is_right(name, stated[name])
        if page:
            page_request(kind=type(page["sort"]), **{name: stated.get(name, it) for name, it in page.items()})

    return check


def command(action: Action) -> Callable[[InContext[S, P, R]], Method[S, P, R]]:
    """As `query`, for a command of that action. An `idempotency_key` of the method is used here.

    For a method that checks no argument before it loads something, since here none is checked first.
    """

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
