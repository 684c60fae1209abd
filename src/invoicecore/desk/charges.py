"""The calls for expenses, fees and discounts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from attrs import converters, evolve

from invoicecore.desk import visibility
from invoicecore.desk.context import CommandContext
from invoicecore.desk.executor import keyed
from invoicecore.desk.finish import close, settle
from invoicecore.desk.subject import Subject, command, query
from invoicecore.desk.taxing import check_known, codes_of_client
from invoicecore.desk.work_entry import InRow, sessions_in
from invoicecore.errors import ChargeLocked, InvalidInput, InvalidState, MoneyRuleViolation, NotFound
from invoicecore.model.charge import Charge, ChargeView, NewExpense, percentage, share_minor, unchecked_charge_view
from invoicecore.model.client import Client
from invoicecore.model.project import Project
from invoicecore.model.work_session import WorkSession
from invoicecore.ports.queries import ChargesQuery, day_bounds
from invoicecore.ports.store import (
    CHARGES_OF_CLIENT,
    SESSIONS_OF_CLIENT,
    UniqueKind,
)
from invoicecore.queries.charges import ChargeSort
from invoicecore.queries.paging import PageRequest
from invoicecore.settlement.account import Account
from invoicecore.settlement.post import post_charge, remove_charge
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ChargeId, ClientId, InvoiceId
from invoicecore.values.money import Money, in_currency, positive
from invoicecore.values.receipt_file import ReceiptFile
from invoicecore.values.stamp import YEAR
from invoicecore.values.tax import Tax, known_code
from invoicecore.values.unset import UNSET, Unset, if_set
from invoicecore.vocabulary import Action, ChargeKind, TaxCategory

_ALL = 2**31
_amount = converters.optional(partial(positive, "The amount of a charge"))
_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "day": partial(inputs.plausible_day, "day"),
    "note": partial(inputs.text, "note"),
    "cost": lambda it: inputs.text("cost", it, inputs.NAME_LENGTH),
    "receipt": converters.optional(ReceiptFile),
    "billable": partial(inputs.yes_or_no, "billable"),
    "tax": converters.optional(known_code),
}
"""How the parts of a charge are checked."""


class Charges(Subject):
    """What is billed beside work: expenses, fees and discounts. Each moves the client's balance once, when it is
    recorded, and is on at most one live invoice. People who see no money are shown expenses, without amounts."""

    @command(Action.RECORD_EXPENSE, price=_amount, **_FIELDS)
    def expense(
        self,
        context: CommandContext,
        client_id: str,
        day: date,
        *,
        price: Money | None = None,
        cost: str = "",
        note: str = "",
        project_id: str | None = None,
        receipt: bytes | None = None,
        billable: bool = True,
        tax: str | None = None,
        idempotency_key: str | None = None,
    ) -> ChargeView:
        """Record what was paid for a client on a day.

        `price` is what the client is charged, without tax. A Manager sets it; an expense without a price waits for one,
        and is on no invoice. `cost` is what was paid, as text in any currency. `receipt` is the content of a PNG, a
        JPEG or a PDF of at most 5 MiB. A Worker must name one of their projects. An expense is accepted even if work is
        stopped, because the money is spent. With `billable=False` the expense is only a record, and the client does not
        pay for it. `tax` is a tax code that comes before those of the project, the client and the firm; only a Manager
        gives one.
        """
        account, client, project = _whose(context, Action.RECORD_EXPENSE, client_id, project_id)
        if price is not None or tax is not None:
            context.permit(Action.STATE_PRICE)
        price = _price(price, billable=billable)
        minor = 0 if price is None else price.minor
        new = _new(context, ChargeKind.EXPENSE, client, project, day, minor, note, price, tax)
        new = evolve(new, cost=cost, billable=billable)
        return _recorded(context, account, None, _with_receipt(context, new, receipt))

    def import_many(self, rows: Iterable[NewExpense], *, idempotency_key: str | None = None) -> tuple[ChargeView, ...]:
        """Record many expenses in one unit of work, in the order given: all of them or, with BatchRefused, none.

        Each row is treated as by `expense`, but refills are requested once for each client, at the end. A row whose
        `source` was imported before records nothing, even if it says something else: the existing expense is returned
        in its place.
        """
        wanted: list[NewExpense] = []
        for place, given in enumerate(inputs.several("rows", rows, NewExpense.__name__)):
            with InRow(place):
                it = inputs.instance("A row", given, NewExpense)
                wanted.append(evolve(it, price=_price(it.price, billable=it.billable)))

        def run(context: CommandContext) -> tuple[ChargeView, ...]:
            context.permit(Action.IMPORT_EXPENSES)
            return _imported(context, wanted)

        request = keyed(idempotency_key, self.import_many, rows=tuple(wanted))
        return self._executor.write(Action.IMPORT_EXPENSES, run, request)

    @command(
        Action.RECORD_FEE,
        day=_FIELDS["day"],
        amount=partial(positive, "The amount of a fee"),
        note=_FIELDS["note"],
        tax=_FIELDS["tax"],
    )
    def fee(
        self,
        context: CommandContext,
        client_id: str,
        day: date,
        amount: Money,
        *,
        note: str = "",
        project_id: str | None = None,
        tax: str | None = None,
        idempotency_key: str | None = None,
    ) -> ChargeView:
        """Charge a client a fixed price on a day, without tax, such as the price of a milestone. `tax` is as in
        `expense`; its rate is that of the day on which the fee is invoiced."""
        account, client, project = _whose(context, Action.RECORD_FEE, client_id, project_id)
        new = _new(context, ChargeKind.FEE, client, project, day, amount.minor, note, amount, tax)
        return _recorded(context, account, None, new)

    def allow(
        self,
        client_id: str,
        *,
        percent: int | str | Decimal | None = None,
        amount: Money | None = None,
        period: Period | None = None,
        on: Iterable[str] = (),
        day: date | None = None,
        note: str = "",
        project_id: str | None = None,
        tax: str | None = None,
        idempotency_key: str | None = None,
    ) -> tuple[ChargeView, ...]:
        """Give a client a discount: an `amount`, or a `percent` of the work, expenses and fees of a `period`, or of the
        sessions and charges named by `on`, as they are now.

        A percentage gives one discount for each tax code and rate, rounded once, half up; disbursements of a period are
        left out, because they are no turnover. An amount is one discount, with a tax code as in `expense`. What is
        recorded later gets no discount by itself. `day` is by default the last day of the period that is not after
        today, or today; where a rate changed in the period, the last day with that rate. With a project, the discount
        lowers only lines of that project. It is on the next invoice that it fits on, and is never larger than the lines
        of its tax code that it lowers there. MoneyRuleViolation if a percentage comes to nothing.
        """
        good = inputs.all_of(
            percent=lambda: inputs.optional(percent, percentage),
            amount=lambda: inputs.optional(amount, partial(positive, "The amount of a discount")),
            period=lambda: inputs.optional(period, lambda it: inputs.instance("period", it, Period)),
            on=lambda: inputs.ids("on", on),
            day=lambda: inputs.optional(day, _FIELDS["day"]),
            note=lambda: inputs.text("note", note),
            tax=lambda: inputs.optional(tax, known_code),
        )
        share, named = good["percent"], good["on"]
        if (share is None) == (amount is None) or (share is not None and (period is None) == (not named)):
            message = "Give an amount, or a percentage of a period or of the charges that on= names."
            raise InvalidInput(message, "incomplete_discount", field="percent")
        if amount is not None and named:
            raise InvalidInput("A discount of an amount stands against no charges by name.", "wrong_kind", field="on")
        if share is not None and tax is not None:
            message = "A percentage is taken off each tax code by itself; leave tax= out."
            raise InvalidInput(message, "incomplete_discount", field="tax")

        def run(context: CommandContext) -> tuple[ChargeView, ...]:
            before, client, project = _whose(context, Action.ALLOW, client_id, project_id)
            on_day = good["day"] or _day_of(period, context.stamp.today)
            if share is None:
                parts = [(tax, on_day, 0 if amount is None else amount.minor)]
            else:
                billed = _named(context, client.id, named, period, project)
                parts = _shares(
                    context, client, project, share, on_day, billed, named=bool(named), stated=day is not None
                )
            after, made = before, list[Charge]()
            for code, of, minor in parts:
                kind, note = ChargeKind.ALLOWANCE, good["note"]
                made.append(_new(context, kind, client, project, of, -minor, note, amount, code))
                decision = post_charge(after, None, made[-1], context.stamp)
                context.store(decision)
                after = decision.account
            close(context, before, after)
            return tuple(shown(context, it, None) for it in made)

        request = keyed(
            idempotency_key,
            self.allow,
            client_id=client_id,
            percent=None if share is None else str(share),
            amount=amount,
            period=period,
            on=named,
            day=day,
            note=good["note"],
            project_id=project_id,
            tax=tax,
        )
        return self._executor.write(Action.ALLOW, run, request)

    def edit(
        self,
        charge_id: str,
        *,
        amount: Money | Unset | None = UNSET,
        day: date | Unset = UNSET,
        note: str | Unset = UNSET,
        cost: str | Unset = UNSET,
        project_id: str | Unset | None = UNSET,
        receipt: bytes | Unset | None = UNSET,
        billable: bool | Unset = UNSET,
        tax: str | Unset | None = UNSET,
        idempotency_key: str | None = None,
    ) -> ChargeView:
        """Change a charge that is on no live invoice; ChargeLocked names the invoice. What is not given stays.

        `amount` is the price, or what a discount takes off; None removes the price of an expense. Only a Manager
        changes it, the tax code, or whether an expense is billable. If the amount changes, the balance gets the former
        one back and the new one is taken from it. Only expenses have cost, receipt and billable.
        """
        given: dict[str, Any] = {"day": day, "note": note, "cost": cost, "receipt": receipt, "billable": billable}
        given["tax"] = tax
        good = inputs.all_of(
            amount=lambda: if_set(amount, _amount),
            **{name: partial(if_set, it, _FIELDS[name]) for name, it in given.items()},
        )
        price, picture = good.pop("amount"), good.pop("receipt")
        fields = {name: it for name, it in good.items() if it is not UNSET}

        def run(context: CommandContext) -> ChargeView:
            old = context.charge(charge_id)
            project: Project | None = None
            if isinstance(project_id, str):
                project = _whose(context, Action.EDIT_CHARGE, old.client_id, project_id)[2]
            context.permit(Action.EDIT_CHARGE)
            if price is not UNSET or {"billable", "tax"} & fields.keys():
                context.permit(Action.STATE_PRICE)
            check_known(context, fields.get("tax"))
            before = context.account(old.client_id)
            client = context.client_of(before)
            _check_unlocked(context, old)
            new = evolve(old, **fields)
            if project_id is not UNSET:
                new = evolve(new, project_id=None if project is None else project.id)
            is_expense = old.kind is ChargeKind.EXPENSE
            if not is_expense and (price is None or {"cost", "billable"} & fields.keys() or picture is not UNSET):
                message = (
                    "Only an expense can be without a price, and has a cost, a receipt and whether it is billable."
                )
                raise InvalidState(message, "no_expense")
            if price is not UNSET:
                in_currency(client.currency, price)
                minor = 0 if price is None else price.minor
                new = evolve(new, minor=-minor if old.kind is ChargeKind.ALLOWANCE else minor)
            if not new.billable:
                if isinstance(price, Money):
                    message = "An expense that is not billable has no price; leave it out, or let it be billable."
                    raise InvalidInput(message, "priced_not_billable", field="amount")
                new = evolve(new, minor=0)
            if new.day != old.day or new.project_id != old.project_id:
                _check_open(context, client, project, new)
            if picture is not UNSET:
                new = evolve(new, receipt=None) if picture is None else _with_receipt(context, new, picture)
            return _recorded(context, before, old, new)

        request = keyed(
            idempotency_key,
            self.edit,
            charge_id=charge_id,
            amount=price,
            project_id=project_id,
            receipt=picture,
            **good,
        )
        return self._executor.write(Action.EDIT_CHARGE, run, request)

    @command(Action.DELETE_CHARGE)
    def delete(self, context: CommandContext, charge_id: str, *, idempotency_key: str | None = None) -> ChargeView:
        """Delete a charge that is on no live invoice: the balance gets its amount back. ChargeLocked names the
        invoice."""
        old = context.charge(charge_id)
        context.permit(Action.DELETE_CHARGE)
        before = context.account(old.client_id)
        _check_unlocked(context, old)
        settle(context, before, remove_charge(before, old, context.stamp))
        return shown(context, old, None)

    @query
    def get(self, context: CommandContext, charge_id: str) -> ChargeView:
        """A charge that the caller may see."""
        return _all_shown(context, [context.charge(charge_id)])[0]

    @query
    def receipt(self, context: CommandContext, charge_id: str) -> ReceiptFile | None:
        """The receipt of an expense, or None. Managers see it, and the person who recorded the expense."""
        charge = context.charge(charge_id)
        if not visibility.sees_cost(context.actor, charge):
            raise NotFound("charge", charge_id)
        return None if charge.receipt is None else context.uow.get(ReceiptFile, charge.receipt)

    @query
    def list(
        self,
        context: CommandContext,
        *,
        client_id: str | None = None,
        project_id: str | None = None,
        kind: ChargeKind | None = None,
        period: Period | None = None,
    ) -> tuple[ChargeView, ...]:
        """The charges that the caller may see, by day: of the whole firm, or of a client, project, kind or period.
        `pages.charges` lists them page by page."""
        wanted = charges_query(context, client_id, project_id, kind, period)
        found = context.pages.charges(wanted, PageRequest(ChargeSort.DAY, limit=_ALL))
        return tuple(shown(context, it.charge, it.locked_by) for it in found)


def charges_query(
    context: CommandContext,
    client_id: str | None,
    project_id: str | None,
    kind: ChargeKind | None,
    period: Period | None,
    **more: Any,
) -> ChargesQuery:
    """What is asked for of the charges that the actor may see; those of a project are those of its client too."""
    inputs.optional(kind, lambda it: inputs.instance("kind", it, ChargeKind))
    inputs.optional(period, lambda it: inputs.instance("period", it, Period))
    chosen = frozenset(ChargeKind) if kind is None else frozenset({kind})
    project = None if project_id is None else context.project(project_id)
    of_project = None if project is None else project.client_id
    wanted = ChargesQuery(
        kinds=chosen & visibility.charges_seen(context.actor),
        visibility=visibility.of(context.actor),
        client_id=of_project if client_id is None else context.client(client_id).id,
        project_id=None if project is None else project.id,
        period=period,
        **more,
    )
    context.permit(Action.VIEW_CHARGES)
    return wanted


def _price(price: Money | None, *, billable: bool) -> Money | None:
    """The price of an expense. InvalidInput for one that is not above zero, or of what is not billable."""
    if price is not None and not billable:
        message = "An expense that is not billable has no price; leave it out, or let it be billable."
        raise InvalidInput(message, "priced_not_billable", field="price")
    return None if price is None else positive("The price of an expense", price)


def _imported(context: CommandContext, rows: Iterable[NewExpense]) -> tuple[ChargeView, ...]:
    """Record the rows whose source is new; all of them as they are then."""
    rows, uow = tuple(rows), context.uow
    known = dict(uow.owners(UniqueKind.IMPORT, [it.source for it in rows if it.source is not None]))
    before: dict[ClientId, Account] = {}
    after: dict[ClientId, Account] = {}
    ids: list[str] = []
    for place, it in enumerate(rows):
        if it.source is not None and it.source in known:
            ids.append(known[it.source])
            continue
        with InRow(place):
            account, client, project = _whose(context, Action.IMPORT_EXPENSES, it.client_id, it.project_id)
            if client.id not in before:
                before[client.id] = after[client.id] = account
            minor = 0 if it.price is None else it.price.minor
            new = _new(context, ChargeKind.EXPENSE, client, project, it.day, minor, it.note, it.price, it.tax)
            new = evolve(new, cost=it.cost, billable=it.billable)
            decision = post_charge(after[client.id], None, new, context.stamp)
            context.store(decision)
            after[client.id] = decision.account
            ids.append(new.id)
            if it.source is not None:
                uow.reserve(UniqueKind.IMPORT, (it.source,), new.id)
                known[it.source] = new.id
    for client_id, account in before.items():
        close(context, account, after[client_id])
    return _all_shown(context, [charge for id in ids if (charge := uow.get(Charge, id)) is not None])


def _whose(
    context: CommandContext, action: Action, client_id: str, project_id: str | None
) -> tuple[Account, Client, Project | None]:
    """The account, the client and the project of a charge, as far as the actor sees them and may do that. Who sees no
    clients names a project. Client and project are as they are after the account was read, see
    `account_then_project`."""
    if project_id is None:
        client = context.client(client_id)
        context.permit(action)
        account = context.account(client.id)
        return account, context.client_of(account), None
    project = context.project(project_id)
    if project.client_id != inputs.id("The id of a client", client_id):
        raise NotFound("project", project_id)
    context.permit(action)
    account, project = context.account_then_project(project)
    return account, context.client_of(account), project


def _check_open(context: CommandContext, client: Client, project: Project | None, charge: Charge) -> None:
    """InvalidState unless a charge of that day can be recorded."""
    away = client if client.archived else project if project is not None and project.archived else None
    if away is not None:
        message = f"{away.name} is archived and takes no more charges; bring it back first."
        raise InvalidState(message, "archived", name=away.name)
    context.stamp.check_not_ahead("A charge", charge.day, "day", YEAR)


def _new(
    context: CommandContext,
    kind: ChargeKind,
    client: Client,
    project: Project | None,
    day: date,
    minor: int,
    note: str,
    stated: Money | None,
    tax: str | None,
) -> Charge:
    """A new charge of a client, in whose currency the stated amount must be; with a tax code that the firm has set."""
    in_currency(client.currency, stated)
    check_known(context, tax)
    charge = Charge(
        id=ChargeId(context.ids()),
        client_id=client.id,
        kind=kind,
        day=day,
        currency=client.currency,
        minor=minor,
        person_id=context.actor.id,
        project_id=None if project is None else project.id,
        note=note,
        tax=tax,
    )
    _check_open(context, client, project, charge)
    return charge


def _with_receipt(context: CommandContext, charge: Charge, receipt: object) -> Charge:
    """A charge with its receipt, which is stored if it is not there; without one where there is none."""
    if not isinstance(receipt, ReceiptFile):
        return charge
    if context.uow.get(ReceiptFile, receipt.id) is None:
        context.put(receipt)
    return evolve(charge, receipt=receipt.id)


def _recorded(context: CommandContext, before: Account, old: Charge | None, new: Charge) -> ChargeView:
    """Store a charge that is new or changed, move the balance, and say how the charge then is."""
    settle(context, before, post_charge(before, old, new, context.stamp))
    return shown(context, new, None)


def _check_unlocked(context: CommandContext, charge: Charge) -> None:
    """ChargeLocked, naming the invoice, if one holds the charge."""
    owner = context.uow.owners(UniqueKind.CHARGE, (charge.id,)).get(charge.id)
    if owner is not None:
        raise ChargeLocked(context.label_of(owner))


def _day_of(period: Period | None, today: date) -> date:
    """The last day of a period that is not after today; its first one, if all of it is still to come."""
    return today if period is None else max(period.first, min(period.last, today))


def _named(
    context: CommandContext,
    client_id: ClientId,
    ids: Iterable[str],
    period: Period | None,
    project: Project | None,
) -> Iterator[WorkSession | Charge]:
    """What a percentage is taken of: those sessions and charges, or what is of a period, and of a project or of all.
    NotFound for one that is not the client's."""
    for id in ids:
        it = context.billed(id)
        if it.client_id != client_id:
            raise NotFound("session", id)
        yield it
    if period is not None and not ids:
        first, last = day_bounds(period)
        sessions = sessions_in(context, SESSIONS_OF_CLIENT, client_id, period)
        charges = context.uow.find(CHARGES_OF_CLIENT, client_id, after=first, before=last)
        billed: Iterable[WorkSession | Charge] = (*sessions, *charges)
        yield from (it for it in billed if project is None or it.project_id == project.id)


