"""Printed invoices, statements and reminders, as HTML and PDF.

Each function takes plain data that a desk returned, outside any unit of work, and returns a `Document`. Needs the extra
`print`, and `pdf` for PDF.
"""

from invoicecore.values.extras import naming_extra

with naming_extra():
    from invoicecore.documents.attachment import Attachment, Relationship
    from invoicecore.documents.batch import PrintReport, print_all
    from invoicecore.documents.fonts import CannotPrint
    from invoicecore.documents.paper import PaperSize
    from invoicecore.documents.print_job import Paper, PaperFormat, PrintedPaper, PrintOutcome
    from invoicecore.documents.render import Document, account_statement, invoice, preview, reminder, statement

__all__ = [
    "Attachment",
    "CannotPrint",
    "Document",
    "Paper",
    "PaperFormat",
    "PaperSize",
    "PrintOutcome",
    "PrintReport",
    "PrintedPaper",
    "Relationship",
    "account_statement",
    "invoice",
    "preview",
    "print_all",
    "reminder",
    "statement",
]
