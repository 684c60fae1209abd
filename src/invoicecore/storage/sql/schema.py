"""Which tables are the books kept in?

The firm leads every key, so that a database that is spread over machines can place whole firms. Money is whole minor
units, a rate is plain text because it may be finer than any column type, a duration is whole microseconds, and instants
are in UTC: a timestamp with time zone on PostgreSQL, sortable ISO text on SQLite, whose tables are STRICT.

This is what the adapter goes by. Databases get their tables from `invoicecore.storage.sql.migrations`, and with them
the triggers that let nobody change what was appended; a change here wants a new revision there.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from invoicecore.ports.store import UniqueKind
from invoicecore.vocabulary import Deposit, EntryKind, InvoiceKind, PaymentOrigin, Role, Status

SQLITE, POSTGRES = "sqlite", "postgresql"
"""The names of the databases, as SQLAlchemy calls them."""

# Ids sort by their characters, as they do in Python, whatever the language of the database.
ID = Text().with_variant(Text(collation="C"), POSTGRES)
TEXT = Text()
CURRENCY = Text()
WHOLE = BigInteger().with_variant(Integer(), SQLITE)
COUNT = BigInteger().with_variant(Integer(), SQLITE)
"""A whole number that is not negative."""
ORDINAL = BigInteger().with_variant(Integer(), SQLITE)
"""A whole number that counts from 1."""
FLAG = Boolean().with_variant(Integer(), SQLITE)
INSTANT = DateTime(timezone=True).with_variant(Text(), SQLITE)
DAY = Date().with_variant(Text(), SQLITE)
PLAIN = JSONB().with_variant(Text(), SQLITE)
"""Values of the library as plain data, see `invoicecore.codec`."""
BYTES = LargeBinary()

_RULES: dict[TypeEngine[Any], str] = {CURRENCY: "length({}) = 3", COUNT: "{} >= 0", ORDINAL: "{} > 0"}
# What PostgreSQL knows by the type, and SQLite is told.
_FORMS: dict[TypeEngine[Any], str] = {
    FLAG: "{} IN (0, 1)",
    INSTANT: f"{{}} GLOB '{'0000-00-00T00:00:00.000000Z'.replace('0', '[0-9]')}'",
    DAY: f"{{}} GLOB '{'0000-00-00'.replace('0', '[0-9]')}'",
    PLAIN: "{0} IS NULL OR json_valid({0})",
}

metadata = MetaData()


def _some(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    """A column that may be empty."""
    return Column(name, kind, nullable=True)


def _each(name: str, kind: TypeEngine[Any], *, before: str | None = None) -> Column[Any]:
    """A column that always says something; `before` is what it says in rows that were there before it came."""
    return Column(name, kind, nullable=False, server_default=before)


def _word(name: str, words: Iterable[str], *, nullable: bool = False) -> Column[Any]:
    """A column that says one of a few words. A new word wants a new revision of the tables, for what does not know it
    cannot read it."""
    known = ", ".join(f"'{word}'" for word in words)
    return Column(name, TEXT, nullable=nullable, info={"rule": f"{{}} IN ({known})"})


def _of_firm(name: str, key: tuple[str, ...], *rest: SchemaItem) -> Table:
    """A table whose rows belong to a firm, and are told apart in it by the columns of the key."""
    table = Table(
        f"ic_{name}",
        metadata,
        _each("firm_id", ID),
        *rest,
        PrimaryKeyConstraint("firm_id", *key, name=f"ic_{name}_pk"),
        sqlite_strict=True,
    )
    for column in table.columns:
        rule = column.info.get("rule", _RULES.get(column.type))
        if rule is not None:
            table.append_constraint(_must(f"{name}_{column.name}", rule.format(column.name)))
        elif column.type in _FORMS:
            form = _must(f"{name}_{column.name}", _FORMS[column.type].format(column.name))
            table.append_constraint(form.ddl_if(dialect=SQLITE))
    return table


def _must(name: str, rule: str) -> CheckConstraint:
    """What is true of every row."""
    return CheckConstraint(rule, name=f"ic_{name}")


def _together(name: str, first: str, *others: str) -> CheckConstraint:
    """Columns that are all empty, or none of them."""
    return _must(name, " AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others))


def _refers(*columns: str, to: Table, name: str) -> ForeignKeyConstraint:
    """The columns, with the firm before them, name a row of another table."""
    return ForeignKeyConstraint(["firm_id", *columns], list(to.primary_key.columns), name=f"ic_{name}_fk")


def _listed(table: Table, *columns: str) -> None:
    """Rows of a firm are listed by these columns."""
    Index(f"{table.name}_by_{columns[0]}", table.c.firm_id, *(table.c[column] for column in columns))


firms = _of_firm(
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
    _each("locale", TEXT, before="en"),
    _some("logo_id", ID),
    _each("tax_id", TEXT, before=""),
    _each("payment_instructions", TEXT, before=""),
)

logos = _of_firm(
    "logos",
    ("id",),
    _each("id", ID),
    _each("version", ORDINAL),
    _each("media_type", TEXT),
    _each("width", ORDINAL),
    _each("height", ORDINAL),
    _each("content", BYTES),
    _refers(to=firms, name="logos_firm"),
)

clients = _of_firm(
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
    _some("locale", TEXT),
    _together("clients_terms", "terms_days", "terms_months", "terms_end_of_month"),
    _refers(to=firms, name="clients_firm"),
)

people = _of_firm(
    "people",
    ("id",),
    _each("id", ID),
    _each("version", ORDINAL),
    _each("name", TEXT),
    _word("role", Role),
    _some("email", TEXT),
    _some("timezone", TEXT),
    _some("client_id", ID),
    _each("limited", FLAG),
    _each("archived", FLAG),
    _must("people_client", "(role = 'contact') = (client_id IS NOT NULL)"),
    _refers(to=firms, name="people_firm"),
    _refers("client_id", to=clients, name="people_client"),
)

logins = _of_firm(
    "logins",
    ("person_id",),
    _each("person_id", ID),
    _each("version", ORDINAL),
    _some("password_hash", TEXT),
    _each("admitted_from", PLAIN),
    _some("last_sign_in", INSTANT),
    _refers("person_id", to=people, name="logins_person"),
)

projects = _of_firm(
    "projects",
    ("id",),
    _each("id", ID),
    _each("version", ORDINAL),
    _each("client_id", ID),
    _each("name", TEXT),
    _some("starts_on", DAY),
    _each("notes", TEXT),
    _each("archived", FLAG),
    _refers("client_id", to=clients, name="projects_client"),
)
_listed(projects, "client_id", "id")

rates = _of_firm(
    "rates",
    ("project_id", "place"),
    _each("project_id", ID),
    _each("place", COUNT),
    _each("rate", TEXT),
    _each("currency", CURRENCY),
    _some("since", INSTANT),
    _refers("project_id", to=projects, name="rates_project"),
)

assignments = _of_firm(
    "assignments",
    ("project_id", "person_id"),
    _each("project_id", ID),
    _each("person_id", ID),
    _refers("project_id", to=projects, name="assignments_project"),
    _refers("person_id", to=people, name="assignments_person"),
)
_listed(assignments, "person_id", "project_id")

contact_projects = _of_firm(
    "contact_projects",
    ("person_id", "project_id"),
    _each("person_id", ID),
    _each("project_id", ID),
    _refers("person_id", to=people, name="contact_projects_person"),
    _refers("project_id", to=projects, name="contact_projects_project"),
)

accounts = _of_firm(
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
    _refers("client_id", to=clients, name="accounts_client"),
)

sessions = _of_firm(
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
    _refers("client_id", to=clients, name="sessions_client"),
    _refers("project_id", to=projects, name="sessions_project"),
    _refers("person_id", to=people, name="sessions_person"),
)
_listed(sessions, "start_at", "id")
_listed(sessions, "client_id", "start_at", "id")
# With what time is added up from, so that no row is read for it.
_listed(sessions, "project_id", "start_at", "id", "removed", "duration_us")
_listed(sessions, "person_id", "start_at", "id", "removed", "duration_us")

timers = _of_firm(
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
    _refers("client_id", to=clients, name="timers_client"),
    _refers("project_id", to=projects, name="timers_project"),
    _refers("person_id", to=people, name="timers_person"),
)
_listed(timers, "start_at", "id")

invoices = _of_firm(
    "invoices",
    ("id",),
    _each("id", ID),
    _each("version", ORDINAL),
    _each("client_id", ID),
    _word("kind", InvoiceKind),
    _word("deposit", Deposit),
    _each("currency", CURRENCY),
    _word("status", Status),
    _each("revision", TEXT),
    _each("total_minor", WHOLE),
    _each("paid_minor", COUNT),
    _some("number", TEXT),
    _some("issued_on", DAY),
    _some("due_on", DAY),
    _each("status_version", COUNT),
    _some("selection", PLAIN),
    _some("parties", PLAIN),
    _each("notes", TEXT, before=""),
    _must("invoices_paid", "paid_minor <= total_minor"),
    _must("invoices_finished", "status = 'draft' OR number IS NOT NULL"),
    _together("invoices_issued", "issued_on", "due_on", "parties"),
    _must("invoices_draft", "(status = 'draft') = (issued_on IS NULL)"),
    UniqueConstraint("firm_id", "number", name="ic_invoices_number"),
    _refers("client_id", to=clients, name="invoices_client"),
)
_listed(invoices, "client_id", "id")
_listed(invoices, "status", "id")

lines = _of_firm(
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
    _some("blocks", COUNT),
    _together("lines_rate", "rate", "currency"),
    _refers("invoice_id", to=invoices, name="lines_invoice"),
    _refers("session_id", to=sessions, name="lines_session"),
)

payments = _of_firm(
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
    _word("origin", PaymentOrigin),
    _each("reversed_minor", COUNT),
    _each("unapplied_minor", COUNT),
    _must("payments_parts", "reversed_minor + unapplied_minor <= minor"),
    _refers("client_id", to=clients, name="payments_client"),
)
_listed(payments, "client_id", "id")
_listed(payments, "received_on", "id")

applications = _of_firm(
    "applications",
    ("payment_id", "place"),
    _each("payment_id", ID),
    _each("place", COUNT),
    _each("invoice_id", ID),
    _each("minor", COUNT),
    _refers("payment_id", to=payments, name="applications_payment"),
    _refers("invoice_id", to=invoices, name="applications_invoice"),
)
_listed(applications, "invoice_id", "payment_id")

entries = _of_firm(
    "entries",
    ("client_id", "sequence"),
    _each("client_id", ID),
    _each("sequence", ORDINAL),
    _word("kind", EntryKind),
    _each("minor", WHOLE),
    _each("balance_minor", WHOLE),
    _each("booked_at", INSTANT),
    _each("work_day", DAY),
    _each("cause", ID),
    _each("by", ID),
    _some("invoice_id", ID),
    _each("note", TEXT),
    _refers("client_id", to=accounts, name="entries_account"),
    _refers("invoice_id", to=invoices, name="entries_invoice"),
)
_listed(entries, "client_id", "booked_at", "sequence")

status_changes = _of_firm(
    "status_changes",
    ("invoice_id", "sequence"),
    _each("invoice_id", ID),
    _each("sequence", ORDINAL),
    _each("at", INSTANT),
    _each("by", ID),
    _each("action", TEXT),
    _word("before", Status, nullable=True),
    _word("after", Status),
    _each("note", TEXT),
)

audit = _of_firm(
    "audit",
    ("id",),
    _each("id", ID),
    _each("at", INSTANT),
    _each("by", ID),
    _each("action", TEXT),
    _each("changes", PLAIN),
    _each("reason", TEXT),
)

claims = _of_firm(
    "claims",
    ("scope", "key"),
    _word("scope", UniqueKind),
    _each("key", TEXT),
    _each("holder", ID),
)

counters = _of_firm(
    "counters",
    ("name",),
    _each("name", TEXT),
    _each("next_value", ORDINAL),
)

idempotency = _of_firm(
    "idempotency",
    ("key",),
    _each("key", TEXT),
    _each("request", TEXT),
    _some("result", PLAIN),
)

outbox = _of_firm(
    "outbox",
    ("id",),
    _each("id", ID),
    _each("at", INSTANT),
    _each("event", PLAIN),
    _some("leased_until", INSTANT),
)
