"""The port for the choice of tax codes."""

from datetime import date
from typing import Protocol

from invoicecore.model.client import Client
from invoicecore.model.project import Project


class TaxDecider(Protocol):
    """Decides the tax code of work, of charges without a code of their own, of refills and of manual invoices.

    It is asked inside units of work, again and again for the same thing, so it must answer at once, and alike: look up
    what a service says when a client or project changes, and answer from that. What it raises refuses the command, and
    nothing is written. The library decides no place of supply itself.
    """

    def tax_code(self, client: Client, project: Project | None, day: date) -> str | None:
        """The code of what is billed on a project, or without one, on a day; None for that of the project, the client
        or the firm. Any other answer refuses the command: what is no tax code with InvalidInput, one that the firm
        never set with NotFound."""
