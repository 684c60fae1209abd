"""The life cycle of invoices as one table of rules: which action is allowed in which status, and where it leads.

Buttons, error messages, documentation and property tests are derived from it. It says *when* an action is allowed;
`invoicecore.model.permissions` says who may do it.
"""

from collections.abc import Mapping
from enum import Enum
from typing import assert_never

from attrs import field, frozen

from invoicecore.errors import ActionNotAllowed
from invoicecore.vocabulary import Action, DocumentedEnum, Status


class Locking(Enum):
    """What an act does to the sessions on the invoice."""

    LOCK = "lock"
    UNLOCK = "unlock"
    KEEP = "keep"


class Need(DocumentedEnum):
    """What must hold besides the status."""

    SOMETHING_TO_BILL = "something_to_bill", "Its total is zero, so there is nothing to bill."
    TOTAL_ABOVE_ZERO = "total_above_zero", "Its total is zero, so it can only be printed or voided."
    PAYMENT = "payment", "Nothing was paid on it."
    CREDIT = "credit", "The client has no unapplied credit."
    NOTE = "note", "A note that says why is required."


@frozen
class Rule:
    """One act: from which statuses it is allowed and where each leads.

    `moves` holds where the act leads; for money, where it leads when all of the rest is paid, and `partly` where it
    leads when a part is. `on_menu` acts stand on the status menu.
    """

    action: Action
    moves: Mapping[Status, Status]
    partly: Mapping[Status, Status] = field(factory=dict)
    locking: Locking = Locking.KEEP
    needs: tuple[Need, ...] = ()
    on_menu: bool = False


def _stay(*statuses: Status) -> dict[Status, Status]:
    return {status: status for status in statuses}


def _lead(to: Status, *statuses: Status) -> dict[Status, Status]:
    return dict.fromkeys(statuses, to)


_DRAFT, _GENERATED, _DUE, _PAID = Status.DRAFT, Status.GENERATED, Status.DUE, Status.PAID
_OVERDUE, _UNCOLLECTIBLE, _VOID = Status.OVERDUE, Status.UNCOLLECTIBLE, Status.VOID

_UNPAID = (_GENERATED, _DUE, _OVERDUE, _UNCOLLECTIBLE)
_PART_PAID = {_GENERATED: _DUE, **_stay(_DUE, _OVERDUE, _UNCOLLECTIBLE)}
_MONEY = (Need.TOTAL_ABOVE_ZERO,)

RULES: tuple[Rule, ...] = (
    Rule(Action.EDIT, _stay(_DRAFT)),
    Rule(Action.SAVE, _stay(_DRAFT)),
    Rule(Action.PREVIEW, _stay(_DRAFT)),
    Rule(Action.DELETE, _stay(_DRAFT)),  # it is gone, or void if it has a number
    Rule(Action.GENERATE, _lead(_GENERATED, _DRAFT), locking=Locking.LOCK, needs=(Need.SOMETHING_TO_BILL,)),
    Rule(Action.PRINT, _stay(*_UNPAID, _PAID, _VOID)),
    Rule(Action.REVERT, _lead(_DRAFT, _GENERATED), locking=Locking.UNLOCK, needs=_MONEY),
    # Setting the status that is there already is allowed and changes nothing.
    Rule(Action.SET_DUE, _lead(_DUE, *_UNPAID), needs=_MONEY, on_menu=True),
    Rule(Action.SET_PAID, _lead(_PAID, *_UNPAID), needs=_MONEY, on_menu=True),
    Rule(Action.SET_OVERDUE, _lead(_OVERDUE, *_UNPAID), needs=_MONEY, on_menu=True),
    Rule(Action.SET_UNCOLLECTIBLE, _lead(_UNCOLLECTIBLE, *_UNPAID), needs=_MONEY, on_menu=True),
    Rule(Action.RECORD_PAYMENT, _lead(_PAID, *_UNPAID), partly=_PART_PAID, needs=_MONEY),
    Rule(Action.APPLY_CREDIT, _lead(_PAID, *_UNPAID), partly=_PART_PAID, needs=(*_MONEY, Need.CREDIT)),
    Rule(
        Action.REVERSE_PAYMENT,
        {_PAID: _DUE, **_stay(_DUE, _OVERDUE, _UNCOLLECTIBLE)},
        needs=(Need.PAYMENT,),
    ),
    Rule(Action.VOID, _lead(_VOID, *_UNPAID, _PAID), locking=Locking.UNLOCK, needs=(Need.NOTE,)),
)

RULE_OF: Mapping[Action, Rule] = {rule.action: rule for rule in RULES}
"""The rule of each act on an invoice."""


@frozen
class Facts:
    """What the needs of a rule are judged by; amounts in minor units."""

    status: Status
    numbered: bool
    total_minor: int
    paid_minor: int
    credit_minor: int


@frozen
class Availability:
    """Whether an act is allowed now, and if not, why not: what a host shows as a button, or as its tooltip."""

    action: Action
    allowed: bool
    why_not: str = ""


def _unmet(need: Need, facts: Facts) -> bool:
    match need:
        case Need.TOTAL_ABOVE_ZERO:  # the most frequent one first
            return facts.total_minor <= 0
        case Need.SOMETHING_TO_BILL:
            return facts.total_minor <= 0 and not facts.numbered
        case Need.PAYMENT:
            return facts.paid_minor <= 0
        case Need.CREDIT:
            return facts.credit_minor <= 0
        case Need.NOTE:
            return False  # comes with the act itself, so it is asked for there
        case _:
            assert_never(need)


def _why_not(rule: Rule, facts: Facts) -> str:
    """Why the rule does not allow its action, and what would; empty if it does."""
    status = facts.status
    if status in rule.moves:
        for need in rule.needs:
            if _unmet(need, facts):
                return need.meaning
        return ""
    match status:
        case Status.DRAFT:
            return "It is a draft already." if rule.action is Action.REVERT else "Generate it first."
        case Status.VOID:
            return "A void invoice stays void; make a new one."
        case Status.PAID if _DUE in rule.moves:
            return "Nothing is left to pay."
        case Status.GENERATED:  # what is not allowed now is for drafts
            return "Revert it to draft first."
        case _:
            return "It was sent already; void it and make a new one."


def judge(action: Action, facts: Facts) -> Availability:
    """Whether the table allows the action."""
    why_not = _why_not(RULE_OF[action], facts)
    return Availability(action, not why_not, why_not)


def target(action: Action, facts: Facts, *, partly: bool = False) -> Status:
    """The status that the act leads to. ActionNotAllowed, naming what is allowed now, if the table does not allow
    it."""
    rule = RULE_OF[action]
    if why_not := _why_not(rule, facts):
        allowed = [other for other in RULE_OF if judge(other, facts).allowed]
        raise ActionNotAllowed(facts.status, action, allowed, why_not)
    return (rule.partly if partly else rule.moves)[facts.status]
