"""Charges: what is billed beside work sessions."""

from datetime import date
from fractions import Fraction
from typing import Final

from attrs import converters, field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.ids import ChargeId, ClientId, InvoiceId, PersonId, ProjectId, ReceiptId
from invoicecore.values.money import Money
from invoicecore.values.tax import half_up, known_code
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import ChargeKind

_FINEST = 6
"""The most decimal places of a percentage."""


def _note(value: str) -> str:
    return inputs.text("note", value)


def _cost(value: str) -> str:
    return inputs.text("cost", value, inputs.NAME_LENGTH)


def _day(value: date) -> date:
    return inputs.plausible_day("day", value)


def _billable(value: bool) -> bool:
    return inputs.yes_or_no("billable", value)


def _source(value: str | None) -> str | None:
    return None if value is None else inputs.line("source", value)


@frozen(kw_only=True, weakref_slot=False)
class Charge:
    """An expense, a fee or a discount of a client, with its day, and its project if it has one.

    `minor` is the price in minor units: below zero for a discount, and 0 for an expense that has no price yet or is not
    `billable`. `cost` is what was paid for an expense, as text in any currency. `person_id` is who recorded it. `tax`
    is its tax code; None is that of the project, the client or the firm. A deleted charge stays on record as `removed`,
    and costs nothing.
    """

    id: ChargeId
    client_id: ClientId
    kind: ChargeKind
    day: date = field(converter=_day)
    currency: str
    minor: int
    person_id: PersonId
    project_id: ProjectId | None = None
    note: str = field(default="", converter=_note)
    cost: str = field(default="", converter=_cost)
    receipt: ReceiptId | None = None
    billable: bool = field(default=True, converter=_billable)
    removed: bool = False
    tax: str | None = field(default=None, converter=converters.optional(known_code))

    def __repr__(self) -> str:
        return f"<Charge {self.kind} of {self.day}: {self.amount}>"

    @property
    def amount(self) -> Money:
        """The price, or what a discount takes off, below zero."""
        return Money(minor=self.minor, currency=self.currency)


@frozen(kw_only=True)
class ChargeView:
    """A charge as one person sees it. `locked` says whether a live invoice bills it. `locked_by`, the id of that
    invoice, is None for people who see no money, and for contacts who are limited to projects. `amount` and `tax` are
    None for people who see no money. Only Managers and the person who recorded the expense see `cost` and `receipt`."""

    id: ChargeId
    client_id: ClientId
    kind: ChargeKind
    day: date
    person_id: PersonId
    project_id: ProjectId | None
    note: str
    cost: str | None
    receipt: ReceiptId | None
    billable: bool
    locked: bool
    locked_by: InvoiceId | None
    amount: Money | None
    tax: str | None

    def __repr__(self) -> str:
        asked = "" if self.amount is None else f", {self.amount}"
        return f"<ChargeView {self.kind} of {self.day}{asked}{', locked' if self.locked else ''}>"


unchecked_charge_view: Final = unchecked(ChargeView)


@frozen(kw_only=True)
class NewExpense:
    """A row for `charges.import_many`: an expense, with the arguments of `charges.expense` but its `receipt`.

    `source` is the id of the expense in the system that it comes from, such as "card:1234": a text of one line that is
    the same in every export. An expense with the same source is recorded once.
    """

    client_id: ClientId
    day: date = field(converter=_day)
    price: Money | None = None
    cost: str = field(default="", converter=_cost)
    note: str = field(default="", converter=_note)
    project_id: ProjectId | None = None
    billable: bool = field(default=True, converter=_billable)
    source: str | None = field(default=None, converter=_source)
    tax: str | None = field(default=None, converter=converters.optional(known_code))


def percentage(value: object) -> Fraction:
    """A share of more than 0 and at most 100 percent, given as a whole number, a Decimal or a text. InvalidInput for
    anything else.

    >>> percentage("12.5")
    Fraction(1, 8)
    """
    digits, scale = inputs.decimal_parts("percent", value)
    if scale > _FINEST:
        message = f"percent has more than {_FINEST} decimal places: {inputs.short_repr(value)}."
        raise InvalidInput(message, "too_precise", field="percent", decimals=_FINEST)
    share = Fraction(digits, 100 * 10**scale)
    if not 0 < share <= 1:
        message = f"percent must be above 0 and at most 100, not {inputs.short_repr(value)}."
        raise InvalidInput(message, "not_a_percentage", field="percent")
    return share


def share_minor(share: Fraction, minor: int) -> int:
    """A share of an amount in minor units, rounded once, half up.

    >>> share_minor(percentage("10"), 405_84)
    4058
    """
    return half_up(share.numerator * minor, share.denominator)
