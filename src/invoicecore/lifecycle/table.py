"""The life cycle of invoices as one table of rules: which action is allowed in which status, and where it leads.

Buttons, error messages, documentation and property tests are derived from it. It says *when* an action is allowed;
`invoicecore.model.permissions` says who may do it.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from typing import Final

from attrs import field, frozen

from invoicecore.errors import ActionNotAllowed
from invoicecore.model.permissions import may
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import Action, DocumentedEnum, Role, Status


class Locking(Enum):
    """What an action does to the sessions on the invoice."""

    LOCK = "lock"
    UNLOCK = "unlock"
    KEEP = "keep"


class Obstacle(DocumentedEnum):
    """What can stand against an action."""

    NOTHING_TO_BILL = "nothing_to_bill", "Its total is zero, so there is nothing to bill."
    TOTAL_IS_ZERO = "total_is_zero", "Its total is zero, so it can only be printed or voided."
    NOTHING_PAID = "nothing_paid", "Nothing was paid on it."
    NO_CREDIT = "no_credit", "The client has no unapplied credit."
    NO_NOTE = "no_note", "A note that says why is required."
    NOT_GENERATED = "not_generated", "Generate it first."
    DRAFT_ALREADY = "draft_already", "It is a draft already."
    NOT_A_DRAFT = "not_a_draft", "Revert it to draft first."
    SENT = "sent", "It was sent already; void it and make a new one."
    NOTHING_LEFT = "nothing_left", "Nothing is left to pay."
    VOID = "void", "A void invoice stays void; make a new one."
    NOT_PERMITTED = "not_permitted", "Only a manager may."


@frozen
class Rule:
    """One action: from which statuses it is allowed and where each leads.

    `moves` holds where the action leads; for money, where it leads when all of the rest is paid, and `partly` where it
    leads when a part is. `on_menu` actions set a status, and a screen shows them as its menu.
    """

    action: Action
    moves: Mapping[Status, Status]
    partly: Mapping[Status, Status] = field(factory=dict)
    locking: Locking = Locking.KEEP
    needs: tuple[Obstacle, ...] = ()
    on_menu: bool = False


def _stay(*statuses: Status) -> dict[Status, Status]:
    return {status: status for status in statuses}


def _lead(to: Status, *statuses: Status) -> dict[Status, Status]:
    return dict.fromkeys(statuses, to)


_DRAFT, _GENERATED, _DUE, _PAID = Status.DRAFT, Status.GENERATED, Status.DUE, Status.PAID
_OVERDUE, _UNCOLLECTIBLE, _VOID = Status.OVERDUE, Status.UNCOLLECTIBLE, Status.VOID

_UNPAID = (_GENERATED, _DUE, _OVERDUE, _UNCOLLECTIBLE)
_PART_PAID = {_GENERATED: _DUE, **_stay(_DUE, _OVERDUE, _UNCOLLECTIBLE)}
_MONEY = (Obstacle.TOTAL_IS_ZERO,)

RULES: tuple[Rule, ...] = (
    Rule(Action.EDIT, _stay(_DRAFT)),
    Rule(Action.SAVE, _stay(_DRAFT)),
    Rule(Action.PREVIEW, _stay(_DRAFT)),
    Rule(Action.DELETE, _stay(_DRAFT)),  # it is gone, or void if it has a number
    Rule(Action.GENERATE, _lead(_GENERATED, _DRAFT), locking=Locking.LOCK, needs=(Obstacle.NOTHING_TO_BILL,)),
    Rule(Action.PRINT, _stay(*_UNPAID, _PAID, _VOID)),
    Rule(Action.REVERT, _lead(_DRAFT, _GENERATED), locking=Locking.UNLOCK, needs=_MONEY),
    # Setting the status that is there already is allowed and changes nothing.
    Rule(Action.SET_DUE, _lead(_DUE, *_UNPAID), needs=_MONEY, on_menu=True),
    Rule(Action.SET_PAID, _lead(_PAID, *_UNPAID), needs=_MONEY, on_menu=True),
    Rule(Action.SET_OVERDUE, _lead(_OVERDUE, *_UNPAID), needs=_MONEY, on_menu=True),
    Rule(Action.SET_UNCOLLECTIBLE, _lead(_UNCOLLECTIBLE, *_UNPAID), needs=_MONEY, on_menu=True),
    Rule(Action.RECORD_PAYMENT, _lead(_PAID, *_UNPAID), partly=_PART_PAID, needs=_MONEY),
    Rule(Action.APPLY_CREDIT, _lead(_PAID, *_UNPAID), partly=_PART_PAID, needs=(*_MONEY, Obstacle.NO_CREDIT)),
    Rule(
        Action.REVERSE_PAYMENT,
        {_PAID: _DUE, **_stay(_DUE, _OVERDUE, _UNCOLLECTIBLE)},
        needs=(Obstacle.NOTHING_PAID,),
    ),
    Rule(Action.VOID, _lead(_VOID, *_UNPAID, _PAID), locking=Locking.UNLOCK, needs=(Obstacle.NO_NOTE,)),
)

RULE_OF: Mapping[Action, Rule] = {rule.action: rule for rule in RULES}
"""The rule of each action on an invoice."""


@frozen
class Facts:
    """What the needs of a rule are judged by; amounts in minor units."""

    status: Status
    numbered: bool
    total_minor: int
    paid_minor: int
    credit_minor: int


unchecked_facts: Final = unchecked(Facts)


@frozen
class Availability:
    """Whether an action is allowed now, and if not, why not: what a host shows as a button, or as its tooltip."""

    action: Action
    allowed: bool
    why_not: str = ""


def _met(obstacle: Obstacle, facts: Facts) -> bool:
    match obstacle:
        case Obstacle.TOTAL_IS_ZERO:  # the most frequent one first
            return facts.total_minor <= 0
        case Obstacle.NOTHING_TO_BILL:
            return facts.total_minor <= 0 and not facts.numbered
        case Obstacle.NOTHING_PAID:
            return facts.paid_minor <= 0
        case Obstacle.NO_CREDIT:
            return facts.credit_minor <= 0
        case _:
            return False  # a note comes with the act itself, so it is asked for there; no rule lists the others


def _why_not(rule: Rule, facts: Facts) -> Obstacle | None:
    """What stands against an action by its rule, if anything does."""
    status = facts.status
    if status in rule.moves:
        for obstacle in rule.needs:
            if _met(obstacle, facts):
                return obstacle
        return None
    match status:
        case Status.DRAFT:
            return Obstacle.DRAFT_ALREADY if rule.action is Action.REVERT else Obstacle.NOT_GENERATED
        case Status.VOID:
            return Obstacle.VOID
        case Status.PAID if _DUE in rule.moves:
            return Obstacle.NOTHING_LEFT
        case Status.GENERATED:  # what is not allowed now is for drafts
            return Obstacle.NOT_A_DRAFT
        case _:
            return Obstacle.SENT


def judge(action: Action, facts: Facts) -> Availability:
    """Whether the table allows the action."""
    obstacle = _why_not(RULE_OF[action], facts)
    return Availability(action, True) if obstacle is None else Availability(action, False, obstacle.meaning)


def judged(facts: Facts) -> tuple[Availability, ...]:
    """Whether the table allows each action."""
    signs = (facts.total_minor > 0, facts.paid_minor > 0, facts.credit_minor > 0)
    return _judged(facts.status, facts.numbered, *signs)


@cache
def _judged(status: Status, numbered: bool, total: bool, paid: bool, credit: bool) -> tuple[Availability, ...]:
    alike = Facts(status, numbered, int(total), int(paid), int(credit))
    return tuple(judge(action, alike) for action in RULE_OF)


def permitted(role: Role, actions: Iterable[Availability]) -> tuple[Availability, ...]:
    """The actions for somebody in a role, who may not take all of them."""
    refused = Obstacle.NOT_PERMITTED.meaning
    return tuple(it if may(role, it.action) else Availability(it.action, False, refused) for it in actions)


def target(action: Action, facts: Facts, *, partly: bool = False) -> Status:
    """The status that the action leads to. ActionNotAllowed, naming what is allowed now, if the table does not allow
    it."""
    rule = RULE_OF[action]
    if (obstacle := _why_not(rule, facts)) is not None:
        allowed = [other for other in RULE_OF if judge(other, facts).allowed]
        raise ActionNotAllowed(facts.status, action, allowed, obstacle)
    return (rule.partly if partly else rule.moves)[facts.status]
