"""The cost of a page of a list in a large firm, beside the best query of the same rows written by hand.

The library's side is the page as a front end asks for it at the Desk: who asks is looked up, rows are read, made into
values, and looked at once more. The other side is one query with the driver, whose rows are left as they come. Both ask
the same SQLite or PostgreSQL, and must find the same. A page for which little more is read than it shows is to come at
once; where much is looked through, the time beside the query counts.
"""

import re
from atexit import register
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cache, partial
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from attrs import frozen

from benchmarks.crowd import CLIENTS, NOW, SESSIONS, Crowd, crowd, in_file
from benchmarks.durable import empty_postgres
from benchmarks.figures import Aim, Figure, Unit
from benchmarks.measure import PAIRS, alternating, timed
from invoicecore import Billing, Desk, SettableClock
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.invoices import InvoiceSort

_AT_ONCE = (Aim(0.01, Unit.MILLISECONDS), None)
_MUCH = (Aim(2), Aim(1.5))
_AS_BY_HAND = (Aim(1.3), None)
_SECONDS = 5
"""For so long a page is asked for by hand where a server works, whose times differ by half from one to the next."""
_PAGE = 51  # the fifty rows that are shown, and one more to know whether there are others

_CLIENT = """
    SELECT c.id, c.name, c.currency, c.billing_address, a.balance_minor, a.utilization_base_minor,
    a.allowed_balance_minor, a.refill_threshold_minor """
