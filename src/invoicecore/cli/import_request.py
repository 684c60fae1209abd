"""The common parameters of `bill` and `import`: a file, its options, and the books."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from invoicecore import Billing, Desk, Firm
from invoicecore.cli.program import CommandInterrupted
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.terms import TermsOptions
from invoicecore.importer import (
    ImportOptions,
    ImportResult,
    MissingOption,
    Plan,
    Reading,
    SimilarRule,
    apply,
    open_export,
    plan,
)
from invoicecore.ports.clock import Clock
from invoicecore.ports.store import Storage
from invoicecore.values.locales import USUAL


@frozen(kw_only=True)
class ImportRequest:
    """Which file is to be imported, and how. `firm` is what the firm is called, and `locale` how its invoices are
    written, if the books are begun."""

    file: Path | bytes
    format: str | None = None
    options: ImportOptions = ImportOptions()
    terms: TermsOptions = TermsOptions()
    rates: Mapping[str, str] = field(factory=dict)
    similar: SimilarRule | None = None
    currency: str | None = None
    firm: str | None = None
    locale: str = USUAL

    @property
    def zone(self) -> str:
        """The zone of the file's times and, if the books are begun, of the firm's days."""
        return self.options.timezone or "UTC"

    @property
    def over_limit_reason(self) -> str:
        """What the books store as the reason of work past the stop: the name of the file, so that no sentence of one
        language is stored."""
        name = "" if isinstance(self.file, bytes) else os.fsencode(self.file.name).decode(errors="replace").strip()
        return name or "import"

    def open(self) -> Reading:
        """The file, ready to be read."""
        return open_export(self.file, format=self.format, options=self.options)

    def new_firm(self, currency: str | None) -> Firm:
        """The firm whose books are begun. MissingOption where nothing says its currency."""
        if currency is None:
            raise MissingOption("currency", None, None, "in which currency are the books to be kept?")
        return Firm(name=self.firm or "Timesheet", currency=currency, timezone=self.zone, locale=self.locale)

    def plan(self, desk: Desk, currencies: Sequence[str], **how: Any) -> Plan:
        """What would be done at a desk, with the terms in those currencies for new clients."""
        for currency in currencies:
            self.terms.hourly(currency)  # refused by the name of its option
        with ProgressBar(self._lines(), "Planning") as bar:
            return plan(
                desk,
                self.file,
                format=self.format,
                options=self.options,
                rate=self.terms.rate,
                rates=self.rates,
                similar=self.similar,
                terms=[self.terms.terms(currency) for currency in currencies],
                progress=bar.advance_to,
                **how,
            )

    def _lines(self) -> int | None:
        """About how many rows the file has: the lines after the header of a table of text; None for any other file."""
        content = self.file if isinstance(self.file, bytes) else self.file.read_bytes()
        return None if content.startswith((b"[", b"PK")) else max(1, len(content.splitlines()) - 1)

    def look(self, books: Desk | None, **how: Any) -> tuple[Desk, Plan]:
        """The plan of the file at the desk of the books, or of empty ones that nobody keeps where there are none."""
        if books is None:
            books = Billing.in_memory(self.new_firm(self.currency or self.open().currency)).as_owner()
        currency = self.currency or books.firm.settings().currency
        return books, self.plan(books, [currency], currency=self.currency, **how)


def apply_plan(desk: Desk, plan: Plan, **how: Any) -> ImportResult:
    """Do what a plan says."""
    with ProgressBar(plan.total.entries, "Recording") as bar:
        try:
            return apply(desk, plan, progress=lambda done, _: bar.advance_to(done), **how)
        except KeyboardInterrupt as interrupted:
            done = f"{bar.done} of {plan.total.entries} entries are dealt with and stay"
            raise CommandInterrupted(f"Interrupted. {done}; the same command goes on from there.") from interrupted


def begin_books(storage: Storage, desk: Desk, plan: Plan, clock: Clock | None = None) -> tuple[Desk, Plan]:
    """Begin the books of the firm for which a plan was made on empty books that nobody keeps."""
    billing = Billing.create(storage, desk.firm.settings(), clock=clock)
    return billing.as_owner(), evolve(plan, firm_id=billing.firm_id)
