"""Runs the proof: `python -m tests.proof verify` in memory, `python -m tests.proof durable` on databases."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib import import_module
from tempfile import TemporaryDirectory

from attrs import evolve

from tests.proof.figures import Figures

SUITES: dict[str, int] = {
    "walk": 30_000,  # steps
    "mutants": 16_000,  # steps for each, at most
    "interleave": 5_000,  # schedules
    "faults": 1,  # all there are
    "environments": 1_000,  # all there are
    "hostile": 1_000,  # cases for each function
}
"""Every suite, each in the module of its name, with its usual size."""

DURABLE: dict[str, int] = {
    "interleave": 50_000,  # schedules; from so many on, all there are
    "faults": 1_000,  # commands at most, all there are
    "disk_full": 1_000,  # the same
    "differential": 500,  # sequences
    "processes": 300,  # clients
    "joined": 300,  # clients
    "crash": 200,
}
"""Every suite of durable storage, each a function of `tests.proof.durable`, with its usual size."""


Check = Callable[[], Figures]


def timed(checks: Iterable[Check]) -> Iterator[Figures]:
    """The figures of each check, with the time it took."""
    for check in checks:
        began = time.perf_counter()
        figures = check()
        first, newline, rest = figures.line.partition("\n")
        yield evolve(figures, line=f"{first} ({time.perf_counter() - began:.1f} s){newline}{rest}")


def _verify(asked: argparse.Namespace) -> Iterator[Check]:
    sizes = {**SUITES, "walk": asked.steps, "interleave": max(1, asked.steps // 6)}
    for suite, size in sizes.items():
        if asked.only in (None, suite):
            module = import_module(f"tests.proof.{suite}")
            yield partial(module.run, size=size, seed=asked.seed)
            yield partial(module.control, seed=asked.seed)


def _durable(asked: argparse.Namespace) -> Iterator[Check]:
    from tests.proof import durable  # loads SQLAlchemy, which is an extra

    sizes = {**DURABLE, "crash": asked.kills}
    with TemporaryDirectory() as folder:
        stores = asked.store or [f"sqlite:///{folder}/books.db"]
        for suite, size in sizes.items():
            if asked.only in (None, suite):
                yield from getattr(durable, suite)(stores, size=size, seed=asked.seed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suites; 0 if everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    commands = parser.add_subparsers(required=True)
    verify = commands.add_parser("verify", help="run the proof and print its figures")
    steps = "steps of the walk; a sixth of it is the size of the interleavings (default: %(default)s)"
    verify.add_argument("--steps", type=int, default=SUITES["walk"], help=steps)
    verify.add_argument("--only", choices=list(SUITES), help="this suite alone")
    verify.set_defaults(checks=_verify)
    durable = commands.add_parser("durable", help="run the proof of durable storage and print its figures")
    where = "the URL of a database to try as well, in tables of its own; may be given several times"
    durable.add_argument("--store", action="append", metavar="URL", help=f"{where} (default: a new file of SQLite)")
    kills = "programs to kill; a quarter of it on a database that is no file (default: %(default)s)"
    durable.add_argument("--kills", type=int, default=DURABLE["crash"], help=kills)
    durable.add_argument("--only", choices=list(DURABLE), help="this suite alone")
    durable.set_defaults(checks=_durable)
    for command in (verify, durable):
        command.add_argument("--seed", type=int, default=1, help="what chance begins with (default: %(default)s)")
    asked = parser.parse_args(arguments)
    passed = True
    for figures in timed(asked.checks(asked)):
        print(figures, flush=True)
        passed = passed and figures.passed
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
