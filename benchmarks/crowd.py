"""A large firm to ask for pages: put into a database by SQL itself, because a million commands would take a day.

Every client has two projects and worked for in turn, ten sessions to an invoice. The last tenth of the work is not
invoiced yet; of the invoices before it most are paid, some are due or overdue, and some of those in part. What lies in
the tables is what the library would have written, but for the audit trail and the steps of invoices, which no page asks
for.
"""

from atexit import register
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from sqlalchemy import text

from invoicecore import Billing, Firm, Person, Role, SettableClock, utc
from invoicecore.storage.sql import SqlStorage
from invoicecore.values.ids import FirmId

CLIENTS, SESSIONS = 10_000, 1_000_000
"""How large the firm is of which figures are told."""

WORKERS = 50
NOW = utc(2026, 1, 1, 12)

_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {many})"
# Ids are told apart by how they begin, as those are that begin with a time.
_ID = "printf('%012d-7000-8000-{kind}00000000000', {n})"


def _id(kind: str, n: str) -> str:
    return _ID.format(kind=kind, n=n)


_CLIENT, _PROJECT, _PERSON = "c", "d", "e"
_SESSION, _INVOICE, _PAYMENT = "1", "2", "3"
_AT = "strftime('%Y-%m-%dT%H:%M:00.000000Z', 1704103200 + 60 * ({n}), 'unixepoch')"
_DAY = "date(1704103200 + 60 * ({n}), 'unixepoch')"

# Of session n: the client, which of the client's it is, and their invoice, if there is one; of invoice j the same.
_C, _K, _J = "n % :clients", "n / :clients", "(n / :clients / 10) * :clients + n % :clients"
_ROUNDS = ":sessions / :clients / 10"
_PAID = f"""CASE
    WHEN n / :clients < {_ROUNDS} - 3 OR n % 10 > 0 AND n / :clients = {_ROUNDS} - 3 OR n % 3 = 2 THEN 50000
    WHEN n % 7 = 0 THEN 20000
    ELSE 0 END"""
_ISSUED = "(n / :clients + 1) * 10 * :clients"

