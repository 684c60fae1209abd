"""The sentences about a client's terms and figures, with the figures of the case."""

from collections.abc import Mapping
from typing import Self

from attrs import field, frozen

from invoicecore.values.money import Money
from invoicecore.vocabulary import DocumentedEnum


class Remark(DocumentedEnum):
    """What can be said about a client's terms and figures; the meaning is the sentence, in which figures are filled."""

    STOP_BEFORE_REFILL = (
        "stop_before_refill",
        "Work stops at {allowed_balance}, before the balance can fall to the refill balance of {refill_balance}: the "
        "refill will hardly ever be asked for by itself.",
    )
    STOP_WHILE_PREPAID = (
        "stop_while_prepaid",
        "Work stops while {allowed_balance} is still prepaid; an allowed debt is written with a minus: {debt}.",
    )
    BALANCE = (
        "balance",
        "Work is drawn from the balance when it is recorded; deposited payments and adjustments move it, and an "
        "invoice by itself does not.",
    )
    NO_UTILIZATION = "no_utilization", "There is none, because no refill balance is set."
    UTILIZATION_SINCE_PAYMENT = (
        "utilization_since_payment",
        "It is how far the balance, now {balance}, has come on its way from {base}, after the latest payment, down to "
        "the refill balance of {refill_balance}.",
    )
    UTILIZATION_OF_BLOCK = (
        "utilization_of_block",
        "It is how far the balance, now {balance}, has come on its way from {base}, one block above the refill "
        "balance, down to the refill balance of {refill_balance}.",
    )
    NEVER_STOPS = "never_stops", "Work never stops, because no allowed balance is set."
    STOPPED = (
        "stopped",
        "Work is stopped: the balance of {balance} is not above the allowed balance of {allowed_balance}.",
    )
    GOES_ON = (
        "goes_on",
        "Work goes on while the balance, now {balance}, is above the allowed balance of {allowed_balance}.",
    )
    NO_REFILL = "no_refill", "No refill is ever asked for, because none is set."
    REFILL_DUE = (
        "refill_due",
        "A refill of {amount} is due: the balance with all that was asked for, {projected_balance}, is not "
        "above the refill balance of {refill_balance}.",
    )
    NEXT_REFILL = (
        "next_refill",
        "A refill of {amount} is asked for when the balance with all that was asked for, now {projected_balance}, "
        "falls to the refill balance of {refill_balance}.",
    )
    SHORTFALL = (
        "shortfall",
        "{shortfall} is owed and asked for nowhere, because what had covered invoiced work was taken away; a refill or "
        "a manual invoice that deposits asks for it.",
    )
    COVER = (
        "cover",
        "The balance of {balance} without credit of {credit}, with the {unbilled} of unbilled work and what invoices "
        "ask for added, is what is prepaid or asked for already; it covers {covered} of that work.",
    )


@frozen
class Sentence:
    """A remark with `params`, the figures that are filled into it. `str` gives it in English, and `invoicecore.say` in
    other languages."""

    remark: Remark
    params: Mapping[str, Money] = field(hash=False)

    @classmethod
    def of(cls, remark: Remark, **params: Money) -> Self:
        """A remark with these figures."""
        return cls(remark, params)

    def __str__(self) -> str:
        return self.remark.meaning.format_map(self.params)
