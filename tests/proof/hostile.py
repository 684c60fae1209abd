"""Does anything that comes in from outside do harm?

Every door of the library is tried with every nasty value in each of its parameters, then with several at once. Only
the library's errors and TypeError may come out, soon, and what is refused must have changed nothing. What is accepted
must leave books that can be believed.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, cast

from attrs import evolve, field, frozen

from invoicecore import codec
from invoicecore.errors import InvalidInput, InvoicecoreError
from invoicecore.model.work_session import NewWorkSession, WorkSession
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.books import Books, books
from invoicecore.values.calendar import business_day, instant
from invoicecore.values.inputs import short_repr
from invoicecore.values.money import LARGEST_MINOR
from tests.proof.adversarial_values import HEAVY, MAKERS, Maker
from tests.proof.figures import Figures
from tests.proof.invariants import breaches
from tests.proof.public_api import INNER, Door, Parameter, Stage, doors, stage, survey

SUITE = "hostile"
CASES = 1000
"""How often each door is tried at least."""
LONGEST = 0.1
"""How many seconds of the processor a call may take."""
LONGEST_WAIT = 1.0
"""How many seconds may pass during a call."""

_COMMITS_PER_STAGE, _REFUSALS_PER_STAGE = 8, 25
_REFUSALS_PER_LOOK = 25
_STAGES_PER_SURVEY = 5  # where one commit uses a stage up
_MENDED = {"Money.__truediv__": (ZeroDivisionError,)}  # what a door says that it raises besides


@frozen
class Finding:
    """Harm that was done: at which door, what happened, and by which arguments."""

    door: str
    what: str
    given: str

    def __str__(self) -> str:
        return f"{self.door}: {self.what}, given {self.given}"


@frozen
class Tally:
    """How the cases at some doors went."""

    cases: int = 0
    refused: int = 0
    slowest: float = 0.0
    findings: tuple[Finding, ...] = ()

    def with_case(self, *, refused: bool, took: float, found: tuple[Finding, ...]) -> "Tally":
        """With one more."""
        return Tally(self.cases + 1, self.refused + refused, max(self.slowest, took), (*self.findings, *found))

    def and_then(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.cases + other.cases,
            self.refused + other.refused,
            max(self.slowest, other.slowest),
            (*self.findings, *other.findings),
        )


@frozen
class _State:
    """What a refused call must leave as it is: how much was committed, what the clock shows, and the books."""

    commits: int
    now: datetime
    books: Books | None = field(repr=False)


class _House:
    """Holds the stage that is played on, which is built anew when it is used up: for a door that works only once,
    after every commit."""

    def __init__(self, door: Door) -> None:
        self.stage = stage()
        self._fresh = self.stage.storage.commits
        self._refusals = 0  # since the latest commit
        self._refused = self._stages = 0
        self._commits_per_stage = _COMMITS_PER_STAGE if _repeats(door) else 1

    def state(self) -> _State:
        """What can be told at once, and now and then the whole books."""
        looks = (self._refused + 1) % _REFUSALS_PER_LOOK == 0
        return _State(self.stage.storage.commits, self.stage.clock.now(), self._look() if looks else None)

    def _look(self) -> Books:
        return books(self.stage.storage.kept, self.stage.billing.firm_id)

    def what_changed(self, before: _State) -> str | None:
        """What a refused call changed, if it did."""
        after = self.state()
        self._refused, self._refusals = self._refused + 1, self._refusals + 1
        if after.books != before.books:
            return "was refused and changed the books"
        if after != before:
            return f"was refused and changed something: {before} became {after}"
        return None

    def tidy(self, *, now: bool = False) -> str | None:
        """Begin anew if the stage is used up; what is wrong with what there was, if anything is."""
        count = self.stage.storage.commits - self._fresh
        used_up = count >= self._commits_per_stage or (count and self._refusals >= _REFUSALS_PER_STAGE)
        if not (used_up or now):
            return None
        self._stages += 1
        looks = now or self._commits_per_stage > 1 or self._stages % _STAGES_PER_SURVEY == 0
        wrong = self._wrong() if count and looks else None
        self.stage, self._refusals = stage(), 0
        self._fresh = self.stage.storage.commits
        return wrong

    def _wrong(self) -> str | None:
        try:
            broken = breaches(self._look())
            survey(self.stage.desk)
        except Exception as unfit:
            return f"what was accepted can no longer be read: {type(unfit).__name__}: {unfit}"
        return f"what was accepted broke {broken[0]}" if broken else None


def fuzz(door: Door, *, size: int, seed: int) -> Tally:
    """Try a door: each nasty value in each parameter once, then several at once, at least `size` times in all."""
    chance = random.Random(f"{seed} {door.name}")
    house, tally = _House(door), Tally()
    makers = {parameter.name: _makers(house.stage, door, parameter) for parameter in door.open_to}
    plans: list[dict[str, Maker]] = [
        {**_key(door, chance), parameter.name: unchecked}
        for parameter in door.open_to
        for unchecked in (*makers[parameter.name], *_heavy(door))
    ]
    while len(plans) < size:
        share = chance.choice((0.2, 0.5, 0.9))
        several = [name for name in makers if chance.random() < share] or [chance.choice(list(makers))]
        plans.append({name: chance.choice(makers[name]) for name in several})
    for plan in plans:
        tally = _try(house, door, plan, tally)
    wrong = house.tidy(now=True)
    return evolve(tally, findings=(*tally.findings, Finding(door.name, wrong, "the last few"))) if wrong else tally


def _repeats(door: Door) -> bool:
    """Whether the usual call is accepted a second time."""
    on = stage()
    call = door.bind(on)
    try:
        call(**door.usual(on))
        call(**door.usual(on))
    except InvoicecoreError:
        return False
    return True


def _key(door: Door, chance: random.Random) -> dict[str, Maker]:
    """A good idempotency key half of the time, where the door takes one: it makes a digest of what was given."""
    takes = any(parameter.name == "idempotency_key" for parameter in door.parameters)
    return {"idempotency_key": lambda: "once"} if takes and chance.random() < 0.5 else {}


def _heavy(door: Door) -> tuple[Maker, ...]:
    return () if door.name in INNER else HEAVY


def _makers(on: Stage, door: Door, parameter: Parameter) -> tuple[Maker, ...]:
    """What is put into a parameter: everything nasty, and odd values of its own kind."""
    if door.name in INNER:
        kind = type(on.good(door.name, parameter.name, parameter.form))
        return tuple(unchecked for unchecked in MAKERS if _was_let_in(unchecked(), kind))
    odd = _ODD.get(f"{door.name}.{parameter.name}")
    return MAKERS if odd is None else (*MAKERS, *odd(on))


def _was_let_in(value: object, kind: type) -> bool:
    """Whether the value could have come as far as an inner door: the outer ones let it pass."""
    if type(value) is not kind:
        return False
    try:
        match value:
            case datetime():
                return instant("It", value) == value
            case date():
                return business_day("It", value) == value
            case int():
                return abs(value) < LARGEST_MINOR
    except InvoicecoreError:
        return False
    return True


def _odd_rows(on: Stage) -> tuple[Maker, ...]:
    """Rows of a batch with one thing wrong in each."""
    names = ("project_id", "person_id", "start", "hours", "billable", "note", "rate", "end", "day", "source")
    row = on.by_type[NewWorkSession]
    assert isinstance(row, NewWorkSession)

    def unchecked(name: str, make: Maker) -> Maker:
        def rows() -> list[NewWorkSession]:
            wrong: dict[str, Any] = {name: make()}
            return [row, evolve(row, **wrong)]

        return rows

    return tuple(unchecked(name, make) for name in names for make in MAKERS)


def _odd_data(on: Stage) -> tuple[Maker, ...]:
    """Plain data of the library's values with one thing wrong in each."""
    dumped = [codec.dump_any(value) for kind, value in on.by_type.items() if kind in codec.TYPES]

    def unchecked(data: Mapping[str, object], key: str, make: Maker) -> Maker:
        return lambda: {**data, key: make()}

    return tuple(
        unchecked(data, key, make) for data in dumped if isinstance(data, dict) for key in data for make in MAKERS[::20]
    )


