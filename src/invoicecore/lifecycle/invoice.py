"""The invoice, its lines, and the steps of its life."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from attrs import evolve, frozen

from invoicecore.lifecycle.table import Facts, target, unchecked_facts
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ChargeId, ClientId, InvoiceId, LogoId, PaymentId, PersonId, ProjectId, SessionId
from invoicecore.values.locales import USUAL
from invoicecore.values.money import Money, Rate
from invoicecore.values.party import Party
from invoicecore.values.stamp import CommandStamp
from invoicecore.values.tax import Tax, TaxSum, half_up, tax_table
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import (
    AWAITED,
    LIVE,
    UNPAID,
    Action,
    ChargeKind,
    Cover,
    Deposit,
    DisplayStatus,
    InvoiceKind,
    OnVoid,
    Status,
)


@frozen
class Line:
    """One net amount that is asked for, in minor units of the invoice's currency.

    `tax` is what it is taxed with, as it was when the invoice was generated; None for a line without tax. A line for a
    session says all that is billed of it; a line for a charge has its id and its `kind`, and is below zero for a
    discount. A line of a refill or a manual invoice has neither. The hours of a refill are so many `blocks`. A
    description is what people wrote; without one, whoever shows the line words it.
    """

    description: str
    minor: int
    session_id: SessionId | None = None
    project_id: ProjectId | None = None
    person_id: PersonId | None = None
    duration: timedelta | None = None
    rate: Rate | None = None
    day: date | None = None
    blocks: int | None = None
    charge_id: ChargeId | None = None
    kind: ChargeKind | None = None
    tax: Tax | None = None

    @property
    def billed_id(self) -> SessionId | ChargeId | None:
        """The session or the charge that it bills."""
        return self.charge_id if self.session_id is None else self.session_id

    def amount(self, currency: str) -> Money:
        """Its amount, in the currency of its invoice."""
        return Money(minor=self.minor, currency=currency)


unchecked_line: Final = unchecked(Line)


@frozen
class Selection:
    """What a time invoice takes: the sessions and charges of `period`, of `projects` (None: of any and of none), but
    not those `left_out` by choice; and what of their `cover` it takes off. A discount of before the period that still
    waits is taken too."""

    period: Period
    projects: frozenset[ProjectId] | None = None
    left_out: frozenset[str] = frozenset()
    cover: Cover = Cover.AVAILABLE


@frozen
class CoverPart:
    """So much of the work on a time invoice, net in minor units, is prepaid or was asked for already: by that refill or
    manual invoice, or with None by money that no invoice asked for, such as an adjustment. `tax` is what the source
    was taxed with, so that it is taken off with its own tax."""

    source_id: InvoiceId | None
    minor: int
    tax: Tax | None = None


@frozen
class ReleasedPayment:
    """So much of a payment, in minor units, had paid an invoice when that was voided, and what became of it then."""

    payment_id: PaymentId
    minor: int
    on_void: OnVoid


@frozen
class PartySnapshot:
    """The texts around the lines, as they were when the invoice was generated, whatever is renamed later.

    `names` are those of the projects and people on the lines, by their ids; `logo` is the id of the firm's, and
    `tax_id` and `payment_instructions` are the firm's too. The parties are firm and client in parts.
    """

    firm_name: str
    firm_contact: str
    client_name: str
    billing_address: str
    theme: str
    timezone: str
    names: tuple[tuple[str, str], ...]
    locale: str = USUAL
    logo: LogoId | None = None
    tax_id: str = ""
    payment_instructions: str = ""
    firm_party: Party | None = None
    client_party: Party | None = None


@frozen(kw_only=True, slots=False)
class Invoice:
    """A request for money. By itself it moves no balance.

    It is born a draft (a time invoice) or generated (the other kinds). From being generated on, `lines`, total, client
    and currency stay as they are, and `number` for ever. `revision` is a digest of the lines and of what is covered:
    what was seen. `total_minor` is gross, and `tax_minor` the tax in it; of `covered_minor`, `covered_tax_minor` is
    tax. `covered_by` is the part of a time invoice that is not asked for, because it is prepaid or was asked for
    already; a reverted draft has given it back, and `covered_minor` is then what it does not go on asking. `issued_on`,
    `due_on` and `parties` are those of the latest generate, and None in a draft. `status_version` counts its changes of
    status. `ended_on` is the firm's day on which it was voided or given up. `forgiven_minor` is what was written off
    and given back to the balance. `notes` are for the client, and change in a draft only. `released` are the payments
    that a void invoice had."""

    id: InvoiceId
    client_id: ClientId
    kind: InvoiceKind
    deposit: Deposit
    currency: str
    status: Status
    lines: tuple[Line, ...]
    revision: str
    total_minor: int
    covered_minor: int = 0
    paid_minor: int = 0
    forgiven_minor: int = 0
    number: str | None = None
    selection: Selection | None = None
    issued_on: date | None = None
    due_on: date | None = None
    parties: PartySnapshot | None = None
    status_version: int = 0
    notes: str = ""
    covered_by: tuple[CoverPart, ...] = ()
    released: tuple[ReleasedPayment, ...] = ()
    ended_on: date | None = None
    tax_minor: int = 0
    covered_tax_minor: int = 0

    def __repr__(self) -> str:
        name, due = self.number or f"of client {self.client_id}", self.amount_due
        return f"<Invoice {name}: {self.kind}, {self.display_status}, {due} due of {self.total}>"

    def stepped(self, status: Status, status_version: int) -> "Invoice":
        """In another status, everything else as it is: all fields are copied at once, for a constructor of so many
        takes most of the time of a step."""
        stepped = object.__new__(Invoice)
        stepped.__dict__.update(self.__dict__, status=status, status_version=status_version)
        return stepped

    @property
    def total(self) -> Money:
        """All that it is for, with tax: `net` and `tax` together."""
        return Money(minor=self.total_minor, currency=self.currency)

    @property
    def net(self) -> Money:
        """The sum of its lines, without tax."""
        return Money(minor=self.net_minor, currency=self.currency)

    @property
    def net_minor(self) -> int:
        """As `net`, in minor units."""
        return self.total_minor - self.tax_minor

    @property
    def tax(self) -> Money:
        """The tax on its lines: rounded once for each code and rate, on the sum of its lines."""
        return Money(minor=self.tax_minor, currency=self.currency)

    @property
    def taxes(self) -> tuple[TaxSum, ...]:
        """The tax on its lines, code by code; it adds up to `tax`."""
        return tax_table(tax_bases(self.lines), self.currency)

    @property
    def taxes_due(self) -> tuple[TaxSum, ...]:
        """The tax table of the printed invoice: as `taxes`, less what advances that it takes off were taxed with."""
        return tax_table(tax_bases(self.lines, self.covered_by), self.currency)

    @property
    def covered_net_minor(self) -> int:
        """What of its net amount is covered."""
        return self.covered_minor - self.covered_tax_minor

    def net_of(self, paid_minor: int) -> int:
        """The net amount in so much that was paid on it, rounded half up; all that it asks for, net, once all is
        paid. Each movement of the balance is the difference of this before and after, so that parts never drift."""
        asked, asked_net = self.total_minor - self.covered_minor, self.net_minor - self.covered_net_minor
        return net_share(paid_minor, asked, asked_net)

    def deposited_of(self, paid_minor: int) -> int:
        """How much of so much that was paid lies in the balance: its net amount, or nothing of an invoice that does
        not deposit."""
        return self.net_of(paid_minor) if self.deposit is Deposit.TO_BALANCE else 0

    @property
    def net_due_minor(self) -> int:
        """What is left to pay, net; nothing on a void invoice."""
        if self.status is Status.VOID:
            return 0
        return self.net_minor - self.covered_net_minor - self.net_of(self.paid_minor)

    @property
    def covered(self) -> Money:
        """What of its total is not asked for, because it is prepaid or was asked for already, with the tax in it."""
        return Money(minor=self.covered_minor, currency=self.currency)

    @property
    def amount_paid(self) -> Money:
        """What was applied to it so far."""
        return Money(minor=self.paid_minor, currency=self.currency)

    @property
    def amount_due(self) -> Money:
        """What is left to pay: the total less what is covered and what was paid. Nothing on a void invoice."""
        return Money(minor=self.amount_due_minor, currency=self.currency)

    @property
    def amount_due_minor(self) -> int:
        """As `amount_due`, in minor units."""
        return 0 if self.status is Status.VOID else self.total_minor - self.covered_minor - self.paid_minor

    def is_late(self, today: date) -> bool:
        """Whether something is left to pay after its due date, and nobody marked it overdue."""
        is_past = self.due_on is not None and self.due_on < today
        return is_past and self.status in AWAITED and self.amount_due_minor > 0

    @property
    def outstanding_minor(self) -> int:
        """What the invoice asks for that will raise the balance when it is paid: the net rest of one that deposits and
        has a number. Nobody expects the rest of an uncollectible one."""
        return self.net_due_minor if self.is_outstanding else 0

    @property
    def is_outstanding(self) -> bool:
        """Whether something is left to pay of an invoice that deposits and has a number, and somebody expects it."""
        asks = self.number is not None and self.status is not Status.UNCOLLECTIBLE
        return asks and self.deposit is Deposit.TO_BALANCE and self.amount_due_minor > 0

    @property
    def is_covered(self) -> bool:
        """Whether all of its total is covered, so that it never asked for anything."""
        return 0 < self.total_minor == self.covered_minor

    @property
    def display_status(self) -> DisplayStatus:
        """The status as clients read it."""
        return display_status(self.status, is_covered=self.is_covered)

    @property
    def label(self) -> str:
        """How to name it to people."""
        return self.number if self.number is not None else f"draft {self.id}"

    @property
    def session_ids(self) -> tuple[SessionId, ...]:
        """The sessions on its lines; locked while it is live."""
        return tuple(line.session_id for line in self.lines if line.session_id is not None)

    @property
    def billed_ids(self) -> tuple[SessionId | ChargeId, ...]:
        """The sessions and charges on its lines; locked while it is live."""
        return tuple(id for line in self.lines if (id := line.session_id or line.charge_id) is not None)

    @property
    def is_live(self) -> bool:
        """Whether it holds its sessions and charges locked."""
        return self.status in LIVE


def net_share(paid_minor: int, asked_minor: int, asked_net_minor: int) -> int:
    """The net amount in so much that was paid of an invoice that asks for so much, of which so much is net."""
    if asked_minor == asked_net_minor:
        return paid_minor
    return half_up(paid_minor * asked_net_minor, asked_minor) if asked_minor > 0 else 0


def tax_bases(lines: Iterable[Line], covered_by: Iterable[CoverPart] = ()) -> dict[Tax, int]:
    """The sum of the net amounts that are taxed alike, in minor units: of lines, less the cover that was taxed
    itself."""
    bases = Counter[Tax]()
    tax, minor = None, 0
    for line in lines:
        if line.tax is not tax:
            if tax is not None:
                bases[tax] += minor
            tax, minor = line.tax, 0
        minor += line.minor
    if tax is not None:
        bases[tax] += minor
    for part in covered_by:
        if part.tax is not None:
            bases[part.tax] -= part.minor
    return bases


ENDED = frozenset({Status.VOID, Status.UNCOLLECTIBLE})
"""The statuses that have the day on which an invoice was voided or given up."""


@frozen
class StatusChange:
    """One step in the life of an invoice: who did what, when, and why. `sequence` counts an invoice's steps from 1."""

    invoice_id: InvoiceId
    sequence: int
    at: datetime
    by: PersonId
    action: Action
    before: Status | None
    after: Status
    note: str = ""

    def __repr__(self) -> str:
        return f"<StatusChange {self.sequence}, {self.at:%Y-%m-%d %H:%M} UTC: {self.action}, now {self.after}>"


