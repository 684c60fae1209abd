"""The first tables, defined for each database by the SQL file beside this module.

It never changes after its release. The triggers at the end of each file prevent changes of appended rows.
"""

from importlib.resources import files

from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """From nothing."""
    database = "sqlite" if op.get_context().dialect.name == "sqlite" else "postgresql"
    for statement in files(__package__).joinpath(f"0001.{database}.sql").read_text(encoding="utf-8").split(";\n\n"):
        op.execute(statement)
