"""Does the library keep its word here, on this machine? `python -m invoicecore.testing verify` tells.

Each suite of the proof prints a line of figures, and a line of its negative control: the same check on something that
is broken on purpose, which must be noticed. The exit code is 1 if anything failed.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module

from attrs import evolve

from invoicecore.testing.figures import Figures

SUITES: dict[str, int] = {
    "walk": 30_000,  # steps
    "mutants": 8_000,  # steps for each, at most
    "interleave": 5_000,  # schedules
    "faults": 1,  # all there are
    "surroundings": 1_000,  # all there are
    "hostile": 1_000,  # cases for each function
}
"""Every suite, each in the module of its name, with its usual size."""


def verified(suite: str, *, size: int, seed: int) -> Iterable[Figures]:
    """The figures of one suite and of its control, each with the time it took."""
    module = import_module(f"invoicecore.testing.{suite}")
    checks: tuple[Callable[[], Figures], ...] = (
        partial(module.run, size=size, seed=seed),
        partial(module.control, seed=seed),
    )
    for check in checks:
        began = time.perf_counter()
        figures = check()
        first, newline, rest = figures.line.partition("\n")
        yield evolve(figures, line=f"{first} ({time.perf_counter() - began:.1f} s){newline}{rest}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 0 if all of it held."""
    parser = argparse.ArgumentParser(prog="python -m invoicecore.testing", description=__doc__)
    verify = parser.add_subparsers(required=True).add_parser("verify", help="run the proof and print its figures")
    steps = "steps of the walk; a sixth of it is the size of the interleavings (default: %(default)s)"
    verify.add_argument("--steps", type=int, default=SUITES["walk"], help=steps)
    verify.add_argument("--seed", type=int, default=1, help="what chance begins with (default: %(default)s)")
    verify.add_argument("--only", choices=list(SUITES), help="this suite alone")
    asked = parser.parse_args(arguments)
    sizes = {**SUITES, "walk": asked.steps, "interleave": max(1, asked.steps // 6)}
    passed = True
    for suite, size in sizes.items():
        if asked.only in (None, suite):
            for figures in verified(suite, size=size, seed=asked.seed):
                print(figures, flush=True)
                passed = passed and figures.passed
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
