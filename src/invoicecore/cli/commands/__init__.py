"""The commands of the command line."""

import click
from rich.console import Console

import invoicecore
from invoicecore.cli import demo
from invoicecore.cli.commands.account import forecast_command, owed_command, remind_command, statement_command
from invoicecore.cli.commands.bill import bill_command
from invoicecore.cli.commands.client import client_commands
from invoicecore.cli.commands.close import close_command
from invoicecore.cli.commands.database import database_commands, verify_command
from invoicecore.cli.commands.firm import init_command, settings_command
from invoicecore.cli.commands.handing_over import export_command, remove_command, restore_command
from invoicecore.cli.commands.invoice import invoice_commands
from invoicecore.cli.commands.moving import import_command
from invoicecore.cli.commands.payment import credit_command, pay_command
from invoicecore.cli.commands.project import project_commands
from invoicecore.cli.commands.work import log_command, start_command, stop_command, work_command
from invoicecore.cli.commands.worker import worker_command
from invoicecore.cli.json_shapes import TEXT, array_of, object_of
from invoicecore.cli.printing import print_story
from invoicecore.cli.program import Answer, Program
from invoicecore.cli.tables import Words


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Books are in a file or a database: --store books.db, or INVOICECORE_STORE=books.db.",
)
@click.version_option(invoicecore.__version__, message="invoicecore %(version)s")
def program() -> None:
    """Bill for time: prepaid balances, refills, and invoices that lock the work they hold."""


@program.command("demo", gives=array_of(object_of(title=TEXT, text=TEXT)), short_help="A short story with figures.")
def demo_command() -> Answer:
    """Tell a short story on built-in data: refill, stop, part payment, revert, void and utilization."""
    steps = list(demo.tell())

    def show(console: Console) -> None:
        print_story(steps, console, Words())

    return Answer(value=[{"title": step.title, "text": step.text} for step in steps], show=show)


for _command in (
    *(init_command, settings_command, client_commands, project_commands),
    *(log_command, start_command, stop_command, work_command),
    *(import_command, bill_command, invoice_commands, pay_command, credit_command),
    *(owed_command, remind_command, statement_command, forecast_command, close_command),
    *(export_command, restore_command, remove_command, verify_command, database_commands, worker_command),
):
    program.add_command(_command)
