"""Records what the interpreter opens while hostile pages are rendered."""

import json
import os
import socket
import sys
import sysconfig
from pathlib import Path
from typing import Any

import invoicecore
from tests.documents.hostile import PAGES, Hostile

_WATCHED = ("open", "socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "urllib.")
_FOLDERS = (str(Path(invoicecore.__file__).parent), *map(sysconfig.get_path, ("stdlib", "purelib", "platlib")))
_OWN = tuple(f"{os.path.realpath(folder)}{os.sep}" for folder in _FOLDERS)
_heard: list[tuple[str, str]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_WATCHED) and not _is_own(event, arguments):
        _heard.append((event, ascii(arguments)[:200]))


def _is_own(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether it is the logo, which stands in the page, or a file of the library, of one of its libraries or of Python,
    and is only read."""
    if event == "urllib.Request":
        return str(arguments[0]).startswith("data:image/png;base64,")
    if event != "open":
        return False
    path, _, flags = arguments
    is_read = flags & (os.O_WRONLY | os.O_RDWR) == 0
    return isinstance(path, str | bytes) and is_read and os.path.realpath(os.fsdecode(path)).startswith(_OWN)


def main(number: int) -> dict[str, object]:
    """Draw so many, and some of each kind as PDF too; what was heard meanwhile, and what then of a file and a socket
    that were opened on purpose."""
    PAGES["invoice"](Hostile(number)).pdf()  # the libraries look for what they are made of, once
    sys.addaudithook(_hear)
    for case in range(number):
        document = PAGES[[*PAGES][case % len(PAGES)]](Hostile(case))
        if case % 19 == 0:
            document.pdf()
    heard = list(_heard)
    _heard.clear()
    Path(os.devnull).open().close()
    socket.socket().close()
    return {"while": heard, "after": sorted({event for event, _ in _heard}), "documents": number}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
