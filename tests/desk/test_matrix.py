"""Every command and query of a desk, for each role and for each owner of what it names."""

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any, cast, get_args, get_type_hints

import attrs
import pytest

from invoicecore import ClientSort, Deposit, Desk, Money, NewExpense, NewWorkSession, Period, Rate, Role, TaxCategory
from invoicecore.errors import BatchRefused, InvoicecoreError, NotFound, NotPermitted, PersonArchived
from invoicecore.testing.pictures import png
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from tests.books import books
from tests.desk.scene import COLUMNS, MISSING, NEXT_RATE, ONE_DAY, SECRET, WHOSE, Scene, Things, new_scene
from tests.desk.test_roles import ACTS
from tests.lifecycle.texttable import rows
from tests.world import UNLIMITED, hourly, new_world, subjects, usd

DESK = rows("""
command                          | manager | supervisor | worker | contact | limited
---------------------------------+---------+------------+--------+---------+--------
firm.settings                    | y       | y          | y      | n       | n
firm.change                      | y       | n          | n      | n       | n
firm.set_tax                     | y       | n          | n      | n       | n
firm.set_logo                    | y       | n          | n      | n       | n
firm.logo                        | y       | y          | y      | y       | y
firm.logo by its id              | yyy..   | yyy..      | yyy..  | yyy..   | yyy..
firm.profile                     | y       | y          | y      | y       | y
firm.next_number                 | y       | y          | y      | n       | n
firm.set_next_number             | y       | n          | n      | n       | n
firm.audit                       | y       | n          | n      | n       | n
people.add                       | y       | n          | n      | n       | n
people.add a contact             | yyy..   | nnn..      | .....  | nn...   | n....
people.get                       | yyy..   | yyy..      | y....  | y....   | y....
people.by_email                  | y       | y          | y      | .       | .
people.by_name                   | y       | y          | n      | n       | n
people.get a contact             | yyy..   | .....      | .....  | y....   | y....
people.me                        | y       | y          | y      | y       | y
people.all                       | y       | y          | n      | n       | n
people.change                    | yyy..   | nnn..      | n....  | n....   | n....
people.change_me                 | y       | y          | y      | y       | y
people.restrict_to_projects                  | yyy..   | .....      | .....  | n....   | n....
people.login                     | yyy..   | ynn..      | y....  | y....   | y....
people.login of a contact        | yyy..   | .....      | .....  | y....   | y....
people.set_password              | yyy..   | nnn..      | n....  | n....   | n....
people.change_my_password        | y       | y          | y      | y       | y
people.set_allowed_addresses                | yyy..   | nnn..      | n....  | n....   | n....
people.archive                   | yyy..   | nnn..      | n....  | n....   | n....
people.restore                   | yyy..   | nnn..      | n....  | n....   | n....
clients.add                      | y       | n          | n      | n       | n
clients.get                      | yyy..   | yyy..      | .....  | yy...   | yy...
clients.by_name                  | y       | y          | n      | y       | y
clients.all                      | y       | y          | n      | y       | y
clients.change                   | yyy..   | nnn..      | .....  | nn...   | nn...
clients.set_terms                | yyy..   | nnn..      | .....  | nn...   | nn...
clients.archive                  | yyy..   | nnn..      | .....  | nn...   | nn...
clients.restore                  | yyy..   | nnn..      | .....  | nn...   | nn...
projects.add                     | yyy..   | nnn..      | .....  | nn...   | nn...
projects.get                     | yyy..   | yyy..      | y....  | yy...   | y....
projects.by_name                 | y       | y          | y      | y       | y
projects.all                     | y       | y          | y      | y       | y
projects.of                      | yyy..   | yyy..      | .....  | yy...   | yy...
projects.change                  | yyy..   | nnn..      | n....  | nn...   | n....
projects.set_rate                | yyy..   | nnn..      | n....  | nn...   | n....
projects.cancel_rate             | yyy..   | nnn..      | n....  | nn...   | n....
projects.assign                  | yyy..   | yyy..      | n....  | n....   | n....
projects.unassign                | yyy..   | yyy..      | n....  | n....   | n....
projects.archive                 | yyy..   | nnn..      | n....  | nn...   | n....
projects.restore                 | yyy..   | nnn..      | n....  | nn...   | n....
work.log                         | yyy..   | yyy..      | y....  | nn...   | n....
work.log for another             | yyy..   | ynn..      | y....  | n....   | n....
work.log at a rate               | yyy..   | nnn..      | n....  | nn...   | n....
work.log past the stop           | yyy..   | nnn..      | n....  | nn...   | n....
work.import_many                 | yyy..   | nnnnn      | nnnnn  | nnnnn   | nnnnn
work.imported                    | y       | n          | n      | n       | n
work.start                       | yyy..   | yyy..      | y....  | nn...   | n....
work.stop                        | yyy..   | yyy..      | y....  | nn...   | n....
work.discard                     | yyy..   | yyy..      | y....  | nn...   | n....
work.running                     | y       | y          | y      | y       | y
work.edit                        | yyy..   | yyy..      | n....  | nn...   | n....
work.edit to a project           | yyy..   | yyy..      | n....  | nn...   | n....
work.edit of a person            | yyy..   | yyy..      | n....  | n....   | n....
work.edit at a rate              | yyy..   | nnn..      | n....  | nn...   | n....
work.edit past the stop          | yyy..   | nnn..      | n....  | nn...   | n....
work.delete                      | yyy..   | yyy..      | n....  | nn...   | n....
work.get                         | yyy..   | yyy..      | y....  | yy...   | y....
work.sessions                    | y       | y          | y      | y       | y
work.sessions of a project       | yyy..   | yyy..      | y....  | yy...   | y....
work.sessions of a client        | yyy..   | yyy..      | .....  | yy...   | yy...
work.sessions of a person        | yyy..   | yyy..      | y....  | y....   | y....
charges.expense                  | yyy..   | yyy..      | y....  | nn...   | n....
charges.expense at a price       | yyy..   | nnn..      | n....  | nn...   | n....
charges.import_many              | yyy..   | nnnnn      | nnnnn  | nnnnn   | nnnnn
charges.fee                      | yyy..   | nnn..      | .....  | nn...   | nn...
charges.allow                    | yyy..   | nnn..      | .....  | nn...   | nn...
charges.fee of a project         | yyy..   | nnn..      | n....  | nn...   | n....
charges.allow of a project       | yyy..   | nnn..      | n....  | nn...   | n....
charges.allow on a session       | yyy..   | nnn..      | .....  | nn...   | nn...
charges.edit                     | yyy..   | yyy..      | n....  | nn...   | n....
charges.edit at a price          | yyy..   | nnn..      | n....  | nn...   | n....
charges.edit to a project        | yyy..   | yyy..      | n....  | nn...   | n....
charges.delete                   | yyy..   | yyy..      | n....  | nn...   | n....
charges.get                      | yyy..   | yyy..      | y....  | yy...   | y....
charges.receipt                  | yyy..   | y....      | y....  | .....   | .....
charges.list                     | y       | y          | y      | y       | y
charges.list of a client         | yyy..   | yyy..      | .....  | yy...   | yy...
charges.list of a project        | yyy..   | yyy..      | y....  | yy...   | y....
invoices.draft                   | yyy..   | nnn..      | .....  | nn...   | nn...
invoices.draft of a project      | yyy..   | nnn..      | .....  | nn...   | n....
invoices.draft without a session | yyy..   | nnn..      | .....  | nn...   | n....
invoices.draft without a charge  | yyy..   | nnn..      | .....  | nn...   | n....
invoices.manual                  | yyy..   | nnn..      | .....  | nn...   | nn...
invoices.peek                    | yyy..   | .....      | .....  | .....   | .....
invoices.open                    | yyy..   | .....      | .....  | .....   | .....
invoices.save                    | yyy..   | .....      | .....  | .....   | .....
invoices.save of a project       | yyy..   | .....      | .....  | .....   | .....
invoices.save without a session  | yyy..   | .....      | .....  | .....   | .....
invoices.delete                  | yyy..   | .....      | .....  | .....   | .....
invoices.generate                | yyy..   | .....      | .....  | .....   | .....
invoices.revert                  | yyy..   | .....      | .....  | nn...   | n....
invoices.set_due                 | yyy..   | .....      | .....  | nn...   | n....
invoices.set_overdue             | yyy..   | .....      | .....  | nn...   | n....
invoices.set_uncollectible       | yyy..   | .....      | .....  | nn...   | n....
invoices.set_paid                | yyy..   | .....      | .....  | nn...   | n....
invoices.void                    | yyy..   | .....      | .....  | nn...   | n....
invoices.sweep_overdue           | y       | n          | n      | n       | n
invoices.get                     | yyy..   | .....      | .....  | yy...   | y....
invoices.by_number               | y       | .          | .      | y       | y
invoices.get a draft             | yyy..   | .....      | .....  | .....   | .....
invoices.of                      | yyy..   | nnn..      | .....  | yy...   | yy...
invoices.all                     | y       | n          | n      | y       | y
invoices.available_actions          | yyy..   | .....      | .....  | yy...   | y....
invoices.history                 | yyy..   | .....      | .....  | yy...   | y....
invoices.history of a draft      | yyy..   | .....      | .....  | .....   | .....
invoices.readers                     | yyy..   | .....      | .....  | nn...   | n....
invoices.printable                   | yyy..   | .....      | .....  | yy...   | y....
invoices.printable paid in part      | yyy..   | .....      | .....  | yy...   | y....
invoices.printable of a draft        | yyy..   | .....      | .....  | .....   | .....
payments.record                  | yyy..   | .....      | .....  | nn...   | n....
payments.apply_credit            | yyy..   | .....      | .....  | nn...   | n....
payments.reverse                 | yyy..   | .....      | .....  | nn...   | .....
payments.get                     | yyy..   | .....      | .....  | yy...   | .....
payments.of                      | yyy..   | nnn..      | .....  | yy...   | .....
accounts.standing                | yyy..   | nnn..      | .....  | yy...   | .....
accounts.statement               | yyy..   | nnn..      | .....  | yy...   | .....
accounts.printable_statement         | yyy..   | nnn..      | .....  | yy...   | .....
accounts.printable_account_statement | yyy..   | nnn..      | .....  | yy...   | .....
accounts.account_statement       | yyy..   | nnn..      | .....  | yy...   | .....
accounts.dues                    | yyy..   | nnn..      | .....  | yy...   | .....
accounts.reconcile               | yyy..   | nnn..      | .....  | yy...   | .....
accounts.entries                 | yyy..   | nnn..      | .....  | yy...   | .....
accounts.adjust                  | yyy..   | nnn..      | .....  | nn...   | .....
accounts.request_refill              | yyy..   | nnn..      | .....  | nn...   | .....
accounts.correct_booking_days    | yyy..   | nnn..      | .....  | nn...   | .....
accounts.sweep_refills            | y       | n          | n      | n       | n
pages.clients                    | y       | y          | n      | y       | y
pages.clients by balance         | y       | n          | n      | y       | .
pages.client                     | yyy..   | yyy..      | .....  | yy...   | yy...
pages.contacts                   | yyy..   | yyy..      | .....  | nn...   | nn...
pages.transactions               | yyy..   | nnn..      | .....  | yy...   | .....
pages.projects                   | y       | y          | y      | y       | y
pages.projects of a client       | yyy..   | yyy..      | .....  | yy...   | yy...
pages.project                    | yyy..   | yyy..      | y....  | yy...   | y....
pages.work                       | y       | y          | y      | y       | y
pages.work of a client           | yyy..   | yyy..      | .....  | yy...   | yy...
pages.work of a project          | yyy..   | yyy..      | y....  | yy...   | y....
pages.work of a person           | yyy..   | yyy..      | y....  | y....   | y....
pages.charges                    | y       | y          | y      | y       | y
pages.charges of a client        | yyy..   | yyy..      | .....  | yy...   | yy...
pages.charges of a project       | yyy..   | yyy..      | y....  | yy...   | y....
pages.invoices                   | y       | n          | n      | y       | y
pages.invoices of a client       | yyy..   | nnn..      | .....  | yy...   | yy...
pages.invoice                    | yyy..   | .....      | .....  | yy...   | y....
pages.invoice paid in part       | yyy..   | .....      | .....  | yy...   | y....
pages.invoice of a draft         | yyy..   | .....      | .....  | .....   | .....
pages.timers                     | y       | y          | y      | y       | y
pages.audit                      | y       | n          | n      | n       | n
pages.people                     | y       | y          | n      | n       | n
pages.person                     | yyy..   | yyy..      | y....  | y....   | y....
pages.person a contact           | yyy..   | .....      | .....  | y....   | y....
pages.unbilled                   | y       | n          | n      | y       | y
pages.unbilled of a client       | yyy..   | nnn..      | .....  | yy...   | yy...
accounts.close                   | y       | n          | n      | y       | .
pages.taxes                      | y       | n          | n      | y       | .
pages.aging                      | y       | n          | n      | y       | y
pages.aging of a client          | yyy..   | nnn..      | .....  | yy...   | .....
pages.forecast                   | yyy..   | nnn..      | .....  | yy...   | .....
pages.explain                    | yyy..   | nnn..      | .....  | yy...   | .....
""")
"""What becomes of each command: `y` it is done, `n` the role does not include it, `.` what it names is absent.

A cell has one letter for a command that names nothing, and otherwise five, for what is one's own, of the same client,
of another client, of another firm, and missing: see `tests.desk.scene`."""

