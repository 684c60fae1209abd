"""The list of PDFs that `print_all` wrote into a folder, by which a later run knows what needs no printing."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from attrs import asdict, frozen

LIST_NAME = ".printed.jsonl"
"""The file in the folder. Each line is a PDF; the last line of a name counts, and lines that are torn are passed over.
Without the file everything is printed again."""


@frozen
class PrintedFile:
    """A PDF that was written: its name without the ending, a digest of what it was made of, one of its bytes, and the
    warnings about it."""

    name: str
    source: str
    content: str
    warnings: tuple[str, ...]


def content_digest(content: bytes) -> str:
    """The digest of the bytes of a file."""
    return sha256(content).hexdigest()


class PrintedFiles:
    """The list of one folder. A line that cannot be written, as on a full disk, is left out; then that PDF is printed
    again by the next run."""

    def __init__(self, folder: Path) -> None:
        from invoicecore.exporter.atomic_write import text_writer  # brings all exports with it

        self._path = folder / LIST_NAME
        self._known = {printed.name: printed for printed in _read(self._path)}
        if self._path.exists():
            with suppress(OSError), text_writer(self._path) as file:  # only whole lines, and those that count
                file.writelines(map(_line, self._known.values()))

    def get(self, name: str) -> PrintedFile | None:
        """What is known of the PDF of that name."""
        return self._known.get(name)

    def add(self, printed: PrintedFile) -> None:
        """Note a PDF that is in the folder now."""
        if self._known.get(printed.name) != printed:
            self._known[printed.name] = printed
            with suppress(OSError), open(self._path, "a", encoding="utf-8", newline="") as file:
                file.write(_line(printed))


def _line(printed: PrintedFile) -> str:
    return json.dumps(asdict(printed)) + "\n"


def _read(path: Path) -> Iterator[PrintedFile]:
    with suppress(OSError), open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            with suppress(ValueError, TypeError, KeyError, RecursionError):
                yield _printed(json.loads(line))


def _printed(line: Mapping[str, object]) -> PrintedFile:
    name, source, content, warnings = (line[key] for key in ("name", "source", "content", "warnings"))
    if not all(isinstance(text, str) for text in (name, source, content)) or not isinstance(warnings, list):
        raise TypeError
    return PrintedFile(str(name), str(source), str(content), tuple(map(str, warnings)))
