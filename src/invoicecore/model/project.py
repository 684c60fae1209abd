"""Projects, their rates, and who is assigned to them."""

from datetime import date, datetime

from attrs import converters, evolve, field, frozen

from invoicecore.errors import InvalidState
from invoicecore.values import inputs
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.values.money import Money, Rate, positive
from invoicecore.values.tax import known_code
from invoicecore.vocabulary import ProjectBilling


def _name(value: str) -> str:
    return inputs.name("A project's name", value)


def _notes(value: str) -> str:
    return inputs.text("A project's notes", value)


def _start(value: date | None) -> date | None:
    return inputs.optional(value, lambda it: inputs.day("A project's start date", it))


def _billable(value: bool) -> bool:
    return inputs.yes_or_no("Whether a project is billable", value)


def _billing(value: ProjectBilling) -> ProjectBilling:
    return inputs.instance("billing", value, ProjectBilling)


def _cap(value: Money | None) -> Money | None:
    return None if value is None else positive("cap", value)


@frozen
class RateFrom:
    """A rate and the instant from which it applies; None for the first rate of a project, which applies before all
    others."""

    rate: Rate
    since: datetime | None = None


@frozen(kw_only=True)
class Project:
    """Work for one client. `rates` are in order of time. `billable` says whether its work costs anything, unless a
    session says otherwise. `tax` is the tax code of its work; None is that of the client.

    If `billing` is FIXED, its work costs nothing, even if a session says that it is billable: the price is a fee. `cap`
    is the most that its work may cost in all, without tax: a session costs at most what is left of it. `cap_used` is
    what its sessions cost together; it is counted from the first cap on, and None before. For viewers who may not see
    money, `rates` is empty, and `cap` and `cap_used` are None. For viewers who may not assign people, `assigned`
    contains at most themselves.
    """

    id: ProjectId
    client_id: ClientId
    name: str = field(converter=_name)
    rates: tuple[RateFrom, ...]
    starts_on: date | None = field(default=None, converter=_start)
    notes: str = field(default="", converter=_notes)
    assigned: frozenset[PersonId] = frozenset()
    archived: bool = False
    billable: bool = field(default=True, converter=_billable)
    tax: str | None = field(default=None, converter=converters.optional(known_code))
    billing: ProjectBilling = field(default=ProjectBilling.HOURLY, converter=_billing)
    cap: Money | None = field(default=None, converter=_cap)
    cap_used: Money | None = None

    def __repr__(self) -> str:
        rate = f", {self.rates[-1].rate}" if self.rates else ""
        return f"<Project {self.name}{rate}{', archived' if self.archived else ''}>"

    def rates_with(self, rate: Rate, since: datetime, today: datetime) -> tuple[RateFrom, ...]:
        """The rates with one that applies from an instant on; it replaces one from the same instant, and later ones
        stay. InvalidState unless it comes after every rate that began before `today`, the beginning of the day."""
        latest = max((at for at in self._changes if at < today), default=None)
        if latest is not None and since <= latest:
            message = f"The rate of {self.name} was set from {latest} on; give a later moment than that."
            raise InvalidState(message, "rate_set_later", field="since", since=latest)
        first, *others = (it for it in self.rates if it.since != since)
        later = [it for it in others if it.since is not None and it.since > since]
        return (first, *others[: len(others) - len(later)], RateFrom(rate, since), *later)

    def rates_without(self, since: datetime, today: datetime) -> tuple[RateFrom, ...]:
        """The rates without the one from an instant on. InvalidState if there is none, or if it began before
        `today`."""
        if since not in self._changes:
            message = f"No rate of {self.name} is set from {since} on; `rates` of the project lists them."
            raise InvalidState(message, "no_such_rate", field="since")
        if since < today:
            message = f"The rate of {self.name} from {since} on has begun; set another one from today on."
            raise InvalidState(message, "rate_has_begun", field="since")
        return tuple(it for it in self.rates if it.since != since)

    def changes_rate(self, one: datetime, other: datetime) -> bool:
        """Whether a rate begins between two instants, so that they may have different rates."""
        return any(min(one, other) < at <= max(one, other) for at in self._changes)

    @property
    def _changes(self) -> tuple[datetime, ...]:
        """The instants from which the rates after the first apply."""
        return tuple(it.since for it in self.rates if it.since is not None)

    @property
    def has_fixed_price(self) -> bool:
        """Whether its work costs nothing, because its price is a fee."""
        return self.billing is ProjectBilling.FIXED

    @property
    def cap_left(self) -> Money | None:
        """What is left of the cap, at least 0; None without a cap."""
        if self.cap is None or self.cap_used is None:
            return None
        return Money(minor=max(self.cap.minor - self.cap_used.minor, 0), currency=self.cap.currency)

    def bills(self, stated: bool | None) -> bool:
        """Whether work costs anything, if a session says so (True, False) or says nothing (None)."""
        return not self.has_fixed_price and (self.billable if stated is None else stated)

    def cost_minor(self, full: int, former: int = 0) -> int:
        """The cost of work that is worth `full` minor units: at most what it cost here before plus what is left of the
        cap."""
        if self.cap is None or self.cap_used is None:
            return full
        return min(full, former + max(self.cap.minor - self.cap_used.minor, 0))

    def with_cap_used(self, minor: int) -> "Project":
        """The project with more used of its cap, in minor units; itself while nothing is counted."""
        if self.cap_used is None:
            return self
        return evolve(self, cap_used=Money(minor=self.cap_used.minor + minor, currency=self.cap_used.currency))

    def rate_at(self, moment: datetime) -> Rate:
        """The rate in force at an instant."""
        rates = self.rates
        if len(rates) > 1:
            for entry in reversed(rates):
                if entry.since is None or entry.since <= moment:
                    return entry.rate
        return rates[0].rate