IDS = {
    *("client_id", "project_id", "projects", "person_id", "limited_to", "session_id", "exclude", "timer_id"),
    *("invoice_id", "payment_id", "logo_id", "charge_id", "on"),
}
NOT_IDS = {
    *("name", "email", "timezone", "password", "admitted_from", "ranges", "current", "new", "contact", "theme"),
    *("locale", "number_pattern", "currency", "billing_address", "note", "notes", "reason", "description", "number"),
    *("tax_id", "payment_instructions", "method", "reference", "sources", "after", "hours", "if_revision"),
    *("idempotency_key", "entity_id", "search", "before", "more", "code", "cost", "percent", "tax"),
}
"""What a text is that is given to a desk: an id of something, or none. What `after` marks is looked at by
`tests.proof.test_foreign_ids`."""

SUBJECTS = ("firm", "people", "clients", "projects", "work", "charges", "invoices", "payments", "accounts", "pages")
FIFTH = date(2026, 3, 5)
NOT_SO_MUCH = Period(date(2026, 3, 2), date(2026, 3, 2))

SAID: dict[str, Callable[[Desk, Things], object]] = {
    "firm.change": lambda desk, of: desk.firm.change(name="Northwind"),
    "firm.set_tax": lambda desk, of: desk.firm.set_tax("VAT", category=TaxCategory.STANDARD, percent="19"),
    "firm.set_logo": lambda desk, of: desk.firm.set_logo(png(2, 2)),
    "firm.set_next_number": lambda desk, of: desk.firm.set_next_number(100),
    "people.add": lambda desk, of: desk.people.add(name="Pat", role=Role.WORKER),
    "people.add a contact": lambda desk, of: desk.people.add(
        name="Pat", role=Role.CONTACT, client_id=of.client, limited_to=[of.project]
    ),
    "people.change": lambda desk, of: desk.people.change(of.person, name="Nora N."),
    "people.change_me": lambda desk, of: desk.people.change_me(timezone="Asia/Tokyo"),
    "people.restrict_to_projects": lambda desk, of: desk.people.restrict_to_projects(of.contact, [of.project]),
    "people.set_password": lambda desk, of: desk.people.set_password(of.person, "another secret"),
    "people.change_my_password": lambda desk, of: desk.people.change_my_password(current=SECRET, new="another secret"),
    "people.set_allowed_addresses": lambda desk, of: desk.people.set_allowed_addresses(of.person, ["10.0.0.0/8"]),
    "clients.add": lambda desk, of: desk.clients.add(name="Beta", terms=UNLIMITED),
    "clients.change": lambda desk, of: desk.clients.change(of.client, name="Acme Inc."),
    "clients.set_terms": lambda desk, of: desk.clients.set_terms(of.client, UNLIMITED),
    "projects.add": lambda desk, of: desk.projects.add(client_id=of.client, name="App", rate=hourly(10)),
    "projects.change": lambda desk, of: desk.projects.change(of.project, notes="Soon."),
    "projects.set_rate": lambda desk, of: desk.projects.set_rate(of.project, hourly(60)),
    "projects.cancel_rate": lambda desk, of: desk.projects.cancel_rate(of.project, NEXT_RATE),
    "work.log": lambda desk, of: desk.work.log(of.project, start=ONE_DAY, hours=1),
    "work.log for another": lambda desk, of: desk.work.log(of.project, start=ONE_DAY, hours=1, person_id=of.person),
    "work.log at a rate": lambda desk, of: desk.work.log(of.project, start=ONE_DAY, hours=1, rate=hourly(70)),
    "work.log past the stop": lambda desk, of: desk.work.log(
        of.project, start=ONE_DAY, hours=1, over_limit=True, reason="It was done."
    ),
    "work.import_many": lambda desk, of: desk.work.import_many(
        [NewWorkSession(project_id=ProjectId(of.project), person_id=PersonId(of.person), start=ONE_DAY, hours=1)]
    ),
    "work.imported": lambda desk, of: desk.work.imported(["tracker:1"]),
    "work.edit": lambda desk, of: desk.work.edit(of.session, hours=3),
    "work.edit to a project": lambda desk, of: desk.work.edit(of.session, project_id=of.project, note="Here."),
    "work.edit of a person": lambda desk, of: desk.work.edit(of.session, person_id=of.person),
    "work.edit at a rate": lambda desk, of: desk.work.edit(of.session, rate=hourly(70)),
    "work.edit past the stop": lambda desk, of: desk.work.edit(
        of.session, hours=3, over_limit=True, reason="It was done."
    ),
    "charges.expense": lambda desk, of: desk.charges.expense(of.client, FIFTH, cost="5 €", project_id=of.project),
    "charges.expense at a price": lambda desk, of: desk.charges.expense(
        of.client, FIFTH, price=usd(5), project_id=of.project
    ),
    "charges.fee": lambda desk, of: desk.charges.fee(of.client, FIFTH, usd(5)),
    "charges.allow": lambda desk, of: desk.charges.allow(of.client, amount=usd(5)),
    "charges.import_many": lambda desk, of: desk.charges.import_many(
        [NewExpense(client_id=ClientId(of.client), day=FIFTH, project_id=ProjectId(of.project))]
    ),
    "charges.fee of a project": lambda desk, of: desk.charges.fee(of.client, FIFTH, usd(5), project_id=of.project),
    "charges.allow of a project": lambda desk, of: desk.charges.allow(of.client, amount=usd(5), project_id=of.project),
    "charges.allow on a session": lambda desk, of: desk.charges.allow(of.client, percent=10, on=[of.session]),
    "charges.edit": lambda desk, of: desk.charges.edit(of.charge, note="Train"),
    "charges.edit at a price": lambda desk, of: desk.charges.edit(of.charge, amount=usd(5)),
    "charges.edit to a project": lambda desk, of: desk.charges.edit(of.charge, project_id=of.project),
    "invoices.draft without a charge": lambda desk, of: desk.invoices.draft(
        of.client, NOT_SO_MUCH, exclude=[of.charge]
    ),
    "invoices.draft": lambda desk, of: desk.invoices.draft(of.client, NOT_SO_MUCH),
    "invoices.draft of a project": lambda desk, of: desk.invoices.draft(of.client, NOT_SO_MUCH, projects=[of.project]),
    "invoices.draft without a session": lambda desk, of: desk.invoices.draft(
        of.client, NOT_SO_MUCH, exclude=[of.session]
    ),
    "invoices.manual": lambda desk, of: desk.invoices.manual(of.client, usd(5), deposit=Deposit.TO_BALANCE),
    "people.by_email": lambda desk, of: desk.people.by_email("lee@northwind.example"),
    "people.by_name": lambda desk, of: desk.people.by_name("lee"),
    "clients.by_name": lambda desk, of: desk.clients.by_name("acme"),
    "projects.by_name": lambda desk, of: desk.projects.by_name("Acme/Website"),
    "invoices.by_number": lambda desk, of: desk.invoices.by_number("INV-2026-0001"),
    "invoices.peek": lambda desk, of: desk.invoices.peek(of.draft),
    "invoices.open": lambda desk, of: desk.invoices.open(of.draft),
    "invoices.save": lambda desk, of: desk.invoices.save(of.draft, exclude=[]),
    "invoices.save of a project": lambda desk, of: desk.invoices.save(of.draft, projects=[of.project]),
    "invoices.save without a session": lambda desk, of: desk.invoices.save(of.draft, exclude=[of.session]),
    "invoices.delete": lambda desk, of: desk.invoices.delete(of.draft),
    "invoices.generate": lambda desk, of: desk.invoices.generate(of.draft),
    "invoices.void": lambda desk, of: desk.invoices.void(of.generated, note="Mistaken."),
    "invoices.sweep_overdue": lambda desk, of: desk.invoices.sweep_overdue(date(2026, 3, 1)),
    "payments.record": lambda desk, of: desk.payments.record(of.due),
    "payments.apply_credit": lambda desk, of: desk.payments.apply_credit(of.due),
    "payments.reverse": lambda desk, of: desk.payments.reverse(of.payment, note="Mistyped."),
    "accounts.adjust": lambda desk, of: desk.accounts.adjust(of.client, usd(5), reason="Goodwill."),
    "accounts.correct_booking_days": lambda desk, of: desk.accounts.correct_booking_days(
        of.client, Period.year(2026), right_day=date(2026, 1, 1), reason="A wrong clock."
    ),
    "pages.taxes": lambda desk, of: desk.pages.taxes(Period.year(2026)),
    "accounts.close": lambda desk, of: desk.accounts.close(Period.year(2026)),
    "pages.clients by balance": lambda desk, of: desk.pages.clients(sort=ClientSort.BALANCE),
}
"""How a row is tried that gives more than ids, or the ids of other things than its parameters are called by."""

