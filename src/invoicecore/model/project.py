"""What is worked on, at which rate, and by whom?"""

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
    """A rate and the instant from which it holds; None for a project's first one, which holds for all time before."""

    rate: Rate
    since: datetime | None = None


@frozen(kw_only=True)
class Project:
    """Work for one client. `rates` are in the order of time and only ever grow; what a viewer who sees no money gets
    has none. Of those who are `assigned`, a viewer who assigns nobody gets themselves at most."""

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
        """The rates with one more, from a moment on. NotAllowedNow if a later change is known already."""
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
