"""A client's ledger written as a text table, and booked from it.

A history is a table; a line is an entry:

    day | kind    | amount | balance | anchor
    2   | work    |   -400 |    -400 |      0
    3   | payment |   1000 |     600 |    600

`day` is the day of March 2026 on which it is booked, at noon; amounts are dollars. Balance and anchor are what must
come of it; a table that does not expect them leaves these columns out.
"""

from datetime import date

from attrs import frozen

from invoicecore import EntryKind, LedgerEntry, utc
from invoicecore.ledger.position import Position, post
from invoicecore.values.ids import ClientId, PersonId
from invoicecore.values.stamp import CommandStamp
from tests.world import usd

ACME, MARIA = ClientId("acme"), PersonId("maria")
CHICAGO = "America/Chicago"


@frozen
class Booked:
    """One line of a history: as it was written, the entry that was made of it, and the position it left."""

    written: dict[str, str]
    entry: LedgerEntry
    position: Position


def stamp(day: int, hour: int = 18) -> CommandStamp:
    """Noon in Chicago on a day of March 2026, or another hour of UTC."""
    return CommandStamp(utc(2026, 3, day, hour), MARIA, CHICAGO)


def booked(text: str, client_id: ClientId = ACME) -> list[Booked]:
    """Book a history, line by line, from nothing."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    position, done = Position("USD"), []
    for place, line in enumerate(lines, start=1):
        written = dict(zip(head, line, strict=True))
        day = int(written["day"])
        entry, position = post(
            position,
            client_id,
            EntryKind[written["kind"].upper()],
            usd(written["amount"]).minor,
            stamp(day),
            work_day=date(2026, 3, day),
            cause=f"cause {place}",
        )
        done.append(Booked(written, entry, position))
    return done
