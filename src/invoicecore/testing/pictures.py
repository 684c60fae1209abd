"""Small pictures for tests, of any size, made without an image library."""

from zlib import compress, crc32


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + crc32(kind + content).to_bytes(4)


def png(width: int = 1, height: int = 1, *, note: bytes = b"") -> bytes:
    """A white PNG of that many pixels, with a note in it that nobody sees."""
    head = width.to_bytes(4) + height.to_bytes(4) + bytes([1, 0, 0, 0, 0])  # one bit for a pixel, no colours
    rows = (b"\0" + b"\xff" * ((width + 7) // 8)) * height
    text = _chunk(b"tEXt", b"Comment\0" + note) if note else b""
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + text + _chunk(b"IDAT", compress(rows)) + _chunk(b"IEND", b"")
