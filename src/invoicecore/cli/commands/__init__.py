"""The commands of the command line."""

import click

from invoicecore.cli.commands.bill import bill_command
from invoicecore.cli.commands.database import database_commands
from invoicecore.cli.commands.demo import demo_command
from invoicecore.cli.commands.handing_over import export_command, restore_command
from invoicecore.cli.commands.moving import import_command
from invoicecore.cli.commands.verify import verify_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def program() -> None:
    """Bill for time: prepaid balances, refills, and invoices that lock the work they hold."""


for _command in (
    bill_command,
    import_command,
    export_command,
    restore_command,
    verify_command,
    database_commands,
    demo_command,
):
    program.add_command(_command)
