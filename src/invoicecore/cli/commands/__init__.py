"""The commands of the command line: where each is, and what it is for in a few words."""

from typing import Final

import click

from invoicecore.cli.program import Program

_PLACES: Final = {
    "adjust": ("account:adjust_command", "Move a client's balance by an amount."),
    "bill": ("bill:bill_command", "Bill an export, or a month."),
    "charge": ("charge:charge_commands", "Expenses, fees and discounts: add, list, edit, delete."),
    "client": ("client:client_commands", "Clients: add, edit, list, show."),
    "close": ("close:close_command", "What a month has, and what is open."),
    "credit": ("payment:credit_command", "Pay an invoice with credit."),
    "db": ("database:database_commands", "Look after the database that keeps books."),
    "demo": ("demo:demo_command", "A short story with figures."),
    "export": ("handing_over:export_command", "Write the books as a journal, tables, or one file that restores."),
    "forecast": ("account:forecast_command", "When a refill is asked for, and work stops."),
    "import": ("moving:import_command", "Take the export of a time tracker into books that are kept."),
    "init": ("firm:init_command", "Begin the books."),
    "invoice": ("invoice:invoice_commands", "Invoices: list, show, draft, generate, send, print, void, revert."),
    "log": ("work:log_command", "Record work that was done."),
    "owed": ("account:owed_command", "What is owed, and how late it is."),
    "pay": ("payment:pay_command", "Record a payment."),
    "payment": ("payment:payment_commands", "Payments: list, reverse."),
    "person": ("person:person_commands", "People: add, edit, list, assign, unassign."),
    "project": ("project:project_commands", "Projects: add, rate, list."),
    "remind": ("account:remind_command", "Mail a reminder of an invoice."),
    "remove": ("handing_over:remove_command", "Remove a firm that goes, after an archive of it was written."),
    "restore": ("handing_over:restore_command", "Put the books of an archive into an empty store."),
    "settings": ("firm:settings_command", "Show or change how the firm is set up."),
    "start": ("work:start_command", "Start a timer."),
    "statement": ("account:statement_command", "A client's account, to read or to print."),
    "stop": ("work:stop_command", "Stop the timer, and record the work."),
    "tax": ("firm:tax_command", "Show the tax codes, or set one."),
    "verify": ("database:verify_command", "Work out the books anew: are they sound?"),
    "work": ("work:work_commands", "Work: list, edit, delete."),
    "worker": ("worker:worker_command", "Hand over messages and sweep, for all firms, until stopped."),
}
"""Module and attribute of each command, and its short help."""


@click.group(
    cls=Program,
    places={name: (f"{__name__}.{place}", short_help) for name, (place, short_help) in _PLACES.items()},
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Books are in a file or a database: --store books.db, or INVOICECORE_STORE=books.db.",
)
@click.version_option(package_name="invoicecore", message="invoicecore %(version)s")
def program() -> None:
    """Bill for time: prepaid balances, refills, and invoices that lock the work they hold."""
