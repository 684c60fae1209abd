"""Rows of the audit trail, and the profile of the firm that everybody may see."""

from datetime import datetime

from attrs import frozen

from invoicecore.model.events import Change
from invoicecore.queries.paging import Sort
from invoicecore.queries.visibility import NamedRef
from invoicecore.values.logo import Logo
from invoicecore.vocabulary import Action


class AuditSort(Sort):
    """The order in which changes are listed."""

    COMMITTED = "committed", "In the order of their commits.", ("position", int)


@frozen(kw_only=True)
class AuditRow:
    """Who did what, when, and why, and everything that it changed. `names` are the present ones of the people, clients
    and projects among that, and the numbers of invoices."""

    id: str
    position: int
    at: datetime
    by: NamedRef
    action: Action
    reason: str
    changes: tuple[Change, ...]
    names: tuple[NamedRef, ...]

    def __repr__(self) -> str:
        about = ", ".join(named.name for named in self.names)
        return f"<AuditRow {self.position}, {self.at:%Y-%m-%d %H:%M} UTC: {self.by.name}, {self.action}, {about}>"


@frozen(kw_only=True)
class FirmProfile:
    """What everybody sees of the firm that they work for, or are a client of: what a letterhead has."""

    name: str
    contact: str
    timezone: str
    locale: str
    theme: str
    logo: Logo | None
    has_taxes: bool = False
