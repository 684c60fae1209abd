"""Nobody gets into the books by editing an archive on purpose."""

import json
import traceback
from collections.abc import Callable, Iterator

import pytest

from invoicecore import Billing, CountingIds, Firm, Law, Line, MemoryStorage, Terms, codec
from invoicecore.lifecycle.drafts import revision
from tests.archive.archives import (
    Plain,
    edited,
    findings_in,
    line_of,
    lines_of,
    refused,
    restored,
    sealed,
    story,
    written,
)

_WORK: Plain = {
    "project_id": "00000000-0009-7000-8000-000000000000",
    "person_id": "00000000-0002-7000-8000-000000000000",
    "duration": 28_800_000_000,
    "rate": {"currency": "USD", "digits": 50, "scale": 0},
    "note": "Wireframes, “as drawn”",
}
"""What the first entry stands for."""

EDITS: list[tuple[str, int, Plain, str | None, Law | None]] = [
    ("Firm", 0, {"id": "another"}, "of which the first line speaks", Law.REFERENCES),
    ("Firm", 0, {"owner_id": "nobody"}, "the owner 'nobody' is not there", Law.REFERENCES),
    ("Firm", 0, {"logo": None}, None, None),
    ("Firm", 0, {"logo": "another"}, "the logo 'another' is not there", Law.REFERENCES),
    ("Firm", 0, {"tax": "GST"}, "the tax code 'GST', which is not there", Law.REFERENCES),
    ("Client", 0, {"tax": "GST"}, "the tax code 'GST', which is not there", Law.REFERENCES),
    ("Project", 0, {"tax": "GST"}, "the tax code 'GST', which is not there", Law.REFERENCES),
    ("Charge", 0, {"tax": "GST"}, "the tax code 'GST', which is not there", Law.REFERENCES),
    ("Firm", 0, {"number_pattern": "INV"}, "must have {seq} exactly once", Law.READABLE),
    ("Firm", 0, {"timezone": "Mars"}, "no Firm", None),
    ("Client", 0, {"currency": "EUR"}, "no client of its currency", Law.CURRENCY),
    ("Client", 0, {"currency": "XXX"}, "no Client", None),
    ("Project", 0, {"client_id": "nobody"}, "has no client of the currency", Law.CURRENCY),
    ("Project", 0, {"assigned": ["nobody"]}, "'nobody' is assigned", Law.REFERENCES),
    ("Project", 0, {"rates": []}, "has no client of the currency", Law.CURRENCY),
    ("Person", 0, {"role": "worker"}, "the firm has no manager", Law.MANAGER),
    ("Person", 0, {"archived": True}, "the firm has no manager", Law.MANAGER),
    ("Person", 0, {"email": None}, "the email 'maria@northwind.example' is not", Law.RESERVATIONS),
    ("Person", 0, {"email": "lee@northwind.example"}, "has the e-mail of another one", Law.UNIQUE),
    ("Person", 2, {"client_id": "nobody"}, "a contact of a client who is not there", Law.REFERENCES),
    ("Person", 2, {"limited_to": ["00000000-000c-7000-8000-000000000000"]}, "not one of their client", Law.REFERENCES),
    ("Login", 0, {"person_id": "nobody"}, "the login is of 'nobody'", Law.REFERENCES),
    ("Login", 0, {"admitted_from": ["anywhere"]}, "'anywhere' is not an address", Law.READABLE),
    ("Login", 0, {"admitted_from": ["192.0.2.0/28 "]}, "that the library writes otherwise", Law.READABLE),
    ("Firm", 0, {"locale": "en_US\n"}, "no Firm", None),
    ("WorkSession", 0, {"person_id": "nobody"}, "by somebody who is not there", Law.REFERENCES),
    (
        "WorkSession",
        0,
        {"project_id": "00000000-000c-7000-8000-000000000000"},
        "on no project of its client",
        Law.REFERENCES,
    ),
    ("WorkSession", 0, {"note": "Other work"}, "otherwise than it is", Law.BILLED_UNCHANGED),
    ("WorkSession", 0, {"billable": False}, "does not cost its rate times", Law.SESSION_AMOUNT),
    ("WorkSession", 0, {"removed": True}, "does not cost its rate times", Law.SESSION_AMOUNT),
    ("WorkSession", 0, {"start": "2026-03-09T15:00:00.000000Z"}, "otherwise than it is", Law.BILLED_UNCHANGED),
    (
        "WorkSession",
        2,
        {"rate": {"currency": "EUR", "digits": 50, "scale": 0}},
        "in another currency than its",
        Law.CURRENCY,
    ),
    ("Charge", 0, {"minor": 80_01}, "otherwise than it is", Law.BILLED_UNCHANGED),
    ("Charge", 0, {"minor": -1}, "is expense and asks for -1", Law.CHARGE_AMOUNT),
    ("Charge", 0, {"billable": False}, "is expense and asks for 8000", Law.CHARGE_AMOUNT),
    ("Charge", 0, {"currency": "EUR"}, "has no client of its currency", Law.CURRENCY),
    ("Charge", 0, {"project_id": "nothing"}, "is on no project of its client", Law.REFERENCES),
    ("Charge", 0, {"person_id": "nobody"}, "recorded by somebody who is not there", Law.REFERENCES),
    ("Charge", 0, {"receipt": "nothing"}, "has a receipt that is not there", Law.REFERENCES),
    ("Charge", 1, {"day": "2026-04-01"}, "otherwise than it is", Law.BILLED_UNCHANGED),
    ("Charge", 3, {"minor": -1}, "do not add up to what it is", Law.CAUSE_SUM),
    ("Timer", 0, {"person_id": "00000000-000e-7000-8000-000000000000"}, "not what", Law.RESERVATIONS),
    ("Invoice", 0, {"number": "INV-2026-0099"}, "the number 'INV-2026-0099' is not reserved", Law.RESERVATIONS),
    ("Invoice", 0, {"number": "INV-2026-0002"}, "the number of another one", Law.UNIQUE),
    ("Invoice", 0, {"number": "INV-2026-0001\u200b"}, "signs that nobody sees", Law.UNIQUE),
    ("Invoice", 0, {"number": "INV\u20102026-0001"}, "signs that nobody sees", Law.UNIQUE),
    ("Invoice", 0, {"number": None}, "without a number", Law.INVOICE_ISSUED),
    ("Invoice", 0, {"status": "paid"}, "is paid with 40000 of 100000 paid", Law.INVOICE_PAID),
    ("Invoice", 0, {"status": "overdue"}, "not where its history leads", Law.INVOICE_HISTORY),
    ("Invoice", 0, {"due_on": "2020-01-01"}, "is due on 2020-01-01, before it was issued on", Law.INVOICE_ISSUED),
    ("Invoice", 0, {"issued_on": None}, "the dates or the letterhead of another status", Law.INVOICE_ISSUED),
    ("Invoice", 0, {"ended_on": "2026-03-31"}, "is due, and ended on 2026-03-31", Law.INVOICE_ISSUED),
    ("Invoice", 1, {"ended_on": None}, "is void, and ended on None", Law.INVOICE_ISSUED),
    ("Invoice", 0, {"deposit": "not_deposited"}, "what is outstanding of", Law.ACCOUNT_OUTSTANDING),
    ("Invoice", 0, {"lines": []}, "something else than its lines", Law.INVOICE_TOTAL),
    ("Invoice", 0, {"currency": "EUR"}, "no client of its currency", Law.CURRENCY),
    ("Invoice", 2, {"status": "void", "ended_on": "2026-03-31"}, "not where its history leads", Law.INVOICE_HISTORY),
    ("Invoice", 2, {"covered_by": []}, "is covered by 0, not by 15000 of 40000", Law.INVOICE_COVER),
    (
        "Invoice",
        2,
        {"covered_by": [{"minor": 150_00, "source_id": "another"}]},
        "which is no invoice of its client",
        Law.REFERENCES,
    ),
    (
        "Invoice",
        0,
        {"released": [{"payment_id": "p", "minor": 1, "on_void": "keep"}]},
        "is due, and had payments of 1",
        Law.INVOICE_PAID,
    ),
    ("Invoice", 7, {"forgiven_minor": 49}, "is uncollectible with 49 written off", Law.INVOICE_WRITE_OFF),
    ("Invoice", 7, {"forgiven_minor": 0}, "what is uncollectible of", Law.INVOICE_WRITE_OFF),
    ("Payment", 0, {"applied": []}, "paid something else than its payments", Law.INVOICE_PAID),
    ("Payment", 0, {"by": "nobody"}, "recorded by somebody", Law.REFERENCES),
    ("Payment", 0, {"received_on": "1969-12-31"}, "was received on 1969-12-31", Law.PLAUSIBLE),
    ("Payment", 0, {"received_on": "2031-01-01"}, "was received on 2031-01-01", Law.PLAUSIBLE),
    ("Invoice", 0, {"due_on": "9999-12-01"}, "due on 9999-12-01", Law.PLAUSIBLE),
    ("Invoice", 0, {"issued_on": "1969-12-31"}, "is of 1969-12-31", Law.PLAUSIBLE),
    ("Charge", 3, {"day": "2031-01-01"}, "more than a year after it was recorded", Law.PLAUSIBLE),
    ("WorkSession", 1, {"start": "2031-01-01T15:00:00.000000Z"}, "more than a day after", Law.PLAUSIBLE),
    ("WorkSession", 2, {"duration": 40 * 86_400_000_000}, "is longer than any may be", Law.PLAUSIBLE),
    ("Payment", 0, {"currency": "EUR"}, "no client of its currency", Law.CURRENCY),
    ("Payment", 0, {"minor": 10**17}, "does not add up", Law.PAYMENT_PARTS),
    (
        "WorkSession",
        0,
        {"rate": {"currency": "USD", "digits": 41_666_666_666_666, "scale": 0}, "duration": 115_200_000_000},
        "more than any amount may",
        Law.READABLE,
    ),
    ("LedgerEntry", 0, {"by": "nobody"}, "by somebody who is not there", Law.REFERENCES),
    ("LedgerEntry", 4, {"cause": "00000000-0021-7000-8000-000000000000"}, "do not add up to what it is", Law.CAUSE_SUM),
    ("LedgerEntry", 0, {"kind": "adjustment"}, "has no cause that fits", Law.ENTRY_CAUSE),
    ("LedgerEntry", 0, {"cause": "another"}, "has no cause that fits", Law.ENTRY_CAUSE),
    ("LedgerEntry", 0, {"client_id": "another"}, "is refused", None),
    (
        "LedgerEntry",
        0,
        {"booked_at": "2026-03-30T15:00:00.000000Z"},
        "before the entry that precedes it",
        Law.LEDGER_SUM,
    ),
    ("LedgerEntry", 0, {"takes_back": 1}, "correction of booking days", Law.LEDGER_SUM),
    ("LedgerEntry", 1, {"takes_back": 1}, "correction of booking days", Law.LEDGER_SUM),
    ("LedgerEntry", 1, {"books_again": 1}, "correction of booking days", Law.LEDGER_SUM),
    ("LedgerEntry", 0, {"invoice_id": "another"}, "an invoice that is not there", Law.REFERENCES),
    ("LedgerEntry", 0, {"work": None}, "is not what the work cost", Law.ENTRY_WORK),
    ("LedgerEntry", 0, {"work": _WORK | {"duration": 3_600_000_000}}, "is not what the work cost", Law.ENTRY_WORK),
    ("LedgerEntry", 0, {"work": _WORK | {"person_id": "nobody"}}, "or by nobody", Law.REFERENCES),
    ("LedgerEntry", 0, {"work": _WORK | {"project_id": "nothing"}}, "on no project of its client", Law.REFERENCES),
    ("LedgerEntry", 12, {"invoice_id": None}, "has no cause that fits", Law.ENTRY_CAUSE),
    ("LedgerEntry", 12, {"kind": "work"}, "has no cause that fits", Law.INVOICE_WRITE_OFF),
    ("StatusChange", 1, {"after": "paid"}, "is not where its history leads", Law.INVOICE_HISTORY),
    ("StatusChange", 1, {"before": "overdue"}, "cannot follow", Law.INVOICE_HISTORY),
    ("StatusChange", 4, {"note": " "}, "cannot follow", Law.INVOICE_HISTORY),
    ("StatusChange", 4, {"by": "nobody"}, "by somebody who is not there", Law.REFERENCES),
    ("ReceivableChange", 0, {"minor": 999_99}, "is not what was recorded of it", Law.RECEIVABLES),
    ("ReceivableChange", 0, {"due_on": "2026-03-20"}, "is not what was recorded of it", Law.RECEIVABLES),
    ("ReceivableChange", 0, {"booked_on": "2026-04-01"}, "cannot follow", Law.RECEIVABLES),
    ("ReceivableChange", 0, {"counts_from": "2026-03-01"}, "cannot follow", Law.RECEIVABLES),
    ("ReceivableChange", 0, {"work_day": "2026-04-01"}, "cannot follow", Law.RECEIVABLES),
    ("ReceivableChange", 0, {"covered_minor": 1}, "is not what was recorded of it", Law.RECEIVABLES),
    ("ReceivableChange", 0, {"kind": "write_off"}, "is not what was recorded of it", Law.RECEIVABLES),
    ("ReceivableChange", 0, {"kind": "payment"}, "cannot follow", Law.RECEIVABLES),
    ("ReceivableChange", 1, {"kind": "refund"}, "what became of the payment", Law.RECEIVABLES),
    ("ReceivableChange", 1, {"payment_id": None}, "cannot follow", Law.RECEIVABLES),
    ("ReceivableChange", 1, {"payment_id": "another"}, "by no payment of theirs", Law.REFERENCES),
    ("ReceivableChange", 1, {"invoice_id": None, "due_on": None}, "is not what was recorded of it", Law.RECEIVABLES),
    ("ReceivableChange", 0, {"takes_back": 1}, "cannot follow", Law.RECEIVABLES),
    ("ReceivableChange", 1, {"takes_back": 1}, "cannot follow", Law.RECEIVABLES),
    ("ReceivableChange", 0, {"currency": "EUR"}, "in another currency than theirs", Law.CURRENCY),
    ("ReceivableChange", 0, {"invoice_id": "another"}, "on no invoice of theirs", Law.REFERENCES),
    ("AuditRecord", 0, {"by": "nobody"}, "of nobody who is there", Law.AUDIT_RECORDS),
    ("AuditRecord", 0, {"changes": []}, "tells of nothing", Law.AUDIT_RECORDS),
    (
        "AuditRecord",
        0,
        {"changes": [{"kind": "Cheque", "id": "1", "before": 0, "after": 1}]},
        "cannot be",
        Law.AUDIT_RECORDS,
    ),
    ("Reservation", 0, {"owner": "nobody"}, "is not what 'nobody' has to hold", Law.RESERVATIONS),
    ("Reservation", 2, {"owner": "nobody"}, "is not what 'nobody' has to hold", Law.RESERVATIONS),
    ("Reservation", 4, {"owner": "nobody"}, "is not what 'nobody' has to hold", Law.RESERVATIONS),
    ("Reservation", 10, {"owner": "nobody"}, "is not what 'nobody' has to hold", Law.RESERVATIONS),
    ("Reservation", 11, {"owner": "nobody"}, "is not what 'nobody' has to hold", Law.RESERVATIONS),
    ("Counter", 0, {"next": 1}, "did not move", Law.COUNTERS),
    ("Counter", 0, {"name": "another"}, "counts nothing", Law.COUNTERS),
    ("AuditRecord", 0, {"position": None}, "has position None, not 1", Law.AUDIT_RECORDS),
    ("Message", 2, {"id": "00000000-0023-7000-8000-000000000000"}, "there already", Law.UNIQUE),
]
"""What is edited: which line of a kind, how, why the archive is refused, and the law that is broken. None where nothing
is wrong, or the file is."""


