"""A damaged file is refused, however it was damaged, and does nothing else.

Sound files of every format are damaged at random. What comes out is entries that are well formed, the documented
errors, and that at once. `INVOICECORE_FUZZ` says how many damaged files of each are tried, 1,000 where it is not set.
"""

import os
import random
import time
from collections.abc import Callable
from datetime import UTC, timedelta

import pytest

from invoicecore import importer
from invoicecore.importer import DateOrder, ImportOptions, Limits, TimeEntry, UnreadableFile
from invoicecore.importer.inference import words
from tests.importer.files import clockify, generic, harvest, kimai, solidtime, summary, timesheets, toggl, track
from tests.importer.test_solidtime import FULL, NAMES, TABLES, zipped
from tests.importer.test_timewarrior import LINE
from tests.importer.test_watson import FRAME, frames
from tests.proof.hostile import in_pythons_words

CASES = int(os.environ.get("INVOICECORE_FUZZ", "1000"))
SOUND: dict[str, bytes] = {
    "toggl": toggl({}, {"Tags": "a, b"}, {"Client": ""}),
    "track": track({}, {"Stop date": "-", "Stop time": "-"}, {}),
    "clockify": clockify({}, {"Billable Rate (EUR)": "1,000.50"}, {}),
    "summary": summary({}, {"Time (h)": "100:00:00"}),
    "harvest": harvest({}, {"Hours": "2.5"}, {}),
    "kimai": kimai({}, {"Begin": "22:00", "End": "06:00"}, {"Duration": "4800"}),
    "timesheets": timesheets({}, {"id": 18, "end": None}, {"id": 19}),
    "solidtime": solidtime(FULL, {"id": "x", "end": ""}),
    "solidtime zip": zipped({**TABLES, "time_entries.csv": solidtime(FULL)}),
    "timewarrior": f"{LINE}\ninc 20260302T090000Z # running\n{LINE}\n".encode(),
    "watson": frames(FRAME, [*FRAME[:3], "1" * 32]),
    "generic": generic({}, {"start": "2026-03-02 09:00", "end": "2026-03-02T18:00+01:00"}),
}
ANSWERS = [
    ImportOptions(),
    ImportOptions(timezone="America/New_York", person="Ann", date_order=DateOrder.DAY_FIRST, names=NAMES),
    ImportOptions(
        timezone="Pacific/Apia", person="Ann", date_order=DateOrder.MONTH_FIRST, decimal_mark=",", names=NAMES
    ),
    ImportOptions(
        timezone="UTC", person="Ann", names=NAMES, columns={"person": "user_name", "start": "start", "end": "end"}
    ),
]
PIECES = [
    *(
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\r",
        b"\n",
        b'"',
        b",",
        b";",
        b"\t",
        b"[",
        b"]",
        b"{",
        b"}",
        b":",
        b"\\",
        b"#",
        b"-",
    ),
    *(
        b"9" * 30,
        b"9999-12-31",
        b"0001-01-01",
        b"31/12/2024",
        b"12/31/2024",
        b"2026-02-30",
        b"31/13/2024",
        b"2018-11-04",
        b"2011-12-30",
        b"24:00:00",
    ),
    *(
        b"1:30 AM",
        b"23:59:59",
        b"1e999",
        b"1.234,5",
        b"NaN",
        b"-1",
        b"null",
        b"true",
        b"Yes",
        b"\\ud800",
        b"\xe2\x80\xae",
    ),
    *(
        b"99999999T999999Z",
        b"00000000T000000Z",
        "٣".encode(),
        b"x" * 500,
        b'"' * 99,
        b"[" * 2000,
        b"inc ",
        b"PK\x03\x04",
        b" ",
    ),
]


def shorter(data: bytes, hand: random.Random) -> bytes:
    """Without a part."""
    start = hand.randrange(len(data) + 1)
    return data[:start] + data[start + hand.choice((1, 2, 10, len(data))) :]


def longer(data: bytes, hand: random.Random) -> bytes:
    """With something strange in it."""
    place = hand.randrange(len(data) + 1)
    return data[:place] + hand.choice(PIECES) + data[place + hand.choice((0, 0, 1, 5)) :]


def changed(data: bytes, hand: random.Random) -> bytes:
    """With a byte changed."""
    place = hand.randrange(max(1, len(data)))
    return data[:place] + bytes([hand.randrange(256)]) + data[place + 1 :]


