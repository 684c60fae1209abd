"""The views `ic_v_…`: what people read of the tables with plain SQL, with amounts as decimals and with names.

Their columns are stable: a new revision may add some, and takes none away. Databases get them from
`invoicecore.storage.sql.migrations`.
"""

from collections.abc import Mapping

from invoicecore.values.currencies import EXPONENTS


def views(*, sqlite: bool) -> Mapping[str, str]:
    """The statement that each view selects by, by its name. SQLite has no decimals, so its amounts are REAL, which is
    exact for up to fifteen digits."""

    def amount(column: str, currency: str) -> str:
        """An amount in minor units as a decimal."""
        cases = [
            f"WHEN {currency} IN ({', '.join(map(repr, codes))}) THEN {_decimal(column, digits, sqlite)}"
            for digits, codes in _odd()
        ]
        return f"CASE {' '.join(cases)} ELSE {_decimal(column, 2, sqlite)} END"

    hours = "s.duration_us / 3600000000.0" if sqlite else "round(s.duration_us / 3600000000.0, 6)"
    client = "JOIN ic_clients AS c ON c.firm_id = {0}.firm_id AND c.id = {0}.client_id"
    due = "CASE WHEN i.status = 'void' THEN 0 ELSE i.total_minor - i.covered_minor - i.paid_minor END"
    return {
        "ic_v_clients": f"""
            SELECT c.firm_id, c.id, c.name, c.archived, c.currency,
                {amount("a.balance_minor", "c.currency")} AS balance,
                {amount("a.allowed_balance_minor", "c.currency")} AS allowed_balance,
                {amount("a.refill_threshold_minor", "c.currency")} AS refill_threshold,
                {amount("a.outstanding_minor", "c.currency")} AS outstanding,
                {amount("a.credit_minor", "c.currency")} AS credit,
                {amount("a.unbilled_minor", "c.currency")} AS unbilled
            FROM ic_clients AS c JOIN ic_accounts AS a ON a.firm_id = c.firm_id AND a.client_id = c.id""",
        "ic_v_projects": f"""
            SELECT p.firm_id, p.id, p.name, p.client_id, c.name AS client, p.starts_on, p.billable, p.archived,
                p.billing, c.currency,
                {amount("p.cap_minor", "c.currency")} AS cap,
                {amount("p.cap_used_minor", "c.currency")} AS cap_used
            FROM ic_projects AS p {client.format("p")}""",
        "ic_v_people": """
            SELECT p.firm_id, p.id, p.name, p.role, p.email, p.client_id, p.archived
            FROM ic_people AS p""",
        "ic_v_sessions": f"""
            SELECT s.firm_id, s.id, s.client_id, c.name AS client, s.project_id, p.name AS project, s.person_id,
                w.name AS person, s.start, {hours} AS hours, s.billable, s.rate_currency AS currency,
                {amount("s.minor", "s.rate_currency")} AS amount, s.note
            FROM ic_sessions AS s {client.format("s")}
                JOIN ic_projects AS p ON p.firm_id = s.firm_id AND p.id = s.project_id
                JOIN ic_people AS w ON w.firm_id = s.firm_id AND w.id = s.person_id
            WHERE NOT s.removed""",
        "ic_v_charges": f"""
            SELECT h.firm_id, h.id, h.client_id, c.name AS client, h.project_id, p.name AS project, h.person_id,
                w.name AS person, h.kind, h.day, h.billable, h.currency,
                {amount("h.minor", "h.currency")} AS amount, h.cost, h.tax, h.note
            FROM ic_charges AS h {client.format("h")}
                LEFT JOIN ic_projects AS p ON p.firm_id = h.firm_id AND p.id = h.project_id
                JOIN ic_people AS w ON w.firm_id = h.firm_id AND w.id = h.person_id
            WHERE NOT h.removed""",
        "ic_v_invoices": f"""
            SELECT i.firm_id, i.id, i.number, i.kind, i.status, i.client_id, c.name AS client, i.issued_on, i.due_on,
                i.currency,
                {amount("i.total_minor", "i.currency")} AS total,
                {amount("i.tax_minor", "i.currency")} AS tax,
                {amount("i.covered_minor", "i.currency")} AS covered,
                {amount("i.paid_minor", "i.currency")} AS paid,
                {amount(f"({due})", "i.currency")} AS amount_due
            FROM ic_invoices AS i {client.format("i")}""",
        "ic_v_payments": f"""
            SELECT p.firm_id, p.id, p.client_id, c.name AS client, p.received_on, p.method, p.reference, p.currency,
                {amount("p.minor", "p.currency")} AS amount,
                {amount("p.reversed_minor", "p.currency")} AS reversed,
                {amount("p.unapplied_minor", "p.currency")} AS unapplied
            FROM ic_payments AS p {client.format("p")}""",
        "ic_v_entries": f"""
            SELECT e.firm_id, e.client_id || ':' || e.sequence AS id, e.client_id, c.name AS client, e.sequence, e.kind,
                e.booked_at, e.work_day, c.currency,
                {amount("e.minor", "c.currency")} AS amount,
                {amount("e.balance_minor", "c.currency")} AS balance, e.invoice_id, e.note
            FROM ic_entries AS e {client.format("e")}""",
    }


def create_views(*, sqlite: bool) -> list[str]:
    """The statements that make them."""
    made = (f"CREATE VIEW {name} AS{select}" for name, select in views(sqlite=sqlite).items())
    return [it.replace("\n            ", "\n    ") for it in made]


def _odd() -> list[tuple[int, list[str]]]:
    """The currencies that have not two digits, by how many they have."""
    odd = sorted({digits for digits in EXPONENTS.values() if digits != 2})
    return [(digits, sorted(code for code, its in EXPONENTS.items() if its == digits)) for digits in odd]


def _decimal(column: str, digits: int, sqlite: bool) -> str:
    if sqlite:
        return f"{column} / {10**digits}.0"
    return f"{column}::numeric" if digits == 0 else f"{column} * {10**-digits:.{digits}f}"