_BY_NAME = f"""
    {_CLIENT} FROM (
        SELECT id FROM ic_clients WHERE firm_id = :firm AND NOT archived ORDER BY name, id LIMIT :most
    ) f CROSS JOIN ic_clients c ON c.firm_id = :firm AND c.id = f.id
    CROSS JOIN ic_accounts a ON a.firm_id = :firm AND a.client_id = f.id
    ORDER BY c.name, c.id
"""
_BY_BALANCE = f"""
    {_CLIENT} FROM ic_clients c JOIN ic_accounts a ON a.firm_id = c.firm_id AND a.client_id = c.id
    WHERE c.firm_id = :firm AND NOT c.archived
    ORDER BY c.currency, a.balance_minor, c.id LIMIT :most
"""
_ROSTER_POSTGRES = """
    WITH f AS (
        SELECT id FROM ic_people
        WHERE firm_id = :firm AND role <> 'contact' AND NOT archived ORDER BY name, id LIMIT :most
    )
    SELECT p.id, p.name, p.email, p.role, l.last_sign_in,
        (SELECT sum(s.duration_us) FROM ic_sessions s
        WHERE s.firm_id = :firm AND s.person_id = p.id AND NOT s.removed), j.names
    FROM f JOIN ic_people p ON p.firm_id = :firm AND p.id = f.id
    LEFT JOIN ic_logins l ON l.firm_id = :firm AND l.person_id = p.id
    LEFT JOIN (
        SELECT a.person_id, json_agg(json_build_array(j.name, j.id)) AS names FROM ic_assignments a
        JOIN ic_projects j ON j.firm_id = :firm AND j.id = a.project_id
        WHERE a.firm_id = :firm AND a.person_id IN (SELECT id FROM f) GROUP BY a.person_id
    ) j ON j.person_id = p.id
    ORDER BY p.name, p.id
"""
_ROSTER = """
    SELECT p.id, p.name, p.email, p.role, l.last_sign_in,
        (SELECT sum(s.duration_us) FROM ic_sessions s
        WHERE s.firm_id = p.firm_id AND s.person_id = p.id AND NOT s.removed),
        (SELECT json_group_array(json_array(j.name, j.id)) FROM ic_assignments a
        JOIN ic_projects j ON j.firm_id = a.firm_id AND j.id = a.project_id
        WHERE a.firm_id = p.firm_id AND a.person_id = p.id)
    FROM ic_people p LEFT JOIN ic_logins l ON l.firm_id = p.firm_id AND l.person_id = p.id
    WHERE p.firm_id = :firm AND p.role <> 'contact' AND NOT p.archived
    ORDER BY p.name, p.id LIMIT :most
"""
_PROJECTS = """
    SELECT j.id, j.name, r.rate, sum(s.duration_us), sum(CASE WHEN k.key IS NOT NULL THEN s.minor END),
        sum(CASE WHEN k.key IS NULL THEN s.minor END)
    FROM ic_projects j JOIN ic_rates r ON r.firm_id = j.firm_id AND r.project_id = j.id
    LEFT JOIN ic_sessions s ON s.firm_id = j.firm_id AND s.project_id = j.id AND NOT s.removed
    LEFT JOIN ic_reservations k ON k.firm_id = s.firm_id AND k.kind = 'charge' AND k.key = s.id
    WHERE j.firm_id = :firm AND j.client_id = :client AND NOT j.archived
    GROUP BY j.id, j.name, r.rate ORDER BY j.name, j.id LIMIT :most
"""
_WORK = """
    SELECT s.id, s.start, s.duration_us, s.rate, s.minor, s.note, c.name, j.name, p.name, i.number
    FROM ic_sessions s JOIN ic_clients c ON c.firm_id = s.firm_id AND c.id = s.client_id
    JOIN ic_projects j ON j.firm_id = s.firm_id AND j.id = s.project_id
    JOIN ic_people p ON p.firm_id = s.firm_id AND p.id = s.person_id
    LEFT JOIN ic_reservations k ON k.firm_id = s.firm_id AND k.kind = 'charge' AND k.key = s.id
    LEFT JOIN ic_invoices i ON i.firm_id = k.firm_id AND i.id = k.owner
    WHERE s.firm_id = :firm AND NOT s.removed
    ORDER BY s.start DESC, s.id DESC LIMIT :most
"""
_OVERDUE = """
    SELECT i.id, i.number, i.status, i.total_minor, i.paid_minor, i.issued_on, i.due_on, c.name
    FROM (
        SELECT id FROM ic_invoices
        WHERE firm_id = :firm AND status IN ('generated', 'due', 'overdue') AND due_on < :today
            AND total_minor > paid_minor
        ORDER BY due_on, id LIMIT :most
    ) f CROSS JOIN ic_invoices i ON i.firm_id = :firm AND i.id = f.id
    CROSS JOIN ic_clients c ON c.firm_id = :firm AND c.id = i.client_id
    ORDER BY i.due_on, i.id
"""
_TRANSACTIONS = """
    SELECT e.sequence, e.kind, e.minor, e.balance_minor, e.booked_at, j.name, w.name, s.duration_us, s.note,
        m.method, m.reference, i.number, b.name
    FROM ic_entries e JOIN ic_people b ON b.firm_id = e.firm_id AND b.id = e.by
    LEFT JOIN ic_sessions s ON s.firm_id = e.firm_id AND s.id = e.cause
    LEFT JOIN ic_projects j ON j.firm_id = s.firm_id AND j.id = s.project_id
    LEFT JOIN ic_people w ON w.firm_id = s.firm_id AND w.id = s.person_id
    LEFT JOIN ic_reservations k ON k.firm_id = s.firm_id AND k.kind = 'charge' AND k.key = s.id
    LEFT JOIN ic_payments m ON m.firm_id = e.firm_id AND m.id = e.cause
    LEFT JOIN ic_invoices i ON i.firm_id = e.firm_id AND i.id = coalesce(e.invoice_id, k.owner)
    WHERE e.firm_id = :firm AND e.client_id = :client
    ORDER BY e.booked_at, e.sequence LIMIT :most
"""
_UNBILLED = """
    SELECT j.id, c.name, j.name, t.sessions, t.duration_us, t.minor
    FROM (
        SELECT s.project_id, count(*) AS sessions, sum(s.duration_us) AS duration_us, sum(s.minor) AS minor
        FROM (
            SELECT id FROM ic_sessions WHERE firm_id = :firm
            EXCEPT SELECT key FROM ic_reservations WHERE firm_id = :firm AND kind = 'charge' ORDER BY 1 LIMIT -1
        ) f JOIN ic_sessions s ON s.firm_id = :firm AND s.id = f.id AND NOT s.removed AND s.minor > 0
        GROUP BY s.project_id
    ) t CROSS JOIN ic_projects j ON j.firm_id = :firm AND j.id = t.project_id
    CROSS JOIN ic_clients c ON c.firm_id = :firm AND c.id = j.client_id
    ORDER BY c.name, c.id, j.name, j.id LIMIT :most
"""
_UNBILLED_POSTGRES = """
    SELECT j.id, c.name, j.name, t.sessions, t.duration_us, t.minor
    FROM (
        SELECT s.project_id, count(*) AS sessions, sum(s.duration_us) AS duration_us, sum(s.minor) AS minor
        FROM ic_sessions s
        WHERE s.firm_id = :firm AND NOT s.removed AND s.minor > 0 AND NOT EXISTS (
            SELECT 1 FROM ic_reservations k WHERE k.firm_id = :firm AND k.kind = 'charge' AND k.key = s.id
        )
        GROUP BY s.project_id
    ) t JOIN ic_projects j ON j.firm_id = :firm AND j.id = t.project_id
    JOIN ic_clients c ON c.firm_id = :firm AND c.id = j.client_id
    ORDER BY c.name, c.id, j.name, j.id LIMIT :most
"""
_OLDEST = """
    SELECT s.id, s.start, s.duration_us, s.rate, s.minor, s.note, c.name, j.name, p.name
    FROM ic_sessions s JOIN ic_clients c ON c.firm_id = s.firm_id AND c.id = s.client_id
    JOIN ic_projects j ON j.firm_id = s.firm_id AND j.id = s.project_id
    JOIN ic_people p ON p.firm_id = s.firm_id AND p.id = s.person_id
    WHERE s.firm_id = :firm AND NOT s.removed AND NOT EXISTS (
        SELECT 1 FROM ic_reservations k WHERE k.firm_id = s.firm_id AND k.kind = 'charge' AND k.key = s.id
    )
    ORDER BY s.start, s.id LIMIT :most
"""
_OLDEST_POSTGRES = """
    WITH f AS MATERIALIZED (
        SELECT s.id, s.start FROM ic_sessions s
        WHERE s.firm_id = :firm AND NOT s.removed AND NOT EXISTS (
            SELECT 1 FROM ic_reservations k WHERE k.firm_id = :firm AND k.kind = 'charge' AND k.key = s.id
        )
    )
    SELECT s.id, s.start, s.duration_us, s.rate, s.minor, s.note, c.name, j.name, p.name
    FROM (SELECT id FROM f ORDER BY start, id LIMIT :most) o JOIN ic_sessions s ON s.firm_id = :firm AND s.id = o.id
    JOIN ic_clients c ON c.firm_id = :firm AND c.id = s.client_id
    JOIN ic_projects j ON j.firm_id = :firm AND j.id = s.project_id
    JOIN ic_people p ON p.firm_id = :firm AND p.id = s.person_id
    ORDER BY s.start, s.id
"""
_INVOICES = """
    SELECT i.id, i.number, i.status, i.total_minor, i.covered_minor, i.paid_minor, i.issued_on, i.due_on, c.name,
        a.credit_minor
    FROM ic_invoices i JOIN ic_clients c ON c.firm_id = i.firm_id AND c.id = i.client_id
    JOIN ic_accounts a ON a.firm_id = i.firm_id AND a.client_id = i.client_id
    WHERE i.firm_id = :firm ORDER BY {}, i.id LIMIT :most
"""
_AGING_POSTGRES = """
    WITH o AS MATERIALIZED (
        SELECT client_id, currency, sum(minor) FILTER (WHERE late <= 0) AS a,
            sum(minor) FILTER (WHERE late BETWEEN 1 AND 30) AS b,
            sum(minor) FILTER (WHERE late BETWEEN 31 AND 60) AS c,
            sum(minor) FILTER (WHERE late BETWEEN 61 AND 90) AS d, sum(minor) FILTER (WHERE late > 90) AS e
        FROM (
            SELECT client_id, currency, CAST(:today AS date) - due_on AS late,
                total_minor - covered_minor - paid_minor AS minor
            FROM ic_invoices
            WHERE firm_id = :firm AND status IN ('generated', 'due', 'overdue')
                AND total_minor > covered_minor + paid_minor
            UNION ALL
            SELECT client_id, currency, CAST(:today AS date) - due_on, -minor
            FROM ic_receivables WHERE firm_id = :firm AND counts_from > CAST(:today AS date) AND counts_from > booked_on
        ) changes
        GROUP BY client_id, currency HAVING sum(minor) <> 0
    )
    SELECT c.id, c.name, o.a, o.b, o.c, o.d, o.e, t.*
    FROM o JOIN ic_clients c ON c.firm_id = :firm AND c.id = o.client_id
    JOIN (
        SELECT currency, sum(a), sum(b), sum(c), sum(d), sum(e) FROM o GROUP BY currency
    ) t ON t.currency = o.currency
    ORDER BY c.name, c.id LIMIT :most
"""
_AGING = """
    SELECT c.id, c.name, sum(minor * (late <= 0)), sum(minor * (late BETWEEN 1 AND 30)),
        sum(minor * (late BETWEEN 31 AND 60)), sum(minor * (late BETWEEN 61 AND 90)), sum(minor * (late > 90))
    FROM (
        SELECT client_id, julianday(:today) - julianday(due_on) AS late,
            total_minor - covered_minor - paid_minor AS minor
        FROM ic_invoices
        WHERE firm_id = :firm AND status IN ('generated', 'due', 'overdue') AND total_minor > covered_minor + paid_minor
        UNION ALL
        SELECT client_id, julianday(:today) - julianday(due_on), -minor
        FROM ic_receivables WHERE firm_id = :firm AND counts_from > :today AND counts_from > booked_on
    ) o CROSS JOIN ic_clients c ON c.firm_id = :firm AND c.id = o.client_id
    GROUP BY o.client_id ORDER BY c.name, c.id LIMIT :most
"""


