"""Employees and contacts."""

from functools import partial
from typing import Any

import pytest
from attrs import evolve

from invoicecore import Action, LoginView, Person, Role
from invoicecore.errors import InvalidInput, InvalidState, LastManager, NotFound, PersonArchived
from tests.books import books
from tests.world import NOON, World


class TestAdd:
    @pytest.mark.req("A14", "A25")
    def test_an_employee_has_a_name_a_role_and_perhaps_an_email_and_a_zone(self, world: World) -> None:
        """The three roles of employees need no client."""
        for role in (Role.MANAGER, Role.SUPERVISOR, Role.WORKER):
            email = f"{role}@northwind.example"
            person = world.maria.people.add(name=" Kim ", role=role, email=email, timezone="Asia/Seoul")
            expected = Person(name="Kim", role=role, email=email, timezone="Asia/Seoul", id=person.id)
            assert expected == world.maria.people.get(person.id)

    @pytest.mark.req("A20", "A22")
    def test_a_contact_is_made_under_a_client(self, world: World) -> None:
        """And may be limited to some of its projects."""
        carl = world.maria.people.add(
            name="Carl", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id, world.site.id]
        )
        assert world.acme.id == carl.client_id
        assert frozenset({world.site.id}) == carl.limited_to

    @pytest.mark.req("A22")
    def test_exactly_contacts_have_a_client(self, world: World) -> None:
        """A contact without one, a worker with one, and a worker who is limited are malformed."""
        given: list[dict[str, Any]] = [
            {"role": Role.CONTACT},
            {"role": Role.WORKER, "client_id": world.acme.id},
            {"role": Role.WORKER, "limited_to": [world.site.id]},
            {"role": Role.WORKER, "limited_to": []},
        ]
        for wrong in given:
            with pytest.raises(InvalidInput):
                world.maria.people.add(name="Kim", **wrong)

    @pytest.mark.parametrize(
        "given",
        [
            {"name": ""},
            {"name": None},
            {"role": "worker"},
            {"role": None},
            {"email": "not an address"},
            {"email": "a@b@c"},
            {"timezone": "Chicago"},
            {"limited_to": "abc"},
            {"limited_to": [1]},
        ],
    )
    def test_a_person_is_well_formed(self, world: World, given: dict[str, Any]) -> None:
        """Malformed values are refused, whoever asks."""
        before = books(world.storage, world.billing.firm_id)
        for desk in (world.maria, world.lee):
            with pytest.raises(InvalidInput):
                desk.people.add(**{"name": "Kim", "role": Role.CONTACT, "client_id": "nobody", **given})
        assert before == books(world.storage, world.billing.firm_id)

    def test_the_client_and_the_projects_must_be_there_and_belong_together(self, world: World) -> None:
        """A contact is not limited to another client's project."""
        job = world.project(world.client("Globex"))
        for client, limits in (("nobody", []), (world.acme.id, ["nothing"]), (world.acme.id, [job.id])):
            with pytest.raises(NotFound):
                world.maria.people.add(name="Carl", role=Role.CONTACT, client_id=client, limited_to=limits)


