"""The parts of a journal, and the interface of a journal format."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from attrs import Factory, define, frozen

from invoicecore.values.money import Money

Tags = tuple[tuple[str, str], ...]
"""Keys, each with a text that is not blank."""


@frozen
class Posting:
    """One side of a transaction: an amount that is added to an account. `balance`, if given, is asserted: it is what
    the account holds afterwards."""

    account: str
    amount: Money
    balance: Money | None = None


@frozen(kw_only=True)
class Transaction:
    """What happened on a day. The amounts of its postings add up to zero. `other_day` is the booking day where `day` is
    that of the work, or the reverse, if the two differ."""

    day: date
    code: str
    payee: str
    title: str
    tags: Tags
    postings: tuple[Posting, ...]
    other_day: date | None = None


@frozen
class Assertion:
    """What an account holds at the end of a day."""

    day: date
    account: str
    balance: Money


@define
class JournalAccount:
    """An account that is posted to: what invoicecore calls it, its tags, the first day on which it is used, and its
    currencies. Its balance is asserted if it is that of one client."""

    own_name: str
    tags: Tags
    opened: date
    is_asserted: bool
    currencies: set[str] = Factory(set)


class JournalFormat(Protocol):
    """The file format of one kind of program; each method returns whole lines. Account names are the same in all."""

    asserts_in_postings: bool
    """Whether a posting can assert the balance of its account."""

    def problem_of(self, name: str) -> str:
        """What makes a name impossible for an account; blank if nothing does."""

    def declarations(
        self, accounts: Sequence[tuple[str, JournalAccount]], tags: Sequence[str], payees: Sequence[str]
    ) -> Iterator[str]:
        """The declarations that the program needs of currencies, tags, payees and, by name, accounts."""

    def transaction(self, transaction: Transaction) -> str:
        """A transaction, with a blank line before it."""

    def assertion(self, assertion: Assertion, payee: str) -> str:
        """An assertion, with a blank line before it."""
