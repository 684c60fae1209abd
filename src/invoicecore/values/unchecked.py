"""Fast construction of frozen values from checked fields.

attrs sets each field of a frozen object through `object.__setattr__`, which is slow. Here, the fields are set on an
unfrozen subclass, and the finished object then gets the frozen class.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from attrs import NOTHING, Attribute, fields

P = ParamSpec("P")
V = TypeVar("V")


def unchecked(kind: Callable[P, V]) -> Callable[P, V]:
    """A function that takes the arguments of a frozen class and returns an equal value, at a fifth of the cost.

    For values that the library makes by the thousand from fields that it has checked: the checks of the class do not
    run. TypeError for a class with converters, factories that take self, or fields that are not arguments.
    """
    given: tuple[Attribute[Any], ...] = fields(cast("type", kind))
    if not all(each.init and each.converter is None and _is_plain(each.default) for each in given):
        raise TypeError(f"{kind} does not take its fields as they are given.")
    thawed = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    draft = type("Draft", (kind,), {"__slots__": (), **thawed})  # type: ignore[arg-type]  # a class, as it has fields
    by_place = [_parameter(each) for each in given if not each.kw_only]
    by_name = sorted((_parameter(each) for each in given if each.kw_only), key=lambda it: "=" in it)
    star = ["*"] if by_place and by_name else []  # without one, Python finds arguments sooner
    lines = [
        f"def make({', '.join([*by_place, *star, *by_name])}):",
        "    _value = _draft()",
        *(f"    _value.{each.name} = {each.alias}" for each in given),
        "    _value.__class__ = _kind",
        "    return _value",
    ]
    # No parameter has these names, because attrs strips leading underscores.
    names = {"_draft": draft, "_kind": kind, "_usual": {each.name: each.default for each in given}}
    exec("\n".join(lines), names)
    return cast("Callable[P, V]", names["make"])


def _is_plain(default: object) -> bool:
    return not hasattr(default, "takes_self")  # which attrs' factories have


def _parameter(each: "Attribute[Any]") -> str:
    return f"{each.alias}" if each.default is NOTHING else f"{each.alias}=_usual[{each.name!r}]"
