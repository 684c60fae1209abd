"""The commands `invoice list`, `show`, `draft`, `generate`, `manual`, `send`, `write-off`, `void`, `revert`, `delete`
and `print`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from invoicecore import (
    Cover,
    Debt,
    Deposit,
    Desk,
    Draft,
    Invoice,
    InvoicePage,
    InvoiceRow,
    Money,
    OnVoid,
    Page,
    Period,
    Status,
    label,
)
from invoicecore.cli import names, options
from invoicecore.cli.json_shapes import FILES
from invoicecore.cli.mailing import MAILED, Mailing, changed_after_mail, mailing
from invoicecore.cli.open_books import on_books
from invoicecore.cli.printed import folder, printed, what_is_missing
from invoicecore.cli.program import Answer, CommandGroup, CommandRefused, ExitCode
from invoicecore.cli.tables import Words, figures, print_card, print_table, say, status_text
from invoicecore.cli.tables import names as words
from invoicecore.cli.terms import OptionRefused


@click.group("invoice", cls=CommandGroup)
def invoice_commands() -> None:
    """Invoices, named by their number. A draft is named by its client, or by the id that `invoice list` shows."""


def _issued(command: Callable[..., Any]) -> Callable[..., Any]:
    """The dates on the paper."""
    command = options.day("--due", "Another due date than the usual one.", alias="due_on")(command)
    command = click.option("--out-of-order", is_flag=True, help="The date may be before that of the latest invoice.")(
        command
    )
    return options.day("--date", "The date of the invoice; today if not given.", alias="issued_on")(command)


@invoice_commands.command("list", gives=Page[InvoiceRow], short_help="List the invoices.")
@click.option("--client", metavar="CLIENT", help="To this client.")
@click.option("--status", type=click.Choice([it.value for it in Status]), multiple=True, help="In this status.")
@click.option("--overdue", is_flag=True, help="Past their due date.")
@click.option("--search", default="", metavar="TEXT", help="With this in the number or the name.")
@options.period
@options.paged
@on_books
def list_command(
    desk: Desk, client: str | None, status: tuple[str, ...], period: Period | None, **wanted: Any
) -> Answer:
    """List the invoices, those first that were made first; with --month or --from those that were issued then."""
    page = desk.pages.invoices(
        client_id=None if client is None else names.client_called(desk, client).id,
        statuses=[Status(it) for it in status] or None,
        period=period,
        totals=True,
        **wanted,
    )
    money = Words(desk.firm.settings().locale)
    return Answer(value=page, show=lambda console: _show_list(page, console, money), remarks=options.rest_of(page))


def _show_list(page: Page[InvoiceRow], console: Console, money: Words) -> None:
    assert page.totals is not None  # as they were asked for
    columns = [
        words("Number"),
        words("Client"),
        words("Status"),
        words("Date"),
        figures("Total", "\n".join(map(money.money, page.totals.amounts))),
        figures("Open", "\n".join(map(money.money, page.totals.amounts_due))),
    ]
    rows: list[list[str | Text]] = [
        [
            row.number or f"draft {row.id}",
            row.client.name,
            status_text(row.status),
            str(row.issued_on or ""),
            money.money(row.total),
            money.money(row.amount_due),
        ]
        for row in page.rows
    ]
    print_table(console, "", columns, rows)


@invoice_commands.command("show", gives=InvoicePage, short_help="Show an invoice.")
@names.invoice
@on_books
def show_command(desk: Desk, invoice: str) -> Answer:
    """Show an invoice, or a draft: lines, payments, what was done, and what can be done now."""
    page = desk.pages.invoice(names.draft_called(desk, invoice).id)
    money = Words(desk.firm.settings().locale)
    return Answer(value=page, show=lambda console: _show(page, console, money))


def _show(page: InvoicePage, console: Console, money: Words) -> None:
    invoice, called = page.invoice, {it.id: it.name for it in page.names}
    late = f", {page.days_overdue} days overdue" if page.days_overdue else ""
    print_card(
        console,
        f"{invoice.label} to {page.client.name}",
        {
            "Status": Text.assemble(status_text(invoice.status), late),
            "Kind": label(invoice.kind),
            "Period": None if invoice.selection is None else str(invoice.selection.period),
            "Date": str(invoice.issued_on or ""),
            "Due": str(invoice.due_on or ""),
            "Net": money.money(invoice.net) if invoice.taxes else None,
            "Tax": money.money(invoice.tax) if invoice.taxes else None,
            "Total": money.money(invoice.total),
            "Covered": money.money(invoice.covered) if invoice.covered.minor else None,
            "Paid": money.money(invoice.amount_paid) if invoice.amount_paid.minor else None,
            "Open": money.money(invoice.amount_due),
            "Notes": invoice.notes,
        },
    )
    lines = [
        [
            str(line.day or ""),
            line.description or called.get(line.project_id or "", ""),
            "" if line.duration is None else money.hours(line.duration),
            money.money(line.amount(invoice.currency)),
        ]
        for line in invoice.lines
    ]
    columns = [words("Day"), words(""), figures("Hours"), figures("Amount")]
    print_table(console, "", columns, lines)
    paid = [[str(it.received_on), it.method, it.reference or "", money.money(it.amount)] for it in page.payments]
    if paid:
        print_table(console, "Payments", [words("Day"), words(""), words("Reference"), figures("Amount")], paid)
    steps = [[f"{it.at:%Y-%m-%d}", label(it.action), it.by.name, it.note] for it in page.history]
    print_table(console, "History", [words("Day"), words(""), words("Who"), words("Note")], steps)
    allowed = ", ".join(label(it.action) for it in page.actions if it.allowed)
    say(console, f"\nPossible now: {allowed}.")


@invoice_commands.command("draft", gives=Draft, short_help="Make a draft of the work of some days.")
@names.client
@options.period
@click.option("--project", metavar="PROJECT", multiple=True, help="Only this project; several times.")
@click.option("--ask-for-all", is_flag=True, help="Ask for all of the work, also for what is prepaid.")
@click.option("--notes", default="", metavar="TEXT", help="Printed for the client.")
@on_books
def draft_command(
    desk: Desk, client: str, period: Period | None, project: tuple[str, ...], ask_for_all: bool, notes: str
) -> Answer:
    """Make a draft of what CLIENT's work costs that no invoice holds. `invoice generate` makes it an invoice."""
    draft = desk.invoices.draft(
        names.client_called(desk, client).id,
        _needed(period),
        projects=[names.project_called(desk, it).id for it in project] or None,
        cover=Cover.NOTHING if ask_for_all else Cover.AVAILABLE,
        notes=notes,
    )
    return Answer(value=draft, show=_told(desk, draft.invoice, "is made"))


