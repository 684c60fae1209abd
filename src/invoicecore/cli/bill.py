"""What would the books look like if all this work had been billed here from the start?

A timesheet is recorded entry by entry through a Desk, as its people would have done it at the time, and the books are
then read. Books that are kept go on from where they stand: what they have already is not recorded again. Nothing is
printed here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from invoicecore import (
    Billing,
    Client,
    Desk,
    Firm,
    Invoice,
    MemoryStorage,
    Money,
    NewWorkSession,
    Period,
    Project,
    Rate,
    Role,
    SettableClock,
    WorkSessionView,
    utc,
)
from invoicecore.cli.open_books import only_firm
from invoicecore.cli.plan import (
    OptionRefused,
    Plan,
    client_name,
    currencies_of,
    naming,
    project_key,
    project_rates_of,
    rate_of,
    terms_of,
)
from invoicecore.cli.report import BilledMonth, ClientReport, ClientDocuments, ProjectLine, Report, total_duration
from invoicecore.errors import BalanceLimitReached, BatchRefused
from invoicecore.importer import TimeEntry, Timesheet
from invoicecore.importer.directory_index import DirectoryIndex
from invoicecore.model.work_session import LONGEST
from invoicecore.ports.store import AUDIT, Storage
from invoicecore.values.ids import PersonId

_PAST_STOP = "Imported: the work was done already."


@frozen
class _Kept:
    """What a store keeps already: a firm at whose desk we sit, and when it was last changed."""

    desk: Desk
    clock: SettableClock
    changed: datetime


@frozen
class _Books:
    """The firm while its work is being recorded. What the file names is looked up in the register, or made, when it
    first comes up; nothing happens before the instant `since`."""

    desk: Desk
    clock: SettableClock
    since: datetime
    plan: Plan
    currencies: dict[str, str]
    project_rates: dict[tuple[str, str], Rate]
    register: DirectoryIndex
    clients: dict[str, Client]
    projects: dict[tuple[str, str], Project]
    people: dict[tuple[str, str | None], PersonId]
    sessions: dict[str, list[WorkSessionView]]

    def set_clock(self, moment: datetime) -> None:
        """Let it be that instant, or `since` if that is later."""
        self.clock.set(max(moment, self.since))


def bill(
    timesheet: Timesheet,
    plan: Plan,
    *,
    storage: Storage | None = None,
    documents: bool = False,
    step: Callable[[], None] = lambda: None,
) -> Report:
    """Bill a timesheet; `step` is called after each entry. With `documents` the report has what can be printed.

    With a `storage` the books of its one firm go on, or are begun; without one nothing is kept. OptionRefused where
    the plan, the file and the books leave something open or contradict each other, EntryRefused where an entry cannot
    be recorded; those before it are.
    """
    zone = plan.timezone
    entries = sorted(timesheet.entries, key=lambda entry: (entry.starts(zone), entry.row))
    kept = None if storage is None else _kept(storage, plan)
    known = {} if kept is None else kept.desk.work.imported([it.source for it in entries if it.source is not None])
    new = [entry for entry in entries if entry.source not in known]
    books = _opened(timesheet, new, plan, storage or MemoryStorage(), kept)
    stopped = 0
    for entry in entries:
        if entry.source is not None and entry.source in known:
            stopped += _recall(books, known[entry.source])
        else:
            with naming(entry):
                stopped += _record(books, entry)
        step()
    if entries:
        books.set_clock(max(entry.ends(zone) for entry in entries))
    return Report(
        entries=len(entries),
        known=None if storage is None else len(entries) - len(new),
        duration=total_duration(entry.duration for entry in entries),
        people=_people(timesheet.entries),
        clients=tuple(_client_report(books, books.desk.clients.get(id), documents) for id in books.sessions),
        doubtful=tuple(entry for entry in timesheet.entries if entry.is_doubtful),
        would_have_stopped=stopped,
        enforced=plan.enforce,
        period=plan.month,
        warnings=tuple(_warnings(books)),
    )


# opening the books


def _kept(storage: Storage, plan: Plan) -> _Kept | None:
    """What the store keeps; None if it is empty."""
    clock = SettableClock(utc(1970, 1, 1))
    billing = only_firm(storage, named=plan.firm, clock=clock)
    if billing is None:
        return None
    desk = billing.as_owner()
    firm = desk.firm.settings()
    if firm.timezone != plan.timezone:
        reason = f"the days of these books are those of {firm.timezone}, not of {plan.timezone}."
        raise OptionRefused("--timezone", reason)
    with storage.begin(billing.firm_id) as uow:
        [last] = uow.find(AUDIT, limit=1, descending=True)
    return _Kept(desk, clock, last.at)


def _opened(timesheet: Timesheet, new: Sequence[TimeEntry], plan: Plan, storage: Storage, kept: _Kept | None) -> _Books:
    """The books as they are kept, or new ones, ready for the entries that are new."""
    register = DirectoryIndex() if kept is None else DirectoryIndex.of(kept.desk)
    currencies = currencies_of(timesheet, new, plan, register)
    rates = project_rates_of(new, currencies, plan, register)
    for currency in set(currencies.values()):
        terms_of(plan, currency)
    if kept is None:
        begin = new[0].starts(plan.timezone) if new else utc(1970, 1, 1)
        main_currency = next(iter(currencies.values()), plan.currency or timesheet.currency or "USD")
        name, clock = plan.firm or "Timesheet", SettableClock(begin)
        firm = Firm(name=name, currency=main_currency, timezone=plan.timezone, locale=plan.locale)
        kept = _Kept(Billing.create(storage, firm, clock=clock).as_owner(), clock, begin)
    named = (plan, currencies, rates, register)
    return _Books(kept.desk, kept.clock, kept.changed, *named, {}, {}, {}, defaultdict(list))


# recording


def _recall(books: _Books, session: WorkSessionView) -> bool:
    """Count in what an entry became before, as it now is; whether work was stopped then."""
    sessions = books.sessions[session.client_id]
    if not session.removed:
        sessions.append(session)
    return session.over_limit and not books.plan.enforce


def _record(books: _Books, entry: TimeEntry) -> bool:
    """Record an entry as it would have been recorded when it ended; whether work was stopped then."""
    plan = books.plan
    books.set_clock(entry.starts(plan.timezone))
    project, person = _project(books, entry), _person(books, entry)
    books.set_clock(entry.ends(plan.timezone))
    row = NewWorkSession(
        project_id=project.id,
        person_id=person,
        start=entry.start,
        day=entry.day,
        hours=entry.duration,
        billable=entry.billable,
        note=entry.note,
        rate=None if entry.rate is None else Rate.hourly(entry.rate, books.currencies[client_name(entry)]),
        source=entry.source,
    )
    try:
        [session] = books.desk.work.import_many(
            [row],
            over_limit=not plan.enforce,
            reason="" if plan.enforce else _PAST_STOP,
            allow_over_24h=entry.duration > LONGEST,
        )
    except BatchRefused as refused:
        if isinstance(refused.reason, BalanceLimitReached):  # only where the plan enforces it
            return True
        raise refused.reason from refused
    books.sessions[session.client_id].append(session)
    return session.over_limit


def _client(books: _Books, entry: TimeEntry) -> Client:
    name = client_name(entry)
    if name not in books.clients:
        currency = books.currencies[name]
        books.clients[name] = books.register.client(name) or books.desk.clients.add(
            name=name, terms=terms_of(books.plan, currency), currency=currency
        )
    client = books.clients[name]
    books.sessions[client.id]  # a client of whom all work is refused is reported too
    return client


def _project(books: _Books, entry: TimeEntry) -> Project:
    key = project_key(entry)
    client = _client(books, entry)
    if key not in books.projects:
        rate = books.project_rates.get(key, Rate.hourly(0, client.currency))  # none where nothing is billable
        books.projects[key] = books.register.project(client.id, key[1]) or books.desk.projects.add(
            client_id=client.id, name=key[1], rate=rate
        )
    return books.projects[key]


def _person(books: _Books, entry: TimeEntry) -> PersonId:
    key = entry.person, entry.email
    if key not in books.people:
        books.people[key] = (
            books.register.person(*key) or books.desk.people.add(name=entry.person, email=entry.email, role=Role.WORKER)
        ).id
    return books.people[key]


# reading the books


def _people(entries: Iterable[TimeEntry]) -> tuple[tuple[str, timedelta], ...]:
    """How long each person worked, in the order of the file; those of one name are told apart by their e-mail."""
    worked: dict[tuple[str, str | None], timedelta] = defaultdict(timedelta)
    for entry in entries:
        worked[entry.person, entry.email] += entry.duration
    named = Counter(name for name, _ in worked)
    return tuple(
        (f"{name} <{email}>" if named[name] > 1 and email is not None else name, duration)
        for (name, email), duration in worked.items()
    )


def _warnings(books: _Books) -> Iterator[str]:
    """Terms that are probably not meant, and what the options say in vain because the books have it already."""
    plan, register = books.plan, books.register
    for currency in dict.fromkeys(books.currencies.values()):
        yield from terms_of(plan, currency).warnings
    for name, client in books.clients.items():
        terms = terms_of(plan, client.currency)
        said = plan.allowed is not None or plan.refill_at is not None
        if said and register.client(name) and terms != books.desk.accounts.standing(client.id).account.terms:
            yield f"{name} keeps the terms that the books have; the options are for clients who are new."
    for (name, called), project in books.projects.items():
        rate = rate_of(plan, books.clients[name].currency)
        if rate is not None and register.project(project.client_id, called) and rate != project.rates[-1].rate:
            yield f"{called} of {name} keeps the rate that the books have; --rate is for projects that are new."


def _client_report(books: _Books, client: Client, documents: bool) -> ClientReport:
    sessions = books.sessions[client.id]
    month = None if books.plan.month is None else _billed_month(books, client, books.plan.month)
    standing = books.desk.accounts.standing(client.id)
    amounts = [session.amount for session in sessions if session.amount is not None]
    return ClientReport(
        name=client.name,
        duration=total_duration(session.duration for session in sessions),
        worked=Money.total(amounts, client.currency),
        balance=standing.balance,
        utilization=standing.utilization,
        stopped=standing.stopped,
        invoices=books.desk.invoices.of(client.id),
        month=month,
        documents=_papers(books, client) if documents else None,
    )


def _papers(books: _Books, client: Client) -> ClientDocuments:
    desk = books.desk
    invoices = tuple(desk.invoices.printable(invoice.id) for invoice in desk.invoices.of(client.id))
    return ClientDocuments(invoices, desk.accounts.printable_statement(client.id, books.plan.month))


def _billed_month(books: _Books, client: Client, period: Period) -> BilledMonth | None:
    """Draft and generate the time invoice of a month, if there is something to bill that no invoice holds."""
    sessions = (it for it in books.desk.work.sessions(client_id=client.id, period=period) if not it.locked)
    if not any(session.amount is not None and session.amount.minor > 0 for session in sessions):
        return None
    draft = books.desk.invoices.draft(client.id, period)
    invoice = books.desk.invoices.generate(draft.id)
    return BilledMonth(invoice, _by_project(books, invoice))


def _by_project(books: _Books, invoice: Invoice) -> tuple[ProjectLine, ...]:
    """The lines of a time invoice added up for each project and rate, in the order in which they first come up."""
    names = {project.id: project.name for project in books.desk.projects.of(invoice.client_id)}
    grouped: dict[tuple[str, Rate], tuple[timedelta, int]] = {}
    for line in invoice.lines:
        # every line of a time invoice is a session's
        assert line.project_id is not None
        assert line.rate is not None
        assert line.duration is not None
        key = names[line.project_id], line.rate
        duration, minor = grouped.get(key, (timedelta(), 0))
        grouped[key] = duration + line.duration, minor + line.minor
    return tuple(
        ProjectLine(project, rate, duration, Money(minor, invoice.currency))
        for (project, rate), (duration, minor) in grouped.items()
    )
