"""Invoices, previews, statements and reminders as documents, each as HTML and as PDF."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from os import PathLike, fspath

from attrs import field, frozen

from invoicecore.documents import pdf as engine
from invoicecore.documents.attachment import Attachment
from invoicecore.documents.file_names import invoice_name, statement_name
from invoicecore.documents.html import html_of
from invoicecore.documents.language import Localizer, localizer
from invoicecore.documents.paper import PaperSize, logo_svg, page_style, paper_data
from invoicecore.documents.view_model import AccountStatementView, PageView, ReminderView, StatementView
from invoicecore.documents.views import account_statement_view, invoice_view, reminder_view, statement_view
from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.queries.printable import Printable, PrintableAccountStatement, PrintableInvoice, PrintableStatement
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr
from invoicecore.values.theme import Theme

Folder = str | PathLike[str]


@frozen(slots=False, kw_only=True)
class Document:
    """One page of any length, as HTML and as PDF.

    `title` is a name for a window, `locale` the locale of the text. `file_name` is a name for files, without an ending:
    the same for the same document, and taken by every file system. It is the number of an invoice; where that cannot be
    a name, and for statements, a digest makes it one that no other document of the firm has.
    """

    title: str
    locale: str
    file_name: str
    _template: str = field(repr=False)
    _view: PageView = field(repr=False)
    _printable: Printable = field(repr=False)
    _made_on: date | None = field(repr=False)
    _paper_size: PaperSize = field(repr=False)
    _folder: str | None = field(repr=False)

    @cached_property
    def html(self) -> str:
        """The page of HTML, with style and logo inside, without scripts and without anything to fetch."""
        theme, _ = self._theme
        return html_of(
            self._template, self._view, self._printable, self._language, theme, self._paper_size, self._folder
        )

    def pdf(self, standard: str | None = None, attachments: Iterable[Attachment] = ()) -> bytes:
        """The same page as PDF, tagged, with title, language and author; always the same bytes on the same machine.

        By default it is accessible by PDF/UA-1, unless it has letters for which there is no font. `standard` names
        others, joined by +: `a-3a+ua-1` is archivable, accessible and may have attachments of any kind.

        CannotPrint if typst or a font is not installed, in a process that was forked after a PDF was made, and if a
        standard was asked for and a letter has no font. InvalidInput for an unknown standard, and one that does not
        allow what the page has.
        """
        files = [inputs.instance("An attachment", file, Attachment) for file in attachments]
        if standard is None and not files:
            return self._printed.pdf
        return self._printer(files).print_by(engine.USUAL_STANDARD if standard is None else standard)

    def digest(self, standard: str | None = None) -> str:
        """A digest of all that decides the bytes of the PDF without attachments, such as the data, the templates, typst
        and the families of fonts; it costs a tenth of the PDF. CannotPrint if typst or a font is not installed."""
        return self._printer(()).digest(standard)

    @property
    def has_list_apart(self) -> bool:
        """Whether a list is so long that the page adds it up, and `list_csv` alone has all of it."""
        match self._view:
            case StatementView(movements=movements):
                return bool(movements.explanation)
            case AccountStatementView(movements=movements, items=items):
                return bool(movements.explanation or items.explanation)
            case view:
                listed = getattr(view, "sessions", None)
                return listed is not None and bool(listed.explanation)

    @property
    def page_warnings(self) -> tuple[str, ...]:
        """The `warnings` that do not need a PDF."""
        _, warnings = self._theme
        if self._language.is_spoken:
            return warnings
        return (*warnings, f"There are no words for the locale {self.locale!r} yet; they are in English.")

    @property
    def warnings(self) -> tuple[str, ...]:
        """Problems to check before sending, in words: an unknown theme, a language without translation, and characters
        for which this machine has no font.

        Missing characters are known only after the page was converted to PDF, so this costs as much as `pdf`, once for
        both. Without the extra `pdf` they stay unknown; the reader's browser has its own fonts.
        """
        return (*self.page_warnings, *(self._printed.warnings if engine.can_print() else ()))

    @cached_property
    def list_csv(self) -> str:
        """The sessions of an invoice, or what a statement lists, as CSV; also where that is so much that the page adds
        it up. Under headers in the client's language, days are as in 2026-03-02, times as in
        1:30:00, money has a point. Blank for a reminder."""
        from invoicecore.documents import list_csv as lists  # brings all exports with it

        if isinstance(self._view, ReminderView):
            return ""
        match self._printable:
            case PrintableStatement() as printable:
                return lists.movements_csv(printable, self._language)
            case PrintableAccountStatement() as printable:
                return lists.account_csv(printable, self._language)
            case printable:
                return lists.sessions_csv(printable, self._language)

    @cached_property
    def _printed(self) -> engine.PrintedPage:
        return self._printer(()).print()

    def _printer(self, attachments: Sequence[Attachment]) -> engine.Printer:
        theme, _ = self._theme
        logo = self._printable.logo
        return engine.Printer(
            self._template,
            paper_data(self._view, self._language, attachments),
            page_style(self._view.head, theme, logo, self._paper_size),
            None if logo is None else logo_svg(logo),
            self._folder,
            self._made_on,
        )

    @property
    def _language(self) -> Localizer:
        return localizer(self.locale)

    @cached_property
    def _theme(self) -> tuple[Theme, tuple[str, ...]]:
        """The theme and warnings. An unknown theme is replaced by the default, with a warning."""
        try:
            return Theme.of(self._printable.parties.theme), ()
        except InvalidInput as unknown:
            return Theme(), (f"{unknown} The usual one was taken.",)


def invoice(
    printable: PrintableInvoice,
    *,
    paper_size: PaperSize | str = PaperSize.A4,
    sessions: bool = True,
    templates: Folder | None = None,
) -> Document:
    """A finished invoice, as `desk.invoices.printable` returns it. InvalidState for a draft.

    With `sessions`, each session is listed below the summary; more than 2,000 are added up by day, and `list_csv` has
    them all. `templates` is a folder whose templates replace those of
    the library: `invoice.html`, `page.html`, `page.css` and so on for HTML, `invoice.typ`, `page.typ`, `style.typ` and
    so on for PDF.
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
    """The movements of an account, work and what it drew on, as `desk.accounts.printable_statement` returns them. More
    than 2,000 are added up by day, and `list_csv` has them all. See `invoice` for `templates`."""
    inputs.instance("printable", printable, PrintableStatement)
    view = statement_view(printable, localizer(printable.parties.locale))
    name = statement_name(printable)
    return _document("statement", name, view, printable, printable.issued_on, paper_size, templates)


