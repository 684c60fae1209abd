"""Whom and what a name in a file means."""

import pytest

from invoicecore import Role
from invoicecore.errors import InvalidState
from invoicecore.importer.directory_index import DirectoryIndex
from tests.world import World


class TestPeople:
    @pytest.fixture
    def people(self, world: World) -> dict[str, str]:
        """Two who are called Ann, one of them without an e-mail, and one Ben with one; their ids."""
        add = world.maria.people.add
        return {
            "Ann": add(name="Ann", role=Role.WORKER).id,
            "Ann <ann@>": add(name="Ann", role=Role.WORKER, email="ann@northwind.example").id,
            "Ben": add(name="Ben", role=Role.WORKER, email="ben@northwind.example").id,
        }

    @pytest.mark.parametrize(
        ("name", "email", "expected"),
        [
            ("Ann", "ann@northwind.example", "Ann <ann@>"),
            ("Ann Married", "ann@northwind.example", "Ann <ann@>"),
            ("Ann", None, "Ann"),
            ("Ann", "other@northwind.example", "Ann"),
            ("Ben", None, "Ben"),
            ("Ben", "other@northwind.example", None),
            ("Cid", None, None),
        ],
    )
    def test_an_email_goes_before_a_name(
        self, world: World, people: dict[str, str], name: str, email: str | None, expected: str | None
    ) -> None:
        """Who has another e-mail is somebody else; who has none may be meant."""
        found = DirectoryIndex.of(world.maria).person(name, email)
        assert (None if expected is None else people[expected]) == (None if found is None else found.id)

    def test_two_of_one_name(self, world: World) -> None:
        """Without an e-mail nobody can tell them apart."""
        for place in ("a", "b"):
            world.maria.people.add(name="Dee", role=Role.WORKER, email=f"dee@{place}.example")
        with pytest.raises(InvalidState, match="More than one person is called 'Dee' in the books"):
            DirectoryIndex.of(world.maria).person("Dee", None)


class TestThings:
    def test_an_archived_one_is_meant_if_there_is_no_other(self, world: World) -> None:
        """A client who came back under the same name is the one who is there now."""
        world.maria.clients.archive(world.acme.id)
        found = DirectoryIndex.of(world.maria).client("Acme")
        assert found is not None
        assert world.acme.id == found.id
        again = world.client("Acme")
        assert again == DirectoryIndex.of(world.maria).client("Acme")

    def test_projects_are_those_of_the_client(self, world: World) -> None:
        """Two clients may each have one of a name; two of one client may not."""
        other = world.client("Other")
        there = world.project(other, name=world.site.name)
        register = DirectoryIndex.of(world.maria)
        for client, expected in ((world.acme, world.site), (other, there)):
            found = register.project(client.id, world.site.name)
            assert found is not None
            assert expected.id == found.id
        world.project(other, name=world.site.name)
        with pytest.raises(InvalidState, match="More than one project is called"):
            DirectoryIndex.of(world.maria).project(other.id, world.site.name)

    def test_an_empty_register(self) -> None:
        """New books know nobody and nothing."""
        register = DirectoryIndex()
        assert (None, None, None) == (register.client("A"), register.project("a", "A"), register.person("A", None))
