"""Pictures are recognised, and anything else is refused quickly."""

import time
from hashlib import sha256
from typing import Any
from zlib import crc32

import pytest

from invoicecore import Logo
from invoicecore.errors import InvalidInput
from invoicecore.testing.pictures import png
from invoicecore.values.logo import LARGEST_LOGO
from tests.pictures import jpeg


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    return len(content).to_bytes(4) + kind + content + crc32(kind + content).to_bytes(4)


SIGNATURE = png()[:8]
HEAD, END = png()[8:33], chunk(b"IEND")
DATA = png()[33:-12]
FRAME = jpeg().index(b"\xff\xc0")
SCAN = jpeg().index(b"\xff\xda")

DAMAGED: dict[str, bytes] = {
    "a PNG without its end": png()[:-12],
    "a PNG that is cut in its end": png()[:-1],
    "a PNG that is cut in its picture": png(40, 40)[:50],
    "a PNG that is cut in its head": png()[:20],
    "only the beginning of a PNG": SIGNATURE,
    "a PNG with something behind its end": png() + b"\n",
    "a PNG with a program behind its end": png() + b"PK\x03\x04",
    "two PNGs": png() * 2,
    "a PNG without a picture": SIGNATURE + HEAD + END,
    "a PNG without a head": SIGNATURE + DATA + END,
    "a PNG whose head comes second": SIGNATURE + chunk(b"tEXt", b"Comment\0x") + HEAD + DATA + END,
    "a PNG with a short head": SIGNATURE + chunk(b"IHDR", bytes(12)) + DATA + END,
    "a PNG with a changed byte": png(note=b"abc").replace(b"abc", b"abd"),
    "a PNG with a chunk longer than the file": SIGNATURE + HEAD + b"\x7f\xff\xff\xffIDAT" + DATA,
    "a JPEG without its end": jpeg()[:-2],
    "a JPEG that is cut in its picture": jpeg(80, 80)[:-20],
    "a JPEG that is cut before its picture": jpeg()[:SCAN],
    "a JPEG that ends before its picture": jpeg()[:SCAN] + b"\xff\xd9",
    "only the beginning of a JPEG": jpeg()[:3],
    "a JPEG with something behind its end": jpeg() + b"\n",
    "two JPEGs": jpeg() * 2,
    "a JPEG without a frame": jpeg()[:FRAME] + jpeg()[FRAME + 13 :],
    "a JPEG with a frame of a rare kind": jpeg().replace(b"\xff\xc0", b"\xff\xc9"),
    "a JPEG with a segment longer than the file": jpeg()[:2] + b"\xff\xfe\xff\xff" + jpeg()[2:],
    "a JPEG with a segment of no length": jpeg()[:2] + b"\xff\xfe\x00\x00" + jpeg()[2:],
    "a JPEG with no marker where one must be": jpeg()[:2] + b"\xff\xfe\x00\x02\x00" + jpeg()[2:],
}

NEITHER: dict[str, bytes] = {
    "nothing": b"",
    "a GIF": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "a BMP": b"BM" + bytes(60),
    "a WebP": b"RIFF\x1a\x00\x00\x00WEBPVP8L",
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a PDF": b"%PDF-1.7\n",
    "a page": b"<html><script>alert(1)</script></html>",
    "a picture with something before it": b"\n" + png(),
    "a PNG with other line ends": png().replace(b"\r\n", b"\n"),
    "its name": b"logo.png",
}


