"""What are projects and people called now?"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, Table, select, union_all

from invoicecore.storage.sql.queries.paged_query import Ask, of_firm
from invoicecore.storage.sql.schema import people, projects
from invoicecore.storage.sql.statements import Statements


class NamePages:
    """Names by ids."""

    def __init__(self, said: Statements) -> None:
        self._language = language = said.language

        def names(table: Table, ids: str) -> Select[Any]:
            return select(table.c.id, table.c.name).where(of_firm(table), language.among(table.c.id, ids))

        self._names = language.statement(union_all(names(projects, "projects"), names(people, "people")))

    def of(self, ask: Ask, projects: Iterable[str], people: Iterable[str]) -> Mapping[str, str]:
        """The names of projects and people, by their ids."""
        several = self._language.several
        return dict(ask(self._names, {"projects": several(projects), "people": several(people)}))  # type: ignore[arg-type]
