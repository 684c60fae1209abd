"""Django as a host: its connection in `transaction.atomic()`, with and without zones."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import django
from django.conf import settings
from django.db import transaction
from django.db.utils import ConnectionHandler
from django.test.utils import override_settings
from sqlalchemy import make_url

if not settings.configured:
    settings.configure(USE_TZ=True, TIME_ZONE="America/Chicago")
    django.setup()


def database_settings(url: str) -> dict[str, Any]:
    """How Django is told of a database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parsed.database}
    options = {**parsed.query, "pool": False}
    host = options.pop("host", parsed.host)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parsed.database,
        "USER": parsed.username,
        "PASSWORD": parsed.password or "",
        "HOST": host or "",
        "PORT": parsed.port or "",
        "OPTIONS": options,
    }


@contextmanager
def connected(url: str, *, use_tz: bool = True) -> Iterator[Any]:
    """Django's connection to the database at a URL, closed at the end."""
    with override_settings(USE_TZ=use_tz):
        connection = ConnectionHandler({"default": database_settings(url)})["default"]
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def atomic(url: str, *, use_tz: bool) -> Iterator[Any]:
    """Django's connection in a transaction."""
    with (
        connected(url, use_tz=use_tz) as connection,
        patch.object(transaction, "get_connection", lambda using=None: connection),
        transaction.atomic(),
    ):
        yield connection
