"""A step of an invoice leaves everything else as it is."""

from datetime import date
from typing import Any

import attrs

from invoicecore import Invoice, OnVoid, Period, Status
from invoicecore.lifecycle.invoice import ReleasedPayment
from invoicecore.values.ids import PaymentId
from tests.world import new_world, usd

ENDED: dict[str, Any] = {
    "ended_on": date(2026, 4, 1),
    "released": (ReleasedPayment(PaymentId("p"), 7, OnVoid.KEEP),),
}
"""What only an invoice has that has ended."""


class TestStepped:
    def test_nothing_but_status_and_steps_changes(self) -> None:
        """Whatever an invoice says, it says the same in its next status."""
        world = new_world()
        world.maria.accounts.adjust(world.acme.id, usd(100), reason="Gift")
        world.log(8)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3), notes="Thank you")
        invoice = attrs.evolve(world.maria.invoices.generate(draft.id), paid_minor=7, forgiven_minor=3, **ENDED)
        invoice = attrs.evolve(invoice, tax_minor=2, covered_tax_minor=1)
        defaults = {it.name for it in attrs.fields(Invoice) if getattr(invoice, it.name) == it.default}
        assert set() == defaults, "a field that has its default here would hide that it is lost"
        assert attrs.evolve(invoice, status=Status.DUE, status_version=9) == invoice.stepped(Status.DUE, 9)
