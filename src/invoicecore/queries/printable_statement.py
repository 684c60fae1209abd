"""The data of a printed statement."""

from datetime import date

from attrs import frozen

from invoicecore.ledger.statement import Statement, StatementRow
from invoicecore.lifecycle.invoice import PartySnapshot
from invoicecore.queries.transactions import EntrySource
from invoicecore.values.logo import Logo


@frozen
class PrintableStatement:
    """A statement of account for printing: the statement, the sources of its rows in the same order, the present names
    and addresses of both parties, and the firm's day of issue."""

    statement: Statement
    causes: tuple[EntrySource, ...]
    parties: PartySnapshot
    issued_on: date
    logo: Logo | None = None

    @property
    def rows(self) -> tuple[tuple[StatementRow, EntrySource], ...]:
        """Each row with its source."""
        return tuple(zip(self.statement.rows, self.causes, strict=True))