GIVEN = {
    "client_id": "client",
    "project_id": "project",
    "person_id": "person",
    "session_id": "session",
    "charge_id": "charge",
    "timer_id": "timer",
    "payment_id": "payment",
    "invoice_id": "generated",
}
WORDS = {
    "of a client": ("client_id", "client"),
    "of a project": ("project_id", "project"),
    "of a person": ("person_id", "person"),
    "a contact": ("person_id", "contact"),
    "of a contact": ("person_id", "contact"),
    "a draft": ("invoice_id", "draft"),
    "of a draft": ("invoice_id", "draft"),
    "paid in part": ("invoice_id", "due"),
    "by its id": ("logo_id", "logo"),
}
"""Which thing is given for a parameter that must be given, and for the words behind a command."""


@cache
def methods() -> dict[str, Callable[..., object]]:
    """Every public method of every subject of a desk, as `subject.method`."""
    desk = new_world().maria
    return {
        f"{subject}.{name}": getattr(getattr(desk, subject), name)
        for subject in SUBJECTS
        for name in dir(getattr(desk, subject))
        if not name.startswith("_") and not isinstance(getattr(type(getattr(desk, subject)), name), property)
    }


def as_named(row: str) -> Callable[[Desk, Things], object]:
    """Call what a row names with the things that its parameters and its words ask for."""
    name, _, words = row.partition(" ")
    needed = [it.name for it in inspect.signature(methods()[name]).parameters.values() if it.default is it.empty]
    things = {parameter: GIVEN[parameter] for parameter in needed} | dict([WORDS[words]] if words else [])
    return lambda desk, of: attrgetter(name)(desk)(**{it: getattr(of, thing) for it, thing in things.items()})