def _needed(period: Period | None) -> Period:
    if period is None:
        raise OptionRefused("--month", "say which days: --month, or --from and --until.")
    return period


@invoice_commands.command("generate", gives=Invoice, short_help="Make an invoice of a draft.")
@names.draft
@_issued
@click.option("--latest", "use_latest", is_flag=True, help="Take the work as it is now, if it has changed.")
@on_books
def generate_command(desk: Desk, invoice: str, **given: Any) -> Answer:
    """Make an invoice of DRAFT: it gets its number, and its work is locked."""
    made = desk.invoices.generate(names.draft_called(desk, invoice).id, **given)
    return Answer(value=made, show=_told(desk, made, "is generated"), remarks=what_is_missing([made]))


@invoice_commands.command("manual", gives=Invoice, short_help="Ask for an amount.")
@names.client
@options.argument("amount", options.number, metavar="AMOUNT")
@click.argument("description")
@click.option("--not-deposited", is_flag=True, help="Its payments do not raise the balance, as for expenses.")
@click.option("--number", metavar="NUMBER", help="A number of its own, which no invoice ever had.")
@click.option("--notes", default="", metavar="TEXT", help="Printed for the client.")
@_issued
@on_books
def manual_command(desk: Desk, client: str, amount: str, description: str, not_deposited: bool, **given: Any) -> Answer:
    """Ask CLIENT for an AMOUNT, such as a payment in advance. DESCRIPTION is the line on the invoice."""
    owner = names.client_called(desk, client)
    deposit = Deposit.NOT_DEPOSITED if not_deposited else Deposit.TO_BALANCE
    asked = Money.of(amount, owner.currency)
    made = desk.invoices.manual(owner.id, asked, deposit=deposit, description=description, **given)
    return Answer(value=made, show=_told(desk, made, "is generated"), remarks=what_is_missing([made]))


