"""The query for the present names of projects and people."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, Table, select, union_all

from invoicecore.storage.sql.queries.paged_query import Ask, of_firm
from invoicecore.storage.sql.schema import people, projects
from invoicecore.storage.sql.statements import Statements


class NamePages:
    """Names by ids."""

    def __init__(self, statements: Statements) -> None:
        self._dialect = dialect = statements.dialect

        def names(table: Table, ids: str) -> Select[Any]:
            return select(table.c.id, table.c.name).where(of_firm(table), dialect.among(table.c.id, ids))

        self._names = dialect.statement(union_all(names(projects, "projects"), names(people, "people")))

    def of(self, ask: Ask, projects: Iterable[str], people: Iterable[str]) -> Mapping[str, str]:
        """The names of projects and people, by their ids."""
        several = self._dialect.several
        return dict(ask(self._names, {"projects": several(projects), "people": several(people)}))  # type: ignore[arg-type]
