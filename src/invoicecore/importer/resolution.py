"""The people, clients and projects that the names of a file mean, and those that must be made.

New records get placeholder ids, so that new and existing ones go through the same code.
"""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from invoicecore import Client, Person, Project, Rate, Terms
from invoicecore.errors import CurrencyMismatch, InvalidState, InvoicecoreError
from invoicecore.importer.directory_index import DirectoryIndex
from invoicecore.importer.plans import PlanOptions
from invoicecore.importer.scan import Found, FoundClient, FoundProject, PersonKey, PlaceKey, Scan
from invoicecore.importer.timesheet import MissingOption
from invoicecore.model.firm import Firm
from invoicecore.model.project import RateFrom
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.vocabulary import Role

T = TypeVar("T", Person, Client, Project)
R = TypeVar("R")
Arguments = TypeVarTuple("Arguments")

_NEW = "new "
"""How the id of what is not in the books begins; those of the books are UUIDs."""


def is_new(id: str) -> bool:
    """Whether it is the id of something that is not in the books."""
    return id.startswith(_NEW)


def new_person(name: str, email: str | None) -> Person:
    """Somebody whom the books do not have: a worker."""
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


class Resolution:
    """What each name of a file means: somebody or something, or a sentence on why that cannot be told."""

    def __init__(self) -> None:
        self.people: dict[PersonKey, Person | str] = {}
        self.clients: dict[str, Client | str] = {}
        self.projects: dict[PlaceKey, Project | str] = {}

    def person(self, key: PersonKey) -> Person:
        """Who is meant. InvalidState where it cannot be told."""
        return known(self.people[key])

    def place(self, key: PlaceKey) -> tuple[Client, Project]:
        """Which client and which of their projects are meant. InvalidState where it cannot be told."""
        return known(self.clients[key[0]]), known(self.projects[key])


def known(meant: T | str) -> T:
    """Who or what is meant. InvalidState, with the sentence on why, where it cannot be told."""
    if isinstance(meant, str):
        raise InvalidState(meant)
    return meant


def resolve(scan: Scan, index: DirectoryIndex, firm: Firm, options: PlanOptions) -> Resolution:
    """What the names of a file mean: by how things are called now, or else by what rows of that name became before, or
    else something new. MissingOption where a new client's currency is left open."""
    resolution = Resolution()
    for person, worker in scan.people.items():
        resolution.people[person] = tried(_person, worker, index)
    for name, payer in scan.clients.items():
        resolution.clients[name] = tried(_client, name, payer, index, firm, options)
    for place, job in scan.projects.items():
        resolution.projects[place] = tried(_project, place[1], job, resolution.clients[place[0]], index, options)
    return resolution


def tried(meant: Callable[[*Arguments], R], *arguments: *Arguments) -> R | str:
    """What is meant, or a sentence on why that cannot be told."""
    try:
        return meant(*arguments)
    except MissingOption:
        raise
    except InvoicecoreError as unclear:
        return str(unclear)


def _person(found: Found, index: DirectoryIndex) -> Person:
    name, email = found.entry.person, found.entry.email
    kept = index.person(name, email)
    if kept is None and found.before is not None:
        return index.by_id(Person, found.before.person_id)
    return kept or new_person(name, email)


def _client(name: str, found: FoundClient, index: DirectoryIndex, firm: Firm, options: PlanOptions) -> Client:
    kept = index.client(name)
    if kept is None and found.before is not None:
        return index.by_id(Client, found.before.client_id)
    if kept is not None:
        return kept
    of_terms = options.terms[0].currency if len(options.terms) == 1 else None
    said = options.currency or found.currency or of_terms
    if said is None and found.unit_row is not None:
        reason = f"it brings a rate, but in which currency? Neither the file nor the books say it for {name}."
        raise MissingOption("currency", found.unit_row, None, reason)
    currency = said or firm.currency
    terms_in(currency, options)
    return new_client(name, currency)


def _project(
    name: str, found: FoundProject, client: Client | str, index: DirectoryIndex, options: PlanOptions
) -> Project:
    client = known(client)
    kept = index.project(client.id, name)
    if kept is None and found.before is not None and found.before.client_id == client.id:
        return index.by_id(Project, found.before.project_id)
    if kept is not None:
        return kept
    rates = (options.rate, found.rate) if options.replay else (found.rate, options.rate)
    amount = next((rate for rate in rates if rate is not None), None)
    if amount is None and found.billable_row is not None:
        return new_project(client, name, None)
    return new_project(client, name, Rate.hourly(amount or 0, client.currency))
