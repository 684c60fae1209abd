"""py-moneyed: frozen attrs entries whose amounts are its Money; no rules, no storage."""

from datetime import datetime

from attrs import frozen
from moneyed import USD, Money

from benchmarks import floors
from benchmarks.figures import Figure
from benchmarks.peers import work


@frozen(kw_only=True)
class Entry:
    """A movement of eight fields."""

    id: str
    client: str
    sequence: int
    amount: Money
    balance: Money
    at: datetime
    by: str
    note: str


def _log(count: int) -> object:
    entries: list[Entry] = []
    balance = Money("0", USD)
    for place, moment in enumerate(floors.starts(count)):
        amount = Money("-50.00", USD)
        balance = balance + amount
        entries.append(
            Entry(
                id="entry", client="acme", sequence=place, amount=amount, balance=balance, at=moment, by="lee", note=""
            )
        )
    return entries


def figures(*, quick: bool) -> list[Figure]:
    """All that is comparable."""
    count = 500 if quick else 5000
    return [
        work.log("py-moneyed", "frozen entries in a list", lambda: _log(count), count),
        work.imported("py-moneyed", "import moneyed", quick=quick),
    ]
