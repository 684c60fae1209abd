"""The receipt of an expense, as a picture or a PDF."""

from attrs import field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values.ids import ReceiptId
from invoicecore.values.inputs import type_of

LARGEST_RECEIPT = 5 * 1_048_576
"""The most bytes that a receipt may have: 5 MiB."""

_TAIL = 1024
"""In so many bytes at the end of a PDF its end is marked, as its readers expect."""


@frozen
class ReceiptFile:
    """A PNG, a JPEG or a PDF, recognised by its content. InvalidInput if it is none of them, is cut off, or is larger
    than `LARGEST_RECEIPT`.

    Everything follows from the content: `id` is its SHA-256, so the same file is stored once. It is kept as evidence,
    and neither opened nor printed by the library.
    """

    content: bytes = field(repr=False)
    id: ReceiptId = field(init=False)
    media_type: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        from hashlib import sha256  # loads OpenSSL

        media_type = _media_type(self.content)
        object.__setattr__(self, "id", ReceiptId(sha256(self.content).hexdigest()))
        object.__setattr__(self, "media_type", media_type)


def _media_type(content: object) -> str:
    if type(content) is not bytes:
        raise InvalidInput(f"A receipt must be the bytes of a file, not {type_of(content)}.", "not_a_receipt")
    if len(content) > LARGEST_RECEIPT:
        raise InvalidInput(
            f"A receipt may have {LARGEST_RECEIPT} bytes, and this has {len(content)}; give a smaller file.",
            "too_large",
        )
    if content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in content[-_TAIL:]:
        return "image/png"
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-_TAIL:]:
        return "image/jpeg"
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-_TAIL:]:
        return "application/pdf"
    raise InvalidInput(
        "A receipt must be a whole PNG, JPEG or PDF, and this is none of them, whatever it is called.", "not_a_receipt"
    )
