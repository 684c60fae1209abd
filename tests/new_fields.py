"""A copy of the library in which every class that is stored has one more field, and what becomes of the values."""

import ast
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from inspect import getsourcefile
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import attrs

import invoicecore
from invoicecore import MemoryStorage, archive
from invoicecore.archive import lines
from invoicecore.codec import dump, dump_any, load, load_any
from invoicecore.ports.archive import ArchiveItem
from invoicecore.ports.store import Versioned
from invoicecore.storage.sql import SqlStorage
from invoicecore.values.ids import FirmId
from tests.archive.archives import FOLDER, written
from tests.completeness import BY_HAND, items, parts, stored

SOURCE = Path(invoicecore.__file__).parent
FIRM = FirmId("firm")
CHOSEN = "chosen"


def name_of(kind: type) -> str:
    """The field that a class has more in the copy."""
    return f"later_of_{kind.__name__.lower()}"


def kinds() -> Sequence[type]:
    """The classes that have one more: all whose fields nothing takes one by one."""
    return [kind for kind in stored() if kind not in BY_HAND]


def copied(folder: Path) -> Path:
    """The copy, in which no revision knows of the fields."""
    copytree(SOURCE, folder / SOURCE.name, ignore=ignore_patterns("__pycache__"))
    for kind in kinds():
        file = folder / Path(str(getsourcefile(kind))).relative_to(SOURCE.parent)
        text = file.read_text(encoding="utf-8")
        [made] = [it for it in ast.parse(text).body if isinstance(it, ast.ClassDef) and it.name == kind.__name__]
        last = max(it.end_lineno or 0 for it in made.body if isinstance(it, ast.AnnAssign | ast.Expr))
        before, after = text.splitlines(keepends=True)[:last], text.splitlines(keepends=True)[last:]
        file.write_text("".join([*before, f'    {name_of(kind)}: str = "usual"\n', *after]), encoding="utf-8")
    return folder


def add_revision(folder: Path, columns: Iterable[tuple[str, str]]) -> None:
    """A revision in the copy that makes these columns, each named after its table."""
    made = [f'    op.add_column("{table}", Column("{column}", Text(), nullable=True))' for table, column in columns]
    begin = ["from alembic.operations import Operations", "from sqlalchemy import Column, Text", "", ""]
    text = "\n".join([*begin, "def upgrade(op: Operations) -> None:", *made, ""])
    (folder / SOURCE.name / "storage/sql/migrations/revision_0002.py").write_text(text, encoding="utf-8")


# within the copy


def chosen(value: Any) -> Any:
    """The value with something else in every new field, at any depth."""
    if isinstance(value, Versioned):
        return Versioned(chosen(value.entity), value.version)
    if isinstance(value, tuple | frozenset):
        return type(value)(map(chosen, value))
    kind = type(value)
    if not attrs.has(kind) or kind in BY_HAND:
        return value
    fields = {it.name: chosen(getattr(value, it.name)) for it in attrs.fields(kind) if it.init}
    return attrs.evolve(value, **{**fields, **({name_of(kind): CHOSEN} if name_of(kind) in fields else {})})


def lost(before: Iterable[object], after: Iterable[object]) -> list[str]:
    """The classes of which something is not as it was before."""
    found = set[str]()
    for one, other in zip(before, after, strict=True):
        for part, again in zip(parts(one), parts(other), strict=True):
            if part != again:
                found.add(type(part).__name__)
    return sorted(found)


def everything(storage: MemoryStorage | SqlStorage, kept: Sequence[ArchiveItem]) -> list[ArchiveItem]:
    """All that a storage gives of a firm that it was given."""
    storage.restore(FIRM, kept)
    with storage.everything(FIRM) as found:
        return [*found]


def tried(urls: Sequence[str]) -> Mapping[str, list[str]]:
    """By place, the classes that lose something there."""
    kept = [chosen(it) for it in items()]
    assert {type(part) for it in kept for part in parts(it)} >= set(kinds())
    assert all(
        CHOSEN == getattr(part, name_of(type(part))) for it in kept for part in parts(it) if type(part) in kinds()
    )
    plain = [it.entity if isinstance(it, Versioned) else it for it in kept]
    places = {
        "memory": lost(kept, everything(MemoryStorage(), kept)),
        "codec": lost(plain, [load(type(it), json.loads(json.dumps(dump(it)))) for it in plain]),
        "tagged": lost(plain, [load_any(json.loads(json.dumps(dump_any(it)))) for it in plain]),
        "archive": lost(kept, [lines.read(lines.spell(it)) for it in kept]),
        "an archive of before": _restored_archive(),
    }
    for url in urls:
        storage = SqlStorage.at(url)
        storage.upgrade()
        places[url.partition(":")[0]] = lost(kept, everything(storage, kept))
        storage.close()
    return places


def _restored_archive() -> list[str]:
    """The lines of the archive that was frozen which are no longer the same."""
    file, storage = max(FOLDER.glob("archive-*.jsonl")), MemoryStorage()
    archive.restore(file, storage)
    before, after = (it.splitlines()[1:-1] for it in (file.read_bytes(), written(storage)))
    return [str(one) for one, other in zip(before, after, strict=True) if one != other]


if __name__ == "__main__":
    print(json.dumps(tried(sys.argv[1:])))
