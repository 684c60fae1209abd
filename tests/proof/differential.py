"""The same commands in the same order give the same results on every store."""

import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from attrs import Factory, define, evolve, frozen

from invoicecore.errors import InvoicecoreError
from invoicecore.ports.store import AuditRecord, Storage, WriteSet
from invoicecore.storage.memory import MemoryStorage
from invoicecore.testing.instrumented_storage import WatchedStorage, WatchedTransaction, unwatched
from invoicecore.values.ids import FirmId
from tests.books import Books
from tests.proof.command_generators import Call, Picker
from tests.proof.figures import Figures
from tests.proof.walk import Walk
from tests.proof.walk_firm import WalkFirm

STEPS = 60
"""How long each sequence of commands is."""


@define
class _RecordedWalk(Walk):
    """A walk of which all that is said is written down."""

    said: list[tuple[str, Any]] = Factory(list)

    def _give(self, call: Call, key: str) -> Any:
        return self._noted(f"{call} {key}", partial(super()._give, call, key))

    def _ask(self, name: str, by: str, scene: Picker) -> Any:
        return self._noted(f"{by}: {name}", partial(super()._ask, name, by, scene))

    def _noted(self, what: str, say: "partial[Any]") -> Any:
        try:
            answer = say()
        except (InvoicecoreError, TypeError) as refused:
            self.said.append((what, repr(refused)))
            raise
        self.said.append((what, answer))
        return answer


@define
class _Ids:
    """Counted ids that no other run ever gives."""

    run: str
    count: int = 0

    def __call__(self) -> str:
        self.count += 1
        return f"{self.run}-{self.count:06}"


@frozen
class Transcript:
    """All that one store said on a walk, and what it keeps in the end."""

    said: Sequence[tuple[str, Any]]
    books: Books
    breaches: Sequence[str]

    def differs_from(self, other: "Transcript") -> str:
        """The first difference; empty if there is none."""
        for mine, theirs in zip(self.said, other.said, strict=False):
            if mine != theirs:
                return f"said {mine}, not {theirs}"
        if len(self.said) != len(other.said):
            return f"said {len(self.said)} things, not {len(other.said)}"
        for field in Books.__attrs_attrs__:
            mine, theirs = getattr(self.books, field.name), getattr(other.books, field.name)
            if mine != theirs:
                return f"keeps {field.name} {mine}, not {theirs}"
        return ""


def transcript(storage: Storage, run: str, *, seed: int) -> Transcript:
    """What a store tells on one walk, in a new firm."""
    walk = _RecordedWalk(seed, lambda rng: WalkFirm.set_up(rng, storage, _Ids(run)))
    walk.go(STEPS)
    return Transcript(walk.said, walk.books, [str(found) for found in walk.found])


def compare(stores: Mapping[str, Storage], *, size: int, seed: int) -> Figures:
    """So many walks over each of the stores, the first of which says what is right."""
    first, *others = stores
    wrong: list[str] = []
    said = 0
    this_run = secrets.token_hex(4)
    for number in range(size):
        run = f"{this_run}-{number:04}"
        right = transcript(stores[first], run, seed=seed + number)
        said += len(right.said)
        wrong += right.breaches
        for name in others:
            other = transcript(stores[name], run, seed=seed + number)
            wrong += (f"{name}: {it}" for it in other.breaches)
            difference = other.differs_from(right)
            if difference:
                wrong.append(f"seed {seed + number}: {name} {difference}")
    line = f"{size} sequences on {', '.join(stores)}; {said} answers and refusals, and the books after each"
    return Figures("differential", not wrong, line + ("".join(f"\n  {it}" for it in wrong) or ", the same on all"))


def control(*, seed: int) -> Figures:
    """The same with a store that cuts the reasons of what was done: it must not come far."""
    figures = compare({"memory": MemoryStorage(), "a store that cuts": _Truncating()}, size=3, seed=seed)
    first = figures.line.partition("\n")[2].partition("\n")[0].strip()
    line = f"a store that cuts reasons is noticed: {first[:100]}…" if first else "a store that cuts reasons: MISSED"
    return Figures("differential, control", not figures.passed, line)


class _Truncating(WatchedStorage):
    def __init__(self) -> None:
        super().__init__(MemoryStorage(), unwatched)

    def begin(self, firm_id: FirmId) -> WatchedTransaction:
        return _CuttingTransaction(self._inner.begin(firm_id), unwatched)


class _CuttingTransaction(WatchedTransaction):
    def commit(self, writes: WriteSet) -> None:
        cut = [evolve(it, reason=it.reason[:8]) if isinstance(it, AuditRecord) else it for it in writes.facts]
        super().commit(evolve(writes, facts=cut))
