"""What happens to files by themselves is noticed in every place."""

from io import BytesIO
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import MemoryStorage, archive
from invoicecore.archive import ArchiveLimits, ArchiveRefused
from tests.archive.archives import lines_of, refused, smallest, story


class TestAccidents:
    """What happens to files by themselves."""

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
            b'{"kind":"WorkSession","value":{}}\n',
            b'{"kind":"WorkSession","value":{},"version":0}\n',
            b'{"kind":"WorkSession","value":{},"version":true}\n',
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
            archive.restore(Endless(), MemoryStorage(), limits=ArchiveLimits(line_bytes=1000))
        assert 1001 == Endless.asked
