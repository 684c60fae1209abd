"""Fuzzes every public function: nothing that comes in from outside does harm."""

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar, cast

from attrs import evolve, field, frozen

from invoicecore import codec
from invoicecore.errors import InvalidInput, InvoicecoreError
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.model.work_session import NewWorkSession, WorkSession
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.calendar import business_day, instant
from invoicecore.values.inputs import short_repr
from invoicecore.values.money import LARGEST_MINOR, Money, Rate
from tests.books import Books, books
from tests.proof.adversarial_values import HEAVY, MAKERS, Maker
from tests.proof.figures import Figures
from tests.proof.invariants import breaches
from tests.proof.public_api import (
    INTERNAL,
    FuzzedFirm,
    FuzzTarget,
    Parameter,
    fuzz_targets,
    fuzzed_firm,
    read_everything,
)

T = TypeVar("T")

SUITE = "hostile"
CASES = 1000
"""How often each function is tried at least."""
LONGEST = 0.1
"""How many seconds of the processor a call may take."""
LONGEST_WAIT = 1.0
"""How many seconds may pass during a call."""

_COMMITS_PER_FIRM, _REFUSALS_PER_FIRM = 8, 25
_REFUSALS_PER_LOOK = 25
_FIRMS_PER_SURVEY = 5  # for functions that need a new firm after each commit
_ALSO_RAISED = {"Money.__truediv__": (ZeroDivisionError,)}  # what a function documents as well


