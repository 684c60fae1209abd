"""The changes that a draft can have, and the present work and charges for it."""

from collections.abc import Iterable
from datetime import date

from attrs import evolve, field, frozen

from invoicecore.desk.context import CommandContext
from invoicecore.desk.taxing import tax_of_work, taxed
from invoicecore.desk.work_entry import sessions_near
from invoicecore.errors import InvalidInput, InvalidState, NotFound
from invoicecore.lifecycle.drafts import lines_of_charges, snapshot, total_minor, with_content, within_bounds
from invoicecore.lifecycle.invoice import CoverPart, Invoice, Line, Selection
from invoicecore.model.charge import Charge
from invoicecore.model.work_session import WorkSession
from invoicecore.ports.queries import day_bounds
from invoicecore.ports.store import CHARGES_OF_CLIENT, DISCOUNTS_OF_CLIENT, SESSIONS_OF_CLIENT, UniqueKind
from invoicecore.settlement.account import Account
from invoicecore.settlement.cover import covered_minor, parts
from invoicecore.settlement.generate import let_go
from invoicecore.settlement.post import split_discounts
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.inputs import short_repr
from invoicecore.values.money import Money, in_currency, positive
from invoicecore.values.unset import UNSET, Unset, if_set, settable
from invoicecore.vocabulary import Cover, Deposit, InvoiceKind


def _projects(given: Iterable[str] | Unset | None) -> tuple[str, ...] | Unset | None:
    return None if given is None else if_set(given, lambda it: inputs.ids("projects", it))


def _exclude(given: Iterable[str] | Unset) -> tuple[str, ...] | Unset:
    return if_set(given, lambda it: inputs.ids("exclude", it))


def further_lines(given: object) -> tuple[tuple[str, Money], ...]:
    """The further lines of a manual invoice, each a text and an amount. InvalidInput for anything else."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        message = f"more must be several pairs of a text and an amount, not {short_repr(given)}."
        raise InvalidInput(message, "wrong_kind", field="more")
    lines = []
    for line in tuple(given):
        if not isinstance(line, tuple | list) or len(line) != 2:
            raise InvalidInput("Each of more must be a text and an amount.", "wrong_kind", field="more")
        lines.append((inputs.text("The text of a line", line[0]), positive("The amount of a line", line[1])))
    return tuple(lines)


@frozen(kw_only=True)
class DraftChange:
    """What is to change about a draft; what is UNSET stays as it is. Projects of None are all projects."""

    period: Period | Unset = settable(lambda it: inputs.instance("period", it, Period))
    projects: tuple[str, ...] | Unset | None = field(default=UNSET, converter=_projects)
    exclude: tuple[str, ...] | Unset = field(default=UNSET, converter=_exclude)
    amount: Money | Unset = settable(lambda it: positive("The amount of an invoice", it))
    description: str | Unset = settable(lambda it: inputs.text("description", it))
    more: tuple[tuple[str, Money], ...] | Unset = settable(further_lines)
    deposit: Deposit | Unset = settable(lambda it: inputs.instance("deposit", it, Deposit))
    notes: str | Unset = settable(lambda it: inputs.text("notes", it))
    cover: Cover | Unset = settable(lambda it: inputs.instance("cover", it, Cover))

    def applied_to(self, context: CommandContext, invoice: Invoice) -> Invoice:
        """The draft with this change. InvalidState for what invoices of its kind do not have: a time invoice has a
        selection, a manual one lines and a deposit, and the amount of a refill follows from the terms."""
        self._check_fits(invoice.kind)
        if self.notes is not UNSET:
            invoice = evolve(invoice, notes=self.notes)
        if invoice.selection is not None:
            return evolve(invoice, selection=self.selection(context, invoice.client_id, invoice.selection))
        line, *further = invoice.lines
        if self.amount is not UNSET:
            in_currency(invoice.currency, self.amount)
            line = evolve(line, minor=self.amount.minor)
        if self.description is not UNSET:
            line = evolve(line, description=self.description)
        if self.more is not UNSET:
            in_currency(invoice.currency, *(amount for _, amount in self.more))
            further = [Line(text, amount.minor, tax=line.tax) for text, amount in self.more]
        changed = with_content(invoice, (line, *further))
        return changed if self.deposit is UNSET else evolve(changed, deposit=self.deposit)

    def _check_fits(self, kind: InvoiceKind) -> None:
        is_time, is_manual = kind is InvoiceKind.TIME, kind is InvoiceKind.MANUAL
        for name, what, fits in (
            ("period", "period", is_time),
            ("projects", "choice of projects", is_time),
            ("exclude", "sessions or charges to leave out", is_time),
            ("cover", "cover", is_time),
            ("amount", "amount", is_manual),
            ("description", "description", not is_time),
            ("more", "further lines", is_manual),
            ("deposit", "deposit", is_manual),
        ):
            if getattr(self, name) is not UNSET and not fits:
                message = f"A {kind} invoice has no {what} that can be changed."
                raise InvalidState(message, "not_changeable", field=name)

    def selection(self, context: CommandContext, client_id: str, old: Selection) -> Selection:
        """The selection with this change. NotFound for projects, sessions and charges that are not the
        client's."""
        changed = old if self.period is UNSET else evolve(old, period=self.period)
        changed = changed if self.cover is UNSET else evolve(changed, cover=self.cover)
        if self.projects is None:
            changed = evolve(changed, projects=None)
        elif self.projects is not UNSET:
            projects = [context.project(id) for id in self.projects]
            for project in projects:
                if project.client_id != client_id:
                    raise NotFound("project", project.id)
            changed = evolve(changed, projects=frozenset(project.id for project in projects))
        if self.exclude is not UNSET:
            for id in self.exclude:
                if context.billed(id).client_id != client_id:
                    raise NotFound("session", id)
            changed = evolve(changed, left_out=frozenset(self.exclude))
        return changed


