"""The papers that a command writes into a folder, what it says of them, and what is missing on them."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from invoicecore import Invoice
from invoicecore.cli.program import Answer, ExitCode
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.tables import print_line

if TYPE_CHECKING:
    from invoicecore.documents import Paper

folder: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--out",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder for the files; this one if not given.",
)
"""Where papers are written."""


def printed(papers: Sequence[tuple[str, "Paper"]], folder: Path) -> Answer:
    """Write papers, each with what its files are called, and answer with the files."""
    from invoicecore.cli import pages  # of an extra that may not be installed

    with ProgressBar(len(papers), "Printing") as bar:
        written = pages.write_papers(papers, folder, step=bar.advance)
    return Answer(
        value={"files": written.files},
        show=lambda console: print_line(console, "\n".join(written.files)),
        remarks=(*written.remarks, *written.failed),
        exit_code=ExitCode.REFUSED if written.failed else ExitCode.DONE,
    )


def what_is_missing(invoices: Iterable[Invoice]) -> tuple[str, ...]:
    """What nobody can do without and is not on the paper of invoices: addresses, and how to pay. Each time with the
    commands that help."""
    return tuple(filter(None, map(_missing, invoices)))


def _missing(invoice: Invoice) -> str:
    parties = invoice.parties
    if parties is None:
        return ""
    client = f'client edit "{parties.client_name}" --address TEXT'
    settings = "".join(
        f" --{option} TEXT"
        for option, known in (("address", parties.firm_contact), ("pay-to", parties.payment_instructions))
        if not known
    )
    commands = [*([f"settings{settings}"] if settings else []), *([] if parties.billing_address else [client])]
    if not commands:
        return ""
    lacks = {
        "address of yours": parties.firm_contact,
        "way to pay": parties.payment_instructions,
        f"address of {parties.client_name}": parties.billing_address,
    }
    missing = ", no ".join(what for what, known in lacks.items() if not known)
    again = [f"invoice revert {invoice.label}", f"invoice generate {invoice.label} --date {invoice.issued_on}"]
    return f"On {invoice.label} there is no {missing}. To add it: {', '.join(f'`{it}`' for it in (*commands, *again))}."
