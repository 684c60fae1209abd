"""Whom and what do the names of a file mean in the books, and what is to be made?

What is to be made is there before it is made, under an id that nothing has, so that rows are looked at alike.
"""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from attrs import field, frozen

from invoicecore import Client, Person, Project, Rate
from invoicecore.errors import CurrencyMismatch, InvalidState, InvoicecoreError
from invoicecore.importer.directory_index import DirectoryIndex
from invoicecore.importer.plans import Options
from invoicecore.importer.scan import Found, FoundClient, FoundProject, PersonKey, PlaceKey, Survey
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


@frozen
class Parties:
    """What each name of a file means: somebody or something, or a sentence on why that cannot be told."""

    people: dict[PersonKey, Person | str] = field(factory=dict)
    clients: dict[str, Client | str] = field(factory=dict)
    projects: dict[PlaceKey, Project | str] = field(factory=dict)

    def person(self, key: PersonKey) -> Person:
        """Who is meant. NotAllowedNow where it cannot be told."""
        return _told(self.people[key])

    def place(self, key: PlaceKey) -> tuple[Client, Project]:
        """Which client and which of their projects are meant. NotAllowedNow where it cannot be told."""
        return _told(self.clients[key[0]]), _told(self.projects[key])


def _told(meant: T | str) -> T:
    if isinstance(meant, str):
        raise InvalidState(meant)
    return meant


def met(survey: Survey, register: DirectoryIndex, firm: Firm, options: Options) -> Parties:
    """What the names of a file mean: by how things are called now, or else by what rows of that name became before, or
    else something new. OpenQuestion where a new client's currency is left open."""
    parties = Parties()
    for person, worker in survey.people.items():
        parties.people[person] = tried(_person, worker, register)
    for name, payer in survey.clients.items():
        parties.clients[name] = tried(_client, name, payer, register, firm, options)
    for place, job in survey.projects.items():
        parties.projects[place] = tried(_project, place[1], job, parties.clients[place[0]], register, options)
    return parties


def tried(meant: Callable[[*Arguments], R], *arguments: *Arguments) -> R | str:
    """What is meant, or a sentence on why that cannot be told."""
    try:
        return meant(*arguments)
    except MissingOption:
        raise
    except InvoicecoreError as unclear:
        return str(unclear)


def _person(found: Found, register: DirectoryIndex) -> Person:
    name, email = found.entry.person, found.entry.email
    kept = register.person(name, email)
    if kept is None and found.before is not None:
        return register.by_id(Person, found.before.person_id)
    return kept or new_person(name, email)


def _client(name: str, found: FoundClient, register: DirectoryIndex, firm: Firm, options: Options) -> Client:
    kept = register.client(name)
    if kept is None and found.before is not None:
        return register.by_id(Client, found.before.client_id)
    if kept is not None:
        return kept
    said = options.currency or found.currency or options.terms.currency
    if said is None and found.unit_row is not None:
        reason = f"it brings a rate, but in which currency? Neither the file nor the books say it for {name}."
        raise MissingOption("currency", found.unit_row, None, reason)
    currency = said or firm.currency
    if options.terms.currency not in {None, currency}:
        raise CurrencyMismatch(str(options.terms.currency), currency)
    return new_client(name, currency)


def _project(
    name: str, found: FoundProject, client: Client | str, register: DirectoryIndex, options: Options
) -> Project:
    client = _told(client)
    kept = register.project(client.id, name)
    if kept is None and found.before is not None and found.before.client_id == client.id:
        return register.by_id(Project, found.before.project_id)
    if kept is not None:
        return kept
    amount = found.rate if found.rate is not None else options.rate
    if amount is None and found.billable_row is not None:
        return new_project(client, name, None)
    return new_project(client, name, Rate.hourly(amount or 0, client.currency))
