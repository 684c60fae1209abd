"""Can these books be believed?

A digest shows that nobody changed a file by accident; whoever changes it on purpose makes a new one. So everything is
added up again, as an auditor would: each thing as it comes, against those before it, and at the end what only the whole
can tell. Of each thing no more is remembered than later ones must fit.
"""

from collections.abc import Iterator
from typing import Any

from invoicecore.archive.integrity.holdings import Holdings
from invoicecore.archive.integrity.ledgers import Ledgers
from invoicecore.archive.integrity.papers import Papers
from invoicecore.archive.integrity.people import People
from invoicecore.archive.integrity.seen_state import Known, Look, Room
from invoicecore.archive.integrity.trail import Trail
from invoicecore.archive.integrity.work import Work
from invoicecore.errors import InvalidInput
from invoicecore.ports.archive import ArchiveItem, kind_of
from invoicecore.ports.store import Versioned
from invoicecore.values.ids import FirmId


class Soundness:
    """What is wrong with the books of a firm, told thing by thing in the order of an archive."""

    def __init__(self, firm_id: FirmId) -> None:
        known = Known(firm_id)
        self._trail = Trail(known)
        self._rooms: tuple[Room, ...] = (
            self._trail,
            People(known),
            Work(known),
            Papers(known),
            Ledgers(known),
            Holdings(known),
        )
        self._looks: dict[type[Any], list[Look]] = {}
        for room in self._rooms:
            for kind, look in room.looks.items():
                self._looks.setdefault(kind, []).append(look)

    def faults_of(self, kept: ArchiveItem) -> Iterator[str]:
        """What is wrong with the next thing, in sentences; nothing, if it fits."""
        thing: Any = kept
        if isinstance(kept, Versioned):
            thing = kept.entity
            self._trail.note(kept)
        try:
            for look in self._looks.get(kind_of(kept), ()):
                yield from look(thing)
        except InvalidInput as malformed:
            yield str(malformed)

    def faults_at_the_end(self) -> Iterator[str]:
        """What is wrong between things that are sound by themselves."""
        for room in self._rooms:
            yield from room.end()
