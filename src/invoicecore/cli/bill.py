"""The command `bill` without its output: it imports a file as a replay and reports the resulting books.

Rows are recorded one after the other, at the time of their work. Stored books continue from their present state; known
rows are not recorded again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, islice
from typing import Any

from invoicecore import (
    Billing,
    ChargeKind,
    Client,
    Desk,
    Invoice,
    Money,
    Period,
    Rate,
    SettableClock,
    WorkSessionView,
    label,
    utc,
)
from invoicecore.cli.import_remarks import remarks
from invoicecore.cli.import_request import ImportRequest, apply_plan, begin_books
from invoicecore.cli.open_books import only_firm
from invoicecore.cli.options import check_tax, set_tax
from invoicecore.cli.program import sentence
from invoicecore.cli.report import BilledMonth, BilledPart, ClientDocuments, ClientReport, Report
from invoicecore.cli.tables import Words, count, waits_for_price
from invoicecore.cli.terms import OptionRefused
from invoicecore.errors import InvoicecoreError
from invoicecore.exporter.iter_pages import iter_rows
from invoicecore.importer import DirectoryIndex, Plan, PlannedPerson, TimeEntry
from invoicecore.ports.store import Storage
from invoicecore.values.ids import ClientId
from invoicecore.values.tax import Tax

NO_CLIENT = "No client"
"""The client of work that names none."""
NO_PROJECT = "No project"
"""The project of work that names none."""
_LOOKED_UP = 500
_OF_ONE_CLIENT = frozenset({"advance_taxed_higher", "outside_beside_other_taxes"})
_NEVER = utc(1970, 1, 1)
_HUNDREDTH = timedelta(hours=1) / 100


class _BooksClock(SettableClock):
    """A clock that follows the work, but never goes back before the last change of the books."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.last_change = _NEVER

    def follow(self, moment: datetime) -> None:
        """Let it be that instant, or that of the last change if that is later."""
        self.set(max(moment, self.last_change))


def bill(
    request: ImportRequest,
    *,
    month: Period | None = None,
    enforce: bool = False,
    storage: Storage | None = None,
    documents: bool = False,
    tax: Tax | str | None = None,
) -> Report:
    """Bill a file, and make the time invoices of a `month` too; what is asked for has that `tax`, or the one that the
    books have. With `enforce`, work that comes while work is stopped
    is left out, not only counted; with `documents` the report has what can be printed.

    With a `storage` the books of its one firm go on, or are begun; without one nothing is stored. OptionRefused and
    MissingOption if the options, the file and the books contradict each other or leave something open. UnreadableFile
    if a row is refused; then nothing is recorded.
    """
    zone, reading = request.zone, request.open()
    entries = [entry for entry in reading.entries() if isinstance(entry, TimeEntry)]
    entries.sort(key=lambda entry: (entry.starts(zone), entry.row))
    clock = _BooksClock(entries[0].starts(zone) if entries else _NEVER)
    named = dict.fromkeys([request.currency] if request.currency else [it.currency for it in entries])
    currencies = [it for it in (*named, request.currency or reading.currency) if it is not None]
    stored = only_firm(storage, named=request.firm, clock=clock)
    if stored is None:
        desk = Billing.in_memory(request.new_firm(next(iter(currencies), None)), clock=clock).as_owner()
    else:
        desk = stored.as_owner()
        _go_on(desk, clock, zone)
    check_tax(desk.firm.settings(), tax)
    plan = request.plan(
        desk,
        [*currencies, desk.firm.settings().currency],
        currency=request.currency or reading.currency,
        over_limit=not enforce,
        reason="" if enforce else request.over_limit_reason,
        update=False,
        skip_stopped=enforce,
        unnamed_client=NO_CLIENT,
        unnamed_project=NO_PROJECT,
        replay=True,
    )
    for client in plan.clients:
        if client.id is not None and request.currency not in {None, client.currency}:
            raise OptionRefused("--currency", f"{client.name!r} is billed in {client.currency} in these books.")
    if plan.refusal is not None:
        raise plan.refusal
    if storage is not None and stored is None:
        desk, plan = begin_books(storage, desk, plan, clock)
    set_tax(desk, tax)
    apply_plan(desk, plan, set_clock=clock.follow)
    if entries:
        clock.follow(max(entry.ends(zone) for entry in entries))
    sessions = _sessions(desk, entries)
    stopped = sum(session.over_limit for of_client in sessions.values() for session in of_client)
    return Report(
        plan=plan,
        known=None if storage is None else plan.known.entries + plan.kept.entries,
        people=tuple(_people(plan.people)),
        clients=tuple(_client_report(desk, id, of_client, month, documents) for id, of_client in sessions.items()),
        would_have_stopped=plan.left_out.entries if enforce else stopped,
        enforced=enforce,
        period=month,
        in_hundredths=all(entry.day is not None and not entry.duration % _HUNDREDTH for entry in entries),
        warnings=tuple(_warnings(desk, plan, request)),
    )


