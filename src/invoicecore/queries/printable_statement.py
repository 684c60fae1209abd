"""What stands on a printed statement? Plain data, for whatever draws it."""

from datetime import date

from attrs import frozen

from invoicecore.ledger.statement import Statement, StatementRow
from invoicecore.lifecycle.invoice import PartySnapshot
from invoicecore.queries.transactions import EntrySource
from invoicecore.values.logo import Logo


@frozen
class PrintableStatement:
    """All that stands on a statement of account: the statement, with the cause of each of its rows, in their order,
    under the letterhead as it is now; `issued_on` is the firm's day on which it was made."""

    statement: Statement
    causes: tuple[EntrySource, ...]
    parties: PartySnapshot
    issued_on: date
    logo: Logo | None = None

    @property
    def rows(self) -> tuple[tuple[StatementRow, EntrySource], ...]:
        """Each row with what caused it."""
        return tuple(zip(self.statement.rows, self.causes, strict=True))
