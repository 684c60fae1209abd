"""The snapshot of work and charges in a draft, and its difference to the present ones.

A snapshot changes only by a call, such as `open` or `save`.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from attrs import Attribute, evolve, fields, frozen

from invoicecore.errors import InvalidState
from invoicecore.lifecycle.invoice import CoverPart, Invoice, Line, Selection, unchecked_line
from invoicecore.model.charge import Charge
from invoicecore.model.work_session import WorkSession
from invoicecore.values.ids import PersonId, ProjectId, SessionId
from invoicecore.values.money import Money, Rate
from invoicecore.values.plain_data import digest
from invoicecore.vocabulary import ChargeKind

_LATER: "tuple[Attribute[Any], ...]" = fields(Line)[9:]
"""The fields of a line that are not in the first form of a revision."""


SessionFacts = tuple[str, int, SessionId | None, ProjectId | None, PersonId | None, timedelta | None, Rate | None]
"""What an invoice's line says of a session, in the order of the line's fields; the day, which depends on the firm's
zone, comes after it."""


def facts_of_session(it: WorkSession) -> SessionFacts:
    """What a line has to say of a session."""
    return it.note, it.minor, it.id, it.project_id, it.person_id, it.duration, it.rate


def facts_on_line(it: Line) -> SessionFacts:
    """What a line says of its session."""
    return it.description, it.minor, it.session_id, it.project_id, it.person_id, it.duration, it.rate


def line_of_charge(charge: Charge) -> Line:
    """What a line has to say of a charge."""
    return Line(
        charge.note, charge.minor, None, charge.project_id, day=charge.day, charge_id=charge.id, kind=charge.kind
    )


def is_taken(charge: Charge, selection: Selection) -> bool:
    """Whether a selection takes a charge: one of its period, or a discount of before that still waits."""
    period, projects = selection.period, selection.projects
    if not charge.minor or charge.removed or charge.id in selection.left_out:
        return False
    if projects is not None and charge.project_id not in projects:
        return False
    waits = charge.kind is ChargeKind.ALLOWANCE and charge.day < period.first
    return waits or charge.day in period


_ORDER = {kind: place for place, kind in enumerate(ChargeKind)}


def lines_of_charges(charges: Iterable[Charge], selection: Selection, locked: Container[str]) -> list[Line]:
    """A line for each charge that the selection takes now: expenses, then fees, then discounts, each by day."""
    taken = [it for it in charges if it.id not in locked and is_taken(it, selection)]
    taken.sort(key=lambda it: (_ORDER[it.kind], it.day, it.id))
    return [line_of_charge(it) for it in taken]


def within_bounds(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, with no discount larger than what it stands against on them: all other lines, or those of its project.
    What is more waits, and so does a discount that stands against nothing."""
    if not any(line.minor < 0 for line in lines):
        return tuple(lines)
    room: Counter[ProjectId | None] = Counter()
    for line in lines:
        if line.minor > 0:
            room[None] += line.minor
            if line.project_id is not None:
                room[line.project_id] += line.minor
    given: dict[int, Line] = {}
    of_projects_first = sorted(enumerate(lines), key=lambda it: it[1].project_id is None)
    for place, line in of_projects_first:
        if line.minor < 0:
            minor = min(-line.minor, room[line.project_id], room[None])
            for key in {line.project_id, None}:
                room[key] -= minor
            if minor:
                given[place] = line if minor == -line.minor else evolve(line, minor=-minor)
    return tuple(given.get(place, line) for place, line in enumerate(lines) if line.minor >= 0 or place in given)


def snapshot(
    sessions: Iterable[WorkSession],
    selection: Selection,
    locked: Container[str],
    zone: str,
    before: Iterable[Line] = (),
) -> tuple[Line, ...]:
    """A line for each session that the selection takes now, in the order given.

    Sessions are left out that cost nothing, were removed, or are `locked` by another invoice. Days are days of `zone`.
    Lines of `before` that still hold are taken over as they are, so that a snapshot of work that did not move costs
    little, and less to compare.
    """
    first, last = selection.period.first, selection.period.last
    projects, left_out = selection.projects, selection.left_out
    former = {line.session_id: line for line in before if line.session_id is not None}
    lines = []
    for session in sessions:
        id = session.id
        if session.minor <= 0 or session.removed or id in locked or id in left_out:
            continue
        if projects is not None and session.project_id not in projects:
            continue
        day = session.day(zone)
        if first <= day <= last:
            line, facts = former.get(id), facts_of_session(session)
            if line is None or line.day != day or facts_on_line(line) != facts:
                line = unchecked_line(*facts, day)
            lines.append(line)
    return tuple(lines)


