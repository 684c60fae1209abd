"""Printed invoices, statements and reminders, as HTML and PDF.

Each function takes plain data that a desk returned, outside any unit of work, and returns a `Document`. Needs the extra
`print`, and `pdf` for PDF.
"""

from invoicecore.documents.fonts import CannotPrint
from invoicecore.documents.paper import PaperSize
from invoicecore.documents.render import Document, invoice, preview, reminder, statement

__all__ = ["CannotPrint", "Document", "PaperSize", "invoice", "preview", "reminder", "statement"]
