"""Runs the command line with `python -m invoicecore`, or names the extra that is missing."""

import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line; exit with 2 and one clear line where its extra is not installed."""
    try:
        from invoicecore.cli.commands import program
    except ModuleNotFoundError as missing:
        library = (missing.name or "").partition(".")[0]
        if library not in {"click", "rich"}:
            raise
        needed = f"invoicecore: the command line needs {library}; install it with: pip install 'invoicecore[cli]'"
        print(needed, file=sys.stderr)
        sys.exit(2)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without a € still shows the amount
    program(prog_name="python -m invoicecore")


if __name__ == "__main__":
    main()