def with_content(invoice: Invoice, lines: tuple[Line, ...], covered_by: tuple[CoverPart, ...] = ()) -> Invoice:
    """An invoice with those lines, of which so much is covered; footed and digested where they are not those that it
    has."""
    covered = sum(part.minor for part in covered_by)
    if (lines, covered_by, covered) == (invoice.lines, invoice.covered_by, invoice.covered_minor):
        return invoice
    return evolve(
        invoice,
        lines=lines,
        total_minor=total_minor(lines),
        covered_minor=covered,
        covered_by=covered_by,
        revision=revision(lines, covered),
    )


def total_minor(lines: Iterable[Line]) -> int:
    """What the lines add up to."""
    return sum(line.minor for line in lines)


def revision(lines: Iterable[Line], covered_minor: int = 0) -> str:
    """A digest of everything that the lines say, and of how much of them is covered: equal exactly when they are."""
    return digest(1, [*_plain(lines), *([covered_minor] if covered_minor else ())])


def _plain(lines: Iterable[Line]) -> Iterator[tuple[Any, ...]]:
    """All that each line says, as plain data. It is written out for speed, because a draft may have many lines, most of
    which have the same rate; it is a tuple, because the garbage collector soon passes over tuples of texts and numbers.

    A field that came later stands at the end, with its name, where it is not at its default.
    """
    rate, rate_text = None, None
    for line in lines:
        duration = line.duration
        if line.rate is not rate:
            rate = line.rate
            rate_text = None if rate is None else f"{rate.digits} {rate.scale} {rate.currency}"
        plain: tuple[Any, ...] = (
            line.session_id,
            line.minor,
            None if duration is None else f"{duration.days} {duration.seconds} {duration.microseconds}",
            rate_text,
            None if line.day is None else line.day.toordinal(),
            line.project_id,
            line.person_id,
            line.description,
            line.blocks,
        )
        for each in _LATER:
            if (it := getattr(line, each.name)) != each.default:
                plain = (*plain, (each.name, it))
        yield plain


@frozen
class Difference:
    """What moved from one snapshot to another. `changed` holds each line before and after; `money` is by how much the
    total moved, and `covered` by how much of it is covered."""

    added: tuple[Line, ...]
    removed: tuple[Line, ...]
    changed: tuple[tuple[Line, Line], ...]
    money: Money
    covered: Money

    @property
    def currency(self) -> str:
        """The currency of its lines."""
        return self.money.currency

    @property
    def is_empty(self) -> bool:
        """Whether nothing moved."""
        return not (self.added or self.removed or self.changed or self.covered.minor)

    def __str__(self) -> str:
        counts = f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed"
        covered = f", {self.covered} of it covered" if self.covered.minor else ""
        return f"{counts}, {self.money} in all{covered}"


def difference(saved: Invoice, now: Invoice) -> Difference:
    """What moved between two snapshots of the same draft."""
    before, after, currency = saved.lines, now.lines, saved.currency
    covered = Money(minor=now.covered_minor - saved.covered_minor, currency=currency)
    if before == after:
        return Difference((), (), (), Money.zero(currency), covered)
    old = {line.billed_id: line for line in before}
    new = {line.billed_id: line for line in after}
    return Difference(
        added=tuple(line for line in after if line.billed_id not in old),
        removed=tuple(line for line in before if line.billed_id not in new),
        changed=tuple(
            (old[line.billed_id], line) for line in after if line.billed_id in old and old[line.billed_id] != line
        ),
        money=Money(minor=total_minor(after) - total_minor(before), currency=currency),
        covered=covered,
    )


class DraftMoved(InvalidState):
    """The work on a draft is no longer what was seen. `difference` says what moved and `revision` is that of the work
    as it is now: open the draft and look, or generate with `use_latest=True`."""

    def __init__(self, moved: Difference, revision: str) -> None:
        super().__init__(
            f"The work on this draft has moved since it was seen: {moved}. "
            f"Open the draft to see it, or generate with use_latest=True."
        )
        self.difference = moved
        self.revision = revision
