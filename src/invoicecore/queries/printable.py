"""The data of a printed invoice and of printed statements."""

from datetime import date

from attrs import frozen

from invoicecore.ledger.statement import Statement, StatementRow
from invoicecore.lifecycle.invoice import Invoice, PartySnapshot
from invoicecore.queries.dues import AccountStatement
from invoicecore.queries.transactions import EntrySource
from invoicecore.values.logo import Logo
from invoicecore.values.money import Money
from invoicecore.values.tax import Tax
from invoicecore.vocabulary import OnVoid


@frozen
class PrintablePayment:
    """One payment as the paper shows it: when it was received, how, and how much of it was for this invoice; of a void
    invoice also what became of that."""

    received_on: date
    method: str
    amount: Money
    on_void: OnVoid | None = None


@frozen
class PrintableCover:
    """So much of the work, net, is not asked for, because the invoice of that number asked for it already; None is
    money that no invoice asked for. `tax` is what that invoice was taxed with."""

    number: str | None
    amount: Money
    tax: Tax | None = None


@frozen
class PrintableInvoice:
    """All that stands on an invoice. A generated one shows what it was generated with; a draft, which is a preview,
    shows what things are called now and has no number. `logo` is the picture that the letterhead names."""

    invoice: Invoice
    parties: PartySnapshot
    covered: tuple[PrintableCover, ...]
    payments: tuple[PrintablePayment, ...]
    is_preview: bool
    logo: Logo | None = None

    def __repr__(self) -> str:
        return f"<PrintableInvoice: {self.invoice!r}>"


@frozen
class PrintableStatement:
    """The movements of an account for printing: the statement, the sources of its rows in the same order, the present
    names and addresses of both parties, and the firm's day of issue. `is_net` is whether the client is taxed, so that
    the balance is without the tax that invoices ask for."""

    statement: Statement
    causes: tuple[EntrySource, ...]
    parties: PartySnapshot
    issued_on: date
    logo: Logo | None = None
    is_net: bool = False

    def __repr__(self) -> str:
        return f"<PrintableStatement: {self.statement!r}>"

    @property
    def rows(self) -> tuple[tuple[StatementRow, EntrySource], ...]:
        """Each row with its source."""
        return tuple(zip(self.statement.rows, self.causes, strict=True))


@frozen
class PrintableAccountStatement:
    """A statement of account for printing, with the present names and addresses of both parties, and the firm's day of
    issue."""

    statement: AccountStatement
    parties: PartySnapshot
    issued_on: date
    logo: Logo | None = None

    def __repr__(self) -> str:
        return f"<PrintableAccountStatement: {self.statement!r}>"


Printable = PrintableInvoice | PrintableStatement | PrintableAccountStatement
"""The data of a document, as a desk returns it."""
