"""Firms have a tax id and say how to pay, and invoices have notes for the client.

Books are kept in this: it is never changed. It says all of itself, whatever becomes of the rest of the library.
"""

from alembic.operations import Operations
from sqlalchemy import Column, Text


def upgrade(op: Operations) -> None:
    """From the tables 0002."""
    for table, column in (("ic_firms", "tax_id"), ("ic_firms", "payment_instructions"), ("ic_invoices", "notes")):
        op.add_column(table, Column(column, Text(), nullable=False, server_default=""))
