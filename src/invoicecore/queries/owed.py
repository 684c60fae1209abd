"""Unbilled and unpaid amounts, and their age."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import IntEnum

from attrs import frozen

from invoicecore.queries.paging import Page, Sort
from invoicecore.queries.visibility import NamedRef
from invoicecore.values.money import Money
from invoicecore.vocabulary import ChargeKind


class UnbilledSort(Sort):
    """The orders in which unbilled work and charges are listed."""

    CLIENT = (
        "client",
        "By the names of client and project, letter for letter; what is of no project comes first.",
        ("client.name", str),
        ("client.id", str),
        ("project.name", str),
        ("project.id", str),
    )


@frozen(kw_only=True)
class UnbilledRow:
    """The work and the charges on a project, or on none, that no invoice holds: the number of sessions, their time and
    what they cost, and what expenses, fees and discounts ask for. `amount` is the sum. All rows of a client add up to
    what their account has as unbilled."""

    client: NamedRef
    project: NamedRef | None
    sessions: int
    time: timedelta
    work: Money
    expenses: Money
    fees: Money
    discounts: Money
    amount: Money


def unbilled_row(
    client: NamedRef,
    project: NamedRef | None,
    currency: str,
    sessions: int,
    time: timedelta,
    work_minor: int,
    charged: Mapping[ChargeKind, int],
) -> UnbilledRow:
    """A row from minor units; a missing kind of charge is zero."""
    charges = (charged.get(kind, 0) for kind in ChargeKind)
    work, *parts = (Money(minor=minor, currency=currency) for minor in (work_minor, *charges))
    expenses, fees, discounts = parts
    return UnbilledRow(
        client=client,
        project=project,
        sessions=sessions,
        time=time,
        work=work,
        expenses=expenses,
        fees=fees,
        discounts=discounts,
        amount=Money.total((work, *parts), currency),
    )


class Age(IntEnum):
    """How late an amount is, in days since it was due. The value is the largest number of days."""

    CURRENT = 0
    UP_TO_30 = 30
    UP_TO_60 = 60
    UP_TO_90 = 90
    OLDER = 10_000_000


def age(due_on: date, as_of: date) -> Age:
    """The age on a day of an amount that was due on another."""
    return age_of((as_of - due_on).days)


def age_of(days: int) -> Age:
    """The age of an amount that is late by so many days, or not late."""
    return next(age for age in Age if days <= age)


Aged = tuple[Money, Money, Money, Money, Money]
"""The amounts due, one for each `Age` in its order."""


def aged(minors: Mapping[Age, int], currency: str) -> Aged:
    """The amounts from minor units by age; a missing age is zero."""
    current, up_to_30, up_to_60, up_to_90, older = (Money(minor=minors.get(age, 0), currency=currency) for age in Age)
    return current, up_to_30, up_to_60, up_to_90, older


class AgingSort(Sort):
    """The orders in which clients with amounts due are listed."""

    CLIENT = "client", "By name, letter for letter.", ("client.name", str), ("client.id", str)
    AMOUNT_DUE = (
        "amount_due",
        "By what they owe in all, currency after currency.",
        ("total.currency", str),
        ("total.minor", int),
        ("client.id", str),
    )


@frozen
class AgingRow:
    """The amounts that a client owes, by age."""

    client: NamedRef
    amounts: Aged

    @property
    def total(self) -> Money:
        """The sum of the amounts."""
        return Money.total(self.amounts, self.amounts[0].currency)


@frozen
class Aging:
    """The amounts due on a day: totals by currency, and the amounts of each client.

    An amount due is what an invoice asked for that was issued by then and neither reverted, voided nor written off by
    then, less the money that was received and applied to it by then. What happens later does not change it.
    """

    as_of: date
    totals: tuple[Aged, ...]
    clients: Page[AgingRow]
