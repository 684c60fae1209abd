"""What is on a draft, and what moved since it was last looked at?

A draft holds a snapshot of the work it selects. Snapshots are compared, never updated in secret.
"""

from collections.abc import Container, Iterable
from datetime import date

from attrs import frozen

from invoicecore.errors import InvalidState
from invoicecore.lifecycle.invoice import Line, Selection, unchecked_line
from invoicecore.model.work_session import WorkSession
from invoicecore.values.money import Money


def snapshot(
    sessions: Iterable[WorkSession],
    selection: Selection,
    held: Container[str],
    zone: str,
    before: Iterable[Line] = (),
) -> tuple[Line, ...]:
    """A line for each session that the selection takes now, in the order given.

    Left out are sessions that cost nothing, were removed, or are `held` by another invoice. Days are days of `zone`.
    Lines of `before` that still hold are taken over as they are, so that a snapshot of work that did not move costs
    little, and less to compare.
    """
    first, last = selection.period.first, selection.period.last
    projects, left_out = selection.projects, selection.left_out
    former = {line.session_id: line for line in before}
    lines = []
    for session in sessions:
        id = session.id
        if session.minor <= 0 or session.removed or id in held or id in left_out:
            continue
        if projects is not None and session.project_id not in projects:
            continue
        day = session.day(zone)
        if first <= day <= last:
            line = former.get(id)
            lines.append(line if line is not None and _holds(line, session, day) else _line(session, day))
    return tuple(lines)


def _line(session: WorkSession, day: date) -> Line:
    return unchecked_line(
        session.note,
        session.minor,
        session.id,
        session.project_id,
        session.person_id,
        day,
        session.duration,
        session.rate,
    )


def _holds(line: Line, session: WorkSession, day: date) -> bool:
    """Whether a line still says what there is to say of its session."""
    return (
        line.minor == session.minor
        and line.day == day
        and line.duration == session.duration
        and line.description == session.note
        and line.project_id == session.project_id
        and line.person_id == session.person_id
        and (line.rate is session.rate or line.rate == session.rate)
    )


def total_minor(lines: Iterable[Line]) -> int:
    """What the lines add up to."""
    return sum(line.minor for line in lines)


def revision(lines: Iterable[Line]) -> str:
    """A digest of everything that the lines say: equal exactly when they are."""
    from hashlib import blake2b  # loads OpenSSL, which nothing else needs

    digest = blake2b(digest_size=16)
    for line in lines:
        rate, took = line.rate, line.duration
        said = (
            line.session_id,
            line.minor,
            None if took is None else (took.days, took.seconds, took.microseconds),
            None if rate is None else (rate.digits, rate.scale, rate.currency),
            None if line.day is None else line.day.toordinal(),
            line.project_id,
            line.person_id,
            line.description,
        )
        digest.update(repr(said).encode())
    return digest.hexdigest()


@frozen
class Difference:
    """What moved from one snapshot to another. `changed` holds each line before and after; `money` is by how much the
    total moved."""

    added: tuple[Line, ...]
    removed: tuple[Line, ...]
    changed: tuple[tuple[Line, Line], ...]
    money: Money

    @property
    def is_empty(self) -> bool:
        """Whether nothing moved."""
        return not (self.added or self.removed or self.changed)

    def __str__(self) -> str:
        counts = f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed"
        return f"{counts}, {self.money} in all"


def difference(before: tuple[Line, ...], after: tuple[Line, ...], currency: str) -> Difference:
    """What moved between two snapshots of the same draft."""
    if before == after:
        return Difference((), (), (), Money.zero(currency))
    old = {line.session_id: line for line in before}
    new = {line.session_id: line for line in after}
    return Difference(
        added=tuple(line for line in after if line.session_id not in old),
        removed=tuple(line for line in before if line.session_id not in new),
        changed=tuple(
            (old[line.session_id], line) for line in after if line.session_id in old and old[line.session_id] != line
        ),
        money=Money(total_minor(after) - total_minor(before), currency),
    )


class DraftMoved(InvalidState):
    """The work on a draft is no longer what was seen. `difference` says what moved and `revision` is that of the work
    as it is now: open the draft and look, or generate with `latest=True`."""

    def __init__(self, moved: Difference, revision: str) -> None:
        super().__init__(
            f"The work on this draft has moved since it was seen: {moved}. "
            f"Open the draft to see it, or generate with latest=True."
        )
        self.difference = moved
        self.revision = revision
