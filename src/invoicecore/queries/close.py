"""A month as an accountant closes it: balances, invoices, receipts and what is open, of each client and in all."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Final

from attrs import fields, frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.queries.dues import DueRecord
from invoicecore.queries.visibility import NamedRef
from invoicecore.settlement.account import Account
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money
from invoicecore.vocabulary import BILLED_ENTRIES, DueKind, EntryKind, LedgerDay


@frozen(kw_only=True)
class CloseFigures:
    """The figures of a month, in one currency.

    - The balance: `opening` + `worked` + `deposited` + `adjusted` = `closing`, as in the ledger statement. `worked` is
      work with expenses, fees and discounts; `deposited` is money that reached the balance, less what left it;
      `adjusted` has adjustments and forgiven debts.
    - What is due: `due_before` + `invoiced` + `voided` + `written_off` + `received` = `due`, as in the statement of
      account. `received` is all money that came in, less what went back, below zero. `due` = `open` − `credit`.
    - `unbilled` is work and charges that no invoice took by the end of the month; below zero, an invoice took what is
      of later days, or a discount waits.
    - `prepaid` was paid or asked for ahead, and no invoice took it by the end of the month; below zero, the client owes
      it and no invoice asks for it.
    """

    opening: Money
    worked: Money
    deposited: Money
    adjusted: Money
    closing: Money
    due_before: Money
    invoiced: Money
    voided: Money
    written_off: Money
    received: Money
    due: Money
    open: Money
    credit: Money
    unbilled: Money
    prepaid: Money


@frozen
class ClientClose:
    """The month of a client, by the day of the booking or of the work."""

    client: NamedRef
    by: LedgerDay
    figures: CloseFigures


@frozen
class MonthClose:
    """A month, or another period: the clients of whom any figure is not zero, and the sums for each currency."""

    period: Period
    clients: tuple[ClientClose, ...]
    totals: tuple[CloseFigures, ...]

    def __repr__(self) -> str:
        return f"<MonthClose {self.period}: clients {len(self.clients)}, currencies {len(self.totals)}>"


_NAMES: Final = tuple(it.name for it in fields(CloseFigures))
_ON_THE_BALANCE: Final = frozenset({EntryKind.ADJUSTMENT, EntryKind.WRITE_OFF, EntryKind.WRITE_OFF_REVERSED})


def close_figures(
    account: Account,
    period: Period,
    entries: Iterable[tuple[date, LedgerEntry]],
    record: DueRecord,
    today: date,
) -> CloseFigures:
    """The figures of a client. `entries` are those of the period and of all days after it, each with its day: every
    figure of the end of the period is the stored one of now, less what came after it."""
    last, moved, later = period.last, Counter[str](), Counter[str]()
    for day, entry in entries:
        where, minor = (moved if day <= last else later), entry.minor
        where["all"] += minor
        where["worked" if entry.kind in BILLED_ENTRIES else "other"] += minor
        where["adjusted"] += minor if entry.kind in _ON_THE_BALANCE else 0
    due, after = Counter[DueKind](), Counter[str]()
    due_before = 0
    for event in record.events():
        if event.day > last:
            after["prepaid"] += event.prepaid_minor
            after["billed"] += event.billed_minor
        elif event.day in period:
            due[event.kind] += event.minor
        else:
            due_before += event.minor
    closing = account.position.balance_minor - later["all"]
    balance_due = due_before + due.total()
    open_minor = sum(it.amount_due.minor for it in record.open_items(last, today))
    minors = {
        "opening": closing - moved["all"],
        "worked": moved["worked"],
        "deposited": moved["other"] - moved["adjusted"],
        "adjusted": moved["adjusted"],
        "closing": closing,
        "due_before": due_before,
        "invoiced": due[DueKind.INVOICE] + due[DueKind.REVERT],
        "voided": due[DueKind.VOID],
        "written_off": due[DueKind.WRITE_OFF],
        "received": due[DueKind.PAYMENT] + due[DueKind.REFUND],
        "due": balance_due,
        "open": open_minor,
        "credit": open_minor - balance_due,
        "unbilled": account.unbilled_minor + later["worked"] + after["billed"],
        "prepaid": account.free_cover_minor - after["prepaid"] - later["adjusted"],
    }
    return CloseFigures(**{name: Money(minor=minor, currency=account.currency) for name, minor in minors.items()})


def has_figures(figures: CloseFigures) -> bool:
    """Whether any of them is not zero."""
    return any(getattr(figures, name).minor for name in _NAMES)


def totals(clients: Iterable[ClientClose]) -> tuple[CloseFigures, ...]:
    """The sums of the figures of clients, for each currency in their order."""
    by_currency: dict[str, list[CloseFigures]] = {}
    for it in clients:
        by_currency.setdefault(it.figures.closing.currency, []).append(it.figures)
    return tuple(
        CloseFigures(**{name: Money.total((getattr(it, name) for it in several), currency) for name in _NAMES})
        for currency, several in sorted(by_currency.items())
    )
