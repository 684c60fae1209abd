"""How is a frozen value made where it has to be quick?

To set the fields of a frozen object means to step around what forbids it, at every field. A maker sets those of a
draft, which is the same but for not being frozen, and declares the draft to be the value once it is whole.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from attrs import NOTHING, Attribute, fields

P = ParamSpec("P")
V = TypeVar("V")


def unchecked(kind: Callable[P, V]) -> Callable[P, V]:
    """What makes values of a frozen class as the class itself does, from the same arguments, at a fifth of its cost.

    For values that the library makes by the thousand out of what it has checked: what the class would check is not
    asked again. A class that converts what it is given, or sets fields by itself, has no maker.
    """
    given: tuple[Attribute[Any], ...] = fields(cast("type", kind))
    if not all(each.init and each.converter is None and _is_plain(each.default) for each in given):
        raise TypeError(f"{kind} does not take its fields as they are given.")
    thawed = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    draft = type("Draft", (kind,), {"__slots__": (), **thawed})  # type: ignore[arg-type]  # a class, as it has fields
    by_place = [_parameter(each) for each in given if not each.kw_only]
    by_name = [_parameter(each) for each in given if each.kw_only]
    lines = [
        f"def make({', '.join([*by_place, *(('*', *by_name) if by_name else ())])}):",
        "    _made = _draft()",
        *(f"    _made.{each.name} = {each.alias}" for each in given),
        "    _made.__class__ = _kind",
        "    return _made",
    ]
    # These names begin as no parameter does: attrs takes underscores off.
    names = {"_draft": draft, "_kind": kind, "_usual": {each.name: each.default for each in given}}
    exec("\n".join(lines), names)
    return cast("Callable[P, V]", names["make"])


def _is_plain(default: object) -> bool:
    return not hasattr(default, "takes_self")  # which attrs' factories have


def _parameter(each: "Attribute[Any]") -> str:
    return f"{each.alias}" if each.default is NOTHING else f"{each.alias}=_usual[{each.name!r}]"
