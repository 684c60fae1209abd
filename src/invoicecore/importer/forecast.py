"""What do rows do to the money of each client, batch by batch, without a word being written?

The same rules as everywhere: the stop is looked at before each chargeable session, a refill at the end of each batch.
"""

from attrs import define, field

from invoicecore import Client, Desk, Money
from invoicecore.errors import BalanceLimitReached, MoneyRuleViolation
from invoicecore.importer.plans import MOST_LISTED, BalanceEffect, Options
from invoicecore.importer.resolution import is_new
from invoicecore.importer.row_outcomes import Fate, Takes
from invoicecore.importer.timesheet import MissingOption
from invoicecore.ledger.terms import Terms
from invoicecore.model.work_input import check_open
from invoicecore.values.calendar import day_of
from invoicecore.values.ids import ClientId
from invoicecore.values.money import LARGEST_MINOR


@define
class Purse:
    """A client's money while rows are looked at; amounts in minor units. `fell_from` is the projected balance at the
    beginning of the batch."""

    currency: str
    terms: Terms
    before: int = 0
    balance: int = 0
    asked: int = 0
    fell_from: int = 0
    over_limit: int = 0
    was_stopped: bool = False
    refills: list[Money] = field(factory=list)
    refill_count: int = 0
    refilled: int = 0

    @property
    def projected(self) -> int:
        """The balance once everything asked for is paid."""
        return self.balance + self.asked

    def draw(self, old: int, new: int, *, over_limit: bool) -> None:
        """Let work cost something else than it did; nothing before, if it is new. WorkIsStopped at the allowed balance,
        unless that is meant to be passed; MoneyRule where no amount may be so large."""
        if new and not old and self.terms.stops_at(self.balance):
            if not over_limit:
                raise BalanceLimitReached(
                    f"Work for this client is stopped: the balance of {Money(self.balance, self.currency)} has reached "
                    f"the allowed balance of {self.terms.allowed_balance}. If the work is done already, say so "
                    f"by over_limit, with a reason."
                )
            self.over_limit += 1
        self.balance += old - new
        if abs(self.balance) >= LARGEST_MINOR:
            self.balance -= old - new
            raise MoneyRuleViolation("The client's balance would be more than any amount may be.")

    def close(self, *, terms_set: bool = False) -> None:
        """Ask for a refill where the batch, or terms that are new, made one due."""
        refill = self.terms.refill
        if refill is not None and (self.projected < self.fell_from or terms_set):
            amount = self.terms.blocks_due(self.projected) * refill.amount.minor
            if amount:
                self.asked += amount
                self.refill_count += 1
                self.refilled += amount
                if len(self.refills) < MOST_LISTED:
                    self.refills.append(Money(amount, self.currency))
        self.fell_from = self.projected

    @property
    def effect(self) -> BalanceEffect:
        """What became of it."""
        return BalanceEffect(
            before=self._money(self.before),
            after=self._money(self.balance),
            projected=self._money(self.projected),
            charged=self._money(self.before - self.balance),
            over_limit=self.over_limit,
            was_stopped=self.was_stopped,
            is_stopped=self.terms.stops_at(self.balance),
            refills=tuple(self.refills),
            refill_count=self.refill_count,
            refilled=self._money(self.refilled),
        )

    def _money(self, minor: int) -> Money:
        return Money(minor, self.currency)


class Forecast:
    """The money of all clients of a file, as it will be."""

    def __init__(self, desk: Desk, options: Options, zone: str) -> None:
        self._desk = desk
        self._options = options
        self._zone = zone
        self._purses: dict[ClientId, Purse] = {}

    def take(self, fate: Fate) -> None:
        """Let a row be recorded, or its session be edited. Whatever refuses it there refuses it here.
        OpenQuestion where nobody said at which rate."""
        assert fate.takes is not None  # only what is added or changed is taken
        old = 0 if fate.session is None or fate.session.amount is None else fate.session.amount.minor
        new = self._cost(fate, fate.takes)
        self._purse(fate.takes.client).draw(old, new, over_limit=self._options.over_limit)

    def close_batch(self) -> None:
        """The end of a batch."""
        for purse in self._purses.values():
            purse.close()

    def effect(self, client: Client) -> BalanceEffect | None:
        """What becomes of a client's money; None for one whom nobody needs to make."""
        return None if is_new(client.id) and client.id not in self._purses else self._purse(client).effect

    def _purse(self, client: Client) -> Purse:
        if client.id not in self._purses:
            self._purses[client.id] = self._opened(client)
        return self._purses[client.id]

    def _opened(self, client: Client) -> Purse:
        if is_new(client.id):
            purse = Purse(client.currency, self._options.terms)
            purse.was_stopped = purse.terms.stops_at(0)
            purse.close(terms_set=True)
            return purse
        account = self._desk.accounts.standing(client.id).account
        balance = account.position.balance_minor
        return Purse(
            client.currency,
            account.terms,
            before=balance,
            balance=balance,
            asked=account.outstanding_minor,
            fell_from=account.projected_balance_minor,
            was_stopped=account.is_stopped,
        )

    def _cost(self, fate: Fate, takes: Takes) -> int:
        """What a row costs, in minor units: at its own rate, at that which its session keeps, or at the project's."""
        session, work, project = fate.session, takes.said.work, takes.project
        start, rate = work.starts(self._zone), work.rate
        if session is not None and "start" not in fate.fields:
            start = session.start
        if session is not None and start == session.start and project.id == session.project_id:
            rate = rate or session.rate
        else:
            check_open(takes.client, project, work.day or day_of(start, self._zone))
        if not work.billable:
            return 0
        if rate is None and not project.rates:
            reason = f"at which rate? It is billable and brings none, and {project.name} of {takes.client.name} is new."
            raise MissingOption("rate", fate.entry.row, None, reason)
        return (rate or project.rate_at(start)).minor_for(work.duration)