_FILLING: tuple[tuple[str, str], ...] = (
    (
        ":clients",
        f"""INSERT INTO ic_clients (firm_id, id, version, name, currency, billing_address, archived)
        SELECT :firm, {_id(_CLIENT, "n")}, 1, printf('Client %05d', n * 7919 % :clients), 'USD',
            printf('%d Main St', n), n % 20 = 0
        FROM numbers""",
    ),
    (
        f"{WORKERS}",
        f"""INSERT INTO ic_people (firm_id, id, version, name, role, email, limited, archived)
        SELECT :firm, {_id(_PERSON, "n")}, 1, printf('Worker %02d', n * 31 % {WORKERS}), 'worker',
            printf('worker%d@northwind.example', n), n < 0, n < 0
        FROM numbers""",
    ),
    (
        ":clients / 5",
        f"""INSERT INTO ic_people (firm_id, id, version, name, role, client_id, limited, archived)
        SELECT :firm, {_id(_PERSON, f"{WORKERS} + n")}, 1, printf('Contact %05d', n), 'contact',
            {_id(_CLIENT, "5 * n")}, n < 0, n < 0
        FROM numbers""",
    ),
    (
        "2 * :clients",
        f"""INSERT INTO ic_projects (firm_id, id, version, client_id, name, notes, billable, archived, billing)
        SELECT :firm, {_id(_PROJECT, "n")}, 1, {_id(_CLIENT, "n / 2")},
            CASE n % 2 WHEN 0 THEN 'Website' ELSE 'Garden' END, '', n >= 0, n % 40 = 0, 'hourly'
        FROM numbers""",
    ),
    (
        "2 * :clients",
        f"""INSERT INTO ic_rates (firm_id, project_id, place, rate, rate_currency)
        SELECT :firm, {_id(_PROJECT, "n")}, 0, '50', 'USD' FROM numbers""",
    ),
    (
        "2 * :clients",
        f"""INSERT INTO ic_assignments (firm_id, project_id, person_id)
        SELECT :firm, {_id(_PROJECT, "n")}, {_id(_PERSON, f"n % {WORKERS}")} FROM numbers""",
    ),
    (
        ":sessions",
        f"""INSERT INTO ic_sessions (firm_id, id, version, client_id, project_id, person_id, start, duration_us,
            rate, rate_currency, minor, billable, note, over_limit, removed, rate_stated)
        SELECT :firm, {_id(_SESSION, "n")}, 1, {_id(_CLIENT, _C)}, {_id(_PROJECT, f"2 * ({_C}) + ({_K}) % 2")},
            {_id(_PERSON, f"(2 * ({_C}) + ({_K}) % 2) % {WORKERS}")}, {_AT.format(n="n")}, 3600000000,
            '50', 'USD', 5000, n >= 0, 'Wireframes', n < 0, n < 0, n < 0
        FROM numbers""",
    ),
    (
        f":clients * ({_ROUNDS} - 1)",
        f"""INSERT INTO ic_invoices (firm_id, id, version, client_id, kind, deposit, currency, status, revision,
            total_minor, covered_minor, paid_minor, forgiven_minor, number, issued_on, due_on, status_version,
            selection, parties, notes, released, tax_minor, covered_tax_minor)
        SELECT :firm, {_id(_INVOICE, "n")}, 1, {_id(_CLIENT, "n % :clients")}, 'time', 'to_balance', 'USD',
            CASE {_PAID} WHEN 50000 THEN 'paid' ELSE CASE n % 3 WHEN 0 THEN 'overdue' ELSE 'due' END END,
            printf('%032d', n), 50000, 0, {_PAID}, 0, printf('INV-%07d', n + 1), {_DAY.format(n=_ISSUED)},
            {_DAY.format(n=f"{_ISSUED} + 30 * 1440")}, 2,
            '{{"period": {{"first": "2024-01-01", "last": "2026-12-31"}}, "projects": null, "left_out": []}}',
            '{{"firm_name": "Northwind Studio", "firm_contact": "", "client_name": "Client", "billing_address": "",
            "theme": "", "timezone": "UTC", "names": []}}', '', '[]', 0, 0
        FROM numbers""",
    ),
    (
        f":clients * 10 * ({_ROUNDS} - 1)",
        f"""INSERT INTO ic_lines (firm_id, invoice_id, place, description, minor, session_id, project_id, person_id,
            day, duration_us, rate, rate_currency)
        SELECT :firm, {_id(_INVOICE, _J)}, ({_K}) % 10, 'Wireframes', 5000, {_id(_SESSION, "n")},
            {_id(_PROJECT, f"2 * ({_C}) + ({_K}) % 2")}, {_id(_PERSON, f"(2 * ({_C}) + ({_K}) % 2) % {WORKERS}")},
            {_DAY.format(n="n")}, 3600000000, '50', 'USD'
        FROM numbers""",
    ),
    (
        f":clients * 10 * ({_ROUNDS} - 1)",
        f"""INSERT INTO ic_reservations (firm_id, kind, key, owner)
        SELECT :firm, 'charge', {_id(_SESSION, "n")}, {_id(_INVOICE, _J)} FROM numbers""",
    ),
    (
        f":clients * ({_ROUNDS} - 1)",
        f"""INSERT INTO ic_payments (firm_id, id, version, client_id, currency, minor, received_on, recorded_at, by,
            method, reference, origin, reversed_minor, unapplied_minor)
        SELECT :firm, {_id(_PAYMENT, "n")}, 1, {_id(_CLIENT, "n % :clients")}, 'USD', {_PAID},
            {_DAY.format(n=f"{_ISSUED} + 20 * 1440")}, {_AT.format(n=f"{_ISSUED} + 20 * 1440")}, :owner, 'wire',
            printf('TX-%d', n), 'recorded', 0, 0
        FROM numbers WHERE {_PAID} > 0""",
    ),
    (
        "1",
        """INSERT INTO ic_applications (firm_id, payment_id, place, invoice_id, minor)
        SELECT p.firm_id, p.id, 0, i.id, p.minor
        FROM ic_invoices i JOIN ic_payments p ON p.firm_id = i.firm_id AND substr(p.id, 1, 12) = substr(i.id, 1, 12)
            AND p.id = substr(i.id, 1, 23) || '300000000000'
        WHERE i.firm_id = :firm""",
    ),
    (
        "1",
        f"""INSERT INTO ic_accounts (firm_id, client_id, version, currency, sequence, balance_minor,
            utilization_base_minor, booked_at, outstanding_minor, credit_minor, unbilled_minor, reverted_minor,
            uncollectible_minor, receivables_sequence, receivables_booked_on, allowed_balance_minor, has_imports)
        SELECT :firm, id, 1, 'USD', 0, 0, 0, {_AT.format(n="0")}, 0, 0, 0, 0, 0, 0, '0001-01-01', -2000000,
            archived AND NOT archived
        FROM ic_clients WHERE firm_id = :firm""",
    ),
    (
        "1",
        """INSERT INTO ic_entries (firm_id, client_id, sequence, kind, minor, balance_minor, booked_at, work_day, cause,
            by, invoice_id, note, work_project_id, work_person_id, work_duration_us, work_rate, work_rate_currency,
            work_note)
        SELECT :firm, client_id, row_number() OVER booked, kind, minor, sum(minor) OVER booked, at, date(at), cause, by,
            invoice_id, '', project_id, person_id, duration_us, rate, rate_currency, work
        FROM (
            SELECT client_id, 'work' AS kind, -minor AS minor, start AS at, id AS cause, person_id AS by,
                NULL AS invoice_id, project_id, person_id, duration_us, rate, rate_currency, note AS work
            FROM ic_sessions WHERE firm_id = :firm
            UNION ALL
            SELECT p.client_id, 'payment', p.minor, recorded_at, id, by, a.invoice_id,
                NULL, NULL, NULL, NULL, NULL, NULL
            FROM ic_payments p JOIN ic_applications a ON a.firm_id = p.firm_id AND a.payment_id = p.id
            WHERE p.firm_id = :firm
        ) AS moved
        WINDOW booked AS (PARTITION BY client_id ORDER BY at, cause)
        ORDER BY client_id, at, cause""",
    ),
    (
        "1",
        """INSERT INTO ic_receivables (firm_id, client_id, sequence, kind, invoice_id, payment_id, currency, minor,
            covered_minor, due_on, booked_on, work_day, counts_from, tax_minor, deposit)
        SELECT :firm, client_id, row_number() OVER (PARTITION BY client_id ORDER BY day, minor DESC, id), kind, id,
            payment_id, 'USD', minor, 0, due_on, day, day, day, 0, 'to_balance'
        FROM (
            SELECT client_id, 'invoice' AS kind, id, NULL AS payment_id, total_minor AS minor, due_on, issued_on AS day
            FROM ic_invoices WHERE firm_id = :firm
            UNION ALL
            SELECT i.client_id, 'payment', i.id, p.id, -a.minor, i.due_on, p.received_on
            FROM ic_payments p JOIN ic_applications a ON a.firm_id = p.firm_id AND a.payment_id = p.id
            JOIN ic_invoices i ON i.firm_id = p.firm_id AND i.id = a.invoice_id WHERE p.firm_id = :firm
        ) AS changed
        ORDER BY client_id, day, minor DESC, id""",
    ),
    (
        "1",
        """UPDATE ic_accounts SET unbilled_minor = (
            SELECT coalesce(sum(s.minor), 0) FROM ic_sessions s
            WHERE s.firm_id = :firm AND s.client_id = ic_accounts.client_id
        ) - (
            SELECT coalesce(sum(i.total_minor), 0) FROM ic_invoices i
            WHERE i.firm_id = :firm AND i.client_id = ic_accounts.client_id
        ), (receivables_sequence, receivables_booked_on) = (
            SELECT count(*), coalesce(max(r.booked_on), '0001-01-01') FROM ic_receivables r
            WHERE r.firm_id = :firm AND r.client_id = ic_accounts.client_id
        ) WHERE firm_id = :firm""",
    ),
    (
        "1",
        """UPDATE ic_accounts SET (sequence, balance_minor, utilization_base_minor, booked_at, outstanding_minor) = (
            SELECT sequence, balance_minor, balance_minor, booked_at,
                (SELECT sum(total_minor - paid_minor) FROM ic_invoices i
                WHERE i.firm_id = :firm AND i.client_id = ic_accounts.client_id)
            FROM ic_entries e WHERE e.firm_id = :firm AND e.client_id = ic_accounts.client_id
            ORDER BY sequence DESC LIMIT 1
        ) WHERE firm_id = :firm""",
    ),
)
"""How often a statement goes through its numbers, and what it puts there."""


