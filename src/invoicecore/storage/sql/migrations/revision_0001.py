"""The first tables, guarded by the triggers of `guards_0001`.

Books are kept in this: it is never changed. It says all of itself, whatever becomes of the rest of the library.
"""

from functools import partial
from typing import Any

from alembic.operations import Operations
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from invoicecore.storage.sql.migrations.guards_0001 import guards

ID = Text().with_variant(Text(collation="C"), "postgresql")
TEXT = Text()
CURRENCY = Text()
WHOLE = BigInteger().with_variant(Integer(), "sqlite")
COUNT = BigInteger().with_variant(Integer(), "sqlite")
ORDINAL = BigInteger().with_variant(Integer(), "sqlite")
FLAG = Boolean().with_variant(Integer(), "sqlite")
INSTANT = DateTime(timezone=True).with_variant(Text(), "sqlite")
DAY = Date().with_variant(Text(), "sqlite")
PLAIN = JSONB().with_variant(Text(), "sqlite")

RULES: dict[TypeEngine[Any], str] = {CURRENCY: "length({}) = 3", COUNT: "{} >= 0", ORDINAL: "{} > 0"}
FORMS: dict[TypeEngine[Any], str] = {
    FLAG: "{} IN (0, 1)",
    INSTANT: f"{{}} GLOB '{'0000-00-00T00:00:00.000000Z'.replace('0', '[0-9]')}'",
    DAY: f"{{}} GLOB '{'0000-00-00'.replace('0', '[0-9]')}'",
    PLAIN: "{0} IS NULL OR json_valid({0})",
}

ROLE = ("manager", "supervisor", "worker", "contact")
STATUS = ("draft", "generated", "due", "paid", "overdue", "uncollectible", "void")
INVOICE_KIND = ("time", "refill", "manual")
DEPOSIT = ("to_balance", "not_deposited")
PAYMENT_ORIGIN = ("recorded", "status_menu")
ENTRY_KIND = (
    "work",
    "work_reversed",
    "payment",
    "payment_reversed",
    "credit_applied",
    "credit_released",
    "adjustment",
)
SCOPE = ("number", "session", "email", "timer", "import")


def upgrade(op: Operations) -> None:
    """From nothing."""
    _tables(op)
    for statement in guards(op.get_context().dialect.name):
        op.execute(statement)