class TestEmail:
    def test_each_is_used_once(self, world: World) -> None:
        """In whatever letters it is written, and also by somebody who was archived."""
        with pytest.raises(InvalidState, match="somebody else's already"):
            world.maria.people.add(name="Kim", role=Role.WORKER, email="LEE@Northwind.example")
        world.maria.people.archive(world.lee.person_id)
        with pytest.raises(InvalidState, match="somebody else's already"):
            world.maria.people.change(world.sam.person_id, email="lee@northwind.example")

    def test_the_owners_is_taken_too(self, world: World) -> None:
        """Maria's address was reserved when the firm was made."""
        with pytest.raises(InvalidState):
            world.maria.people.add(name="Mary", role=Role.WORKER, email="maria@northwind.example")

    def test_several_have_none(self, world: World) -> None:
        """It is needed only by those who sign in."""
        added = [world.maria.people.add(name="Kim", role=Role.WORKER) for _ in range(2)]
        assert [None, None] == [it.email for it in added]

    def test_one_that_was_given_up_is_free(self, world: World) -> None:
        """When Lee gets another, somebody else may have the former one."""
        world.maria.people.change(world.lee.person_id, email="lee2@northwind.example")
        kim = world.maria.people.add(name="Kim", role=Role.WORKER, email="lee@northwind.example")
        assert "lee@northwind.example" == kim.email
        with pytest.raises(InvalidState):
            world.maria.people.change(kim.id, email="lee2@northwind.example")

    def test_ones_own_is_no_obstacle(self, world: World) -> None:
        """The same address again, in other letters, is the same."""
        person = world.maria.people.change(world.lee.person_id, email="Lee@Northwind.Example", name="Lee L.")
        assert ("lee@northwind.example", "Lee L.") == (person.email, person.name)


class TestChange:
    def test_what_is_none_stays(self, world: World) -> None:
        """Name, zone and role change one by one."""
        change = world.maria.people.change
        change(world.lee.person_id, name="Leo")
        change(world.lee.person_id, timezone="Europe/Paris")
        person = change(world.lee.person_id, role=Role.SUPERVISOR)
        assert ("Leo", "Europe/Paris", Role.SUPERVISOR, "lee@northwind.example") == (
            person.name,
            person.timezone,
            person.role,
            person.email,
        )

    def test_an_employee_does_not_become_a_contact(self, world: World) -> None:
        """A contact belongs to a client from the start, and remains a contact."""
        with pytest.raises(InvalidInput):
            world.maria.people.change(world.lee.person_id, role=Role.CONTACT)
        with pytest.raises(InvalidInput):
            world.maria.people.change(world.cleo.person_id, role=Role.WORKER)


class TestLittleIsRequired:
    def test_a_name_and_a_role(self, world: World) -> None:
        """What a form leaves blank is not given: e-mail, zone, and the addresses to sign in from."""
        bare = world.maria.people.add(name="Pat", role=Role.WORKER)
        blank = world.maria.people.add(name="Kit", role=Role.WORKER, email=" ", timezone="", admitted_from=[" "])
        assert (None, None, None, None) == (bare.email, bare.timezone, blank.email, blank.timezone)
        assert () == world.maria.people.login(blank.id).admitted_from
        world.maria.people.set_allowed_addresses(bare.id, ["10.0.0.0/8"])
        assert () == world.maria.people.set_allowed_addresses(bare.id, "").admitted_from
        assert None is world.maria.people.change(world.lee.person_id, email="").email


class TestOwnZone:
    @pytest.mark.req("A10")
    def test_everybody_chooses_their_own(self, world: World) -> None:
        """Contacts too; nothing else of them changes."""
        for desk in (world.maria, world.sam, world.lee, world.cleo):
            before = desk.people.me()
            assert evolve(before, timezone="Asia/Tokyo") == desk.people.change_me(timezone="Asia/Tokyo")
            assert "Asia/Tokyo" == desk.people.me().timezone
            assert before == desk.people.change_me(timezone=None)
        [*_, record] = world.maria.firm.audit()
        assert (Action.CHANGE_OWN_PROFILE, world.cleo.person_id) == (record.action, record.by)

    @pytest.mark.parametrize("wrong", ["Chicago", 7, b"UTC"])
    def test_there_must_be_such_a_zone(self, world: World, wrong: Any) -> None:
        """One that is not known changes nothing."""
        with pytest.raises(InvalidInput):
            world.lee.people.change_me(timezone=wrong)
        assert world.lee.people.me().timezone is None


