"""The definition of the tables.

`firm_id` is the first column of every key, so that a distributed database can place whole firms. The columns are
derived from the classes, see `invoicecore.storage.sql.mapping`; this module adds names, keys, references, indexes, and
which numbers are never negative.

Databases get their tables, and the triggers that prevent changes of appended rows, from
`invoicecore.storage.sql.migrations`; a change here needs a new revision there.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Index, Table, UniqueConstraint, literal_column, text

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports import store
from invoicecore.ports.archive import Counter, Reservation
from invoicecore.ports.store import AT_ONCE, AuditRecord, IdempotencyRecord
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.storage.sql.column_types import COUNT, FLAG, ID, INSTANT, ORDINAL, TEXT
from invoicecore.storage.sql.mapping import (
    ChildMapping,
    EntityMapping,
    Listing,
    RecordMapping,
    all_or_none,
    check,
    firm_table,
    metadata,
    nullable,
    required,
)
from invoicecore.values.logo import Logo
from invoicecore.values.receipt_file import ReceiptFile
from invoicecore.vocabulary import AWAITED

_PAYMENT_TERMS = {"payment_terms_days": COUNT, "payment_terms_months": COUNT}
_SUMS = dict.fromkeys(("outstanding_minor", "credit_minor", "reverted_minor", "uncollectible_minor"), COUNT)

ENTITIES: tuple[EntityMapping[Any], ...] = (
    EntityMapping(Firm, "firms", id="firm_id", types=_PAYMENT_TERMS),
    EntityMapping(Logo, "logos", references={"firm_id": "firms.firm_id"}, types={"width": ORDINAL, "height": ORDINAL}),
    EntityMapping(
        Client, "clients", references={"firm_id": "firms.firm_id"}, indexes=[("name", "id")], types=_PAYMENT_TERMS
    ),
    EntityMapping(
        Account,
        "accounts",
        id="client_id",
        references={"client_id": "clients.id"},
        types={"sequence": COUNT, "receivables_sequence": COUNT, **_SUMS},
        inline=("position", "terms"),
    ),
    EntityMapping(
        Project,
        "projects",
        references={"client_id": "clients.id"},
        indexes=[("client_id", "id"), ("name", "id")],
        children=(
            ChildMapping(Project, "rates", "rates", owner="project_id", references={"project_id": "projects.id"}),
            ChildMapping(
                Project,
                "assigned",
                "assignments",
                owner="project_id",
                references={"project_id": "projects.id", "person_id": "people.id"},
                indexes=[("person_id", "project_id")],
            ),
        ),
    ),
    EntityMapping(
        Person,
        "people",
        check("people_client", "(role = 'contact') = (client_id IS NOT NULL)"),
        references={"firm_id": "firms.firm_id", "client_id": "clients.id"},
        indexes=[("client_id", "id")],
        children=(
            ChildMapping(
                Person,
                "limited_to",
                "contact_projects",
                owner="person_id",
                references={"person_id": "people.id", "project_id": "projects.id"},
                flag="limited",
            ),
        ),
    ),
    EntityMapping(Login, "logins", id="person_id", references={"person_id": "people.id"}),
    EntityMapping(
        WorkSession,
        "sessions",
        references={"client_id": "clients.id", "project_id": "projects.id", "person_id": "people.id"},
        indexes=[
            ("start", "id"),
            ("client_id", "start", "id"),
            # With what time is added up from, so that no row is read for it.
            ("project_id", "start", "id", "removed", "duration_us"),
            ("person_id", "start", "id", "removed", "duration_us"),
        ],
        types={"minor": COUNT},
    ),
    EntityMapping(
        Timer,
        "timers",
        references={"client_id": "clients.id", "project_id": "projects.id", "person_id": "people.id"},
        indexes=[("start", "id")],
    ),
    EntityMapping(ReceiptFile, "receipts", references={"firm_id": "firms.firm_id"}),
    EntityMapping(
        Charge,
        "charges",
        check("charges_amount", "CASE kind WHEN 'allowance' THEN minor <= 0 ELSE minor >= 0 END"),
        references={
            "client_id": "clients.id",
            "project_id": "projects.id",
            "person_id": "people.id",
            "receipt": "receipts.id",
        },
        indexes=[("day", "id"), ("client_id", "day", "id"), ("project_id", "day", "id"), ("person_id", "day", "id")],
    ),
    EntityMapping(
        Invoice,
        "invoices",
        check("invoices_paid", "status = 'draft' OR covered_minor + paid_minor <= total_minor"),
        check("invoices_finished", "status = 'draft' OR number IS NOT NULL"),
        all_or_none("invoices_issued", "issued_on", "due_on", "parties"),
        check("invoices_draft", "(status = 'draft') = (issued_on IS NULL)"),
        UniqueConstraint("firm_id", "number", name="ic_invoices_number"),
        references={"client_id": "clients.id"},
        indexes=[("client_id", "id"), ("status", "id")],
        types=dict.fromkeys(
            (
                "covered_minor",
                "covered_tax_minor",
                "forgiven_minor",
                "paid_minor",
                "status_version",
                "tax_minor",
            ),
            COUNT,
        ),
        children=(
            ChildMapping(
                Invoice,
                "lines",
                "lines",
                owner="invoice_id",
                references={
                    "invoice_id": "invoices.id",
                    "session_id": "sessions.id",
                    "charge_id": "charges.id",
                },
                types={"blocks": COUNT},
            ),
            ChildMapping(
                Invoice,
                "covered_by",
                "covers",
                owner="invoice_id",
                references={"invoice_id": "invoices.id", "source_id": "invoices.id"},
                indexes=[("source_id", "invoice_id")],
                types={"minor": COUNT},
            ),
        ),
    ),
    EntityMapping(
        Payment,
        "payments",
        check("payments_parts", "reversed_minor + unapplied_minor <= minor"),
        references={"client_id": "clients.id"},
        indexes=[("client_id", "id"), ("received_on", "id")],
        types={"reversed_minor": COUNT, "unapplied_minor": COUNT},
        derived={"unapplied_minor": int},
        children=(
            ChildMapping(
                Payment,
                "applied",
                "applications",
                owner="payment_id",
                references={"payment_id": "payments.id", "invoice_id": "invoices.id"},
                indexes=[("invoice_id", "payment_id")],
                types={"minor": COUNT},
            ),
        ),
    ),
)
"""Every kind of entity, each after those that it refers to, and the account as early as can be: what is written in this
order meets another command on the same client before anything else."""

FACTS: tuple[RecordMapping[Any], ...] = (
    RecordMapping(
        LedgerEntry,
        "entries",
        key=("client_id", "sequence"),
        references={"client_id": "accounts.client_id", "invoice_id": "invoices.id"},
        # With what a balance is added up from, so that no row is read for it.
        indexes=[("client_id", "booked_at", "sequence"), ("client_id", "work_day", "sequence", "minor")],
        types={"sequence": ORDINAL, "cause": ID, "takes_back": ORDINAL, "books_again": ORDINAL},
    ),
    RecordMapping(
        StatusChange, "status_changes", key=("invoice_id", "sequence"), types={"sequence": ORDINAL, "action": TEXT}
    ),
    RecordMapping(
        ReceivableChange,
        "receivables",
        key=("client_id", "sequence"),
        references={"client_id": "accounts.client_id", "invoice_id": "invoices.id", "payment_id": "payments.id"},
        indexes=[("counts_from", "client_id", "sequence"), ("client_id", "counts_from", "sequence")],
        types={"sequence": ORDINAL, "takes_back": ORDINAL},
    ),
    RecordMapping(
        AuditRecord,
        "audit",
        UniqueConstraint("firm_id", "position", name="ic_audit_order"),
        key=("id",),
        indexes=[("action", "position")],
        types={"action": TEXT, "position": ORDINAL},
    ),
)
"""Every kind of fact."""

audit_entities: Final = firm_table(
    "audit_entities",
    ("entity_id", "audit_id"),
    [required("entity_id", ID), required("audit_id", ID)],
    references={},
)
"""Which audit records tell of an entity; a trigger of the database writes it."""

RECORDS: tuple[RecordMapping[Any], ...] = (
    RecordMapping(Reservation, "reservations", key=("kind", "key"), types={"owner": ID}),
    RecordMapping(Counter, "counters", key=("name",), types={"next": ORDINAL}),
    RecordMapping(IdempotencyRecord, "idempotency", key=("key",)),
    RecordMapping(
        Message,
        "outbox",
        key=("id",),
        extra=[
            nullable("due", INSTANT, f"{AT_ONCE:%Y-%m-%dT%H:%M:%S.%fZ}"),
            required("attempts", COUNT, "0"),
            required("error", TEXT, ""),
        ],
        indexes=[("due", "at", "id")],
    ),
)
"""What is stored beside the entities and facts."""

removals: Final = firm_table(
    "removals",
    ("removed_at",),
    [required("removed_at", INSTANT), required("sha256", TEXT), required("going", FLAG)],
    references={},
)
"""The firms that were removed; one may lose its appended rows while it is `going`, in one transaction."""


# the tables by their names


def _table(name: str) -> Table:
    return metadata.tables[f"ic_{name}"]


firms: Final = _table("firms")
logos: Final = _table("logos")
clients: Final = _table("clients")
accounts: Final = _table("accounts")
projects: Final = _table("projects")
rates: Final = _table("rates")
assignments: Final = _table("assignments")
people: Final = _table("people")
contact_projects: Final = _table("contact_projects")
logins: Final = _table("logins")
sessions: Final = _table("sessions")
timers: Final = _table("timers")
receipts: Final = _table("receipts")
charges: Final = _table("charges")
invoices: Final = _table("invoices")
lines: Final = _table("lines")
covers: Final = _table("covers")
payments: Final = _table("payments")
applications: Final = _table("applications")
entries: Final = _table("entries")
status_changes: Final = _table("status_changes")
receivables: Final = _table("receivables")
audit: Final = _table("audit")
reservations: Final = _table("reservations")
counters: Final = _table("counters")
idempotency: Final = _table("idempotency")
outbox: Final = _table("outbox")

# As SQLite needs it: it uses such an index only for a condition with the same words.
IS_AWAITED: Final = text(f"status IN ({', '.join(repr(it.value) for it in AWAITED)})")
"""Whether an invoice becomes overdue when its day has passed."""
Index(
    "ic_invoices_awaited", invoices.c.firm_id, invoices.c.due_on, postgresql_where=IS_AWAITED, sqlite_where=IS_AWAITED
)
IS_DISCOUNT: Final = literal_column("minor < 0", FLAG)
"""Whether a charge is a discount that asks for something: no other charge is below zero."""
Index(
    "ic_charges_discounts",
    *(charges.c[it] for it in ("firm_id", "client_id", "day", "id")),
    postgresql_where=IS_DISCOUNT,
    sqlite_where=IS_DISCOUNT,
)


# the indexes


_TABLES: Mapping[type[Any], Table] = {
    **{it.kind: it.table for it in ENTITIES},
    **{it.kind: it.table for it in FACTS},
}


def _listing(
    index: store.Index[Any],
    key: str | Column[str] | None = None,
    *,
    only: ColumnElement[bool] | None = None,
    link: Column[str] | None = None,
) -> tuple[str, Listing]:
    table = _TABLES[index.of]
    order = tuple(table.c[name] for name in index.order)
    return index.name, Listing(table, table.c[key] if isinstance(key, str) else key, order, only, link)


LISTINGS: Mapping[str, Listing] = dict(
    [
        _listing(store.PEOPLE),
        _listing(store.CLIENTS),
        _listing(store.PROJECTS),
        _listing(store.PROJECTS_OF_CLIENT, "client_id"),
        _listing(store.SESSIONS),
        _listing(store.SESSIONS_OF_CLIENT, "client_id"),
        _listing(store.SESSIONS_OF_PROJECT, "project_id"),
        _listing(store.SESSIONS_OF_PERSON, "person_id"),
        _listing(store.TIMERS),
        _listing(store.CHARGES),
        _listing(store.CHARGES_OF_CLIENT, "client_id"),
        _listing(store.CHARGES_OF_PERSON, "person_id"),
        _listing(store.DISCOUNTS_OF_CLIENT, "client_id", only=IS_DISCOUNT),
        _listing(store.INVOICES),
        _listing(store.INVOICES_OF_CLIENT, "client_id"),
        _listing(store.INVOICES_IN_STATUS, "status"),
        _listing(store.PAYMENTS_OF_CLIENT, "client_id"),
        _listing(store.PAYMENTS_ON_INVOICE, applications.c.invoice_id, link=applications.c.payment_id),
        _listing(store.PAYMENTS_BY_DAY),
        _listing(store.CREDIT_OF_CLIENT, "client_id", only=payments.c.unapplied_minor > 0),
        _listing(store.ENTRIES_OF_CLIENT, "client_id"),
        _listing(store.ENTRIES_BY_TIME, "client_id"),
        _listing(store.ENTRIES_BY_WORK_DAY, "client_id"),
        _listing(store.HISTORY_OF_INVOICE, "invoice_id"),
        _listing(store.RECEIVABLES),
        _listing(store.RECEIVABLES_OF_CLIENT, "client_id"),
        _listing(store.AUDIT),
        _listing(store.AUDIT_BY_ID, "id"),
        _listing(store.AUDIT_OF_ACTION, "action"),
        _listing(store.AUDIT_OF_ENTITY, audit_entities.c.entity_id, link=audit_entities.c.audit_id),
    ]
)
"""How each index of the port is answered, by its name."""