@frozen
class View:
    """A page: how it is asked for, what tells its rows apart, and the query by hand, which gives that first; on
    PostgreSQL it may be another one, and so may the aims."""

    what: str
    ask: Callable[[Desk, str], Any]
    told: Callable[[Any], object]
    sql: str
    aims: tuple[Aim, Aim | None] = _AT_ONCE
    postgres: str | None = None
    aims_on_postgres: tuple[Aim, Aim | None] | None = None

    def by_hand(self, *, on_postgres: bool) -> str:
        """The query by hand. SQLite takes a cross join for the order of the tables, PostgreSQL finds one itself."""
        return (self.postgres or self.sql.replace("CROSS JOIN", "JOIN")) if on_postgres else self.sql


def _invoices_by(sort: InvoiceSort, desk: Desk, client: str) -> object:
    return desk.pages.invoices(sort=sort)


VIEWS = {
    "pages-clients-name": View(
        "clients by name",
        lambda desk, client: desk.pages.clients(),
        lambda row: row.client.id,
        _BY_NAME,
    ),
    "pages-clients-balance": View(
        "clients by balance",
        lambda desk, client: desk.pages.clients(sort=ClientSort.BALANCE),
        lambda row: row.client.id,
        _BY_BALANCE,
        _MUCH,
    ),
    "pages-roster": View(
        "the roster",
        lambda desk, client: desk.pages.people(),
        lambda row: row.person.id,
        _ROSTER,
        _MUCH,
        _ROSTER_POSTGRES,
        _AS_BY_HAND,
    ),
    "pages-projects": View(
        "the projects of a client",
        lambda desk, client: desk.pages.projects(client_id=client),
        lambda row: row.project.id,
        _PROJECTS,
    ),
    "pages-work": View(
        "all work, the latest first",
        lambda desk, client: desk.pages.work(),
        lambda row: row.session.id,
        _WORK,
    ),
    "pages-overdue": View(
        "overdue invoices by the day they were due",
        lambda desk, client: desk.pages.invoices(overdue=True, sort=InvoiceSort.DUE),
        lambda row: row.id,
        _OVERDUE,
        _MUCH,
    ),
    "pages-transactions": View(
        "the transactions of a client",
        lambda desk, client: desk.pages.transactions(client),
        lambda row: row.movement.sequence,
        _TRANSACTIONS,
    ),
    "pages-unbilled": View(
        "unbilled work",
        lambda desk, client: desk.pages.unbilled(),
        lambda row: row.project.id,
        _UNBILLED,
        _MUCH,
        _UNBILLED_POSTGRES,
        _AS_BY_HAND,
    ),
    "pages-aging": View(
        "aging",
        lambda desk, client: desk.pages.aging().clients,
        lambda row: row.client.id,
        _AGING,
        _MUCH,
        _AGING_POSTGRES,
        _AS_BY_HAND,
    ),
    "pages-oldest-unbilled": View(
        "unbilled sessions, the oldest first",
        lambda desk, client: desk.pages.work(billed=False, descending=False),
        lambda row: row.session.id,
        _OLDEST,
        _MUCH,
        _OLDEST_POSTGRES,
        _AS_BY_HAND,
    ),
    **{
        f"pages-invoices-{sort}": View(
            f"all invoices by {sort.name.lower().replace('_', ' ')}",
            partial(_invoices_by, sort),
            lambda row: row.id,
            _INVOICES.format(order),
            _MUCH,
            aims_on_postgres=_AT_ONCE if sort is InvoiceSort.CLIENT else _AS_BY_HAND,
        )
        for sort, order in {
            InvoiceSort.NUMBER: "coalesce(i.number, '')",
            InvoiceSort.DUE: "coalesce(i.due_on, '0001-01-01')",
            InvoiceSort.CLIENT: "c.name",
            InvoiceSort.AMOUNT_DUE: "i.currency, i.total_minor - i.covered_minor - i.paid_minor",
        }.items()
    },
}
"""Every page that is measured."""


