"""The database itself refuses harmful plain SQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Constraint,
    Engine,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    delete,
    insert,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from invoicecore.storage.sql import SqlStorage, column_types, schema
from invoicecore.storage.sql.mapping import metadata
from tests.databases import schemas
from tests.storage.story import told

Row = Mapping[str, Any]

APPENDED = (schema.entries, schema.status_changes, schema.receivables, schema.audit)

# A value that each kind of column must not take, on every database and on SQLite, which has no types for the latter.
WRONG: dict[object, object] = {column_types.CURRENCY: "US", column_types.COUNT: -1, column_types.ORDINAL: 0}
WRONG_ON_SQLITE: dict[object, object] = {
    column_types.FLAG: 2,
    column_types.INSTANT: "2026-03-02T12:00:00+00:00",
    column_types.DAY: "2 March 2026",
    column_types.PLAIN: "{",
}

# What each rule about several columns must not take.
TOGETHER: dict[str, tuple[Table, Row]] = {
    "ic_clients_payment_terms": (schema.clients, {"payment_terms_months": None}),
    "ic_people_client": (schema.people, {"role": "contact"}),
    "ic_accounts_refill": (schema.accounts, {"refill_hours": None}),
    "ic_projects_cap": (schema.projects, {"cap_currency": None}),
    "ic_projects_cap_used": (schema.projects, {"cap_used_currency": None}),
    "ic_charges_amount": (schema.charges, {"kind": "fee", "minor": -1}),
    "ic_invoices_paid": (schema.invoices, {"total_minor": 10, "paid_minor": 11}),
    "ic_invoices_finished": (schema.invoices, {"number": None}),
    "ic_invoices_issued": (schema.invoices, {"parties": None}),
    "ic_invoices_draft": (schema.invoices, {"status": "draft"}),
    "ic_lines_rate": (schema.lines, {"rate": None}),
    "ic_entries_work": (schema.entries, {"work_rate": None}),
    "ic_payments_parts": (schema.payments, {"minor": 10, "reversed_minor": 6, "unapplied_minor": 5}),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with the books of the story."""
    if request.param == "sqlite":
        yield from _books(f"sqlite:///{tmp_path_factory.mktemp('wall') / 'books.db'}")
    else:
        with schemas(request.getfixturevalue("postgres_server")) as new:
            yield from _books(new())


def _books(url: str) -> Iterator[Engine]:
    storage = SqlStorage.at(url)
    storage.upgrade()
    told(storage)
    yield storage.engine
    storage.close()


@contextmanager
def left(engine: Engine) -> Iterator[Connection]:
    """A transaction that is given up at the end."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            connection.exec_driver_sql("BEGIN")
        yield connection
        connection.rollback()


def refusal(connection: Connection, statement: Any) -> str:
    """What the database says to a statement that it refuses."""
    savepoint = connection.begin_nested()
    with pytest.raises(DBAPIError) as refused:
        connection.execute(statement)
    savepoint.rollback()
    return str(refused.value.orig)


def unguarded(connection: Connection, table: Table) -> None:
    """Without its triggers, so that its constraints are asked."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        return
    triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    for (name,) in connection.execute(triggers, {"table": table.name}).all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """The rows of a table, those that say most coming first."""
    found = [dict(row) for row in connection.execute(select(table)).mappings()]
    return sorted(found, key=lambda row: sum(value is None for value in row.values()))


def row_with(connection: Connection, table: Table, column: str) -> dict[str, Any]:
    """The row that says most, with something in that column."""
    return next(row for row in rows(connection, table) if row[column] is not None)


def added(table: Table, row: Row, **changes: Any) -> Any:
    """The statement that inserts a row with changes."""
    values = {**row, **changes}
    return insert(table).values({name: null() if value is None else value for name, value in values.items()})


def fresh(table: Table, row: Row) -> dict[str, Any]:
    """Another key for a row, as far as it names no other."""
    keys = [it for it in table.constraints if isinstance(it, UniqueConstraint | PrimaryKeyConstraint)]
    naming = {"firm_id", *(name for key in table.foreign_key_constraints for name in key.column_keys)}
    names = {column.name for key in keys for column in key.columns} - naming
    return {name: 999 if isinstance(row[name], int) else "new" for name in names}


def each_column(*, kinds: Mapping[object, object] | None = None) -> list[Any]:
    """Columns, of some kinds or all."""
    return [
        pytest.param(column, id=str(column))
        for table in metadata.sorted_tables
        for column in table.columns
        if kinds is None or column.type in kinds
    ]


WORDS = [column for table in metadata.sorted_tables for column in table.columns if "rule" in column.info]