class TestPictures:
    @pytest.mark.req("A6")
    @pytest.mark.parametrize(
        ("content", "media_type", "size"),
        [
            (png(), "image/png", (1, 1)),
            (png(640, 80), "image/png", (640, 80)),
            (png(4000, 1), "image/png", (4000, 1)),
            (png(1, 4000), "image/png", (1, 4000)),
            (png(3, 2, note=b"\xff\xd8\xff IEND"), "image/png", (3, 2)),
            (jpeg(), "image/jpeg", (1, 1)),
            (jpeg(640, 80), "image/jpeg", (640, 80)),
            (jpeg(4000, 4000), "image/jpeg", (4000, 4000)),
            (jpeg(3, 2, note=b"\x89PNG\r\n\x1a\n \xff\xd9"), "image/jpeg", (3, 2)),
            (jpeg(3, 2).replace(b"\xff\xdb", b"\xff\xff\xff\xdb"), "image/jpeg", (3, 2)),  # with fill bytes
            (jpeg(3, 2).replace(b"\xff\xc0", b"\xff\xc2"), "image/jpeg", (3, 2)),
        ],
    )
    def test_what_it_is(self, content: bytes, media_type: str, size: tuple[int, int]) -> None:
        """By its content; and its id is the SHA-256 of that."""
        logo = Logo(content)
        assert (media_type, size) == (logo.media_type, (logo.width, logo.height))
        assert sha256(content).hexdigest() == logo.id
        assert Logo(content) == logo

    def test_several_scans(self) -> None:
        """As a progressive JPEG has, with marks in them by which decoders find their way, and FFs that are meant."""
        scan, end = jpeg(9, 9)[SCAN:-2], b"\xff\xd9"
        assert 9 == Logo(jpeg(9, 9)[:SCAN] + scan + b"\xff\x00\xff\xd0" + scan + b"\xff\xd7" + end).width

    def test_the_content_is_not_shown(self) -> None:
        """A megabyte is nothing for a log."""
        assert len(repr(Logo(png(note=bytes(500_000))))) < 300

    @pytest.mark.req("A6")
    @pytest.mark.parametrize("content", DAMAGED.values(), ids=list(DAMAGED))
    def test_what_is_damaged(self, content: bytes) -> None:
        """It is refused, and it is said that it is no whole picture."""
        with pytest.raises(InvalidInput, match="damaged, cut off"):
            Logo(content)

    @pytest.mark.parametrize("length", range(1, len(png(9, 9))))
    def test_a_png_cut_anywhere(self, length: int) -> None:
        """No part of one is one."""
        with pytest.raises(InvalidInput):
            Logo(png(9, 9)[:length])

    @pytest.mark.parametrize("length", range(1, len(jpeg(9, 9))))
    def test_a_jpeg_cut_anywhere(self, length: int) -> None:
        """No part of one is one."""
        with pytest.raises(InvalidInput):
            Logo(jpeg(9, 9)[:length])

    @pytest.mark.req("A6")
    @pytest.mark.parametrize("content", NEITHER.values(), ids=list(NEITHER))
    def test_what_is_neither(self, content: bytes) -> None:
        """Whatever it is called."""
        with pytest.raises(InvalidInput, match="must be a PNG or a JPEG"):
            Logo(content)

    @pytest.mark.parametrize("content", [None, "logo.png", 7, bytearray(png()), memoryview(png()), [137, 80]])
    def test_what_is_no_bytes(self, content: Any) -> None:
        """Neither a name nor an open file is a picture."""
        with pytest.raises(InvalidInput, match="must be the bytes of a picture"):
            Logo(content)

    @pytest.mark.req("A6")
    @pytest.mark.parametrize("size", [(4001, 1), (1, 4001), (0, 1), (1, 0), (2**31, 1)])
    def test_pixels(self, size: tuple[int, int]) -> None:
        """At most 4,000 in each direction, and at least one."""
        head = size[0].to_bytes(4) + size[1].to_bytes(4) + bytes([1, 0, 0, 0, 0])
        with pytest.raises(InvalidInput, match="4000 pixels"):
            Logo(SIGNATURE + chunk(b"IHDR", head) + DATA + END)
        if max(size) < 2**16:
            frame = jpeg()[:FRAME] + jpeg()[FRAME:].replace(
                b"\x08\x00\x01\x00\x01", b"\x08" + size[1].to_bytes(2) + size[0].to_bytes(2), 1
            )
            with pytest.raises(InvalidInput, match="4000 pixels"):
                Logo(frame)

    @pytest.mark.req("A6")
    def test_bytes(self) -> None:
        """A mebibyte is taken, and one byte more is not."""
        most = png(note=bytes(LARGEST_LOGO - len(png(note=b"-")) + 1))
        assert 1_048_576 == len(most)
        assert 1 == Logo(most).width
        with pytest.raises(InvalidInput, match="1048576 bytes, and this has 1048577"):
            Logo(png(note=bytes(LARGEST_LOGO - len(png(note=b"-")) + 2)))

    @pytest.mark.parametrize(
        "content",
        [
            SIGNATURE + HEAD + chunk(b"tEXt") * 87_000,
            b"\xff\xd8" + b"\xff" * 1_000_000,
            jpeg()[:-2] + b"\xff" * 1_000_000,
            jpeg()[:-2] + b"\xff\x00" * 500_000,
            jpeg()[:2] + b"\xff\xfe\x00\x02" * 250_000,
        ],
        ids=["chunks", "fill", "fill in a scan", "FFs in a scan", "segments"],
    )
    def test_it_is_refused_soon(self, content: bytes) -> None:
        """However it is made, it is gone through once."""
        began = time.perf_counter()
        with pytest.raises(InvalidInput):
            Logo(content)
        assert time.perf_counter() - began < 2
