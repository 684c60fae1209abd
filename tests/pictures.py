"""Small JPEG pictures for tests, of any size, made without an image library."""


def _segment(code: int, content: bytes) -> bytes:
    return bytes([0xFF, code]) + (len(content) + 2).to_bytes(2) + content


def jpeg(width: int = 1, height: int = 1, *, note: bytes = b"") -> bytes:
    """A grey JPEG of that many pixels, with a note in it that nobody sees."""
    frame = bytes([8]) + height.to_bytes(2) + width.to_bytes(2) + bytes([1, 1, 0x11, 0])
    one_code = bytes([1, *[0] * 15, 0])  # a table with one code, of one bit, for "nothing changes" and "nothing more"
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    bits = "00" * blocks + "1" * (-2 * blocks % 8)
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xFE, note) if note else b"",
            _segment(0xDB, bytes([0, *[1] * 64])),
            _segment(0xC0, frame),
            _segment(0xC4, bytes([0x00]) + one_code),
            _segment(0xC4, bytes([0x10]) + one_code),
            _segment(0xDA, bytes([1, 1, 0, 0, 63, 0])),
            int(bits, 2).to_bytes(len(bits) // 8),
            b"\xff\xd9",
        )
    )
