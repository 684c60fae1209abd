"""A seeded random walk over the whole desk, after every step of which all laws are checked."""

import inspect
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from unittest.mock import patch

from attrs import Factory, define, evolve, field, frozen

from invoicecore.billing import Billing
from invoicecore.desk import Desk
from invoicecore.errors import BalanceLimitReached, IdempotencyKeyReused, InvoicecoreError, StorageError
from invoicecore.integrity.verifier import verify_books
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.model.events import Message
from invoicecore.ports.store import Fact
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.vocabulary import LedgerDay, Status
from tests.books import Books, books
from tests.proof.command_generators import CHOOSERS, Call, Picker
from tests.proof.figures import Figures
from tests.proof.invariants import Breach, breaches, breaches_between
from tests.proof.setups import SETUPS
from tests.proof.states import booking_day, day_in
from tests.proof.trace import LOOKS, close_of, dues_of, of_answer, of_conservation, of_week, told_of
from tests.proof.walk_firm import WalkFirm
from tests.world import subjects

WORLD = 120
"""After so many steps a new firm begins."""
VERIFIED = 30
"""After so many steps, and so at the end of each firm, the library verifies the books by its own laws."""

Ask = Callable[[Desk, Iterable[str], date], Mapping[object, object]]
"""What is asked of a day that is over."""

_DUES_BY_WORK, _CLOSE_BY_WORK = (partial(asked, LedgerDay.WORK) for asked in (dues_of, close_of))
_BY_DAY: tuple[Ask, ...] = (
    _DUES_BY_WORK,
    _CLOSE_BY_WORK,
    *(partial(asked, LedgerDay.BOOKED) for asked in (dues_of, close_of)),
)

_KEYS = tuple(f"key-{place}" for place in range(12))


@define
class Tally:
    """How often what was tried, and how often it was accepted."""

    tried: Counter[str] = Factory(Counter)
    accepted: Counter[str] = Factory(Counter)
    wild: int = 0
    wild_accepted: int = 0
    repeats: int = 0
    looks: int = 0
    verified: int = 0
    jumps: Counter[str] = Factory(Counter)
    moves: set[tuple[Status | None, Status]] = Factory(set)


@frozen
class Found:
    """A step of a walk after which something was wrong, with what led there."""

    seed: int
    step: int
    breaches: tuple[Breach, ...]
    last: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"seed {self.seed}, step {self.step}: " + "; ".join(map(str, self.breaches)), *self.last]
        return "\n    ".join(lines)


