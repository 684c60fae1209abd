"""Stored books are verified: sound ones are found sound, and every damage is found, by its law, where it is."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from invoicecore import Billing, Deposit, Finding, Law, MemoryStorage, SettableClock, TaxCategory, utc
from invoicecore.archive import restore
from invoicecore.errors import InvalidInput, NotFound
from invoicecore.integrity.verifier import verify_books
from invoicecore.model.events import InvoiceVoided, Message
from invoicecore.ports.archive import Archives
from invoicecore.ports.store import ALL_FIRMS, FirmsQuery, Storage, StoreTransaction
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.ids import FirmId, InvoiceId
from tests.archive.archives import edited, findings_in, items_of, lines_of, sealed, story, written
from tests.archive.test_archive_edits import EDITS, with_lines
from tests.storage.story import told
from tests.world import UNLIMITED, new_world, usd


def taxed() -> bytes:
    """The archive of a firm that was paid an invoice with tax."""
    world = new_world(UNLIMITED)
    world.maria.firm.set_tax("VAT", category=TaxCategory.STANDARD, percent="19")
    world.maria.firm.change(tax="VAT")
    invoice = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE)
    world.maria.payments.record(invoice.id)
    return written(world.storage, world.billing.firm_id)


def capped() -> bytes:
    """The archive of a firm that worked on a project with a cap, of which 100.00 are used."""
    world = new_world(UNLIMITED)
    world.maria.projects.change(world.site.id, cap=usd(100))
    world.maria.work.log(world.site.id, day=date(2026, 3, 2), hours=3)
    return written(world.storage, world.billing.firm_id)


DAMAGES: dict[Law, bytes] = {
    **{
        law: edited(story(), kind, lambda value, edit=edit: value.update(edit), which)  # type: ignore[misc]
        for kind, which, edit, _, law in EDITS
        if law is not None
    },
    Law.LEDGER_POSITION: edited(story(), "Account", lambda it: it["position"].update(balance_minor=5)),
    Law.ACCOUNT_UNBILLED: edited(story(), "Account", lambda it: it.update(unbilled_minor=5)),
    Law.NET_BALANCE: edited(taxed(), "LedgerEntry", lambda it: it.update(minor=119_00, balance_minor=119_00)),
    Law.PROJECT_CAP: edited(capped(), "Project", lambda it: it["cap_used"].update(minor=99_99)),
    Law.ACCOUNT_CREDIT: edited(story(), "Account", lambda it: it.update(credit_minor=5)),
    Law.BILLED_ONCE: edited(story(), "Invoice", lambda it: with_lines(it, it["lines"] * 2), 2),
    Law.INVOICE_LINES: edited(
        story(), "Invoice", lambda it: with_lines(it, [line | {"session_id": "nothing"} for line in it["lines"]]), 2
    ),
}
"""An archive in which a law is broken, for each."""


def stored(archive: bytes) -> tuple[MemoryStorage, FirmId]:
    """A storage in memory that keeps what is in an archive, sound or not."""
    storage, (firm_id, items) = MemoryStorage(), items_of(archive)
    storage.restore(firm_id, items)
    return storage, firm_id


class WithoutArchives:
    """A storage that gives transactions and nothing else."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def begin(self, firm_id: FirmId) -> StoreTransaction:
        return self._storage.begin(firm_id)

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> Sequence[FirmId]:
        return self._storage.firms(query)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The story in a file of SQLite."""
    url = f"sqlite:///{tmp_path / 'books.db'}"
    restore(BytesIO(story()), url)
    return url


@pytest.fixture
def damage(url: str) -> Callable[[str], list[Finding]]:
    """Changes the story in its file by SQL, and says what is found then."""

    def done(sql: str) -> list[Finding]:
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            guards = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (guard,) in guards:  # which refuse to change what is only appended
                connection.execute(f"DROP TRIGGER {guard}")
            assert connection.execute(sql).rowcount > 0
        connection.close()
        with Billing.open(url) as billing:
            return list(billing.verify().findings)

    return done


class TestCaps:
    """What is cut is sound on a project that has, or had, a cap; elsewhere a session costs all it is worth."""

    def test_a_cut_session_is_sound(self) -> None:
        """And so is its entry."""
        assert findings_in(capped()) == []

    @pytest.mark.parametrize(
        ("kind", "edit", "law"),
        [
            ("Project", lambda it: it.pop("cap_used"), Law.PROJECT_CAP),
            ("Project", lambda it: (it.pop("cap_used"), it.pop("cap")), Law.SESSION_AMOUNT),
            ("Project", lambda it: (it.pop("cap_used"), it.pop("cap")), Law.ENTRY_WORK),
            ("Project", lambda it: it["cap"].update(currency="JPY"), Law.CURRENCY),
            ("WorkSession", lambda it: it.update(minor=150_01), Law.SESSION_AMOUNT),
            ("WorkSession", lambda it: it.update(minor=99_00), Law.PROJECT_CAP),
        ],
    )
    def test_damage_is_found(self, kind: str, edit: Callable[[dict[str, Any]], object], law: Law) -> None:
        """In the project, and in the session."""
        found = {it.law for it in findings_in(edited(capped(), kind, lambda it: edit(it) and None))}
        assert law in found


class TestLaws:
    @pytest.mark.parametrize("law", Law)
    def test_each_law_is_seen_to_be_broken(self, law: Law) -> None:
        """By one damage that breaks it."""
        assert law in {finding.law for finding in findings_in(DAMAGES[law])}

    def test_sound_books_break_none(self) -> None:
        """Nothing is found in the story, in which there is something of everything."""
        assert [] == findings_in(story())

    def test_each_law_says_what_it_demands(self) -> None:
        """In a sentence, and goes by a slug."""
        assert all(law.meaning.endswith(".") and law.replace("-", "").islower() for law in Law)


class TestReport:
    def test_sound_books(self, database_url: str) -> None:
        """The report counts what was looked at, which is everything that is stored, in any storage."""
        in_memory = told(MemoryStorage()).verify()
        restore(BytesIO(story()), database_url)
        with Billing.open(database_url) as billing:
            assert billing.verify() == in_memory
        assert in_memory.is_sound
        assert (0, ()) == (in_memory.found, in_memory.findings)
        assert len(lines_of(story())) - 2 == sum(in_memory.counts.values())

    def test_an_entry_that_was_changed(self, damage: Callable[[str], list[Finding]]) -> None:
        """The ledger is wrong since that entry; those that follow from it are not told."""
        first, work, *others = damage("UPDATE ic_entries SET minor = minor - 1 WHERE kind = 'work' AND sequence = 2")
        assert (Law.LEDGER_SUM, "Account", "Acme") == (first.law, first.kind, first.label)
        assert first.what.startswith("entry 2 of")
        assert utc(2026, 3, 3, 23, 30) == first.since
        assert Law.ENTRY_WORK == work.law
        assert [Law.CAUSE_SUM] == [it.law for it in others]

    def test_a_session_that_was_changed(self, damage: Callable[[str], list[Finding]]) -> None:
        """It is wrong since it was last changed by a command."""
        sql = "UPDATE ic_sessions SET minor = minor + 1 WHERE id = (SELECT min(id) FROM ic_sessions)"
        amount, *others = damage(sql)
        assert (Law.SESSION_AMOUNT, "WorkSession") == (amount.law, amount.kind)
        assert ("Website, 2026-03-02", utc(2026, 3, 2, 15)) == (amount.label, amount.since)
        assert {Law.BILLED_UNCHANGED, Law.CAUSE_SUM, Law.ACCOUNT_UNBILLED} == {it.law for it in others}

    def test_an_invoice_whose_step_is_missing(self, damage: Callable[[str], list[Finding]]) -> None:
        """It is wrong since the step that is left."""
        found = damage("DELETE FROM ic_status_changes WHERE after = 'void'")
        assert [(Law.INVOICE_HISTORY, "INV-2026-0002")] == [(it.law, it.label) for it in found]
        assert found[0].since == utc(2026, 3, 31, 20)

    @pytest.mark.parametrize(
        ("sql", "law", "label"),
        [
            ("UPDATE ic_accounts SET credit_minor = 7", Law.ACCOUNT_CREDIT, "Acme"),
            ("UPDATE ic_payments SET by = 'nobody'", Law.REFERENCES, "400.00 USD, 2026-03-20"),
            ("DELETE FROM ic_reservations WHERE kind = 'email'", Law.RESERVATIONS, "Lee"),
            ("DELETE FROM ic_reservations WHERE kind = 'charge'", Law.RESERVATIONS, "Website, 2026-03-02"),
            ("DELETE FROM ic_reservations WHERE kind = 'timer'", Law.RESERVATIONS, "Garden, 2026-03-05"),
            ("UPDATE ic_audit SET by = 'nobody'", Law.AUDIT_RECORDS, ""),
            ("UPDATE ic_counters SET next = 1", Law.COUNTERS, ""),
        ],
    )
    def test_how_it_is_called(self, damage: Callable[[str], list[Finding]], sql: str, law: Law, label: str) -> None:
        """What is wrong is called as people call it."""
        assert (law, label) in {(it.law, it.label) for it in damage(sql)}

    def test_a_login_without_its_person(self) -> None:
        """Is called nothing, for nobody is there."""
        header, *lines, _ = lines_of(story())
        storage, firm_id = stored(sealed([header, *(line for line in lines if b'"kind":"Person"' not in line)]))
        logins = [it for it in verify_books(storage, firm_id).findings if it.kind == "Login"]
        assert [(Law.REFERENCES, "")] == [(it.law, it.label) for it in logins]

    def test_what_cannot_be_read(self, damage: Callable[[str], list[Finding]]) -> None:
        """It is said after which record it comes, and that nothing behind it was looked at."""
        [finding] = damage("UPDATE ic_sessions SET rate = 'much'")
        assert (Law.READABLE, "Login") == (finding.law, finding.kind)
        assert "nothing behind it was looked at" in finding.what

    def test_a_firm_that_cannot_be_read(self, url: str, damage: Callable[[str], list[Finding]]) -> None:
        """It is a finding like any other, though nobody can open the books."""
        with pytest.raises(InvalidInput, match="not a locale"):
            damage("UPDATE ic_firms SET locale = 'some'")
        with closing(SqlStorage.at(url)) as storage:
            [firm_id] = storage.firms()
            report = verify_books(storage, firm_id)
        [finding] = report.findings
        assert (Law.READABLE, "Firm", firm_id) == (finding.law, finding.kind, finding.id)

    def test_a_payment_of_no_currency(self, damage: Callable[[str], list[Finding]]) -> None:
        """It has no amount that could be told."""
        assert (Law.CURRENCY, "") in {(it.law, it.label) for it in damage("UPDATE ic_payments SET currency = 'XQX'")}

    def test_many_findings(self, url: str, damage: Callable[[str], list[Finding]]) -> None:
        """All are counted, and the first are kept."""
        found = damage("UPDATE ic_audit SET by = 'nobody'")
        with Billing.open(url) as billing:
            report = billing.verify(limit=2)
        assert not report.is_sound
        assert (len(found), tuple(found[:2])) == (report.found, report.findings)

    @pytest.mark.parametrize("limit", [0, -1, True, 2.0, None])
    def test_a_limit_that_is_none(self, limit: Any) -> None:
        """At least one finding is kept."""
        with pytest.raises(InvalidInput, match="limit must be a whole number above zero"):
            told(MemoryStorage()).verify(limit=limit)

    def test_progress(self, url: str) -> None:
        """It is told at every thousandth record."""
        with Billing.open(url, clock=SettableClock(utc(2026, 4, 1))) as billing:
            site = billing.as_owner().projects.all()[1].id
            for _ in range(500):
                billing.as_owner().work.log(site, start=utc(2026, 3, 9), hours=0)
            seen: list[int] = []
            assert billing.verify(progress=seen.append).is_sound
        assert [1000] == seen

    def test_a_firm_that_is_not_there(self) -> None:
        """Is not found."""
        with pytest.raises(NotFound):
            verify_books(MemoryStorage(), FirmId("nobody"))


class TestStoresWithoutArchives:
    """A store that gives units of work alone is verified through them."""

    def test_sound_books(self) -> None:
        """Everything is looked at that its units of work list."""
        storage, firm_id = stored(story())
        bare = WithoutArchives(storage)
        assert not isinstance(bare, Archives)
        whole, listed = verify_books(storage, firm_id), verify_books(bare, firm_id)
        assert listed.is_sound
        # Not listed are idempotency keys, counters that nobody set, and what imports are called.
        assert {"IdempotencyRecord": 1, "Counter": 1, "Reservation": 2} == {
            kind: count - listed.counts.get(kind, 0)
            for kind, count in whole.counts.items()
            if count != listed.counts.get(kind, 0)
        }

    @pytest.mark.parametrize("law", [law for law in Law if law not in {Law.UNIQUE, Law.COUNTERS}])
    def test_damage_is_found(self, law: Law) -> None:
        """By the same laws; a message that is there twice no storage in memory keeps."""
        storage, firm_id = stored(DAMAGES[law])
        assert law in {it.law for it in verify_books(WithoutArchives(storage), firm_id).findings}

    def test_a_firm_that_is_not_there(self) -> None:
        """Is not found."""
        with pytest.raises(NotFound):
            verify_books(WithoutArchives(MemoryStorage()), FirmId("nobody"))


class TestMessages:
    def test_a_message_of_another_firm_is_found(self) -> None:
        """It would be handed over as that firm's."""
        world = new_world()
        event = InvoiceVoided(world.acme.id, InvoiceId("i"), "7")
        with UnitOfWork(world.storage, world.billing.firm_id) as uow:
            uow.send(Message("m", world.clock.now(), event, FirmId("another")))
            uow.commit()
        [finding] = world.billing.verify().findings
        assert (Law.REFERENCES, "m") == (finding.law, finding.id)


class TestPage:
    def test_the_page_lists_every_law(self) -> None:
        """With what it demands, in the order of the laws."""
        page = (Path(__file__).parents[2] / "docs" / "howto" / "verify-books.md").read_text(encoding="utf-8")
        assert "".join(f"| `{law}` | {law.meaning} |\n" for law in Law) in page
