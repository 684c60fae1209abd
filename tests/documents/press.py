"""A way to forget whether WeasyPrint is there."""

from invoicecore.documents import pdf


def forget_press() -> None:
    """Forget whether WeasyPrint is there, so that the next page looks for it again."""
    pdf.can_print.cache_clear()
    pdf._weasyprint.cache_clear()