class TestEdits:
    """What somebody does who seals the archive anew."""

    def test_a_line_left_out(self) -> None:
        """All that anything rests on is missed."""
        header, *lines, _ = lines_of(story())
        for number, line in enumerate(lines):
            archive = sealed([header, *lines[:number], *lines[number + 1 :]])
            plain = json.loads(line)
            is_free = plain["kind"] in {"IdempotencyRecord", "Message", "Counter"}
            if is_free or plain["value"].get("kind") == "import":
                restored(archive)
            else:
                refused(archive)

    def test_a_line_put_in_twice_or_elsewhere(self) -> None:
        """Every place is that of one thing."""
        header, *lines, _ = lines_of(story())
        for number in range(len(lines) - 1):
            first, second = lines[number : number + 2]
            refused(sealed([header, *lines[:number], first, first, *lines[number + 1 :]]))
            refused(sealed([header, *lines[:number], second, first, *lines[number + 2 :]]))

    def test_a_version_that_the_audit_does_not_tell(self) -> None:
        """Of anything that has one."""
        header, *lines, _ = lines_of(story())
        for number, line in enumerate(lines):
            plain = json.loads(line)
            if "version" in plain:
                plain["version"] += 1
                archive = sealed([header, *lines[:number], line_of(plain), *lines[number + 1 :]])
                assert "is not at the version that the audit tells." in refused(archive).reason

    def test_a_number_that_is_another(self) -> None:
        """Whichever whole number in the books is one more or one less, it is missed; only what the firm chooses may be
        another, and work that still costs the same."""
        free = {"payment_terms", "terms", "rates", "rate", "duration", "cap"}
        header, *lines, _ = lines_of(story())
        tried = 0
        for number, line in enumerate(lines):
            plain = json.loads(line)
            if plain["kind"] in {"IdempotencyRecord", "Message", "Counter"}:
                continue
            for change in changes(plain["value"], free):
                for by in (1, -1):
                    change(by)
                    refused(sealed([header, *lines[:number], line_of(plain), *lines[number + 1 :]]))
                    change(-by)
                    tried += 1
        assert tried > 250

    @pytest.mark.parametrize("field", ["locale", "timezone"])
    def test_a_letterhead_that_cannot_be_printed(self, field: str) -> None:
        """Each invoice can be printed again."""
        archive = edited(story(), "Invoice", lambda value: value["parties"].update({field: "nowhere"}))
        assert "'nowhere' is not a" in str(refused(archive))

    @pytest.mark.parametrize(("kind", "which", "edit", "reason", "law"), EDITS)
    def test_something_that_does_not_fit(
        self, kind: str, which: int, edit: Plain, reason: str | None, law: Law | None
    ) -> None:
        """What one line says is held against all others, and by the law that is named."""
        archive = edited(story(), kind, lambda value: value.update(edit), which)
        if reason is None:
            restored(archive)
            return
        refusal = refused(archive)
        assert reason in str(refusal)
        if law is not None:
            found = findings_in(archive)
            assert refusal.reason == found[0].what
            assert law in {it.law for it in found}

    def test_a_balance_comes_from_entries(self) -> None:
        """Where there are none, there is none."""
        storage = MemoryStorage()
        firm = Firm(name="N", currency="USD", timezone="UTC")
        Billing.create(storage, firm, ids=CountingIds()).as_owner().clients.add(name="Acme", terms=Terms.unlimited())
        restored(written(storage))
        archive = edited(written(storage), "Account", lambda value: value["position"].update(balance_minor=5))
        assert "has a balance and no entries" in refused(archive).reason

    def test_a_session_that_is_billed_twice(self) -> None:
        """Also by one invoice, whose lines, total and revision somebody worked out anew."""
        archive = edited(story(), "Invoice", lambda value: with_lines(value, value["lines"] * 2), 2)
        assert "which is billed already." in refused(archive).reason

    @pytest.mark.parametrize(("which", "minor"), [(2, 400_01), (6, 1)])
    def test_cover_that_cannot_be(self, which: int, minor: int) -> None:
        """No more is covered than an invoice's total, and nothing of one that is not for time."""

        def edit(invoice: Plain) -> None:
            invoice.update(covered_minor=minor, covered_by=[{"source_id": None, "minor": minor}])
            with_lines(invoice, invoice["lines"])

        assert f"is covered by {minor}" in refused(edited(story(), "Invoice", edit, which)).reason

    def test_a_line_for_a_session_that_is_not_there(self) -> None:
        """Or that is another client's."""
        for session in ("nothing", "00000000-0026-7000-8000-000000000000"):
            header, *lines, _ = lines_of(story())
            plain = [json.loads(line) for line in lines]
            invoice = [it["value"] for it in plain if it["kind"] == "Invoice"][2]
            with_lines(invoice, [line | {"session_id": session} for line in invoice["lines"]])
            archive = sealed([header, *map(line_of, plain)])
            assert "which is no session of its client." in refused(archive).reason

    def test_nothing_at_all(self) -> None:
        """Is no firm."""
        assert "there is no firm." == refused(sealed(lines_of(story())[:1])).reason

    def test_a_client_without_an_account(self) -> None:
        """Even if the audit does not tell of one."""
        storage = MemoryStorage()
        firm = Firm(name="N", currency="USD", timezone="UTC")
        Billing.create(storage, firm, ids=CountingIds()).as_owner().clients.add(name="Acme", terms=Terms.unlimited())
        archive = edited(written(storage), "AuditRecord", lambda value: value["changes"].pop(), 1)
        without = [line for line in lines_of(archive)[:-1] if json.loads(line).get("kind") != "Account"]
        assert "there is a client without an account." == refused(sealed(without)).reason

    def test_two_timers_of_one_person(self) -> None:
        """Are told apart by nobody."""
        header, *lines, _ = lines_of(story())
        [place] = [place for place, line in enumerate(lines) if json.loads(line)["kind"] == "Timer"]
        timer = json.loads(lines[place])
        timer["value"]["id"] += "a"
        assert "runs two timers." in refused(sealed([header, *lines[: place + 1], line_of(timer)])).reason

    @pytest.mark.parametrize(
        ("steps", "reason"),
        [
            ([(40, 41)], "that cannot be."),
            ([(0, 1), (1, 0), (2, 3)], "changed after it was gone."),
            ([(0, 1), (1, 0), (1, 0)], "that cannot be."),
            ([(0, 1), (0, 1)], "that cannot be."),
            ([(0, 2)], "that cannot be."),
            ([(0, 1)], "is not at the version that the audit tells."),
        ],
    )
    def test_an_audit_that_tells_too_much(self, steps: list[tuple[int, int]], reason: str) -> None:
        """Of something that is not there."""
        more = [{"kind": "Timer", "id": "gone", "before": before, "after": after} for before, after in steps]
        archive = edited(story(), "AuditRecord", lambda value: value["changes"].extend(more), -1)
        assert reason in refused(archive).reason

    def test_a_picture_that_is_not_there(self) -> None:
        """Every letterhead's is kept."""
        archive = edited(story(), "Invoice", lambda value: value["parties"].update(logo="another"))
        assert "has a logo that is not there" in refused(archive).reason

    def test_records_of_two_at_once_may_have_ids_in_another_order(self) -> None:
        """A record's id is made when its command begins, and who begins later may end earlier."""
        header, *lines, _ = lines_of(story())
        *_, one, other = (place for place, line in enumerate(lines) if json.loads(line)["kind"] == "AuditRecord")
        first, second = json.loads(lines[one]), json.loads(lines[other])
        earlier, later = first["value"]["id"], second["value"]["id"]
        first["value"]["id"], second["value"]["id"] = later, earlier
        lines[one], lines[other] = line_of(first), line_of(second)
        restored(sealed([header, *lines]))

    def test_an_audit_record_left_out(self) -> None:
        """Who followed the audit would notice, and so does this."""
        header, *lines, _ = lines_of(story())
        [*_, place] = (place for place, line in enumerate(lines) if json.loads(line)["kind"] == "AuditRecord")
        last = json.loads(lines[place])
        last["value"]["position"] += 1
        lines[place] = line_of(last)
        assert "has position" in refused(sealed([header, *lines])).reason


