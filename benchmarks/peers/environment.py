"""The environments in which peers are measured.

In a virtual environment in a temporary folder, into which each is installed from PyPI, and which is then thrown away.
"""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import Unit, table

PEERS = {
    "eventsourcing": "eventsourcing_aggregate",
    "py-moneyed": "moneyed_attrs",
    "transitions": "transitions_machine",
    "python-statemachine": "statemachine_class",
    "beancount": "beancount_types",
}
"""The peers by the names under which PyPI has them, and the adapter of each."""

_SHARED = ("attrs", "python-dateutil")
_PROJECT = Path(__file__).parent.parent.parent


def _run(command: Sequence[object], **more: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)


def _line(figure: dict[str, Any]) -> tuple[str, str, str, str, str]:
    """A figure of a peer as it stands in the table."""
    if figure["unit"] == "bytes":
        unit = Unit.BYTES
    else:
        unit = Unit.MICROSECONDS if figure["floor"] < 0.001 else Unit.MILLISECONDS
    floor, took = unit.shown(figure["floor"]), unit.shown(figure["library"])
    return figure["name"], figure["what"], f"{figure['against']}: {floor}", took, f"{figure['ratio']:.2f} ×"


def main(*, quick: bool, only: Sequence[str] = tuple(PEERS)) -> int:
    """Install and measure the peers, and print a table; 1 if one did not install or run."""
    lines, failed = [], []
    with TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = Path(place) / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*install, *_SHARED], check=True)
        for name in only:
            print(f"measuring {name} …", file=sys.stderr)
            installed = _run([*install, name])
            if installed.returncode:
                failed.append(f"{name} did not install: {installed.stderr.strip().splitlines()[-1]}")
                continue
            surroundings = {**os.environ, "PYTHONPATH": str(_PROJECT)}
            command = [python, "-m", "benchmarks.peers", PEERS[name], *(["--quick"] if quick else [])]
            measured = _run(command, env=surroundings, cwd=place)
            if measured.returncode:
                failed.append(f"{name} did not run: {measured.stderr.strip().splitlines()[-1]}")
                continue
            lines += [_line(figure) for figure in json.loads(measured.stdout)]
    print(table(("peer", "what", "floor", "peer's figure", "ratio"), lines))
    for reason in failed:
        print(reason)
    return int(bool(failed))
