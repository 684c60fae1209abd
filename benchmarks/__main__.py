"""The command that measures figures and prints them."""

import argparse
import platform
import sys
from collections.abc import Callable
from functools import partial

from benchmarks import (
    documents,
    durable,
    firms,
    invoicing,
    loading,
    memory,
    moving,
    pages,
    processes,
    reading,
    recording,
    verifying,
)
from benchmarks.figures import HEAD, Figure, NotHere, as_json, table
from benchmarks.peers import environment

LINES: dict[str, Callable[..., Figure]] = {
    "log": recording.log,
    "listed": recording.listed,
    "history": recording.history,
    "clients": recording.clients,
    "standing": reading.standing,
    "page": reading.page,
    "status": invoicing.status,
    "status-look-up": invoicing.status_look_up,
    "status-desk": invoicing.status_desk,
    "draft": invoicing.draft,
    "generate": invoicing.generate,
    "rows": reading.rows,
    "statement": reading.statement,
    "import": loading.package,
    "import-attrs": loading.package_attrs,
    "import-statement": loading.statement,
    "import-desk": loading.desk,
    "entry": memory.entry,
    "logged": memory.everything,
    "sqlite-log": durable.sqlite_log,
    "sqlite-import": durable.sqlite_import,
    "sqlite-history": durable.sqlite_history,
    "postgres-log": durable.postgres_log,
    "postgres-import": durable.postgres_import,
    **{name: partial(pages.page, name) for name in pages.VIEWS},
    **{f"postgres-{name}": partial(pages.page, name, on_postgres=True) for name in pages.VIEWS},
    **documents.LINES,
    **moving.LINES,
    **processes.LINES,
    **firms.LINES,
    **verifying.LINES,
}
"""Every line of the table, in the order in which it is printed."""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 if something that was measured at full size is not what was to be reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("library", "peers"), default="library", help="default: library")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run, and roughly how fast?")
    parser.add_argument("--only", metavar="NAME", action="append", choices=LINES, help=f"one of {', '.join(LINES)}")
    parser.add_argument("--json", action="store_true", help="as data instead of a table")
    asked = parser.parse_args(arguments)
    if asked.what == "peers":
        return environment.main(quick=asked.quick)
    figures = []
    for name in asked.only or LINES:
        print(f"measuring {name} …", file=sys.stderr)
        try:
            figures.append(LINES[name](quick=asked.quick))
        except NotHere as missing:
            print(f"{name} is left out: {missing}", file=sys.stderr)
    if asked.json:
        print(as_json(figures))
    else:
        print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}\n")
        print(table(HEAD, [figure.cells for figure in figures]))
    return 0 if asked.quick else int(any(figure.reached == "NO" for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
