"""Renders invoices, statements and reminders from templates."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from os import PathLike, fspath
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from invoicecore.documents.charges import charges
from invoicecore.documents.document import Document, Format
from invoicecore.documents.language import Language, language_of
from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.ledger.statement import StatementRow
from invoicecore.lifecycle.invoice import Line, PartySnapshot
from invoicecore.queries.printable_statement import PrintableStatement
from invoicecore.queries.transactions import EntrySource
from invoicecore.settlement.printable import PrintableInvoice
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr
from invoicecore.values.logo import Logo
from invoicecore.values.money import Money
from invoicecore.values.theme import Font, Theme
from invoicecore.vocabulary import EntryKind, Status

# The first of them that is there is taken; letters that it lacks come from others of the machine.
_FONTS: Mapping[Font, str] = {
    Font.SANS: '"Noto Sans", "Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, '
    '"Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", sans-serif',
    Font.SERIF: '"Noto Serif", "Source Serif 4", Georgia, "Times New Roman", '
    '"Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Devanagari", "Noto Serif Thai", serif',
    Font.GROTESQUE: '"Helvetica Neue", Helvetica, "Liberation Sans", Arial, '
    '"Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", sans-serif',
}
_WIDTHS: Mapping[Format, str] = {Format.A4: "210mm", Format.LETTER: "216mm"}

Folder = str | PathLike[str]


def invoice(
    paper: PrintableInvoice, *, page: Format | str = Format.A4, sessions: bool = True, templates: Folder | None = None
) -> Document:
    """A finished invoice, as `desk.invoices.printable` gives it; a draft is refused, for it is no invoice yet.

    With `sessions` each session of the work is listed below. `templates` is a folder of one's own, whose templates go
    before those of the library: `invoice.html`, `page.html`, `page.css` and so on.
    """
    if inputs.instance("paper", paper, PrintableInvoice).is_preview:
        raise InvalidState("This is a draft; documents.preview shows it, and generating it makes it an invoice.")
    return _invoice(paper, page, sessions, templates)


def preview(
    paper: PrintableInvoice, *, page: Format | str = Format.A4, sessions: bool = True, templates: Folder | None = None
) -> Document:
    """A draft, as `desk.invoices.printable` gives it, marked as one; a finished invoice is refused. See `invoice`."""
    if not inputs.instance("paper", paper, PrintableInvoice).is_preview:
        raise InvalidState("This invoice is finished; documents.invoice prints it.")
    return _invoice(paper, page, sessions, templates)


def statement(
    paper: PrintableStatement, *, page: Format | str = Format.A4, templates: Folder | None = None
) -> Document:
    """A statement of account, as `desk.accounts.printable_statement` gives it. See `invoice` for `templates`."""
    inputs.instance("paper", paper, PrintableStatement)
    sheet = _Sheet(paper.parties, paper.logo, page, templates)
    say = sheet.language.say
    return sheet.drawn(
        "statement.html",
        say("Statement of account"),
        paper=paper,
        kinds=_kinds(say),
        details=lambda row, cause: _details(row, cause, sheet.language),
    )


def reminder(
    paper: PrintableInvoice, as_of: date, *, page: Format | str = Format.A4, templates: Folder | None = None
) -> Document:
    """A friendly letter on that day about an invoice whose due date has passed with something left to pay; any other is
    refused. See `invoice` for `templates`."""
    bill, late = inputs.instance("paper", paper, PrintableInvoice).invoice, days_late(paper, as_of)
    sheet = _Sheet(paper.parties, paper.logo, page, templates)
    title = f"{sheet.language.say('Payment reminder')} · {bill.number}"
    return sheet.drawn("reminder.html", title, paper=paper, as_of=as_of, late=late)


def days_late(paper: PrintableInvoice, as_of: date) -> int:
    """For how many days an invoice is overdue on a day. InvalidState if it is not."""
    inputs.day("as_of", as_of)
    bill = paper.invoice
    late = 0 if bill.due_on is None else (as_of - bill.due_on).days
    if late <= 0 or not bill.amount_due_minor:
        raise InvalidState(f"Nothing on {bill.label} is overdue on {as_of}: it has no reminder.")
    return late


def _invoice(paper: PrintableInvoice, page: Format | str, sessions: bool, templates: Folder | None) -> Document:
    inputs.yes_or_no("sessions", sessions)
    bill, sheet = paper.invoice, _Sheet(paper.parties, paper.logo, page, templates)
    say = sheet.language.say
    status = _statuses(say)[bill.status]
    return sheet.drawn(
        "invoice.html",
        " ".join(filter(None, (say("Invoice"), bill.number))),
        paper=paper,
        charges=charges(paper, say("Prepaid hours")),
        sessions=sessions,
        status=status,
        mark=status if bill.status in {Status.DRAFT, Status.VOID} else None,
        names=dict(paper.parties.names),
        amount=lambda line: _amount(line, bill.currency),
    )


def _amount(line: Line, currency: str) -> Money:
    return Money(line.minor, currency)


def _statuses(_: Callable[[str], str]) -> Mapping[Status, str]:
    """How clients read a status; the firm's own steps on the way are not theirs."""
    unpaid = _("Unpaid")
    return {
        Status.DRAFT: _("Draft"),
        Status.GENERATED: unpaid,
        Status.DUE: unpaid,
        Status.OVERDUE: unpaid,
        Status.PAID: _("Paid"),
        Status.UNCOLLECTIBLE: _("Written off"),
        Status.VOID: _("Void"),
    }


