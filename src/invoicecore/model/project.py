"""Projects, their rates, and who is assigned to them."""

from datetime import date, datetime

from attrs import converters, field, frozen

from invoicecore.errors import InvalidState
from invoicecore.values import inputs
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.values.money import Rate
from invoicecore.values.tax import known_code


def _name(value: str) -> str:
    return inputs.name("A project's name", value)


def _notes(value: str) -> str:
    return inputs.text("A project's notes", value)


def _start(value: date | None) -> date | None:
    return inputs.optional(value, lambda it: inputs.day("A project's start date", it))


def _billable(value: bool) -> bool:
    return inputs.yes_or_no("Whether a project is billable", value)


@frozen
class RateFrom:
    """A rate and the instant from which it applies; None for the first rate of a project, which applies before all
    others."""

    rate: Rate
    since: datetime | None = None


@frozen(kw_only=True)
class Project:
    """Work for one client. `rates` are in order of time. `billable` says whether its work costs anything, unless a
    session says otherwise; `tax` is the tax code of its work, None for that of the client. For viewers who may not see
    money, `rates` is empty; for those who may not assign people, `assigned` contains at most themselves."""

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

    def __repr__(self) -> str:
        rate = f", {self.rates[-1].rate}" if self.rates else ""
        return f"<Project {self.name}{rate}{', archived' if self.archived else ''}>"

    def rates_with(self, rate: Rate, since: datetime, today: datetime) -> tuple[RateFrom, ...]:
        """The rates with one that applies from an instant on, in place of one from the same instant; later ones stay.
        InvalidState unless it comes after every rate that began before `today`, the beginning of the day."""
        latest = max((at for at in self._changes if at < today), default=None)
        if latest is not None and since <= latest:
            message = f"The rate of {self.name} was set from {latest} on; give a later moment than that."
            raise InvalidState(message, "rate_set_later", field="since", since=latest)
        first, *others = (it for it in self.rates if it.since != since)
        later = [it for it in others if it.since is not None and it.since > since]
        return (first, *others[: len(others) - len(later)], RateFrom(rate, since), *later)

    def rates_without(self, since: datetime, today: datetime) -> tuple[RateFrom, ...]:
        """The rates without the one from an instant on. InvalidState if none is, or if it began before `today`."""
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

    def rate_at(self, moment: datetime) -> Rate:
        """The rate in force at an instant."""
        rates = self.rates
        if len(rates) > 1:
            for entry in reversed(rates):
                if entry.since is None or entry.since <= moment:
                    return entry.rate
        return rates[0].rate