def _tables(op: Operations) -> None:
    table, listed = partial(_table, op), partial(_index, op)

    table(
        "firms",
        (),
        _each("version", ORDINAL),
        _each("name", TEXT),
        _each("currency", CURRENCY),
        _each("timezone", TEXT),
        _each("contact", TEXT),
        _each("theme", TEXT),
        _each("terms_days", COUNT),
        _each("terms_months", COUNT),
        _each("terms_end_of_month", FLAG),
        _each("number_pattern", TEXT),
        _each("owner_id", ID),
    )

    table(
        "clients",
        ("id",),
        _each("id", ID),
        _each("version", ORDINAL),
        _each("name", TEXT),
        _each("currency", CURRENCY),
        _each("billing_address", TEXT),
        _some("terms_days", COUNT),
        _some("terms_months", COUNT),
        _some("terms_end_of_month", FLAG),
        _each("archived", FLAG),
        _together("clients_terms", "terms_days", "terms_months", "terms_end_of_month"),
        _refers(to="firms", name="clients_firm"),
    )

    table(
        "people",
        ("id",),
        _each("id", ID),
        _each("version", ORDINAL),
        _each("name", TEXT),
        _word("role", ROLE),
        _some("email", TEXT),
        _some("timezone", TEXT),
        _some("client_id", ID),
        _each("limited", FLAG),
        _each("archived", FLAG),
        _must("people_client", "(role = 'contact') = (client_id IS NOT NULL)"),
        _refers(to="firms", name="people_firm"),
        _refers("client_id", to="clients", name="people_client"),
    )

    table(
        "projects",
        ("id",),
        _each("id", ID),
        _each("version", ORDINAL),
        _each("client_id", ID),
        _each("name", TEXT),
        _some("starts_on", DAY),
        _each("notes", TEXT),
        _each("archived", FLAG),
        _refers("client_id", to="clients", name="projects_client"),
    )
    listed("projects", "client_id", "id")

    table(
        "rates",
        ("project_id", "place"),
        _each("project_id", ID),
        _each("place", COUNT),
        _each("rate", TEXT),
        _each("currency", CURRENCY),
        _some("since", INSTANT),
        _refers("project_id", to="projects", name="rates_project"),
    )

    table(
        "assignments",
        ("project_id", "person_id"),
        _each("project_id", ID),
        _each("person_id", ID),
        _refers("project_id", to="projects", name="assignments_project"),
        _refers("person_id", to="people", name="assignments_person"),
    )

    table(
        "contact_projects",
        ("person_id", "project_id"),
        _each("person_id", ID),
        _each("project_id", ID),
        _refers("person_id", to="people", name="contact_projects_person"),
        _refers("project_id", to="projects", name="contact_projects_project"),
    )

    table(
        "accounts",
        ("client_id",),
        _each("client_id", ID),
        _each("version", ORDINAL),
        _each("currency", CURRENCY),
        _each("sequence", COUNT),
        _each("balance_minor", WHOLE),
        _each("utilization_base_minor", WHOLE),
        _each("booked_at", INSTANT),
        _each("outstanding_minor", COUNT),
        _each("credit_minor", COUNT),
        _some("allowed_balance_minor", WHOLE),
        _some("refill_at_minor", WHOLE),
        _some("refill_rate", TEXT),
        _some("refill_hours", TEXT),
        _together("accounts_refill", "refill_at_minor", "refill_rate", "refill_hours"),
        _refers("client_id", to="clients", name="accounts_client"),
    )

    table(
        "sessions",
        ("id",),
        _each("id", ID),
        _each("version", ORDINAL),
        _each("client_id", ID),
        _each("project_id", ID),
        _each("person_id", ID),
        _each("start_at", INSTANT),
        _each("duration_us", COUNT),
        _each("rate", TEXT),
        _each("currency", CURRENCY),
        _each("minor", COUNT),
        _each("billable", FLAG),
        _each("note", TEXT),
        _some("stated_day", DAY),
        _each("over_limit", FLAG),
        _each("removed", FLAG),
        _refers("client_id", to="clients", name="sessions_client"),
        _refers("project_id", to="projects", name="sessions_project"),
        _refers("person_id", to="people", name="sessions_person"),
    )
    listed("sessions", "start_at", "id")
    listed("sessions", "client_id", "start_at", "id")
    listed("sessions", "project_id", "start_at", "id")
    listed("sessions", "person_id", "start_at", "id")

    table(
        "timers",
        ("id",),
        _each("id", ID),
        _each("version", ORDINAL),
        _each("client_id", ID),
        _each("project_id", ID),
        _each("person_id", ID),
        _each("start_at", INSTANT),
        _each("rate", TEXT),
        _each("currency", CURRENCY),
        _each("billable", FLAG),
        _each("note", TEXT),
        _refers("client_id", to="clients", name="timers_client"),
        _refers("project_id", to="projects", name="timers_project"),
        _refers("person_id", to="people", name="timers_person"),
    )
    listed("timers", "start_at", "id")

    table(
        "invoices",
        ("id",),
        _each("id", ID),
        _each("version", ORDINAL),
        _each("client_id", ID),
        _word("kind", INVOICE_KIND),
        _word("deposit", DEPOSIT),
        _each("currency", CURRENCY),
        _word("status", STATUS),
        _each("revision", TEXT),
        _each("total_minor", WHOLE),
        _each("paid_minor", COUNT),
        _some("number", TEXT),
        _some("issued_on", DAY),
        _some("due_on", DAY),
        _each("status_version", COUNT),
        _some("selection", PLAIN),
        _some("parties", PLAIN),
        _must("invoices_paid", "paid_minor <= total_minor"),
        _must("invoices_finished", "status = 'draft' OR number IS NOT NULL"),
        _together("invoices_issued", "issued_on", "due_on", "parties"),
        _must("invoices_draft", "(status = 'draft') = (issued_on IS NULL)"),
        UniqueConstraint("firm_id", "number", name="ic_invoices_number"),
        _refers("client_id", to="clients", name="invoices_client"),
    )
    listed("invoices", "client_id", "id")
    listed("invoices", "status", "id")

    table(
        "lines",
        ("invoice_id", "place"),
        _each("invoice_id", ID),
        _each("place", COUNT),
        _each("description", TEXT),
        _each("minor", WHOLE),
        _some("session_id", ID),
        _some("project_id", ID),
        _some("person_id", ID),
        _some("day", DAY),
        _some("duration_us", COUNT),
        _some("rate", TEXT),
        _some("currency", CURRENCY),
        _together("lines_rate", "rate", "currency"),
        _refers("invoice_id", to="invoices", name="lines_invoice"),
        _refers("session_id", to="sessions", name="lines_session"),
    )

    table(
        "payments",
        ("id",),
        _each("id", ID),
        _each("version", ORDINAL),
        _each("client_id", ID),
        _each("currency", CURRENCY),
        _each("minor", WHOLE),
        _each("received_on", DAY),
        _each("recorded_at", INSTANT),
        _each("by", ID),
        _each("method", TEXT),
        _each("reference", TEXT),
        _word("origin", PAYMENT_ORIGIN),
        _each("reversed_minor", COUNT),
        _each("unapplied_minor", COUNT),
        _must("payments_parts", "reversed_minor + unapplied_minor <= minor"),
        _refers("client_id", to="clients", name="payments_client"),
    )
    listed("payments", "client_id", "id")

    table(
        "applications",
        ("payment_id", "place"),
        _each("payment_id", ID),
        _each("place", COUNT),
        _each("invoice_id", ID),
        _each("minor", COUNT),
        _refers("payment_id", to="payments", name="applications_payment"),
        _refers("invoice_id", to="invoices", name="applications_invoice"),
    )
    listed("applications", "invoice_id", "payment_id")

    table(
        "entries",
        ("client_id", "sequence"),
        _each("client_id", ID),
        _each("sequence", ORDINAL),
        _word("kind", ENTRY_KIND),
        _each("minor", WHOLE),
        _each("balance_minor", WHOLE),
        _each("booked_at", INSTANT),
        _each("work_day", DAY),
        _each("cause", ID),
        _each("by", ID),
        _some("invoice_id", ID),
        _each("note", TEXT),
        _refers("client_id", to="accounts", name="entries_account"),
        _refers("invoice_id", to="invoices", name="entries_invoice"),
    )
    listed("entries", "client_id", "booked_at", "sequence")

    table(
        "status_changes",
        ("invoice_id", "sequence"),
        _each("invoice_id", ID),
        _each("sequence", ORDINAL),
        _each("at", INSTANT),
        _each("by", ID),
        _each("action", TEXT),
        _word("before", STATUS, nullable=True),
        _word("after", STATUS),
        _each("note", TEXT),
    )

    table(
        "audit",
        ("id",),
        _each("id", ID),
        _each("at", INSTANT),
        _each("by", ID),
        _each("action", TEXT),
        _each("changes", PLAIN),
        _each("reason", TEXT),
    )

    table(
        "claims",
        ("scope", "key"),
        _word("scope", SCOPE),
        _each("key", TEXT),
        _each("holder", ID),
    )

    table(
        "counters",
        ("name",),
        _each("name", TEXT),
        _each("next_value", ORDINAL),
    )

    table(
        "idempotency",
        ("key",),
        _each("key", TEXT),
        _each("request", TEXT),
        _some("result", PLAIN),
    )

    table(
        "outbox",
        ("id",),
        _each("id", ID),
        _each("at", INSTANT),
        _each("event", PLAIN),
        _some("leased_until", INSTANT),
    )