def _details(row: StatementRow, cause: EntrySource, language: Language) -> list[str]:
    """What there is to say of a movement below its kind, piece by piece."""
    pieces = ["" if row.work_day == row.booked_on else language.short_day(row.work_day)]
    if cause.person is not None:
        pieces += [cause.person.name, *_worked(row, cause, language)]
    else:
        pieces += [cause.method, cause.reference, "" if row.note == cause.reference else row.note]
    return [piece for piece in pieces if piece]


def _worked(row: StatementRow, cause: EntrySource, language: Language) -> list[str]:
    """How long, at which rate, and on what: of the work as it is now, so only where that is what was booked."""
    assert cause.duration is not None  # work has both
    assert cause.rate is not None
    if row.amount.minor != -cause.rate.minor_for(cause.duration):
        return []
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
    }


class _Sheet:
    """What all pages are drawn with: the language of the client, the firm's theme and head, the paper's size."""

    def __init__(self, parties: PartySnapshot, logo: Logo | None, page: Format | str, templates: Folder | None) -> None:
        if page not in [*Format]:
            raise InvalidInput(f"page must be {' or '.join(Format)}, not {short_repr(page)}.")
        self.language = language_of(parties.locale)
        self._letterhead = parties
        self._logo = logo
        self._page = Format(page)
        self._templates = None if templates is None else fspath(templates)

    def drawn(self, template: str, title: str, **content: Any) -> Document:
        """The page of a template."""
        theme, doubts = _theme(self._letterhead.theme)
        language, head = self.language, self._letterhead
        if not language.is_spoken:
            doubts = (*doubts, f"There are no words for the locale {head.locale!r} yet; they are in English.")
        told = {
            "parties": head,
            "logo": None if self._logo is None else _inline(self._logo),
            "language": language,
            "theme": theme,
            "fonts": Markup(_FONTS[theme.font]),  # within a style, where quotes are quotes
            "size": self._page.value,
            "width": _WIDTHS[self._page],
            "title": f"{title} · {head.firm_name}",
            "running": f"{head.firm_name} · {title}",
            "mark": None,
            **_said_by(language),
        }
        html = _environment(self._templates).get_template(template).render({**told, **content})
        return Document(f"{title} · {head.firm_name}", head.locale, html, doubts)


def _said_by(language: Language) -> Mapping[str, Callable[..., str]]:
    """What templates call to write in the language: each of its methods by its name, and `_` for words."""
    methods = (name for name, it in vars(Language).items() if callable(it) and not name.startswith("_"))
    return {"_": language.say, **{name: getattr(language, name) for name in methods}}


def _theme(text: str) -> tuple[Theme, tuple[str, ...]]:
    """The theme, or the usual one where the text of an earlier time is none, and then what to say about it."""
    try:
        return Theme.of(text), ()
    except InvalidInput as unknown:
        return Theme(), (f"{unknown} The usual one was taken.",)


def _inline(logo: Logo) -> str:
    return f"data:{logo.media_type};base64,{b64encode(logo.content).decode()}"


@lru_cache(maxsize=16)
def _environment(templates: str | None) -> SandboxedEnvironment:
    """Templates may look at what they are given and do nothing else; what is not there is an error, and each text is
    escaped."""
    ours = PackageLoader(__package__)
    loader = ours if templates is None else ChoiceLoader([FileSystemLoader(templates), ours])
    return SandboxedEnvironment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
