"""A way to forget which fonts this machine has."""

from invoicecore.documents import fonts, pdf


def forget_press() -> None:
    """Forget typst and the fonts, so that the next page looks for them again."""
    for looked_up in (pdf.can_print, fonts.installed, fonts.families):
        looked_up.cache_clear()
