"""Is everybody there who is named, and every client, account and project?"""

from collections.abc import Iterator

from invoicecore.archive.integrity.seen_state import Known, Looks
from invoicecore.errors import InvalidInput
from invoicecore.lifecycle.numbering import known_pattern
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.settlement.account import Account
from invoicecore.values.logo import Logo


class People:
    """The firm, who belongs to it, and for whom it works."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._firm: Firm | None = None
        self._assigned: dict[str, str] = {}  # to which project, by person
        self.looks: Looks = {
            Firm: self._of_firm,
            Logo: self._of_logo,
            Client: self._of_client,
            Account: self._of_account,
            Project: self._of_project,
            Person: self._of_person,
            Login: self._of_login,
        }

    def _of_firm(self, firm: Firm) -> Iterator[str]:
        self._firm = firm
        if firm.id != self._known.firm_id:
            yield f"the firm is {firm.id!r}, not {self._known.firm_id!r}, of which the first line speaks."
        try:
            known_pattern(firm.number_pattern)
        except InvalidInput as malformed:
            yield str(malformed)

    def _of_logo(self, logo: Logo) -> Iterator[str]:
        self._known.logos.add(logo.id)
        yield from ()

    def _of_client(self, client: Client) -> Iterator[str]:
        self._known.currencies[client.id] = str(client.currency)
        yield from ()

    def _of_account(self, account: Account) -> Iterator[str]:
        self._known.accounts[account.client_id] = account
        allowed, refill = account.terms.allowed_balance, account.terms.refill
        amounts = (allowed, None if refill is None else refill.threshold)
        currencies = {account.currency, *(amount.currency for amount in amounts if amount is not None)}
        if currencies != {self._known.currencies.get(account.client_id)}:
            yield f"the account of {account.client_id!r} has no client of its currency."

    def _of_project(self, project: Project) -> Iterator[str]:
        self._known.clients_of[project.id] = project.client_id
        self._assigned.update(dict.fromkeys(project.assigned, project.id))
        currencies = {it.rate.currency for it in project.rates}
        if currencies != {self._known.currencies.get(project.client_id)}:
            yield f"the project {project.id!r} has no client of the currency of its rates."

    def _of_person(self, person: Person) -> Iterator[str]:
        known = self._known
        known.people.add(person.id)
        if person.email is not None and known.emails.setdefault(person.email, person.id) != person.id:
            yield f"the person {person.id!r} has the e-mail of another one."
        if person.client_id is not None and person.client_id not in known.currencies:
            yield f"the person {person.id!r} is a contact of a client who is not there."
        if any(known.clients_of.get(it) != person.client_id for it in person.limited_to or ()):
            yield f"the person {person.id!r} is limited to a project that is not one of their client."

    def _of_login(self, login: Login) -> Iterator[str]:
        if login.person_id not in self._known.people:
            yield f"the login is of {login.person_id!r}, who is not there."

    def end(self) -> Iterator[str]:
        """Who is named before they come."""
        known, firm = self._known, self._firm
        if firm is None:
            yield "there is no firm."
            return
        if firm.owner_id not in known.people:
            yield f"the owner {firm.owner_id!r} is not there."
        if firm.logo is not None and firm.logo not in known.logos:
            yield f"the logo {firm.logo!r} is not there."
        for person, project in self._assigned.items():
            if person not in known.people:
                yield f"{person!r} is assigned to the project {project!r} and is not there."
        if known.accounts.keys() != known.currencies.keys():
            yield "there is a client without an account."