class TestValues:
    """A row of the books, with one thing wrong in it."""

    @pytest.mark.parametrize("column", each_column(kinds=WRONG) + [pytest.param(it, id=str(it)) for it in WORDS])
    def test_what_a_column_must_not_say(self, engine: Engine, column: Column[Any]) -> None:
        """A currency has three letters, a count is not below zero, a word is one that the library knows."""
        self.refused(engine, column, WRONG.get(column.type, "other"))

    @pytest.mark.parametrize("column", each_column(kinds=WRONG_ON_SQLITE))
    def test_what_sqlite_has_no_type_for(self, engine: Engine, column: Column[Any]) -> None:
        """Flags, instants, days and plain data have their form, so that they compare and sort as they should."""
        if engine.dialect.name == "sqlite":
            self.refused(engine, column, WRONG_ON_SQLITE[column.type])
        else:
            assert "rule" not in column.info

    def refused(self, engine: Engine, column: Column[Any], wrong: object) -> None:
        table = column.table
        assert isinstance(table, Table)
        with left(engine) as connection:
            unguarded(connection, table)
            row = row_with(connection, table, column.name)
            assert f"{table.name}_{column.name}" in refusal(connection, added(table, row, **{column.name: wrong}))

    @pytest.mark.parametrize("column", [it for it in each_column() if not it.values[0].nullable])
    def test_what_must_be_said(self, engine: Engine, column: Column[Any]) -> None:
        """A column that always says something is not left empty."""
        table = column.table
        assert isinstance(table, Table)
        with left(engine) as connection:
            unguarded(connection, table)
            row = rows(connection, table)[0]
            said = refusal(connection, added(table, row, **{column.name: None}))
            assert column.name in said
            assert "NOT NULL" in said or "null value" in said

    @pytest.mark.parametrize("name", TOGETHER)
    def test_what_does_not_go_together(self, engine: Engine, name: str) -> None:
        """Terms are whole or absent, an invoice is not overpaid, a finished one has its number and letterhead."""
        table, changes = TOGETHER[name]
        with left(engine) as connection:
            row, *others = rows(connection, table)
            if table is schema.entries:  # each follows the last one of its client
                own = [row, *(it for it in others if it["client_id"] == row["client_id"])]
                last = max(own, key=lambda it: it["sequence"])
                sequence, balance = last["sequence"] + 1, last["balance_minor"] + row["minor"]
                row = {**row, "sequence": sequence, "balance_minor": balance, "booked_at": last["booked_at"]}
            assert name in refusal(connection, added(table, row, **changes))

    def test_each_rule_was_seen(self) -> None:
        """No check of the schema is left out above."""
        columns = {
            f"{table.name}_{column.name}"
            for table in metadata.sorted_tables
            for column in table.columns
            if column.type in WRONG or column.type in WRONG_ON_SQLITE or "rule" in column.info
        }
        checks = [it for table in metadata.sorted_tables for it in table.constraints if isinstance(it, CheckConstraint)]
        assert {str(check.name) for check in checks} == columns | set(TOGETHER)


def _name(key: Constraint) -> str:
    return str(key.name)


class TestKeys:
    @pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
    def test_a_key_is_used_once(self, engine: Engine, table: Table) -> None:
        """The same row cannot be there twice."""
        with left(engine) as connection:
            unguarded(connection, table)
            said = refusal(connection, added(table, rows(connection, table)[0]))
            assert f"{table.name}_pk" in said or f"UNIQUE constraint failed: {table.name}.firm_id" in said

    def test_a_number_is_used_once(self, engine: Engine) -> None:
        """Nor can two invoices of a firm have one number."""
        with left(engine) as connection:
            said = refusal(connection, added(schema.invoices, rows(connection, schema.invoices)[0], id="new"))
            assert "ic_invoices_number" in said or "ic_invoices.number" in said

    def test_a_session_is_held_once(self, engine: Engine) -> None:
        """Nor can two invoices hold one session, or two people one e-mail address."""
        with left(engine) as connection:
            reservations = rows(connection, schema.reservations)
            held = next(row for row in reservations if row["kind"] == "charge")
            said = refusal(connection, added(schema.reservations, held, owner="another"))
            assert "ic_reservations" in said

    @pytest.mark.parametrize(
        "key",
        [key for table in metadata.sorted_tables for key in sorted(table.foreign_key_constraints, key=_name)],
        ids=_name,
    )
    def test_who_is_named_is_there(self, engine: Engine, key: ForeignKeyConstraint) -> None:
        """A foreign key leads somewhere, and within the firm."""
        table, column = key.table, key.column_keys[-1]
        with left(engine) as connection:
            unguarded(connection, table)
            row = [it for it in rows(connection, table) if it[column] is not None][-1]
            said = refusal(connection, added(table, row, **{**fresh(table, row), column: "nobody"}))
            assert str(key.name) in said or said == "FOREIGN KEY constraint failed"


