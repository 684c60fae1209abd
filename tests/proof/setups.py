"""Command sequences that bring the walk to interesting states."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from invoicecore.settlement.account import Account
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId
from invoicecore.values.money import Money
from invoicecore.vocabulary import Deposit, InvoiceKind, Overpayment, Status
from tests.proof.command_generators import UNPAID, Call, Picker

Now = Callable[[], Picker]
"""What there is at the moment; it is asked anew before each command."""


def _client(pick: Picker, *, refill: bool) -> Account | None:
    return pick.one(
        it
        for it in pick.books.accounts.values()
        if (it.terms.refill is not None or not refill) and it.terms.allowed_balance is not None
    )


def _adjusted(account: Account, to_minor: int) -> Iterator[Call]:
    by = to_minor - account.position.balance_minor
    if by:
        yield Call(
            "manager",
            "accounts.adjust",
            (account.client_id, Money(minor=by, currency=account.currency)),
            {"reason": "Jump."},
        )


def _to_paid_refill(now: Now) -> Iterator[Call]:
    account = _client(now(), refill=True)
    if account is None or account.terms.refill is None:
        return
    yield from _adjusted(account, account.terms.refill.threshold.minor - account.outstanding_minor)
    asked = [it for it in now().books.invoices.values() if it.kind is InvoiceKind.REFILL and it.status in UNPAID]
    for invoice in asked:
        if invoice.client_id == account.client_id and invoice.total_minor > 0:
            yield Call("manager", "payments.record", (invoice.id,))


def _to_emptied_draft(now: Now) -> Iterator[Call]:
    projects = [
        it
        for it in now().books.projects.values()
        if not it.archived and not now().books.clients[it.client_id].archived and it.starts_on is None
    ]
    project = now().one(projects)
    if project is None:
        return
    period = now().period()
    named = {"day": period.first, "hours": "2", "over_limit": True, "reason": "Jump."}
    yield Call("manager", "work.log", (project.id,), named)
    known = set(now().books.invoices)
    yield Call("manager", "invoices.draft", (project.client_id, period))
    for id in now().books.invoices.keys() - known:
        yield Call("manager", "invoices.generate", (id,), {"use_latest": True})
        yield Call("manager", "invoices.revert", (id,))
        for line in now().books.invoices[id].lines:
            yield Call("supervisor", "work.delete", (line.session_id,))
        yield Call("manager", "invoices.open", (id,))
        yield Call("manager", "invoices.generate", (id,))


def _to_part_paid(now: Now) -> Iterator[Call]:
    invoice = now().invoice(Status.GENERATED, Status.DUE)
    if invoice is not None and invoice.amount_due_minor > 1:
        yield Call(
            "manager",
            "payments.record",
            (invoice.id, Money(minor=invoice.amount_due_minor // 2, currency=invoice.currency)),
        )


def _to_credit(now: Now) -> Iterator[Call]:
    client = now().client()
    if client is None:
        return
    known = set(now().books.invoices)
    for deposit in Deposit:
        yield Call(
            "manager", "invoices.manual", (client.id, Money(minor=500, currency=client.currency)), {"deposit": deposit}
        )
    made = sorted(now().books.invoices.keys() - known)  # none if the clock has stepped back
    more = {"overpayment": Overpayment.TO_CREDIT}
    for id in made[:1]:
        yield Call("manager", "payments.record", (id, Money(minor=900, currency=client.currency)), more)
    for id in made[1:]:
        if now().books.invoices[id].kind is InvoiceKind.MANUAL:
            yield Call("manager", "payments.apply_credit", (id,))


def _to_stop(now: Now) -> Iterator[Call]:
    account = _client(now(), refill=False)
    if account is not None and account.terms.allowed_balance is not None:
        yield from _adjusted(account, account.terms.allowed_balance.minor)


def _to_due_refill(now: Now) -> Iterator[Call]:
    invoice = now().one(
        it for it in now().books.invoices.values() if it.kind is InvoiceKind.REFILL and it.status in UNPAID
    )
    if invoice is not None:
        yield Call("manager", "invoices.void", (invoice.id,), {"note": "Jump."})


def _to_timers(now: Now) -> Iterator[Call]:
    running = {timer.person_id for timer in now().books.timers.values()}
    for who in ("worker", "supervisor"):
        project = now().project(now().cast[who])
        if project is not None and now().cast[who] not in running and project.starts_on is None:
            yield Call(who, "work.start", (project.id,), {"billable": False} if who == "supervisor" else {})


def _invoiced(now: Now, client_id: ClientId, period: Period) -> Iterator[Call]:
    known = set(now().books.invoices)
    yield Call("manager", "invoices.draft", (client_id, period))
    for id in now().books.invoices.keys() - known:
        yield Call("manager", "invoices.generate", (id,), {"use_latest": True})


def _to_two_drafts_of_one_period(now: Now) -> Iterator[Call]:
    invoice = now().one(
        it for it in now().books.invoices.values() if it.status is Status.GENERATED and it.selection is not None
    )
    if invoice is None or invoice.selection is None or not invoice.total_minor:
        return
    yield Call("manager", "invoices.revert", (invoice.id,))
    yield from _invoiced(now, invoice.client_id, invoice.selection.period)


def _to_covered_work(now: Now) -> Iterator[Call]:
    """Work of two months, and a month of it invoiced where less than all of it is prepaid."""
    project = now().one(it for it in now().books.projects.values() if not it.archived and it.starts_on is None)
    if project is None or now().books.clients[project.client_id].archived:
        return
    currency = now().books.clients[project.client_id].currency
    period = now().period()
    before = period.first - timedelta(days=1)
    for day, hours in ((before, "20"), (period.first, "9")):
        named = {"day": day, "hours": hours, "over_limit": True, "reason": "Jump."}
        yield Call("manager", "work.log", (project.id,), named)
    amount = Money(minor=90_000, currency=currency)
    yield Call("manager", "invoices.manual", (project.client_id, amount), {"deposit": Deposit.TO_BALANCE})
    yield from _invoiced(now, project.client_id, period)


SETUPS: tuple[tuple[str, Callable[[Now], Iterator[Call]]], ...] = (
    ("paid refill", _to_paid_refill),
    ("emptied draft", _to_emptied_draft),
    ("two drafts of one period", _to_two_drafts_of_one_period),
    ("covered work", _to_covered_work),
    ("part paid", _to_part_paid),
    ("credit in hand", _to_credit),
    ("stopped", _to_stop),
    ("refill due", _to_due_refill),
    ("timers", _to_timers),
)
