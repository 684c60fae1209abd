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
from invoicecore.archive.refused import LaterVersion
from invoicecore.errors import InvalidInput
from invoicecore.model.login import Login
from invoicecore.ports.archive import PLACES, ArchiveItem, kind_of
from invoicecore.ports.store import Entity, Versioned
from invoicecore.values.calendar import instant
from invoicecore.values.ids import FirmId
from invoicecore.values.plain_data import canonical, plain

FORMAT = "invoicecore-archive"
"""What the first line says that the file is."""
VERSION = 1
"""The version of the format that is written. Every version up to it is read."""

KINDS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in PLACES}
"""What stands in the lines between the first and the last, by its name, in its order."""

_ENTITIES = frozenset(get_args(Entity))
_WHOLE_BITS = 63
_FINER_THAN_MONEY = "digits"  # of a rate, which is kept as text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for key, value in pairs:
        if type(value) is int and value.bit_length() > _WHOLE_BITS and key != _FINER_THAN_MONEY:
            raise ValueError(f"{key} is larger than any storage keeps")
    return dict(pairs)


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


@frozen(kw_only=True)
class Header:
    """The first line: of which firm the books are, when they were written, and by which version of the library."""

    firm_id: FirmId
    written_at: datetime
    library: str
    version: int = VERSION


@frozen
class Footer:
    """The last line: how many there are of each kind, and the SHA-256 of all bytes before it."""

    counts: Mapping[str, int]
    sha256: str


def written(data: Mapping[str, Any]) -> bytes:
    """The line that holds this."""
    return canonical(data) + b"\n"


def spell_header(header: Header) -> bytes:
    """The first line."""
    at = header.written_at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    said = {"firm": header.firm_id, "library": header.library, "version": header.version, "written_at": at}
    return written({"format": FORMAT, **said})


def spell(kept: ArchiveItem) -> bytes:
    """The line of one thing."""
    kind = kind_of(kept).__name__
    if isinstance(kept, Versioned):
        return written({"kind": kind, "value": plain(kept.entity, sparse=True), "version": kept.version})
    return written({"kind": kind, "value": plain(kept, sparse=True)})


def spell_footer(footer: Footer) -> bytes:
    """The last line."""
    return written({"counts": footer.counts, "sha256": footer.sha256})


def parsed(line: bytes) -> dict[str, Any]:
    """What a line says. InvalidInput if it is not spelled as it would be written."""
    try:
        data: dict[str, Any] = _DECODER.decode(line.decode())
        said = written(data) if isinstance(data, dict) else b""
    except (ValueError, RecursionError):
        said = b""
    if said != line:
        raise InvalidInput("it is not a JSON object as it was written.")
    return data


def read_header(line: bytes) -> Header:
    """What the first line says. LaterVersion if a newer library is needed, InvalidInput for any other file."""
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
    """The thing in a line, or what the last line says. InvalidInput for anything else."""
    data = parsed(line)
    match data:
        case {"counts": dict(counts), "sha256": str(digest), **more} if not more:
            return Footer(counts, digest)
        case {"kind": str(kind), "value": value, "version": version, **more} if not more and kind in KINDS:
            if KINDS[kind] in _ENTITIES and type(version) is int and version > 0:
                return Versioned(_loaded(KINDS[kind], value), version)
        case {"kind": str(kind), "value": value, **more} if not more and kind in KINDS:
            if KINDS[kind] not in _ENTITIES:
                thing: ArchiveItem = _loaded(KINDS[kind], value)
                return thing
    raise InvalidInput(f"it is none of these, with what belongs to it: {', '.join(KINDS)}.")


def _loaded(kind: type[Any], data: Any) -> Any:
    if kind is not Login:
        return codec.load(kind, data)
    try:
        return codec.load(kind, data)
    except InvalidInput:
        pass  # what was wrong is not repeated, for there is a hash in it
    raise InvalidInput("This is no Login.")
