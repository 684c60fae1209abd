"""A file inside a PDF, such as the data of an electronic invoice."""

from enum import StrEnum

from attrs import field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs

LARGEST_ATTACHMENT = 16_777_216
"""The most bytes that an attachment may have: 16 MiB."""


class Relationship(StrEnum):
    """What a file is to the document that it is attached to, in the words of PDF/A-3."""

    ALTERNATIVE = "alternative"
    DATA = "data"
    SOURCE = "source"
    SUPPLEMENT = "supplement"


def _file_name(value: object) -> str:
    name = inputs.name("The name of an attachment", value)
    if {*name} & {*'/\\:*?"<>|'} or name in {".", ".."}:
        raise InvalidInput(f"The name of an attachment is that of a file without its folder, not {name!r}.")
    return name


def _content(value: object) -> bytes:
    content = inputs.instance("The content of an attachment", value, bytes)
    if len(content) > LARGEST_ATTACHMENT:
        raise InvalidInput(f"An attachment may have {LARGEST_ATTACHMENT} bytes, and this has {len(content)}.")
    return content


@frozen
class Attachment:
    """A file inside a PDF: its name, content and media type, such as `application/xml`. InvalidInput for a name with a
    folder, or more bytes than `LARGEST_ATTACHMENT`."""

    name: str = field(converter=_file_name)
    content: bytes = field(repr=False, converter=_content)
    media_type: str
    relationship: Relationship = field(default=Relationship.SUPPLEMENT, converter=Relationship)
    description: str = ""