_SETTINGS_SQLITE = ("PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF")
_AS_IN_SQLITE = """
    CREATE FUNCTION printf(form text, n numeric) RETURNS text IMMUTABLE LANGUAGE sql AS $$
        SELECT regexp_replace(form, '%0?[0-9]*d', CASE
            WHEN form ~ '%0' THEN lpad(n::text, substring(form FROM '%0([0-9]+)d')::int, '0') ELSE n::text END)
    $$;
    CREATE FUNCTION strftime(form text, seconds numeric, of text) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$
        SELECT to_timestamp(seconds)
    $$;
    CREATE FUNCTION date(seconds numeric, of text) RETURNS date IMMUTABLE LANGUAGE sql AS $$
        SELECT (to_timestamp(seconds) AT TIME ZONE 'UTC')::date
    $$
"""
"""The functions of SQLite that the statements use, for PostgreSQL."""
_SETTINGS_POSTGRES = (_AS_IN_SQLITE, "SET session_replication_role = replica", "SET statement_timeout = 0")


@frozen
class Crowd:
    """The firm in its books. `client` is one of many."""

    storage: SqlStorage
    firm_id: FirmId
    client: str


@cache
def in_file(clients: int, sessions: int) -> Crowd:
    """The firm in a file of SQLite, which is gone with the program."""
    folder = TemporaryDirectory()
    register(folder.cleanup)
    return crowd(clients, sessions, f"sqlite:///{Path(folder.name) / 'books.db'}")


