"""The rendering of invoices, statements and reminders from templates, and the document that comes of it."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from os import PathLike, fspath
from typing import Any

from attrs import field, frozen
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from invoicecore.documents import pdf as engine
from invoicecore.documents.charges import charges
from invoicecore.documents.language import Localizer, localizer
from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.ledger.statement import StatementRow
from invoicecore.lifecycle.invoice import PartySnapshot
from invoicecore.queries.printable import PrintableInvoice, PrintableStatement
from invoicecore.queries.transactions import EntrySource
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr
from invoicecore.values.logo import Logo
from invoicecore.values.money import Money
from invoicecore.values.theme import Font, Theme
from invoicecore.vocabulary import EntryKind, Status


class PaperSize(StrEnum):
    """The size of the paper."""

    A4 = "A4"
    LETTER = "Letter"


@frozen(slots=False)
class Document:
    """One HTML page of any length, with style and logo inside, without scripts and without anything to fetch.

    `title` is a name for a window or a file, `locale` the locale of the text.
    """

    title: str
    locale: str
    html: str = field(repr=False)
    _warnings: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Problems to check before sending, in words: an unknown theme, a language without translation, and characters
        for which this machine has no font.

        Missing characters are known only after the page was converted to PDF, so this costs as much as `pdf`, once for
        both. Without the extra `pdf` they stay unknown; the reader's browser has its own fonts.
        """
        return (*self._warnings, *(self._print.warnings if engine.can_print() else ()))

    def pdf(self) -> bytes:
        """The same page as PDF, converted by WeasyPrint; always the same bytes on the same machine. CannotPrint if
        WeasyPrint, or something that it needs from the system, is not installed. Without HarfBuzz-Subset there is a PDF
        too, but its bytes tell when it was made."""
        return self._print.pdf

    @cached_property
    def _print(self) -> engine.PrintedPage:
        return engine.print_pdf(self.html)


# The first installed font of a list is used; characters that it lacks come from other fonts.
_FONTS: Mapping[Font, str] = {
    Font.SANS: '"Noto Sans", "Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, '
    '"Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", sans-serif',
    Font.SERIF: '"Noto Serif", "Source Serif 4", Georgia, "Times New Roman", '
    '"Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Devanagari", "Noto Serif Thai", serif',
    Font.GROTESQUE: '"Helvetica Neue", Helvetica, "Liberation Sans", Arial, '
    '"Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", sans-serif',
}
_WIDTHS: Mapping[PaperSize, str] = {PaperSize.A4: "210mm", PaperSize.LETTER: "216mm"}

Folder = str | PathLike[str]


def invoice(
    printable: PrintableInvoice,
    *,
    paper_size: PaperSize | str = PaperSize.A4,
    sessions: bool = True,
    templates: Folder | None = None,
) -> Document:
    """A finished invoice, as `desk.invoices.printable` returns it. InvalidState for a draft.

    With `sessions`, each session is listed below the summary. `templates` is a folder whose templates replace those of
    the library: `invoice.html`, `page.html`, `page.css` and so on.
    """
    if inputs.instance("printable", printable, PrintableInvoice).is_preview:
        raise InvalidState("This is a draft; documents.preview shows it, and generating it makes it an invoice.")
    return _invoice(printable, paper_size, sessions, templates)


def preview(
    printable: PrintableInvoice,
    *,
    paper_size: PaperSize | str = PaperSize.A4,
    sessions: bool = True,
    templates: Folder | None = None,
) -> Document:
    """A draft, as `desk.invoices.printable` returns it, marked as one. InvalidState for a finished invoice. See
    `invoice`."""
    if not inputs.instance("printable", printable, PrintableInvoice).is_preview:
        raise InvalidState("This invoice is finished; documents.invoice prints it.")
    return _invoice(printable, paper_size, sessions, templates)


def statement(
    printable: PrintableStatement, *, paper_size: PaperSize | str = PaperSize.A4, templates: Folder | None = None
) -> Document:
    """A statement of account, as `desk.accounts.printable_statement` returns it. See `invoice` for `templates`."""
    inputs.instance("printable", printable, PrintableStatement)
    page = _PageRenderer(printable.parties, printable.logo, paper_size, templates)
    say = page.language.say
    return page.render(
        "statement.html",
        say("Statement of account"),
        printable=printable,
        kinds=_kinds(say),
        details=lambda row, cause: _details(row, cause, page.language),
    )


def reminder(
    printable: PrintableInvoice,
    as_of: date,
    *,
    paper_size: PaperSize | str = PaperSize.A4,
    templates: Folder | None = None,
) -> Document:
    """A friendly letter about an invoice that is overdue on that day. InvalidState for any other. See `invoice` for
    `templates`."""
    bill, late = inputs.instance("printable", printable, PrintableInvoice).invoice, days_late(printable, as_of)
    page = _PageRenderer(printable.parties, printable.logo, paper_size, templates)
    title = f"{page.language.say('Payment reminder')} · {bill.number}"
    return page.render("reminder.html", title, printable=printable, as_of=as_of, late=late)


def days_late(printable: PrintableInvoice, as_of: date) -> int:
    """The number of days that an invoice is overdue on a day. InvalidState if it is not."""
    inputs.day("as_of", as_of)
    bill = printable.invoice
    late = 0 if bill.due_on is None else (as_of - bill.due_on).days
    if late <= 0 or not bill.amount_due_minor:
        raise InvalidState(f"Nothing on {bill.label} is overdue on {as_of}: it has no reminder.")
    return late


