"""Checks of races: the rules of money hold when two commands interleave at any call to storage."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

import pytest
from attrs import frozen

from invoicecore.adapters.clock import SettableClock
from invoicecore.billing import Billing
from invoicecore.desk import Desk
from invoicecore.errors import InvoicecoreError, StorageError
from invoicecore.integrity.stored import stored_items
from invoicecore.integrity.verifier import verify_books
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.ports.archive import ArchiveItem
from invoicecore.ports.store import Storage
from invoicecore.settlement.account import Standing
from invoicecore.testing.conformance.things import MARCH, NOON, usd
from invoicecore.testing.conformance.trial import PromiseBroken, Room, Trial, difference, together
from invoicecore.testing.instrumented_storage import WatchedStorage
from invoicecore.values.ids import TimeOrderedIds
from invoicecore.values.money import Rate
from invoicecore.vocabulary import Deposit, Role

R = TypeVar("R")


def stopping_at(allowed: int, refill_at: int | None = None) -> Terms:
    """Terms by which work stops, and by which $1,000 is asked for."""
    refill = None if refill_at is None else Refill(threshold=usd(refill_at), rate=Rate.hourly(50, "USD"), hours=20)
    return Terms(allowed_balance=usd(allowed), refill=refill)


@frozen
class Studio:
    """A new firm in a storage: the desk of Maria, who manages it, and Acme, whose website costs $50 an hour."""

    storage: Storage
    promise: str
    billing: Billing
    maria: Desk
    acme: Client
    site: Project

    @classmethod
    def opened(cls, trial: Trial, terms: Terms) -> "Studio":
        """Make the firm, in which the promise of the trial is looked into."""
        firm = Firm(name="Northwind", currency="USD", timezone="UTC")
        owner = Person(name="Maria", role=Role.MANAGER)
        billing = Billing.create(trial.storage, firm, owner, clock=SettableClock(NOON), ids=TimeOrderedIds())
        maria = billing.as_owner()
        acme = maria.clients.add(name="Acme", terms=terms)
        site = maria.projects.add(client_id=acme.id, name="Website", rate=Rate.hourly(50, "USD"))
        return cls(trial.storage, trial.promise, billing, maria, acme, site)

    def on(self, storage: Storage) -> "Studio":
        """The same firm, through another storage."""
        billing = Billing.open(storage, self.billing.firm_id, clock=SettableClock(NOON), ids=TimeOrderedIds())
        return Studio(storage, self.promise, billing, billing.as_owner(), self.acme, self.site)

    @property
    def books(self) -> list[ArchiveItem]:
        """Everything that is stored of the firm."""
        with stored_items(self.storage, self.billing.firm_id) as everything:
            return list(everything)

    def log(self, hours: int = 2) -> str:
        """Maria works on the website; the id of the session."""
        return self.maria.work.log(self.site.id, start=NOON, hours=hours).id

    def judge(self, when: str, expected: object = None, seen: object = None) -> None:
        """PromiseBroken if a law of the books is broken, or if something else was seen than was expected."""
        report = verify_books(self.storage, self.billing.firm_id)
        broken = "; ".join(f"{it.law}: {it.what}" for it in report.findings)
        found = broken or difference(expected, seen)
        if found:
            raise PromiseBroken(self.promise, f"the books, {when}", found)


def attempted(command: Callable[[], object]) -> str:
    """What became of a command: "done", or the name of the error with which the library refused it."""
    try:
        command()
    except StorageError:
        raise
    except InvoicecoreError as refused:
        return type(refused).__name__
    return "done"


Ids = Mapping[str, str]
Command = Callable[[Studio, Ids], object]
"""A command in a studio, given the ids of what was prepared for it."""


def _nothing(studio: Studio) -> Ids:
    return {}


def _work(studio: Studio) -> Ids:
    return {"session": studio.log()}


def _drafts(studio: Studio) -> Ids:
    ids = {"session": studio.log()}
    return {**ids, **{it: studio.maria.invoices.draft(studio.acme.id, MARCH).id for it in ("draft", "other draft")}}


def _asked(studio: Studio) -> Ids:
    asked = studio.maria.invoices.manual(studio.acme.id, usd(100), deposit=Deposit.TO_BALANCE, description="Agreed")
    return {"invoice": asked.id}


def _adjust(studio: Studio, amount: int, reason: str, key: str | None = None) -> Standing:
    return studio.maria.accounts.adjust(studio.acme.id, usd(amount), reason=reason, idempotency_key=key)


COMMANDS: Mapping[str, Command] = {
    "log": lambda studio, ids: studio.log(),
    "adjust": lambda studio, ids: _adjust(studio, -100, "Agreed"),
    "adjust once": lambda studio, ids: _adjust(studio, -10, "Once", "key"),
    "pay": lambda studio, ids: studio.maria.payments.record(ids["invoice"], usd(100)),
    "edit": lambda studio, ids: studio.maria.work.edit(ids["session"], hours=3),
    "delete": lambda studio, ids: studio.maria.work.delete(ids["session"]),
    "generate": lambda studio, ids: studio.maria.invoices.generate(ids["draft"], use_latest=True),
    "generate other": lambda studio, ids: studio.maria.invoices.generate(ids["other draft"]),
    "start": lambda studio, ids: studio.maria.work.start(studio.site.id),
}
"""What is done in the studio."""


def _balance(studio: Studio) -> str:
    return str(studio.maria.accounts.standing(studio.acme.id).balance)


def _numbered(studio: Studio) -> str:
    invoices = studio.maria.invoices.of(studio.acme.id)
    return ", ".join(sorted(f"{it.number}: {it.total}" for it in invoices if it.number is not None))


def _timers(studio: Studio) -> str:
    return f"{len(studio.maria.work.running())} timer"


@frozen
class Meeting:
    """Two commands that run at the same time. `sound` are the outcomes of one after the other: how each command
    ended, and what `left` then returns."""

    one: str
    two: str
    left: Callable[[Studio], str]
    sound: tuple[tuple[str, str, str], ...]
    terms: Terms = stopping_at(-5000)
    prepare: Callable[[Studio], Ids] = _nothing


_STOPPED, _LOCKED, _REFUSED, _MOVED = "BalanceLimitReached", "SessionLocked", "ActionNotAllowed", "DraftMoved"


def _both(*left: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(("done", "done", each) for each in left)


def _either(left: str, error: str) -> tuple[tuple[str, str, str], ...]:
    return ("done", error, left), (error, "done", left)


_LIMIT = stopping_at(-100)
_BILLED = "INV-2026-0001: 100.00 USD"

MEETINGS: Mapping[str, Meeting] = {
    "two sessions, the first ever of a client": Meeting(
        "log", "log", _balance, _either("-100.00 USD", _STOPPED), _LIMIT
    ),
    "two sessions of a client who has some": Meeting(
        "log", "log", _balance, _either("-200.00 USD", _STOPPED), stopping_at(-200), _work
    ),
    "two sessions that reach the refill balance": Meeting(
        "log", "log", _numbered, _both("INV-2026-0001: 1000.00 USD"), stopping_at(-5000, refill_at=-200)
    ),
    "a session and an adjustment": Meeting(
        "log", "adjust", _balance, (*_both("-200.00 USD"), (_STOPPED, "done", "-100.00 USD")), _LIMIT
    ),
    "an adjustment and a session": Meeting(
        "adjust", "log", _balance, (*_both("-200.00 USD"), ("done", _STOPPED, "-100.00 USD")), _LIMIT
    ),
    "two payments of one invoice": Meeting("pay", "pay", _balance, _either("100.00 USD", _REFUSED), prepare=_asked),
    "a session and the invoice over all sessions": Meeting(
        "log", "generate", _numbered, _both(_BILLED, "INV-2026-0001: 200.00 USD"), prepare=_drafts
    ),
    "an edit of a session and its invoice": Meeting(
        "edit",
        "generate",
        _numbered,
        (*_both("INV-2026-0001: 150.00 USD"), (_LOCKED, "done", _BILLED)),
        prepare=_drafts,
    ),
    "an invoice and the deletion of its session": Meeting(
        "generate", "delete", _numbered, (("done", _LOCKED, _BILLED), (_REFUSED, "done", "")), prepare=_drafts
    ),
    "two invoices over one session": Meeting(
        "generate",
        "generate other",
        _numbered,
        (("done", _MOVED, _BILLED), (_REFUSED, "done", _BILLED)),
        prepare=_drafts,
    ),
    "two commands with one key": Meeting("adjust once", "adjust once", _balance, _both("-10.00 USD")),
    "two timers of one person": Meeting("start", "start", _timers, _either("1 timer", "InvalidState")),
}
"""Pairs of commands of which both want the same."""


_PATIENCE = 0.3
"""For so many seconds the second command runs alone; if storage makes it wait for the first, that one goes on."""


@frozen
class _Played:
    """How a meeting went, and how many calls the first command made to storage, before which there may be a switch."""

    studio: Studio
    outcome: tuple[str, str, str]
    calls: int


def _play(trial: Trial, meeting: Meeting, switch: int | None) -> _Played:
    """Let the second command come in, wholly, before that call of the first, counting those at which it can make a
    difference; None is after its end."""
    studio = Studio.opened(trial, meeting.terms)
    ids = meeting.prepare(studio)
    calls, begun = 0, False
    second: Future[str] | None = None

    def let_second_in() -> None:
        nonlocal second
        second = other.submit(attempted, lambda: COMMANDS[meeting.two](studio, ids))
        wait([second], _PATIENCE)

    def watch(call: str, make: Callable[[], R]) -> R:
        nonlocal calls
        if begun:
            calls += 1
            if calls == switch:
                let_second_in()
        return make()

    watched = studio.on(WatchedStorage(trial.storage, watch))
    with ThreadPoolExecutor(1) as other:
        begun = True
        first = attempted(lambda: COMMANDS[meeting.one](watched, ids))
        if second is None:
            let_second_in()
        assert second is not None
        outcome = (first, second.result(), meeting.left(studio))
    return _Played(studio, outcome, calls)


class Races(Room):
    """The whole desk, on storage that another command uses at the same moment."""

    @pytest.mark.parametrize("meeting", MEETINGS)
    def test_two_commands_that_meet(self, trial: Trial, meeting: str) -> None:
        """Whichever call to storage of the one command the other comes in before, they end as one after the other
        would, and no law of the books is broken."""
        meant = MEETINGS[meeting]
        calls = _play(trial, meant, None).calls
        for switch in (None, *range(1, calls + 1)):
            played = _play(trial, meant, switch)
            when = f"{meeting}; the other one comes in before call {switch} of {calls}"
            if played.outcome not in meant.sound:
                expected = " or ".join(map(str, meant.sound))
                raise PromiseBroken(trial.promise, when, f"{played.outcome}\n  Expected: {expected}")
            played.studio.judge(when)

    def test_eight_threads_on_one_client(self, trial: Trial) -> None:
        """Eight threads that log work for one client near the limit do not get past it; each crossing of the refill
        balance asks for one refill; the numbers have no gap, and the ledger adds up."""
        studio = Studio.opened(trial, stopping_at(-2000, refill_at=-1000))

        def work(_: int) -> list[str]:
            desk = studio.on(trial.storage)
            return [attempted(desk.log) for _ in range(4)]

        endings = [ending for endings in together(8, work) for ending in endings]
        # 20 sessions of $100 lead to the limit; the tenth asks for $1,000, and so does the twentieth.
        expected = (
            [_STOPPED] * 12 + ["done"] * 20,
            "-2000.00 USD",
            [f"INV-2026-000{it}: 1000.00 USD" for it in (1, 2)],
        )
        seen = (sorted(endings), _balance(studio), sorted(_numbered(studio).split(", ")))
        studio.judge("after eight threads logged four times each", expected, seen)

    def test_one_key_eight_by_eight(self, trial: Trial) -> None:
        """A command sent eight times each by eight threads with one idempotency key has one effect, and one answer."""
        studio = Studio.opened(trial, stopping_at(-5000))

        def send(_: int) -> list[object]:
            desk = studio.on(trial.storage)
            return [_adjust(desk, -10, "Once", "key") for _ in range(8)]

        answers = [answer for answers in together(8, send) for answer in answers]
        studio.judge("its answers, after one key was sent 64 times", [answers[0]] * 64, answers)
        expected, seen = ("-10.00 USD", 1), (_balance(studio), len(studio.maria.accounts.entries(studio.acme.id)))
        studio.judge("the balance and the number of entries", expected, seen)

    def test_a_key_with_another_request(self, trial: Trial) -> None:
        """An idempotency key that comes with another request is refused, and changes nothing."""
        studio = Studio.opened(trial, stopping_at(-5000))
        _adjust(studio, -10, "Once", "key")
        seen = (attempted(lambda: _adjust(studio, -11, "Once", "key")), _balance(studio))
        studio.judge("what came of it, and the balance", ("IdempotencyKeyReused", "-10.00 USD"), seen)

    def test_eight_invoices_over_one_session(self, trial: Trial) -> None:
        """Of eight threads that generate a draft each over the same session, one gets it, and one number is given."""
        studio = Studio.opened(trial, stopping_at(-5000))
        studio.log()
        drafts = [studio.maria.invoices.draft(studio.acme.id, MARCH).id for _ in range(8)]
        endings = together(
            8, lambda it: attempted(lambda: studio.on(trial.storage).maria.invoices.generate(drafts[it]))
        )
        expected, seen = ["DraftMoved"] * 7 + ["done"], sorted(endings)
        studio.judge("what came of eight threads that generate", expected, seen)
        numbers = (_numbered(studio), studio.maria.firm.next_number())
        studio.judge("the invoices, and the next number", ("INV-2026-0001: 100.00 USD", 2), numbers)