def _shares(
    context: CommandContext,
    client: Client,
    project: Project | None,
    share: Fraction,
    on_day: date,
    billed: Iterable[WorkSession | Charge],
    *,
    named: bool,
    stated: bool,
) -> list[tuple[str | None, date, int]]:
    """A share of what sessions and charges come to, for each tax: with the tax code that the discount needs for it,
    None where it has that code anyhow, and its day. That is `on_day`; where the code then has another rate, it is the
    last of those days, unless the day was `stated`. Of a disbursement there is no share, unless it was `named`."""
    code_of, tax_on = codes_of_client(context, client), context.firm.tax_on
    bases, days = Counter[tuple[str | None, Tax | None]](), dict[tuple[str | None, Tax | None], date]()
    for it in billed:
        day, own = (it.day, it.tax) if isinstance(it, Charge) else (it.day(context.stamp.zone), None)
        code = own or code_of(it.project_id, day)
        tax = tax_on(code, day)
        if named or tax is None or tax.category is not TaxCategory.DISBURSEMENT:
            bases[code, tax] += max(0, it.minor)
            days[code, tax] = max(day, days.get((code, tax), day))
    parts = list[tuple[str | None, date, int]]()
    for (code, tax), base in bases.items():
        day = on_day if stated or tax == tax_on(code, on_day) else days[code, tax]
        anyhow = code_of(None if project is None else project.id, day)
        parts.append((None if code == anyhow else code, day, share_minor(share, base)))
    if not any(minor for *_, minor in parts):
        message = "There is nothing to give a discount on: the charges come to less than half of the smallest amount."
        raise MoneyRuleViolation(message, "nothing_to_discount")
    return [it for it in parts if it[-1]]


def shown(context: CommandContext, charge: Charge, locked_by: InvoiceId | None) -> ChargeView:
    """The charge as the actor may see it."""
    money, costs = context.sees_money, visibility.sees_cost(context.actor, charge)
    return unchecked_charge_view(
        id=charge.id,
        client_id=charge.client_id,
        kind=charge.kind,
        day=charge.day,
        person_id=charge.person_id,
        project_id=charge.project_id,
        note=charge.note,
        cost=charge.cost if costs else None,
        receipt=charge.receipt if costs else None,
        billable=charge.billable,
        locked=locked_by is not None,
        locked_by=locked_by if money and context.actor.limited_to is None else None,
        amount=charge.amount if money else None,
        tax=charge.tax if money else None,
    )


def _all_shown(context: CommandContext, charges: Iterable[Charge]) -> tuple[ChargeView, ...]:
    """Charges as the actor may see them, each with the invoice that holds it."""
    charges = tuple(charges)
    owners = context.uow.owners(UniqueKind.CHARGE, [it.id for it in charges])
    return tuple(shown(context, it, InvoiceId(owners[it.id]) if it.id in owners else None) for it in charges)
