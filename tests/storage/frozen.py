"""Books as each revision of the tables kept them, as text, so that every later one is tried on them.

When the tables have a new revision, before anybody keeps books in it:

    $ python -m tests.storage.frozen

writes the books of the story in it beside the others. What was written for an earlier revision is never written again.
As long as the library is published nowhere, the first revision may still change:

    $ python -m tests.storage.frozen --first

writes its tables anew, as `schema.py` has them, and its books.
"""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import create_engine, make_url
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from invoicecore.storage.sql import SqlStorage, migrations
from invoicecore.storage.sql.mapping import metadata
from invoicecore.storage.sql.views import create_views
from tests.databases import schemas, started
from tests.storage.story import told

FOLDER = Path(__file__).parent / "fixtures"
_SCHEMA = "the_schema"  # where the tables lay in PostgreSQL


def versions() -> list[str]:
    """The versions of which there are books, the oldest first."""
    return sorted(path.name.removesuffix(".sqlite.sql") for path in FOLDER.glob("*.sqlite.sql"))


def thawed(version: str, url: str) -> None:
    """Put the books as that version kept them into an empty database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        file = sqlite3.connect(str(parsed.database))
        file.executescript(_read(version, "sqlite"))
        file.close()
        return
    plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        [(schema,)] = connection.execute("SELECT current_schema()").fetchall()
        connection.execute(_read(version, "postgresql").replace(_SCHEMA, schema).encode())


def _read(version: str, database: str) -> str:
    return (FOLDER / f"{version}.{database}.sql").read_text(encoding="utf-8")


def _write(version: str, database: str, said: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{version}.{database}.sql").open("x", encoding="utf-8") as file:
        file.write(said)


def _made(url: str) -> str:
    """The version in which the story was told."""
    storage = SqlStorage.at(url)
    storage.upgrade()
    told(storage)
    storage.close()
    return str(storage.schema_version())


def _freeze_sqlite() -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "books.db"
        version = _made(f"sqlite:///{file}")
        connection = sqlite3.connect(file)
        _write(version, "sqlite", "\n".join(connection.iterdump()) + "\n")
        connection.close()


def _freeze_postgres() -> None:
    with started() as server, schemas(server.get_uri()) as new:
        url = new()
        version = _made(url)
        schema = re.findall(r"ic_test_\w+", url)[0]
        command = [server.bin_path / "pg_dump", "--inserts", "--no-owner", "--schema", schema, server.get_uri()]
        dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # Without what is the tool's own, and its comments.
    ours = re.sub(r"^(--.*|\\.*|SET .*|SELECT pg_catalog.*|CREATE SCHEMA .*)\n+", "", dump, flags=re.MULTILINE)
    _write(version, "postgresql", ours.replace(schema, _SCHEMA).strip() + "\n")


def _write_first_tables() -> None:
    """Tables, indexes and views in the files of SQL of the first revision; the triggers behind them stay."""
    for database, url in (("sqlite", "sqlite://"), ("postgresql", "postgresql+psycopg://")):
        dialect = create_engine(url).dialect
        parts: list[ExecutableDDLElement] = []
        for table in metadata.sorted_tables:
            parts += [CreateTable(table), *map(CreateIndex, sorted(table.indexes, key=lambda it: str(it.name)))]
        made = [str(part.compile(dialect=dialect)).strip().replace("\n\t", "\n    ") for part in parts]
        made = [
            re.sub(r"\s*\n(?=\))", "\n", re.sub(r" +\n", "\n", it)).replace(")\n STRICT", ") STRICT") for it in made
        ]
        file = Path(migrations.__file__).parent / f"0001.{database}.sql"
        made += create_views(sqlite=database == "sqlite")
        [triggers] = re.findall(r"^CREATE (?:TRIGGER|FUNCTION).*", file.read_text(encoding="utf-8"), re.M | re.S)
        file.write_text(";\n\n".join([*made, triggers]), encoding="utf-8")


if __name__ == "__main__":
    if "--first" in sys.argv:
        _write_first_tables()
        for path in FOLDER.glob("0001.*.sql"):
            path.unlink()
    _freeze_sqlite()
    _freeze_postgres()
