"""Logos and logins have tables, firms and clients a locale, and pages the indexes that they are found by.

Books are kept in this: it is never changed. It says all of itself, whatever becomes of the rest of the library.
"""

from typing import Any

from alembic.operations import Operations
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

ID = Text().with_variant(Text(collation="C"), "postgresql")
TEXT = Text()
ORDINAL = BigInteger().with_variant(Integer(), "sqlite")
INSTANT = DateTime(timezone=True).with_variant(Text(), "sqlite")
PLAIN = JSONB().with_variant(Text(), "sqlite")
BYTES = LargeBinary()

RULES: dict[TypeEngine[Any], str] = {ORDINAL: "{} > 0"}
FORMS: dict[TypeEngine[Any], str] = {
    INSTANT: f"{{}} GLOB '{'0000-00-00T00:00:00.000000Z'.replace('0', '[0-9]')}'",
    PLAIN: "{0} IS NULL OR json_valid({0})",
}


def upgrade(op: Operations) -> None:
    """From the first tables."""
    op.add_column("ic_firms", Column("locale", TEXT, nullable=False, server_default="en"))
    op.add_column("ic_firms", Column("logo_id", ID, nullable=True))
    op.add_column("ic_clients", Column("locale", TEXT, nullable=True))
    _table(
        op,
        "logos",
        "id",
        _each("version", ORDINAL),
        _each("media_type", TEXT),
        _each("width", ORDINAL),
        _each("height", ORDINAL),
        _each("content", BYTES),
        ForeignKeyConstraint(["firm_id"], ["ic_firms.firm_id"], name="ic_logos_firm_fk"),
    )
    _table(
        op,
        "logins",
        "person_id",
        _each("version", ORDINAL),
        _some("password_hash", TEXT),
        _each("admitted_from", PLAIN),
        _some("last_sign_in", INSTANT),
        ForeignKeyConstraint(
            ["firm_id", "person_id"], ["ic_people.firm_id", "ic_people.id"], name="ic_logins_person_fk"
        ),
    )
    for owner in ("project_id", "person_id"):
        op.drop_index(f"ic_sessions_by_{owner}", "ic_sessions")
        _index(op, "sessions", owner, "start_at", "id", "removed", "duration_us")
    _index(op, "assignments", "person_id", "project_id")
    _index(op, "payments", "received_on", "id")


def _index(op: Operations, table: str, *columns: str) -> None:
    op.create_index(f"ic_{table}_by_{columns[0]}", f"ic_{table}", ["firm_id", *columns])


def _some(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _each(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _table(op: Operations, name: str, id: str, *rest: SchemaItem) -> None:
    columns = [_each("firm_id", ID), _each(id, ID), *(it for it in rest if isinstance(it, Column))]
    forms = FORMS if op.get_context().dialect.name == "sqlite" else {}
    op.create_table(
        f"ic_{name}",
        *columns,
        PrimaryKeyConstraint("firm_id", id, name=f"ic_{name}_pk"),
        *(it for it in rest if not isinstance(it, Column)),
        *(
            CheckConstraint(rule.format(column.name), name=f"ic_{name}_{column.name}")
            for column in columns
            if (rule := RULES.get(column.type) or forms.get(column.type))
        ),
        sqlite_strict=True,
    )
