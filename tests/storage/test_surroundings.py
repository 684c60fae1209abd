"""Books on disk are the same in every environment."""

import json
from pathlib import Path

import pytest

from tests.needs import missing
from tests.proof.environments import ENVIRONMENTS, PLAIN, Environment

PROGRAM = """
from datetime import date
from invoicecore import Billing, Deposit, Firm, Money, NewWorkSession, Period, Rate, Role, Terms
url = sys.argv[1]
maria = Billing.create(url, Firm(name="Ten", currency="USD", timezone="Europe/Istanbul")).as_owner()
people = [maria.people.add(name=name, role=Role.WORKER, email=f"{name}@ten.example").id for name in ("ILGIN", "ipek")]
acme = maria.clients.add(name="Acme", terms=Terms(allowed_balance=None)).id
job = maria.projects.add(client_id=acme, name="Site", rate=Rate.hourly("33.335", "USD")).id
for person in people:
    maria.projects.assign(job, person)
days = [NewWorkSession(project_id=job, person_id=who, day=date(2026, 3, 2), hours="1.15") for who in people]
maria.work.import_many(days)
paper = maria.invoices.generate(maria.invoices.draft(acme, Period.month(2026, 3)).id)
maria.payments.record(paper.id)
again = Billing.open(url).as_owner()
print(json.dumps([str(again.accounts.standing(acme).balance), str(again.invoices.get(paper.id).amount_paid),
                  [len(record.changes) for record in again.firm.audit()], [it.email for it in again.people.all()]]))
"""


_ODD = [it for it in ENVIRONMENTS if it.name.startswith(("locale", "precision 3, ROUND_UP", "-O", "TZ=Pacific"))]


@pytest.mark.parametrize("environment", [PLAIN, *_ODD], ids=lambda it: it.name)
def test_books_are_the_same(environment: Environment, tmp_path: Path) -> None:
    """A Turkish locale, in which the driver of SQLite does not know the word INSERT, is one of them. Two sessions of
    1.15 hours cost 38.34 each: 38.33525, rounded half up."""
    if not environment.is_available:
        missing(environment.name)
    ended = environment.run(PROGRAM, f"sqlite:///{tmp_path}/books.db")
    assert not ended.stderr
    balance, paid, changes, emails = json.loads(ended.stdout)
    assert ("0.00 USD", "76.68 USD") == (balance, paid)
    assert [None, "ILGIN@ten.example".casefold(), "ipek@ten.example"] == emails
    assert [2, 1, 1, 2] == changes[:4]
