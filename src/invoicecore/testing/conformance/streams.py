"""Checks of streams: appended facts stay unchanged and in order, each sequence number once."""

from datetime import timedelta
from functools import partial

import pytest

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ports.store import AUDIT, ENTRIES_OF_CLIENT, HISTORY_OF_INVOICE, Fact
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.things import ACME, GLOBEX, NOON
from invoicecore.testing.conformance.trial import Room, Trial, together, writing
from invoicecore.values.ids import ClientId

_FACTS: dict[str, Fact] = {"an entry": things.entry(1), "a step": things.step(1, "invoice")}


class Streams(Room):
    """Facts that are appended once."""

    def _facts(self, trial: Trial) -> list[object]:
        def look(uow: UnitOfWork) -> list[object]:
            return [*uow.find(ENTRIES_OF_CLIENT, ACME), *uow.find(HISTORY_OF_INVOICE, "invoice")]

        return trial.look(look)

    def test_a_stream_is_in_the_order_of_its_sequence(self, trial: Trial) -> None:
        """Entries and steps come in the order of their sequence, the tenth after the ninth, each stream on its own."""
        trial.store(things.draft("invoice"), things.draft("other"))
        for sequence in range(1, 13):
            facts = (things.entry(sequence), things.step(sequence, "invoice"), things.entry(sequence, GLOBEX))
            trial.store(*facts, things.step(sequence, "other"))
        for client in (ACME, GLOBEX):
            entries = [things.entry(count, client) for count in range(1, 13)]
            trial.expect(entries, trial.look(partial(_entries, client)), f"the entries of {client}")
        steps = [things.step(count, "invoice") for count in range(1, 13)]
        trial.expect(steps, trial.look(lambda uow: uow.find(HISTORY_OF_INVOICE, "invoice")), "an invoice's history")
        last = trial.look(lambda uow: uow.find(HISTORY_OF_INVOICE, "invoice", limit=1, descending=True))
        trial.expect(steps[-1:], last, "the latest step")

    def test_a_unit_sees_what_it_appended(self, trial: Trial) -> None:
        """What was appended a moment ago is listed behind what was there."""
        trial.store(things.entry(1))
        with trial.begin() as uow:
            uow.append(things.entry(2, booked_at=NOON + timedelta(microseconds=1)))
            seen = _entries(ACME, uow)
            latest = uow.find(ENTRIES_OF_CLIENT, ACME, limit=1, descending=True)
        trial.expect([1, 2], [fact.sequence for fact in seen], "the sequences that the unit sees")
        trial.expect([2], [fact.sequence for fact in latest], "the latest that the unit sees")

    @pytest.mark.parametrize("kind", _FACTS)
    def test_a_sequence_is_used_once(self, trial: Trial, kind: str) -> None:
        """Of two units that append the same sequence to a stream, one commits; a later one that does is refused."""
        fact = _FACTS[kind]
        trial.store(things.draft("invoice"))
        trial.winner(lambda uow: uow.append(fact), lambda uow: uow.append(fact))
        with trial.refuses("a sequence that is used already"):
            trial.attempt(writing(fact))
        trial.expect([fact], self._facts(trial), "the streams afterwards")

    @pytest.mark.parametrize("kind", _FACTS)
    def test_a_unit_uses_a_sequence_once(self, trial: Trial, kind: str) -> None:
        """A unit that appends two facts of one sequence is refused."""
        trial.store(things.draft("invoice"))
        with trial.refuses("two facts of one sequence in one unit"):
            trial.attempt(*[writing(_FACTS[kind])] * 2)
        trial.expect([], self._facts(trial), "the streams afterwards")

    def test_what_was_appended_stays(self, trial: Trial) -> None:
        """An earlier stream is the beginning of every later one, whatever is refused or left in between."""
        trial.store(things.draft("invoice"), things.entry(1), things.step(1, "invoice"), things.record("1"))
        before = [self._facts(trial), trial.look(lambda uow: uow.find(AUDIT))]
        trial.look(lambda uow: uow.append(things.entry(2)))
        with trial.refuses("a sequence that is used already"):
            trial.attempt(writing(things.record("2")), writing(things.entry(1)))
        trial.change(things.client(ACME, "Acme & Daughters"))
        trial.expect(before, [self._facts(trial), trial.look(lambda uow: uow.find(AUDIT))], "the streams afterwards")

    def test_many_write_one_stream(self, trial: Trial) -> None:
        """Threads that append to one stream, each going on from what it last saw, leave it without a gap."""

        def write(_: int) -> None:
            for _ in range(5):
                trial.insist(_append_the_next)

        together(4, write)
        seen = [fact.sequence for fact in trial.look(partial(_entries, ACME))]
        trial.expect(list(range(1, 21)), seen, "the sequences of the stream")


def _entries(client: ClientId, uow: UnitOfWork) -> list[LedgerEntry]:
    return uow.find(ENTRIES_OF_CLIENT, client)


def _append_the_next(uow: UnitOfWork) -> None:
    last = uow.find(ENTRIES_OF_CLIENT, ACME, limit=1, descending=True)
    uow.append(things.entry(last[0].sequence + 1 if last else 1))
