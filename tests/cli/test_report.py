import json
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from invoicecore.cli.report import as_data, four_decimals, whole_seconds
from invoicecore.cli.terms import TermsOptions
from tests.cli.sheets import billed, week
from tests.cli.terminal import Terminal
from tests.importer.files import harvest, toggl


class TestAsData:
    def test_week(self) -> None:
        """The data of a week: amounts and the ratio as text, seconds as whole numbers."""
        refill = {"kind": "refill", "status": "generated"}
        refill |= {"total": "1000.00", "covered": "0.00", "amount_due": "1000.00"}
        acme = {
            "name": "Acme",
            "seconds": 158_400,
            "worked": "2000.00",
            "balance": "-2000.00",
            "utilization": "2.0000",
            "stopped": True,
            "invoices": [{"number": "INV-2026-0001", **refill}, {"number": "INV-2026-0002", **refill}],
        }
        nobody = {
            "name": "No client",
            "seconds": 7_200,
            "worked": "100.00",
            "balance": "-100.00",
            "utilization": "0.1000",
            "stopped": False,
            "invoices": [],
        }
        expected = {
            "entries": 7,
            "seconds": 165_600,
            "people": {"Ann": 108_000, "Ben": 57_600},
            "clients": [acme, nobody],
            "not_billable": 14_400,
            "doubtful": 1,
            "totals_rows": 0,
            "duration_rule": None,
            "would_have_stopped": 1,
        }
        data = as_data(billed(week()))
        assert expected == data
        assert expected == json.loads(json.dumps(data))

    def test_taxes(self, tmp_path: Path) -> None:
        """An invoice that has taxes says what is net, and each of them."""
        export = tmp_path / "toggl.csv"
        export.write_bytes(toggl({}))
        firm = Terminal(tmp_path, str(tmp_path / "books.db"))
        given = ("--timezone", "UTC", "--rate", "50", "--currency", "USD", "--month", "2026-03", "--tax", "DE19=19")
        [client] = firm.result("bill", export, *given)["clients"]
        [invoice] = client["invoices"]
        row = {"code": "DE19", "name": "", "percent": "19", "base": "75.00", "tax": "14.25"}
        assert ("75.00", "14.25", [row]) == (invoice["net"], invoice["tax"], invoice["taxes"])
        assert ("75.00", "89.25") == (client["worked"], invoice["total"])

    def test_parts_of_seconds(self) -> None:
        """Seconds are added up exactly and rounded once: three times 0.0001 h are 1.08 s, not three times nothing."""
        data = as_data(billed(harvest(*[{"Hours": "0.0001"}] * 3), TermsOptions()))
        assert 1 == data["seconds"]

    def test_no_refill(self) -> None:
        """Without a refill there is no utilization."""
        [client] = billed(harvest({}), TermsOptions()).clients
        assert client.standing.utilization is None


class TestRounding:
    @pytest.mark.parametrize(("micros", "expected"), [(0, 0), (499_999, 0), (500_000, 1), (1_500_000, 2)])
    def test_whole_seconds(self, micros: int, expected: int) -> None:
        """Half a second counts as one."""
        assert expected == whole_seconds(timedelta(microseconds=micros))

    @pytest.mark.parametrize(
        ("ratio", "expected"),
        [
            (Fraction(4_351_352, 100_000), "43.5135"),
            (Fraction(1, 20_000), "0.0001"),
            (Fraction(0), "0.0000"),
            (Fraction(-1, 4), "-0.2500"),
            (Fraction(10**30, 1), f"1{'0' * 30}.0000"),
        ],
    )
    def test_four_decimals(self, ratio: Fraction, expected: str) -> None:
        """A ratio has four decimals, exactly, however large."""
        assert expected == four_decimals(ratio)