def _invoice(
    printable: PrintableInvoice, paper_size: PaperSize | str, sessions: bool, templates: Folder | None
) -> Document:
    inputs.yes_or_no("sessions", sessions)
    bill, page = printable.invoice, _PageRenderer(printable.parties, printable.logo, paper_size, templates)
    say = page.language.say
    status = say("Nothing due") if bill.status is Status.PAID and bill.is_covered else _statuses(say)[bill.status]
    return page.render(
        "invoice.html",
        " ".join(filter(None, (say("Invoice"), bill.number))),
        printable=printable,
        charges=charges(printable, say("Prepaid hours")),
        sessions=sessions,
        status=status,
        mark=status if bill.status in {Status.DRAFT, Status.VOID} else None,
        names=dict(printable.parties.names),
        amount=lambda line: Money(line.minor, bill.currency),
    )


def _statuses(_: Callable[[str], str]) -> Mapping[Status, str]:
    """The words for a status. Clients read one word for all unpaid ones."""
    unpaid = _("Unpaid")
    return {
        Status.DRAFT: _("Draft"),
        Status.GENERATED: unpaid,
        Status.DUE: unpaid,
        Status.OVERDUE: unpaid,
        Status.UNCOLLECTIBLE: unpaid,
        Status.PAID: _("Paid"),
        Status.VOID: _("Void"),
    }


def _details(row: StatementRow, cause: EntrySource, language: Localizer) -> list[str]:
    """The details printed below the kind of a movement."""
    pieces = ["" if row.work_day == row.booked_on else language.short_day(row.work_day)]
    if row.takes_back is not None or row.books_again is not None:
        pieces.append(language.say("Booking day corrected"))
    if cause.person is not None:
        pieces += [cause.person.name, *_worked(cause, language)]
    else:
        pieces += [cause.method, cause.reference, "" if row.note == cause.reference else row.note]
    return [piece for piece in pieces if piece]


def _worked(cause: EntrySource, language: Localizer) -> list[str]:
    """Time, rate and note of the work."""
    assert cause.duration is not None  # work has both
    assert cause.rate is not None
    seconds = bool(cause.duration % timedelta(minutes=1))
    return [f"{language.clock(cause.duration, seconds)} × {language.rate(cause.rate)}", cause.note]


def _kinds(_: Callable[[str], str]) -> Mapping[EntryKind, str]:
    return {
        EntryKind.WORK: _("Work"),
        EntryKind.WORK_REVERSED: _("Work corrected"),
        EntryKind.PAYMENT: _("Payment"),
        EntryKind.PAYMENT_REVERSED: _("Payment taken back"),
        EntryKind.CREDIT_APPLIED: _("Credit used"),
        EntryKind.CREDIT_RELEASED: _("Credit released"),
        EntryKind.ADJUSTMENT: _("Adjustment"),
        EntryKind.WRITE_OFF: _("Credited to your account"),
        EntryKind.WRITE_OFF_REVERSED: _("Credit withdrawn"),
    }


class _PageRenderer:
    """Renders pages for one pair of firm and client: in the client's language, with the firm's theme, on a paper
    size."""

    def __init__(
        self, parties: PartySnapshot, logo: Logo | None, paper_size: PaperSize | str, templates: Folder | None
    ) -> None:
        if paper_size not in [*PaperSize]:
            raise InvalidInput(f"paper_size must be {' or '.join(PaperSize)}, not {short_repr(paper_size)}.")
        self.language = localizer(parties.locale)
        self._parties = parties
        self._logo = logo
        self._paper_size = PaperSize(paper_size)
        self._templates = None if templates is None else fspath(templates)

    def render(self, template: str, title: str, **content: Any) -> Document:
        """Render a template."""
        theme, warnings = _theme(self._parties.theme)
        language, parties = self.language, self._parties
        if not language.is_spoken:
            warnings = (*warnings, f"There are no words for the locale {parties.locale!r} yet; they are in English.")
        context = {
            "parties": parties,
            "logo": None if self._logo is None else _inline(self._logo),
            "language": language,
            "theme": theme,
            "fonts": Markup(_FONTS[theme.font]),  # within a style, where quotes are quotes
            "size": self._paper_size.value,
            "width": _WIDTHS[self._paper_size],
            "title": f"{title} · {parties.firm_name}",
            "running": f"{parties.firm_name} · {title}",
            "mark": None,
            **_template_functions(language),
        }
        html = _environment(self._templates).get_template(template).render({**context, **content})
        return Document(f"{title} · {parties.firm_name}", parties.locale, html, warnings)


def _template_functions(language: Localizer) -> Mapping[str, Callable[..., str]]:
    """The functions that templates call: every public method of the localizer, and `_` for words."""
    methods = (name for name, it in vars(Localizer).items() if callable(it) and not name.startswith("_"))
    return {"_": language.say, **{name: getattr(language, name) for name in methods}}


def _theme(text: str) -> tuple[Theme, tuple[str, ...]]:
    """The theme and warnings. An unknown theme is replaced by the default, with a warning."""
    try:
        return Theme.of(text), ()
    except InvalidInput as unknown:
        return Theme(), (f"{unknown} The usual one was taken.",)


def _inline(logo: Logo) -> str:
    return f"data:{logo.media_type};base64,{b64encode(logo.content).decode()}"


@lru_cache(maxsize=16)
def _environment(templates: str | None) -> SandboxedEnvironment:
    """A sandbox, in which templates can only read what they are given. Unknown names are errors, and texts are
    escaped."""
    ours = PackageLoader(__package__)
    loader = ours if templates is None else ChoiceLoader([FileSystemLoader(templates), ours])
    return SandboxedEnvironment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
