"""The generated pages say what the rules say, all of it and nothing else."""

import runpy
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from attrs import evolve

from invoicecore.lifecycle.table import RULES, Rule
from invoicecore.vocabulary import Action, Deposit, EntryKind, Role, Status
from tools.life_cycle_diagram import diagram, moves
from tools.reference_pages import PAGES, act_table, glossary_page, life_cycle_page, need_table, status_table

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"

MOVES_OF = {
    "draft": ["generated"],
    "generated": ["draft", "due", "paid", "overdue", "uncollectible", "void"],
    "due": ["paid", "overdue", "uncollectible", "void"],
    "paid": ["due", "void"],
    "overdue": ["due", "paid", "uncollectible", "void"],
    "uncollectible": ["due", "paid", "overdue", "void"],
}
"""The twenty-one moves, written by hand."""

MOVES = [(before, after) for before, afters in MOVES_OF.items() for after in afters]


def elements(drawing: str, kind: str) -> list[ElementTree.Element]:
    """The elements of a kind in a drawing."""
    return list(ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}" + kind))


def drawn(drawing: str) -> list[str]:
    """The moves that have a line in a drawing."""
    return [line.attrib["data-move"] for line in elements(drawing, "g") if "data-move" in line.attrib]


def without(*actions: Action) -> list[Rule]:
    """The rules but for those of some acts."""
    return [rule for rule in RULES if rule.action not in actions]


def leading(action: Action, before: Status, after: Status) -> list[Rule]:
    """The rules, with one more way for an act to go."""
    return [evolve(rule, moves={**rule.moves, before: after}) if rule.action is action else rule for rule in RULES]


