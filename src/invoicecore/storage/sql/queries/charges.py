"""The query for the list of charges, with the invoice of each."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from invoicecore.model.charge import Charge
from invoicecore.ports.queries import ChargeRecord, ChargesQuery
from invoicecore.queries.charges import ChargeSort
from invoicecore.queries.paging import ListTotals, PageRequest
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.queries.billed import conditions_on, is_free_now, wanted_values, with_names
from invoicecore.storage.sql.queries.paged_query import PagedQuery, SubjectQueries, ids_of, named
from invoicecore.storage.sql.schema import charges
from invoicecore.storage.sql.statements import Statements, given
from invoicecore.values.ids import InvoiceId
from invoicecore.values.money import Money
from invoicecore.vocabulary import ChargeKind


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
        **wanted_values(wanted),
        "asks": True if wanted.visibility.client_id is not None else None,
        "kinds": None if wanted.kinds == frozenset(ChargeKind) else wanted.kinds,
        **({} if period is None else {"period": period, "first": period.first, "last": period.last}),
    }


def _charges(statements: Statements) -> PagedQuery[ChargeSort]:
    day, dialect = charges.c.day, statements.dialect
    return PagedQuery(
        dialect,
        found=ids_of(charges, ~charges.c.removed),
        conditions={
            **conditions_on(dialect, charges),
            "asks": charges.c.minor != 0,
            "kinds": dialect.among(charges.c.kind, "kinds"),
            "period": day.between(given("first", day.type), given("last", day.type)),
        },
        orders={ChargeSort.DAY: (day, charges.c.id), ChargeSort.KIND: (charges.c.kind, day, charges.c.id)},
        shown=partial(with_names, statements.entities[Charge].read, charges),
        late=is_free_now(charges),
    )
