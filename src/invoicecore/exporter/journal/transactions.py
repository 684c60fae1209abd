"""What does an accountant's program want to be told?"""

from datetime import date
from typing import Protocol

from attrs import Factory, define, frozen

from invoicecore.values.money import Money


@frozen
class Posting:
    """One side of a transaction: so much more in an account. `balance`, if it is there, is what the account holds
    afterwards, and asserted."""

    account: str
    amount: Money
    balance: Money | None = None


@frozen(kw_only=True)
class Transaction:
    """Something that happened on a day; its postings add up to nothing. `facts` are said about it, each under a key,
    and none of them blank."""

    day: date
    code: str
    payee: str
    title: str
    facts: tuple[tuple[str, str], ...]
    postings: tuple[Posting, ...]


@frozen
class Assertion:
    """What an account holds at the end of a day, after everything that happened in it."""

    day: date
    account: str
    balance: Money


@define
class Account:
    """An account that is posted to: what it stands for, from which day on, and in which currencies."""

    facts: tuple[tuple[str, str], ...]
    opened: date
    currencies: set[str] = Factory(set)


class Spelling(Protocol):
    """How one kind of program wants to read it; each method gives whole lines. Accounts are named alike in all."""

    asserts_in_postings: bool
    """Whether a posting can say what the account holds after it."""

    def head(self, lines: tuple[str, ...]) -> str:
        """Comments at the top."""

    def currency(self, code: str) -> str:
        """A currency that is used, with its minor unit."""

    def fact(self, key: str) -> str:
        """A key under which facts are said."""

    def payee(self, name: str) -> str:
        """Somebody who is named in transactions."""

    def account(self, name: str, account: Account) -> str:
        """An account that is posted to."""

    def transaction(self, transaction: Transaction) -> str:
        """A transaction, with a blank line before it."""

    def assertion(self, assertion: Assertion, payee: str) -> str:
        """An assertion, with a blank line before it."""
