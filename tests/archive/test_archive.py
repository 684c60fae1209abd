import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import Billing, Firm, MemoryStorage, NullNotifier, Rate, SettableClock, Terms, archive, utc
from invoicecore.errors import InvalidInput
from invoicecore.ports.store import Storage, WaitingMessage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing import QuickPasswords
from invoicecore.values.ids import CountingIds, FirmId
from tests.archive.archives import WRITTEN, restored, story, written
from tests.books import books
from tests.databases import NewUrl
from tests.proof.walk import Walk
from tests.proof.walk_firm import Postman, WalkFirm
from tests.storage.story import told

SEEDS = range(int(os.environ.get("INVOICECORE_ARCHIVE_WALKS", "8")))
"""As many histories as INVOICECORE_ARCHIVE_WALKS says."""


def walked(seed: int, storage: Storage | None = None) -> Walk:
    """A walk over the desks of a firm, in which nothing went wrong."""
    walk = Walk(seed, set_up=lambda rng: WalkFirm.set_up(rng, storage or MemoryStorage()))
    assert walk.go(80)
    return walk


def forget_tries(storage: Storage, firm_id: FirmId) -> None:
    """Let all messages wait as if nobody had tried to hand them over, as an archive has them."""
    with UnitOfWork(storage, firm_id) as uow:
        for waiting in uow.waiting(datetime.max.replace(tzinfo=UTC), 1_000_000):
            uow.reschedule(waiting, WaitingMessage(waiting.message))
        uow.commit()


def twin(walk: Walk, storage: Storage) -> Walk:
    """The same walk, at the same place, in books that are kept elsewhere: it will want the same."""
    stage, same = walk.stage, Walk(walk.seed)
    rng = Random()  # that of the postman as well, as on every stage
    rng.setstate(walk.rng.getstate())
    ids = CountingIds()
    ids._count = stage.ids._count  # type: ignore[attr-defined]  # the ids of a stage count
    clock, postman = SettableClock(stage.clock.now()), Postman(rng)
    billing = Billing.open(storage, clock=clock, ids=ids, notifier=postman, passwords=QuickPasswords())
    same.stage = WalkFirm(storage, clock, ids, postman, billing, stage.cast)
    same.rng, same.step, same.books = rng, walk.step, books(storage, billing.firm_id)
    same._used, same._told, same._past = dict(walk._used), set(walk._told), dict(walk._past)
    walk._refused = {}
    walk._plan = same._plan = iter(())
    return same


class TestRoundTrip:
    """An archive and the books are the same thing."""

    @pytest.mark.parametrize("seed", SEEDS)
    def test_a_random_history_comes_back(self, seed: int) -> None:
        """Whatever was done at the desks, everything that is kept is kept again, and the archive is the same to the
        byte."""
        there = MemoryStorage()
        walk = walked(seed, there)
        firm_id = walk.stage.billing.firm_id
        archive = written(there)
        again = restored(archive)
        with there.everything(firm_id) as expected, again.everything(firm_id) as seen:
            assert list(expected) == list(seen)
        assert books(there, firm_id) == books(again, firm_id)
        assert archive == written(again)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_restored_books_go_on_as_the_original(self, seed: int) -> None:
        """The same commands, refusals, repeats and deliveries afterwards leave the same, to the byte."""
        there = MemoryStorage()
        walk = walked(seed, there)
        forget_tries(there, walk.stage.billing.firm_id)
        same = twin(walk, restored(written(there)))
        assert (True, True) == (walk.go(35), same.go(35))
        assert walk.tally.accepted.total() > 0
        assert list(walk._last)[-10:] == list(same._last)[-10:]
        assert written(there) == written(same.stage.storage)

    def test_an_archive_is_the_same_from_every_storage(
        self, new_sqlite_url: NewUrl, new_postgres_url: NewUrl, tmp_path: Path
    ) -> None:
        """From memory to SQLite, to PostgreSQL and back to memory, each archive is the first one to the byte."""
        path = tmp_path / "northwind.jsonl"
        path.write_bytes(story())
        for url in (new_sqlite_url(), new_postgres_url()):
            archive.restore(path, url)
            with Billing.open(url, clock=SettableClock(WRITTEN)) as billing:
                archive.write_archive(billing, path)
            assert story() == path.read_bytes()
        assert story() == written(restored(path.read_bytes()))

    def test_a_repeated_request_still_has_its_answer(self) -> None:
        """An idempotency key that was used stands for the same result."""
        archive = restored(story())
        maria = Billing.open(archive).as_owner()
        [client] = [client for client in maria.clients.all() if client.name == "Acme"]
        site = maria.projects.of(client.id)[0].id
        given = {"start": utc(2026, 3, 2, 15), "hours": 8, "note": "Wireframes, “as drawn”"}
        count = len(maria.work.sessions(client_id=client.id))
        again = maria.work.log(site, **given, idempotency_key="monday")  # type: ignore[arg-type]
        assert (utc(2026, 3, 2, 15), count) == (again.start, len(maria.work.sessions(client_id=client.id)))

    def test_a_message_that_was_being_handed_over_waits_again(self) -> None:
        """Leases are left behind: nobody hands anything over where it is restored."""
        original = MemoryStorage()
        billing = told(original)
        everything = len(books(original, billing.firm_id).outbox)
        assert everything > 2  # two of them are leased
        assert everything == Billing.open(restored(story()), notifier=NullNotifier()).deliver().delivered


HOSTILE = (
    '\n{"kind":"Counter","value":{"name":"invoice","next":99}}\n',
    "\u2028\u2029\x85\x0b\x0c\x1c",
    '\\n\\u0000\\"',
    "\x01\x1b[31m\x7f",
    '=HYPERLINK("http://x")',
    "\u202ex\ufeff\u200f",
    "e\u0301 é Å Å ﬁ",
    "😀\U0010ffff\ue000\ufffe",
    "   ",
    "\r\n\t\r",
    "}" * 50 + "[" * 50,
)


class TestHostileText:
    @given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=40), min_size=3, max_size=3))
    @settings(max_examples=60)
    def test_text_comes_back_as_it_was(self, texts: list[str]) -> None:
        """Whatever may be said in a note, it stays in its line and comes back character by character."""
        try:
            storage = said(*texts)
        except InvalidInput:
            return  # no storage keeps it
        archive = written(storage)
        assert archive == written(restored(archive))

    def test_hostile_texts_are_really_tried(self) -> None:
        """None of those that are listed is refused where it is said."""
        for text in HOSTILE:
            archive = written(said(text, text, text))
            [session] = Billing.open(restored(archive)).as_owner().work.sessions()
            assert text.strip() == session.note


def said(note: str, contact: str, address: str) -> MemoryStorage:
    """Books in which these texts stand."""
    storage = MemoryStorage()
    firm = Firm(name="N", currency="USD", timezone="UTC", contact=contact)
    maria = Billing.create(storage, firm, clock=SettableClock(WRITTEN), ids=CountingIds()).as_owner()
    client = maria.clients.add(name="Acme", terms=Terms.unlimited(), billing_address=address)
    project = maria.projects.add(client_id=client.id, name="Website", rate=Rate.hourly(50, "USD"))
    maria.work.log(project.id, start=utc(2026, 3, 2, 12), hours=1, note=note)
    return storage
