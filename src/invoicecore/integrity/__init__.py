"""The laws that stored books must keep, and the verifier that looks whether they do."""

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.report import IntegrityReport, verify_books
from invoicecore.integrity.verifier import BooksVerifier

__all__ = ["BooksVerifier", "Finding", "IntegrityReport", "Law", "verify_books"]
