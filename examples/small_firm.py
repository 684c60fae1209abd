"""The small firm that the worked figures in `docs/rules` are about."""

from collections.abc import Callable
from datetime import date
from typing import Any

from invoicecore import Billing, EntryKind, Firm, Money, Rate, Refill, SettableClock, Terms, utc
from invoicecore.errors import InvoicecoreError

TEN = Rate.hourly(10, "USD")
TODAY = date(2026, 3, 2)


def usd(amount: int | str) -> Money:
    """An amount in dollars."""
    return Money.of(amount, "USD")


def refusal(command: Callable[..., object], *given: object, **named: object) -> InvoicecoreError:
    """The error that a command raises."""
    try:
        command(*given, **named)
    except InvoicecoreError as error:
        return error
    raise AssertionError("the command was accepted")


class SmallFirm:
    """A firm in Chicago that charges $10 an hour, on Monday 2 March 2026 at nine in the morning.

    Maria is its owner. Its clock stands still until an example moves it.
    """

    def __init__(self) -> None:
        self.clock = SettableClock(utc(2026, 3, 2, 15))
        self.billing = Billing.in_memory(Firm(name="Ten", currency="USD", timezone="America/Chicago"), clock=self.clock)
        self.maria = self.billing.as_owner()

    def client(self, *, allowed: int | None = None, refill_at: int | None = None) -> tuple[str, str]:
        """A new client and a project of theirs; the ids of both.

        `allowed` is the allowed balance, `refill_at` the refill balance; a refill asks for 100 hours at $10.
        """
        terms = Terms(
            allowed_balance=None if allowed is None else usd(allowed),
            refill=None if refill_at is None else Refill(threshold=usd(refill_at), rate=TEN, hours=100),
        )
        client = self.maria.clients.add(name="Client", terms=terms)
        return client.id, self.maria.projects.add(client_id=client.id, name="Job", rate=TEN).id

    def work(self, project_id: str, hours: Any, **more: Any) -> str:
        """Record a session of Maria's on the day; its id."""
        day = more.pop("day", TODAY)
        return self.maria.work.log(project_id, day=day, hours=hours, allow_over_24h=True, **more).id

    def balance(self, client_id: str) -> Money:
        """The client's balance."""
        return self.maria.accounts.standing(client_id).balance

    def movements(self, client_id: str) -> list[tuple[EntryKind, Money]]:
        """The kind and the amount of each ledger entry of the client."""
        return [(row.kind, row.amount) for row in self.maria.accounts.statement(client_id).rows]