def _some(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _each(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _word(name: str, words: tuple[str, ...], *, nullable: bool = False) -> Column[Any]:
    known = ", ".join(f"'{word}'" for word in words)
    return Column(name, TEXT, nullable=nullable, info={"rule": f"{{}} IN ({known})"})


def _must(name: str, rule: str) -> CheckConstraint:
    return CheckConstraint(rule, name=f"ic_{name}")


def _together(name: str, first: str, *others: str) -> CheckConstraint:
    return _must(name, " AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others))


def _refers(*columns: str, to: str, name: str) -> ForeignKeyConstraint:
    key = {"firms": ("firm_id",), "accounts": ("firm_id", "client_id")}.get(to, ("firm_id", "id"))
    return ForeignKeyConstraint(["firm_id", *columns], [f"ic_{to}.{column}" for column in key], name=f"ic_{name}_fk")


def _table(op: Operations, name: str, key: tuple[str, ...], *rest: SchemaItem) -> None:
    columns = [_each("firm_id", ID), *(it for it in rest if isinstance(it, Column))]
    forms = FORMS if op.get_context().dialect.name == "sqlite" else {}
    op.create_table(
        f"ic_{name}",
        *columns,
        PrimaryKeyConstraint("firm_id", *key, name=f"ic_{name}_pk"),
        *(it for it in rest if not isinstance(it, Column)),
        *(
            _must(f"{name}_{column.name}", rule.format(column.name))
            for column in columns
            if (rule := column.info.get("rule") or RULES.get(column.type) or forms.get(column.type))
        ),
        sqlite_strict=True,
    )


def _index(op: Operations, table: str, *columns: str) -> None:
    op.create_index(f"ic_{table}_by_{columns[0]}", f"ic_{table}", ["firm_id", *columns])
