"""What does the firm print? Plain data, for whatever draws it."""

from datetime import date, timedelta

from attrs import frozen

from invoicecore.ledger.statement import Statement, StatementRow
from invoicecore.lifecycle.invoice import Invoice, Letterhead
from invoicecore.logo import Logo
from invoicecore.money import Money, Rate


@frozen
class PaperPayment:
    """One payment as the paper shows it: when it was received, how, and how much of it was for this invoice."""

    received_on: date
    method: str
    amount: Money


@frozen
class Paper:
    """All that stands on an invoice. A generated one shows what it was generated with; a draft, which is a preview,
    shows what things are called now and has no number. `logo` is the picture that the letterhead names."""

    invoice: Invoice
    letterhead: Letterhead
    payments: tuple[PaperPayment, ...]
    is_preview: bool
    logo: Logo | None = None


@frozen(kw_only=True)
class Cause:
    """What moved a balance, in the words of people: of work the project, who did it, how long, at which rate and the
    note of the session; of money the method and reference of the payment; and the number of the invoice, if it was for
    one. What does not apply is None or blank."""

    project: str | None = None
    person: str | None = None
    duration: timedelta | None = None
    rate: Rate | None = None
    invoice: str | None = None
    method: str = ""
    reference: str = ""
    note: str = ""


@frozen
class StatementPaper:
    """All that stands on a statement of account: the statement, with the cause of each of its rows, in their order,
    under the letterhead as it is now; `issued_on` is the firm's day on which it was made."""

    statement: Statement
    causes: tuple[Cause, ...]
    letterhead: Letterhead
    issued_on: date
    logo: Logo | None = None

    @property
    def rows(self) -> tuple[tuple[StatementRow, Cause], ...]:
        """Each row with what caused it."""
        return tuple(zip(self.statement.rows, self.causes, strict=True))
