"""The effect of rows on the money of each client, batch by batch, without writing.

The rules are those of `invoicecore.settlement`, applied to accounts that are never stored.
"""

from attrs import evolve

from invoicecore import Client, Desk, Money, Rate, WorkSessionView
from invoicecore.importer.plans import MOST_LISTED, BalanceEffect, PlanOptions
from invoicecore.importer.resolution import is_new, new_project, terms_in
from invoicecore.importer.row_outcomes import ResolvedRow, RowDecision
from invoicecore.importer.timesheet import MissingOption
from invoicecore.ledger.position import BEGINNING, Position
from invoicecore.model.import_row import updated_session
from invoicecore.model.work_input import new_session
from invoicecore.model.work_session import WorkSession, unchecked_session
from invoicecore.settlement.account import Account, check_countable
from invoicecore.settlement.charge import admit, charge, recharge
from invoicecore.settlement.refill import blocks_to_ask, refill_line
from invoicecore.values.ids import ClientId, SessionId
from invoicecore.values.stamp import CommandStamp

_NEW = SessionId("new")


class AccountForecast:
    """A client's account while rows are looked at; amounts in minor units."""

    def __init__(self, account: Account, *, is_new: bool) -> None:
        self._before = self._opening = self._now = account
        self._over_limit = 0
        self._refills: list[int] = []
        if is_new:
            self.close(terms_set=True)

    def take(self, old: WorkSession | None, new: WorkSession, stamp: CommandStamp, *, over_limit: bool) -> None:
        """Charge a session that is new, or what an edit of the old one changes. Refused as the Desk refuses it."""
        costs = new.minor > 0 and (old is None or not old.minor)
        marked = admit(self._now, costs=costs, over_limit=over_limit)
        if old is None:
            decision = charge(self._now, new, new.day(stamp.zone), stamp)
        else:
            decision = recharge(self._now, old, new, stamp)
        check_countable(decision.account)
        self._now = decision.account
        self._over_limit += marked

    def close(self, *, terms_set: bool = False) -> None:
        """Ask for a refill where the batch, or terms that are new, made one due."""
        blocks, refill = blocks_to_ask(self._opening, self._now, terms_set=terms_set), self._now.terms.refill
        if blocks and refill is not None:
            asked = refill_line(refill, blocks).minor
            self._refills.append(asked)
            self._now = evolve(self._now, outstanding_minor=self._now.outstanding_minor + asked)
        self._opening = self._now

    @property
    def effect(self) -> BalanceEffect:
        """What became of it."""
        before, after = self._before.position.balance_minor, self._now.position.balance_minor
        return BalanceEffect(
            before=self._money(before),
            after=self._money(after),
            projected=self._money(self._now.projected_balance_minor),
            charged=self._money(before - after),
            over_limit=self._over_limit,
            was_stopped=self._before.is_stopped,
            is_stopped=self._now.is_stopped,
            refills=tuple(map(self._money, self._refills[:MOST_LISTED])),
            refill_count=len(self._refills),
            refilled=self._money(sum(self._refills)),
        )

    def _money(self, minor: int) -> Money:
        return Money(minor, self._now.currency)


class ImportForecast:
    """The money of all clients of a file, as it will be."""

    def __init__(self, desk: Desk, options: PlanOptions, zone: str) -> None:
        self._desk = desk
        self._options = options
        self._stamp = CommandStamp(BEGINNING, desk.person_id, zone)
        self._accounts: dict[ClientId, AccountForecast] = {}
        self._charged: dict[ClientId, AccountForecast] = {}

    def take(self, decision: RowDecision, resolved: ResolvedRow) -> None:
        """Let a row be recorded, or its session be edited. Whatever refuses it there refuses it here.
        MissingOption where nobody said at which rate."""
        old = None if decision.session is None else _stored(decision.session)
        new = self._new(decision, resolved) if old is None else self._updated(resolved, old)
        account = self._account(resolved.client)
        account.take(old, new, self._stamp, over_limit=self._options.over_limit)
        self._charged[resolved.client.id] = account

    def close_batch(self) -> None:
        """The end of a batch."""
        for account in self._charged.values():
            account.close()
        self._charged.clear()

    def effect(self, client: Client) -> BalanceEffect | None:
        """What becomes of a client's money; None for one whom nobody needs to make."""
        return None if is_new(client.id) and client.id not in self._accounts else self._account(client).effect

    def _account(self, client: Client) -> AccountForecast:
        if client.id not in self._accounts:
            if is_new(client.id):
                account = Account(client.id, Position(client.currency), terms_in(client.currency, self._options))
            else:
                account = self._desk.accounts.standing(client.id).account
            self._accounts[client.id] = AccountForecast(account, is_new=is_new(client.id))
        return self._accounts[client.id]

    def _new(self, decision: RowDecision, resolved: ResolvedRow) -> WorkSession:
        client, project, work = resolved.client, resolved.project, resolved.row.work
        if work.rate is None and not project.rates:
            if work.billable:
                reason = f"at which rate? It is billable and brings none, and {project.name} of {client.name} is new."
                raise MissingOption("rate", decision.entry.row, None, reason)
            project = new_project(client, project.name, Rate.hourly(0, client.currency))
        return new_session(_NEW, client, project, resolved.person.id, work, self._stamp.zone)

    def _updated(self, resolved: ResolvedRow, old: WorkSession) -> WorkSession:
        return updated_session(resolved.row, old, resolved.client, resolved.project, self._stamp.zone)


def _stored(session: WorkSessionView) -> WorkSession:
    """A session as it is stored, as far as its money goes."""
    assert session.rate is not None  # whoever may import sees money
    assert session.amount is not None
    return unchecked_session(
        id=session.id,
        client_id=session.client_id,
        project_id=session.project_id,
        person_id=session.person_id,
        start=session.start,
        duration=session.duration,
        rate=session.rate,
        minor=session.amount.minor,
        billable=session.billable,
        stated_day=session.day,
    )
