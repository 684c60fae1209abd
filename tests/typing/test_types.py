"""What must type-check, and what must not."""

from datetime import timedelta
from fractions import Fraction

import pytest

import invoicecore
from invoicecore import UNSET, Deposit, Desk, Invoice, Money, Period, Rate, Receipt, Status, Terms, WorkSessionView
from invoicecore.errors import InvoicecoreError


def accepted(desk: Desk) -> tuple[Fraction, Receipt, WorkSessionView, Invoice]:
    """What a host writes every day."""
    ratio: Fraction = Money.of("10", "USD") / Money.of("4", "USD")
    cost: Money = Rate.hourly("50", "USD").times(timedelta(hours=1))
    session = desk.work.log("project", start=None, day=Period.month(2026, 3).first, hours="1.5")
    draft = desk.invoices.draft("client", Period.month(2026, 3))
    invoice = desk.invoices.manual("client", cost, deposit=Deposit.TO_BALANCE)
    assert invoice.status in {Status("draft"), Status.GENERATED}
    desk.clients.change("client", locale=None, payment_terms=UNSET)
    desk.people.change("person", email=None, timezone=None)
    desk.invoices.save("draft", projects=None)
    return ratio, desk.payments.record(draft.id, cost), session, invoice


def refused(desk: Desk) -> None:
    """What would be a mistake, found before it runs."""
    invoicecore.Monney.of("1", "USD")  # type: ignore[attr-defined]
    Money.of(1.5, "USD")  # type: ignore[arg-type]
    Money.of("1", "USD") * 1.5  # type: ignore[operator]
    Money.of("1", "USD") + 1  # type: ignore[operator]
    Money.of("1", "USD").minor = 3  # type: ignore[misc]
    Terms()  # type: ignore[call-arg]
    desk.invoices.manual("client", Money.of("1", "USD"), deposit=True)  # type: ignore[arg-type]
    desk.invoices.void("invoice")  # type: ignore[call-arg]
    desk.accounts.adjust("client", 500, reason="Goodwill")  # type: ignore[arg-type]
    desk.clients.change("client", name=None)  # type: ignore[arg-type]
    desk.work.edit("session", note=None)  # type: ignore[arg-type]
    desk.invoices.save("draft", period=None)  # type: ignore[arg-type]


class TestTypes:
    """The same at run time, as far as it does not need a desk."""

    def test_what_does_not_type_check_is_refused(self) -> None:
        """A host without a type checker gets an error all the same."""
        with pytest.raises(InvoicecoreError):
            Money.of(1.5, "USD")  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            Money.of("1", "USD") * 1.5  # type: ignore[operator]
        with pytest.raises(AttributeError):
            Money.of("1", "USD").minor = 3  # type: ignore[misc]
        with pytest.raises(AttributeError):
            invoicecore.Monney.of("1", "USD")  # type: ignore[attr-defined]
