"""The extras of the library: which extra brings a package, and the error if it is not installed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

EXTRAS: Mapping[str, str] = {
    "alembic": "sql",
    "click": "cli",
    "hypothesis": "testing",
    "jinja2": "print",
    "markupsafe": "print",
    "psycopg": "postgres",
    "pytest": "testing",
    "rich": "cli",
    "sqlalchemy": "sql",
    "stdnum": "check",
    "typst": "pdf",
}
"""The extra that brings each package."""


@contextmanager
def naming_extra() -> Iterator[None]:
    """Imports that need an extra: if it is not installed, the ModuleNotFoundError says how to install it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        how = f"This needs {package}; install it with: pip install 'invoicecore[{EXTRAS[package]}]'"
        raise ModuleNotFoundError(how, name=missing.name) from missing
