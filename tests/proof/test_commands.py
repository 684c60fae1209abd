"""Every writing command is in the catalogue and is accepted in its prepared firm."""

import pytest

from invoicecore.values.ids import CountingIds
from tests.books import books
from tests.proof.commands import COMMANDS, Command, prepared, writing_commands

each_command = pytest.mark.parametrize("command", COMMANDS, ids=str)


class TestCatalogue:
    def test_no_writing_command_is_missing(self) -> None:
        """One that is added to the Desk is added to the catalogue."""
        assert {command.name for command in COMMANDS} == writing_commands()

    def test_what_only_looks_is_not_taken_for_writing(self) -> None:
        """The Desk's questions are left out."""
        looks = {"accounts.standing", "work.sessions", "invoices.printable", "people.me", "firm.audit", "projects.all"}
        assert set() == looks & writing_commands()

    @each_command
    def test_each_is_accepted_and_changes_the_books(self, command: Command) -> None:
        """In the firm that is prepared for it."""
        scene, ids = prepared(command), CountingIds()
        before = books(scene.storage, scene.firm)
        command.given(scene.desk(scene.storage, lambda: f"a{ids()}"), scene)
        assert books(scene.storage, scene.firm) != before

    def test_a_copy_of_the_scene_has_books_of_its_own(self) -> None:
        """Equal at first; what is done in the one is not done in the other."""
        scene = prepared()
        copy, ids = scene.copied(), CountingIds()
        before = books(scene.storage, scene.firm)
        assert before == books(copy.storage, scene.firm)
        for command in COMMANDS:
            if command.before is None and not command.how:
                twin = copy.copied()
                command.given(scene.desk(twin.storage, lambda: f"a{ids()}"), scene)
                assert before != books(twin.storage, scene.firm)
        assert before == books(copy.storage, scene.firm)
        assert before == books(scene.storage, scene.firm)
