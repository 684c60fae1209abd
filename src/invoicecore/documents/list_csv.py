"""The sessions of an invoice and what a statement lists as CSV, for programs and for readers of long lists."""

import csv
from collections.abc import Iterable, Iterator
from datetime import timedelta
from io import StringIO

from invoicecore.documents.language import Localizer
from invoicecore.documents.views import kinds_of_dues, kinds_of_movements
from invoicecore.exporter import escape_formula
from invoicecore.queries.printable import PrintableAccountStatement, PrintableInvoice, PrintableStatement
from invoicecore.values.money import Money


def sessions_csv(printable: PrintableInvoice, language: Localizer) -> str:
    """The sessions of an invoice in its order, under headers in the client's language. See `_csv`."""
    return _csv(_sessions(printable, language))


def movements_csv(printable: PrintableStatement, language: Localizer) -> str:
    """The movements of a statement in its order, under headers in the client's language. See `_csv`."""
    return _csv(_movements(printable, language))


def account_csv(printable: PrintableAccountStatement, language: Localizer) -> str:
    """The rows of a statement of account in its order, each with the balance due after it, and then the open invoices,
    each with what is left to pay, under headers in the client's language. See `_csv`."""
    return _csv(_account(printable, language))


def _csv(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as CSV. Days are as in 2026-03-02, times as in 1:30:00, money has a point and an ASCII minus; texts go
    through `escape_formula`. Each row ends with CR and LF."""
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _sessions(printable: PrintableInvoice, language: Localizer) -> Iterator[tuple[str, ...]]:
    say, bill, names = language.say, printable.invoice, dict(printable.parties.names)
    yield (
        *(say("Date"), say("Project"), say("Person"), say("Description")),
        *(say("Time"), say("Rate per hour"), say("Amount"), say("Currency")),
    )
    for line in bill.lines:
        if line.session_id is not None:
            yield (
                "" if line.day is None else line.day.isoformat(),
                escape_formula(names[line.project_id] if line.project_id else ""),
                escape_formula(names[line.person_id] if line.person_id else ""),
                escape_formula(line.description),
                _clock(line.duration),
                "" if line.rate is None else str(line.rate.per_hour),
                str(Money(minor=line.minor, currency=bill.currency).amount),
                bill.currency,
            )


def _movements(printable: PrintableStatement, language: Localizer) -> Iterator[tuple[str, ...]]:
    say, kinds = language.say, kinds_of_movements(language.say)
    yield (
        *(say("Date"), say("Description"), say("Project"), say("Person"), say("Time"), say("Rate per hour")),
        *(say("Notes"), say("Amount"), say("Balance"), say("Currency")),
    )
    for row, cause in printable.rows:
        notes = (
            cause.note,
            cause.method,
            cause.reference,
            "" if row.note in (cause.note, cause.reference) else row.note,
        )
        yield (
            row.day(printable.statement.by).isoformat(),
            kinds[row.kind],
            escape_formula("" if cause.project is None else cause.project.name),
            escape_formula("" if cause.person is None else cause.person.name),
            _clock(cause.duration),
            "" if cause.rate is None else str(cause.rate.per_hour),
            escape_formula(" · ".join(filter(None, notes))),
            str(row.amount.amount),
            str(row.balance.amount),
            row.amount.currency,
        )


def _account(printable: PrintableAccountStatement, language: Localizer) -> Iterator[tuple[str, ...]]:
    say, kinds, statement = language.say, kinds_of_dues(language.say), printable.statement
    yield (
        *(say("Date"), say("Description"), say("Invoice"), say("Due date"), say("Notes")),
        *(say("Amount"), say("Balance due"), say("Amount due"), say("Currency")),
    )
    for row in statement.rows:
        yield (
            row.day.isoformat(),
            kinds[row.kind],
            escape_formula(row.name),
            "",
            escape_formula(" · ".join(filter(None, (row.method, row.reference)))),
            str(row.amount.amount),
            str(row.balance.amount),
            "",
            row.amount.currency,
        )
    for item in statement.open_items:
        yield (
            item.issued_on.isoformat(),
            say("Open invoice"),
            escape_formula(item.name),
            item.due_on.isoformat(),
            "",
            str(item.amount.amount),
            "",
            str(item.amount_due.amount),
            item.amount.currency,
        )


def _clock(duration: timedelta | None) -> str:
    """Hours, minutes and seconds, of which there may be parts."""
    if duration is None:
        return ""
    seconds, rest = divmod(duration, timedelta(seconds=1))
    minutes, seconds = divmod(seconds, 60)
    parts = f".{rest.microseconds:06}" if rest else ""
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}{parts}"
