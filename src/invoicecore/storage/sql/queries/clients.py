"""The query for the list of clients, with their standing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, Select, select

from invoicecore.model.client import Client
from invoicecore.ports.queries import ClientsQuery
from invoicecore.queries.clients import ClientRow, ClientSort
from invoicecore.queries.paging import PageRequest
from invoicecore.settlement.account import Account, Standing
from invoicecore.storage.sql.queries.paged_query import Ask, Conditions, PagedQuery, join_on, of_firm
from invoicecore.storage.sql.schema import accounts, clients
from invoicecore.storage.sql.statements import Statements, is_given


class ClientPages:
    """Clients with their accounts."""

    def __init__(self, statements: Statements) -> None:
        self._client, self._account = statements.entities[Client], statements.entities[Account]
        balance = (
            select(accounts.c.balance_minor)
            .where(accounts.c.firm_id == clients.c.firm_id, accounts.c.client_id == clients.c.id)
            .scalar_subquery()
        )
        self._paged = PagedQuery(
            statements.dialect,
            found=_found,
            conditions={
                "client": is_given(clients.c.id, "client"),
                "archived": is_given(clients.c.archived),
            },
            orders={
                ClientSort.NAME: (statements.dialect.letters(clients.c.name), clients.c.id),
                ClientSort.BALANCE: (statements.dialect.letters(clients.c.currency), balance, clients.c.id),
                ClientSort.ADDED: (clients.c.id,),
            },
            shown=self._shown,
        )

    def _shown(self, page: CTE) -> Select[Any]:
        return (
            select(*self._client.read, *self._account.read)
            .select_from(page)
            .outerjoin(clients, join_on(clients, page, id="id"))
            .outerjoin(accounts, join_on(accounts, page, client_id="id"))
        )

    def rows(self, ask: Ask, wanted: ClientsQuery, page: PageRequest[ClientSort]) -> Sequence[ClientRow]:
        """Clients, each with their standing."""
        if wanted.visibility.worker is not None:
            return ()
        values = {"client": wanted.visibility.client_id, "archived": wanted.archived}
        width = len(self._client.read)
        rows = []
        for row in self._paged.rows(ask, page, values):
            client, _ = self._client.built(row[:width])
            account, _ = self._account.built(row[width:])
            rows.append(ClientRow(client, Standing(account)))
        return rows


def _found(conditions: Conditions) -> Select[Any]:
    return select(clients.c.id).where(of_firm(clients), *conditions)
