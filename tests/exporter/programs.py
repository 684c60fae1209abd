"""The programs that accountants check books with, as the tests ask them."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Context, localcontext
from pathlib import Path
from typing import Any

from tests.needs import missing

_AMOUNT = re.compile(r"(?<= )(?<!~ )(-?\b[0-9]+)((?:\.[0-9]+)?)(?= [A-Z]{3}\b| ~ 0 )")  # not the end of a name: Apex-2


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a program says; the test is skipped where there is none."""
    if shutil.which(program) is None:
        missing(program)
    surroundings = {**os.environ, "LC_ALL": "C.UTF-8"}  # hledger reads files as the locale says
    return subprocess.run([program, *arguments], capture_output=True, encoding="utf-8", env=surroundings)


def hledger(path: Path, *arguments: str) -> str:
    """What hledger finds wrong with a journal; nothing if all is well."""
    return _complaint(run("hledger", "-f", str(path), *(arguments or ("check", "--strict"))))


def ledger(path: Path) -> str:
    """What ledger finds wrong with a journal, at its strictest."""
    return _complaint(run("ledger", "-f", str(path), "--strict", "--pedantic", "balance"))


def bean_check(path: Path) -> str:
    """What the command of beancount finds wrong with a file."""
    return _complaint(run("bean-check", str(path)))


def _complaint(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr or ("it failed" if done.returncode else "")


def beancount(text: str) -> tuple[list[Any], list[str]]:
    """The entries that beancount reads in a text, and what it finds wrong with them."""
    from beancount import loader

    with localcontext(Context(prec=60)):
        entries, errors, _ = loader.load_string(text)
    return entries, [error.message for error in errors]


def balances(path: Path, account: str) -> dict[str, str]:
    """What hledger prints as the balances below an account, by their full names."""
    printed = run("hledger", "-f", str(path), "balance", account, "-O", "csv", "-N").stdout
    return {row["account"]: row["balance"] for row in csv.DictReader(io.StringIO(printed))}


def printed(path: Path) -> list[dict[str, Any]]:
    """Every transaction as hledger understood it."""
    transactions: list[dict[str, Any]] = json.loads(run("hledger", "-f", str(path), "print", "-O", "json").stdout)
    return transactions


def tampered(text: str) -> Iterator[str]:
    """The text with one amount changed by one minor unit, for each amount of a posting or an assertion in turn."""
    place = 0
    for line in text.splitlines(keepends=True):
        if ":" in line and not line.lstrip().startswith(";") and '"' not in line:
            for amount in _AMOUNT.finditer(line):
                begin, end = place + amount.start(), place + amount.end()
                yield text[:begin] + _one_more(amount[1], amount[2]) + text[end:]
        place += len(line)


def _one_more(whole: str, fraction: str) -> str:
    digits = len(fraction.removeprefix("."))
    minor = int(whole + fraction.removeprefix(".")) + 1
    sign, spelled = "-" if minor < 0 else "", f"{abs(minor):0{digits + 1}}"
    return f"{sign}{spelled[: len(spelled) - digits]}.{spelled[len(spelled) - digits :]}" if digits else str(minor)
