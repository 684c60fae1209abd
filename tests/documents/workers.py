"""Makes PDFs in forked, spawned and threaded workers, each way in a process of its own."""

import hashlib
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from invoicecore import documents
from invoicecore.documents import CannotPrint, Document
from invoicecore.documents.pdf import can_print
from tests.documents.papers import hours, paper, work
from tests.world import hourly


def document(number: int) -> Document:
    """One of many different invoices."""
    return documents.invoice(paper(work(hours(8), hourly(50)), number=f"INV-{number}"))


def digest(number: int) -> str:
    """What the PDF of that invoice is, in short, or why there is none."""
    try:
        return hashlib.sha256(document(number).pdf()).hexdigest()
    except CannotPrint as refused:
        return str(refused)


def _in_processes(method: str) -> list[str]:
    with multiprocessing.get_context(method).Pool(2) as pool:
        return pool.map_async(digest, range(8)).get(timeout=60)


def fork_before() -> Any:
    """Workers are forked by a process that knows its fonts and has made no PDF."""
    assert can_print()
    return _in_processes("fork") == [digest(number) for number in range(8)]


def fork_after() -> Any:
    """Workers are forked by a process that has made one."""
    digest(0)
    return sorted({*_in_processes("fork")})


def spawn_after() -> Any:
    """Workers are spawned by a process that has made one."""
    return [digest(number) for number in range(8)] == _in_processes("spawn")


def forkserver_after() -> Any:
    """Workers come of a server that was started by a process that has made one."""
    return [digest(number) for number in range(8)] == _in_processes("forkserver")


def threads() -> Any:
    """Eight threads make 200 PDFs."""
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(digest, range(200)))
    return made == [digest(number) for number in range(200)]


WAYS: dict[str, Callable[[], Any]] = {
    way.__name__: way for way in (fork_before, fork_after, spawn_after, forkserver_after, threads)
}

if __name__ == "__main__":
    print(WAYS[sys.argv[1]]())
