"""The cost of rendering an invoice as HTML and as PDF, and of printing many.

The floor of a page is Jinja alone: the same template and data in an environment without a sandbox, where everything
that is written in a language was written before. That of a PDF is typst alone, on a plain table of the same cells; the
former engine, WeasyPrint, prints the page of HTML, where it is installed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from datetime import date, timedelta
from functools import cache, partial
from importlib import import_module
from io import StringIO
from itertools import count
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from unittest.mock import patch

from attrs import evolve, fields
from jinja2 import Environment, PackageLoader

from benchmarks.figures import Aim, Figure, NotHere, Unit
from benchmarks.loading import beside, importing
from benchmarks.measure import Measured, Run, alternating, timed
from invoicecore import Billing, Firm, Period, PrintableInvoice, Rate, SettableClock, Terms, documents, utc
from invoicecore.documents import fonts
from invoicecore.documents import html as pages
from invoicecore.documents.language import localizer
from invoicecore.documents.views import invoice_view

_HTML_S: Mapping[int, float] = {1: 0.025, 30: 0.021, 1000: 0.307}
"""What a page of so many lines may take, and may take half of in the long run."""
_PDF_S: Mapping[int, tuple[float, float]] = {1: (0.03, 0.015), 30: (0.08, 0.05), 1000: (1.0, 0.4)}
"""What a PDF of so many lines may take, and may take in the long run."""

_SECONDS = 0.2
"""So long are pages drawn at a time, about."""


@cache
def _paper(lines: int) -> PrintableInvoice:
    """An invoice over so many sessions of March on two projects, ten minutes and more each."""
    clock = SettableClock(utc(2026, 3, 31, 12))
    maria = Billing.in_memory(
        Firm(name="Northwind", currency="EUR", timezone="UTC", locale="de"), clock=clock
    ).as_owner()
    client = maria.clients.add(name="Acme", terms=Terms.unlimited(), billing_address="88 Orchard Road\nSpringfield").id
    jobs = [
        maria.projects.add(client_id=client, name=name, rate=Rate.hourly(50, "EUR")).id for name in ("Site", "Shop")
    ]
    for n in range(lines):
        took = timedelta(minutes=10 + n % 50)
        maria.work.log(jobs[n % 2], day=date(2026, 3, 1 + n % 28), hours=took, note=f"Wireframes, part {n}")
    draft = maria.invoices.draft(client, Period.month(2026, 3))
    return maria.invoices.printable(maria.invoices.generate(draft.id).id)


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


class _Listening:
    """Stands where the templates are, and keeps what one of them is given."""

    def __init__(self) -> None:
        self.given: Mapping[str, Any] = {}

    def get_template(self, name: str) -> "_Listening":
        return self

    def render(self, **given: Any) -> str:
        self.given = given
        return ""


def _bare(paper: PrintableInvoice) -> Callable[[], str]:
    """Draws the same page with Jinja alone."""
    listening = _Listening()
    with patch.object(pages, "_environment", lambda folder: listening):
        assert documents.invoice(paper).html == ""
    given = {name: cache(it) if callable(it) else it for name, it in listening.given.items()}
    loader = PackageLoader("invoicecore.documents")
    template = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(
        "invoice.html"
    )
    draw = partial(template.render, **given)
    assert draw() == documents.invoice(paper).html
    return draw


def html(lines: int, *, quick: bool) -> Figure:
    """An invoice of so many lines, as HTML."""
    paper = _paper(lines)
    bare = _bare(paper)
    once = timed(lambda: documents.invoice(paper).html, 1)
    times = 1 if quick else max(1, round(_SECONDS / max(once, 1e-4)))

    def repeated(draw: Callable[[], object]) -> Run:
        return lambda: timed(lambda: [draw() for _ in range(times)], times)

    return Figure(
        name=f"html-{lines}",
        what=f"an invoice of {_lines(lines)} as HTML",
        against="Jinja alone",
        unit=Unit.MILLISECONDS,
        measured=alternating(repeated(bare), repeated(lambda: documents.invoice(paper).html)),
        to_reach=Aim(_HTML_S[lines], Unit.MILLISECONDS),
        long_aim=Aim(_HTML_S[lines] / 2, Unit.MILLISECONDS),
    )


_TABLE = b"""
#set text(font: ("DejaVu Sans", "Libertinus Serif"), size: 9pt)
#table(columns: (auto, auto, 1fr, auto, auto), ..json("data.json"))
"""


def _cells(paper: PrintableInvoice, time: int) -> list[str]:
    """Every text of the page, which are others each time."""
    view = invoice_view(paper, localizer("de"), sessions=True)
    return [f"{text} {time}" for text in _texts(view)]


def _texts(part: Any) -> Iterator[str]:
    """The texts within a part of a view."""
    if isinstance(part, str):
        yield part
    elif part is not None:
        inner = part if isinstance(part, tuple) else (getattr(part, it.name) for it in fields(type(part)))
        for each in inner:
            yield from _texts(each)


def pdf(lines: int, *, quick: bool) -> Figure:
    """An invoice of so many lines, as PDF, from what the desk returned on; in CPU time, with a number of its own each
    time, so that nothing is remembered."""
    import typst

    paper, times = _paper(lines), count()
    cells = [json.dumps(_cells(paper, time)).encode() for time in range(20)]
    compiler: Any = typst.Compiler(font_paths=fonts.installed(), ignore_system_fonts=True)

    def alone() -> object:
        return compiler.compile({"main.typ": _TABLE, "data.json": cells[next(times) % len(cells)]}, format="pdf")

    most, at_best = _PDF_S[lines]
    measured = alternating(
        lambda: timed(alone, 1),
        lambda: timed(lambda: documents.invoice(_renamed(paper, next(times))).pdf(), 1),
        pairs=1 if quick else 5,
    )
    for _ in range(11):  # typst forgets what it has not used in ten runs, which else would slow down the next line
        compiler.compile({"main.typ": b""}, format="svg")
    return Figure(
        name=f"pdf-{lines}",
        what=f"an invoice of {_lines(lines)} as PDF",
        against="typst alone on a plain table",
        unit=Unit.MILLISECONDS,
        measured=measured,
        to_reach=Aim(most, Unit.MILLISECONDS, times=3),
        long_aim=Aim(at_best, Unit.MILLISECONDS, times=1.5),
    )


def former(lines: int, *, quick: bool) -> Figure:
    """The same beside WeasyPrint on the page of HTML. NotHere if that is not installed."""
    try:
        with redirect_stdout(StringIO()):  # it writes there what it misses
            html_of: Any = import_module("weasyprint").HTML
    except (ImportError, OSError) as missing:
        raise NotHere("the former engine is weasyprint, which is not installed with all that it needs") from missing
    paper, times = _paper(lines), count()
    at_a_time = {1: 10, 30: 5, 1000: 1}[lines]  # the other leaves nothing of ours in the processor's memory

    def ours() -> None:
        for _ in range(at_a_time):
            documents.invoice(_renamed(paper, next(times))).pdf()

    return Figure(
        name=f"pdf-former-{lines}",
        what=f"an invoice of {_lines(lines)} as PDF",
        against="WeasyPrint",
        unit=Unit.MILLISECONDS,
        measured=alternating(
            lambda: timed(lambda: html_of(string=documents.invoice(paper).html).write_pdf(pdf_tags=True), 1),
            lambda: timed(ours, at_a_time),
            pairs=1 if quick or lines > 30 else 5,
        ),
        to_reach=Aim(1 / 20),
    )


def _renamed(paper: PrintableInvoice, time: int) -> PrintableInvoice:
    """The invoice of another firm and with another number, so that nothing of its page is remembered."""
    head = evolve(paper.parties, firm_name=f"Northwind {time}")
    return evolve(paper, parties=head, invoice=evolve(paper.invoice, number=f"INV-{time}"))


_TABLE_ALONE = """
import typst
source = b'#table(columns: 2, [Wireframes], [50.00])'
assert typst.Compiler().compile({"main.typ": source}, format="pdf").startswith(b"%PDF")
"""
_FIRST_PDF = """
from invoicecore import Billing, Firm, Period, Rate, Terms, documents, utc
maria = Billing.in_memory(Firm(name="Northwind", currency="EUR", timezone="UTC")).as_owner()
client = maria.clients.add(name="Acme", terms=Terms.unlimited())
job = maria.projects.add(client_id=client.id, name="Site", rate=Rate.hourly(50, "EUR"))
maria.work.log(job.id, start=utc(2026, 3, 2, 9), hours=1, note="Wireframes")
bill = maria.invoices.generate(maria.invoices.draft(client.id, Period.month(2026, 3)).id)
assert documents.invoice(maria.invoices.printable(bill.id)).pdf().startswith(b"%PDF")
"""


def cold(*, quick: bool) -> Figure:
    """From the start of a process to its first PDF, with the books in memory."""
    return Figure(
        name="pdf-cold",
        what="a new process: books in memory, an invoice of 1 line, its PDF",
        against="a new process: typst alone, two cells",
        unit=Unit.MILLISECONDS,
        measured=beside(importing, _TABLE_ALONE, _FIRST_PDF, quick=quick),
        to_reach=Aim(0.7, Unit.MILLISECONDS),
        long_aim=Aim(0.4, Unit.MILLISECONDS),
    )


def many(*, quick: bool) -> Figure:
    """10,000 invoices of 30 lines into a folder, once: the wall time of each, beside the CPU time of all processes."""
    paper, number = _paper(30), 100 if quick else 10_000
    with TemporaryDirectory() as folder:
        cpu_begun, begun = _cpu(), perf_counter()
        report = documents.print_all((_renamed(paper, time) for time in range(number)), folder)
        wall, cpu = (perf_counter() - begun) / number, (_cpu() - cpu_begun) / number
    assert len(report.written) == number
    return Figure(
        name="print-all",
        what=f"print {number:,} invoices of 30 lines into a folder, on all cores; each, by the wall",
        against="CPU time of all processes",
        unit=Unit.MILLISECONDS,
        measured=Measured(cpu, wall, wall / cpu),
        to_reach=Aim(8 * 60 / 10_000, Unit.MILLISECONDS),
        long_aim=Aim(5 * 60 / 10_000, Unit.MILLISECONDS),
    )


def _cpu() -> float:
    """The processor time of this process and of those that it started and that have ended."""
    usages = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


LINES: Mapping[str, Callable[..., Figure]] = {
    **{f"html-{lines}": partial(html, lines) for lines in (1, 30, 1000)},
    **{  # the large ones last: after one of them, typst takes longer for all others of the process
        f"{name}-{lines}": partial(line, lines)
        for lines in (1, 30, 1000)
        for name, line in (("pdf", pdf), ("pdf-former", former))
    },
    "pdf-cold": cold,
    "print-all": many,
}
"""Every line of documents, by the name of its figure."""