def miscounted(data: bytes, hand: random.Random) -> bytes:
    """With other digits in some places, below the header."""
    body = data.find(b"\n") + 1
    digits = [place for place in range(body, len(data)) if data[place : place + 1].isdigit()]
    found = bytearray(data)
    for place in hand.sample(digits, min(len(digits), hand.choice((1, 3, 9)))):
        found[place] = hand.choice(b"0123456789")
    return bytes(found)


def swapped(data: bytes, hand: random.Random) -> bytes:
    """With a cell in place of another, or lines in another order."""
    mark = hand.choice((b",", b"\n", b" "))
    cells = data.split(mark)
    cells[hand.randrange(len(cells))] = hand.choice((hand.choice(cells), hand.choice(PIECES)))
    return mark.join(cells)


DAMAGE: tuple[Callable[[bytes, random.Random], bytes], ...] = (shorter, longer, changed, swapped, miscounted)


def check(data: bytes, options: ImportOptions, limits: Limits) -> None:
    """Whatever the file, nothing but sound entries and documented errors, and no second passes, once the words of all
    languages are loaded."""
    for load in (words.months, words.weekdays, words.halves, words.units):
        load()
    began = time.process_time()
    found: list[TimeEntry | UnreadableFile] = []
    said: list[str | None] = []
    try:
        found += importer.open_export(data, options=options, limits=limits).entries()
    except UnreadableFile as refused:
        said = [in_pythons_words(refused)]
    took = time.process_time() - began
    assert took < 1, f"took {took:.1f} s"
    for row in found:
        if isinstance(row, TimeEntry):
            check_entry(row)
        else:
            assert isinstance(row, UnreadableFile)
            assert row.row is not None
            assert "\0" not in str(row.column)
            said.append(in_pythons_words(row))
    assert {None} >= set(said)


def check_entry(entry: TimeEntry) -> None:
    """An entry is what it promises to be."""
    assert entry.person == entry.person.strip() != ""
    assert entry.source is not None
    assert len(entry.source) <= 200
    assert entry.source.isprintable()
    assert timedelta(0) <= entry.duration
    assert (entry.day is None) is (entry.start is not None) is (entry.end is not None)
    if entry.start is not None and entry.end is not None:
        assert entry.start.tzinfo is entry.end.tzinfo is UTC
        assert entry.start <= entry.end
    assert entry.rate is None or (entry.rate.is_finite() and entry.rate >= 0)
    assert not {"\0", *map(chr, range(0xD800, 0xE000))} & set(f"{entry.note}{entry.project}{entry.client}{entry.tags}")


@pytest.mark.parametrize("name", SOUND)
def test_damaged(name: str) -> None:
    """A damaged file is read in part or refused, whatever was answered, and within a second."""
    hand = random.Random(f"fuzz {name}")
    for _ in range(CASES):
        data = SOUND[name]
        for _ in range(hand.choice((1, 1, 2, 5))):
            data = hand.choice(DAMAGE)(data, hand)
        check(
            data,
            hand.choice(ANSWERS[:3] * 3 + ANSWERS),
            hand.choice((Limits(), Limits(bytes=1000, rows=2, characters=20))),
        )


@pytest.mark.parametrize("name", SOUND)
def test_sound(name: str) -> None:
    """The file before it was damaged is read whole."""
    options = ImportOptions(timezone="America/New_York", person="Ann", names=NAMES)
    found = [*importer.open_export(SOUND[name], options=options).entries()]
    assert found
    assert all(isinstance(row, TimeEntry) for row in found)


@pytest.mark.parametrize(
    "data",
    [
        b"[" + b"[" * 400_000,
        b'[{"a":' * 200_000,
        b'["' + b"\\" * 1_000_000,
        b"[" + b"9" * 3_000_000 + b"]",
        b"inc " + b"x" * 3_000_000,
        b"inc 20260302T090000Z - 20260302T103000Z # " + b'"a' * 40_000,
        b"inc 20260302T090000Z - 20260302T103000Z # " + b'"' + b"\\" * 90_001,
        b'"' * 3_000_000,
        b"," * 3_000_000,
        toggl() + b'"' + b"a\n" * 1_500_000,
        generic({"start": "2" * 90_000, "end": "0:" * 40_000, "billable": "1" * 90_000}),
        harvest({"Hours": "1," + "000," * 20_000, "Currency": " - " * 30_000, "Date": "1/" * 40_000}),
        clockify({"Duration (h)": "1" * 90_000, "Start Time": "1:" * 40_000}, {}),
    ],
)
def test_long_ones(data: bytes) -> None:
    """Nor is there a file of a few megabytes that takes longer."""
    for options in ANSWERS:
        check(data, options, Limits())
