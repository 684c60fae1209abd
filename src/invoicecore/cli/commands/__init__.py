"""The commands of the command line."""

import click
from rich.console import Console

from invoicecore.cli import demo
from invoicecore.cli.commands.bill import bill_command
from invoicecore.cli.commands.close import close_command
from invoicecore.cli.commands.database import database_commands, verify_command
from invoicecore.cli.commands.handing_over import export_command, remove_command, restore_command
from invoicecore.cli.commands.moving import import_command
from invoicecore.cli.printing import print_story
from invoicecore.cli.tables import Words


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def program() -> None:
    """Bill for time: prepaid balances, refills, and invoices that lock the work they hold."""


@program.command("demo", short_help="A short story with figures.")
def demo_command() -> None:
    """Tell a short story on built-in data: refill, stop, part payment, revert, void and utilization."""
    print_story(demo.tell(), Console(highlight=False), Words())


for _command in (
    *(bill_command, import_command, export_command, restore_command, remove_command),
    *(close_command, verify_command, database_commands),
):
    program.add_command(_command)
