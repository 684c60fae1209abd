"""How much of the firm does somebody see?"""

from attrs import frozen

from invoicecore.ids import ClientId, PersonId, ProjectId


@frozen(kw_only=True)
class Reach:
    """What somebody may see of the firm, for a store to list no more than that; None sets no bound.

    `client_id` and `projects` bound whatever belongs to them. `worker` is the one whose own sessions are seen, and the
    projects that they are assigned to. An invoice lies within projects if it has lines and all of them do.
    """

    client_id: ClientId | None = None
    projects: frozenset[ProjectId] | None = None
    worker: PersonId | None = None


EVERYTHING = Reach()
"""No bounds at all."""


@frozen
class Named:
    """Something by its id, and what it is called now."""

    id: str
    name: str
