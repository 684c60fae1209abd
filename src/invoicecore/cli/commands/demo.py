"""The command `demo`, which shows a short story."""

import click
from rich.console import Console

from invoicecore.cli import demo
from invoicecore.cli.printing import print_story
from invoicecore.cli.tables import Words


@click.command("demo", short_help="A short story with figures.")
def demo_command() -> None:
    """Tell a short story on built-in data: refill, stop, part payment, revert, void and utilization."""
    print_story(demo.tell(), Console(highlight=False), Words())