@cache
def crowd(clients: int, sessions: int, url: str) -> Crowd:
    """The firm with so many of both, made once in an empty database. On PostgreSQL it takes a superuser, since the
    rows come in any order of their references."""
    storage = SqlStorage.at(url)
    storage.upgrade()
    firm = Firm(name="Northwind Studio", currency="USD", timezone="UTC")
    billing = Billing.create(storage, firm, Person(name="Maria", role=Role.MANAGER), clock=SettableClock(NOW))
    given = {
        "firm": billing.firm_id,
        "owner": billing.as_owner().person_id,
        "clients": clients,
        "sessions": sessions,
    }
    is_sqlite = storage.engine.dialect.name == "sqlite"
    with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in _SETTINGS_SQLITE if is_sqlite else _SETTINGS_POSTGRES:
            connection.execute(text(setting))
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        for many, statement in _FILLING:
            if not is_sqlite and statement.startswith("UPDATE"):
                connection.exec_driver_sql("ANALYZE")  # or it may look through all sessions for each client
            numbered = statement.replace("SELECT", f"{_NUMBERS.format(many=many)} SELECT", 1)
            connection.execute(text(numbered), given)
        connection.exec_driver_sql("COMMIT")
        if is_sqlite:
            assert not connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return Crowd(storage, billing.firm_id, f"{clients // 3:012d}-7000-8000-{_CLIENT}00000000000")
