"""What would the books look like if all this work had been billed here from the start?

A timesheet is recorded entry by entry through a Desk, as its people would have done it at the time, and the books are
then read. Nothing is printed here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from attrs import frozen

from invoicecore import (
    Billing,
    Client,
    Desk,
    Firm,
    Invoice,
    Money,
    Period,
    Project,
    Rate,
    Refill,
    Role,
    SessionView,
    SettableClock,
    Terms,
    utc,
)
from invoicecore.cli.report import BilledMonth, ClientReport, ProjectLine, Report, total_duration
from invoicecore.errors import InvoicecoreError, Malformed, WorkIsStopped
from invoicecore.exchange import TimeEntry, Timesheet
from invoicecore.work import LONGEST

NO_CLIENT = "No client"
"""For whom the work is that names no client."""
NO_PROJECT = "No project"
"""What the work is on that names no project."""
_PAST_STOP = "Imported: the work was done already."


class OptionRefused(Malformed):
    """An option is missing, or what it says cannot be. `option` is its name on the command line."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(f"{option}: {reason}")
        self.option = option


class EntryRefused(InvoicecoreError):
    """An entry of the file is well written, but cannot be recorded. `row` is its row; `reason` the error."""

    def __init__(self, row: int, reason: InvoicecoreError) -> None:
        super().__init__(f"Row {row}: {reason}")
        self.row = row
        self.reason = reason


@frozen(kw_only=True)
class Plan:
    """How a timesheet is to be billed. Amounts are plain numbers as text, in the currency of each client; None is
    what was not said. `allowed` None is no limit; with `enforce`, work beyond it is refused, not only counted."""

    timezone: str = "UTC"
    currency: str | None = None
    rate: str | None = None
    allowed: str | None = None
    refill_at: str | None = None
    refill_hours: str | None = None
    refill_rate: str | None = None
    month: Period | None = None
    enforce: bool = False

    def __attrs_post_init__(self) -> None:
        if self.refill_at is None or self.refill_hours is None:
            if self.refill_hours is not None:
                raise OptionRefused("--refill-hours", "it goes together with --refill-at; give both or neither.")
            if self.refill_at is not None:
                raise OptionRefused("--refill-at", "it goes together with --refill-hours; give both or neither.")
            if self.refill_rate is not None:
                raise OptionRefused("--refill-rate", "it goes together with --refill-at and --refill-hours.")
        elif self.refill_rate is None and self.rate is None:
            raise OptionRefused("--refill-rate", "a refill needs a rate; give this one, or --rate for everything.")


@frozen
class _Books:
    """The firm while its work is being recorded; what the file names is made when it first comes up."""

    desk: Desk
    clock: SettableClock
    plan: Plan
    currencies: dict[str, str]
    project_rates: dict[tuple[str, str], Rate]
    clients: dict[str, Client]
    projects: dict[tuple[str, str], Project]
    people: dict[tuple[str, str | None], str]
    sessions: dict[str, list[SessionView]]


def bill(timesheet: Timesheet, plan: Plan, *, step: Callable[[], None] = lambda: None) -> Report:
    """Bill a timesheet; `step` is called after each entry.

    OptionRefused where the plan and the file leave something open or contradict each other, EntryRefused where an
    entry cannot be recorded.
    """
    zone = plan.timezone
    entries = sorted(timesheet.entries, key=lambda entry: (entry.starts(zone), entry.row))
    books = _opened(timesheet, entries, plan)
    stopped = 0
    for entry in entries:
        with _naming(entry):
            stopped += _record(books, entry)
        step()
    if entries:
        books.clock.set(max(entry.ends(zone) for entry in entries))
    clients = tuple(_client_report(books, client) for client in books.clients.values())
    terms = (_terms(plan, currency) for currency in dict.fromkeys(books.currencies.values()))
    return Report(
        entries=len(entries),
        duration=total_duration(entry.duration for entry in entries),
        people=_people(timesheet.entries),
        clients=clients,
        doubtful=tuple(entry for entry in timesheet.entries if entry.is_doubtful),
        would_have_stopped=stopped,
        enforced=plan.enforce,
        period=plan.month,
        warnings=tuple(warning for each in terms for warning in each.warnings),
    )


@contextmanager
def _naming(entry: TimeEntry) -> Iterator[None]:
    """Names the row in whatever refuses it."""
    try:
        yield
    except InvoicecoreError as refused:
        raise EntryRefused(entry.row, refused) from refused


# what the file and the options say together


def _client_name(entry: TimeEntry) -> str:
    return entry.client if entry.client is not None else NO_CLIENT


def _project_key(entry: TimeEntry) -> tuple[str, str]:
    return _client_name(entry), entry.project if entry.project is not None else NO_PROJECT


def _currencies(timesheet: Timesheet, entries: Sequence[TimeEntry], plan: Plan) -> dict[str, str]:
    """The currency of each client: what the plan says, or else the file."""
    chosen: dict[str, str] = {}
    for entry in entries:
        client, named = _client_name(entry), entry.currency
        if named is not None:
            currency = chosen.setdefault(client, plan.currency or named)
            # Without a rate the file has no money in it, and its currency is only a heading.
            if named != currency and (plan.currency is None or entry.rate is not None):
                both = f"{client!r} is billed in {currency}, but row {entry.row} is in {named}"
                raise OptionRefused("--currency", f"{both}; a client has one currency, and nothing is converted.")
    fallback = plan.currency or timesheet.currency
    for entry in entries:
        if _client_name(entry) not in chosen:
            if fallback is None:
                reason = f"in which currency? Row {entry.row} names none; give one such as --currency USD."
                raise OptionRefused("--currency", reason)
            chosen[_client_name(entry)] = fallback
    return chosen


