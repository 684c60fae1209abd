"""Exports come in as their own cells add up, once, whatever tracker wrote them."""

import csv
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest

from invoicecore import Billing, Firm, Money, importer
from invoicecore.importer import ImportOptions, Limits, Plan, SimilarRule, UnreadableFile
from tests.importer.files import generic, harvest, kimai, timesheets, toggl

DATA = Path(__file__).parents[3] / "shared" / "data"
SECOND = timedelta(seconds=1)
ANSWERS = ImportOptions(timezone="America/New_York", person="Ann", client="Sundry", project="Work")
FIRM = Firm(name="Northwind", currency="USD", timezone="America/New_York")

real = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports lie beside the checkout")


def seconds(clock: str) -> int:
    """The seconds in h:mm:ss."""
    hours, minutes, rest = map(int, clock.split(":"))
    return (hours * 60 + minutes) * 60 + rest


def sums(path: Path, who: tuple[str, ...], day: str, long: str) -> dict[str, Counter[str]]:
    """What the cells of an export add up to in seconds, by nothing but the csv module."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in ("person", "client", "project", "month")}
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            took = seconds(row[long]) if ":" in row[long] else Fraction(row[long]) * 3600
            person = " ".join(row[column] for column in who) or "Ann"
            client = row["Client"] or "Sundry"
            for kind, name in (
                ("person", person),
                ("client", client),
                ("project", f"{client}/{row['Project'] or 'Work'}"),
                ("month", row[day][:7]),
            ):
                found[kind][name] += int(took)
    return found


def totals(plan: Plan) -> dict[str, Counter[str]]:
    """The totals of a plan, in seconds."""
    return {
        "person": Counter({it.name: it.work.duration // SECOND for it in plan.people}),
        "client": Counter({it.name: it.work.duration // SECOND for it in plan.clients}),
        "project": Counter({f"{it.client}/{it.name}": it.work.duration // SECOND for it in plan.projects}),
        "month": Counter({f"{it.month.first:%Y-%m}": it.work.duration // SECOND for it in plan.months}),
    }


class TestRealExports:
    @real
    @pytest.mark.parametrize(
        ("name", "who", "day", "long", "rows", "balance"),
        [
            ("toggl_detailed_team_of_5_2016.csv", ("User",), "Start date", "Duration", 652, "-43513.52"),
            ("harvest_time_report_detailed_2025.csv", ("First Name", "Last Name"), "Date", "Hours", 298, "-19521.60"),
            ("clockify_summary_2024-01.csv", (), "Date", "Time (h)", 99, None),
        ],
    )
    def test_totals(self, name: str, who: tuple[str, ...], day: str, long: str, rows: int, balance: str | None) -> None:
        """Planned and recorded are what the cells of the file add up to; a second time there is nothing to do."""
        desk = Billing.in_memory(FIRM).as_owner()
        plan = importer.plan(desk, DATA / name, options=ANSWERS, rate=50)
        assert (rows, 0) == (plan.added.entries, plan.refused)
        assert sums(DATA / name, who, day, long) == totals(plan)
        done = importer.apply(desk, plan)
        recorded = sum((it.duration for it in desk.work.sessions()), timedelta())
        assert (rows, plan.total.duration) == (done.added, recorded)
        if balance is not None:
            [client] = desk.clients.all()
            assert Money.of(balance, "USD") == desk.accounts.standing(client.id).balance
        assert rows == importer.plan(desk, DATA / name, options=ANSWERS).known.entries


class TestEveryTracker:
    @pytest.mark.parametrize(
        "parts",
        [
            (toggl({}, {"Description": "b"}), toggl({"Description": "b"}, {"Description": "c"}), toggl({}, {})),
            (harvest({}, {"Notes": "b"}), harvest({"Notes": "b"}, {"Notes": "c"}), harvest({}, {})),
            (kimai({}, {"Description": "b"}), kimai({"Description": "b"}, {"Description": "c"}), kimai({}, {})),
            tuple(timesheets(*({"id": id} for id in ids)) for ids in ((1, 2), (2, 3), (1, 3, 4))),
            (generic({}, {"description": "b"}), generic({"description": "b"}, {"description": "c"}), generic({}, {})),
        ],
        ids=["toggl", "harvest", "kimai", "kimai-json", "generic"],
    )
    def test_overlapping_exports(self, parts: tuple[bytes, ...]) -> None:
        """Three exports that overlap come to their union, once, in any order."""
        found = set()
        for order in permutations(parts):
            desk = Billing.in_memory(FIRM).as_owner()
            for part in order:
                plan = importer.plan(desk, part, options=ANSWERS, rate=50, similar=SimilarRule.BOTH)
                importer.apply(desk, plan)
            found.add(tuple(sorted((it.note, str(it.amount)) for it in desk.work.sessions())))
        [sessions] = found
        assert 4 == len(sessions)

    def test_changed_in_the_tracker(self) -> None:
        """What Kimai knows by an id follows it: twice as long, twice the money."""
        desk = Billing.in_memory(FIRM).as_owner()
        for end, seconds_ in (("2026-03-02T10:30:00+0100", 5400), ("2026-03-02T12:00:00+0100", 10_800)):
            data = timesheets({"end": end, "duration": seconds_})
            importer.apply(desk, importer.plan(desk, data, options=ANSWERS, rate=50))
        [session] = desk.work.sessions()
        assert timedelta(hours=3) == session.duration
        [client] = desk.clients.all()
        assert session.amount == -desk.accounts.standing(client.id).balance

    def test_bounds(self) -> None:
        """A file is planned with as far as the limits allow."""
        desk = Billing.in_memory(FIRM).as_owner()
        with pytest.raises(UnreadableFile, match="1 row"):
            importer.plan(desk, toggl({}, {}), options=ANSWERS, rate=50, limits=Limits(rows=1))