TRY = {row: SAID.get(row) or as_named(row) for row in DESK}
"""How each row of the grid is tried."""

ALL = tuple(field.name for field in attrs.fields(Things))
ALL_BUT_LOGO = ALL[:-1]
INVOICES = ("draft", "generated", "due", "payment")

HIDDEN: dict[str, dict[str, tuple[str, ...]]] = {
    "manager": {"other firm": ALL},
    "supervisor": {
        "own": ("contact", *INVOICES),
        "same client": ("contact", *INVOICES),
        "other client": ("contact", *INVOICES),
        "other firm": ALL,
    },
    "worker": {
        "own": ("contact", *INVOICES),
        "same client": ("project", "person", "contact", "session", "charge", "timer", *INVOICES),
        "other client": ALL_BUT_LOGO,
        "other firm": ALL,
    },
    "contact": {
        "own": ("draft",),
        "same client": ("contact", "draft"),
        "other client": ALL_BUT_LOGO,
        "other firm": ALL,
    },
    "limited": {
        "own": ("draft", "payment"),
        "same client": ("project", "person", "contact", "session", "charge", "timer", *INVOICES),
        "other client": ALL_BUT_LOGO,
        "other firm": ALL,
    },
}
"""The ids that stand in no answer, whatever somebody asks."""


