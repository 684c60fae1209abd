"""The host's own tables: who signs in, with which password, and the sessions that last.

The library knows people and what they may do. Who somebody is, the host decides: a user here is linked to a person
there by its id.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Column, Connection, DateTime, ForeignKey, MetaData, String, Table, delete, insert, select, update

METADATA = MetaData()
USERS = Table(
    "users",
    METADATA,
    Column("person_id", String, primary_key=True),
    Column("email", String, unique=True, nullable=False),
    Column("password_hash", String, nullable=False),
    Column("locale", String, nullable=False, server_default=""),
)
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("person_id", ForeignKey("users.person_id"), nullable=False, index=True),
    Column("ends_at", DateTime, nullable=False),
)
LASTS = timedelta(hours=12)


def put(connection: Connection, person_id: str, email: str | None, password_hash: str | None = None) -> None:
    """Follow a person who was added or changed. Without an e-mail they sign in no more; None for a password keeps
    theirs, and with another one, whoever is signed in with the old one is out."""
    known = password_of(connection, person_id)
    if email is None or password_hash not in {None, known}:
        sign_out_everywhere(connection, person_id)
    if email is None:
        connection.execute(delete(USERS).where(USERS.c.person_id == person_id))
    elif known is not None:
        changed = {"email": email.lower(), "password_hash": password_hash or known}
        connection.execute(update(USERS).where(USERS.c.person_id == person_id).values(changed))
    elif password_hash is not None:
        row = {"person_id": person_id, "email": email.lower(), "password_hash": password_hash}
        connection.execute(insert(USERS).values(row))


def by_email(connection: Connection, email: str) -> Any:
    """The person id and the password's hash of whoever has this e-mail."""
    wanted = select(USERS.c.person_id, USERS.c.password_hash).where(USERS.c.email == email.replace("\0", ""))
    return connection.execute(wanted).first()


def password_of(connection: Connection, person_id: str) -> str | None:
    """The hash of a person's password."""
    return connection.execute(select(USERS.c.password_hash).where(USERS.c.person_id == person_id)).scalar()


def choose_locale(connection: Connection, person_id: str, locale: str) -> None:
    """The language in which a person reads."""
    connection.execute(update(USERS).where(USERS.c.person_id == person_id).values(locale=locale))


def sign_in(connection: Connection, person_id: str) -> str:
    """Begin a session: the secret that the browser keeps. Its digest alone is stored."""
    secret, now = token_urlsafe(32), _now()
    connection.execute(delete(SESSIONS).where(SESSIONS.c.ends_at < now))
    connection.execute(insert(SESSIONS).values(digest=_digest(secret), person_id=person_id, ends_at=now + LASTS))
    return secret


def signed_in(connection: Connection, secret: str) -> Any:
    """The person id of a session that has not ended, and the language that they chose; blank is their browser's."""
    wanted = select(USERS.c.person_id, USERS.c.locale).join(SESSIONS)
    lasting = (SESSIONS.c.digest == _digest(secret), SESSIONS.c.ends_at > _now())
    return connection.execute(wanted.where(*lasting)).first()


def sign_out(connection: Connection, secret: str) -> None:
    """End a session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == _digest(secret)))


def sign_out_everywhere(connection: Connection, person_id: str) -> None:
    """End all sessions of a person."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.person_id == person_id))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _digest(secret: str) -> str:
    return sha256(f"session:{secret}".encode()).hexdigest()