class TestAppended:
    """What stands in the ledger, the history and the audit trail."""

    @pytest.mark.parametrize("table", APPENDED, ids=str)
    def test_it_is_not_changed(self, engine: Engine, table: Table) -> None:
        """Not a letter of it."""
        with left(engine) as connection:
            assert "stays as it is" in refusal(connection, update(table).values(firm_id=table.c.firm_id))

    @pytest.mark.parametrize("table", APPENDED, ids=str)
    def test_it_is_not_deleted(self, engine: Engine, table: Table) -> None:
        """Neither row by row nor all at once."""
        with left(engine) as connection:
            assert "stays as it is" in refusal(connection, delete(table))
        if engine.dialect.name == "postgresql":
            with left(engine) as connection:
                assert "stays as it is" in refusal(connection, text(f"TRUNCATE {table.name} CASCADE"))

    @pytest.mark.parametrize("table", APPENDED, ids=str)
    def test_it_is_not_replaced(self, engine: Engine, table: Table) -> None:
        """Not by the ways that an insert has to overwrite."""
        with left(engine) as connection:
            row = rows(connection, table)[0]
            if engine.dialect.name == "sqlite":
                assert "does not follow" in refusal(connection, added(table, row).prefix_with("OR REPLACE"))
            else:
                overwriting = postgresql.insert(table).values(row)
                overwriting = overwriting.on_conflict_do_update(constraint=table.primary_key, set_={"firm_id": "x"})
                assert "stays as it is" in refusal(connection, overwriting)


class TestFollowing:
    """What is appended goes on from what was there: Acme's latest entry is the eighth, and left -1500.00."""

    def entry(self, connection: Connection, **changes: object) -> Row:
        """A ninth that takes 50 cents away."""
        [latest] = [it for it in rows(connection, schema.entries) if it["minor"] == -850_00]
        assert (8, -1500_00) == (latest["sequence"], latest["balance_minor"])
        return {**latest, "sequence": 9, "minor": -50, "balance_minor": -1500_50, **changes}

    def test_an_entry_that_follows(self, engine: Engine) -> None:
        """One after the other, also in one statement."""
        with left(engine) as connection:
            ninth, tenth = self.entry(connection), self.entry(connection, sequence=10, balance_minor=-1501_00)
            connection.execute(insert(schema.entries).values([ninth, tenth]))
            assert 38 == len(rows(connection, schema.entries))

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"balance_minor": -1500_49}, id="a balance that is off by one"),
            pytest.param({"minor": 50}, id="a movement the other way"),
            pytest.param({"sequence": 10}, id="a sequence left out"),
            pytest.param({"sequence": 7}, id="a sequence that is used"),
            pytest.param({"sequence": 1, "minor": 1, "balance_minor": 1}, id="a second beginning"),
        ],
    )
    def test_an_entry_that_does_not_follow(self, engine: Engine, changes: Row) -> None:
        """Its sequence is the next, and its balance the former one and its movement."""
        with left(engine) as connection:
            said = refusal(connection, insert(schema.entries).values(self.entry(connection, **changes)))
            assert "does not follow" in said or "ic_entries_pk" in said

    def test_the_first_entry(self, engine: Engine) -> None:
        """It begins with 1 and leaves what it moves, whatever others' entries say."""
        with left(engine) as connection:
            account = rows(connection, schema.accounts)[0]
            client = next(it for it in rows(connection, schema.clients) if it["id"] == account["client_id"])
            connection.execute(added(schema.clients, client, id="new"))
            connection.execute(added(schema.accounts, account, client_id="new", sequence=1, balance_minor=-50))
            for sequence, balance, follows in ((1, -49, False), (2, -50, False), (9, -1500_50, False), (1, -50, True)):
                entry = self.entry(connection, client_id="new", sequence=sequence, balance_minor=balance)
                if follows:
                    connection.execute(insert(schema.entries).values(entry))
                else:
                    assert "does not follow" in refusal(connection, insert(schema.entries).values(entry))

    @pytest.mark.parametrize(
        ("sequence", "before", "follows"),
        [(3, "due", False), (4, "due", True), (4, "generated", False), (4, None, False), (5, "due", False)],
    )
    def test_a_step(self, engine: Engine, sequence: int, before: str | None, follows: bool) -> None:
        """It is the next, from the status that the latest led to."""
        with left(engine) as connection:
            steps = [it for it in rows(connection, schema.status_changes) if it["after"] == "due"]
            latest = next(it for it in steps if it["sequence"] == 3)
            step = added(schema.status_changes, latest, sequence=sequence, before=before, after="overdue")
            if follows:
                connection.execute(step)
            else:
                said = refusal(connection, step)
                assert "does not follow" in said or "ic_status_changes_pk" in said

    def test_the_first_step(self, engine: Engine) -> None:
        """Nothing was before it."""
        with left(engine) as connection:
            first = next(it for it in rows(connection, schema.status_changes) if it["sequence"] == 1)
            assert "does not follow" in refusal(
                connection, added(schema.status_changes, first, invoice_id="new", before="draft")
            )
