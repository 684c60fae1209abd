"""The files with the invoices and statements of a report."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

from attrs import frozen

from invoicecore.cli.report import Report
from invoicecore.documents import CannotPrint, Paper, PaperFormat, PrintOutcome, print_all
from invoicecore.documents.file_names import readable
from invoicecore.documents.fonts import installed
from invoicecore.queries.printable import PrintableInvoice, PrintableStatement


@frozen(kw_only=True)
class Written:
    """The files that are in the folder, how many documents these are, whether as PDF too, and the remarks about them,
    each once. `failed` are those that could not be printed, each with the reason."""

    files: tuple[str, ...]
    documents: int
    with_pdf: bool
    remarks: tuple[str, ...]
    failed: tuple[str, ...]


def write(report: Report, folder: Path, *, step: Callable[[], None] = lambda: None) -> Written:
    """Write the invoices and statements of a report into a folder."""
    return write_papers(list(_papers(report)), folder, step=step)


def write_papers(
    papers: Sequence[tuple[str, Paper]], folder: Path, *, step: Callable[[], None] = lambda: None
) -> Written:
    """Write papers, each with what its files are called, into a folder, which is made if it is not there; `step` is
    called after each.

    Each is a file of HTML and one of PDF; where PDF cannot be made here, a remark says what it needs. Files of the same
    names are replaced, unless they are the same. OSError if the folder cannot be made.
    """
    remarks, formats = dict[str, None](), [*PaperFormat]
    try:
        installed()
    except CannotPrint as missing:
        remarks[str(missing)], formats = None, [PaperFormat.HTML]
    names = iter(_free_names(called for called, _ in papers))
    printed = print_all(
        (paper for _, paper in papers),
        folder,
        formats=formats,
        named=lambda _: next(names),
        progress=lambda _: step(),
    )
    remarks |= dict.fromkeys(warning for paper in printed.papers for warning in paper.warnings)
    return Written(
        files=tuple(
            str(folder / f"{paper.name}.{ending}")
            for paper in printed.papers
            if paper.outcome is not PrintOutcome.FAILED
            for ending in sorted(formats, reverse=True)
        ),
        documents=len(papers) - len(printed.failed),
        with_pdf=PaperFormat.PDF in formats,
        remarks=tuple(remarks),
        failed=tuple(f"{paper.name}: {paper.reason}" for paper in printed.failed),
    )


def _papers(report: Report) -> Iterator[tuple[str, PrintableInvoice | PrintableStatement]]:
    """Each paper and what it is called: for each client the invoices, and then the movements."""
    for client in report.clients:
        if client.documents is not None:
            for paper in client.documents.invoices:
                yield paper.invoice.label, paper
            yield f"movements {client.name}", client.documents.statement


def _free_names(texts: Iterator[str]) -> Iterator[str]:
    """A name for a file that is like each text and not taken yet, also if capitals and small letters are the same."""
    taken: set[str] = set()
    for text in texts:
        name = free = readable(text)
        for again in count(2):
            if free.casefold() not in taken:
                break
            free = f"{name}-{again}"
        taken.add(free.casefold())
        yield free
