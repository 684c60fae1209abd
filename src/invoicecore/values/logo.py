"""The logo in the header of invoices."""

import re
from zlib import crc32

from attrs import field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values.ids import LogoId
from invoicecore.values.inputs import type_of

LARGEST_LOGO = 1_048_576
"""The most bytes that a logo may have: 1 MiB."""
WIDEST_LOGO = 4_000
"""The most pixels that a logo may have in either direction."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"

# A segment of a JPEG begins with a marker, perhaps after fill bytes. Within the image data some bytes look like one: a
# stuffed FF, and restart markers.
_MARKER = re.compile(rb"\xff+([^\x00\xff])")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SHOWN_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended and progressive: what browsers and printers show
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, 0xD9


@frozen
class Logo:
    """A PNG or JPEG picture, recognised by its content. InvalidInput if it is neither, is damaged or cut off, has
    anything after its end, or is larger than `LARGEST_LOGO` or `WIDEST_LOGO`.

    Everything follows from the content: `id` is its SHA-256, so the same picture is stored once; `width` and `height`
    are in pixels.
    """

    content: bytes = field(repr=False)
    id: LogoId = field(init=False)
    media_type: str = field(init=False)
    width: int = field(init=False)
    height: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        from hashlib import sha256  # loads OpenSSL

        media_type, width, height = _inspect(self.content)
        for name, value in {
            "id": LogoId(sha256(self.content).hexdigest()),
            "media_type": media_type,
            "width": width,
            "height": height,
        }.items():
            object.__setattr__(self, name, value)


def _inspect(content: object) -> tuple[str, int, int]:
    """The media type of a picture and its size. Only its structure is read, in one pass."""
    if type(content) is not bytes:
        raise InvalidInput(f"A logo must be the bytes of a picture, not {type_of(content)}.")
    if len(content) > LARGEST_LOGO:
        raise InvalidInput(
            f"A logo may have {LARGEST_LOGO} bytes, and this has {len(content)}; give a smaller picture.",
            "picture_too_large",
        )
    if content.startswith(_PNG):
        media_type, (width, height) = "image/png", _size_of_png(content)
    elif content.startswith(_JPEG):
        media_type, (width, height) = "image/jpeg", _size_of_jpeg(content)
    else:
        raise InvalidInput(
            "A logo must be a PNG or a JPEG, and this is neither, whatever it is called.", "not_a_picture"
        )
    if not (1 <= width <= WIDEST_LOGO and 1 <= height <= WIDEST_LOGO):
        message = f"A logo may be 1 to {WIDEST_LOGO} pixels wide and high, and this is {width} × {height}."
        raise InvalidInput(message, "picture_too_large")
    return media_type, width, height


def _size_of_png(content: bytes) -> tuple[int, int]:
    """The size in the first chunk. Every chunk must be intact, image data present, and IEND last."""
    view, place, kinds = memoryview(content), len(_PNG), set[bytes]()
    while b"IEND" not in kinds:
        length, kind = int.from_bytes(view[place : place + 4]), bytes(view[place + 4 : place + 8])
        end = place + 12 + length
        if end > len(content) or crc32(view[place + 4 : end - 4]) != int.from_bytes(view[end - 4 : end]):
            raise _damaged("PNG")
        if not kinds and (kind != b"IHDR" or length != 13):
            raise _damaged("PNG")
        kinds.add(kind)
        place = end
    if b"IDAT" not in kinds or place != len(content):
        raise _damaged("PNG")
    return int.from_bytes(view[16:20]), int.from_bytes(view[20:24])


def _size_of_jpeg(content: bytes) -> tuple[int, int]:
    """The size in the frame header. Every segment must be intact, a scan present, and the end marker last."""
    size: tuple[int, int] | None = None
    has_scan, place = False, 2
    while marker := _MARKER.match(content, place):
        code, place = marker[1][0], marker.end()
        if code == _END:
            if size is None or not has_scan or place != len(content):
                break
            return size
        length = int.from_bytes(content[place : place + 2])
        if length < 2 or place + length > len(content):
            break
        if code in _SHOWN_FRAMES and length >= 8 and not has_scan:
            size = int.from_bytes(content[place + 5 : place + 7]), int.from_bytes(content[place + 3 : place + 5])
        elif code in _FRAMES:
            break
        place += length
        if code == _SCAN:
            has_scan = True
            found = _AFTER_SCAN.search(content, place)
            if found is None:
                break
            place = found.start()
    raise _damaged("JPEG")


def _damaged(kind: str) -> InvalidInput:
    return InvalidInput(
        f"This begins as a {kind}, but is damaged, cut off, of a rare kind, or has something after its end; "
        f"save the picture anew."
    )
