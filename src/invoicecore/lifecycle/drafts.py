"""The snapshot of work and charges in a draft, and its difference to the present ones.

A snapshot changes only by a call, such as `open` or `save`.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from attrs import Attribute, evolve, fields, frozen

from invoicecore.errors import InvalidState
from invoicecore.lifecycle.invoice import CoverPart, Invoice, Line, Selection, tax_bases, unchecked_line
from invoicecore.model.charge import Charge
from invoicecore.model.work_session import WorkSession
from invoicecore.values.calendar import days_of
from invoicecore.values.ids import PersonId, ProjectId, SessionId
from invoicecore.values.money import Money, Rate
from invoicecore.values.plain_data import canonical, digest
from invoicecore.values.tax import Tax, tax_minor
from invoicecore.vocabulary import ChargeKind

_LATER: "tuple[Attribute[Any], ...]" = fields(Line)[9:]
"""The fields of a line that are not in the first form of a revision."""

TaxOfWork = Callable[[ProjectId | None, date, str | None], Tax | None]
"""What work on a project, or what is of no project, is taxed with on a day; a charge by a tax code of its own."""


SessionFacts = tuple[str, int, SessionId | None, ProjectId | None, PersonId | None, timedelta | None, Rate | None]
"""What an invoice's line says of a session, in the order of the line's fields; the day, which depends on the firm's
zone, comes after it."""


def facts_of_session(it: WorkSession) -> SessionFacts:
    """What a line has to say of a session."""
    return it.note, it.minor, it.id, it.project_id, it.person_id, it.duration, it.rate


def facts_on_line(it: Line) -> SessionFacts:
    """What a line says of its session."""
    return it.description, it.minor, it.session_id, it.project_id, it.person_id, it.duration, it.rate


def line_of_charge(charge: Charge, tax: Tax | None = None) -> Line:
    """What a line has to say of a charge that is taxed so."""
    return Line(
        charge.note,
        charge.minor,
        None,
        charge.project_id,
        day=charge.day,
        charge_id=charge.id,
        kind=charge.kind,
        tax=tax,
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


def lines_of_charges(
    charges: Iterable[Charge],
    selection: Selection,
    locked: Container[str],
    issued_on: date,
    tax_of: TaxOfWork | None = None,
) -> list[Line]:
    """A line for each charge that the selection takes now: expenses, then fees, then discounts, each by day. It is
    taxed by that day, and a fee by the day of issue."""
    taken = [it for it in charges if it.id not in locked and is_taken(it, selection)]
    taken.sort(key=lambda it: (_ORDER[it.kind], it.day, it.id))
    if tax_of is None:
        return [line_of_charge(it) for it in taken]
    days = (issued_on if it.kind is ChargeKind.FEE else it.day for it in taken)
    return [line_of_charge(it, tax_of(it.project_id, day, it.tax)) for it, day in zip(taken, days, strict=True)]


def within_bounds(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, with no discount larger than what it stands against on them: all other lines of its tax, or those of
    its project. Where more of it fits against another rate of its code than against that of its day, it stands against
    that one. What is more waits, and so does a discount that stands against nothing."""
    if not any(line.minor < 0 for line in lines):
        return tuple(lines)
    room: Counter[tuple[ProjectId | None, Tax | None]] = Counter()
    for line in lines:
        if line.minor > 0:
            for key in {line.project_id, None}:
                room[key, line.tax] += line.minor
    given: dict[int, Line] = {}
    of_projects_first = sorted(enumerate(lines), key=lambda it: it[1].project_id is None)
    for place, line in of_projects_first:
        if line.minor < 0:
            minor, tax = _best_room(line, room)
            for key in {line.project_id, None}:
                room[key, tax] -= minor
            if minor:
                same = (minor, tax) == (-line.minor, line.tax)
                given[place] = line if same else evolve(line, minor=-minor, tax=tax)
    return tuple(given.get(place, line) for place, line in enumerate(lines) if line.minor >= 0 or place in given)


def _best_room(discount: Line, room: "Counter[tuple[ProjectId | None, Tax | None]]") -> tuple[int, Tax | None]:
    """How much of a discount fits, and against which rate of its code: against its own, unless more fits elsewhere."""
    of_day, project = discount.tax, discount.project_id
    others = [it for _, it in room if it is not None and of_day is not None and it.code == of_day.code]
    fitting = ((min(-discount.minor, room[project, it], room[None, it]), it) for it in (of_day, *others))
    return max(fitting, key=itemgetter(0))  # of equal ones the first


