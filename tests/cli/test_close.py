"""The command `close` prints what a month has."""

import json
from pathlib import Path

from tests.cli.test_handing_over import run, url

__all__ = ["url"]


class TestClose:
    def test_a_month(self, url: str) -> None:
        """The figures of the month of the work, although it was imported later; as data client by client."""
        result = run("close", "2026-03", "--store", url)
        assert 0 == result.exit_code, result.output
        words = {line[:12].strip(): line[12:].strip() for line in result.stdout.splitlines()[1:]}
        data = json.loads(run("close", "2026-03", "--store", url, "--json").stdout)
        assert words["closing"] == words["worked"] != "0.00 USD"
        assert words["unbilled"] == words["worked"].removeprefix("-")
        assert {"work"} == {client["by"] for client in data["clients"]}

    def test_by_booking_day(self, url: str) -> None:
        """By booking day the month has nothing."""
        result = run("close", "2026-03", "--store", url, "--by", "booked")
        assert (0, 1) == (result.exit_code, len(result.stdout.splitlines()))

    def test_refused(self, url: str, tmp_path: Path) -> None:
        """What is no month, and a store without books."""
        assert "is not a month" in run("close", "2018", "--store", url).output
        assert 0 != run("close", "2026-03", "--store", f"sqlite:///{tmp_path / 'none.db'}").exit_code
