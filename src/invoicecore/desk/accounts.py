"""Where does a client stand, and what moved their balance?"""

from collections.abc import Iterable

from invoicecore.desk import issuing
from invoicecore.desk.context import Unit
from invoicecore.desk.executor import Office
from invoicecore.desk.finish import ask_refill, close, settle
from invoicecore.errors import Malformed, NotAllowedNow
from invoicecore.ledger.entries import Entry
from invoicecore.ledger.statement import Statement, statement
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.ports.store import ENTRIES_OF_CLIENT
from invoicecore.queries.paging import Cut
from invoicecore.queries.printable_statement import StatementPaper
from invoicecore.queries.transactions import TransactionSort
from invoicecore.settlement.account import Account, Standing, make_standing
from invoicecore.settlement.adjust import adjust
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money, in_currency
from invoicecore.vocabulary import Act


class Accounts:
    """A client's money: balance, standing, statements, adjustments, refills by hand."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def standing(self, client: str) -> Standing:
        """Balance, utilization, what is asked for, whether work is stopped and whether a refill is due."""
        return self._office.read(lambda unit: make_standing(unit.account_seen(client)))

    def statement(self, client: str, period: Period | None = None) -> Statement:
        """Every movement booked in a period (None: ever), with the balance before, after each, and at the end."""
        if period is not None:
            inputs.instance("period", period, Period)

        def query(unit: Unit) -> Statement:
            account = unit.account_seen(client)
            first, last = (None, None) if period is None else [(at,) for at in period.bounds(unit.stamp.zone)]
            entries = unit.uow.find(ENTRIES_OF_CLIENT, account.client_id, after=first, before=last)
            return _statement(unit, account, period, entries)

        return self._office.read(query)

    def statement_paper(self, client: str, period: Period | None = None) -> StatementPaper:
        """What a printed statement says, as plain data: the statement, and what caused each of its rows."""
        if period is not None:
            inputs.instance("period", period, Period)

        def query(unit: Unit) -> StatementPaper:
            account = unit.account_seen(client)
            booked = None if period is None else period.bounds(unit.stamp.zone)
            whole = Cut(TransactionSort.BOOKED, limit=account.position.sequence)  # so many were ever booked
            movements = unit.pages.movements(account.client_id, booked, whole)
            letterhead = issuing.letterhead(unit, unit.client_of(account), ())
            return StatementPaper(
                _statement(unit, account, period, [it.entry for it in movements]),
                tuple(it.cause for it in movements),
                letterhead,
                unit.stamp.today,
                issuing.logo_of(unit, letterhead),
            )

        return self._office.read(query)

    def entries(self, client: str) -> tuple[Entry, ...]:
        """The ledger as it is stored, for `invoicecore.ledger.verify`."""

        def query(unit: Unit) -> tuple[Entry, ...]:
            return tuple(unit.uow.find(ENTRIES_OF_CLIENT, unit.account_seen(client).client_id))

        return self._office.read(query)

    def adjust(self, client: str, amount: Money, *, reason: str, idempotency_key: str | None = None) -> Standing:
        """Move the balance by the sign of the amount: +$500 credits the client, −$200 takes away."""
        inputs.instance("amount", amount, Money)
        why = inputs.reason("The reason of an adjustment", reason)
        if not amount.minor:
            raise Malformed("An adjustment of nothing moves nothing; give an amount above or below zero.")

        def command(unit: Unit) -> Standing:
            before = unit.account_seen(client, Act.ADJUST)
            in_currency(before.currency, amount)
            unit.reason = why
            return Standing(settle(unit, before, adjust(before, amount, why, unit.ids(), unit.stamp)))

        return self._office.write(Act.ADJUST, command, key=idempotency_key, request=(client, amount, why))

    def ask_refill(self, client: str, *, idempotency_key: str | None = None) -> Invoice:
        """Ask by hand for the refill that is due, as after a void; NotAllowedNow if none is."""

        def command(unit: Unit) -> Invoice:
            before = unit.account_seen(client, Act.ASK_REFILL)
            if not before.blocks_due:
                projected = Money(before.projected_minor, before.currency)
                raise NotAllowedNow(
                    f"No refill is due: the balance with everything asked for is {projected}, "
                    + ("above the refill balance." if before.terms.refill else "and no refill is set.")
                )
            after, invoice = ask_refill(unit, before, before.blocks_due, Act.ASK_REFILL)
            close(unit, before, after)
            return invoice

        return self._office.write(Act.ASK_REFILL, command, key=idempotency_key, request=(client,))


def _statement(unit: Unit, account: Account, period: Period | None, entries: Iterable[Entry]) -> Statement:
    """The statement of the entries that were booked in a period."""
    opening = 0
    if period is not None:
        first, _ = period.bounds(unit.stamp.zone)
        earlier = unit.uow.find(ENTRIES_OF_CLIENT, account.client_id, before=(first,), limit=1, descending=True)
        opening = earlier[0].balance_minor if earlier else 0
    dated = ((entry, unit.day_of(entry.booked_at)) for entry in entries)
    return statement(account.client_id, period, opening, dated, account.currency)