class TestLimits:
    @pytest.mark.req("A20", "A21", "A22")
    def test_a_contact_is_limited_and_freed_again(self, world: World) -> None:
        """From then on they see only those projects, and no money of the whole client."""
        shop = world.project(name="Shop")
        limit = partial(world.maria.people.restrict_to_projects, world.cleo.person_id)
        assert frozenset({shop.id}) == limit([shop.id]).limited_to
        assert [shop.id] == [it.id for it in world.cleo.projects.all()]
        with pytest.raises(NotFound):
            world.cleo.accounts.standing(world.acme.id)
        assert frozenset() == limit([]).limited_to
        assert () == world.cleo.projects.all()
        assert limit(None).limited_to is None
        assert 2 == len(world.cleo.projects.all())
        assert world.cleo.accounts.standing(world.acme.id)

    def test_only_to_projects_of_their_client(self, world: World) -> None:
        """Those of others are not there for them."""
        job = world.project(world.client("Globex"))
        for wrong in ([job.id], [world.site.id, "nothing"]):
            with pytest.raises(NotFound):
                world.maria.people.restrict_to_projects(world.cleo.person_id, wrong)
        for malformed in ("abc", [1], 7):
            with pytest.raises(InvalidInput):
                world.maria.people.restrict_to_projects("nobody", malformed)  # type: ignore[arg-type]

    def test_only_contacts(self, world: World) -> None:
        """Employees are assigned to projects instead."""
        nothing: tuple[list[str] | None, ...] = ([], None)
        for projects in nothing:
            with pytest.raises(InvalidState, match="Lee is not a contact; assign them"):
                world.maria.people.restrict_to_projects(world.lee.person_id, projects)


class TestLogin:
    @pytest.mark.req("A25", "A26")
    def test_somebody_is_added_who_signs_in(self, world: World) -> None:
        """With a password, from some addresses; a login is kept apart from the person."""
        given = {"email": "ann@northwind.example", "password": "as long as it is secret"}
        ann = world.maria.people.add(name="Ann", role=Role.WORKER, admitted_from=["10.0.0.0/8"], **given)
        expected = LoginView(
            person_id=ann.id,
            has_password=True,
            admitted_from=("10.0.0.0/8",),
            last_sign_in=None,
            password_changed_at=world.clock.now(),
        )
        assert expected == world.maria.people.login(ann.id)
        [*_, record] = world.maria.firm.audit()
        assert [("Person", ann.id), ("Login", ann.id)] == [(it.kind, it.id) for it in record.changes]
        desk = world.billing.sign_in("ann@northwind.example", "as long as it is secret", address="10.9.8.7")
        assert NOON == desk.people.login(ann.id).last_sign_in

    def test_somebody_who_does_not_sign_in_has_none(self, world: World) -> None:
        """There is an empty one to look at."""
        nobody = LoginView(person_id=world.sam.person_id, has_password=False, admitted_from=(), last_sign_in=None)
        assert nobody == world.maria.people.login(world.sam.person_id)
        assert {} == books(world.storage, world.billing.firm_id).logins

    @pytest.mark.req("A26")
    def test_where_somebody_may_come_from(self, world: World) -> None:
        """Is kept in one spelling, and stands whatever becomes of the password."""
        people = world.maria.people
        given = ["::ffff:10.0.0.0/104", "192.0.2.1 - 192.0.2.9", "10.0.0.0/8"]
        assert ("10.0.0.0/8", "192.0.2.1-192.0.2.9") == people.set_allowed_addresses(
            world.lee.person_id, given
        ).admitted_from
        view = people.set_password(world.lee.person_id, "as long as it is secret")
        assert (True, ("10.0.0.0/8", "192.0.2.1-192.0.2.9")) == (view.has_password, view.admitted_from)
        assert not people.set_password(world.lee.person_id, None).has_password
        assert () == people.set_allowed_addresses(world.lee.person_id, []).admitted_from

    @pytest.mark.req("A26")
    @pytest.mark.parametrize("wrong", [["10.0.0.1/8"], [True], [167772161], [b"10.0.0.1"], "10.0.0.0/8", None, ["any"]])
    def test_what_cannot_be_read_is_refused(self, world: World, wrong: Any) -> None:
        """In both ways to say it, and for whomever."""
        with pytest.raises(InvalidInput):
            world.maria.people.set_allowed_addresses("nobody", wrong)
        with pytest.raises(InvalidInput):
            world.maria.people.add(name="Ann", role=Role.WORKER, admitted_from=wrong)

    def test_what_belongs_to_one_changes_nothing_of_the_other(self, world: World) -> None:
        """A login is changed by passwords, addresses and signing in, a person by everything else."""
        people, lee = world.maria.people, world.lee.person_id
        people.set_password(lee, "as long as it is secret")
        person, login = people.get(lee), people.login(lee)
        people.set_allowed_addresses(lee, ["10.0.0.0/8"])
        assert person == people.get(lee)
        people.set_allowed_addresses(lee, [])
        people.change(lee, name="Leo", role=Role.SUPERVISOR)
        people.restore(people.archive(lee).id)
        assert login == people.login(lee)