def snapshot(
    sessions: Iterable[WorkSession],
    selection: Selection,
    locked: Container[str],
    zone: str,
    before: Iterable[Line] = (),
    tax_of: TaxOfWork | None = None,
) -> tuple[Line, ...]:
    """A line for each session that the selection takes now, in the order given.

    Sessions are left out that cost nothing, were removed, or are `locked` by another invoice. Days are days of `zone`.
    Each is taxed by the day of the work; without `tax_of` there is no tax.
    Lines of `before` that still hold are taken over as they are, so that a snapshot of work that did not move costs
    little, and less to compare.
    """
    first, last = selection.period.first, selection.period.last
    projects, left_out, day_of = selection.projects, selection.left_out, days_of(zone)
    former = {line.session_id: line for line in before if line.session_id is not None}
    lines = []
    for session in sessions:
        id = session.id
        if session.minor <= 0 or session.removed or id in locked or id in left_out:
            continue
        if projects is not None and session.project_id not in projects:
            continue
        day = session.stated_day or day_of(session.start)
        if first <= day <= last:
            line, facts = former.get(id), facts_of_session(session)
            tax = None if tax_of is None else tax_of(session.project_id, day, None)
            if line is None or line.day != day or facts_on_line(line) != facts or line.tax != tax:
                line = unchecked_line(*facts, day, None, None, None, tax)
            lines.append(line)
    return tuple(lines)


def with_content(invoice: Invoice, lines: tuple[Line, ...], covered_by: tuple[CoverPart, ...] = ()) -> Invoice:
    """An invoice with those lines, of which so much is covered; footed and digested where they are not those that it
    has.

    What is covered by an invoice that was taxed is taken off with its tax, so that the tax of what is left to ask for
    is rounded once for each code, and what is covered with its tax is a difference.
    """
    covered = sum(part.minor for part in covered_by)
    if (lines, covered_by, covered) == (invoice.lines, invoice.covered_by, invoice.covered_net_minor):
        return invoice
    tax = tax_minor(bases) if (bases := tax_bases(lines)) else 0
    is_taxed = any(part.tax is not None for part in covered_by)
    covered_tax = tax - tax_minor(tax_bases(lines, covered_by)) if is_taxed else 0
    return evolve(
        invoice,
        lines=lines,
        total_minor=total_minor(lines) + tax,
        tax_minor=tax,
        covered_minor=covered + covered_tax,
        covered_tax_minor=covered_tax,
        covered_by=covered_by,
        revision=revision(lines, covered + covered_tax, covered_tax),
    )


def total_minor(lines: Iterable[Line]) -> int:
    """What the lines add up to, without tax."""
    return sum(line.minor for line in lines)


def revision(lines: Iterable[Line], covered_minor: int = 0, covered_tax_minor: int = 0) -> str:
    """A digest of everything that the lines say, their tax too, and of how much of them is covered: equal exactly when
    they are."""
    covered = [covered_minor, covered_tax_minor] if covered_tax_minor else [covered_minor] if covered_minor else []
    return digest(1, [*_plain(lines), *covered])


def _plain(lines: Iterable[Line]) -> Iterator[tuple[Any, ...]]:
    """All that each line says, as plain data. It is written out for speed, because a draft may have many lines, most of
    which have the same rate; it is a tuple, because the garbage collector soon passes over tuples of texts and numbers.

    A field that came later stands at the end, with its name, where it is not at its default.
    """
    rate, rate_text, tax, tax_text = None, None, None, ""
    durations: dict[timedelta | None, str | None] = {None: None}
    names, usual = tuple(each.name for each in _LATER), tuple(each.default for each in _LATER)
    later_of = attrgetter(*names)
    for line in lines:
        duration = line.duration
        if duration is not None and duration not in durations:
            durations[duration] = f"{duration.days} {duration.seconds} {duration.microseconds}"
        if line.rate is not rate:
            rate = line.rate
            rate_text = None if rate is None else f"{rate.digits} {rate.scale} {rate.currency}"
        plain: tuple[Any, ...] = (
            line.session_id,
            line.minor,
            durations[duration],
            rate_text,
            None if line.day is None else line.day.toordinal(),
            line.project_id,
            line.person_id,
            line.description,
            line.blocks,
        )
        if (later := later_of(line)) != usual:
            for name, it, default in zip(names, later, usual, strict=True):
                if it is not default and it != default:
                    if isinstance(it, Tax):
                        if it is not tax:
                            tax, tax_text = it, canonical(it).decode()
                        it = tax_text
                    plain = (*plain, (name, it))
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
        money=Money(minor=now.total_minor - saved.total_minor, currency=currency),
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
