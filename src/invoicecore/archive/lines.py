"""The lines of an archive, written and read.

A line is one JSON object in UTF-8 and a line feed, in the canonical form of `invoicecore.values.plain_data`: keys
sorted, no blanks, fields that have their default left out. So equal books give equal bytes in every store, and a new
field with a default changes no existing line.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from attrs import frozen

from invoicecore import codec
from invoicecore.errors import InvalidInput
from invoicecore.model.login import Login
from invoicecore.ports.archive import PLACES, ArchiveItem, kind_of
from invoicecore.ports.store import Entity, Versioned
from invoicecore.values.calendar import instant
from invoicecore.values.ids import FirmId
from invoicecore.values.plain_data import canonical, plain

FORMAT = "invoicecore-archive"
"""The format that the first line names."""
VERSION = 1
"""The version of the format that is written. Every earlier version is read too."""

KINDS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in PLACES}
"""The kinds of items in the lines between the first and the last, by name, in the order of the file."""

_ENTITIES = frozenset(get_args(Entity))
_WHOLE_BITS = 63
_FINER_THAN_MONEY = "digits"  # of a rate, which is stored as text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for key, value in pairs:
        if type(value) is int and value.bit_length() > _WHOLE_BITS and key != _FINER_THAN_MONEY:
            raise ValueError(f"{key} is larger than any storage keeps")
    return dict(pairs)


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


class ArchiveRefused(InvalidInput):
    """A file is not a sound archive, so nothing of it was restored. `line` counts from 1; it is None where the fault is
    not in one line, but between several. `reason` names the fault; the message adds what to do."""

    def __init__(self, line: int | None, reason: str, instead: str = "take an unchanged copy of the file") -> None:
        where = "The archive" if line is None else f"Line {line} of the archive"
        super().__init__(f"{where} is refused: {reason} Nothing was restored; {instead}.")
        self.line = line
        self.reason = reason


class LaterVersion(InvalidInput):
    """An archive has a version of the format that this library does not know yet."""


@frozen(kw_only=True)
class Header:
    """The first line: the firm, when its books were written, and by which version of the library."""

    firm_id: FirmId
    written_at: datetime
    library: str
    version: int = VERSION


@frozen
class Footer:
    """The last line: how many items there are of each kind, and the SHA-256 of all bytes before it."""

    counts: Mapping[str, int]
    sha256: str


def written(data: Mapping[str, Any]) -> bytes:
    """The line that holds the data."""
    return canonical(data) + b"\n"


def spell_header(header: Header) -> bytes:
    """The first line."""
    at = header.written_at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    facts = {"firm": header.firm_id, "library": header.library, "version": header.version, "written_at": at}
    return written({"format": FORMAT, **facts})


def spell(item: ArchiveItem) -> bytes:
    """The line of one item."""
    kind = kind_of(item).__name__
    if isinstance(item, Versioned):
        return written({"kind": kind, "value": plain(item.entity, sparse=True), "version": item.version})
    return written({"kind": kind, "value": plain(item, sparse=True)})


def spell_footer(footer: Footer) -> bytes:
    """The last line."""
    return written({"counts": footer.counts, "sha256": footer.sha256})


def parsed(line: bytes) -> dict[str, Any]:
    """The data in a line. InvalidInput if the line is not as the library would write it."""
    try:
        data: dict[str, Any] = _DECODER.decode(line.decode())
        as_written = written(data) if isinstance(data, dict) else b""
    except (ValueError, RecursionError):
        as_written = b""
    if as_written != line:
        raise InvalidInput("it is not a JSON object as it was written.")
    return data


def read_header(line: bytes) -> Header:
    """The header in a line. LaterVersion if a newer library is needed, InvalidInput for any other file."""
    try:
        data = parsed(line)
    except InvalidInput:
        data = {}
    if data.get("format") != FORMAT:
        raise InvalidInput(f"it is not the beginning of an archive, which names the format {FORMAT!r}.")
    match data:
        case {"version": int(version)} if type(version) is int and version > VERSION:
            raise LaterVersion(f"it is of version {version}, and this invoicecore reads versions up to {VERSION}.")
        case {"firm": str(firm), "library": str(library), "version": int(version), "written_at": str(at), **more} if (
            more.keys() == {"format"} and type(version) is int and version > 0
        ):
            return Header(firm_id=FirmId(firm), written_at=_instant(at), library=library, version=version)
    raise InvalidInput("it says something else than an archive's first line does.")


def _instant(text: str) -> datetime:
    try:
        return instant("written_at", datetime.fromisoformat(text))
    except ValueError as impossible:
        raise InvalidInput("written_at is not an instant.") from impossible


def read(line: bytes) -> ArchiveItem | Footer:
    """The item in a line, or the footer. InvalidInput for anything else."""
    data = parsed(line)
    match data:
        case {"counts": dict(counts), "sha256": str(digest), **more} if not more:
            return Footer(counts, digest)
        case {"kind": str(kind), "value": value, "version": version, **more} if not more and kind in KINDS:
            if KINDS[kind] in _ENTITIES and type(version) is int and version > 0:
                return Versioned(_loaded(KINDS[kind], value), version)
        case {"kind": str(kind), "value": value, **more} if not more and kind in KINDS:
            if KINDS[kind] not in _ENTITIES:
                item: ArchiveItem = _loaded(KINDS[kind], value)
                return item
    raise InvalidInput(f"it is none of these, with what belongs to it: {', '.join(KINDS)}.")


def _loaded(kind: type[Any], data: Any) -> Any:
    if kind is not Login:
        return codec.load(kind, data)
    try:
        return codec.load(kind, data)
    except InvalidInput:
        pass  # the message is not repeated, because it may show a password hash
    raise InvalidInput("This is no Login.")
