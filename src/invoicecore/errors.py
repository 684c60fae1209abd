"""The errors of this library, in their order of priority.

The order is part of the interface: invalid input, absent (or not visible), not permitted, not allowed now, against a
rule of money, conflict. Each class below is one of these six groups or derives from one, except PersonArchived and
SignInRefused, which are caught by themselves. So a host can catch groups or single errors. A refused command changed
nothing.

The text of an error is for developers. `invoicecore.say` words its code and params for the people who use a screen.
"""

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from invoicecore.vocabulary import Action, DocumentedEnum, Role, Status

_LONGEST_ID = 80
"""The most characters of an id that a message shows."""


class InvoicecoreError(Exception):
    """Anything this library raises on purpose.

    `code` says what is wrong and stays the same in later versions: that of the class, or of a special case of it.
    `field` is the argument that is to blame, None where none is. `params` are the amounts, days and numbers of the
    case. `http_status` is what a web application answers with.
    """

    class_code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500

    def __init_subclass__(cls, http_status: int | None = None) -> None:
        cls.class_code = re.sub("(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()
        cls.http_status = cls.http_status if http_status is None else http_status

    def __init__(self, message: str = "", code: str | None = None, *, field: str | None = None, **params: object):
        super().__init__(message)
        self.code: str = code or self.class_code
        self.field: str | None = field if field is None or field.isidentifier() else None
        self.params: Mapping[str, object] = params


# 1 ─ invalid input


class InvalidInput(InvoicecoreError, ValueError, http_status=400):
    """What came in is not a value at all: wrong type, not a number, too long, a time that does not exist.

    `problems` is everything that is wrong with the arguments of a command, each with its field, as a form shows it; of
    an error that is one problem it is the error itself.
    """

    def __init__(self, message: str = "", code: str | None = None, *, field: str | None = None, **params: object):
        super().__init__(message, code, field=field, **params)
        self.problems: tuple[InvalidInput, ...] = (self,)

    @classmethod
    def of(cls, problems: "Iterable[InvalidInput]") -> "InvalidInput":
        """One error for all of these problems: the problem itself if there is one."""
        first, *others = problems
        if not others:
            return first
        whole = cls(" ".join(map(str, (first, *others))))
        whole.problems = (first, *others)
        return whole


class BatchRefused(InvalidInput):
    """A batch holds a row that is refused, so none of it was taken. `row` counts from 0, and `params['row']`, for
    people, from 1; `reason` is the row's own error."""

    def __init__(self, row: int, reason: InvoicecoreError) -> None:
        message = f"Row {row} of the batch is refused, and nothing was recorded: {reason}"
        super().__init__(message, field=reason.field, row=row + 1, reason=reason)
        self.row = row
        self.reason = reason


# 2 ─ absent


class NotFound(InvoicecoreError, LookupError, http_status=404):
    """It does not exist, or it is not yours to see; the two look exactly the same."""

    def __init__(self, what: str, id: object) -> None:
        named = repr(id) if id is not None else ""
        named = named if len(named) <= _LONGEST_ID else f"{named[: _LONGEST_ID - 1]}…"
        message = f"There is no {what} {named} here." if named else f"There is no {what} here."
        super().__init__(message, field=f"{what}_id" if what.isidentifier() else None, what=what)
        self.what = what
        self.id = id


# 3 ─ not permitted


class NotPermitted(InvoicecoreError, http_status=403):
    """The actor's role does not include the action. The message names the roles that may."""

    def __init__(self, action: Action, role: Role, allowed: Iterable[Role]) -> None:
        self.action = action
        self.role = role
        self.allowed: tuple[Role, ...] = tuple(allowed)
        others = f"a {' or '.join(self.allowed)} may" if self.allowed else "nobody may"
        message = f"A {role} may not {action.on('an invoice')}; {others}."
        super().__init__(message, action=action, role=role)


class PersonArchived(InvoicecoreError, http_status=403):
    """An archived person tried to act; a Manager can restore them."""


class SignInRefused(InvoicecoreError, http_status=401):
    """A sign-in was refused. The message is the same whatever was wrong, so it does not reveal who has an account."""

    def __init__(self) -> None:
        super().__init__("The e-mail or password is wrong, or sign-in from this address is not allowed.")


# 4 ─ not allowed now


class InvalidState(InvoicecoreError, http_status=409):
    """Permitted, but not in the present state; the message says what would make it possible."""


class SignInThrottled(InvalidState, http_status=429):
    """There were too many attempts to sign in."""

    def __init__(self, message: str = "There were too many attempts to sign in; try again later.") -> None:
        super().__init__(message)


class PasswordsUnavailable(InvalidState, http_status=501):
    """Passwords can be neither stored nor checked, because the library that does it is not installed."""


class ActionNotAllowed(InvalidState):
    """The life cycle does not allow the action in this status. The message names both, and what is allowed now."""

    def __init__(self, status: Status, action: Action, allowed: Iterable[Action], why: DocumentedEnum) -> None:
        self.status = status
        self.action = action
        self.allowed: tuple[Action, ...] = tuple(allowed)
        now = ", ".join(other.replace("_", " ") for other in self.allowed)
        invoice = "a draft" if status is Status.DRAFT else f"an invoice that is {status}"
        message = f"Cannot {action.on(invoice)}. {why.meaning} Allowed now: {now}."
        super().__init__(message, action=action, status=status, why=why)


class SessionLocked(InvalidState):
    """An invoice holds the session; void or revert that invoice first."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"The session is locked by invoice {number}. Void that invoice, or revert it while it is still generated, "
            f"and the session can be changed.",
            number=number,
        )
        self.number = number


class ChargeLocked(InvalidState):
    """An invoice holds the expense, fee or discount; void or revert that invoice first."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"The charge is locked by invoice {number}. Void that invoice, or revert it while it is still generated, "
            f"and the charge can be changed.",
            number=number,
        )
        self.number = number


