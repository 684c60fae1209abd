"""The people, clients and projects that the names of a file mean, and those that must be made.

New records get placeholder ids, so that new and existing ones go through the same code.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar, TypeVarTuple

from invoicecore import Client, Person, Project, Rate, Terms
from invoicecore.errors import CurrencyMismatch, InvalidInput, InvalidState, InvoicecoreError
from invoicecore.importer.directory_index import DirectoryIndex, place_names
from invoicecore.importer.plans import PlanOptions
from invoicecore.importer.scan import Found, FoundClient, FoundProject, PersonKey, PlaceKey, Scan
from invoicecore.importer.timesheet import MissingOption, TimeEntry
from invoicecore.model.firm import Firm
from invoicecore.model.project import RateFrom
from invoicecore.values import inputs
from invoicecore.values.emails import mail_address
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.vocabulary import Role

T = TypeVar("T", Person, Client, Project)
R = TypeVar("R")
Arguments = TypeVarTuple("Arguments")

_NEW = "new "
"""The beginning of a placeholder id; the ids of the books are UUIDs."""


def is_placeholder(id: str) -> bool:
    """Whether it is the placeholder id of a new record."""
    return id.startswith(_NEW)


def new_person(name: str, email: str | None) -> Person:
    """A person whom the books do not have: a worker."""
    inputs.optional(email, mail_address)
    return Person(id=PersonId(f"{_NEW}{email or name}"), name=name, email=email, role=Role.WORKER)


def new_client(name: str, currency: str) -> Client:
    """A client whom the books do not have."""
    return Client(id=ClientId(f"{_NEW}{name}"), name=name, currency=currency)


def new_project(client: Client, name: str, rate: Rate | None) -> Project:
    """A project that the books do not have; one without a rate takes no chargeable work yet."""
    id = ProjectId(f"{_NEW}{client.id} {name}")
    rates = () if rate is None else (RateFrom(rate),)
    return Project(id=id, client_id=client.id, name=name, rates=rates)


def terms_in(currency: str, options: PlanOptions) -> Terms:
    """The balance terms of a new client. CurrencyMismatch if all that are given are in another currency."""
    for terms in options.terms:
        if terms.currency in {None, currency}:
            return terms
    raise CurrencyMismatch(str(options.terms[0].currency), currency)


def given_rate(client: str, project: str, options: PlanOptions) -> Decimal | None:
    """The rate of the options for new work on a project: its own, or its client's, or the one for all."""
    named = (options.rates[name] for name in place_names(client, project) if name in options.rates)
    return next(named, options.rate)


def check_names(scan: Scan, options: PlanOptions) -> None:
    """InvalidInput for a rate, or a name among what is billable, that is of no client or project of the file."""
    there = {name for place in scan.projects for name in place_names(*place)}
    there |= {name for found in scan.projects.values() for name in _as_written(found.entry)}
    for what, names in (("rates", options.rates), ("billable", options.import_options.billable)):
        for name in names:
            if name not in there:
                some = ", ".join(sorted(f"{client}/{project}" for client, project in scan.projects))
                raise InvalidInput(f"{what}: no client or project of the file is {name!r:.60}; there are: {some:.500}.")


def _as_written(entry: TimeEntry) -> tuple[str, str]:
    """The names of a row without those that the options give to what has none."""
    return place_names(entry.client or "", entry.project or "")


class Resolution:
    """The meaning of each name of a file: a person, client or project, or a sentence on why it is not clear."""

    def __init__(self) -> None:
        self.people: dict[PersonKey, Person | str] = {}
        self.clients: dict[str, Client | str] = {}
        self.projects: dict[PlaceKey, Project | str] = {}

    def person(self, key: PersonKey) -> Person:
        """The person of a row. InvalidState if that is not clear."""
        return known(self.people[key])

    def place(self, key: PlaceKey) -> tuple[Client, Project]:
        """The client and the project of a row. InvalidState if that is not clear."""
        return known(self.clients[key[0]]), known(self.projects[key])


def known(meant: T | str) -> T:
    """The meaning of a name. InvalidState, with the sentence on why, if it is not clear."""
    if isinstance(meant, str):
        raise InvalidState(meant)
    return meant


def resolve(scan: Scan, index: DirectoryIndex, firm: Firm, options: PlanOptions) -> Resolution:
    """The meaning of all names of a file: by the names in the books, or else by the sessions of earlier rows of that
    name, or else something new. MissingOption if the currency of a new client is left open."""
    resolution = Resolution()
    for person, worker in scan.people.items():
        resolution.people[person] = tried(_person, worker, index)
    for name, payer in scan.clients.items():
        resolution.clients[name] = tried(_client, name, payer, index, firm, options)
    for place, job in scan.projects.items():
        resolution.projects[place] = tried(_project, place[1], job, resolution.clients[place[0]], index, options)
    return resolution


def tried(meant: Callable[[*Arguments], R], *arguments: *Arguments) -> R | str:
    """The result, or a sentence on why there is none."""
    try:
        return meant(*arguments)
    except MissingOption:
        raise
    except InvoicecoreError as unclear:
        return str(unclear)


def _person(found: Found, index: DirectoryIndex) -> Person:
    name, email = found.entry.person, found.entry.email
    if (called := index.person(name, email)) is not None:
        return called
    return new_person(name, email) if found.before is None else index.by_id(Person, found.before.person_id)


def _client(name: str, found: FoundClient, index: DirectoryIndex, firm: Firm, options: PlanOptions) -> Client:
    if (called := index.client(name)) is not None:
        return called
    if found.before is not None:
        return index.by_id(Client, found.before.client_id)
    of_terms = options.terms[0].currency if len(options.terms) == 1 else None
    given = options.currency or found.currency or of_terms
    if given is None and found.unit_row is not None:
        reason = f"it brings a rate, but in which currency? Neither the file nor the books say it for {name}."
        raise MissingOption("currency", found.unit_row, None, reason)
    currency = given or firm.currency
    terms_in(currency, options)
    return new_client(name, currency)


def _project(
    name: str, found: FoundProject, client: Client | str, index: DirectoryIndex, options: PlanOptions
) -> Project:
    client = known(client)
    if (called := index.project(client.id, name)) is not None:
        return called
    if found.before is not None and found.before.client_id == client.id:
        return index.by_id(Project, found.before.project_id)
    given = given_rate(client.name, name, options)
    amount = found.rate if given is None else given
    if amount is None and found.billable_row is not None:
        return new_project(client, name, None)
    return new_project(client, name, Rate.hourly(amount or 0, client.currency))
