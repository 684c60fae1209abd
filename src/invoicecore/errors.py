"""The errors of this library, in their order of priority.

The order is part of the interface: invalid input, absent (or not visible), not permitted, not allowed now, against a
rule of money, conflict. Each class below is one of these six groups, or a special case of one, so a host can catch
groups or single errors. A refused command changed nothing.
"""

from collections.abc import Iterable

from invoicecore.vocabulary import Action, Role, Status


class InvoicecoreError(Exception):
    """Anything this library raises on purpose."""


# 1 ─ invalid input


class InvalidInput(InvoicecoreError, ValueError):
    """What came in is not a value at all: wrong type, not a number, too long, a time that does not exist."""


class BatchRefused(InvalidInput):
    """A batch holds a row that is refused, so none of it was taken. `row` counts from 0; `reason` is the
    row's own error."""

    def __init__(self, row: int, reason: InvoicecoreError) -> None:
        super().__init__(f"Row {row} of the batch is refused, and nothing was recorded: {reason}")
        self.row = row
        self.reason = reason


# 2 ─ absent


class NotFound(InvoicecoreError, LookupError):
    """It does not exist, or it is not yours to see; the two look exactly the same."""

    def __init__(self, what: str, id: object) -> None:
        super().__init__(f"There is no {what} here." if id is None else f"There is no {what} {id!r} here.")
        self.what = what
        self.id = id


# 3 ─ not permitted


class NotPermitted(InvoicecoreError):
    """The actor's role does not include the action. The message names the roles that may."""

    def __init__(self, action: Action, role: Role, allowed: Iterable[Role]) -> None:
        self.action = action
        self.role = role
        self.allowed: tuple[Role, ...] = tuple(allowed)
        others = f"a {' or '.join(self.allowed)} may" if self.allowed else "nobody may"
        super().__init__(f"A {role} may not {action.on('an invoice')}; {others}.")


class PersonArchived(InvoicecoreError):
    """An archived person tried to act; a Manager can restore them."""


class SignInRefused(InvoicecoreError):
    """A sign-in was refused. The message is the same whatever was wrong, so it does not reveal who has an account."""

    def __init__(self) -> None:
        super().__init__("The e-mail or password is wrong, or sign-in from this address is not allowed.")


# 4 ─ not allowed now


class InvalidState(InvoicecoreError):
    """Permitted, but not in the present state; the message says what would make it possible."""


class SignInThrottled(InvalidState):
    """There were too many attempts to sign in."""

    def __init__(self, message: str = "There were too many attempts to sign in; try again later.") -> None:
        super().__init__(message)


class PasswordsUnavailable(InvalidState):
    """Passwords can be neither stored nor checked, because the library that does it is not installed."""


class ActionNotAllowed(InvalidState):
    """The life cycle does not allow the action in this status. The message names both, and what is allowed now."""

    def __init__(self, status: Status, action: Action, allowed: Iterable[Action], why: str) -> None:
        self.status = status
        self.action = action
        self.allowed: tuple[Action, ...] = tuple(allowed)
        now = ", ".join(other.replace("_", " ") for other in self.allowed)
        invoice = "a draft" if status is Status.DRAFT else f"an invoice that is {status}"
        super().__init__(f"Cannot {action.on(invoice)}. {why} Allowed now: {now}.")


class SessionLocked(InvalidState):
    """An invoice holds the session; void or revert that invoice first."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"The session is locked by invoice {number}. Void that invoice, or revert it while it is still generated, "
            f"and the session can be changed."
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
        super().__init__(f"{what} was recorded already: {payment_id}. If it came twice, pass duplicate=True.")


class WrongClock(InvalidState):
    """The clock of a command is ahead of the store's own, or more than a day behind what is booked on the client, so
    what it books would be of another day."""


class IdempotencyKeyReused(InvalidState):
    """An idempotency key came again with another request."""


# 5 ─ against a rule of money


class MoneyRuleViolation(InvoicecoreError):
    """A rule of money forbids it."""


class CurrencyMismatch(MoneyRuleViolation):
    """Two currencies were used where only one is possible; this library converts nothing."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} cannot be mixed; give both amounts in one currency.")


class BalanceLimitReached(MoneyRuleViolation):
    """The client's balance is at or below the allowed balance, so no more chargeable work is accepted."""


class AmountTooLarge(MoneyRuleViolation):
    """More than is left to pay, or more credit than there is; the message names what there is."""


# 6 ─ conflict: storage's own, and no others


class StorageError(InvoicecoreError):
    """Storage could not do what was asked. Adapters raise one of those below and nothing else."""


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