def letters(row: str, column: str) -> dict[str, str]:
    """The letters of a cell by whose the things are; a command that names nothing is tried with one's own."""
    cell = DESK[row][column]
    return {"own": cell} if len(cell) == 1 else dict(zip(WHOSE, cell, strict=True))


def cells(outcome: str) -> list[tuple[str, str, list[str]]]:
    """Every row and column with this outcome, and whose the things are where it has."""
    found = [(row, column, letters(row, column)) for row in DESK for column in COLUMNS]
    some = ((row, column, [of for of, letter in cell.items() if letter == outcome]) for row, column, cell in found)
    return [it for it in some if it[2]]


@cache
def scene_of(column: str, running: bool) -> Scene:
    """A scene for all calls that change nothing: those that are refused, and those that only look."""
    return new_scene(column, running=running)


def scene_for(row: str, column: str) -> Scene:
    """The scene of a cell: one's own timer runs, except where one is to be started."""
    return scene_of(column, row != "work.start")


def call(row: str, column: str, whose: str, **instead: str) -> object:
    """What a call gives, of things of which some are others instead. What it changed is left to nobody else."""
    scene = scene_for(row, column)
    before = scene.changes()
    try:
        return TRY[row](scene.desks[column], attrs.evolve(scene.things[whose], **instead))
    finally:
        if scene.changes() != before:
            scene_of.cache_clear()


