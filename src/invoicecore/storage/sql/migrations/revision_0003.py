"""Firms have a tax id and say how to pay, invoices have notes for the client, and lines of refills have blocks.

Books are kept in this: it is never changed. It says all of itself, whatever becomes of the rest of the library.
"""

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer, Text


def upgrade(op: Operations) -> None:
    """From the tables 0002."""
    for table, column in (("ic_firms", "tax_id"), ("ic_firms", "payment_instructions"), ("ic_invoices", "notes")):
        op.add_column(table, Column(column, Text(), nullable=False, server_default=""))
    op.add_column("ic_lines", Column("blocks", BigInteger().with_variant(Integer(), "sqlite"), nullable=True))