@define
class Walk:
    """One walk: a stage, the books as they are now, and a hand that picks what to do next."""

    seed: int
    set_up: Callable[[Random], WalkFirm] = WalkFirm.set_up
    rng: Random = field(init=False)
    stage: WalkFirm = field(init=False)
    books: Books = field(init=False)
    step: int = 0
    tally: Tally = Factory(Tally)
    found: list[Found] = Factory(list)
    _last: deque[str] = field(factory=lambda: deque(maxlen=14))
    _used: dict[str, tuple[Call, Any]] = Factory(dict)
    _told: set[str] = Factory(set)
    _past: dict[tuple[Ask, date], Mapping[object, object]] = Factory(dict)
    _held: set[str] = Factory(set)
    _followed: list[str] = Factory(list)
    _refused: dict[str, tuple[int, datetime]] = Factory(dict)
    _plan: Iterator[Call] = field(factory=lambda: iter(()))

    def __attrs_post_init__(self) -> None:
        self.rng = Random(self.seed)
        self._begin()

    def _begin(self) -> None:
        self.stage = self.set_up(self.rng)
        self.books = books(self.stage.storage, self.stage.billing.firm_id)
        self._used, self._told, self._past, self._refused, self._plan = {}, set(), {}, {}, iter(())
        self._followed = []
        self._last.clear()
        self._judge(breaches(self.books))

    def go(self, steps: int) -> bool:
        """Go on for so many steps, or until something is wrong; whether all was well."""
        for _ in range(steps):
            self.step += 1
            if self.step % WORLD == 0:
                self._note_moves()
                self._begin()
            self._step()
            if (self.step + 1) % VERIFIED == 0 and not self.found:
                self._verify()
            if self.found:
                return False
        self._note_moves()
        self._verify()
        return not self.found

    def _note_moves(self) -> None:
        """Which moves of an invoice's life were made."""
        steps = (step for steps in self.books.history.values() for step in steps)
        self.tally.moves |= {(step.before, step.after) for step in steps}

    # one step

    @property
    def scene(self) -> Picker:
        """What a chooser goes by now."""
        return Picker(self.rng, self.books, self.stage.clock.now(), self.stage.cast)

    def _step(self) -> None:
        self._let_time_pass()
        planned = next(self._plan, None)
        if planned is not None:
            self._do(planned, "")
            return
        chance = self.rng.random()
        if chance < 0.03:
            self._look()
        elif chance < 0.05:
            self._deliver()
        elif chance < 0.10:
            self._wild()
        elif chance < 0.14 and self._used:
            self._again()
        elif chance < 0.18:
            name, plan = self.rng.choice(SETUPS)
            self.tally.jumps[name] += 1
            self._plan = plan(lambda: self.scene)
        else:
            call = self._chosen()
            key = self.rng.choice(_KEYS)
            keyed = self.rng.random() < 0.2 and key not in self._used and _takes_key(call)
            self.tally.tried[call.name] += 1
            self.tally.accepted[call.name] += self._do(call, key if keyed else "")

    def _let_time_pass(self) -> None:
        clock, chance = self.stage.clock, self.rng.random()
        if chance < 0.6:
            clock.advance(timedelta(minutes=self.rng.randint(1, 400)))
        elif chance < 0.62:
            clock.advance(timedelta(days=self.rng.randint(5, 25)))
        elif chance < 0.65:
            clock.advance(-timedelta(minutes=self.rng.randint(1, 3000)))

    def _chosen(self) -> Call:
        """Some command that can be tried now."""
        scene = self.scene
        while True:
            [name] = self.rng.choices(_NAMES, cum_weights=_WEIGHTS)
            call = CHOOSERS[name][1](scene)
            if call is not None:
                return call

    def _do(self, call: Call, key: str) -> bool:
        """Give a command and look at what it did; whether it was accepted."""
        self._last.append(f"{self.stage.clock.now():%Y-%m-%d %H:%M} {call}{f' key {key}' if key else ''}")
        before, answer = self.books, None
        try:
            answer = self._give(call, key)
        except StorageError as failed:
            self._judge((Breach("I26", f"storage failed: {failed!r}"),))
            return False
        except (InvoicecoreError, TypeError) as refused:
            self._last.append(f"    refused: {type(refused).__name__}: {str(refused)[:160]}")
            self._read()
            if self.books != before:
                self._judge((Breach("I26", f"refused with {refused!r}, and the books changed"), *breaches(self.books)))
            self._check_key(key, remembered=False)
            if isinstance(refused, BalanceLimitReached) and call.name.startswith("charges."):
                self._judge((Breach("I4", f"{call} is refused by the stop, which is for work alone"),))
            if isinstance(refused, BalanceLimitReached) and call.name in {"work.log", "work.start"}:
                project = self.books.projects[call.args[0]]
                if project.has_fixed_price:
                    self._judge((Breach("I38", f"{call} is refused by the stop, at the fixed price of {project}"),))
            return False
        except Exception as crashed:  # only the library's own errors may come out
            self._judge((Breach("errors", f"{call} ended in {crashed!r}"),))
            return False
        self._read()
        self._judge(breaches_between(before, self.books))
        self._judge(breaches(self.books, sound=before))
        self._judge(tuple(of_answer(before, self.books, call, answer, self.stage.clock.now())))
        for record in self.books.audit[len(before.audit) :]:
            if (record.by, record.at) != (self.stage.cast[call.by], self.stage.clock.now()):
                self._judge((Breach("I28", f"{call} was done by {record.by} at {record.at}"),))
        self._forget_corrected_days(before)
        self._forget_dated_back(before)
        self._ask_of_past_days(all_of_them=before.firm.timezone != self.books.firm.timezone)
        self._follow(limit=1 + self.step % 4)
        if key:
            self._used[key] = (call, answer)
            self._check_key(key, remembered=True)
        return True

    def _give(self, call: Call, key: str) -> Any:
        subject, _, method = call.name.partition(".")
        named = {**call.named, "idempotency_key": key} if key else call.named
        return getattr(getattr(self.stage.desk(call.by), subject), method)(*call.args, **named)

    def _ask(self, name: str, by: str, scene: Picker) -> Any:
        return LOOKS[name](self.stage.desk(by), scene)

    def _read(self) -> None:
        self.books = books(self.stage.storage, self.stage.billing.firm_id)

    def _verify(self) -> None:
        """What the library says of its books, as a host may ask it."""
        self.tally.verified += 1
        report = verify_books(self.stage.storage, self.stage.billing.firm_id)
        self._judge(tuple(Breach("verify", f"{it.law}: {it.what}") for it in report.findings))
        desk = self.stage.desk("manager")
        for client in self.books.clients:
            self._judge(tuple(of_conservation(self.books, desk.accounts.reconcile(client), self.stage.clock.now())))

    def _judge(self, what: tuple[Breach, ...]) -> None:
        if what:
            self.found.append(Found(self.seed, self.step, what, tuple(self._last)))

    # idempotency

    def _check_key(self, key: str, *, remembered: bool) -> None:
        if not key:
            return
        with UnitOfWork(self.stage.storage, self.stage.billing.firm_id) as uow:
            if (uow.find_idempotency_record(key) is not None) != remembered:
                self._judge((Breach("I22" if remembered else "I24", f"{key} is kept: {not remembered}"),))

    def _again(self) -> None:
        """I22, I23: the same key again, with the same request or with another one, perhaps after a restart."""
        key = self.rng.choice(list(self._used))
        call, answer = self._used[key]
        if self.rng.random() < 0.3:
            self.stage = self.stage.reopened()
        other = self._chosen()
        self.tally.repeats += 1
        before = self.books
        if self.rng.random() < 0.5 or not _takes_key(other) or other == call:
            self._last.append(f"again: {call} key {key}")
            again = self._give(call, key)
            self._read()
            if again != answer or self.books != before:
                self._judge((Breach("I22", f"{call} came again with {key} and had another effect"),))
            return
        self._last.append(f"other: {other} key {key}")
        try:
            self._give(other, key)
        except IdempotencyKeyReused:
            self._read()
            if self.books != before:
                self._judge((Breach("I26", f"{key} was refused for {other}, and the books changed"),))
            return
        self._judge((Breach("I23", f"{other} was taken with {key}, which stands for {call}"),))

    # the audit

    def _follow(self, *, limit: int) -> None:
        """I32: who goes on from a cursor, a page at a time, sees every record once."""
        last = self._followed[-1] if self._followed else None
        page = self.stage.desk("manager").firm.audit(after=last, limit=limit)
        self._followed += [it.id for it in page]
        kept, count = [it.id for it in self.books.audit], len(self._followed)
        if self._followed != kept[:count] or (count < len(kept) and len(page) < limit):
            self._judge((Breach("I32", f"after {last} came {[it.id for it in page]}, of {len(kept)} records"),))

    # past days

    def _forget_corrected_days(self, before: Books) -> None:
        """Where booking days were corrected, what is told of them and of days after them may be told otherwise."""
        firm = self.books.firm
        for client, entries in self.books.entries.items():
            made = entries[len(before.entries.get(client, ())) :]
            days = [booking_day(firm, it.booked_at) for it in made if it.is_rebooking]
            owed = self.books.receivables.get(client, ())[len(before.receivables.get(client, ())) :]
            if days or any(it.takes_back for it in owed):
                first = min(*days, *(it.booked_on for it in owed), date.max)
                self._past = {place: told for place, told in self._past.items() if place[1] < first}

    def _forget_dated_back(self, before: Books) -> None:
        """By the day of the work, work and receipts that were dated back change what is told of their days and of later
        ones; of what clients owe only receipts do."""
        received, moved = [date.max], [date.max]
        for client, entries in self.books.entries.items():
            owed = self.books.receivables.get(client, ())[len(before.receivables.get(client, ())) :]
            received += [it.work_day for it in owed]
            moved += [it.work_day for it in entries[len(before.entries.get(client, ())) :]]
        first: dict[Ask, date] = {_DUES_BY_WORK: min(received), _CLOSE_BY_WORK: min(received + moved)}
        self._past = {place: told for place, told in self._past.items() if place[1] < first.get(place[0], date.max)}

    def _ask_of_past_days(self, *, all_of_them: bool) -> None:
        """I33: what is told of a day that is over is the same whenever it is asked. If the clock steps back into a
        day, or behind a change of the zone, it was not over."""
        now, firm = self.stage.clock.now(), self.books.firm
        today = min(day_in(now, firm.timezone), booking_day(firm, now))
        self._past = {place: told for place, told in self._past.items() if place[1] < today}
        for ask in (told_of, *(_BY_DAY if all_of_them or self.step % 20 == 0 else ())):
            self._ask_again(ask, today, all_of_them=all_of_them)

    def _ask_again(self, ask: Ask, today: date, *, all_of_them: bool) -> None:
        days = [day for asked, day in self._past if asked is ask]
        desk, clients = self.stage.desk("manager"), self.books.clients
        for day in days if all_of_them else self.rng.sample(days, min(2, len(days))):
            told, past = ask(desk, clients, day), self._past[ask, day]
            if differs := [it for it in told.keys() | past.keys() if told.get(it) != past.get(it)]:
                was, is_now = ({it: of.get(it) for it in differs} for of in (past, told))
                self._judge((Breach("I33", f"of {day} it was told {was}, and now {is_now}"),))
        day = today - timedelta(days=self.rng.randint(1, 4))
        if day not in days:
            self._past[ask, day] = ask(desk, clients, day)

    # other steps

    def _wild(self) -> None:
        """A command by anybody, on anything."""
        call = self._chosen()
        scene, now = self.scene, self.books
        anything = [
            *(
                scene.one(ids)
                for ids in (now.invoices, now.sessions, now.charges, now.clients, now.projects, now.people, now.timers)
            ),
            "nothing",
            None,
        ]
        by = self.rng.choice(list(self.stage.cast))
        args = (self.rng.choice(anything), *call.args[1:]) if call.args and self.rng.random() < 0.6 else call.args
        if call.name.startswith("people.") and args[:1] and args[0] in self.stage.cast.values():
            args = call.args  # the cast keeps its parts
        self.tally.wild += 1
        key = self.rng.choice(_KEYS)
        key = key if key not in self._used and _takes_key(call) else ""
        self.tally.wild_accepted += self._do(evolve(call, by=by, args=args), key)

    def _look(self) -> None:
        """A question by anybody, about anything; nothing changes by it."""
        before, scene = self.books, self.scene
        self.tally.looks += 1
        name = self.rng.choice(list(LOOKS))
        by = self.rng.choice(list(self.stage.cast))
        self._last.append(f"{by} looks: {name}")
        with suppress(InvoicecoreError):  # not everybody sees everything
            self._ask(name, by, scene)
        self._judge(tuple(of_week(self.stage.desk("manager"), scene)))
        self._read()
        if self.books != before:
            self._judge((Breach("I28", f"{name} changed something"),))

    def _deliver(self) -> None:
        """I31: what is due is handed over, each message to one postman at a time and once, however slow he is. What he
        refuses waits longer each time, and comes after all that is new. Without a postman everything stays."""
        before, stage = self.books, self.stage
        chance, limit = self.rng.random(), self.rng.choice([1, 3, 1000])
        self._last.append(f"deliver {limit}")
        stage.postman.told.clear()
        if chance < 0.2:
            Billing.open(stage.storage, stage.billing.firm_id, clock=stage.clock).deliver(limit)
        else:
            due = [message.id for message in before.outbox if self._due(message.id) <= stage.clock.now()]
            tries = Counter(dict.fromkeys(due, 0))
            stage.postman.around = partial(self._in_hand, tries, is_slow=chance < 0.5)
            for _ in range(2):  # so that what was refused would come at once
                stage.billing.deliver(limit)
            if tries.total() < min(limit, len(due)):
                self._judge((Breach("I31", f"of {len(due)} messages that were due {tries.total()} were tried"),))
        told = {message.id for message in stage.postman.told}
        self._read()
        if {message.id for message in self.books.outbox} != {message.id for message in before.outbox} - told:
            self._judge((Breach("I31", f"of {len(before.outbox)} messages {len(told)} were told, and others wait"),))
        self._judge(breaches_between(before, self.books, told=told))

    def _due(self, id: str) -> datetime:
        """When a message that was refused so often comes again."""
        return self._refused.get(id, (0, datetime.min.replace(tzinfo=UTC)))[1]

    @contextmanager
    def _in_hand(self, tries: "Counter[str]", message: Message, *, is_slow: bool) -> Iterator[None]:
        """The postman has a message in hand, perhaps for minutes in which somebody else delivers as well."""
        id, clock = message.id, self.stage.clock
        waiting = {it.id: it for it in self.books.outbox}
        fresh = waiting.keys() - self._refused.keys() - self._told - self._held
        if waiting.get(id) != message or id in self._told or id in self._held:
            self._judge((Breach("I31", "something was told that did not wait, or again"),))
        elif clock.now() < self._due(id) or (id in self._refused and fresh):
            self._judge((Breach("I31", "what was refused came before its time, or before what is new"),))
        tries[id] += 1
        self._held.add(id)
        try:
            if is_slow:
                clock.advance(timedelta(minutes=self.rng.randint(0, 9)))
                if len(self._held) == 1:
                    self.stage.billing.deliver(2)
            yield
            self._told.add(id)
        except ConnectionError:
            count = self._refused.get(id, (0,))[0] + 1
            self._refused[id] = (count, clock.now() + timedelta(minutes=2 ** (count - 1)))
            raise
        finally:
            self._held.discard(id)


