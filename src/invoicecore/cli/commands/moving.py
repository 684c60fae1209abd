"""How does the export of a time tracker come into books that are kept?"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from attrs import asdict, evolve, frozen
from rich.console import Console

from invoicecore import Billing, Desk, Firm, importer
from invoicecore.cli import options
from invoicecore.cli.open_books import kept_at, only_firm
from invoicecore.cli.plan import Plan, terms_of
from invoicecore.cli.print_plan import print_applied, print_plan
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.tables import Words

_REASON = "Imported: the work was done already."


@frozen(kw_only=True)
class _Wanted:
    """What was asked for: which file is to come in, and how."""

    file: Path
    format: str | None
    answers: importer.ImportOptions
    rate: Decimal | None
    currency: str | None
    terms: Plan
    over_limit: bool
    skip_invoiced: bool
    keep: bool
    firm: str | None
    locale: str

    def plan(self, desk: Desk) -> importer.Plan:
        """What would be done at a desk."""
        terms = terms_of(self.terms, self.currency or desk.firm.settings().currency)
        with ProgressBar(None, "Planning") as waiting:
            return importer.plan(
                desk,
                self.file,
                format=self.format,
                answers=self.answers,
                rate=self.rate,
                currency=self.currency,
                terms=terms,
                over_limit=self.over_limit,
                reason=_REASON if self.over_limit else "",
                update=not self.keep,
                skip_invoiced=self.skip_invoiced,
                progress=waiting.reach,
            )

    def new_firm(self) -> Firm:
        """The firm, where the books are begun. OpenQuestion where nothing says its currency."""
        reading = importer.open_export(self.file, format=self.format, answers=self.answers)
        currency = self.currency or reading.currency
        if currency is None:
            raise importer.MissingOption("currency", None, None, "in which currency are the books to be kept?")
        return Firm(
            name=self.firm or "Timesheet",
            currency=currency,
            timezone=self.answers.timezone or "UTC",
            locale=self.locale,
        )


@click.command("import", short_help="Take the export of a time tracker into books that are kept.")
@options.file
@options.format
@options.timezone("The zone of the file's times, such as America/New_York.")
@options.answers
@options.rate
@options.currency
@options.terms
@click.option("--over-limit", is_flag=True, help="Record work also where it is stopped: it was done already.")
@click.option("--skip-invoiced", is_flag=True, help="Leave out what the tracker has invoiced.")
@click.option("--keep", is_flag=True, help="Leave sessions as they are that were changed in the tracker since.")
@click.option("--dry-run", is_flag=True, help="Only show what would be done; nothing is written.")
@options.store("The books, in a database such as sqlite:///books.db.", required=True)
@options.firm("What the firm is called, if its books are begun.")
@options.locale
@options.as_json
def import_command(
    file: Path,
    format: str | None,
    rate: str | None,
    currency: str | None,
    over_limit: bool,
    skip_invoiced: bool,
    keep: bool,
    dry_run: bool,
    store: str,
    firm: str | None,
    locale: str,
    wants_json: bool,
    **said: Any,
) -> None:
    """Take the work in FILE, the export of a time tracker, into the books at a URL, or begin them with it.

    What is there already is not recorded again. What was changed in the tracker since is changed here too, unless an
    invoice holds it. People, clients and projects that are new are made; --allowed and --refill-… are the terms of new
    clients. A file with any refused row changes nothing.
    """
    with options.refusing(file):
        wanted = _Wanted(
            file=file,
            format=format,
            answers=options.answers_of(said),
            rate=None if rate is None else Decimal(rate),
            currency=currency,
            terms=Plan(rate=rate, **{name: said[name] for name in options.TERMS}),
            over_limit=over_limit,
            skip_invoiced=skip_invoiced,
            keep=keep,
            firm=firm,
            locale=locale,
        )
        plan, applied = _imported(wanted, store, dry_run=dry_run)
    if wants_json:
        data = {"plan": importer.dump_plan(plan), "applied": None if applied is None else asdict(applied)}
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        console, words = Console(highlight=False), Words(locale)
        print_plan(plan, console, words)
        print_applied(plan, applied, console)
    if not plan.is_sound:
        raise click.exceptions.Exit(1)


def _imported(wanted: _Wanted, store: str, *, dry_run: bool) -> tuple[importer.Plan, importer.ImportResult | None]:
    """The plan, and what was done; nothing is where nothing is to be done, or a row is refused."""
    with kept_at(store, looks_only=dry_run) as storage:
        kept = only_firm(storage, named=wanted.firm)
        billing = kept or Billing.in_memory(wanted.new_firm())  # where none is kept, none is begun by looking
        desk = billing.as_owner()
        plan = wanted.plan(desk)
        if dry_run or not plan.is_sound:
            return plan, None
        if kept is None:
            assert storage is not None  # it is None only for those who look
            begun = Billing.create(storage, desk.firm.settings())
            desk, plan = begun.as_owner(), evolve(plan, firm_id=begun.firm_id)  # as empty as the one that was looked at
        with ProgressBar(plan.total.entries, "Importing") as waiting:
            return plan, importer.apply(desk, plan, progress=lambda done, _: waiting.reach(done))