def _project_rates(entries: Sequence[TimeEntry], currencies: dict[str, str], plan: Plan) -> dict[tuple[str, str], Rate]:
    """The rate of each project: the plan's, or else that of its first entry that brings one."""
    rates: dict[tuple[str, str], Rate] = {}
    for entry in entries:
        key = _project_key(entry)
        if plan.rate is not None:
            rates.setdefault(key, _rate("--rate", plan.rate, currencies[key[0]]))
        elif entry.rate is not None:
            with _naming(entry):
                rates.setdefault(key, Rate.hourly(entry.rate, currencies[key[0]]))
        elif entry.billable:
            raise OptionRefused("--rate", f"at which rate? Row {entry.row} is billable and brings none.")
    return rates


def _rate(option: str, amount: str, currency: str) -> Rate:
    try:
        return Rate.hourly(amount, currency)
    except Malformed as refused:
        raise OptionRefused(option, str(refused)) from refused


def _amount(option: str, amount: str, currency: str) -> Money:
    try:
        return Money.of(amount, currency)
    except Malformed as refused:
        raise OptionRefused(option, str(refused)) from refused


def _terms(plan: Plan, currency: str) -> Terms:
    """The balance terms of a client in that currency."""
    refill = None
    refill_rate = plan.refill_rate if plan.refill_rate is not None else plan.rate
    if plan.refill_at is not None and plan.refill_hours is not None and refill_rate is not None:
        at = _amount("--refill-at", plan.refill_at, currency)
        rate = _rate("--refill-rate", refill_rate, currency)
        try:
            refill = Refill(at=at, rate=rate, hours=plan.refill_hours)
        except Malformed as refused:
            raise OptionRefused("--refill-hours", str(refused)) from refused
    allowed = None if plan.allowed is None else _amount("--allowed", plan.allowed, currency)
    return Terms(allowed_balance=allowed, refill=refill)


# recording


def _opened(timesheet: Timesheet, entries: Sequence[TimeEntry], plan: Plan) -> _Books:
    currencies = _currencies(timesheet, entries, plan)
    rates = _project_rates(entries, currencies, plan)
    for currency in set(currencies.values()):
        _terms(plan, currency)
    clock = SettableClock(entries[0].starts(plan.timezone) if entries else utc(1970, 1, 1))
    main_currency = next(iter(currencies.values()), plan.currency or timesheet.currency or "USD")
    firm = Firm(name="Timesheet", currency=main_currency, timezone=plan.timezone)
    desk = Billing.in_memory(firm, clock=clock).as_owner()
    return _Books(desk, clock, plan, currencies, rates, {}, {}, {}, defaultdict(list))


def _record(books: _Books, entry: TimeEntry) -> bool:
    """Record an entry as it would have been recorded when it ended; whether work was stopped then."""
    plan = books.plan
    books.clock.set(entry.starts(plan.timezone))
    project, person = _project(books, entry), _person(books, entry)
    books.clock.set(entry.ends(plan.timezone))
    currency = books.currencies[_client_name(entry)]
    try:
        session = books.desk.work.log(
            project.id,
            start=entry.start,
            day=entry.day,
            hours=entry.duration,
            person=person,
            billable=entry.billable,
            note=entry.note,
            rate=None if entry.rate is None else Rate.hourly(entry.rate, currency),
            past_stop=not plan.enforce,
            reason="" if plan.enforce else _PAST_STOP,
            long=entry.duration > LONGEST,
        )
    except WorkIsStopped:  # only where the plan enforces it
        return True
    books.sessions[session.client_id].append(session)
    return session.past_stop


def _client(books: _Books, entry: TimeEntry) -> Client:
    name = _client_name(entry)
    if name not in books.clients:
        currency = books.currencies[name]
        books.clients[name] = books.desk.clients.add(name=name, terms=_terms(books.plan, currency), currency=currency)
    return books.clients[name]


def _project(books: _Books, entry: TimeEntry) -> Project:
    key = _project_key(entry)
    if key not in books.projects:
        client = _client(books, entry)
        rate = books.project_rates.get(key, Rate.hourly(0, client.currency))  # none where nothing is billable
        books.projects[key] = books.desk.projects.add(client=client.id, name=key[1], rate=rate)
    return books.projects[key]


def _person(books: _Books, entry: TimeEntry) -> str:
    key = entry.person, entry.email
    if key not in books.people:
        added = books.desk.people.add(name=entry.person, email=entry.email, role=Role.WORKER)
        books.people[key] = added.id
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


def _client_report(books: _Books, client: Client) -> ClientReport:
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
    )


def _billed_month(books: _Books, client: Client, period: Period) -> BilledMonth | None:
    """Draft and generate the time invoice of a month, if there is something to bill."""
    sessions = books.desk.work.sessions(client=client.id, period=period)
    if not any(session.amount is not None and session.amount.minor > 0 for session in sessions):
        return None
    draft = books.desk.invoices.draft(client.id, period)
    invoice = books.desk.invoices.generate(draft.id)
    return BilledMonth(invoice, _by_project(books, invoice))


def _by_project(books: _Books, invoice: Invoice) -> tuple[ProjectLine, ...]:
    """The lines of a time invoice added up for each project and rate, in the order in which they first come up."""
    names = {project.id: project.name for project in books.projects.values()}
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
