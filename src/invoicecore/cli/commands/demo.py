"""The command `demo`."""

import click
from rich.console import Console

from invoicecore.cli import demo
from invoicecore.cli.json_shapes import TEXT, array_of, object_of
from invoicecore.cli.printing import print_story
from invoicecore.cli.program import Answer, AnsweringCommand
from invoicecore.cli.tables import Words


@click.command(
    "demo",
    cls=AnsweringCommand,
    gives=array_of(object_of(title=TEXT, text=TEXT)),
)
def demo_command() -> Answer:
    """Tell a short story on built-in data: refill, stop, part payment, revert, void and utilization."""
    steps = list(demo.tell())

    def show(console: Console) -> None:
        print_story(steps, console, Words())

    return Answer(value=[{"title": step.title, "text": step.text} for step in steps], show=show)