def refusal(row: str, column: str, whose: str, **instead: str) -> InvoicecoreError | None:
    """The error of a call, or None; of a batch, that of its row."""
    try:
        call(row, column, whose, **instead)
    except BatchRefused as refused:
        return refused.reason
    except InvoicecoreError as refused:
        return refused
    return None


def letter_of(error: InvoicecoreError | None) -> str:
    """The letter for what became of a call."""
    if error is None:
        return "y"
    return {NotPermitted: "n", NotFound: "."}.get(type(error), repr(error))


def parts_of(value: Any, where: str = "") -> Iterator[tuple[str, object]]:
    """A value and all that it is made of, each with its place."""
    yield where, value
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from parts_of(getattr(value, field.name), f"{where}.{field.name}")
    elif isinstance(value, dict):
        for pair in value.items():
            yield from parts_of(pair, where)
    elif isinstance(value, tuple | list | set | frozenset):
        for inner in value:
            yield from parts_of(inner, where)


def money_in(value: object) -> list[str]:
    """Where money stands in a value, however deep."""
    return [it for it, part in parts_of(value) if isinstance(part, Money | Rate) or (it.endswith("minor") and part)]


def texts_in(value: object) -> set[str]:
    """All texts in a value, however deep."""
    return {part for _, part in parts_of(value) if isinstance(part, str)}


