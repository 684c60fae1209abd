"""Which tables are the books kept in?

The firm leads every key, so that a database that is spread over machines can place whole firms. Money is whole minor
units, a rate is plain text because it may be finer than any column type, a duration is whole microseconds, and instants
are in UTC: a timestamp with time zone on PostgreSQL, sortable ISO text on SQLite, whose tables are STRICT.
"""

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
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

SQLITE, POSTGRES = "sqlite", "postgresql"
"""The names of the databases, as SQLAlchemy calls them."""

# Ids sort by their characters, as they do in Python, whatever the language of the database.
ID = Text().with_variant(Text(collation="C"), POSTGRES)
TEXT = Text()
WHOLE = BigInteger().with_variant(Integer(), SQLITE)
FLAG = Boolean().with_variant(Integer(), SQLITE)
INSTANT = DateTime(timezone=True).with_variant(Text(), SQLITE)
DAY = Date().with_variant(Text(), SQLITE)
PLAIN = JSONB().with_variant(Text(), SQLITE)
"""Values of the library as plain data, see `invoicecore.codec`."""

metadata = MetaData()


def _some(name: str, kind: object) -> "Column[object]":
    """A column that may be empty."""
    return Column(name, kind, nullable=True)  # type: ignore[call-overload, no-any-return]


def _each(name: str, kind: object) -> "Column[object]":
    """A column that always says something."""
    return Column(name, kind, nullable=False)  # type: ignore[call-overload, no-any-return]


def _of_firm(name: str, key: tuple[str, ...], *rest: object) -> Table:
    """A table whose rows belong to a firm, and are told apart in it by the columns of the key."""
    return Table(
        f"ic_{name}",
        metadata,
        _each("firm_id", ID),
        *rest,  # type: ignore[arg-type]
        PrimaryKeyConstraint("firm_id", *key, name=f"ic_{name}_pk"),
        sqlite_strict=True,
    )


def _refers(*columns: str, to: Table, name: str) -> ForeignKeyConstraint:
    """The columns, with the firm before them, name a row of another table."""
    return ForeignKeyConstraint(["firm_id", *columns], list(to.primary_key.columns), name=f"ic_{name}_fk")


def _listed(table: Table, *columns: str) -> None:
    """Rows of a firm are listed by these columns."""
    Index(f"{table.name}_by_{columns[0]}", table.c.firm_id, *(table.c[column] for column in columns))


firms = _of_firm(
    "firms",
    (),
    _each("version", WHOLE),
    _each("name", TEXT),
    _each("currency", TEXT),
    _each("timezone", TEXT),
    _each("contact", TEXT),
    _each("theme", TEXT),
    _each("terms_days", WHOLE),
    _each("terms_months", WHOLE),
    _each("terms_end_of_month", FLAG),
    _each("number_pattern", TEXT),
    _each("owner_id", ID),
)

clients = _of_firm(
    "clients",
    ("id",),
    _each("id", ID),
    _each("version", WHOLE),
    _each("name", TEXT),
    _each("currency", TEXT),
    _each("billing_address", TEXT),
    _some("terms_days", WHOLE),
    _some("terms_months", WHOLE),
    _some("terms_end_of_month", FLAG),
    _each("archived", FLAG),
    _refers(to=firms, name="clients_firm"),
)

people = _of_firm(
    "people",
    ("id",),
    _each("id", ID),
    _each("version", WHOLE),
    _each("name", TEXT),
    _each("role", TEXT),
    _some("email", TEXT),
    _some("timezone", TEXT),
    _some("client_id", ID),
    _each("limited", FLAG),
    _each("archived", FLAG),
    _refers(to=firms, name="people_firm"),
    _refers("client_id", to=clients, name="people_client"),
)

projects = _of_firm(
    "projects",
    ("id",),
    _each("id", ID),
    _each("version", WHOLE),
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
    _each("place", WHOLE),
    _each("rate", TEXT),
    _each("currency", TEXT),
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
    _each("version", WHOLE),
    _each("currency", TEXT),
    _each("sequence", WHOLE),
    _each("balance_minor", WHOLE),
    _each("anchor_minor", WHOLE),
    _each("booked_at", INSTANT),
    _each("asked_minor", WHOLE),
    _each("credit_minor", WHOLE),
    _some("allowed_balance_minor", WHOLE),
    _some("refill_at_minor", WHOLE),
    _some("refill_rate", TEXT),
    _some("refill_hours", TEXT),
    _refers("client_id", to=clients, name="accounts_client"),
)