_ODD: Mapping[str, Callable[[Stage], tuple[Maker, ...]]] = {
    "Work.import_many.rows": _odd_rows,
    "codec.load_any.data": _odd_data,
}


def _try(house: _House, door: Door, plan: Mapping[str, Maker], tally: Tally) -> Tally:
    """One case; one that took too long is tried once more, because the machine may have been busy."""
    refused, took, found = _once(house, door, plan)
    if took > LONGEST:
        refused, again, found = _once(house, door, plan)
        took = min(took, again)
        if took > LONGEST:
            found = (*found, Finding(door.name, f"took {took:.2f} s", _told(plan)))
    wrong = house.tidy()
    if wrong is not None:
        found = (*found, Finding(door.name, wrong, f"{_told(plan)} at last"))
    return tally.with_case(refused=refused, took=took, found=found)


def _once(house: _House, door: Door, plan: Mapping[str, Maker]) -> tuple[bool, float, tuple[Finding, ...]]:
    """Whether it was refused, how long it took, and what was found."""
    call = door.bind(house.stage)
    given = {**door.usual(house.stage), **{name: make() for name, make in plan.items()}}
    before, escaped = house.state(), None
    began, began_waiting = time.process_time(), time.perf_counter()
    try:
        call(**given)
        refused = False
    except Exception as refusal:
        refused = True
        if not isinstance(refusal, (InvoicecoreError, TypeError, *_MENDED.get(door.name, ()))):
            escaped = f"raised {type(refusal).__name__}: {_message(refusal)}"
    took, waited = time.process_time() - began, time.perf_counter() - began_waiting
    if waited > LONGEST_WAIT:
        took = max(took, waited)
    changed = house.what_changed(before) if refused else None
    return refused, took, tuple(Finding(door.name, what, _told(plan)) for what in (escaped, changed) if what)


