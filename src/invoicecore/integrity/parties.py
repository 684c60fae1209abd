"""The laws of the firm, its people, clients, accounts and projects."""

from collections.abc import Iterator

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenState
from invoicecore.lifecycle.numbering import known_pattern
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.settlement.account import Account
from invoicecore.values.addresses import known_ranges
from invoicecore.vocabulary import Role


class PartiesCheck:
    """The firm, its people, and its clients with accounts and projects."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self._firm: Firm | None = None
        self._has_manager = False
        self._assigned: dict[str, str] = {}  # the project of each person
        self.looks: Looks = {
            Firm: self._of_firm,
            Client: self._of_client,
            Account: self._of_account,
            Project: self._of_project,
            Person: self._of_person,
            Login: self._of_login,
        }

    def _of_firm(self, firm: Firm) -> Iterator[Finding]:
        self._firm = firm
        if firm.id != self._seen.firm_id:
            what = f"the firm is {firm.id!r}, not {self._seen.firm_id!r}, of which the first line speaks."
            yield Finding(Law.REFERENCES, "Firm", firm.id, what)
        self._seen.tax_codes.update(it.tax.code for it in firm.taxes)
        yield from self._of_tax(firm, firm.id)
        known_pattern(firm.number_pattern)

    def _of_tax(self, named: Firm | Client | Project, id: str) -> Iterator[Finding]:
        if named.tax not in self._seen.tax_codes:
            yield _missing(type(named).__name__, id, f"{id!r} has the tax code {named.tax!r}, which is not there.")

    def _of_client(self, client: Client) -> Iterator[Finding]:
        self._seen.currencies[client.id] = str(client.currency)
        yield from self._of_tax(client, client.id)

    def _of_account(self, account: Account) -> Iterator[Finding]:
        self._seen.accounts[account.client_id] = account
        allowed, refill = account.terms.allowed_balance, account.terms.refill
        amounts = (allowed, None if refill is None else refill.threshold)
        currencies = {account.currency, *(amount.currency for amount in amounts if amount is not None)}
        if currencies != {self._seen.currencies.get(account.client_id)}:
            what = f"the account of {account.client_id!r} has no client of its currency."
            yield Finding(Law.CURRENCY, "Account", account.client_id, what)

    def _of_project(self, project: Project) -> Iterator[Finding]:
        self._seen.clients_of[project.id] = project.client_id
        self._assigned.update(dict.fromkeys(project.assigned, project.id))
        if project.cap_used is not None:
            self._seen.caps_left[project.id] = project.cap_used.minor
        elif project.cap is not None:
            what = f"nothing is counted towards the cap of the project {project.id!r}."
            yield Finding(Law.PROJECT_CAP, "Project", project.id, what)
        amounts = (project.cap, project.cap_used, *(it.rate for it in project.rates))
        currencies = {it.currency for it in amounts if it is not None}
        if currencies != {self._seen.currencies.get(project.client_id)}:
            what = f"the project {project.id!r} has no client of the currency of its rates."
            yield Finding(Law.CURRENCY, "Project", project.id, what)
        yield from self._of_tax(project, project.id)

    def _of_person(self, person: Person) -> Iterator[Finding]:
        seen, what = self._seen, f"the person {person.id!r}"
        seen.people.add(person.id)
        self._has_manager = self._has_manager or (person.role is Role.MANAGER and not person.archived)
        if person.email is not None and seen.emails.setdefault(person.email, person.id) != person.id:
            yield Finding(Law.UNIQUE, "Person", person.id, f"{what} has the e-mail of another one.")
        if person.client_id is not None and person.client_id not in seen.currencies:
            yield _missing("Person", person.id, f"{what} is a contact of a client who is not there.")
        if any(seen.clients_of.get(it) != person.client_id for it in person.limited_to or ()):
            yield _missing("Person", person.id, f"{what} is limited to a project that is not one of their client.")

    def _of_login(self, login: Login) -> Iterator[Finding]:
        if known_ranges(login.admitted_from) != login.admitted_from:
            what = f"{login.person_id!r} may sign in from ranges of addresses that the library writes otherwise."
            yield Finding(Law.READABLE, "Login", login.person_id, what)
        if login.person_id not in self._seen.people:
            yield _missing("Login", login.person_id, f"the login is of {login.person_id!r}, who is not there.")

    def end(self) -> Iterator[Finding]:
        """Whether everybody exists who was named before their own record."""
        seen, firm = self._seen, self._firm
        if firm is None:
            yield _missing("Firm", seen.firm_id, "there is no firm.")
            return
        if not self._has_manager:
            yield Finding(Law.MANAGER, "Firm", firm.id, "the firm has no manager who is not archived.")
        if firm.owner_id not in seen.people:
            yield _missing("Firm", firm.id, f"the owner {firm.owner_id!r} is not there.")
        if firm.logo is not None and firm.logo not in seen.logos:
            yield _missing("Firm", firm.id, f"the logo {firm.logo!r} is not there.")
        for person, project in self._assigned.items():
            if person not in seen.people:
                what = f"{person!r} is assigned to the project {project!r} and is not there."
                yield _missing("Project", project, what)
        for client_id in seen.currencies.keys() - seen.accounts.keys():
            yield _missing("Client", client_id, "there is a client without an account.")


def _missing(kind: str, id: str, what: str) -> Finding:
    return Finding(Law.REFERENCES, kind, id, what)
