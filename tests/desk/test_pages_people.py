"""The roster, and what each role sees of it."""

from datetime import timedelta

import pytest

from invoicecore import PersonSort, Role, utc
from invoicecore.errors import InvalidInput
from tests.world import UNLIMITED, World, new_world

SECRET = "as long as it is secret"


def signed_in(world: World, hour: int) -> None:
    """Lee gets a password, and signs in at an hour of 2 March."""
    world.maria.people.set_password(world.lee.person_id, SECRET)
    world.clock.set(utc(2026, 3, 2, hour))
    world.billing.sign_in("lee@northwind.example", SECRET)


class TestTheRoster:
    """Everybody who works for the firm."""

    @pytest.mark.req("A28")
    def test_what_it_shows(self) -> None:
        """Name, e-mail, time worked in all, role, last sign-in and assigned projects; free work counts as worked, what
        was taken away does not. Contacts are no employees."""
        world = new_world(UNLIMITED)
        world.project(name="Shop")
        world.log(2)
        maria, lee = world.maria, world.lee.person_id
        maria.work.log(world.site.id, start=utc(2026, 3, 3), hours=1, person_id=lee, billable=False)
        maria.work.delete(world.log(5, start=utc(2026, 3, 2, 11)))
        signed_in(world, 13)
        assert [
            ("Lee", "lee@northwind.example", timedelta(hours=3), Role.WORKER, utc(2026, 3, 2, 13), ["Shop", "Website"]),
            ("Maria", "maria@northwind.example", timedelta(0), Role.MANAGER, None, []),
            ("Sam", None, timedelta(0), Role.SUPERVISOR, None, []),
        ] == [
            (
                row.person.name,
                row.person.email,
                row.worked,
                row.person.role,
                row.last_sign_in,
                [project.name for project in row.projects],
            )
            for row in world.maria.pages.people().rows
        ]

    @pytest.mark.req("A28")
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (PersonSort.NAME, "Lee Maria Sam"),
            (PersonSort.EMAIL, "Sam Lee Maria"),
            (PersonSort.ROLE, "Maria Sam Lee"),
            (PersonSort.WORKED, "Sam Lee Maria"),
            (PersonSort.SIGNED_IN, "Maria Sam Lee"),
            (PersonSort.ADDED, "Maria Sam Lee"),
        ],
    )
    def test_orders(self, sort: PersonSort, expected: str) -> None:
        """Lee worked 1 h and Maria 2 h; only Lee ever signed in, and Sam has no e-mail."""
        world = new_world(UNLIMITED)
        world.log(1)
        world.maria.work.log(world.site.id, start=utc(2026, 3, 1, 15), hours=2)
        signed_in(world, 13)
        forth, back = (
            [row.person.name for row in world.maria.pages.people(sort=sort, descending=descending).rows]
            for descending in (False, True)
        )
        assert (expected.split(), expected.split()[::-1]) == (forth, back)

    @pytest.mark.req("A28")
    def test_choices(self) -> None:
        """Of one role; those who were put away are left out, listed alone, or among the others."""
        world = new_world()
        world.maria.people.archive(world.lee.person_id)
        pages = world.maria.pages
        lists = [pages.people(archived=which).rows for which in (False, True, None)]
        assert [["Maria", "Sam"], ["Lee"], ["Lee", "Maria", "Sam"]] == [
            [it.person.name for it in rows] for rows in lists
        ]
        assert ["Sam"] == [row.person.name for row in pages.people(role=Role.SUPERVISOR).rows]
        for role in (Role.CONTACT, "worker"):
            with pytest.raises(InvalidInput):
                pages.people(role=role)  # type: ignore[arg-type]


class TestThePerson:
    """Somebody by themselves."""

    @pytest.mark.req("A25", "A26", "A28")
    def test_how_they_sign_in(self) -> None:
        """A Manager and Lee himself see whether he has a password and from where he may come; a supervisor his row."""
        world = new_world(UNLIMITED)
        lee = world.lee.person_id
        signed_in(world, 13)
        world.maria.people.set_allowed_addresses(lee, ["10.0.0.0/8"])
        world.log(2)
        marias, his, sams = (desk.pages.person(lee) for desk in (world.maria, world.lee, world.sam))
        assert marias == his
        assert marias.row == sams.row
        assert marias.login is not None
        assert (True, ("10.0.0.0/8",), utc(2026, 3, 2, 13)) == (
            marias.login.has_password,
            marias.login.admitted_from,
            marias.row.last_sign_in,
        )
        assert sams.login is None
        assert timedelta(hours=2) == sams.row.worked

    @pytest.mark.req("A22", "A26")
    def test_somebody_who_never_could(self) -> None:
        """Without a password they cannot sign in, and no addresses mean any; contacts and archived people too."""
        world = new_world()
        cleo = world.cleo.person_id
        assert world.cleo.pages.person(cleo) == world.maria.pages.person(cleo)
        world.maria.people.archive(cleo)
        it = world.maria.pages.person(cleo).login
        assert it is not None
        assert (False, ()) == (it.has_password, it.admitted_from)