def _message(error: Exception) -> str:
    try:
        return str(error)[:100]
    except Exception:
        return "an error that cannot be printed"


def _told(plan: Mapping[str, Maker]) -> str:
    return ", ".join(f"{name}={short_repr(make())}" for name, make in plan.items())


def fuzz_all(*, size: int, seed: int) -> Mapping[str, Tally]:
    """The tally of every door."""
    return {door.name: fuzz(door, size=size, seed=seed) for door in doors()}


def run(*, size: int = CASES, seed: int = 0) -> Figures:
    """Try every door at least `size` times."""
    return figures(fuzz_all(size=size, seed=seed))


def figures(tallies: Mapping[str, Tally]) -> Figures:
    """The line that sums tallies up."""
    total = Tally()
    for tally in tallies.values():
        total = total.and_then(tally)
    line = (
        f"{len(tallies)} doors, {total.cases:,} cases, at least {min(it.cases for it in tallies.values()):,} each; "
        f"{total.refused:,} refused, none but InvoicecoreError or TypeError; slowest call {total.slowest * 1000:.0f} ms"
    )
    if total.findings:
        worst = Counter(finding.door for finding in total.findings)
        first = "; ".join(str(finding) for finding in total.findings[:3])
        line = f"{len(total.findings):,} findings at {len(worst)} doors, of {total.cases:,} cases: {first}"
    return Figures(SUITE, not total.findings, line)


@frozen
class BadDoor:
    """A door that does one kind of harm, and what a finding about it says."""

    door: Door
    says: str = field()


def bad_doors() -> tuple[BadDoor, ...]:
    """A door for each kind of harm that is looked for."""
    return (
        BadDoor(_bad("careless", lambda on: _careless), "raised KeyError"),
        BadDoor(_bad("slow", lambda on: _slow), "took 0."),
        BadDoor(_bad("hasty", _hasty), "was refused and changed something"),
        BadDoor(_bad("burglar", _burglar), "was refused and changed the books"),
        BadDoor(_bad("gullible", _gullible), "what was accepted"),
    )


def _bad(name: str, bind: Callable[[Stage], Callable[..., object]]) -> Door:
    return Door(name, bind, (Parameter("note", str, True, True),))


def _careless(note: object) -> object:
    """Looks up what it was given."""
    return {"Anything": 1}[note] if isinstance(note, str) else None


def _slow(note: object) -> None:
    """Takes long over long numbers."""
    until = time.process_time() + 2 * LONGEST
    while isinstance(note, int) and note > 10**4299 and time.process_time() < until:
        pass


def _hasty(on: Stage) -> Callable[..., object]:
    """Writes first and asks later."""

    def door(note: object) -> None:
        on.desk.firm.change(contact="2 Main St")
        if not isinstance(note, str):
            raise InvalidInput("note must be text.")

    return door


def _burglar(on: Stage) -> Callable[..., object]:
    """Writes without being seen, and refuses."""
    counted = on.storage.commits

    def door(note: object) -> None:
        on.desk.firm.change(contact="2 Main St")
        on.storage.commits = counted
        raise InvalidInput("note must be something else.")

    return door


def _gullible(on: Stage) -> Callable[..., object]:
    """Stores what it was given as it is."""

    def door(note: object) -> None:
        with UnitOfWork(on.storage, on.billing.firm_id) as uow:
            session = on.desk.work.sessions()[0]
            stored = uow.get(WorkSession, session.id)
            assert stored is not None
            uow.put(evolve(stored, note=cast(str, note)))
            uow.commit()

    return door


def control(*, seed: int = 0) -> Figures:
    """Doors that do harm must be found out, each for what it does."""
    missed = [
        bad.door.name
        for bad in bad_doors()
        if not any(bad.says in finding.what for finding in fuzz(bad.door, size=CASES, seed=seed).findings)
    ]
    line = f"not found out: {', '.join(missed)}" if missed else f"{len(bad_doors())} doors that do harm were found out"
    return Figures(f"{SUITE}, control", not missed, line)