class LastManager(InvalidState):
    """The firm would be left without anybody who may do everything."""


class NumberTaken(InvalidState):
    """The invoice number is in use, or was; numbers are unique for ever."""


class DuplicatePayment(InvalidState):
    """A payment of the client with this reference, amount and day was recorded already: the one of `payment_id`."""

    def __init__(self, payment_id: str, what: str) -> None:
        self.payment_id = payment_id
        message = f"{what} was recorded already: {payment_id}. If it came twice, pass duplicate=True."
        super().__init__(message, field="reference", payment_id=payment_id)


class WrongClock(InvalidState):
    """The clock of a command is ahead of the store's own, or more than a day behind what is booked on the client, so
    what it books would be of another day."""


class IdempotencyKeyReused(InvalidState, http_status=422):
    """An idempotency key came again with another request."""


# 5 ─ against a rule of money


class MoneyRuleViolation(InvoicecoreError, http_status=409):
    """A rule of money forbids it."""


class CurrencyMismatch(MoneyRuleViolation):
    """Two currencies were used where only one is possible; this library converts nothing."""

    def __init__(self, one: str, other: str) -> None:
        message = f"{one} and {other} cannot be mixed; give both amounts in one currency."
        super().__init__(message, field="currency", one=one, other=other)


class BalanceLimitReached(MoneyRuleViolation):
    """The client's balance is at or below the allowed balance, so new work is refused."""


class AmountTooLarge(MoneyRuleViolation):
    """More than is left to pay, or more credit than there is; the message names what there is."""


# 6 ─ conflict: storage's own, and no others


class StorageError(InvoicecoreError, http_status=503):
    """Storage could not do what was asked. A store raises ConcurrencyConflict, UniqueViolation, StorageUnavailable or
    CommitUnknown; inside a host's transaction also TransactionConflict, and where books are opened SchemaMismatch."""


class ConcurrencyConflict(StorageError):
    """Another command changed the same thing meanwhile. Nothing was written; the command may be run again."""


class TransactionConflict(StorageError):
    """A conflict that cannot be settled inside the host's transaction. The command wrote nothing; the host rolls its
    whole transaction back and runs it again, as `retry_transaction` does."""


class UniqueViolation(StorageError):
    """Something that must be unique is taken already. Nothing was written."""


class StorageUnavailable(StorageError):
    """Storage cannot be reached. Nothing was written."""


class SchemaMismatch(StorageUnavailable):
    """The database has no tables of this library, or those of another version of it; nothing in it was touched. It is
    raised where books are opened, before anything that a command could be refused for. `found` is the version of the
    tables, None where there are none."""

    def __init__(self, reason: str, found: str | None) -> None:
        super().__init__(reason)
        self.found = found


class CommitUnknown(StorageError):
    """The commit was sent and its answer lost: it may or may not stand. Send the same command again with
    the same idempotency key and it takes effect exactly once."""
