"""Which work is on a draft now, and what may be changed about it?"""

from collections.abc import Iterable

from attrs import evolve, frozen

from invoicecore.desk.context import CommandContext
from invoicecore.desk.work_entry import sessions_near
from invoicecore.errors import InvalidState, NotFound
from invoicecore.lifecycle.drafts import snapshot
from invoicecore.lifecycle.invoice import Invoice, Line, Selection
from invoicecore.ports.store import SESSIONS_OF_CLIENT, UniqueKind
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money, in_currency, positive
from invoicecore.vocabulary import Deposit, InvoiceKind


@frozen
class Choice:
    """What is to change about a draft, well formed; None stays as it is."""

    period: Period | None = None
    projects: tuple[str, ...] | None = None
    left_out: tuple[str, ...] | None = None
    amount: Money | None = None
    description: str | None = None
    deposit: Deposit | None = None

    def of(self, context: CommandContext, invoice: Invoice) -> Invoice:
        """The draft with this choice. NotAllowedNow for what invoices of its kind do not have: a time invoice has a
        selection, a manual one a line and a deposit, and the amount of a refill follows from the terms."""
        self._check_fits(invoice.kind)
        if invoice.selection is not None:
            return evolve(invoice, selection=self.selection(context, invoice.client_id, invoice.selection))
        in_currency(invoice.currency, self.amount)
        [line] = invoice.lines
        line = evolve(
            line,
            minor=line.minor if self.amount is None else self.amount.minor,
            description=line.description if self.description is None else self.description,
        )
        return evolve(invoice, lines=(line,), deposit=self.deposit or invoice.deposit)

    def _check_fits(self, kind: InvoiceKind) -> None:
        is_time, is_manual = kind is InvoiceKind.TIME, kind is InvoiceKind.MANUAL
        for what, value, fits in (
            ("period", self.period, is_time),
            ("choice of projects", self.projects, is_time),
            ("sessions to leave out", self.left_out, is_time),
            ("amount", self.amount, is_manual),
            ("description", self.description, not is_time),
            ("deposit", self.deposit, is_manual),
        ):
            if value is not None and not fits:
                raise InvalidState(f"A {kind} invoice has no {what} that can be changed.")

    def selection(self, context: CommandContext, client_id: str, old: Selection) -> Selection:
        """The selection with this choice, if its projects and sessions are the client's; otherwise NotFound."""
        projects = None if self.projects is None else [context.project(id) for id in self.projects]
        left_out = None if self.left_out is None else [context.session(id) for id in self.left_out]
        for project in projects or ():
            if project.client_id != client_id:
                raise NotFound("project", project.id)
        for session in left_out or ():
            if session.client_id != client_id:
                raise NotFound("session", session.id)
        return Selection(
            self.period or old.period,
            old.projects if projects is None else frozenset(project.id for project in projects),
            old.left_out if left_out is None else frozenset(session.id for session in left_out),
        )


def choice(
    period: Period | None,
    projects: Iterable[str] | None,
    exclude: Iterable[str] | None,
    amount: Money | None = None,
    description: str | None = None,
    deposit: Deposit | None = None,
) -> Choice:
    """The choice that was given, if it is well formed."""
    return Choice(
        inputs.optional(period, lambda it: inputs.instance("period", it, Period)),
        inputs.optional(projects, lambda it: inputs.ids("projects", it)),
        inputs.optional(exclude, lambda it: inputs.ids("exclude", it)),
        inputs.optional(amount, lambda it: positive("The amount of an invoice", it)),
        inputs.optional(description, lambda it: inputs.text("description", it)),
        inputs.optional(deposit, lambda it: inputs.instance("deposit", it, Deposit)),
    )


def latest(context: CommandContext, invoice: Invoice) -> tuple[Line, ...]:
    """The lines of a draft as its work is now; those of a refill or a manual invoice are what they are."""
    selection = invoice.selection
    if selection is None:
        return invoice.lines
    sessions = sessions_near(context, SESSIONS_OF_CLIENT, invoice.client_id, selection.period)
    held = context.uow.owners(UniqueKind.SESSION, [session.id for session in sessions])
    return snapshot(sessions, selection, held, context.stamp.zone, invoice.lines)
