"""Nobody gets into the books by editing an archive, neither by accident nor on purpose."""

import json
import traceback
from collections.abc import Callable, Iterator
from io import BytesIO
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import Billing, CountingIds, Firm, MemoryStorage, Terms, exchange
from invoicecore.exchange import ArchiveLimits, ArchiveRefused
from tests.exchange.archives import Plain, edited, line_of, restored, sealed, smallest, story, written


def refused(archive: bytes, limits: ArchiveLimits | None = None) -> ArchiveRefused:
    """Why an archive is refused; nothing of it is kept then."""
    storage = MemoryStorage()
    with pytest.raises(ArchiveRefused) as caught:
        exchange.restore(BytesIO(archive), storage, limits=limits)
    assert () == storage.firms()
    return caught.value


def lines_of(archive: bytes) -> list[bytes]:
    return archive.splitlines(keepends=True)


class TestAccidents:
    """What happens to files by themselves."""

    def test_a_whole_archive_is_taken(self) -> None:
        """As it is."""
        restored(smallest())
        restored(story())

    def test_an_archive_that_is_cut_off(self) -> None:
        """At any byte."""
        for length in range(len(smallest())):
            refused(smallest()[:length])

    def test_a_changed_byte(self) -> None:
        """Any byte."""
        for place in range(len(smallest())):
            for change in (0x01, 0x20, 0x80):
                broken = bytearray(smallest())
                broken[place] ^= change
                refused(bytes(broken))

    def test_a_changed_byte_in_any_line(self) -> None:
        """Of an archive with something of everything."""
        hand, lines = Random(7), lines_of(story())
        for number, line in enumerate(lines):
            place = hand.randrange(len(line))
            broken = line[:place] + bytes([line[place] ^ (1 << hand.randrange(8))]) + line[place + 1 :]
            refused(b"".join([*lines[:number], broken, *lines[number + 1 :]]))

    def test_a_line_that_is_missing(self) -> None:
        """Any line."""
        lines = lines_of(story())
        for number in range(len(lines)):
            refused(b"".join(lines[:number] + lines[number + 1 :]))

    def test_a_line_that_is_there_twice(self) -> None:
        """Any line; it is named."""
        lines = lines_of(story())
        for number, line in enumerate(lines, start=1):
            assert number + 1 == refused(b"".join([*lines[:number], line, *lines[number:]])).line

    def test_lines_that_changed_places(self) -> None:
        """Any two that follow each other."""
        lines = lines_of(story())
        for number in range(len(lines) - 1):
            first, second = lines[number : number + 2]
            refused(b"".join([*lines[:number], second, first, *lines[number + 2 :]]))

    def test_something_behind_the_end(self) -> None:
        """Even if it is a line feed, or the archive again."""
        for more in (b"\n", b" ", b"x", story()):
            error = refused(story() + more)
            assert (len(lines_of(story())) + 1, "there is something behind the end.") == (error.line, error.reason)

    @given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
    @settings(max_examples=100)
    def test_any_other_file(self, content: bytes) -> None:
        """Is refused in its first line."""
        assert 1 == refused(content).line

    @pytest.mark.parametrize(
        "line",
        [
            b"[]\n",
            b"7\n",
            b"null\n",
            b'"x"\n',
            b"{}\n",
            b"[" * 100_000 + b"\n",
            b'{"kind":"Counter","value":{"name":"a","next":NaN}}\n',
            b'{"kind":"Counter","value":{"name":"a","next":2.0}}\n',
            b'{"kind":"Counter","value":{"name":"a","next":' + b"9" * 5000 + b"}}\n",
            b'{"kind":"Counter","value":{"name":"a","next":9223372036854775808}}\n',
            b'{"kind":"Counter","value":{"name":"a","next":3,"next":2}}\n',
            b'{"kind":"Counter","value":{"next":2,"name":"a"}}\n',
            b'{"kind":"Counter", "value":{"name":"a","next":2}}\n',
            b'{"kind":"Counter","value":{"name":"\\u0061","next":2}}\n',
            b'{"kind":"Counter","value":{"name":"a","next":2},"version":1}\n',
            b'{"kind":"Counter","value":{"name":"a"}}\n',
            b'{"kind":"Counter","value":[]}\n',
            b'{"kind":"Session","value":{}}\n',
            b'{"kind":"Session","value":{},"version":0}\n',
            b'{"kind":"Session","value":{},"version":true}\n',
            b'{"kind":"Cheque","value":{}}\n',
            b'{"kind":[],"value":{}}\n',
            b'{"counts":{},"sha256":7}\n',
            b"\xff\n",
            b'{"kind":"Counter","value":{"name":"\\ud800","next":2}}\n',
        ],
        ids=lambda line: line[:60].decode("latin-1"),
    )
    def test_a_line_that_says_something_else(self, line: bytes) -> None:
        """It is named, whatever it is made of."""
        lines = lines_of(story())
        assert 101 == refused(b"".join([*lines[:100], line, *lines[100:]])).line


