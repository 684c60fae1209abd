"""Printed invoices, statements and reminders, as HTML and PDF.

Each function takes plain data that a desk returned and gives a `Document`; no unit of work is open any more. Needs the
extra `print`, and for PDF `pdf`.
"""

from invoicecore.documents.document import Document, Format
from invoicecore.documents.pdf import CannotPrint
from invoicecore.documents.render import invoice, preview, reminder, statement

__all__ = ["CannotPrint", "Document", "Format", "invoice", "preview", "reminder", "statement"]
