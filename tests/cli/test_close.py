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
        data = json.loads(run("close", "2026-03", "--store", url, "--json").stdout)["result"]
        [total] = data["totals"]
        worked = total["worked"]["amount"]
        assert float(worked) < 0
        assert (worked, worked.removeprefix("-")) == (total["closing"]["amount"], total["unbilled"]["amount"])
        assert worked.removeprefix("-") in result.stdout.replace(",", "")
        assert {"work"} == {client["by"] for client in data["clients"]}

    def test_by_booking_day(self, url: str) -> None:
        """By booking day the month has nothing."""
        result = run("close", "2026-03", "--store", url, "--by", "booked")
        assert (0, "Nothing happened") == (result.exit_code, result.stdout[:16])

    def test_refused(self, url: str, tmp_path: Path) -> None:
        """What is no month, and a store without books."""
        assert "is not a month" in run("close", "2018", "--store", url).output
        assert 0 != run("close", "2026-03", "--store", f"sqlite:///{tmp_path / 'none.db'}").exit_code