sessions = _of_firm(
    "sessions",
    ("id",),
    _each("id", ID),
    _each("version", WHOLE),
    _each("client_id", ID),
    _each("project_id", ID),
    _each("person_id", ID),
    _each("start_at", INSTANT),
    _each("duration_us", WHOLE),
    _each("rate", TEXT),
    _each("currency", TEXT),
    _each("minor", WHOLE),
    _each("billable", FLAG),
    _each("note", TEXT),
    _some("stated_day", DAY),
    _each("past_stop", FLAG),
    _each("removed", FLAG),
    _refers("client_id", to=clients, name="sessions_client"),
    _refers("project_id", to=projects, name="sessions_project"),
    _refers("person_id", to=people, name="sessions_person"),
)
_listed(sessions, "start_at", "id")
_listed(sessions, "client_id", "start_at", "id")
_listed(sessions, "project_id", "start_at", "id")
_listed(sessions, "person_id", "start_at", "id")

timers = _of_firm(
    "timers",
    ("id",),
    _each("id", ID),
    _each("version", WHOLE),
    _each("client_id", ID),
    _each("project_id", ID),
    _each("person_id", ID),
    _each("start_at", INSTANT),
    _each("rate", TEXT),
    _each("currency", TEXT),
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
    _each("version", WHOLE),
    _each("client_id", ID),
    _each("kind", TEXT),
    _each("deposit", TEXT),
    _each("currency", TEXT),
    _each("status", TEXT),
    _each("revision", TEXT),
    _each("total_minor", WHOLE),
    _each("paid_minor", WHOLE),
    _some("number", TEXT),
    _some("issued_on", DAY),
    _some("due_on", DAY),
    _each("steps", WHOLE),
    _some("selection", PLAIN),
    _some("letterhead", PLAIN),
    UniqueConstraint("firm_id", "number", name="ic_invoices_number"),
    _refers("client_id", to=clients, name="invoices_client"),
)
_listed(invoices, "client_id", "id")
_listed(invoices, "status", "id")

lines = _of_firm(
    "lines",
    ("invoice_id", "place"),
    _each("invoice_id", ID),
    _each("place", WHOLE),
    _each("description", TEXT),
    _each("minor", WHOLE),
    _some("session_id", ID),
    _some("project_id", ID),
    _some("person_id", ID),
    _some("day", DAY),
    _some("duration_us", WHOLE),
    _some("rate", TEXT),
    _some("currency", TEXT),
    _refers("invoice_id", to=invoices, name="lines_invoice"),
    _refers("session_id", to=sessions, name="lines_session"),
)

payments = _of_firm(
    "payments",
    ("id",),
    _each("id", ID),
    _each("version", WHOLE),
    _each("client_id", ID),
    _each("currency", TEXT),
    _each("minor", WHOLE),
    _each("received_on", DAY),
    _each("recorded_at", INSTANT),
    _each("by", ID),
    _each("method", TEXT),
    _each("reference", TEXT),
    _each("origin", TEXT),
    _each("reversed_minor", WHOLE),
    _each("unapplied_minor", WHOLE),
    CheckConstraint("unapplied_minor >= 0", name="ic_payments_unapplied"),
    _refers("client_id", to=clients, name="payments_client"),
)
_listed(payments, "client_id", "id")

applications = _of_firm(
    "applications",
    ("payment_id", "place"),
    _each("payment_id", ID),
    _each("place", WHOLE),
    _each("invoice_id", ID),
    _each("minor", WHOLE),
    _refers("payment_id", to=payments, name="applications_payment"),
    _refers("invoice_id", to=invoices, name="applications_invoice"),
)
_listed(applications, "invoice_id", "payment_id")

entries = _of_firm(
    "entries",
    ("client_id", "sequence"),
    _each("client_id", ID),
    _each("sequence", WHOLE),
    _each("kind", TEXT),
    _each("minor", WHOLE),
    _each("balance_minor", WHOLE),
    _each("booked_at", INSTANT),
    _each("work_day", DAY),
    _each("cause", ID),
    _each("by", ID),
    _some("invoice_id", ID),
    _each("note", TEXT),
    CheckConstraint("sequence > 0", name="ic_entries_sequence"),
    _refers("client_id", to=accounts, name="entries_account"),
)
Index("ic_entries_by_booked_at", entries.c.firm_id, entries.c.client_id, entries.c.booked_at, entries.c.sequence)

status_changes = _of_firm(
    "status_changes",
    ("invoice_id", "sequence"),
    _each("invoice_id", ID),
    _each("sequence", WHOLE),
    _each("at", INSTANT),
    _each("by", ID),
    _each("act", TEXT),
    _some("before", TEXT),
    _each("after", TEXT),
    _each("note", TEXT),
)

audit = _of_firm(
    "audit",
    ("id",),
    _each("id", ID),
    _each("at", INSTANT),
    _each("by", ID),
    _each("act", TEXT),
    _each("changes", PLAIN),
    _each("reason", TEXT),
)

claims = _of_firm(
    "claims",
    ("scope", "key"),
    _each("scope", TEXT),
    _each("key", TEXT),
    _each("holder", ID),
)

counters = _of_firm(
    "counters",
    ("name",),
    _each("name", TEXT),
    _each("next_value", WHOLE),
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