def _takes_key(call: Call) -> bool:
    return call.name in _KEYED and "password" not in call.named


def commands() -> dict[str, inspect.Signature]:
    """Every public method of every subject of the desk, by its name, as it is called."""
    desk = WalkFirm.set_up(Random(0)).desk("manager")
    return {
        f"{subject}.{name}": inspect.signature(method)
        for subject, room in subjects(desk).items()
        for name, method in inspect.getmembers(room, callable)
        if not name.startswith("_")
    }


_NAMES = list(CHOOSERS)
_WEIGHTS = [sum(weight for weight, _ in list(CHOOSERS.values())[: place + 1]) for place in range(len(CHOOSERS))]
_KEYED = frozenset(name for name, signature in commands().items() if "idempotency_key" in signature.parameters)


def run(*, size: int, seed: int) -> Figures:
    """Walk for `size` steps."""
    walk = Walk(seed)
    walk.go(size)
    return _figures(walk)


def control(*, seed: int) -> Figures:
    """The same walk on a store that forgets what is appended to the ledger: it must not come far."""

    def forget(self: UnitOfWork, fact: Fact) -> None:
        if not isinstance(fact, LedgerEntry):
            append(self, fact)

    append = UnitOfWork.append
    walk = Walk(seed)
    with patch.object(UnitOfWork, "append", forget):
        caught = not walk.go(2000)
    return Figures("walk", caught, f"control: a store that forgets entries is caught after {walk.step} steps")


def _figures(walk: Walk) -> Figures:
    tally = walk.tally
    if walk.found:
        return Figures("walk", False, "\n".join(map(str, walk.found)))
    rules = "".join(
        f"\n    {name:<28} {tally.accepted[name]:>6} of {tally.tried[name]:>6} accepted" for name in CHOOSERS
    )
    line = (
        f"{walk.step} steps in {walk.step // WORLD + 1} firms, {sum(tally.accepted.values())} of "
        f"{sum(tally.tried.values())} commands accepted; besides, {tally.wild_accepted} of {tally.wild} wild ones, "
        f"{sum(tally.jumps.values())} jumps, {tally.repeats} repeated keys, {tally.looks} looks; verified "
        f"{tally.verified} times; "
        f"{len(tally.moves)} of 23 moves of the life cycle{rules}"
    )
    return Figures("walk", True, line)