_unchecked_status_change: Final = unchecked(StatusChange)


def display_status(status: Status, *, is_covered: bool) -> DisplayStatus:
    """A status as clients read it: generated, due and overdue are simply unpaid, nothing is due on an invoice whose
    work is covered, and that one is uncollectible is the firm's own view."""
    if status is Status.PAID and is_covered:
        return DisplayStatus.NOTHING_DUE
    unpaid = status in UNPAID or status is Status.UNCOLLECTIBLE
    return DisplayStatus.UNPAID if unpaid else DisplayStatus(status.value)


def facts(invoice: Invoice, credit_minor: int) -> Facts:
    """What the life-cycle table judges by; the credit is the client's unapplied one."""
    return unchecked_facts(
        invoice.status, invoice.number is not None, invoice.total_minor, invoice.paid_minor, credit_minor
    )


def begin(invoice: Invoice, action: Action, stamp: CommandStamp) -> tuple[Invoice, StatusChange]:
    """A new invoice with the first step of its life."""
    change = _unchecked_status_change(invoice.id, 1, stamp.at, stamp.by, action, None, invoice.status)
    return evolve(invoice, status_version=1), change


def advance(
    invoice: Invoice,
    action: Action,
    stamp: CommandStamp,
    credit_minor: int,
    *,
    partly: bool = False,
    note: str = "",
    **fields: Any,
) -> tuple[Invoice, tuple[StatusChange, ...]]:
    """The invoice after the action, with `fields` changed along with the status, and the step it took, if it took one.

    ActionNotAllowed if the life-cycle table does not allow it.
    """
    status = target(action, facts(invoice, credit_minor), partly=partly)
    if status is invoice.status:
        return (evolve(invoice, **fields) if fields else invoice), ()
    ended_on = stamp.today if status in ENDED else None
    if ended_on != invoice.ended_on:
        fields["ended_on"] = ended_on
    version = invoice.status_version + 1
    change = _unchecked_status_change(invoice.id, version, stamp.at, stamp.by, action, invoice.status, status, note)
    stepped = invoice.stepped(status, version)
    return (evolve(stepped, **fields) if fields else stepped), (change,)