def with_lines(invoice: Plain, lines: list[Plain]) -> None:
    """Let an invoice have these lines, and all that follows from them alone."""
    own = [codec.load(Line, line) for line in lines]
    covered = invoice.get("covered_minor", 0)
    invoice.update(lines=lines, total_minor=sum(line.minor for line in own), revision=revision(own, covered))


def changes(value: object, free: set[str]) -> Iterator[Callable[[int], None]]:
    """What changes one whole number in plain data, for each that there is, but for those under the free keys."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in free:
                yield from [adding(value, key)] if type(inner) is int else changes(inner, free)
    elif isinstance(value, list):
        for inner in value:
            yield from changes(inner, free)


def adding(to: Plain, key: str) -> Callable[[int], None]:
    """What adds to a number in plain data."""

    def add(by: int) -> None:
        to[key] += by

    return add


class TestSecrets:
    @pytest.mark.parametrize("hash", [7, ["quick1$secret"], {"quick1$secret": 1}, "quick1$secret\\ud800", None])
    def test_no_error_shows_a_hash(self, hash: object) -> None:
        """Whatever is wrong with a login, neither the error nor its traceback holds a part of it."""

        def edit(value: Plain) -> None:
            value["admitted_from"] = "quick1$secret"
            value["password_hash"] = hash

        error = refused(edited(story(), "Login", edit))
        assert "This is no Login." in str(error)
        shown = "".join(traceback.format_exception(error))
        assert "quick1" not in shown
        assert (None, None) == (error.__cause__, error.__context__)