class TestLastManager:
    def test_the_last_manager_is_not_demoted(self, world: World) -> None:
        """Somebody must be able to do everything."""
        with pytest.raises(LastManager, match="Maria is the only manager"):
            world.maria.people.change(world.maria.person_id, role=Role.SUPERVISOR)

    def test_the_last_manager_is_not_archived(self, world: World) -> None:
        """Nor does an archived manager count."""
        with pytest.raises(LastManager):
            world.maria.people.archive(world.maria.person_id)
        mona = world.maria.people.add(name="Mona", role=Role.MANAGER)
        world.maria.people.archive(mona.id)
        with pytest.raises(LastManager):
            world.maria.people.archive(world.maria.person_id)

    def test_one_of_two_may_go(self, world: World) -> None:
        """Then the other one is the last."""
        mona = world.maria.people.add(name="Mona", role=Role.MANAGER)
        world.maria.people.change(world.maria.person_id, role=Role.WORKER)
        desk = world.billing.acting_as(mona.id)
        with pytest.raises(LastManager):
            desk.people.archive(mona.id)
        desk.people.change(world.maria.person_id, role=Role.MANAGER)
        desk.people.archive(mona.id)
        assert world.maria.people.get(mona.id).archived

    def test_the_last_manager_may_change_otherwise(self, world: World) -> None:
        """A new name is no demotion."""
        assert "Mary" == world.maria.people.change(world.maria.person_id, name="Mary").name


class TestArchive:
    def test_whoever_is_archived_no_longer_acts(self, world: World) -> None:
        """A desk that was opened before is of no use, until they are back."""
        world.maria.people.archive(world.lee.person_id)
        with pytest.raises(PersonArchived, match="Lee was archived"):
            world.log(1)
        with pytest.raises(PersonArchived):
            world.lee.work.sessions()
        with pytest.raises(PersonArchived):
            world.billing.acting_as(world.lee.person_id)
        restored = world.maria.people.restore(world.lee.person_id)
        assert not restored.archived
        world.log(1)

    def test_what_they_did_stays(self, world: World) -> None:
        """And they are still listed."""
        id = world.log(1)
        archived = world.maria.people.archive(world.lee.person_id)
        assert archived in world.maria.people.all()
        assert world.lee.person_id == world.maria.work.get(id).person_id

    def test_a_manager_records_what_the_archived_still_did(self, world: World) -> None:
        """Hours that were handed in late are Lee's."""
        world.maria.people.archive(world.lee.person_id)
        session = world.maria.work.log(world.site.id, start=NOON, hours=1, person_id=world.lee.person_id)
        assert world.lee.person_id == session.person_id


class TestLists:
    def test_people_are_listed_in_the_order_in_which_they_were_added(self, world: World) -> None:
        """Managers see everybody, supervisors the employees."""
        assert ["Maria", "Sam", "Lee", "Cleo"] == [it.name for it in world.maria.people.all()]
        assert ["Maria", "Sam", "Lee"] == [it.name for it in world.sam.people.all()]