@attrs.frozen
class Noted:
    """Stands for a desk, a subject or a method, and notes which parameters are given the id of something missing."""

    given: set[str]
    path: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return Noted(self.given, (*self.path, name))

    def __call__(self, *positional: object, **named: object) -> None:
        subject, method = self.path
        signature = inspect.signature(getattr(getattr(new_world().maria, subject), method))
        for name, value in signature.bind(*positional, **named).arguments.items():
            if texts_in(value) & set(attrs.astuple(MISSING)):
                self.given.add(f"{subject}.{method}.{name}")


def ids_given(row: str) -> set[str]:
    """The parameters to which a row gives an id, each as `subject.method.parameter`."""
    noted = Noted(set())
    TRY[row](cast(Desk, noted), MISSING)
    return noted.given


def takes_text(form: Any) -> bool:
    """Whether a text may be given where this type is declared, or several."""
    return form is str or any(takes_text(inner) for inner in get_args(form))


class TestTheGrid:
    """The grid is complete."""

    def test_every_command_has_a_row(self) -> None:
        """Every public method of every subject of a desk has one, and every row is tried."""
        assert SUBJECTS == tuple(subjects(new_world().maria))
        assert set(methods()) == {row.split()[0] for row in DESK}
        assert set(SAID) <= set(DESK)
        assert list(COLUMNS) == list(DESK["firm.settings"])

    @pytest.mark.parametrize("row", list(DESK))
    def test_every_cell_has_its_letters(self, row: str) -> None:
        """Five, exactly if the command names anything; another firm's is then what is missing, and never done."""
        [length] = {len(cell) for cell in DESK[row].values()}
        assert length == (len(WHOSE) if ids_given(row) else 1)
        assert length == 1 or {cell[3:] for cell in DESK[row].values()} <= {"..", "nn"}

    def test_every_id_is_tried(self) -> None:
        """A text that a desk takes is an id or it is none, and every id is given in some row."""
        texts = {
            f"{path}.{name}": name
            for path, method in methods().items()
            for name, form in get_type_hints(method).items()
            if name != "return" and takes_text(form)
        }
        assert set(texts.values()) == IDS | NOT_IDS
        given = set[str]().union(*map(ids_given, DESK)) - {"work.import_many.rows", "charges.import_many.rows"}
        assert given == {path for path, name in texts.items() if name in IDS}


