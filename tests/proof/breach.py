"""A broken law, and where it was found."""

from attrs import frozen


@frozen
class Breach:
    """Something that must never be: the id of the invariant that it breaks, and what was found."""

    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"
