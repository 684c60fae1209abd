"""The query for the list of charges, with the invoice of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, Select, and_, exists, select

from invoicecore.model.charge import Charge
from invoicecore.ports.queries import ChargeRecord, ChargesQuery
from invoicecore.ports.store import UniqueKind
from invoicecore.queries.charges import ChargeSort
from invoicecore.queries.paging import ListTotals, PageRequest
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.queries.paged_query import (
    PagedQuery,
    SubjectQueries,
    ids_of,
    join_on,
    name_of,
    named,
)
from invoicecore.storage.sql.queries.work import is_visible, values_of
from invoicecore.storage.sql.schema import charges, clients, invoices, people, projects, reservations
from invoicecore.storage.sql.statements import Statements, given, is_given
from invoicecore.values.ids import InvoiceId
from invoicecore.values.money import Money
from invoicecore.vocabulary import ChargeKind

_LOCK = and_(join_on(reservations, charges, key="id"), reservations.c.kind == UniqueKind.CHARGE.value)
_IS_LOCKED = exists().where(_LOCK)
IS_FREE = ~_IS_LOCKED
"""Whether no invoice locks a charge."""


class ChargeQueries(SubjectQueries):
    """Charges that were not removed."""

    def charges(self, wanted: ChargesQuery, page: PageRequest[ChargeSort]) -> Sequence[ChargeRecord]:
        return [self._charge(row) for row in self._page(_charges, page, _values(wanted))]

    def _charges_in_all(self, wanted: ChargesQuery) -> ListTotals:
        rows = self._count(_charges, _values(wanted), charges.c.currency, minor=charges.c.minor)
        return ListTotals(
            count=sum(count for count, _, _ in rows),
            amounts=tuple(Money(minor=minor, currency=currency) for _, minor, currency in rows),
        )

    def _charge(self, row: Sequence[Any]) -> ChargeRecord:
        *read, client, project, person, invoice_id, number = row
        charge = self._statements.entities[Charge].built(read).entity
        return ChargeRecord(
            charge=charge,
            client=NamedRef(charge.client_id, client),
            project=named(charge.project_id, project),
            person=NamedRef(charge.person_id, person),
            locked_by=None if invoice_id is None else InvoiceId(invoice_id),
            invoice_number=number,
        )


def _values(wanted: ChargesQuery) -> Mapping[str, Any]:
    period = wanted.period
    return {
        **values_of(wanted.visibility),
        "asks": True if wanted.visibility.client_id is not None else None,
        "client": wanted.client_id,
        "project": wanted.project_id,
        "kinds": None if wanted.kinds == frozenset(ChargeKind) else wanted.kinds,
        "locked": wanted.locked or None,
        "free": wanted.locked is False or None,
        "search": wanted.search or None,
        **({} if period is None else {"period": period, "first": period.first, "last": period.last}),
    }


def _charges(statements: Statements) -> PagedQuery[ChargeSort]:
    day, dialect = charges.c.day, statements.dialect
    around = (clients.c.name, projects.c.name, people.c.name, invoices.c.id, invoices.c.number)

    def shown(page: CTE) -> Select[Any]:
        return (
            select(*statements.entities[Charge].read, *around)
            .select_from(page)
            .outerjoin(charges, join_on(charges, page, id="id"))
            .outerjoin(clients, join_on(clients, charges, id="client_id"))
            .outerjoin(projects, join_on(projects, charges, id="project_id"))
            .outerjoin(people, join_on(people, charges, id="person_id"))
            .outerjoin(reservations, _LOCK)
            .outerjoin(invoices, join_on(invoices, reservations, id="owner"))
        )

    return PagedQuery(
        dialect,
        found=ids_of(charges, ~charges.c.removed),
        conditions={
            **is_visible(dialect, charges),
            "asks": charges.c.minor != 0,
            "client": is_given(charges.c.client_id, "client"),
            "project": is_given(charges.c.project_id, "project"),
            "kinds": dialect.among(charges.c.kind, "kinds"),
            "period": day.between(given("first", day.type), given("last", day.type)),
            "locked": _IS_LOCKED,
            "free": IS_FREE,
            "search": dialect.has_one(
                "search",
                charges.c.note,
                name_of(clients, charges.c.client_id),
                name_of(projects, charges.c.project_id),
                name_of(people, charges.c.person_id),
            ),
        },
        orders={ChargeSort.DAY: (day, charges.c.id), ChargeSort.KIND: (charges.c.kind, day, charges.c.id)},
        shown=shown,
        late="free",
    )
