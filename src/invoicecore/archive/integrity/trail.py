"""Does the audit tell every version of everything, once, and do counters go on from what it tells?"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, get_args

from invoicecore.archive.integrity.seen_state import Known, Looks
from invoicecore.ports.archive import Counter
from invoicecore.ports.store import AuditRecord, Change, Entity, Versioned, id_of

_KINDS = frozenset(kind.__name__ for kind in get_args(Entity))
_COUNTER = "Counter"


class Trail:
    """Versions as they are, and as they are told. Records are in the order of their ids: of two that were written at
    once, the later may come first."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._versions: dict[str, dict[str, int]] = {kind: {} for kind in _KINDS}
        self._told: dict[str, dict[str, int]] = {kind: {} for kind in _KINDS}  # how many in a row
        self._early: dict[tuple[str, str], set[int]] = defaultdict(set)  # told before the one that precedes them
        self._gone: dict[tuple[str, str], int] = {}  # at which version
        self._counters: dict[str, int] = {}
        self._leapt: dict[str, int] = {}
        self.looks: Looks = {AuditRecord: self._of_record, Counter: self._of_counter}

    def note(self, kept: Versioned[Any]) -> None:
        """An entity is at a version."""
        self._versions[type(kept.entity).__name__][id_of(kept.entity)] = kept.version

    def _of_record(self, record: AuditRecord) -> Iterator[str]:
        if not record.changes or record.by not in self._known.people:
            yield f"the audit record {record.id!r} tells of nothing, or of nobody who is there."
        for change in record.changes:
            if change.kind == _COUNTER:
                self._leapt[change.id] = max(change.after, self._leapt.get(change.id, 1))
            elif change.kind not in _KINDS or not self._follows(change):
                yield f"the audit record {record.id!r} tells of a version of {change.id!r} that cannot be."

    def _follows(self, change: Change) -> bool:
        place, told = (change.kind, change.id), self._told[change.kind]
        if change.after == 0:
            if place in self._gone:
                return False
            self._gone[place] = change.before
        elif change.after != change.before + 1:
            return False
        so_far = told.get(change.id, 0)
        if change.before != so_far:
            early = self._early[place]
            is_new = change.before > so_far and change.before not in early
            early.add(change.before)
            return is_new
        told[change.id] = so_far = so_far + 1
        early = self._early.get(place, set())
        while so_far in early:
            early.remove(so_far)
            told[change.id] = so_far = so_far + 1
        return True

    def _of_counter(self, counter: Counter) -> Iterator[str]:
        self._counters[counter.name] = counter.next
        if counter.next < 2:
            yield f"the counter {counter.name!r} did not move."

    def end(self) -> Iterator[str]:
        """What was told and is not so, or is so and was not told."""
        for (kind, id), early in self._early.items():
            if early:
                yield f"the audit does not tell all versions of {kind} {id!r}."
        for (kind, id), before in self._gone.items():
            if self._told[kind].pop(id) != before + 1:
                yield f"{kind} {id!r} changed after it was gone."
        for kind, versions in self._versions.items():
            for id, _ in versions.items() ^ self._told[kind].items():
                yield f"{kind} {id!r} is not at the version that the audit tells."
        for name, least in self._leapt.items():
            if self._counters.get(name, 1) < least:
                yield f"the counter {name!r} went back behind {least}."
