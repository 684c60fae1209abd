"""What the subjects of a desk share: the executor, and the decorators that turn methods into queries and commands.

The executor gives such a method its context, and callers give the other arguments. Arguments are checked before the
executor is called, because the error for invalid input comes before all others.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial, wraps
from inspect import Signature, signature
from typing import Any, Concatenate, ParamSpec, TypeVar

from attrs import converters

from invoicecore.desk.context import CommandContext
from invoicecore.desk.executor import Executor, keyed
from invoicecore.errors import WrongClock
from invoicecore.queries.paging import page_request
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.vocabulary import Action, LedgerDay

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Subject")
Method = Callable[Concatenate[S, P], R]
InContext = Callable[Concatenate[S, CommandContext, P], R]
Check = Callable[[Any], object]

_OF_A_PAGE = ("sort", "descending", "after", "before", "limit")
_OF_QUERIES: Mapping[str, Check] = {
    "archived": converters.optional(partial(inputs.yes_or_no, "archived")),
    "as_of": converters.optional(partial(inputs.day, "as_of")),
    "billed": converters.optional(partial(inputs.yes_or_no, "billed")),
    "search": partial(inputs.text, "search"),
    "totals": partial(inputs.yes_or_no, "totals"),
    "by": converters.optional(lambda it: inputs.instance("by", it, LedgerDay)),
    "period": converters.optional(lambda it: inputs.instance("period", it, Period)),
}
"""How arguments of these names are checked in every query."""


class Subject:
    """The commands and queries of one person on one subject."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._executor.actor_id}>"

    def _sweep(
        self,
        action: Action,
        find: Callable[[CommandContext], Iterable[str]],
        each: Callable[[CommandContext, str], R | None],
    ) -> tuple[R, ...]:
        """What came of each id that is found. Each is a unit of work of its own, so that a sweep that was interrupted
        goes on when it is run again; `each` looks again, and returns None where nothing is to be done any more. A
        client on whom a wrong clock has booked is left out, and holds up no other."""

        def found(context: CommandContext) -> list[str]:
            context.permit(action)
            return list(find(context))

        def done(id: str) -> R | None:
            with suppress(WrongClock):
                return self._executor.write(action, lambda context: each(context, id))
            return None

        return tuple(result for result in map(done, self._executor.read_primary(found)) if result is not None)


def query(method: InContext[S, P, R]) -> Method[S, P, R]:
    """Make a query of a method; a replica answers it if there is one."""
    return _query(method, Executor.read)


def primary_query(method: InContext[S, P, R]) -> Method[S, P, R]:
    """Make a query of a method that only the primary can answer."""
    return _query(method, Executor.read_primary)


def _query(method: InContext[S, P, R], read: Callable[[Executor, Callable[[CommandContext], R]], R]) -> Method[S, P, R]:
    whole = signature(method)
    bind = _binder(method, whole, {name: it for name, it in _OF_QUERIES.items() if name in whole.parameters})
    unbound: Callable[..., R] = method

    @wraps(method)
    def run(self: S, /, *arguments: P.args, **named: P.kwargs) -> R:
        given = bind(*arguments, **named)
        return read(self._executor, lambda context: unbound(self, context, **given))

    return _without_context(run, whole)


def command(action: Action, **checks: Check) -> Callable[[InContext[S, P, R]], Method[S, P, R]]:
    """Make a command of a method. A check gives the valid form of the argument of its name, which the method gets and
    which an `idempotency_key` stands for."""

    def decorate(method: InContext[S, P, R]) -> Method[S, P, R]:
        whole = signature(method)
        bind = _binder(method, whole, checks)
        unbound: Callable[..., R] = method

        @wraps(method)
        def run(self: S, /, *arguments: P.args, **named: P.kwargs) -> R:
            if not checks and not named:  # as most commands are given; there is nothing to check and no key
                return self._executor.write(action, lambda context: unbound(self, context, *arguments))
            given = bind(*arguments, **named)
            key = given.pop("idempotency_key", None)
            request = None if key is None else keyed(key, unbound, **given)
            return self._executor.write(action, lambda context: unbound(self, context, **given), request)

        return _without_context(run, whole)

    return decorate


def _binder(
    method: Callable[..., object], whole: Signature, checks: Mapping[str, Check]
) -> Callable[..., dict[str, Any]]:
    """The function that gives the arguments of a call by their names, in their valid form."""
    parameters = [*whole.parameters.values()][2:]
    positional = [it.name for it in parameters if it.kind is it.POSITIONAL_OR_KEYWORD]
    page = {it.name: it.default for it in parameters if it.name in _OF_A_PAGE}

    def bind(*arguments: object, **named: object) -> dict[str, Any]:
        given: dict[str, Any] = {**dict(zip(positional, arguments, strict=False)), **named}
        if len(given) < len(arguments) + len(named):
            method(None, None, *arguments, **named)  # raises the TypeError of such a call
        if checks:
            given |= inputs.all_of(**{name: partial(it, given[name]) for name, it in checks.items() if name in given})
        if page:
            page_request(kind=type(page["sort"]), **{name: given.get(name, it) for name, it in page.items()})
        return given

    return bind


def _without_context(run: Method[S, P, R], whole: Signature) -> Method[S, P, R]:
    """The function with the signature that callers see."""
    shown = [parameter for name, parameter in whole.parameters.items() if name != "context"]
    run.__signature__ = whole.replace(parameters=shown)  # type: ignore[attr-defined]  # functions may have one
    return run
