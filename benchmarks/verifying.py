"""The pace and memory of `billing.verify()` over the books of a large firm on SQLite.

The firm is the crowd, completed by what verification asks for besides: histories, reservations, and an audit record of
its own for every session, as if each had been logged by itself. The floor reads the same tables with the bare driver.
"""

import json
import tracemalloc
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from benchmarks.crowd import CLIENTS, SESSIONS, Crowd, in_file
from benchmarks.figures import Aim, Figure, Unit
from benchmarks.measure import Measured, timed
from invoicecore import Billing, IntegrityReport
from invoicecore.lifecycle.drafts import revision
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.ports.store import Versioned

_TABLES = (
    "sessions",
    "lines",
    "invoices",
    "payments",
    "entries",
    "status_changes",
    "receivables",
    "audit",
    "reservations",
)

_COMPLETING: tuple[str, ...] = (
    """INSERT INTO ic_status_changes (firm_id, invoice_id, sequence, at, by, action, "before", "after", note)
    SELECT firm_id, id, 1, issued_on || 'T12:00:00.000000Z', :owner, 'generate', NULL, 'generated', ''
    FROM ic_invoices WHERE firm_id = :firm""",
    """INSERT INTO ic_status_changes (firm_id, invoice_id, sequence, at, by, action, "before", "after", note)
    SELECT firm_id, id, 2, issued_on || 'T12:00:00.000000Z', :owner, 'set_' || status, 'generated', status, ''
    FROM ic_invoices WHERE firm_id = :firm""",
    """INSERT INTO ic_reservations (firm_id, kind, key, owner)
    SELECT firm_id, 'number', number, id FROM ic_invoices WHERE firm_id = :firm""",
    """INSERT INTO ic_reservations (firm_id, kind, key, owner)
    SELECT firm_id, 'email', email, id FROM ic_people WHERE firm_id = :firm AND email IS NOT NULL""",
    """UPDATE ic_accounts SET version = (
        SELECT count(*) + 1 FROM ic_sessions s
        WHERE s.firm_id = ic_accounts.firm_id AND s.client_id = ic_accounts.client_id),
    utilization_base_minor = coalesce((
        SELECT balance_minor FROM ic_entries e
        WHERE e.firm_id = ic_accounts.firm_id AND e.client_id = ic_accounts.client_id AND kind = 'payment'
        ORDER BY sequence DESC LIMIT 1), 0)
    WHERE firm_id = :firm""",
    """INSERT INTO ic_audit (firm_id, id, at, by, action, changes, reason, position)
    SELECT firm_id, 'a' || id, '2024-01-01T10:00:00.000000Z', :owner, 'add_client',
        json_array(json_array('Client', id, 0, 1), json_array('Account', id, 0, 1)), '',
        (SELECT max(position) FROM ic_audit WHERE firm_id = :firm) + row_number() OVER (ORDER BY id)
    FROM ic_clients WHERE firm_id = :firm""",
    *(
        f"""INSERT INTO ic_audit (firm_id, id, at, by, action, changes, reason, position)
        SELECT firm_id, 'b' || id, '2024-01-01T10:00:00.000000Z', :owner, '{action}',
            json_array(json_array('{kind}', id, 0, 1)), '',
            (SELECT max(position) FROM ic_audit WHERE firm_id = :firm) + row_number() OVER (ORDER BY id)
        FROM ic_{table} WHERE firm_id = :firm AND id != :owner"""
        for kind, table, action in (
            ("Project", "projects", "add_project"),
            ("Person", "people", "add_person"),
            ("Invoice", "invoices", "generate"),
            ("Payment", "payments", "record_payment"),
        )
    ),
    """INSERT INTO ic_audit (firm_id, id, at, by, action, changes, reason, position)
    SELECT firm_id, 'c' || id, start, person_id, 'log_work',
        json_array(json_array('WorkSession', id, 0, 1), json_array('Account', client_id, place, place + 1)), '',
        (SELECT max(position) FROM ic_audit WHERE firm_id = :firm) + row_number() OVER (ORDER BY id)
    FROM (SELECT *, row_number() OVER (PARTITION BY client_id ORDER BY id) AS place
        FROM ic_sessions WHERE firm_id = :firm)""",
)


@cache
def bare(clients: int, sessions: int) -> Any:
    """A bare connection to the same file."""
    driver: Any = in_file(clients, sessions).storage.engine.raw_connection().driver_connection
    driver.isolation_level = None
    return driver


@cache
def completed(clients: int, sessions: int) -> Crowd:
    """The crowd, with all that sound books consist of."""
    firm, driver = in_file(clients, sessions), bare(clients, sessions)
    billing = Billing.open(firm.storage, firm.firm_id)
    given = {"firm": firm.firm_id, "owner": billing.as_owner().person_id}
    with firm.storage.everything(firm.firm_id) as items:
        invoices = (it.entity for it in items if isinstance(it, Versioned) and isinstance(it.entity, Invoice))
        revisions = [(revision(it.lines), firm.firm_id, it.id) for it in invoices]
    driver.execute("BEGIN IMMEDIATE")
    for statement in _COMPLETING:
        driver.execute(statement, given)
    driver.executemany("UPDATE ic_invoices SET revision = ? WHERE firm_id = ? AND id = ?", revisions)
    driver.execute("COMMIT")
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return firm


def _verified(firm: Crowd) -> IntegrityReport:
    report = Billing.open(firm.storage, firm.firm_id).verify()
    assert report.is_sound, report.findings[:3]
    return report


def _read(firm: Crowd, driver: Any) -> None:
    for table in _TABLES:
        for row in driver.execute(f"SELECT * FROM ic_{table} WHERE firm_id = ?", (firm.firm_id,)):
            _ = json.loads(row[5]) if table == "audit" else row


def pace(*, quick: bool) -> Figure:
    """All of it, once, by processor time."""
    sessions = 10_000 if quick else SESSIONS
    clients = sessions * CLIENTS // SESSIONS
    firm, driver = completed(clients, sessions), bare(clients, sessions)
    floor, library = timed(lambda: _read(firm, driver), 1), timed(lambda: _verified(firm), 1)
    return Figure(
        name="verify",
        what=f"verify the books of {sessions:,} sessions, their entries and audit records on SQLite",
        against="reading the rows by hand",
        unit=Unit.MILLISECONDS,
        measured=Measured(floor, library, library / floor),
        to_reach=Aim(60, Unit.MILLISECONDS),  # seconds are given
        long_aim=Aim(40, Unit.MILLISECONDS),
    )


def _peak(firm: Crowd) -> int:
    tracemalloc.start()
    try:
        _verified(firm)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def held(*, quick: bool) -> Figure:
    """What is held at most, for each session and all that belongs to it."""
    few, many = (1000, 10_000) if quick else (10_000, 100_000)
    small, large = (_peak(completed(sessions // 100, sessions)) for sessions in (few, many))
    each = (large - small) / (many - few)
    return Figure(
        name="verify-held",
        what=f"the same, the most that is held at once for each of {many:,} sessions",
        against=f"in all, of {few:,}",
        unit=Unit.BYTES,
        measured=Measured(small, each, each / small),
        to_reach=Aim(500, Unit.BYTES),
    )


LINES: Mapping[str, Callable[..., Figure]] = {"verify": pace, "verify-held": held}
"""Every line about verification, by the name of its figure."""