def _go_on(desk: Desk, clock: _BooksClock, zone: str) -> None:
    """Let the clock begin where the books stand. OptionRefused if their days are those of another zone."""
    of_firm = desk.firm.settings().timezone
    if of_firm != zone:
        raise OptionRefused("--timezone", f"the days of these books are those of {of_firm}, not of {zone}.")
    [last] = desk.firm.audit(newest_first=True, limit=1)
    clock.last_change = last.at


def _sessions(desk: Desk, entries: Sequence[TimeEntry]) -> dict[ClientId, list[WorkSessionView]]:
    """What entries became, by client in the order of the work; a client of whom all work is refused has nothing."""
    index, remaining = DirectoryIndex.of(desk), iter(entries)
    sessions: dict[ClientId, list[WorkSessionView]] = {}
    while some := list(islice(remaining, _LOOKED_UP)):
        imported = desk.work.imported(entry.source for entry in some if entry.source is not None)
        for entry in some:
            session = imported.get(entry.source or "")
            if session is not None:
                sessions.setdefault(session.client_id, []).append(session)
            elif (client := index.client(entry.client or NO_CLIENT)) is not None:
                sessions.setdefault(client.id, [])
    return sessions


def _people(people: Sequence[PlannedPerson]) -> Iterator[tuple[str, timedelta]]:
    """Each person with the duration of their work; people of one name are shown with their e-mail."""
    named = Counter(person.name for person in people)
    for person in people:
        apart = named[person.name] > 1 and person.email is not None
        yield f"{person.name} <{person.email}>" if apart else person.name, person.work.duration


def _warnings(desk: Desk, plan: Plan, request: ImportRequest) -> Iterator[str]:
    """Terms that are probably a mistake, and options that do not apply to clients and projects of the books."""
    yield from remarks(plan, request.terms, Words(request.locale))
    if not plan.added.entries:
        return
    for client in (it for it in plan.clients if it.id is not None and request.terms.has_terms):
        standing = desk.accounts.standing(str(client.id))
        if request.terms.terms(standing.account.currency) != standing.terms:
            yield f"{client.name} keeps the terms that the books have; the options are for clients who are new."


def _client_report(
    desk: Desk, client_id: ClientId, sessions: Sequence[WorkSessionView], period: Period | None, documents: bool
) -> ClientReport:
    client, left = desk.clients.get(client_id), [session for session in sessions if not session.removed]
    month = None if period is None else _billed_month(desk, client, period)
    invoices = desk.invoices.of(client_id)
    printed = None
    if documents:
        printable = tuple(desk.invoices.printable(invoice.id) for invoice in invoices)
        printed = ClientDocuments(printable, desk.accounts.printable_statement(client_id, period))
    return ClientReport(
        name=client.name,
        duration=sum((session.duration for session in left), timedelta()),
        worked=Money.total((it.amount for it in left if it.amount is not None), client.currency),
        standing=desk.accounts.standing(client_id),
        invoices=invoices,
        month=month,
        why_nothing=None if period is None or month is not None else why_nothing(desk, period, client_id),
        documents=printed,
    )