@cache
def _desk(firm: Crowd) -> Desk:
    return Billing.open(firm.storage, firm.firm_id, clock=SettableClock(NOW)).as_owner()


@cache
def _on_postgres(clients: int, sessions: int) -> Crowd:
    made = ExitStack()
    register(made.close)
    return crowd(clients, sessions, made.enter_context(empty_postgres(made.enter_context(TemporaryDirectory()))))


def page(name: str, *, on_postgres: bool = False, quick: bool) -> Figure:
    """A page beside the query by hand."""
    clients, sessions = (200, 20_000) if quick else (CLIENTS, SESSIONS)
    firm, view = (_on_postgres if on_postgres else in_file)(clients, sessions), VIEWS[name]
    desk = _desk(firm)
    given = {"firm": firm.firm_id, "client": firm.client, "today": NOW.date().isoformat(), "most": _PAGE}
    sql = view.by_hand(on_postgres=on_postgres)
    driver = firm.storage.engine.raw_connection()
    cursor = driver.cursor()
    clock = perf_counter if on_postgres else process_time  # the work is done by the server there

    def by_hand() -> Sequence[Any]:
        cursor.execute(re.sub(r":(\w+)", r"%(\1)s", sql) if on_postgres else sql, given)
        return cursor.fetchall()

    def asked() -> Any:
        return view.ask(desk, firm.client)

    shown = [view.told(row) for row in asked().rows]
    assert shown == [row[0] for row in by_hand()][: len(shown)]
    took = timed(by_hand, 1, clock)
    times = max(1, int(0.05 / took)) if took else 100
    measured = alternating(
        lambda: timed(lambda: [by_hand() for _ in range(times)], times, clock),
        lambda: timed(lambda: [asked() for _ in range(times)], times, clock),
        pairs=max(PAIRS, int(_SECONDS / (times * took))) if on_postgres else PAIRS,
    )
    driver.close()
    aims = (view.aims_on_postgres if on_postgres else None) or view.aims
    return Figure(
        name=f"postgres-{name}" if on_postgres else name,
        what=f"{view.what}, of {clients:,} clients and {sessions:,} sessions{', PostgreSQL' if on_postgres else ''}",
        against="by hand",
        unit=Unit.MILLISECONDS,
        measured=measured,
        to_reach=aims[0],
        long_aim=aims[1],
    )
