"""The first tables, as the file of SQL beside this module defines them for each database.

Never changed once books may have been kept in it. The triggers at the end of each file keep what was appended as it is.
"""

from importlib.resources import files

from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """From nothing."""
    database = "sqlite" if op.get_context().dialect.name == "sqlite" else "postgresql"
    for statement in files(__package__).joinpath(f"0001.{database}.sql").read_text(encoding="utf-8").split(";\n\n"):
        op.execute(statement)
