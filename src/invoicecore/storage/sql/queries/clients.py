"""The query for the list of clients, with their standing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, Select, select

from invoicecore.model.client import Client
from invoicecore.ports.queries import ClientsQuery
from invoicecore.queries.clients import ClientRow, ClientSort
from invoicecore.queries.paging import ListTotals, PageRequest, part_of
from invoicecore.settlement.account import Account, Standing
from invoicecore.storage.sql.queries.paged_query import ALL_ROWS, PagedQuery, SubjectQueries, ids_of, join_on
from invoicecore.storage.sql.schema import accounts, clients
from invoicecore.storage.sql.statements import Statements, is_given


class ClientQueries(SubjectQueries):
    """Clients with their accounts."""

    def clients(self, wanted: ClientsQuery, page: PageRequest[ClientSort]) -> Sequence[ClientRow]:
        if wanted.visibility.worker is not None:
            return ()
        if page.sort is ClientSort.UTILIZATION:  # which follows from what a refill costs
            return part_of(self.clients(wanted, PageRequest(ClientSort.ADDED, limit=ALL_ROWS)), page)
        return [self._client(row) for row in self._page(_clients, page, _values(wanted))]

    def _clients_in_all(self, wanted: ClientsQuery) -> ListTotals:
        if wanted.visibility.worker is not None:
            return ListTotals(0)
        return ListTotals(self._count(_clients, _values(wanted))[0][0])

    def _client(self, row: Sequence[Any]) -> ClientRow:
        of_client, of_account = (self._statements.entities[kind] for kind in (Client, Account))
        width = len(of_client.read)
        account = of_account.built(row[width:]).entity
        return ClientRow(of_client.built(row[:width]).entity, Standing(account), account.is_stopped)


def _values(wanted: ClientsQuery) -> Mapping[str, Any]:
    return {
        "client": wanted.visibility.client_id,
        "archived": wanted.archived,
        "search": wanted.search or None,
    }


def _clients(statements: Statements) -> PagedQuery[ClientSort]:
    def shown(page: CTE) -> Select[Any]:
        return (
            select(*statements.entities[Client].read, *statements.entities[Account].read)
            .select_from(page)
            .outerjoin(clients, join_on(clients, page, id="id"))
            .outerjoin(accounts, join_on(accounts, page, client_id="id"))
        )

    return PagedQuery(
        statements.dialect,
        found=ids_of(clients),
        conditions={"client": is_given(clients.c.id, "client"), "archived": is_given(clients.c.archived)}
        | {"search": statements.dialect.has_one("search", clients.c.name)},
        orders={
            ClientSort.NAME: (clients.c.name, clients.c.id),
            ClientSort.BALANCE: (clients.c.currency, accounts.c.balance_minor, clients.c.id),
            ClientSort.ADDED: (clients.c.id,),
        },
        shown=shown,
        joined={ClientSort.BALANCE: (clients, accounts, join_on(accounts, clients, client_id="id"))},
    )
