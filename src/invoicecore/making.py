"""How is a frozen value made where it has to be quick?

Setting the fields of a frozen object means stepping around what forbids setting them, at every field. A maker sets those
of a draft, which is the same but for not being frozen, and declares the draft to be the value once it is whole.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from attrs import NOTHING, Attribute, Factory, fields

P = ParamSpec("P")
V = TypeVar("V")


def maker(kind: Callable[P, V]) -> Callable[P, V]:
    """What makes values of a frozen class as the class itself does, from the same arguments, at a fifth of its cost.

    For values that the library makes by the thousand out of what it has checked: whatever the class would check or
    convert is taken as it comes.
    """
    given: list[Attribute[object]] = list(fields(cast("type", kind)))
    if any(not each.init or isinstance(each.default, Factory) for each in given):
        raise TypeError(f"{kind} sets fields by itself; a maker sets what it is given.")
    thawed = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    draft = type("Draft", (cast("type", kind),), {"__slots__": (), **thawed})
    parameters = [
        each.alias + ("" if each.default is NOTHING else f"=_defaults[{each.name!r}]")
        for each in sorted(given, key=lambda it: it.kw_only)
    ]
    by_place = sum(not each.kw_only for each in given)
    if by_place < len(given):
        parameters.insert(by_place, "*")
    lines = [
        f"def make({', '.join(parameters)}):",
        "    _made = _draft()",
        *(f"    _made.{each.name} = {each.alias}" for each in given),
        "    _made.__class__ = _kind",
        "    return _made",
    ]
    # Underscored, as no parameter is: attrs takes underscores off.
    names = {"_draft": draft, "_kind": kind, "_defaults": {it.name: it.default for it in given}}
    exec("\n".join(lines), names)
    return cast("Callable[P, V]", names["make"])
