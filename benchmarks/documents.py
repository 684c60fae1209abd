"""The cost of rendering an invoice as HTML and as PDF.

The floor of a page is Jinja alone: the same template and data in an environment without a sandbox, where everything
that is written in a language was written before. That of a PDF is typst alone, on a plain table of the same cells.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache, partial
from itertools import count
from typing import Any
from unittest.mock import patch

from attrs import evolve
from jinja2 import Environment, PackageLoader

from benchmarks.figures import Figure, Unit
from benchmarks.measure import Run, alternating, timed
from invoicecore import Billing, Firm, Period, PrintableInvoice, Rate, SettableClock, Terms, documents, utc
from invoicecore.documents import fonts
from invoicecore.documents import html as pages
from invoicecore.documents.language import localizer
from invoicecore.documents.views import invoice_view

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
        unit=Unit.EACH_SECOND,
        measured=alternating(repeated(bare), repeated(lambda: documents.invoice(paper).html)),
    )


_TABLE = b"""
#set text(font: ("DejaVu Sans", "Libertinus Serif"), size: 9pt)
#table(columns: (auto, auto, 1fr, auto, auto), ..json("data.json"))
"""


def _cells(paper: PrintableInvoice, time: int) -> list[str]:
    """The cells of the list of sessions, which are others each time."""
    view = invoice_view(paper, localizer("de"), sessions=True)
    assert view.sessions is not None
    return [f"{cell} {time}" for group in view.sessions.groups for row in group.rows for cell in row]


def pdf(lines: int, *, quick: bool) -> Figure:
    """An invoice of so many lines, as PDF, from what the desk returned on; in CPU time, with a number of its own each
    time, so that nothing is remembered."""
    import typst

    paper, times = _paper(lines), count()
    cells = [json.dumps(_cells(paper, time)).encode() for time in range(20)]
    compiler: Any = typst.Compiler(font_paths=fonts.installed(), ignore_system_fonts=True)

    def alone() -> object:
        return compiler.compile({"main.typ": _TABLE, "data.json": cells[next(times) % len(cells)]}, format="pdf")

    def ours() -> object:
        head = evolve(paper.parties, firm_name=f"Northwind {next(times)}")
        return documents.invoice(evolve(paper, parties=head)).pdf()

    return Figure(
        name=f"pdf-{lines}",
        what=f"an invoice of {_lines(lines)} as PDF",
        against="typst alone on a plain table",
        unit=Unit.EACH_SECOND,
        measured=alternating(
            lambda: timed(alone, 1),
            lambda: timed(ours, 1),
            pairs=1 if quick else 5,
        ),
    )


LINES: Mapping[str, Callable[..., Figure]] = {
    f"{kind.__name__}-{lines}": partial(kind, lines) for kind in (html, pdf) for lines in (1, 30, 1000)
}
"""Every size in both kinds, by the name of its figure."""
