"""The search for a person, client or project by its name or a part of the name."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from invoicecore.errors import InvalidInput, NotFound
from invoicecore.model.client import Client
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.values import inputs

T = TypeVar("T", Client, Person, Project)

_MOST_SHOWN = 5


def known_name(value: object) -> str:
    """A name, or a part of one, to search for."""
    return inputs.name("The name", value)


def named(what: str, sought: str, found: Iterable[tuple[tuple[str, ...], T]]) -> T:
    """The one thing with that name: with exactly these letters, else ignoring capitals, else with a name that contains
    it. Of several, the one that is not archived wins. Each comes with its name, after that of its owner if it has one.

    NotFound if there is none, InvalidInput if there are several.
    """
    candidates, folded = list(found), sought.casefold()
    parts = folded.split("/")

    def has_parts(path: tuple[str, ...]) -> bool:
        pairs = zip(parts, path, strict=len(parts) == len(path))
        return len(parts) == len(path) and all(part.strip() in name.casefold() for part, name in pairs)

    ways: tuple[Callable[[tuple[str, ...]], bool], ...] = (
        lambda path: sought in (path[-1], "/".join(path)),
        lambda path: folded in (path[-1].casefold(), "/".join(path).casefold()),
        lambda path: folded in path[-1].casefold() or has_parts(path),
    )
    for fits in ways:
        fitting = [(path, it) for path, it in candidates if fits(path)]
        active = [(path, it) for path, it in fitting if not it.archived]
        if len(fitting) == 1 or len(active) == 1:
            [(_, only)] = fitting if len(fitting) == 1 else active
            return only
        if fitting:
            names = ["/".join(path) for path, _ in fitting]
            shown = ", ".join(names[:_MOST_SHOWN]) + (", …" if len(names) > _MOST_SHOWN else "")
            message = f"{sought!r} may be several: {shown}. Write more of the name, or take the id."
            raise InvalidInput(message, "ambiguous_name", field="name", name=sought, names=shown)
    raise NotFound(what, sought)
