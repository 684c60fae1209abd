"""The table of roles and actions: who may do what.

The life-cycle table says *when* an action is allowed, and `invoicecore.desk.visibility` which things a person may see.
An action without a row is denied to everybody.
"""

from collections.abc import Mapping

from invoicecore.errors import NotPermitted
from invoicecore.vocabulary import Action, Role

_MANAGERS = frozenset({Role.MANAGER})
_SUPERVISORS = frozenset({Role.MANAGER, Role.SUPERVISOR})
_EMPLOYEES = frozenset({Role.MANAGER, Role.SUPERVISOR, Role.WORKER})
_PAYERS = frozenset({Role.MANAGER, Role.CONTACT})
_EVERYBODY = frozenset(Role)
_NOBODY: frozenset[Role] = frozenset()

PERMISSIONS: Mapping[Action, frozenset[Role]] = {
    Action.EDIT: _MANAGERS,
    Action.SAVE: _MANAGERS,
    Action.PREVIEW: _MANAGERS,
    Action.DELETE: _MANAGERS,
    Action.GENERATE: _MANAGERS,
    Action.PRINT: _PAYERS,
    Action.REVERT: _MANAGERS,
    Action.SET_DUE: _MANAGERS,
    Action.SET_OVERDUE: _MANAGERS,
    Action.SET_UNCOLLECTIBLE: _MANAGERS,
    Action.SET_PAID: _MANAGERS,
    Action.RECORD_PAYMENT: _MANAGERS,
    Action.APPLY_CREDIT: _MANAGERS,
    Action.VOID: _MANAGERS,
    Action.DRAFT_INVOICE: _MANAGERS,
    Action.MAKE_MANUAL_INVOICE: _MANAGERS,
    Action.SWEEP_OVERDUE: _MANAGERS,
    Action.VIEW_INVOICES: _PAYERS,
    Action.REVERSE_PAYMENT: _MANAGERS,
    Action.VIEW_PAYMENTS: _PAYERS,
    Action.ADJUST: _MANAGERS,
    Action.REQUEST_REFILL: _MANAGERS,
    Action.CORRECT_BOOKING_DAYS: _MANAGERS,
    Action.VIEW_ACCOUNT: _PAYERS,
    Action.ADD_CLIENT: _MANAGERS,
    Action.CHANGE_CLIENT: _MANAGERS,
    Action.SET_TERMS: _MANAGERS,
    Action.ARCHIVE_CLIENT: _MANAGERS,
    Action.VIEW_CLIENTS: frozenset({Role.MANAGER, Role.SUPERVISOR, Role.CONTACT}),
    Action.ADD_PROJECT: _MANAGERS,
    Action.CHANGE_PROJECT: _MANAGERS,
    Action.SET_RATE: _MANAGERS,
    Action.ARCHIVE_PROJECT: _MANAGERS,
    Action.ASSIGN: _SUPERVISORS,
    Action.VIEW_PROJECTS: _EVERYBODY,
    Action.LOG_WORK: _EMPLOYEES,
    Action.RUN_TIMER: _EMPLOYEES,
    Action.LOG_FOR_OTHERS: _MANAGERS,
    Action.LOG_OVER_LIMIT: _MANAGERS,
    Action.STATE_RATE: _MANAGERS,
    Action.STATE_BILLABLE: _SUPERVISORS,
    Action.IMPORT_WORK: _MANAGERS,
    Action.EDIT_WORK: _SUPERVISORS,
    Action.DELETE_WORK: _SUPERVISORS,
    Action.VIEW_WORK: _EVERYBODY,
    Action.RECORD_EXPENSE: _EMPLOYEES,
    Action.STATE_PRICE: _MANAGERS,
    Action.IMPORT_EXPENSES: _MANAGERS,
    Action.RECORD_FEE: _MANAGERS,
    Action.ALLOW: _MANAGERS,
    Action.EDIT_CHARGE: _SUPERVISORS,
    Action.DELETE_CHARGE: _SUPERVISORS,
    Action.VIEW_CHARGES: _EVERYBODY,
    Action.ADD_PERSON: _MANAGERS,
    Action.CHANGE_PERSON: _MANAGERS,
    Action.ARCHIVE_PERSON: _MANAGERS,
    Action.VIEW_PEOPLE: _SUPERVISORS,
    Action.SIGN_IN: _EVERYBODY,
    Action.CHANGE_OWN_PROFILE: _EVERYBODY,
    Action.SET_PASSWORD: _MANAGERS,
    Action.SET_ALLOWED_ADDRESSES: _MANAGERS,
    Action.VIEW_LOGIN: _MANAGERS,
    Action.CHANGE_FIRM: _MANAGERS,
    Action.VIEW_FIRM: _EMPLOYEES,
    Action.VIEW_LOGO: _EVERYBODY,
    Action.VIEW_AUDIT: _MANAGERS,
}

GRANTABLE_ROLES: Mapping[Role, frozenset[Role]] = {
    Role.MANAGER: _EVERYBODY,
}
"""The roles that a role may grant to people. A role without a row grants none."""

SEES_MONEY = frozenset({Role.MANAGER, Role.CONTACT})
"""The roles that are shown rates and amounts."""


def may(role: Role, action: Action) -> bool:
    """Whether the role includes the action."""
    return role in PERMISSIONS.get(action, _NOBODY)


def permit_giving(role: Role, given: Role, action: Action) -> None:
    """NotPermitted, with the roles that may, if a role may not give another one."""
    if given not in GRANTABLE_ROLES.get(role, _NOBODY):
        raise NotPermitted(action, role, [other for other in Role if given in GRANTABLE_ROLES.get(other, _NOBODY)])


def permit(role: Role, action: Action) -> None:
    """NotPermitted, with the roles that may, if the role does not include the action."""
    allowed = PERMISSIONS.get(action, _NOBODY)
    if role not in allowed:
        raise NotPermitted(action, role, [other for other in Role if other in allowed])
