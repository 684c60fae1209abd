"""What people call clients, projects and invoices, as arguments of commands."""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

import click

from invoicecore import Client, Desk, Invoice, Payment, Period, Person, Project, Status, WorkSessionView
from invoicecore.cli.program import CommandRefused, ExitCode
from invoicecore.errors import NotFound

T = TypeVar("T")

client: Final = click.argument("client", metavar="CLIENT")
"""A client, by its name or a part of it."""
project: Final = click.argument("project", metavar="PROJECT")
"""A project, by its name or a part of it, perhaps after the client's: Acme/Website."""
invoice: Final = click.argument("invoice", metavar="NUMBER")
"""An invoice, by its number."""
draft: Final = click.argument("invoice", metavar="DRAFT")
"""A draft, by its number, its id, or the client whose only draft it is."""
person: Final = click.argument("person", metavar="PERSON")
"""A person, by the name or a part of it."""


def person_called(desk: Desk, name: str) -> Person:
    """The person who is called so."""
    return _found("person", name, desk.people.by_name)


def client_called(desk: Desk, name: str) -> Client:
    """The client that is called so."""
    return _found("client", name, desk.clients.by_name)


def project_called(desk: Desk, name: str) -> Project:
    """The project that is called so."""
    return _found("project", name, desk.projects.by_name)


def invoice_numbered(desk: Desk, number: str) -> Invoice:
    """The invoice of that number."""
    return _found("invoice", number, desk.invoices.by_number)


def session_called(desk: Desk, name: str, day: date | None) -> WorkSessionView:
    """The only work on the project that is called so on a day; without a day, the session of that id."""
    if day is None:
        return _found("session", name, desk.work.get)
    project = project_called(desk, name)
    found = desk.work.sessions(project_id=project.id, period=Period(day, day))
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandRefused(f"There is no work on {project.name} on {day}.", ExitCode.REFUSED)
    several = "; ".join(f"{it.duration}{it.note and ' '}{it.note}: {it.id}" for it in found)
    message = f"There are several on {project.name} on {day}; give the id alone. {several}."
    raise CommandRefused(message, ExitCode.REFUSED)


def payment_called(desk: Desk, name: str) -> Payment:
    """The payment of that id, or the only one that pays the invoice of that number."""
    try:
        return desk.payments.get(name)
    except NotFound:
        paid = invoice_numbered(desk, name)
    payments = [it for it in desk.payments.of(paid.client_id) if it.applied_to(paid.id)]
    if len(payments) == 1:
        return payments[0]
    if not payments:
        raise CommandRefused(f"{paid.label} has no payment.", ExitCode.REFUSED)
    several = "; ".join(f"{it.amount} of {it.received_on}: {it.id}" for it in payments)
    raise CommandRefused(f"{paid.label} has several payments; give the id of one. {several}.", ExitCode.REFUSED)


def draft_called(desk: Desk, name: str) -> Invoice:
    """The draft of that number or id, or the only draft of the client that is called so."""
    for find in (desk.invoices.by_number, desk.invoices.get):
        try:
            return find(name)
        except NotFound:
            pass
    of_client = client_called(desk, name)
    drafts = [it for it in desk.invoices.of(of_client.id) if it.status is Status.DRAFT]
    if len(drafts) == 1:
        return drafts[0]
    if not drafts:
        raise CommandRefused(f"{of_client.name} has no draft; `invoice draft` makes one.", ExitCode.REFUSED)
    ids = ", ".join(it.number or it.id for it in drafts)
    raise CommandRefused(f"{of_client.name} has several drafts; say which: {ids}.", ExitCode.REFUSED)


def _found(what: str, name: str, find: Callable[[str], T]) -> T:
    try:
        return find(name)
    except NotFound as missing:
        raise CommandRefused(f"There is no {what} called {name!r}.", ExitCode.REFUSED, missing) from missing