def cells(table: str, row: str) -> list[str]:
    """The cells of the row that begins with a word, without that word."""
    [line] = [line for line in table.splitlines() if line.startswith(f"| {row} |")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


class TestMoves:
    """What the rules lead to."""

    @pytest.mark.req("B1", "B4", "B17", "B20", "B24")
    def test_the_rules_make_twenty_one_moves(self) -> None:
        """Of the 49 ordered pairs of statuses, exactly these twenty-one are moves."""
        assert [(str(before), str(after)) for before, after in moves()] == MOVES
        assert len(MOVES) == 21

    def test_a_move_names_its_acts(self) -> None:
        """All acts that make a move are named with it, in the order of the rules."""
        assert moves()[Status.DRAFT, Status.GENERATED] == ("generate",)
        assert moves()[Status.GENERATED, Status.DUE] == ("set due", "record payment, part", "apply credit, part")
        assert moves()[Status.DUE, Status.PAID] == ("set paid", "record payment, all", "apply credit, all")


class TestDiagram:
    """The drawing of the life cycle."""

    def test_each_move_has_one_line(self) -> None:
        """Every move is drawn once, and nothing else is."""
        assert [f"{before}-{after}" for before, after in MOVES] == drawn(diagram())

    def test_no_rule_no_line(self) -> None:
        """A move that no rule makes is not drawn."""
        assert "generated-draft" not in drawn(diagram(without(Action.REVERT)))
        assert [move for move in drawn(diagram(without(Action.VOID))) if move.endswith("-void")] == []
        assert ">revert<" not in diagram(without(Action.REVERT))

    @pytest.mark.parametrize(
        ("before", "after", "path"),
        [
            (Status.PAID, Status.DUE, "M130 497 L130 353"),
            (Status.DRAFT, Status.OVERDUE, "M340 53 L340 307"),
            (Status.VOID, Status.PAID, "M484 520 L196 520"),
            (Status.DUE, Status.UNCOLLECTIBLE, "M172 307"),
        ],
    )
    def test_a_new_rule_has_a_line(self, before: Status, after: Status, path: str) -> None:
        """A move that a new rule makes is drawn, with a route of its own or straight between the two statuses."""
        drawing = diagram(leading(Action.REVERT, before, after))
        assert f"{before}-{after}" in drawn(drawing)
        [line] = [it for it in elements(drawing, "g") if it.get("data-move") == f"{before}-{after}"]
        assert line[1].attrib["d"].startswith(path)

    def test_it_is_told_in_words(self) -> None:
        """Who does not see it is told every move, by a title and a description."""
        [title, *_] = elements(diagram(), "title")
        [said] = elements(diagram(), "desc")
        assert title.text == "The life of an invoice"
        assert said.text is not None
        assert said.text.startswith(
            "21 moves between 7 statuses. From draft to generated. From generated to draft, due"
        )
        assert said.text.endswith(
            "From paid to due, void. From overdue to due, paid, uncollectible, void. From "
            "uncollectible to due, paid, overdue, void. From void nowhere."
        )

    @pytest.mark.req("B3")
    def test_it_shows_where_sessions_are_locked(self) -> None:
        """Statuses in which sessions are locked look different from draft and void."""
        locked = [it[0].text for it in elements(diagram(), "g") if it.attrib["class"] == "status locked"]
        assert [str(text).partition(":")[0] for text in locked] == [
            "generated",
            "due",
            "paid",
            "overdue",
            "uncollectible",
        ]

    def test_it_has_no_colour_of_paper(self) -> None:
        """Text takes the ink of the page around it, or that of a light or dark screen."""
        assert "prefers-color-scheme: dark" in diagram()
        assert "var(--color-foreground-primary, var(--ink))" in diagram()

    def test_lines_stay_inside(self) -> None:
        """No route leaves the drawing."""
        numbers = [
            [float(number) for number in line[1].attrib["d"].translate(str.maketrans("MLQ", "   ")).split()]
            for line in elements(diagram(), "g")
            if "data-move" in line.attrib
        ]
        assert [it for line in numbers for it in line[::2] if not 0 < it < 680] == []
        assert [it for line in numbers for it in line[1::2] if not 0 < it < 566] == []


class TestTables:
    """The tables of the life cycle."""

    @pytest.mark.parametrize(("before", "after"), MOVES)
    def test_each_move_stands_in_the_act_table(self, before: str, after: str) -> None:
        """Every move is named in some row, in the column of the status it starts from."""
        header, _, *rows = act_table().splitlines()
        column = [cell.strip() for cell in header.split("|")].index(before)
        assert f"**{after}**" in [row.split("|")[column].strip() for row in rows]

    @pytest.mark.req("B5", "B14", "B15", "B16", "B19", "B23")
    def test_a_row_says_where_an_act_leads(self) -> None:
        """The status it leads to, that it stays, or a dash where it is refused; columns are the seven statuses."""
        table = act_table()
        assert cells(table, "action") == ["draft", "generated", "due", "paid", "overdue", "uncollectible", "void"]
        assert cells(table, "delete") == ["gone", "–", "–", "–", "–", "–", "–"]
        assert cells(table, "revert") == ["–", "**draft**", "–", "–", "–", "–", "–"]
        assert cells(table, "set due") == ["–", "**due**", "stays", "–", "**due**", "**due**", "–"]
        assert cells(table, "record payment, part") == ["–", "**due**", "stays", "–", "stays", "stays", "–"]
        assert cells(table, "void") == ["–", "**void**", "**void**", "**void**", "**void**", "**void**", "–"]

    def test_what_else_an_act_needs(self) -> None:
        """A row says what becomes of the sessions, what stands against the act, the menu, and who may."""
        assert cells(need_table(), "print") == ["", "", "", "manager, contact"]
        assert cells(need_table(), "set overdue")[-2:] == ["yes", "manager"]
        sessions = [(row, cells(need_table(), row)[0]) for row in ("generate", "revert", "void", "set paid")]
        assert sessions == [("generate", "locks"), ("revert", "frees"), ("void", "frees"), ("set paid", "")]

    @pytest.mark.req("B2")
    def test_each_status_has_its_meaning(self) -> None:
        """The table of statuses gives the meaning of each, and whether sessions are locked."""
        for status in Status:
            assert cells(status_table(), f"**{status}**")[0] == status.meaning
        assert cells(status_table(), "**paid**")[1] == "locked"
        assert cells(status_table(), "**void**")[1] == "free"


class TestGlossary:
    """The page of the words."""

    @pytest.mark.parametrize("word", [*Action, *Role, *Status, *Deposit, *EntryKind])
    def test_every_word_is_explained(self, word: Action | Role | Status | Deposit | EntryKind) -> None:
        """Each word stands there with its meaning, under the name of its kind."""
        section = glossary_page().partition(f"\n## {type(word).__name__}\n")[2].partition("\n## ")[0]
        assert f"| {word.replace('_', ' ')} | {word.meaning} |" in section


class TestPages:
    """The files in the documentation."""

    @pytest.mark.parametrize("name", PAGES)
    def test_what_is_committed_is_current(self, name: str) -> None:
        """Each generated file is what would be written now: `python -m tools.reference_pages docs/reference`."""
        assert PAGES[name]() == (REFERENCE / name).read_text(encoding="utf-8")

    def test_the_command_writes_the_pages(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Run as a program it writes all of them into the folder that it is given."""
        monkeypatch.setattr(sys, "argv", ["render", str(tmp_path)])
        monkeypatch.delitem(sys.modules, "tools.reference_pages")
        runpy.run_module("tools.reference_pages", run_name="__main__")
        assert sorted(PAGES) == sorted(path.name for path in tmp_path.iterdir())
        assert life_cycle_page() == (tmp_path / "life-cycle.md").read_text(encoding="utf-8")
