"""The command `worker`: it hands over the messages of all firms, and does what is due, until it is stopped."""

import signal
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from invoicecore.cli.json_shapes import COUNT, object_of
from invoicecore.cli.open_books import storage_at, store, there
from invoicecore.cli.program import Answer, AnsweringCommand
from invoicecore.cli.tables import count, say
from invoicecore.cli.terms import OptionRefused
from invoicecore.worker import Worker, WorkerRound


@click.command(
    "worker",
    cls=AnsweringCommand,
    gives=object_of(delivered=COUNT, refills=COUNT, overdue=COUNT),
)
@store
@click.option(
    "--notifier",
    metavar="MODULE:NAME",
    required=True,
    help="What takes the messages: an object with a method `notify`, or what makes one when it is called.",
)
@click.option(
    "--tax-decider",
    metavar="MODULE:NAME",
    help="What chooses the tax codes of refills: an object with a method `tax_code`, or what makes one.",
)
@click.option("--once", is_flag=True, help="Do what waits now, and end.")
def worker_command(store: str | None, notifier: str, tax_decider: str | None, once: bool) -> Answer:
    """Hand over the messages of all firms in the database, ask for refills that are due, and mark invoices as overdue.

    It goes on until it gets SIGTERM or Ctrl-C, and finishes what is in hand then. Several may run at once.
    """
    done = {"delivered": 0, "refills": 0, "overdue": 0}

    def report(it: WorkerRound) -> None:
        for name in done:
            done[name] += getattr(it, name)
        for firm_id, error in it.failed:
            click.echo(f"{firm_id or 'the store'}: {type(error).__name__}: {error}", err=True)

    takes = _named("--notifier", notifier, "notify")
    decides = None if tax_decider is None else _named("--tax-decider", tax_decider, "tax_code")
    with closing(storage_at(there(store))) as storage:
        worker = Worker(storage, takes, tax_decider=decides)
        before = {it: signal.signal(it, lambda *_: worker.stop()) for it in (signal.SIGTERM, signal.SIGINT)}
        try:
            if once:
                report(worker.round())
            else:
                worker.run(report=report)
        finally:
            for it, handler in before.items():
                signal.signal(it, handler)

    def show(console: Console) -> None:
        messages, refills = count(done["delivered"], "message", "messages"), count(done["refills"], "refill", "refills")
        overdue = count(done["overdue"], "invoice", "invoices")
        say(console, f"{messages} handed over, {refills} asked for, {overdue} marked as overdue.")

    return Answer(value=done, show=show)


def _named(option: str, place: str, method: str) -> Any:
    """The object at a place such as `mail:notifier`, which has a method. OptionRefused if there is none."""
    module, colon, name = place.partition(":")
    if not (module and colon and name):
        raise OptionRefused(option, "give a module and a name in it, such as mail:notifier.")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError) as missing:
        raise OptionRefused(option, f"there is no {name} in {module}: {missing}.") from missing
    if callable(found) and (isinstance(found, type) or not hasattr(found, method)):
        try:
            found = found()
        except TypeError as needs_more:
            raise OptionRefused(option, f"{place} cannot be called: {needs_more}.") from needs_more
    if not callable(getattr(found, method, None)):
        raise OptionRefused(option, f"{place} has no method `{method}`.")
    return found
