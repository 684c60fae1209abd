"""The tables that the migrations make are those that the adapter goes by, and they can be spread over machines."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    create_engine,
    text,
)

from invoicecore.storage.sql import SqlStorage, column_types
from invoicecore.storage.sql.mapping import metadata
from tests.databases import NewUrl

TABLES_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tables.md"

_ON_POSTGRES = """
    SELECT c.relname, 'column ' || a.attname, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
        (SELECT collname FROM pg_collation o WHERE o.oid = a.attcollation), a.attnotnull)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
    UNION ALL
    SELECT c.relname, o.conname, pg_get_constraintdef(o.oid)
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND o.contype <> 'n'
    UNION ALL
    SELECT tablename, indexname, replace(indexdef, current_schema() || '.', '')
    FROM pg_indexes WHERE schemaname = current_schema()
"""


def definitions(connection: Connection) -> Mapping[tuple[str, str], object]:
    """What the database itself says of everything that belongs to a table of the library."""
    if connection.dialect.name == "postgresql":
        rows = connection.execute(text(_ON_POSTGRES))
        return {(table, name): said for table, name, said in rows if table != "ic_schema_version"}
    rows = connection.execute(text("SELECT tbl_name, name, sql FROM sqlite_master WHERE type IN ('table', 'index')"))
    # The parts of a definition may stand in another order, one that came later on the line of the one before; and what
    # rows of before have in it stands in a revision alone.
    return {
        (table, name): sorted(re.split(r"\s*(?:,\s*(?=CONSTRAINT|\w+ [A-Z])|\n)\s*", _without_defaults(said or "")))
        for table, name, said in rows
        if table != "ic_schema_version"
    }


def _without_defaults(definition: str) -> str:
    return re.sub(r" DEFAULT '[^']*'", "", definition.strip()).replace(")\n STRICT", ") STRICT")


@pytest.fixture
def migrated(database_url: str) -> Iterator[Engine]:
    """A database with the tables that the migrations make."""
    storage = SqlStorage.at(database_url)
    storage.upgrade()
    yield storage.engine
    storage.close()


class TestTables:
    def test_migrations_make_what_the_adapter_knows(self, migrated: Engine, new_url: NewUrl) -> None:
        """Each column, constraint and index is the one that stands in schema.py, to the letter."""
        known = create_engine(new_url())
        metadata.create_all(known)
        with migrated.connect() as one, known.connect() as other:
            made = definitions(one)
            assert definitions(other) == made
            assert {table for table, _ in made} == set(metadata.tables)
        known.dispose()

    def test_alembic_finds_nothing_to_do(self, migrated: Engine) -> None:
        """Nor does the tool that looks for differences find one."""
        with migrated.connect() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": "ic_schema_version"})
            assert compare_metadata(context, metadata) == []

    def test_sqlite_keeps_to_types(self, sqlite_url: str) -> None:
        """All tables are STRICT."""
        storage = SqlStorage.at(sqlite_url)
        storage.upgrade()
        with storage.engine.connect() as connection:
            rows = connection.execute(
                text("SELECT name, strict FROM pragma_table_list WHERE name LIKE 'ic!_%' ESCAPE '!'")
            )
            strict = {name for name, is_strict in rows if is_strict}
        storage.close()
        assert set(metadata.tables) == strict

    @pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
    def test_the_firm_leads_every_key(self, table: Table) -> None:
        """Primary keys, unique and foreign keys and indexes begin with it, so that a firm can lie on one machine."""
        kinds = PrimaryKeyConstraint | UniqueConstraint | ForeignKeyConstraint
        keys = [it for it in table.constraints if isinstance(it, kinds)]
        assert "firm_id" == table.primary_key.columns[0].name
        for key in (*keys, *table.indexes):
            assert "firm_id" == next(iter(key.columns)).name
        for foreign in table.foreign_key_constraints:
            assert "firm_id" == foreign.elements[0].column.name

    def test_an_index_finds_what_refers_to_a_row(self, postgres_url: str) -> None:
        """Or PostgreSQL looks at all rows of a firm for each that goes, and it takes hours to remove a large one."""
        storage = SqlStorage.at(postgres_url)
        storage.upgrade()
        with storage.engine.connect() as connection:
            without = connection.execute(
                text(
                    "SELECT o.conname FROM pg_constraint o WHERE o.contype = 'f'"
                    " AND o.connamespace = current_schema()::regnamespace AND NOT EXISTS"
                    " (SELECT FROM pg_index i WHERE i.indrelid = o.conrelid"
                    " AND (i.indkey::int2[])[0:cardinality(o.conkey) - 1] = o.conkey)"
                )
            )
            assert [] == without.scalars().all()
        storage.close()

    def test_nothing_that_spread_databases_lack(self, postgres_url: str) -> None:
        """There is no sequence, and no constraint that waits until the end."""
        storage = SqlStorage.at(postgres_url)
        storage.upgrade()
        with storage.engine.connect() as connection:
            here = "current_schema()"
            sequences = text(f"SELECT count(*) FROM pg_sequences WHERE schemaname = {here}")
            waiting = text(
                f"SELECT count(*) FROM pg_constraint WHERE condeferrable AND connamespace = {here}::regnamespace"
            )
            assert (0, 0) == (connection.execute(sequences).scalar(), connection.execute(waiting).scalar())
        storage.close()


KINDS: dict[object, str] = {
    column_types.ID: "id",
    column_types.TEXT: "text",
    column_types.CURRENCY: "currency",
    column_types.WHOLE: "whole",
    column_types.COUNT: "count",
    column_types.ORDINAL: "ordinal",
    column_types.FLAG: "flag",
    column_types.INSTANT: "instant",
    column_types.DAY: "day",
    column_types.PLAIN: "plain",
    column_types.BYTES: "bytes",
}


def kind(column: Column[Any]) -> str:
    """What the page calls it."""
    named = "word" if "rule" in column.info else "rate" if column.name.endswith("rate") else KINDS[column.type]
    return f"{named}?" if column.nullable else named


class TestPage:
    def test_every_column_is_documented(self) -> None:
        """The page of tables has each table with its columns in their order, their kinds, and no others."""
        sections = re.split(r"^### `(ic_\w+)`.*$", TABLES_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        page = {
            table: re.findall(r"^\| `(\w+)` \| (\S+) \|", rows, flags=re.MULTILINE)
            for table, rows in zip(sections[::2], sections[1::2], strict=True)
        }
        assert {name: [(it.name, kind(it)) for it in table.columns] for name, table in metadata.tables.items()} == page