def bill_unbilled(
    desk: Desk, period: Period, *, client_id: str | None = None, issued_on: date | None = None, **how: bool
) -> tuple[tuple[BilledMonth, ...], tuple[str, ...]]:
    """Draft and generate a time invoice for each client, or for one, who has work or charges in a period that no
    invoice holds and that ask for something. `how` is as for `invoices.generate`. A client whose taxes do not go
    together on one invoice keeps nobody else from theirs; why they have none is said in the end."""
    rows = iter_rows(partial(desk.pages.unbilled, client_id=client_id))
    billed, refused = list[BilledMonth | None](), list[str]()
    for id in dict.fromkeys(row.client.id for row in rows):
        client = desk.clients.get(id)
        try:
            billed.append(_billed_month(desk, client, period, issued_on=issued_on, **how))
        except InvoicecoreError as why:
            if why.code not in _OF_ONE_CLIENT:
                raise
            refused.append(f"{client.name} is not billed. {sentence(why)}")
    return tuple(month for month in billed if month is not None), tuple(refused)


def without_price(desk: Desk, period: Period, client_id: str | None = None) -> tuple[str, ...]:
    """What is said of the expenses of a period that are on no invoice because they have no price yet."""
    rows = iter_rows(
        partial(desk.pages.charges, client_id=client_id, kind=ChargeKind.EXPENSE, period=period, billed=False)
    )
    waiting = sum(waits_for_price(row.charge) for row in rows)
    if not waiting:
        return ()
    what = count(waiting, "expense has", "expenses have")
    return (f"{what} no price yet, and so no invoice: `charge list --unbilled`, `charge edit ID --amount AMOUNT`.",)


def why_nothing(desk: Desk, period: Period, client_id: str | None = None) -> str:
    """Why there is nothing to bill from a period, of all clients or of one."""
    sessions = desk.work.sessions(client_id=client_id, period=period)
    left = [session for session in sessions if not session.locked]
    if not sessions:
        return f"Nothing to bill: there is no work of {period}."
    if not left:
        return f"Nothing to bill: all work of {period} is on invoices already."
    whole = Words().hours(sum((session.duration for session in left), timedelta()))
    free = Words().hours(sum((session.duration for session in left if not session.billable), timedelta()))
    why = "is not billable" if whole == free else f"costs nothing; {free} hours of it are not billable"
    return f"Nothing to bill: the work of {period} that no invoice holds, {whole} hours, {why}."


def _billed_month(desk: Desk, client: Client, period: Period, **how: Any) -> BilledMonth | None:
    """Draft and generate the time invoice of a month, if there is something to bill that no invoice holds."""
    work = (it.amount for it in desk.work.sessions(client_id=client.id, period=period) if not it.locked)
    charges = iter_rows(partial(desk.pages.charges, client_id=client.id, period=period, billed=False))
    asked = chain(work, (row.charge.amount for row in charges))
    if not any(amount is not None and amount.minor > 0 for amount in asked):
        return None
    draft = desk.invoices.draft(client.id, period)
    try:
        invoice = desk.invoices.generate(draft.id, **how) if draft.invoice.net.minor else None
    except InvoicecoreError:
        desk.invoices.delete(draft.id)
        raise
    if invoice is None:  # discounts take all of it off
        desk.invoices.delete(draft.id)
        return None
    return BilledMonth(invoice, client.name, tuple(_parts(desk, invoice)))


def _parts(desk: Desk, invoice: Invoice) -> Iterator[BilledPart]:
    """The sessions of a time invoice added up for each project and rate, in the order in which they first come up, and
    then its charges."""
    names = {project.id: project.name for project in desk.projects.of(invoice.client_id)}
    grouped: dict[tuple[str, Rate], tuple[timedelta, int]] = {}
    for line in invoice.lines:
        if line.project_id is not None and line.rate is not None and line.duration is not None:
            key = names[line.project_id], line.rate
            duration, minor = grouped.get(key, (timedelta(), 0))
            grouped[key] = duration + line.duration, minor + line.minor
    for (project, rate), (duration, minor) in grouped.items():
        yield BilledPart(project, rate, duration, Money(minor=minor, currency=invoice.currency))
    for line in invoice.lines:
        if line.kind is not None:
            yield BilledPart(line.description or label(line.kind), None, timedelta(), line.amount(invoice.currency))
