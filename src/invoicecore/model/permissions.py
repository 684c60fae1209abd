"""Who may do what?

One table of role and act. It says *who*; the life-cycle table says *when*; what somebody may see at all is decided on
each thing, in `invoicecore.desk.visibility`. An act without a row is denied.
"""

from collections.abc import Mapping

from invoicecore.errors import NotPermitted
from invoicecore.vocabulary import Act, Role

_MANAGERS = frozenset({Role.MANAGER})
_SUPERVISORS = frozenset({Role.MANAGER, Role.SUPERVISOR})
_EMPLOYEES = frozenset({Role.MANAGER, Role.SUPERVISOR, Role.WORKER})
_PAYERS = frozenset({Role.MANAGER, Role.CONTACT})
_EVERYBODY = frozenset(Role)
_NOBODY: frozenset[Role] = frozenset()

MAY: Mapping[Act, frozenset[Role]] = {
    Act.EDIT: _MANAGERS,
    Act.SAVE: _MANAGERS,
    Act.PREVIEW: _MANAGERS,
    Act.DELETE: _MANAGERS,
    Act.GENERATE: _MANAGERS,
    Act.PRINT: _PAYERS,
    Act.REVERT: _MANAGERS,
    Act.SET_DUE: _MANAGERS,
    Act.SET_OVERDUE: _MANAGERS,
    Act.SET_UNCOLLECTIBLE: _MANAGERS,
    Act.SET_PAID: _MANAGERS,
    Act.RECORD_PAYMENT: _MANAGERS,
    Act.APPLY_CREDIT: _MANAGERS,
    Act.VOID: _MANAGERS,
    Act.DRAFT_INVOICE: _MANAGERS,
    Act.MAKE_MANUAL_INVOICE: _MANAGERS,
    Act.SWEEP_OVERDUE: _MANAGERS,
    Act.VIEW_INVOICES: _PAYERS,
    Act.REVERSE_PAYMENT: _MANAGERS,
    Act.VIEW_PAYMENTS: _PAYERS,
    Act.ADJUST: _MANAGERS,
    Act.ASK_REFILL: _MANAGERS,
    Act.VIEW_ACCOUNT: _PAYERS,
    Act.ADD_CLIENT: _MANAGERS,
    Act.CHANGE_CLIENT: _MANAGERS,
    Act.SET_TERMS: _MANAGERS,
    Act.ARCHIVE_CLIENT: _MANAGERS,
    Act.VIEW_CLIENTS: frozenset({Role.MANAGER, Role.SUPERVISOR, Role.CONTACT}),
    Act.ADD_PROJECT: _MANAGERS,
    Act.CHANGE_PROJECT: _MANAGERS,
    Act.SET_RATE: _MANAGERS,
    Act.ARCHIVE_PROJECT: _MANAGERS,
    Act.ASSIGN: _SUPERVISORS,
    Act.VIEW_PROJECTS: _EVERYBODY,
    Act.LOG_WORK: _EMPLOYEES,
    Act.RUN_TIMER: _EMPLOYEES,
    Act.LOG_FOR_OTHERS: _MANAGERS,
    Act.LOG_PAST_STOP: _MANAGERS,
    Act.STATE_RATE: _MANAGERS,
    Act.IMPORT_WORK: _MANAGERS,
    Act.EDIT_WORK: _SUPERVISORS,
    Act.DELETE_WORK: _SUPERVISORS,
    Act.VIEW_WORK: _EVERYBODY,
    Act.ADD_PERSON: _MANAGERS,
    Act.CHANGE_PERSON: _MANAGERS,
    Act.ARCHIVE_PERSON: _MANAGERS,
    Act.VIEW_PEOPLE: _SUPERVISORS,
    Act.SIGN_IN: _EVERYBODY,
    Act.CHANGE_OWN_PROFILE: _EVERYBODY,
    Act.SET_PASSWORD: _MANAGERS,
    Act.ADMIT_FROM: _MANAGERS,
    Act.VIEW_LOGIN: _MANAGERS,
    Act.CHANGE_FIRM: _MANAGERS,
    Act.VIEW_FIRM: _EMPLOYEES,
    Act.VIEW_LOGO: _EVERYBODY,
    Act.VIEW_AUDIT: _MANAGERS,
}

MAY_GIVE: Mapping[Role, frozenset[Role]] = {
    Role.MANAGER: _EVERYBODY,
}
"""Which roles somebody may give, to others or by adding them: none above their own. A role without a row gives none."""

SEES_MONEY = frozenset({Role.MANAGER, Role.CONTACT})
"""The roles that are shown rates and amounts."""


def may(role: Role, act: Act) -> bool:
    """Whether the role includes the act."""
    return role in MAY.get(act, _NOBODY)


def permit_giving(role: Role, given: Role, act: Act) -> None:
    """NotPermitted, naming who may, if a role may not give another one."""
    if given not in MAY_GIVE.get(role, _NOBODY):
        raise NotPermitted(act, role, [other for other in Role if given in MAY_GIVE.get(other, _NOBODY)])


def permit(role: Role, act: Act) -> None:
    """NotPermitted, naming who may, if the role does not include the act."""
    allowed = MAY.get(act, _NOBODY)
    if role not in allowed:
        raise NotPermitted(act, role, [other for other in Role if other in allowed])
