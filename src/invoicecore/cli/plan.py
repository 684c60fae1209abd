"""How is a timesheet to be billed, by what the options and the file say together?"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from attrs import frozen

from invoicecore import Money, Period, Rate, Refill, Terms
from invoicecore.errors import InvalidInput, InvoicecoreError, StorageError
from invoicecore.importer import TimeEntry, Timesheet
from invoicecore.importer.directory_index import DirectoryIndex
from invoicecore.values.locales import USUAL

K = TypeVar("K", bound=Hashable)

NO_CLIENT = "No client"
"""For whom the work is that names no client."""
NO_PROJECT = "No project"
"""What the work is on that names no project."""


class OptionRefused(InvalidInput):
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
    what was not said. `allowed` None is no limit; with `enforce`, work beyond it is refused, not only counted. `firm`
    is what the firm is called, and `locale` how its invoices are written, if the books are begun."""

    timezone: str = "UTC"
    firm: str | None = None
    locale: str = USUAL
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


@contextmanager
def naming(entry: TimeEntry) -> Iterator[None]:
    """Names the row in whatever refuses it. Storage's errors are nobody's row."""
    try:
        yield
    except StorageError:
        raise
    except InvoicecoreError as refused:
        raise EntryRefused(entry.row, refused) from refused


def client_name(entry: TimeEntry) -> str:
    """What the client of an entry is called."""
    return entry.client if entry.client is not None else NO_CLIENT


def project_key(entry: TimeEntry) -> tuple[str, str]:
    """What the client and the project of an entry are called."""
    return client_name(entry), entry.project if entry.project is not None else NO_PROJECT


def currencies_of(
    timesheet: Timesheet, entries: Sequence[TimeEntry], plan: Plan, register: DirectoryIndex
) -> dict[str, str]:
    """The currency of each client: that of the books, or else what the plan says, or else the file."""
    chosen = _kept_currencies(entries, plan, register)
    for entry in entries:
        client, named = client_name(entry), entry.currency
        if named is not None:
            currency = chosen.setdefault(client, plan.currency or named)
            # Without a rate the file has no money in it, and its currency is only a heading.
            if named != currency and (plan.currency is None or entry.rate is not None):
                both = f"{client!r} is billed in {currency}, but row {entry.row} is in {named}"
                raise OptionRefused("--currency", f"{both}; a client has one currency, and nothing is converted.")
    fallback = plan.currency or timesheet.currency
    for entry in entries:
        if client_name(entry) not in chosen:
            if fallback is None:
                reason = f"in which currency? Row {entry.row} names none; give one such as --currency USD."
                raise OptionRefused("--currency", reason)
            chosen[client_name(entry)] = fallback
    return chosen


def _kept_currencies(entries: Sequence[TimeEntry], plan: Plan, register: DirectoryIndex) -> dict[str, str]:
    """The currencies of the clients that the books have already."""
    kept: dict[str, str] = {}
    for name, entry in _first(entries, client_name).items():
        with naming(entry):
            client = register.client(name)
        if client is not None:
            kept[client.name] = client.currency
            if plan.currency not in {None, client.currency}:
                raise OptionRefused("--currency", f"{client.name!r} is billed in {client.currency} in these books.")
    return kept


def project_rates_of(
    entries: Sequence[TimeEntry], currencies: Mapping[str, str], plan: Plan, register: DirectoryIndex
) -> dict[tuple[str, str], Rate]:
    """The rate of each project that is new: the plan's, or else that of its first entry that brings one."""
    rates: dict[tuple[str, str], Rate] = {}
    kept = _kept_projects(entries, register)
    for entry in entries:
        key = project_key(entry)
        if key in kept:
            continue
        if plan.rate is not None:
            rates.setdefault(key, _rate("--rate", plan.rate, currencies[key[0]]))
        elif entry.rate is not None:
            with naming(entry):
                rates.setdefault(key, Rate.hourly(entry.rate, currencies[key[0]]))
        elif entry.billable:
            raise OptionRefused("--rate", f"at which rate? Row {entry.row} is billable and brings none.")
    return rates


def _kept_projects(entries: Sequence[TimeEntry], register: DirectoryIndex) -> set[tuple[str, str]]:
    """Which projects the books have already."""
    kept: set[tuple[str, str]] = set()
    for key, entry in _first(entries, project_key).items():
        with naming(entry):
            client = register.client(key[0])
            if client is not None and register.project(client.id, key[1]) is not None:
                kept.add(key)
    return kept


def _first(entries: Iterable[TimeEntry], key: Callable[[TimeEntry], K]) -> dict[K, TimeEntry]:
    """The first entry of each key."""
    first: dict[K, TimeEntry] = {}
    for entry in entries:
        first.setdefault(key(entry), entry)
    return first


def rate_of(plan: Plan, currency: str) -> Rate | None:
    """The plan's rate in that currency."""
    return None if plan.rate is None else _rate("--rate", plan.rate, currency)


def _rate(option: str, amount: str, currency: str) -> Rate:
    try:
        return Rate.hourly(amount, currency)
    except InvalidInput as refused:
        raise OptionRefused(option, str(refused)) from refused


def _amount(option: str, amount: str, currency: str) -> Money:
    try:
        return Money.of(amount, currency)
    except InvalidInput as refused:
        raise OptionRefused(option, str(refused)) from refused


def terms_of(plan: Plan, currency: str) -> Terms:
    """The balance terms of a client in that currency."""
    refill = None
    refill_rate = plan.refill_rate if plan.refill_rate is not None else plan.rate
    if plan.refill_at is not None and plan.refill_hours is not None and refill_rate is not None:
        at = _amount("--refill-at", plan.refill_at, currency)
        rate = _rate("--refill-rate", refill_rate, currency)
        try:
            refill = Refill(threshold=at, rate=rate, hours=plan.refill_hours)
        except InvalidInput as refused:
            raise OptionRefused("--refill-hours", str(refused)) from refused
    allowed = None if plan.allowed is None else _amount("--allowed", plan.allowed, currency)
    return Terms(allowed_balance=allowed, refill=refill)
