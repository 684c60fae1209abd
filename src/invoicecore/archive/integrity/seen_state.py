"""What was read so far, as far as later things must fit it?"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from invoicecore.settlement.account import Account
from invoicecore.values.ids import FirmId

Look = Callable[[Any], Iterator[str]]
Looks = Mapping[type[Any], Look]


class Room(Protocol):
    """One family of rules: what is looked at of a thing of each kind, and at the end."""

    looks: Looks

    def end(self) -> Iterator[str]:
        """What is wrong once everything was looked at."""


class WorkDone(NamedTuple):
    """A session: of which client, when, and a digest of all that a line says of it."""

    client_id: str
    start: datetime
    stated_day: date | None
    said: int
    removed: bool


class PaperKept(NamedTuple):
    """An invoice, as far as payments and its history must fit it."""

    client_id: str
    is_live: bool
    deposits: bool
    status: str
    steps: int


class Known:
    """What was read so far, by ids. `rest` is what a session's or a payment's entries still have to add up to;
    `asked` and `credit` are by client, `to_pay` by invoice."""

    def __init__(self, firm_id: FirmId) -> None:
        self.firm_id = firm_id
        self.logos: set[str] = set()
        self.currencies: dict[str, str] = {}  # by client
        self.accounts: dict[str, Account] = {}
        self.clients_of: dict[str, str] = {}  # by project
        self.people: set[str] = set()
        self.emails: dict[str, str] = {}  # whose each is
        self.sessions: dict[str, WorkDone] = {}
        self.timers: dict[str, str] = {}  # by person
        self.invoices: dict[str, PaperKept] = {}
        self.numbers: dict[str, str] = {}
        self.locks: dict[str, str] = {}
        self.payments: dict[str, str] = {}  # whose each is
        self.to_pay: dict[str, int] = {}
        self.asked: dict[str, int] = defaultdict(int)
        self.credit: dict[str, int] = defaultdict(int)
        self.rest: dict[str, int] = {}
