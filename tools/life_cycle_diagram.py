"""The moves of the life cycle, and their drawing.

What is drawn is read off the rules: a move that no rule makes has no line, and a new one has. Only the places and the
routes are laid out by hand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from attrs import frozen

from invoicecore.lifecycle.table import RULES, Rule
from invoicecore.vocabulary import LIVE, DocumentedEnum, Status

Move = tuple[Status, Status]
"""From one status to another."""


def moves(rules: Iterable[Rule] = RULES) -> dict[Move, tuple[str, ...]]:
    """Every move from one status to another, with the actions that make it, in the order of the statuses."""
    found: dict[Move, list[str]] = {}
    for rule in rules:
        for action, leads in rows_of(rule):
            for before, after in leads.items():
                if before is not after:
                    found.setdefault((before, after), []).append(action)
    order = list(Status)
    return {
        move: tuple(actions)
        for move, actions in sorted(found.items(), key=lambda it: (order.index(it[0][0]), order.index(it[0][1])))
    }


def rows_of(rule: Rule) -> Iterator[tuple[str, Mapping[Status, Status]]]:
    """The rows that a rule has in a table: one, or one each for all of the money and for a part of it."""
    name = plain(rule.action)
    if not rule.partly:
        yield name, rule.moves
        return
    yield f"{name}, all", rule.moves
    yield f"{name}, part", rule.partly


def plain(word: DocumentedEnum) -> str:
    """A word as people write it."""
    return word.replace("_", " ")


@frozen
class _Place:
    """The middle of a status in the diagram."""

    x: int
    y: int


_WIDTH, _HEIGHT = 680, 566
_HALF_WIDTH, _HALF_HEIGHT = 66, 23

_PLACES: Mapping[Status, _Place] = {
    Status.DRAFT: _Place(340, 30),
    Status.GENERATED: _Place(340, 150),
    Status.DUE: _Place(130, 330),
    Status.OVERDUE: _Place(340, 330),
    Status.UNCOLLECTIBLE: _Place(550, 330),
    Status.PAID: _Place(130, 520),
    Status.VOID: _Place(550, 520),
}

# Where the line of a move runs: corners from the edge of one status to the edge of the other. What leads to the same
# status shares its last stretch, and two moves that are each other's way back share one line.
_ROUTES: Mapping[Move, tuple[tuple[int, int], ...]] = {
    (Status.DRAFT, Status.GENERATED): ((322, 53), (322, 127)),
    (Status.GENERATED, Status.DRAFT): ((358, 127), (358, 53)),
    (Status.GENERATED, Status.DUE): ((340, 173), (340, 210), (130, 210), (130, 307)),
    (Status.GENERATED, Status.OVERDUE): ((340, 173), (340, 307)),
    (Status.GENERATED, Status.UNCOLLECTIBLE): ((340, 173), (340, 210), (550, 210), (550, 307)),
    (Status.GENERATED, Status.PAID): ((274, 150), (24, 150), (24, 520), (64, 520)),
    (Status.GENERATED, Status.VOID): ((406, 150), (656, 150), (656, 520), (616, 520)),
    (Status.DUE, Status.OVERDUE): ((196, 330), (274, 330)),
    (Status.OVERDUE, Status.DUE): ((274, 330), (196, 330)),
    (Status.OVERDUE, Status.UNCOLLECTIBLE): ((406, 330), (484, 330)),
    (Status.UNCOLLECTIBLE, Status.OVERDUE): ((484, 330), (406, 330)),
    (Status.DUE, Status.UNCOLLECTIBLE): ((172, 307), (172, 284), (508, 284), (508, 307)),
    (Status.UNCOLLECTIBLE, Status.DUE): ((508, 307), (508, 284), (172, 284), (172, 307)),
    (Status.DUE, Status.PAID): ((114, 353), (114, 497)),
    (Status.OVERDUE, Status.PAID): ((324, 353), (324, 390), (114, 390), (114, 497)),
    (Status.UNCOLLECTIBLE, Status.PAID): ((534, 353), (534, 390), (114, 390), (114, 497)),
    (Status.DUE, Status.VOID): ((146, 353), (146, 422), (566, 422), (566, 497)),
    (Status.OVERDUE, Status.VOID): ((356, 353), (356, 422), (566, 422), (566, 497)),
    (Status.UNCOLLECTIBLE, Status.VOID): ((566, 353), (566, 497)),
    (Status.PAID, Status.VOID): ((196, 520), (484, 520)),
}


@frozen
class _Label:
    """Where the actions of a move are written: the middle of the text's first line, or its left or right end."""

    x: int
    y: int
    utilization_base: str = "start"


# One label is enough for moves that share a line.
_LABELS: Mapping[Move, _Label] = {
    (Status.DRAFT, Status.GENERATED): _Label(312, 94, "end"),
    (Status.GENERATED, Status.DRAFT): _Label(368, 94),
    (Status.GENERATED, Status.DUE): _Label(140, 234),
    (Status.GENERATED, Status.OVERDUE): _Label(350, 250),
    (Status.GENERATED, Status.UNCOLLECTIBLE): _Label(540, 250, "end"),
    (Status.DUE, Status.PAID): _Label(124, 446),
    (Status.UNCOLLECTIBLE, Status.VOID): _Label(556, 464, "end"),
}

