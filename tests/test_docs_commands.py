"""The commands of the pages about moving in and about VAT do what stands below them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import missing

ROOT = Path(__file__).parent.parent
HOWTO = ROOT / "docs" / "howto"


def commands(page: str) -> list[tuple[str, list[str]]]:
    """The commands of a page in their order, each with the lines that stand below it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", page, flags=re.DOTALL):
        for line in re.sub(r"\\\n *", "", block).splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
    return found


def squeezed(line: str) -> str:
    """A line without what is blank in it: tables are as wide as their figures ask for."""
    return " ".join(line.split())


class TestCommands:
    @pytest.mark.parametrize(("page", "many"), [("move-in.md", 11), ("bill-with-vat.md", 18)])
    def test_word_for_word(self, tmp_path: Path, page: str, many: int) -> None:
        """Each command goes well, one after the other, and prints the lines that the page shows of it."""
        if shutil.which("hledger") is None:
            missing("hledger")
        shutil.copy(ROOT / "examples" / "timesheet.csv", tmp_path)
        python = Path(sys.executable).parent
        environment = {**os.environ, "PATH": f"{python}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        ran = 0
        for command, lines in commands((HOWTO / page).read_text(encoding="utf-8")):
            run = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8"
            )
            assert 0 == run.returncode, (command, run.stderr)
            shown, remarks = list(map(squeezed, lines)), list(map(squeezed, run.stderr.splitlines()))
            printed = {*map(squeezed, run.stdout.splitlines()), *remarks}
            assert [] == [line for line in shown if line not in printed], command
            assert [] == [line for line in remarks if line not in shown], command
            ran += 1
        assert ran == many
