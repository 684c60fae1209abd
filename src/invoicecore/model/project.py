"""Projects, their rates, and who is assigned to them."""

from datetime import date, datetime

from attrs import field, frozen

from invoicecore.errors import InvalidState
from invoicecore.values import inputs
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.values.money import Rate


def _name(value: str) -> str:
    return inputs.name("A project's name", value)


def _notes(value: str) -> str:
    return inputs.text("A project's notes", value)


@frozen
class RateFrom:
    """A rate and the instant from which it applies; None for the first rate of a project, which applies before all
    others."""

    rate: Rate
    since: datetime | None = None


@frozen(kw_only=True)
class Project:
    """Work for one client. `rates` are in order of time, and rates are only ever added. For viewers who may not see
    money, `rates` is empty; for those who may not assign people, `assigned` contains at most themselves."""

    id: ProjectId
    client_id: ClientId
    name: str = field(converter=_name)
    rates: tuple[RateFrom, ...]
    starts_on: date | None = None
    notes: str = field(default="", converter=_notes)
    assigned: frozenset[PersonId] = frozenset()
    archived: bool = False

    def __attrs_post_init__(self) -> None:
        if self.starts_on is not None:
            inputs.day("A project's start date", self.starts_on)

    def rates_with(self, rate: Rate, since: datetime) -> tuple[RateFrom, ...]:
        """The rates with one more, which applies from an instant on. InvalidState if a later change exists."""
        latest = self.rates[-1].since
        if latest is not None and since <= latest:
            raise InvalidState(f"The rate of {self.name} was set from {latest} on; give a later moment than that.")
        return (*self.rates, RateFrom(rate, since))

    def rate_at(self, moment: datetime) -> Rate:
        """The rate in force at an instant."""
        rates = self.rates
        if len(rates) > 1:
            for entry in reversed(rates):
                if entry.since is None or entry.since <= moment:
                    return entry.rate
        return rates[0].rate
