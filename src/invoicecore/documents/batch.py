"""The printing of many papers into a folder, by several processes at once."""

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from shutil import rmtree
from tempfile import mkdtemp

from attrs import frozen

from invoicecore.documents.file_names import invoice_name, safe_name, statement_name
from invoicecore.documents.fonts import installed
from invoicecore.documents.pdf import known_standards
from invoicecore.documents.print_job import (
    Paper,
    PaperFormat,
    PrintedPaper,
    PrintJob,
    PrintOutcome,
    reason_of,
)
from invoicecore.documents.print_process import Printed, PrintProcess
from invoicecore.documents.printed_files import PrintedFiles
from invoicecore.documents.render import Document, Folder
from invoicecore.errors import InvalidInput
from invoicecore.queries.printable import PrintableAccountStatement, PrintableInvoice, PrintableStatement
from invoicecore.values.inputs import type_of

_BESIDE = ".printing-"
_ABANDONED_S = 3600
"""A folder of a run, in which nothing happened for so many seconds, is one that was killed."""
_WAITED_S = 1.0
"""After so many seconds at most, Ctrl-C is noticed on every system."""


@frozen
class PrintReport:
    """What became of papers, in the order in which they came."""

    papers: tuple[PrintedPaper, ...]

    @property
    def written(self) -> tuple[PrintedPaper, ...]:
        """The papers of which files were written."""
        return self._of(PrintOutcome.WRITTEN)

    @property
    def skipped(self) -> tuple[PrintedPaper, ...]:
        """The papers that were there already."""
        return self._of(PrintOutcome.SKIPPED)

    @property
    def failed(self) -> tuple[PrintedPaper, ...]:
        """The papers that could not be printed, each with the reason."""
        return self._of(PrintOutcome.FAILED)

    def _of(self, outcome: PrintOutcome) -> tuple[PrintedPaper, ...]:
        return tuple(paper for paper in self.papers if paper.outcome is outcome)


def print_all(
    papers: Iterable[Paper],
    folder: Folder,
    *,
    workers: int | None = None,
    formats: Collection[PaperFormat | str] = (PaperFormat.PDF,),
    standard: str | None = None,
    named: Callable[[Paper], str] | None = None,
    progress: Callable[[PrintedPaper], object] | None = None,
) -> PrintReport:
    """Print papers into a folder, which is made if it is not there, and report what became of each.

    `papers` are what `desk.invoices.printable`, `desk.accounts.printable_statement` and
    `desk.accounts.printable_account_statement` return, or documents; they are taken one after the other as they are
    needed, and a few of them are in memory at a time. `workers` processes print
    at once; None: as many as this process may use cores. Each has one compiler, and takes about 120 MB.

    A paper becomes `NAME.pdf`, `NAME.html` or both, by `formats`, and `NAME.csv` if its list is so long that the page
    adds it up. NAME is the document's `file_name`, or what `named` returns; a text that cannot be the name of a file is
    changed to one. `standard` is as for `Document.pdf`.

    A file is replaced only when the new one is complete. A paper whose files are there already, with the bytes that
    they would have, is skipped: a run that was ended goes on where it stopped. The file `.printed.jsonl` in the folder
    has the digests for that. A paper that fails is reported and stops nothing. `progress` is called after each paper,
    like `papers` in the thread of the caller.

    CannotPrint if PDFs cannot be made here, InvalidInput for an unknown format or standard, OSError if the folder
    cannot be made or written to. What `papers` and `progress` raise ends the run, as Ctrl-C does; what was written by
    then stays.
    """
    kinds = _formats(formats)
    if workers is not None and (not isinstance(workers, int) or workers < 1):
        raise InvalidInput(f"workers must be a whole number from 1 on, or None, not {workers!r}.")
    if standard is not None:
        known_standards(standard)
    if PaperFormat.PDF in kinds:
        installed()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    reported: dict[int, PrintedPaper] = {}

    def report(place: int, paper: PrintedPaper) -> None:
        reported[place] = paper
        if progress is not None:
            progress(paper)

    files = PrintedFiles(target)
    with _beside(target) as beside, _Crew(workers or _cores()) as crew:

        def finish(printed: Iterable[tuple[int, Printed]]) -> None:
            for place, (paper, file) in printed:
                if file is not None:
                    files.add(file)
                report(place, paper)

        taken: set[str] = set()
        for place, paper in enumerate(papers):
            try:
                name = _free_name(paper, named, taken)
            except Exception as error:
                report(place, PrintedPaper("", PrintOutcome.FAILED, reason=reason_of(error)))
                continue
            finish(crew.print(place, PrintJob(paper, name, target, beside, kinds, standard, files.get(name))))
        finish(crew.rest())
    return PrintReport(tuple(reported[place] for place in sorted(reported)))


class _Crew:
    """Processes that print, each watched by a thread of its own while the crew is at work."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._processes = [PrintProcess() for _ in range(count)]
        self._idle: SimpleQueue[PrintProcess] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(count)
        self._places: dict[Future[Printed], int] = {}

    def print(self, place: int, job: PrintJob) -> Iterator[tuple[int, Printed]]:
        """Let a paper be printed, when there is room for it; what was printed meanwhile, with its place."""
        self._places[self._threads.submit(self._printed, job)] = place
        while len(self._places) >= 2 * self._count:
            yield from self._next()

    def rest(self) -> Iterator[tuple[int, Printed]]:
        """What is still printed."""
        while self._places:
            yield from self._next()

    def _next(self) -> Iterator[tuple[int, Printed]]:
        done, _ = wait(self._places, timeout=_WAITED_S, return_when=FIRST_COMPLETED)
        for future in [it for it in self._places if it in done]:  # in their order
            yield self._places.pop(future), future.result()

    def _printed(self, job: PrintJob) -> Printed:
        process = self._idle.get()
        try:
            return process.printed(job)
        finally:
            self._idle.put(process)

    def __enter__(self) -> "_Crew":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes if self._places else ():
            process.stop()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.close()


def _free_name(paper: Paper, named: Callable[[Paper], str] | None, taken: set[str]) -> str:
    """The name of a paper, which no other one of this run has. InvalidInput for what cannot be printed."""
    match paper:
        case PrintableInvoice():
            usual = invoice_name(paper.invoice)
        case PrintableStatement() | PrintableAccountStatement():
            usual = statement_name(paper)
        case Document():
            usual = paper.file_name
        case _:
            raise InvalidInput(
                f"A paper must be a printable invoice or statement, or a document, not {type_of(paper)}."
            )
    name = usual if named is None else safe_name(named(paper))
    if name.casefold() in taken:
        raise InvalidInput(f"Another paper of this run is called {name} already; `named` can tell them apart.")
    taken.add(name.casefold())
    return name


def _formats(formats: Collection[PaperFormat | str]) -> tuple[PaperFormat, ...]:
    if isinstance(formats, str) or not formats or not {*formats} <= {*PaperFormat}:
        raise InvalidInput(f"formats must be some of {', '.join(PaperFormat)}, not {formats!r}.")
    return tuple(map(PaperFormat, formats))


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder of this run alone, within the folder, where files are written before they are put into their place.
    Those of runs that were killed are removed."""
    for other in folder.glob(f"{_BESIDE}*"):
        with suppress(OSError):  # another run may remove it too
            if time.time() - other.lstat().st_mtime > _ABANDONED_S:
                rmtree(other)
    beside = Path(mkdtemp(prefix=_BESIDE, dir=folder))
    try:
        yield beside
    finally:
        rmtree(beside, ignore_errors=True)
