"""Rows of the lists of work sessions."""

from datetime import datetime

from attrs import frozen

from invoicecore.model.work_session import TimerView, WorkSessionView
from invoicecore.queries.paging import Sort
from invoicecore.queries.visibility import NamedRef


class WorkSort(Sort):
    """The orders in which sessions are listed."""

    START = "start", "By their start.", ("session.start", datetime), ("session.id", str)
    HOURS = "hours", "By their duration.", ("session.duration", int), ("session.id", str)


@frozen(kw_only=True)
class TimerRow:
    """A running timer as a person sees it, with the present names of its client, project and person, also where they
    are no longer assigned."""

    timer: TimerView
    client: NamedRef
    project: NamedRef
    person: NamedRef


@frozen(kw_only=True)
class WorkRow:
    """A session as a person sees it, with the present names of its client, project and person, and the number of the
    invoice that holds it, which is None for those who may not see invoices."""

    session: WorkSessionView
    client: NamedRef
    project: NamedRef
    person: NamedRef
    invoice_number: str | None