class TestEdits:
    """What somebody does who seals the archive anew."""

    def test_a_line_left_out(self) -> None:
        """All that anything rests on is missed. What is not: a request would be new again, a message not be told, what
        was imported be free to come again, and numbers be tried from the first, of which none is given twice."""
        header, *lines, _ = lines_of(story())
        for number, line in enumerate(lines):
            archive = sealed([header, *lines[:number], *lines[number + 1 :]])
            plain = json.loads(line)
            is_free = plain["kind"] in {"Remembered", "Message", "Counter"}
            if is_free or plain["value"].get("scope") == "import":
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
        free = {"payment_terms", "terms", "rates", "rate", "duration"}
        header, *lines, _ = lines_of(story())
        tried = 0
        for number, line in enumerate(lines):
            plain = json.loads(line)
            if plain["kind"] in {"Remembered", "Message", "Counter"}:
                continue
            for change in changes(plain["value"], free):
                for by in (1, -1):
                    change(by)
                    refused(sealed([header, *lines[:number], line_of(plain), *lines[number + 1 :]]))
                    change(-by)
                    tried += 1
        assert tried > 250

    @pytest.mark.parametrize(
        ("kind", "which", "edit", "reason"),
        [
            ("Firm", 0, {"id": "another"}, "of which the first line speaks"),
            ("Firm", 0, {"owner_id": "nobody"}, "the owner 'nobody' is not there"),
            ("Firm", 0, {"logo": None}, None),
            ("Firm", 0, {"logo": "another"}, "the logo 'another' is not there"),
            ("Firm", 0, {"number_pattern": "INV"}, "must have {seq} exactly once"),
            ("Firm", 0, {"timezone": "Mars"}, "no Firm"),
            ("Client", 0, {"currency": "EUR"}, "no client of its currency"),
            ("Client", 0, {"currency": "XXX"}, "no Client"),
            ("Project", 0, {"client_id": "nobody"}, "has no client of the currency"),
            ("Project", 0, {"assigned": ["nobody"]}, "'nobody' is assigned"),
            ("Project", 0, {"rates": []}, "has no client of the currency"),
            ("Person", 0, {"email": None}, "the email 'maria@northwind.example' is not"),
            ("Person", 0, {"email": "lee@northwind.example"}, "has the e-mail of another one"),
            ("Person", 2, {"client_id": "nobody"}, "a contact of a client who is not there"),
            ("Person", 2, {"limited_to": ["00000000-000c-7000-8000-000000000000"]}, "not one of their client"),
            ("Login", 0, {"person_id": "nobody"}, "the login is of 'nobody'"),
            ("Session", 0, {"person_id": "nobody"}, "by somebody who is not there"),
            ("Session", 0, {"project_id": "00000000-000c-7000-8000-000000000000"}, "on no project of its client"),
            ("Session", 0, {"note": "Other work"}, "otherwise than it is"),
            ("Session", 0, {"billable": False}, "does not cost its rate times"),
            ("Session", 0, {"removed": True}, "does not cost its rate times"),
            ("Session", 0, {"start": "2026-03-09T15:00:00.000000Z"}, "otherwise than it is"),
            ("Timer", 0, {"person_id": "00000000-000e-7000-8000-000000000000"}, "not what"),
            ("Invoice", 0, {"number": "INV-2026-0009"}, "the number 'INV-2026-0009' is not claimed"),
            ("Invoice", 0, {"number": "INV-2026-0002"}, "the number of another one"),
            ("Invoice", 0, {"number": None}, "without a number"),
            ("Invoice", 0, {"status": "paid"}, "is paid with 40000 of 100000 paid"),
            ("Invoice", 0, {"status": "overdue"}, "not where its history leads"),
            ("Invoice", 0, {"issued_on": None}, "the dates or the letterhead of another status"),
            ("Invoice", 0, {"deposit": "not_deposited"}, "is not what their invoices ask"),
            ("Invoice", 0, {"lines": []}, "something else than its lines"),
            ("Invoice", 0, {"currency": "EUR"}, "no client of its currency"),
            ("Invoice", 2, {"status": "void"}, "not where its history leads"),
            ("Payment", 0, {"applied": []}, "paid something else than its payments"),
            ("Payment", 0, {"by": "nobody"}, "recorded by somebody"),
            ("Payment", 0, {"currency": "EUR"}, "no client of its currency"),
            ("Payment", 0, {"minor": 10**17}, "does not add up"),
            ("Session", 0, {"rate": {"currency": "USD", "digits": 10**17, "scale": 0}}, "more than any amount may be"),
            ("Entry", 0, {"by": "nobody"}, "by somebody who is not there"),
            ("Entry", 4, {"cause": "00000000-0021-7000-8000-000000000000"}, "do not add up to what it is"),
            ("Entry", 0, {"kind": "adjustment"}, "has no cause that fits"),
            ("Entry", 0, {"cause": "another"}, "has no cause that fits"),
            ("Entry", 0, {"client_id": "another"}, "is refused"),
            ("Entry", 0, {"booked_at": "2026-03-30T15:00:00.000000Z"}, "before the entry that precedes it"),
            ("Entry", 0, {"invoice_id": "another"}, "an invoice that is not there"),
            ("Entry", 10, {"note": ""}, "has no cause that fits"),
            ("StatusChange", 1, {"after": "paid"}, "is not where its history leads"),
            ("StatusChange", 1, {"before": "overdue"}, "cannot follow"),
            ("StatusChange", 4, {"note": " "}, "cannot follow"),
            ("StatusChange", 4, {"by": "nobody"}, "by somebody who is not there"),
            ("AuditRecord", 0, {"by": "nobody"}, "of nobody who is there"),
            ("AuditRecord", 0, {"changes": []}, "tells of nothing"),
            ("AuditRecord", 0, {"changes": [{"kind": "Cheque", "id": "1", "before": 0, "after": 1}]}, "cannot be"),
            ("Claim", 0, {"holder": "nobody"}, "is not what 'nobody' has to hold"),
            ("Claim", 2, {"holder": "nobody"}, "is not what 'nobody' has to hold"),
            ("Claim", 4, {"holder": "nobody"}, "is not what 'nobody' has to hold"),
            ("Claim", 10, {"holder": "nobody"}, "is not what 'nobody' has to hold"),
            ("Claim", 11, {"holder": "nobody"}, "is not what 'nobody' has to hold"),
            ("Counter", 0, {"next": 1}, "did not move"),
            ("Message", 2, {"id": "00000000-0023-7000-8000-000000000000"}, "there already"),
        ],
    )
    def test_something_that_does_not_fit(self, kind: str, which: int, edit: Plain, reason: str | None) -> None:
        """What one line says is held against all others."""
        archive = edited(story(), kind, lambda value: value.update(edit), which)
        if reason is None:
            restored(archive)
        else:
            assert reason in str(refused(archive))

    def test_a_balance_comes_from_entries(self) -> None:
        """Where there are none, there is none."""
        storage = MemoryStorage()
        firm = Firm(name="N", currency="USD", timezone="UTC")
        Billing.create(storage, firm, ids=CountingIds()).as_owner().clients.add(name="Acme", terms=Terms.unlimited())
        restored(written(storage))
        archive = edited(written(storage), "Account", lambda value: value["position"].update(balance_minor=5))
        assert "has a balance and no entries" in refused(archive).reason

    def test_a_counter_cannot_go_back(self) -> None:
        """Behind where a Manager set it."""
        change = {"kind": "Counter", "id": "invoice", "before": 7, "after": 40}
        further = edited(story(), "AuditRecord", lambda value: value["changes"].append(change), -1)
        assert "the counter 'invoice' went back behind 40." == refused(further).reason
        restored(edited(further, "Counter", lambda value: value.update(next=40)))

    def test_records_of_two_at_once_may_come_in_another_order(self) -> None:
        """A record's id is made when its command begins, and who begins later may end earlier."""
        header, *lines, _ = lines_of(story())
        *_, one, other = (place for place, line in enumerate(lines) if json.loads(line)["kind"] == "AuditRecord")
        first, second = json.loads(lines[one]), json.loads(lines[other])
        earlier, later = first["value"]["id"], second["value"]["id"]
        first["value"]["id"], second["value"]["id"] = later, earlier
        lines[one], lines[other] = line_of(second), line_of(first)
        restored(sealed([header, *lines]))


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


class TestLimits:
    @pytest.mark.parametrize(
        ("limits", "said"),
        [
            (ArchiveLimits(line_bytes=600), "it is longer than 600 bytes"),
            (ArchiveLimits(bytes=10_000), "larger than 10000 bytes"),
            (ArchiveLimits(lines=100), "or 100 lines"),
        ],
    )
    def test_an_archive_is_bounded(self, limits: ArchiveLimits, said: str) -> None:
        """In its lines, their length, and all of it; the host may allow more."""
        assert said in refused(story(), limits).reason
        assert "allow more by ArchiveLimits" in str(refused(story(), limits))

    def test_a_line_without_end_is_not_read(self) -> None:
        """Only as far as is allowed."""

        class Endless(BytesIO):
            asked = 0

            def readline(self, size: int | None = -1, /) -> bytes:
                assert size is not None
                Endless.asked = max(Endless.asked, size)
                return b"x" * size

        with pytest.raises(ArchiveRefused, match="longer than 1000 bytes"):
            exchange.restore(Endless(), MemoryStorage(), limits=ArchiveLimits(line_bytes=1000))
        assert 1001 == Endless.asked


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