def latest(context: CommandContext, account: Account, invoice: Invoice, issued_on: date | None = None) -> Invoice:
    """A draft as its work and charges, and what is covered of them, are now; a refill or a manual invoice is what it
    is, with the tax of its day of issue (None: today)."""
    selection = invoice.selection
    if selection is None:
        if not context.firm.taxes:
            return invoice
        client, day = context.client_of(account), issued_on or context.stamp.today
        return with_content(invoice, taxed(context, account, client, invoice.lines, invoice.deposit, day))
    sessions = sessions_near(context, SESSIONS_OF_CLIENT, invoice.client_id, selection.period)
    first, last = day_bounds(selection.period)
    charges = context.uow.find(CHARGES_OF_CLIENT, invoice.client_id, after=first, before=last)
    charges = [*context.uow.find(DISCOUNTS_OF_CLIENT, invoice.client_id, before=first), *charges]
    ids = [*(session.id for session in sessions), *(charge.id for charge in charges)]
    locked = context.uow.owners(UniqueKind.CHARGE, ids)
    tax_of = tax_of_work(context, account)
    lines = snapshot(sessions, selection, locked, context.stamp.zone, invoice.lines, tax_of)
    if charges:
        lines = within_bounds(
            (*lines, *lines_of_charges(charges, selection, locked, issued_on or context.stamp.today, tax_of))
        )
    work_minor = invoice.net_minor if lines == invoice.lines else total_minor(lines)
    return with_content(invoice, lines, cover_of(context, account, selection, work_minor))


def cover_of(context: CommandContext, account: Account, selection: Selection, work_minor: int) -> tuple[CoverPart, ...]:
    """What covers unbilled work and charges of so much that a selection takes."""
    if selection.cover is Cover.NOTHING or not covered_minor(account, work_minor, 0):
        return ()
    older = _older_minor(context, account, selection.period) if account.unbilled_minor != work_minor else 0
    covered = covered_minor(account, work_minor, older)
    return parts(context.pages.cover_sources(account.client_id), covered, older) if covered else ()


def _older_minor(context: CommandContext, account: Account, period: Period) -> int:
    """What the unbilled work and charges of the days before a period come to: all that is unbilled, less that of its
    days and later ones. What was deleted costs nothing, and discounts wait for whatever is billed first."""
    zone = context.stamp.zone
    [after, _] = period.near
    recent = context.uow.find(SESSIONS_OF_CLIENT, account.client_id, after=(after,))
    costly: list[WorkSession | Charge] = [it for it in recent if it.minor and it.day(zone) >= period.first]
    charges = context.uow.find(CHARGES_OF_CLIENT, account.client_id, after=(period.first,))
    discounts = context.uow.find(DISCOUNTS_OF_CLIENT, account.client_id, before=(period.first,))
    costly += [it for it in (*charges, *discounts) if it.minor]
    locked = context.uow.owners(UniqueKind.CHARGE, [it.id for it in costly])
    return account.unbilled_minor - sum(it.minor for it in costly if it.id not in locked)


def freed(context: CommandContext, account: Account, taking: Invoice) -> Account:
    """The account once the reverted drafts of the client let go of the sessions and charges that an invoice takes."""
    ids = [id for id in context.pages.reverted_drafts(account.client_id) if id != taking.id]
    if not ids:
        return account
    drafts = [draft for id in ids if (draft := context.uow.get(Invoice, id)) is not None]
    decision = let_go(account, drafts, set(taking.billed_ids))
    context.store(decision)
    return decision.account


def split(context: CommandContext, account: Account, invoice: Invoice) -> Account:
    """The account once the discounts of which an invoice takes a part are as large as that part, and the rest of each
    is a discount of its own."""
    given = (line.charge_id for line in invoice.lines if line.charge_id is not None and line.minor < 0)
    discounts = [it for id in given if (it := context.uow.get(Charge, id)) is not None]
    if not discounts:
        return account
    decision = split_discounts(account, invoice, discounts, context.ids, context.stamp)
    context.store(decision)
    return decision.account