# What Python says of a value, which the library says in words of its own.
_IN_PYTHONS_WORDS = re.compile(
    r"must be in |out of range|an integer|argument|object (?:of|cannot|has|is|does)\b|unsupported|\[Errno"
    r"|embedded null|has host bits|codec can't"
    r"|Expecting |delimiter|expected after|NoneType|not supported between|Traceback|int\(\)|float\(\)|too large to"
    r"|invalid literal|isoformat|fromtimestamp|Invalid \w+ string|does not match format|unhashable|year \d+ is|<class"
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|<[^>]*(?:>|…)|b'.*'", re.DOTALL)


@frozen
class Finding:
    """Harm that was done: the function, what happened, and the arguments."""

    target: str
    what: str
    given: str

    def __str__(self) -> str:
        return f"{self.target}: {self.what}, given {self.given}"


@frozen
class FuzzResult:
    """How often a function was called, how often it refused, and what was found."""

    cases: int = 0
    refused: int = 0
    slowest: float = 0.0
    findings: tuple[Finding, ...] = ()

    def with_case(self, *, refused: bool, took: float, found: tuple[Finding, ...]) -> "FuzzResult":
        """With one more."""
        return FuzzResult(self.cases + 1, self.refused + refused, max(self.slowest, took), (*self.findings, *found))

    def merged_with(self, other: "FuzzResult") -> "FuzzResult":
        """Both together."""
        return FuzzResult(
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


class _FreshFirms:
    """Holds the firm under test, and builds a new one when it is used up: after some commits, or after each one for
    a function that works only once."""

    def __init__(self, target: FuzzTarget) -> None:
        self.fuzzed_firm = fuzzed_firm()
        self._fresh = self.fuzzed_firm.storage.commits
        self._refusals = 0  # since the latest commit
        self._refused = self._firms_built = 0
        self._commits_per_firm = _COMMITS_PER_FIRM if _repeats(target) else 1

    def state(self) -> _State:
        """What can be told at once, and now and then the whole books."""
        looks = (self._refused + 1) % _REFUSALS_PER_LOOK == 0
        return _State(self.fuzzed_firm.storage.commits, self.fuzzed_firm.clock.now(), self._look() if looks else None)

    def _look(self) -> Books:
        return books(self.fuzzed_firm.storage.kept, self.fuzzed_firm.billing.firm_id)

    def what_changed(self, before: _State) -> str | None:
        """What a refused call changed, if it did."""
        after = self.state()
        self._refused, self._refusals = self._refused + 1, self._refusals + 1
        if after.books != before.books:
            return "was refused and changed the books"
        if after != before:
            return f"was refused and changed something: {before} became {after}"
        return None

    def renew(self, *, now: bool = False) -> str | None:
        """Build a new firm if this one is used up, and return what is wrong with the old one, if anything is."""
        count = self.fuzzed_firm.storage.commits - self._fresh
        used_up = count >= self._commits_per_firm or (count and self._refusals >= _REFUSALS_PER_FIRM)
        if not (used_up or now):
            return None
        self._firms_built += 1
        looks = now or self._commits_per_firm > 1 or self._firms_built % _FIRMS_PER_SURVEY == 0
        wrong = self._wrong() if count and looks else None
        self.fuzzed_firm, self._refusals = fuzzed_firm(), 0
        self._fresh = self.fuzzed_firm.storage.commits
        return wrong

    def _wrong(self) -> str | None:
        try:
            broken = breaches(self._look())
            read_everything(self.fuzzed_firm.desk)
        except Exception as unfit:
            return f"what was accepted can no longer be read: {type(unfit).__name__}: {unfit}"
        return f"what was accepted broke {broken[0]}" if broken else None


def fuzz(target: FuzzTarget, *, size: int, seed: int) -> FuzzResult:
    """Call a function with each hostile value in each parameter, then with several at once, at least `size` times."""
    chance = random.Random(f"{seed} {target.name}")
    firms, result = _FreshFirms(target), FuzzResult()
    makers = {parameter.name: _makers(firms.fuzzed_firm, target, parameter) for parameter in target.fuzzed_parameters}
    plans: list[dict[str, Maker]] = [
        {**_key(target, chance), parameter.name: spoiled}
        for parameter in target.fuzzed_parameters
        for spoiled in (*makers[parameter.name], *_heavy(target))
    ]
    while len(plans) < size:
        share = chance.choice((0.2, 0.5, 0.9))
        several = [name for name in makers if chance.random() < share] or [chance.choice(list(makers))]
        plans.append({name: chance.choice(makers[name]) for name in several})
    for plan in plans:
        result = _try(firms, target, plan, result)
    wrong = firms.renew(now=True)
    return evolve(result, findings=(*result.findings, Finding(target.name, wrong, "the last few"))) if wrong else result


def _repeats(target: FuzzTarget) -> bool:
    """Whether the usual call is accepted a second time."""
    on = fuzzed_firm()
    call = target.bind(on)
    try:
        call(**target.usual(on))
        call(**target.usual(on))
    except InvoicecoreError:
        return False
    return True


def _key(target: FuzzTarget, chance: random.Random) -> dict[str, Maker]:
    """A valid idempotency key half of the time, if the function takes one: a key makes a digest of the request."""
    takes = any(parameter.name == "idempotency_key" for parameter in target.parameters)
    return {"idempotency_key": lambda: "once"} if takes and chance.random() < 0.5 else {}


def _heavy(target: FuzzTarget) -> tuple[Maker, ...]:
    return () if target.name in INTERNAL else HEAVY


def _makers(on: FuzzedFirm, target: FuzzTarget, parameter: Parameter) -> tuple[Maker, ...]:
    """The values for a parameter: all hostile ones, and broken ones of its own kind."""
    if target.name in INTERNAL:
        kind = type(on.good(target.name, parameter.name, parameter.form))
        return tuple(spoiled for spoiled in MAKERS if _passes_the_outer_checks(spoiled(), kind))
    odd = _BROKEN_VALUES.get(f"{target.name}.{parameter.name}")
    try:
        good = on.good(target.name, parameter.name, parameter.form)
    except LookupError:  # nobody gives it
        good = None
    return (*MAKERS, *_nearly_good(good), *(() if odd is None else odd(on)))


def _nearly_good(good: object) -> tuple[Maker, ...]:
    """Values that are as the good one, and yet cannot be: an id or an e-mail with signs that no database keeps, sizes
    at and beyond the largest."""
    wrong: list[object] = []
    match good:
        case str():
            wrong = [good + "\0", good + "\ud800", "\udfff" + good, f"{good[:1]}\0{good[1:]}", good * 2000]
        case bool():
            pass
        case int():
            wrong = [10**30, 2**63, 2**63 - 1, -(2**63), 10**18, 10_000, 10_001]
        case timedelta():
            wrong = [timedelta.max, timedelta.min, timedelta(days=99_999_999)]
        case Money():
            wrong = [Money(minor=sign * (LARGEST_MINOR - 1), currency=good.currency) for sign in (1, -1)]
        case Rate():
            wrong = [Rate.hourly("9" * 13, good.currency), Rate.hourly("0.000000000001", good.currency)]
        case Terms(refill=Refill() as refill):
            cent = Rate.hourly("0.01", refill.threshold.currency)
            most = Money(minor=LARGEST_MINOR - 1, currency=refill.threshold.currency)
            wrong = [evolve(good, refill=Refill(threshold=most * sign, rate=cent, hours=1)) for sign in (1, -1)]
        case list() | tuple() | frozenset() if good and all(isinstance(it, str) for it in good):
            wrong = [[*good, it + "\ud800"] for it in good] + [[*good, it + "\0"] for it in good]
    return tuple(partial(_same, it) for it in wrong)


def _same(value: T) -> T:
    return value


def _passes_the_outer_checks(value: object, kind: type) -> bool:
    """Whether the value can reach an internal function, because the outer checks accept it."""
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


def _broken_rows(on: FuzzedFirm) -> tuple[Maker, ...]:
    """Rows of a batch with one thing wrong in each."""
    names = ("project_id", "person_id", "start", "hours", "billable", "note", "rate", "end", "day", "source")
    row = on.by_type[NewWorkSession]
    assert isinstance(row, NewWorkSession)

    def spoiled(name: str, make: Maker) -> Maker:
        def rows() -> list[NewWorkSession]:
            wrong: dict[str, Any] = {name: make()}
            return [row, evolve(row, **wrong)]

        return rows

    return tuple(spoiled(name, make) for name in names for make in MAKERS)


def _broken_data(on: FuzzedFirm) -> tuple[Maker, ...]:
    """Plain data of the library's values with one thing wrong in each."""
    dumped = [codec.dump_any(value) for kind, value in on.by_type.items() if kind in codec.TYPES]

    def spoiled(data: Mapping[str, object], key: str, make: Maker) -> Maker:
        return lambda: {**data, key: make()}

    return tuple(
        spoiled(data, key, make) for data in dumped if isinstance(data, dict) for key in data for make in MAKERS[::20]
    )


_BROKEN_VALUES: Mapping[str, Callable[[FuzzedFirm], tuple[Maker, ...]]] = {
    "Work.import_many.rows": _broken_rows,
    "codec.load_any.data": _broken_data,
}


def _try(firms: _FreshFirms, target: FuzzTarget, plan: Mapping[str, Maker], result: FuzzResult) -> FuzzResult:
    """One case; one that took too long is tried once more, because the machine may have been busy."""
    refused, took, found = _once(firms, target, plan)
    if took > LONGEST:
        refused, again, found = _once(firms, target, plan)
        took = min(took, again)
        if took > LONGEST:
            found = (*found, Finding(target.name, f"took {took:.2f} s", _describe(plan)))
    wrong = firms.renew()
    if wrong is not None:
        found = (*found, Finding(target.name, wrong, f"{_describe(plan)} at last"))
    return result.with_case(refused=refused, took=took, found=found)


def _once(firms: _FreshFirms, target: FuzzTarget, plan: Mapping[str, Maker]) -> tuple[bool, float, tuple[Finding, ...]]:
    """Whether it was refused, how long it took, and what was found."""
    call = target.bind(firms.fuzzed_firm)
    given = {**target.usual(firms.fuzzed_firm), **{name: make() for name, make in plan.items()}}
    before, escaped = firms.state(), None
    began, began_waiting = time.process_time(), time.perf_counter()
    try:
        call(**given)
        refused = False
    except Exception as refusal:
        refused = True
        if not isinstance(refusal, (InvoicecoreError, TypeError, *_ALSO_RAISED.get(target.name, ()))):
            escaped = f"raised {type(refusal).__name__}: {_message(refusal)}"
        elif isinstance(refusal, InvoicecoreError) and (words := in_pythons_words(refusal)) is not None:
            escaped = f"says {words!r}: {_message(refusal)}"
    took, waited = time.process_time() - began, time.perf_counter() - began_waiting
    if waited > LONGEST_WAIT:
        took = max(took, waited)
    changed = firms.what_changed(before) if refused else None
    return refused, took, tuple(Finding(target.name, what, _describe(plan)) for what in (escaped, changed) if what)


def in_pythons_words(error: InvoicecoreError) -> str | None:
    """What an error says in words of Python, beside what it repeats of the value that was given."""
    found = _IN_PYTHONS_WORDS.search(_QUOTED.sub("…", str(error)))
    return None if found is None else found[0]


def _message(error: Exception) -> str:
    try:
        return str(error)[:100]
    except Exception:
        return "an error that cannot be printed"


def _describe(plan: Mapping[str, Maker]) -> str:
    return ", ".join(f"{name}={short_repr(make())}" for name, make in plan.items())


def fuzz_all(*, size: int, seed: int) -> Mapping[str, FuzzResult]:
    """The result of every function."""
    return {target.name: fuzz(target, size=size, seed=seed) for target in fuzz_targets()}


def run(*, size: int = CASES, seed: int = 0) -> Figures:
    """Try every function at least `size` times."""
    return figures(fuzz_all(size=size, seed=seed))


def figures(results: Mapping[str, FuzzResult]) -> Figures:
    """The line that sums tallies up."""
    total = FuzzResult()
    for result in results.values():
        total = total.merged_with(result)
    line = (
        f"{len(results)} functions, {total.cases:,} cases, at least {min(it.cases for it in results.values()):,} each; "
        f"{total.refused:,} refused, none but InvoicecoreError or TypeError; slowest call {total.slowest * 1000:.0f} ms"
    )
    if total.findings:
        worst = Counter(finding.target for finding in total.findings)
        first = "; ".join(str(finding) for finding in total.findings[:3])
        line = f"{len(total.findings):,} findings at {len(worst)} functions, of {total.cases:,} cases: {first}"
    return Figures(SUITE, not total.findings, line)


@frozen
class BrokenTarget:
    """A function that does one kind of harm, and the text of the finding."""

    target: FuzzTarget
    says: str = field()


def broken_targets() -> tuple[BrokenTarget, ...]:
    """A function for each kind of harm that is looked for."""
    return (
        BrokenTarget(_broken("careless", lambda on: _raises_key_error), "raised KeyError"),
        BrokenTarget(_broken("slow", lambda on: _takes_long), "took 0."),
        BrokenTarget(_broken("hasty", _writes_first), "was refused and changed something"),
        BrokenTarget(_broken("burglar", _changes_unseen), "was refused and changed the books"),
        BrokenTarget(_broken("parrot", lambda on: _repeats_python), "says 'invalid literal'"),
        BrokenTarget(_broken("gullible", _stores_anything), "what was accepted"),
    )


def _broken(name: str, bind: Callable[[FuzzedFirm], Callable[..., object]]) -> FuzzTarget:
    return FuzzTarget(name, bind, (Parameter("note", str, True, True),))


def _raises_key_error(note: object) -> object:
    """Looks up what it was given."""
    return {"Anything": 1}[note] if isinstance(note, str) else None


def _repeats_python(note: object) -> None:
    """Refuses in the words of Python."""
    try:
        int(str(note)[:10])
    except ValueError as wrong:
        raise InvalidInput(f"note is no number: {wrong}.") from wrong


def _takes_long(note: object) -> None:
    """Takes long over long numbers."""
    until = time.process_time() + 2 * LONGEST
    while isinstance(note, int) and note > 10**4299 and time.process_time() < until:
        pass


def _writes_first(on: FuzzedFirm) -> Callable[..., object]:
    """Writes first and asks later."""

    def target(note: object) -> None:
        on.desk.firm.change(contact="2 Main St")
        if not isinstance(note, str):
            raise InvalidInput("note must be text.")

    return target


def _changes_unseen(on: FuzzedFirm) -> Callable[..., object]:
    """Writes without being seen, and refuses."""
    counted = on.storage.commits

    def target(note: object) -> None:
        on.desk.firm.change(contact="2 Main St")
        on.storage.commits = counted
        raise InvalidInput("note must be something else.")

    return target


def _stores_anything(on: FuzzedFirm) -> Callable[..., object]:
    """Stores what it was given as it is."""

    def target(note: object) -> None:
        with UnitOfWork(on.storage, on.billing.firm_id) as uow:
            session = on.desk.work.sessions()[0]
            stored = uow.get(WorkSession, session.id)
            assert stored is not None
            uow.put(evolve(stored, note=cast(str, note)))
            uow.commit()

    return target


def control(*, size: int = CASES, seed: int = 0) -> Figures:
    """Functions that do harm must be found out, each for what it does."""
    missed = [
        bad.target.name
        for bad in broken_targets()
        if not any(bad.says in finding.what for finding in fuzz(bad.target, size=size, seed=seed).findings)
    ]
    line = (
        f"not found out: {', '.join(missed)}" if missed else f"{len(broken_targets())} broken functions were found out"
    )
    return Figures(f"{SUITE}, control", not missed, line)
