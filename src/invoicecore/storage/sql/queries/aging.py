"""The query for unpaid invoices by age."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Label, Select, Subquery, and_, case, select, union_all

from invoicecore.queries.owed import Age, Aged, AgingRow, AgingSort, aged
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.column_types import DAY
from invoicecore.storage.sql.queries.invoices import ASKED
from invoicecore.storage.sql.queries.paged_query import Ask, Conditions, PagedQuery, join_on, of_firm, total
from invoicecore.storage.sql.schema import applications, clients, invoices, payments
from invoicecore.storage.sql.statements import SqlStatement, Statements, given, is_given
from invoicecore.values.ids import ClientId
from invoicecore.vocabulary import UNPAID, Status


class AgingPages:
    """What is owed as of a day, by how late it is."""

    def __init__(self, statements: Statements) -> None:
        self._dialect = dialect = statements.dialect
        self._paged = PagedQuery(
            dialect,
            found=_owing,
            conditions={"client": is_given(invoices.c.client_id, "client")},
            orders={AgingSort.CLIENT: (dialect.letters(clients.c.name), clients.c.id)},
            shown=_of_clients,
        )
        self._owed: dict[bool, SqlStatement] = {}

    def rows(
        self, ask: Ask, client_id: ClientId | None, as_of: date, page: PageRequest[AgingSort]
    ) -> Sequence[AgingRow]:
        """Clients who owe something."""
        rows = self._paged.rows(ask, page, {"client": client_id, **_days(as_of)})
        return [AgingRow(NamedRef(id, name), _aged(minors, currency)) for id, name, currency, *minors in rows]

    def owed(self, ask: Ask, client_id: ClientId | None, as_of: date) -> Sequence[Aged]:
        """All that is owed, for each currency."""
        of_one = client_id is not None
        if of_one not in self._owed:
            owed = _owed(of_one=of_one)
            query = select(owed.c.currency, *_by_age(owed)).group_by(owed.c.currency)
            self._owed[of_one] = self._dialect.statement(query)
        given = {name: self._dialect.encoded(value) for name, value in _days(as_of).items()}
        rows = ask(self._owed[of_one], {"client": client_id, **given})
        return [_aged(minors, currency) for currency, *minors in sorted(map(tuple, rows))]


def _owed(*, of_one: bool) -> Subquery:
    """What is open now, and was asked by then; and what was paid since, and so was open then. By one client, or by
    all."""
    as_of = given("as_of", DAY)
    whose = (invoices.c.client_id, invoices.c.currency, invoices.c.due_on)
    asked = [of_firm(invoices), invoices.c.issued_on <= as_of]
    late = [of_firm(payments), payments.c.received_on > as_of]
    if of_one:
        asked.append(is_given(invoices.c.client_id, "client"))
        late.append(is_given(payments.c.client_id, "client"))
    later = select(payments.c.id).where(*late).cte("later").prefix_with("MATERIALIZED")
    open_now = (
        select(*whose, (ASKED - invoices.c.paid_minor).label("minor"))
        .where(*asked, invoices.c.status.in_(sorted(UNPAID)))
        .where(invoices.c.paid_minor < ASKED)
    )
    paid_since = (
        select(*whose, applications.c.minor)
        .select_from(later)
        .outerjoin(applications, join_on(applications, later, payment_id="id"))
        .outerjoin(invoices, join_on(invoices, applications, id="invoice_id"))
        .where(*asked, invoices.c.status.in_(sorted({*UNPAID, Status.PAID})))
    )
    return union_all(open_now, paid_since).subquery("owed")


def _by_age(owed: Subquery) -> list[Label[int]]:
    """A sum for each age, in their order."""
    firsts = [given(f"due_since_{age}", DAY) for age in (*Age,)[:-1]]
    ranges = zip([*firsts, None], [None, *firsts], strict=True)
    return [
        total(case((_is_between(owed.c.due_on, since, until), owed.c.minor))).label(f"age_{number}")
        for number, (since, until) in enumerate(ranges)
    ]


def _is_between(day: ColumnElement[Any], since: Any, until: Any) -> ColumnElement[bool]:
    bounds = ([] if since is None else [day >= since]) + ([] if until is None else [day < until])
    return and_(*bounds)


def _days(as_of: date) -> Mapping[str, date]:
    """The day, and for each age but the last the first day on which something of it was due."""
    first = {f"due_since_{age}": date.fromordinal(max(as_of.toordinal() - age, 1)) for age in (*Age,)[:-1]}
    return {"as_of": as_of, **first}


def _owing(conditions: Conditions) -> Select[Any]:
    owed = _owed(of_one=any(True for _ in conditions))
    sums = select(owed.c.client_id, *_by_age(owed)).group_by(owed.c.client_id).subquery("sums")
    return select(*sums.c).outerjoin(clients, join_on(clients, sums, id="client_id"))


def _of_clients(page: CTE) -> Select[Any]:
    sums = (page.c[f"age_{number}"] for number in range(len(Age)))
    return (
        select(clients.c.id, clients.c.name, clients.c.currency, *sums)
        .select_from(page)
        .outerjoin(clients, join_on(clients, page, id="client_id"))
    )


def _aged(minors: Iterable[int], currency: str) -> Aged:
    return aged(dict(zip(Age, minors, strict=True)), currency)