@invoice_commands.command("send", gives=(Invoice, MAILED), short_help="Mail an invoice; it is due then.")
@names.invoice
@mailing
@click.option("--by-hand", is_flag=True, help="You sent it in another way: nothing is mailed, and it is due.")
@click.option("--again", is_flag=True, help="Mail it although it was sent before.")
@on_books
def send_command(desk: Desk, invoice: str, mailing: Mailing, by_hand: bool, again: bool) -> Answer:
    """Mail an invoice to the contacts of the client who may see it, as PDF with a short letter in their language, and
    say that it is due."""
    found = names.invoice_numbered(desk, invoice)
    is_new = found.status is Status.GENERATED
    if by_hand:
        made = desk.invoices.set_due(found.id)
        return Answer(value=made, show=_told(desk, made, "is due"))
    if not (is_new or again or mailing.dry_run or mailing.file):
        message = f"{found.label} is {found.status} already; --again mails it once more."
        raise CommandRefused(message, ExitCode.REFUSED)
    from invoicecore.documents import letters  # of an extra that may not be installed

    mailed = mailing.mail(desk, found, letters.invoice(desk.invoices.printable(found.id)))
    if mailed.is_sent and is_new:
        made = changed_after_mail(found, desk.invoices.set_due)
        return mailed.answer(made, f" and due on {made.due_on}")
    hint = f"; `invoice send {found.label} --by-hand` says that it was" if is_new else ""
    return mailed.answer(found, hint if mailed.file else "")


@invoice_commands.command("write-off", gives=Invoice, short_help="Give up an invoice that nobody will pay.")
@names.invoice
@click.option("--forgive", is_flag=True, help="The client owes it no more; the balance rises by it.")
@on_books
def write_off_command(desk: Desk, invoice: str, forgive: bool) -> Answer:
    """Give up an invoice that nobody will pay: it is uncollectible. The client still owes it, unless --forgive."""
    debt = Debt.FORGIVE if forgive else Debt.KEEP
    made = desk.invoices.set_uncollectible(names.invoice_numbered(desk, invoice).id, debt=debt)
    return Answer(value=made, show=_told(desk, made, "is written off"))


@invoice_commands.command("void", gives=Invoice, short_help="Cancel an invoice.")
@names.invoice
@click.option("--note", metavar="TEXT", required=True, help="Why; for yourself.")
@click.option("--take-back", is_flag=True, help="Its payments go back; without this they are the client's credit.")
@on_books
def void_command(desk: Desk, invoice: str, note: str, take_back: bool) -> Answer:
    """Cancel an invoice. It stays on record, and its work can be billed anew."""
    payments = OnVoid.REVERSE if take_back else OnVoid.KEEP
    made = desk.invoices.void(names.invoice_numbered(desk, invoice).id, note=note, payments=payments)
    return Answer(value=made, show=_told(desk, made, "is void"))


@invoice_commands.command("revert", gives=Invoice, short_help="Take an invoice back to draft.")
@names.invoice
@on_books
def revert_command(desk: Desk, invoice: str) -> Answer:
    """Take an invoice that was not sent yet back to draft; it keeps its number."""
    made = desk.invoices.revert(names.invoice_numbered(desk, invoice).id)
    return Answer(value=made, show=_told(desk, made, "is a draft again"))


@invoice_commands.command("delete", gives=None, short_help="Throw a draft away.")
@names.draft
@click.option("--note", metavar="TEXT", help="Why, where the draft has a number, which stays on record.")
@on_books
def delete_command(desk: Desk, invoice: str, note: str | None) -> Answer:
    """Throw DRAFT away."""
    found = names.draft_called(desk, invoice)
    desk.invoices.delete(found.id, note=note)
    return Answer(value=None, show=lambda console: say(console, f"{found.label} is thrown away."))


@invoice_commands.command("print", gives=FILES, short_help="Write invoices as PDF and HTML.")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@folder
@on_books
def print_command(desk: Desk, numbers: tuple[str, ...], folder: Path) -> Answer:
    """Write invoices, or drafts to look at, as PDF and HTML into a folder."""
    ids = [names.draft_called(desk, it).id for it in numbers]
    papers = [desk.invoices.printable(it) for it in ids]
    return printed([(paper.invoice.number or "draft", paper) for paper in papers], folder)


def _told(desk: Desk, invoice: Invoice, what: str) -> Callable[[Console], None]:
    """One line of what became of an invoice."""
    money = Words(desk.firm.settings().locale)
    due = "" if invoice.due_on is None or not invoice.amount_due.minor else f", due on {invoice.due_on}"
    open_amount = "" if invoice.amount_due == invoice.total else f", open: {money.money(invoice.amount_due)}"
    total = money.money(invoice.total)
    return lambda console: say(console, f"{invoice.label} {what}: {total}{open_amount}{due}.")
