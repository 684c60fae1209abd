"""Runs the command line, as `invoicecore` or `python -m invoicecore`, or names the extra that is missing."""

import sys
from io import TextIOWrapper
from pathlib import Path


def main() -> None:
    """Run the command line; exit with 3 and one clear line where its extra is not installed."""
    try:
        from invoicecore.cli.commands import program
        from invoicecore.cli.narrow_output import NARROW
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "click":
            raise
        needed = "Error: This needs click; install it with: pip install 'invoicecore[cli]'"
        print(needed, file=sys.stderr)
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)  # pressed before anything was begun
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=NARROW)
    is_module = Path(sys.argv[0]).name == "__main__.py"
    program(prog_name="python -m invoicecore" if is_module else "invoicecore")


if __name__ == "__main__":
    main()
