"""The effect of rows on the money of each client, batch by batch, without writing.

The rules are those of `invoicecore.settlement`, applied to accounts that are never stored.
"""

from attrs import evolve

from invoicecore import Client, Desk, Money, Project, Rate, SystemClock, WorkSessionView
from invoicecore.importer.plans import MOST_LISTED, BalanceEffect, Outcome, PlanOptions
from invoicecore.importer.resolution import is_placeholder, new_project, terms_in
from invoicecore.importer.row_outcomes import ResolvedRow, RowDecision
from invoicecore.importer.timesheet import MissingOption
from invoicecore.ledger.position import BEGINNING, Position
from invoicecore.model.import_row import updated_session
from invoicecore.model.work_input import new_session
from invoicecore.model.work_session import WorkSession, unchecked_session
from invoicecore.settlement.account import Account, check_countable
from invoicecore.settlement.post import admit, change_session, is_more_work, post_session
from invoicecore.settlement.refill import blocks_to_ask, refill_line
from invoicecore.values.ids import ClientId, ProjectId, SessionId
from invoicecore.values.stamp import CommandStamp

_NEW = SessionId("new")


class AccountForecast:
    """A client's account while rows are planned; amounts in minor units."""

    def __init__(self, account: Account, *, is_new: bool) -> None:
        self._before = self._opening = self._now = account
        self._over_limit = 0
        self._refills: list[int] = []
        if is_new:
            self.close(terms_set=True)

    def take(
        self, old: WorkSession | None, new: WorkSession, stamp: CommandStamp, *, over_limit: bool, fixed_price: bool
    ) -> None:
        """Charge a new session, or the change of an edited one. Raises the errors of the Desk."""
        is_stoppable = bool(new.minor) or not fixed_price
        marked = is_stoppable and is_more_work(old, new) and admit(self._now, over_limit=over_limit)
        if old is None:
            decision = post_session(self._now, new, new.day(stamp.zone), stamp)
        else:
            decision = change_session(self._now, old, new, stamp)
        check_countable(decision.account)
        self._now = decision.account
        self._over_limit += marked

    def close(self, *, terms_set: bool = False) -> None:
        """Request a refill if the batch, or new terms, made one due."""
        blocks, refill = blocks_to_ask(self._opening, self._now, terms_set=terms_set), self._now.terms.refill
        if blocks and refill is not None:
            asked = refill_line(refill, blocks).minor
            self._refills.append(asked)
            self._now = evolve(self._now, outstanding_minor=self._now.outstanding_minor + asked)
        self._opening = self._now

    @property
    def effect(self) -> BalanceEffect:
        """The effect of all rows on the account."""
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
        return Money(minor=minor, currency=self._now.currency)


class ImportForecast:
    """The future money of all clients of a file."""

    def __init__(self, desk: Desk, options: PlanOptions, zone: str) -> None:
        self._desk = desk
        self._options = options
        self._stamp = CommandStamp(BEGINNING, desk.person_id, zone)
        # The clock of a replay follows the work; what lies ahead lies ahead of the system's.
        self._now = SystemClock().now() if options.replay else desk.now
        self._accounts: dict[ClientId, AccountForecast] = {}
        self._charged: dict[ClientId, AccountForecast] = {}
        self._projects: dict[ProjectId, Project] = {}  # those whose cap was used

    def take(self, decision: RowDecision, resolved: ResolvedRow) -> int:
        """Record a row in the forecast, or edit its session; what it then costs, in minor units. Raises the errors of
        the Desk; MissingOption for a row without a rate."""
        edited = decision.session if decision.outcome is Outcome.CHANGED else None
        old = None if edited is None else _stored(edited)
        project = self._projects.get(resolved.project.id, resolved.project)
        if old is None:
            new = self._new(decision, resolved, project)
        else:
            new = updated_session(resolved.row, old, resolved.client, project, self._stamp.zone, self._now)
        account = self._account(resolved.client)
        fixed_price = project.has_fixed_price
        account.take(old, new, self._stamp, over_limit=self._options.over_limit, fixed_price=fixed_price)
        self._charged[resolved.client.id] = account
        self._count(project, new.minor)
        if old is not None:
            former = project if old.project_id == project.id else self._desk.projects.get(old.project_id)
            self._count(self._projects.get(former.id, former), -old.minor)
        return new.minor

    def close_batch(self) -> None:
        """The end of a batch."""
        for account in self._charged.values():
            account.close()
        self._charged.clear()

    def effect(self, client: Client) -> BalanceEffect | None:
        """The effect on a client's money; None for a new client whom no row needs."""
        return None if is_placeholder(client.id) and client.id not in self._accounts else self._account(client).effect

    def _account(self, client: Client) -> AccountForecast:
        if client.id not in self._accounts:
            if is_placeholder(client.id):
                account = Account(client.id, Position(client.currency), terms_in(client.currency, self._options))
            else:
                account = self._desk.accounts.standing(client.id).account
            self._accounts[client.id] = AccountForecast(account, is_new=is_placeholder(client.id))
        return self._accounts[client.id]

    def _count(self, project: Project, minor: int) -> None:
        """Count a cost towards the cap of a project."""
        if project.cap_used is not None:
            self._projects[project.id] = project.with_cap_used(minor)

    def _new(self, decision: RowDecision, resolved: ResolvedRow, project: Project) -> WorkSession:
        client, work = resolved.client, resolved.row.work
        if work.rate is None and not project.rates:
            if work.billable is not False:
                reason = f"at which rate? It brings none, and {project.name} of {client.name} is new."
                raise MissingOption("rate", decision.entry.row, None, reason)
            project = new_project(client, project.name, Rate.hourly(0, client.currency))
        return new_session(_NEW, client, project, resolved.person.id, work, self._stamp.zone, self._now)


def _stored(session: WorkSessionView) -> WorkSession:
    """A stored session, as far as its money is concerned."""
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
        rate_stated=bool(session.rate_stated),
    )
