"""The triggers of the first tables: what was appended stays as it is, and what is appended follows from what was there.

As frozen as the revision that they belong to.
"""

from collections.abc import Iterator
from inspect import cleandoc
from textwrap import indent

_KEYS = {
    "ic_entries": ("firm_id", "client_id", "sequence"),
    "ic_status_changes": ("firm_id", "invoice_id", "sequence"),
    "ic_audit": ("firm_id", "id"),
}
_STAYS = "what was appended stays as it is"

_FOLLOWS = {
    "ic_entries": """
        NEW.sequence = 1 AND NEW.balance_minor = NEW.minor
        OR EXISTS (
            SELECT 1 FROM ic_entries AS former
            WHERE former.firm_id = NEW.firm_id
                AND former.client_id = NEW.client_id
                AND former.sequence = NEW.sequence - 1
                AND former.balance_minor = NEW.balance_minor - NEW.minor
        )
    """,
    "ic_status_changes": """
        NEW.sequence = 1 AND NEW.before IS NULL
        OR EXISTS (
            SELECT 1 FROM ic_status_changes AS former
            WHERE former.firm_id = NEW.firm_id
                AND former.invoice_id = NEW.invoice_id
                AND former.sequence = NEW.sequence - 1
                AND former.after = NEW.before
        )
    """,
}
_FOLLOWS_NOT = "this does not follow from what was appended before"


def guards(database: str) -> Iterator[str]:
    """The statements that make them; none for a database whose triggers are not known here."""
    if database == "sqlite":
        yield from _on_sqlite()
    if database == "postgresql":
        yield from _on_postgresql()


def _on_sqlite() -> Iterator[str]:
    for table, key in _KEYS.items():
        stays = f"BEGIN SELECT RAISE(ABORT, '{table}: {_STAYS}'); END"
        yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {stays}"
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {stays}"
        # INSERT OR REPLACE deletes what is there without asking the trigger above.
        there = " AND ".join(f"{column} = NEW.{column}" for column in key)
        follows = f"NOT EXISTS (SELECT 1 FROM {table} WHERE {there})"
        if table in _FOLLOWS:
            follows += f" AND (\n{_lines(_FOLLOWS[table])}\n)"
        yield (
            f"CREATE TRIGGER {table}_follow BEFORE INSERT ON {table} WHEN NOT ({follows}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: {_FOLLOWS_NOT}'); END"
        )


def _on_postgresql() -> Iterator[str]:
    yield _function("ic_stay", _raise(_STAYS))
    for table in _KEYS:
        # Databases that are spread over machines know no triggers of statements, but for TRUNCATE there are no others.
        yield f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ic_stay()"
        yield f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION ic_stay()"
    for table, follows in _FOLLOWS.items():
        passes = f"IF (\n{_lines(follows)}\n) THEN\n    RETURN NEW;\nEND IF;\n"
        yield _function(f"{table}_follow", passes + _raise(_FOLLOWS_NOT))
        yield f"CREATE TRIGGER {table}_follow BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_follow()"


def _raise(what: str) -> str:
    return f"RAISE integrity_constraint_violation USING MESSAGE = TG_TABLE_NAME || ': {what}';"


def _function(name: str, body: str) -> str:
    # It looks where the tables are, wherever the session that inserts looks.
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$\n"
        f"BEGIN\n{_lines(body)}\nEND\n$$"
    )


def _lines(said: str) -> str:
    return indent(cleandoc(said), "    ")