class TestOutcome:
    """What becomes of each call."""

    @pytest.mark.req("A14", "A15", "A17", "A18", "A19", "A20", "A21", "B2")
    @pytest.mark.parametrize("column", COLUMNS)
    @pytest.mark.parametrize("row", list(DESK))
    def test_as_the_grid_says(self, row: str, column: str) -> None:
        """It is done, not permitted, or absent."""
        expected = letters(row, column)
        assert expected == {whose: letter_of(refusal(row, column, whose)) for whose in expected}

    @pytest.mark.req("A20", "A21")
    @pytest.mark.parametrize(("row", "column", "whose"), [it for it in cells(".") if ids_given(it[0])])
    def test_what_is_absent_is_as_if_it_did_not_exist(self, row: str, column: str, whose: list[str]) -> None:
        """Type and words of the error are those for an id in its place that nothing has, but for the id itself."""
        for of in whose:
            absent, things = refusal(row, column, of), attrs.asdict(scene_for(row, column).things[of])
            assert isinstance(absent, NotFound)
            [name] = [name for name, id in things.items() if id == absent.id]
            missing = refusal(row, column, of, **{name: getattr(MISSING, name)})
            assert isinstance(missing, NotFound)
            if (absent.what, column) != ("account of client", "limited"):  # they see the client, but not their money
                assert absent.what == missing.what
            assert f"There is no {absent.what} {absent.id!r} here." == str(absent)
            assert f"There is no {missing.what} {getattr(MISSING, name)!r} here." == str(missing)

    @pytest.mark.parametrize(("row", "column", "whose"), cells("n"))
    def test_a_refusal_names_the_roles_that_may(self, row: str, column: str, whose: list[str]) -> None:
        """The error holds the act, the role that lacks it, and says which roles have it."""
        for of in whose:
            error = refusal(row, column, of)
            assert isinstance(error, NotPermitted)
            roles = [role for role, mark in ACTS[error.action].items() if mark == "may"]
            own = "contact" if column == "limited" else column
            assert (own, roles) == (error.role, list(error.allowed))
            assert f"A {own} may not {error.action.on('an invoice')}; a {' or '.join(roles)} may." == str(error)

    @pytest.mark.parametrize("column", COLUMNS)
    def test_a_refused_command_changes_nothing(self, column: str) -> None:
        """After everything that one may not was tried, the books of both firms are as they were."""
        scene = new_scene(column)
        storage = scene.world.storage
        before = [books(storage, firm) for firm in storage.firms()]
        for row, whom, whose in cells("n") + cells("."):
            for of in whose if whom == column else ():
                with pytest.raises((NotPermitted, NotFound, BatchRefused)):
                    TRY[row](scene.desks[column], scene.things[of])
        assert before == [books(storage, firm) for firm in storage.firms()]
        assert len(before) == 2

    @pytest.mark.parametrize("row", list(DESK))
    def test_nobody_who_was_archived(self, row: str) -> None:
        """A desk of somebody who was put away meanwhile does nothing any more."""
        scene = archived_scene()
        with pytest.raises(PersonArchived, match="Lee"):
            TRY[row](scene.desks["worker"], scene.things["own"])


@cache
def archived_scene() -> Scene:
    """Lee was put away."""
    scene = new_scene("worker")
    scene.world.maria.people.archive(scene.world.lee.person_id)
    return scene


class TestAnswers:
    """What is in them, and what is not."""

    @pytest.mark.req("A17", "A18", "A19")
    @pytest.mark.parametrize(("row", "column", "whose"), [it for it in cells("y") if it[1] in {"supervisor", "worker"}])
    def test_no_rate_and_no_amount(self, row: str, column: str, whose: list[str]) -> None:
        """Nothing that a supervisor or a worker is ever given holds money."""
        assert [] == [place for of in whose for place in money_in(call(row, column, of))]

    @pytest.mark.req("A17", "A18", "A19", "A20", "A21")
    @pytest.mark.parametrize(("row", "column", "whose"), cells("y"))
    def test_nothing_foreign(self, row: str, column: str, whose: list[str]) -> None:
        """No id of what somebody may not see stands anywhere in what they are given."""
        for of in whose:
            foreign = hidden(column, scene_for(row, column).things)
            texts = texts_in(call(row, column, of))
            assert {} == {name: id for name, id in foreign.items() if id in texts}

    @pytest.mark.parametrize("column", COLUMNS[1:])
    def test_a_manager_meets_all_of_it(self, column: str) -> None:
        """What is hidden from the others can be looked for: it stands in what a Manager is given."""
        looks = [it for it in cells("y") if it[1] == "manager" and it[0].startswith(("pages", "work.running"))]
        texts = set[str]().union(*(texts_in(call(row, whom, of)) for row, whom, whose in looks for of in whose))
        things = scene_of("manager", True).things
        assert {} == {
            name: id
            for name, id in hidden(column, things).items()
            if id not in texts and not name.startswith("other firm")
        }


def hidden(column: str, things: dict[str, Things]) -> dict[str, str]:
    """The ids that stand in no answer to somebody, each with what it is."""
    return {f"{of}: {name}": getattr(things[of], name) for of, names in HIDDEN[column].items() for name in names}
