"""The papers that a command writes into a folder, and what it says of them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