def account_statement(
    printable: PrintableAccountStatement, *, paper_size: PaperSize | str = PaperSize.A4, templates: Folder | None = None
) -> Document:
    """A statement of account, as `desk.accounts.printable_account_statement` returns it: invoices, payments, the
    balance due, and what is open with its age. Of each list, more than 2,000 are added up, and `list_csv` has them all.
    See `invoice` for `templates`."""
    inputs.instance("printable", printable, PrintableAccountStatement)
    view = account_statement_view(printable, localizer(printable.parties.locale))
    name = statement_name(printable)
    return _document("account_statement", name, view, printable, printable.issued_on, paper_size, templates)


def reminder(
    printable: PrintableInvoice,
    as_of: date,
    *,
    paper_size: PaperSize | str = PaperSize.A4,
    templates: Folder | None = None,
) -> Document:
    """A friendly letter about an invoice that is overdue on that day. InvalidState for any other. See `invoice` for
    `templates`."""
    late = days_late(inputs.instance("printable", printable, PrintableInvoice), as_of)
    view = reminder_view(printable, localizer(printable.parties.locale), as_of, late)
    name = f"reminder-{invoice_name(printable.invoice)}-{as_of}"
    return _document("reminder", name, view, printable, as_of, paper_size, templates)


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
    view = invoice_view(printable, localizer(printable.parties.locale), sessions=sessions)
    name = invoice_name(printable.invoice)
    return _document("invoice", name, view, printable, printable.invoice.issued_on, paper_size, templates)


def _document(
    template: str,
    file_name: str,
    view: PageView,
    printable: Printable,
    made_on: date | None,
    paper_size: PaperSize | str,
    templates: Folder | None,
) -> Document:
    if paper_size not in [*PaperSize]:
        raise InvalidInput(f"paper_size must be {' or '.join(PaperSize)}, not {short_repr(paper_size)}.")
    return Document(
        title=view.head.title,
        locale=printable.parties.locale,
        file_name=file_name,
        template=template,
        view=view,
        printable=printable,
        made_on=made_on,
        paper_size=PaperSize(paper_size),
        folder=None if templates is None else fspath(templates),
    )