_STYLE = """
.life-cycle { --ink: #1b1f24; font: 14px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { .life-cycle { --ink: #e6e8eb; } }
.life-cycle text { fill: var(--color-foreground-primary, var(--ink)); }
.life-cycle .status rect { fill: transparent; stroke: var(--color-foreground-primary, var(--ink)); stroke-width: 1.2; }
.life-cycle .status text { text-anchor: middle; font-weight: 600; }
.life-cycle .locked rect { fill: #5b82d6; fill-opacity: .2; stroke: #5b82d6; stroke-width: 1.6; }
.life-cycle .move path { fill: none; stroke: #6b86b8; stroke-width: 1.7; }
.life-cycle .to-paid path { stroke: #2f9463; }
.life-cycle .to-void path { stroke: #cb6244; }
.life-cycle .label { font-size: 12px; }
.life-cycle .note { font-size: 12px; opacity: .8; }
.life-cycle .head { fill: #6b86b8; }
.life-cycle .head-paid { fill: #2f9463; }
.life-cycle .head-void { fill: #cb6244; }
""".strip()

_HEADS: Mapping[Status, str] = {Status.PAID: "head-paid", Status.VOID: "head-void"}


def diagram(rules: Iterable[Rule] = RULES) -> str:
    """The statuses and every move between them as an SVG drawing, readable on light and dark ground."""
    drawn = moves(rules)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="life-cycle" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-labelledby="life-cycle-title life-cycle-description">',
        '<title id="life-cycle-title">The life of an invoice</title>',
        f'<desc id="life-cycle-description">{escape(_spoken(drawn))}</desc>',
        f"<style>\n{_STYLE}\n</style>",
        "<defs>",
        *(_head(name) for name in ("head", *_HEADS.values())),
        "</defs>",
        *(_line(move, actions) for move, actions in drawn.items()),
        *(_label(at, drawn[move]) for move, at in _LABELS.items() if move in drawn),
        *(_status(status) for status in Status),
        '<rect x="24" y="20" width="14" height="14" rx="3" fill="#5b82d6" fill-opacity=".2" '
        'stroke="#5b82d6" stroke-width="1.6"/>',
        '<text class="note" x="46" y="31">sessions are locked</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _spoken(drawn: Mapping[Move, Sequence[str]]) -> str:
    """The diagram in words, for those who do not see it."""
    leads: dict[Status, list[str]] = {}
    for before, after in drawn:
        leads.setdefault(before, []).append(after)
    said = [f"From {status} to {', '.join(leads[status])}." for status in Status if status in leads]
    ends = [f"From {status} nowhere." for status in Status if status not in leads]
    return f"{len(drawn)} moves between {len(Status)} statuses. {' '.join([*said, *ends])}"


def _head(name: str) -> str:
    return (
        f'<marker id="life-cycle-{name}" viewBox="0 0 10 10" refX="9.2" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path class="{name}" d="M0 0.8 L10 5 L0 9.2 z"/></marker>'
    )


def _line(move: Move, actions: Sequence[str]) -> str:
    before, after = move
    head = _HEADS.get(after, "head")
    return (
        f'<g class="move to-{after}" data-move="{before}-{after}"><title>{before} → {after}: '
        f"{escape('; '.join(actions))}</title>"
        f'<path d="{_path(_ROUTES.get(move) or _straight(move))}" marker-end="url(#life-cycle-{head})"/></g>'
    )


def _path(corners: Sequence[tuple[int, int]]) -> str:
    """A line along the corners, each of them rounded."""
    first, *inner, last = corners
    steps = [f"M{first[0]} {first[1]}"]
    before = first
    for corner, after in zip(inner, corners[2:], strict=True):
        into, out = _near(corner, before), _near(corner, after)
        steps.append(f"L{into[0]} {into[1]} Q{corner[0]} {corner[1]} {out[0]} {out[1]}")
        before = corner
    return " ".join([*steps, f"L{last[0]} {last[1]}"])


def _near(corner: tuple[int, int], other: tuple[int, int], radius: int = 10) -> tuple[int, int]:
    """The point on the way from a corner to another, where its rounding ends; the way is level or upright."""
    across, down = other[0] - corner[0], other[1] - corner[1]
    return (
        corner[0] + max(-radius, min(radius, across)),
        corner[1] + max(-radius, min(radius, down)),
    )


def _straight(move: Move) -> tuple[tuple[int, int], ...]:
    """The line of a move that has no route of its own: straight, between the edges of the two statuses."""
    one, other = _PLACES[move[0]], _PLACES[move[1]]
    down = other.y - one.y
    if down:
        step = _HALF_HEIGHT if down > 0 else -_HALF_HEIGHT
        return (one.x, one.y + step), (other.x, other.y - step)
    step = _HALF_WIDTH if other.x > one.x else -_HALF_WIDTH
    return (one.x + step, one.y), (other.x - step, other.y)


def _label(at: _Label, actions: Sequence[str]) -> str:
    lines = "".join(
        f'<tspan x="{at.x}" y="{at.y + 15 * place}">{escape(action)}</tspan>' for place, action in enumerate(actions)
    )
    return f'<text class="label" text-anchor="{at.utilization_base}">{lines}</text>'


def _status(status: Status) -> str:
    place = _PLACES[status]
    corner = f'x="{place.x - _HALF_WIDTH}" y="{place.y - _HALF_HEIGHT}"'
    size = f'width="{2 * _HALF_WIDTH}" height="{2 * _HALF_HEIGHT}"'
    return (
        f'<g class="status{" locked" if status in LIVE else ""}"><title>{status}: {escape(status.meaning)}</title>'
        f'<rect {corner} {size} rx="8"/><text x="{place.x}" y="{place.y + 5}">{status}</text></g>'
    )
