"""What each role may do and see."""

from collections.abc import Callable
from datetime import date
from typing import Any

import attrs
import pytest

from invoicecore import Action, Deposit, Desk, Money, Period, Rate, Role, TaxCategory, WorkSessionView, utc
from invoicecore.errors import (
    ActionNotAllowed,
    InvalidInput,
    InvalidState,
    InvoicecoreError,
    NotFound,
    NotPermitted,
    NumberTaken,
    SessionLocked,
)
from invoicecore.model.permissions import GRANTABLE_ROLES, PERMISSIONS, may
from tests.desk.scene import COLUMNS, ONE_DAY, SECRET, new_scene
from tests.lifecycle.texttable import rows
from tests.world import UNLIMITED, World, hourly, new_world, terms, usd

ACTS = rows("""
act                 | manager | supervisor | worker | contact
--------------------+---------+------------+--------+--------
edit                | may     |            |        |
save                | may     |            |        |
preview             | may     |            |        |
delete              | may     |            |        |
generate            | may     |            |        |
print               | may     |            |        | may
revert              | may     |            |        |
set_due             | may     |            |        |
set_overdue         | may     |            |        |
set_uncollectible   | may     |            |        |
set_paid            | may     |            |        |
record_payment      | may     |            |        |
apply_credit        | may     |            |        |
void                | may     |            |        |
draft_invoice       | may     |            |        |
make_manual_invoice | may     |            |        |
sweep_overdue       | may     |            |        |
view_invoices       | may     |            |        | may
reverse_payment     | may     |            |        |
view_payments       | may     |            |        | may
adjust              | may     |            |        |
request_refill          | may     |            |        |
correct_booking_days | may     |            |        |
view_account        | may     |            |        | may
add_client          | may     |            |        |
change_client       | may     |            |        |
set_terms           | may     |            |        |
archive_client      | may     |            |        |
view_clients        | may     | may        |        | may
add_project         | may     |            |        |
change_project      | may     |            |        |
set_rate            | may     |            |        |
archive_project     | may     |            |        |
assign              | may     | may        |        |
view_projects       | may     | may        | may    | may
log_work            | may     | may        | may    |
run_timer           | may     | may        | may    |
log_for_others      | may     |            |        |
log_over_limit       | may     |            |        |
state_rate          | may     |            |        |
state_billable      | may     | may        |        |
import_work         | may     |            |        |
edit_work           | may     | may        |        |
delete_work         | may     | may        |        |
view_work           | may     | may        | may    | may
record_expense      | may     | may        | may    |
import_expenses     | may     |            |        |
state_price         | may     |            |        |
record_fee          | may     |            |        |
allow               | may     |            |        |
edit_charge         | may     | may        |        |
delete_charge       | may     | may        |        |
view_charges        | may     | may        | may    | may
add_person          | may     |            |        |
change_person       | may     |            |        |
archive_person      | may     |            |        |
view_people         | may     | may        |        |
sign_in             | may     | may        | may    | may
change_own_profile  | may     | may        | may    | may
set_password        | may     |            |        |
set_allowed_addresses          | may     |            |        |
view_login          | may     |            |        |
change_firm         | may     |            |        |
view_firm           | may     | may        | may    |
view_logo           | may     | may        | may    | may
view_audit          | may     |            |        |
""")
"""Which role includes which act."""

NOT_SO_MUCH = Period(date(2026, 3, 2), date(2026, 3, 2))


def refusal(call: Callable[[], object]) -> InvoicecoreError | None:
    """The error of a call, or None."""
    try:
        call()
    except InvoicecoreError as error:
        return error
    return None


class TestTheTableOfPermissions:
    """Who may what, as written by hand."""

    @pytest.mark.req("A14", "A15", "A17", "A18", "A19", "A20", "A21")
    @pytest.mark.parametrize("action", list(Action))
    def test_every_act(self, action: Action) -> None:
        """The table permits each act to exactly the roles of the grid."""
        assert [role for role, mark in ACTS[action].items() if mark == "may"] == [
            role for role in Role if may(role, action)
        ]

    def test_complete(self) -> None:
        """Every act and every role has its cell."""
        assert set(ACTS) == {str(action) for action in Action} == {str(action) for action in PERMISSIONS}
        assert list(ACTS["edit"]) == [str(role) for role in Role]
        assert {"may", ""} == {mark for marks in ACTS.values() for mark in marks.values()}

    @pytest.mark.req("A15")
    def test_a_manager_may_everything(self) -> None:
        """No act is kept from a Manager."""
        assert {"may"} == {marks["manager"] for marks in ACTS.values()}

    @pytest.mark.req("A20", "A21")
    def test_contacts_only_look(self) -> None:
        """What a contact may is seeing and printing; and their own profile is theirs."""
        theirs = [action for action, marks in ACTS.items() if marks["contact"] == "may"]
        own = ["sign_in", "change_own_profile"]
        assert ["print", *own] == [action for action in theirs if not action.startswith("view_")]


class TestGivingRoles:
    """Who may make whom what."""

    @pytest.mark.req("A14")
    @pytest.mark.parametrize("role", list(Role))
    def test_the_table(self, role: Role) -> None:
        """A Manager may give every role, and nobody else any."""
        assert (set(Role) if role is Role.MANAGER else set()) == set(GRANTABLE_ROLES.get(role, ()))

    @pytest.mark.parametrize("role", list(Role))
    def test_no_role_above_ones_own(self, role: Role) -> None:
        """Whatever the table will say: nobody gives a role with which more may be done than with their own."""
        for given in GRANTABLE_ROLES.get(role, ()):
            assert {action for action in Action if may(given, action)} <= {
                action for action in Action if may(role, action)
            }

    @pytest.mark.parametrize("given", [Role.MANAGER, Role.SUPERVISOR])
    def test_both_ways_go_by_it(self, given: Role, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody who may add and change people, but not give that role, is refused both."""
        scene = new_scene()
        monkeypatch.setitem(GRANTABLE_ROLES, Role.MANAGER, frozenset(Role) - {given})
        people, nora = scene.world.maria.people, scene.things["same client"].person
        for call in (
            lambda: people.add(name="Pat", role=given),
            lambda: people.change(nora, role=given),
        ):
            error = refusal(call)
            assert isinstance(error, NotPermitted)
            assert () == error.allowed
        assert people.change(nora, name="Nora N.").name == "Nora N."


class TestSupervisorsAndWorkers:
    """They work, and see no money."""

    @pytest.mark.req("A17")
    def test_a_supervisor_assigns(self) -> None:
        """Whom a supervisor assigns can log hours, and no longer when taken off."""
        world = new_world()
        nora = world.maria.people.add(name="Nora", role=Role.WORKER)
        desk = world.billing.acting_as(nora.id)
        assert () == desk.projects.all()
        world.sam.projects.assign(world.site.id, nora.id)
        assert nora.id == desk.work.log(world.site.id, start=ONE_DAY, hours=1).person_id
        world.sam.projects.unassign(world.site.id, nora.id)
        with pytest.raises(NotFound):
            desk.work.log(world.site.id, start=ONE_DAY, hours=1)
        assert 1 == len(desk.work.sessions())

    @pytest.mark.req("A17", "A22")
    def test_contacts_are_not_assigned(self) -> None:
        """A client's contact is assigned to nothing, and no work is recorded for them."""
        world = new_world()
        with pytest.raises(InvalidState, match="contact"):
            world.maria.projects.assign(world.site.id, world.cleo.person_id)
        with pytest.raises(InvalidState, match="contact"):
            world.maria.work.log(world.site.id, start=ONE_DAY, hours=1, person_id=world.cleo.person_id)

    @pytest.mark.req("A18")
    def test_a_supervisor_edits_everybodys_sessions(self) -> None:
        """Lee's 2 h at $50 become 3 h: the balance goes from −$100 to −$150, and to $0 when they are deleted."""
        world = new_world()
        session = world.log(2)
        assert usd(-100) == world.balance()
        world.sam.work.edit(session, hours=3)
        assert usd(-150) == world.balance()
        world.sam.work.delete(session)
        assert usd(0) == world.balance()

    @pytest.mark.req("A19")
    def test_a_worker_logs_on_assigned_projects(self) -> None:
        """A worker sees and uses only the projects they are assigned to, and only their own sessions."""
        world = new_world()
        shop = world.maria.projects.add(client_id=world.acme.id, name="Shop", rate=hourly(50))
        own = world.log(2)
        world.sam.work.log(world.site.id, start=ONE_DAY, hours=1)
        assert [world.site.id] == [project.id for project in world.lee.projects.all()]
        assert [own] == [session.id for session in world.lee.work.sessions()]
        with pytest.raises(NotFound):
            world.lee.work.log(shop.id, start=ONE_DAY, hours=1)
        with pytest.raises(NotPermitted):
            world.lee.work.edit(own, hours=3)

    def test_managers_and_contacts_do_see_it(self) -> None:
        """The same questions, asked by those who see money, are answered with it."""
        scene = new_scene()
        for desk in (scene.desks["manager"], scene.desks["contact"], scene.desks["limited"]):
            assert usd(100) == desk.work.get(scene.things["own"].session).amount
            assert hourly(50) == desk.work.get(scene.things["own"].session).rate
            assert hourly(50) == desk.projects.get(scene.things["own"].project).rates[0].rate

    def test_no_invoice_either(self) -> None:
        """They are told that a session is locked, and a Manager and Cleo by which invoice."""
        world = new_world()
        session = world.log(2)
        assert not world.lee.work.get(session).locked
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, NOT_SO_MUCH).id)
        shown = [desk.work.get(session) for desk in (world.maria, world.cleo, world.sam, world.lee)]
        assert [(True, invoice.id), (True, invoice.id), (True, None), (True, None)] == [
            (it.locked, it.locked_by) for it in shown
        ]


class TestOneself:
    """What everybody may change of their own, whatever their role."""

    @pytest.mark.req("A10", "A11")
    @pytest.mark.parametrize("column", COLUMNS)
    def test_zone_and_password(self, column: str) -> None:
        """One's zone is as one chose it, and the new password is right where the former one was."""
        desk = new_scene(column).desks[column]
        assert "America/Chicago" == desk.pages.person(desk.person_id).timezone
        desk.people.change_me(timezone="Asia/Tokyo")
        assert "Asia/Tokyo" == desk.pages.person(desk.person_id).timezone
        desk.people.change_my_password(current=SECRET, new="another secret")
        with pytest.raises(InvalidState):
            desk.people.change_my_password(current=SECRET, new="a third secret")
        desk.people.change_my_password(current="another secret", new="a third secret")


class TestContacts:
    """They read what is their client's."""

    @pytest.mark.req("A20", "A21", "A22")
    def test_own_client_only(self) -> None:
        """Of two clients, a contact sees projects, sessions, invoices and money of their own."""
        world = new_world(UNLIMITED)
        other = world.client()
        job = world.project(other)
        world.log(1)
        world.log(1, job)
        dora = world.billing.acting_as(world.maria.people.add(name="Dora", role=Role.CONTACT, client_id=other.id).id)
        for client in (world.acme, other):
            world.maria.invoices.manual(client.id, usd(10), deposit=Deposit.TO_BALANCE)
        for desk, client, project in ((world.cleo, world.acme, world.site), (dora, other, job)):
            assert [client.id] == [it.id for it in desk.clients.all()]
            assert [project.id] == [it.id for it in desk.projects.all()]
            assert [project.id] == [it.project_id for it in desk.work.sessions()]
            assert [client.id] == [it.client_id for it in desk.invoices.all()]
            assert usd(-50) == desk.accounts.standing(client.id).balance

    @pytest.mark.req("A20", "A21")
    def test_limited_to_projects(self) -> None:
        """A limited contact sees the sessions of their projects, and invoices of which every line is theirs."""
        world = new_world(UNLIMITED)
        maria, acme = world.maria, world.acme
        shop = world.project(name="Shop")
        world.log(1)
        world.log(1, shop)
        march = Period.month(2026, 3)
        mixed = maria.invoices.generate(maria.invoices.draft(acme.id, march).id)
        maria.invoices.void(mixed.id, note="Split it.")
        theirs = maria.invoices.generate(maria.invoices.draft(acme.id, march, projects=[world.site.id]).id)
        maria.invoices.generate(maria.invoices.draft(acme.id, march, projects=[shop.id]).id)
        maria.invoices.manual(acme.id, usd(10), deposit=Deposit.TO_BALANCE)
        lia = maria.people.add(name="Lia", role=Role.CONTACT, client_id=acme.id, limited_to=[world.site.id])
        desk = world.billing.acting_as(lia.id)
        assert [world.site.id] == [it.id for it in desk.projects.all()] == [it.id for it in desk.projects.of(acme.id)]
        assert [world.site.id] == [it.project_id for it in desk.work.sessions(client_id=acme.id)]
        assert [theirs.id] == [it.id for it in desk.invoices.all()] == [it.id for it in desk.invoices.of(acme.id)]
        assert 4 == len(world.cleo.invoices.all())
        with pytest.raises(NotFound):
            desk.invoices.get(mixed.id)

    @pytest.mark.req("A20", "B25")
    def test_no_drafts_and_no_void_notes(self) -> None:
        """A contact sees no draft, also none that was generated once, and not why an invoice was voided."""
        world = new_world(UNLIMITED)
        world.log(1)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        assert () == world.cleo.invoices.all()
        world.maria.invoices.generate(draft.id)
        assert [draft.id] == [it.id for it in world.cleo.invoices.all()]
        world.maria.invoices.revert(draft.id)
        assert () == world.cleo.invoices.of(world.acme.id)
        world.maria.invoices.generate(draft.id)
        world.maria.invoices.void(draft.id, note="They never pay.")
        *_, hers = world.cleo.invoices.history(draft.id)
        *_, marias = world.maria.invoices.history(draft.id)
        assert ("", "They never pay.") == (hers.note, marias.note)
        assert attrs.evolve(marias, note="") == hers
        everything = (world.cleo.invoices.printable(draft.id), world.cleo.accounts.statement(world.acme.id))
        assert "never pay" not in str([attrs.astuple(it) for it in everything])

    @pytest.mark.req("A20", "A21", "A22", "A48")
    def test_a_login_under_a_client(self) -> None:
        """Dora's is made under Acme with a password; she signs in with it, reads Acme's pages, and adds nothing."""
        world = new_world(UNLIMITED)
        world.log(2)
        given = {"email": "dora@acme.example", "password": SECRET}
        dora = world.maria.people.add(name="Dora", role=Role.CONTACT, client_id=world.acme.id, **given)
        desk = world.billing.sign_in("dora@acme.example", SECRET)
        assert dora.id == desk.person_id
        summary = desk.pages.client(world.acme.id)
        assert summary.standing is not None
        assert (usd(-100), 1) == (summary.standing.balance, len(desk.pages.work().rows))
        with pytest.raises(NotPermitted):
            desk.work.log(world.site.id, start=ONE_DAY, hours=1)

    def test_a_draft_cannot_name_foreign_things(self) -> None:
        """Not even a Manager puts another client's project or session on a draft."""
        world = new_world()
        foreign = world.project(world.client())
        session = world.log(1, foreign)
        for wrong in ({"projects": [foreign.id]}, {"exclude": [session]}):
            with pytest.raises(NotFound):
                world.maria.invoices.draft(world.acme.id, NOT_SO_MUCH, **wrong)


class TestRoleChanges:
    """A desk holds an id; what the person may is read each time."""

    @pytest.mark.req("A14", "A15")
    def test_at_once(self) -> None:
        """Sam becomes a manager, then a worker, and the same desk follows."""
        world = new_world()
        session = world.log(2)
        with pytest.raises(NotPermitted):
            world.sam.accounts.standing(world.acme.id)
        world.maria.people.change(world.sam.person_id, role=Role.MANAGER)
        assert usd(-100) == world.sam.accounts.standing(world.acme.id).balance
        assert usd(100) == world.sam.work.get(session).amount
        world.maria.people.change(world.sam.person_id, role=Role.WORKER)
        with pytest.raises(NotFound):
            world.sam.work.get(session)
        with pytest.raises(NotPermitted):
            world.sam.clients.all()


def stopped_scene() -> World:
    """Acme's work is stopped, its site archived; one invoice of $100 is void, and its number is INV-2026-0001."""
    world = new_world(terms(allowed="-100", refill_at=None))
    world.log(2)
    invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, NOT_SO_MUCH).id)
    world.maria.payments.record(invoice.id)
    [payment] = world.maria.payments.of(world.acme.id)
    world.maria.invoices.void(invoice.id, note="Wrong.")
    world.maria.payments.reverse(payment.id, note="Went back.")
    world.maria.projects.set_rate(world.site.id, hourly(60), since=utc(2026, 2, 1))
    world.maria.projects.archive(world.site.id)
    return world


EUR = Money.of(10, "EUR")
NOWHERE = "nothing-has-this-id"

MALFORMED: dict[str, Callable[[Desk, str], object]] = {
    "record": lambda desk, it: desk.payments.record(it, usd(0)),
    "apply credit": lambda desk, it: desk.payments.apply_credit(it, usd(-1)),
    "reverse": lambda desk, it: desk.payments.reverse(it, note=" "),
    "void": lambda desk, it: desk.invoices.void(it, note=""),
    "draft": lambda desk, it: desk.invoices.draft(it, "March"),  # type: ignore[arg-type]
    "manual": lambda desk, it: desk.invoices.manual(it, usd(0), deposit=Deposit.TO_BALANCE),
    "save": lambda desk, it: desk.invoices.save(it, amount=usd(0)),
    "generate": lambda desk, it: desk.invoices.generate(it, use_latest=1),  # type: ignore[arg-type]
    "adjust": lambda desk, it: desk.accounts.adjust(it, usd(0), reason="Nothing."),
    "log": lambda desk, it: desk.work.log(it, start=ONE_DAY, hours=1.5),  # type: ignore[arg-type]
    "edit": lambda desk, it: desk.work.edit(it, hours=-1),
    "stop": lambda desk, it: desk.work.stop(it, note=7),  # type: ignore[arg-type]
    "start": lambda desk, it: desk.work.start(it, billable="yes"),  # type: ignore[arg-type]
    "set terms": lambda desk, it: desk.clients.set_terms(it, "none"),  # type: ignore[arg-type]
    "change client": lambda desk, it: desk.clients.change(it, name=" "),
    "change project": lambda desk, it: desk.projects.change(it, name=""),
    "set rate": lambda desk, it: desk.projects.set_rate(it, usd(5)),  # type: ignore[arg-type]
    "add project": lambda desk, it: desk.projects.add(client_id=it, name="", rate=hourly(1)),
    "change person": lambda desk, it: desk.people.change(it, email="nobody"),
    "add person": lambda desk, it: desk.people.add(name="", role=Role.CONTACT, client_id=it),
    "limit": lambda desk, it: desk.people.restrict_to_projects(it, "x"),
    "set password": lambda desk, it: desk.people.set_password(it, "short"),
    "admit": lambda desk, it: desk.people.set_allowed_addresses(it, ["10.0.0.1/8"]),
    "firm": lambda desk, it: desk.firm.change(name=""),
    "logo": lambda desk, it: desk.firm.set_logo(b"GIF89a"),
    "tax": lambda desk, it: desk.firm.set_tax("", category=TaxCategory.ZERO),
    "my zone": lambda desk, it: desk.people.change_me(timezone="Chicago"),
    "my password": lambda desk, it: desk.people.change_my_password(current="x", new="short"),
    "number": lambda desk, it: desk.firm.set_next_number(0),
    "an id that is no text": lambda desk, it: desk.invoices.get(7),  # type: ignore[arg-type]
    "a blank key": lambda desk, it: desk.invoices.revert(it, idempotency_key=""),
}

NOT_PERMITTED: dict[str, Callable[[World, str], object]] = {
    "pay a void invoice": lambda world, it: world.cleo.payments.record(it),
    "void it again": lambda world, it: world.cleo.invoices.void(it, note="Why."),
    "revert it": lambda world, it: world.cleo.invoices.revert(it),
    "apply no credit": lambda world, it: world.cleo.payments.apply_credit(it),
    "log on an archived project": lambda world, it: world.cleo.work.log(world.site.id, start=ONE_DAY, hours=1),
    "set an earlier rate": lambda world, it: world.sam.projects.set_rate(world.site.id, hourly(1), since=ONE_DAY),
    "go past the stop": lambda world, it: world.lee.work.log(
        world.site.id, start=ONE_DAY, hours=1, over_limit=True, reason="Done."
    ),
    "adjust in euros": lambda world, it: world.sam.accounts.adjust(world.acme.id, EUR, reason="Why."),
    "take a number that is given": lambda world, it: world.cleo.invoices.manual(
        world.acme.id, usd(1), deposit=Deposit.TO_BALANCE, number="INV-2026-0001"
    ),
    "a client in two currencies": lambda world, it: world.sam.clients.add(name="B", terms=terms(), currency="EUR"),
}

NOT_NOW: dict[str, tuple[type[InvalidState], Callable[[World, str], object]]] = {
    "pay a void invoice in euros": (ActionNotAllowed, lambda world, it: world.maria.payments.record(it, EUR)),
    "pay a void invoice too much": (ActionNotAllowed, lambda world, it: world.maria.payments.record(it, usd(999))),
    "credit in euros on a void invoice": (
        ActionNotAllowed,
        lambda world, it: world.maria.payments.apply_credit(it, EUR),
    ),
    "too much credit on a void invoice": (
        ActionNotAllowed,
        lambda world, it: world.maria.payments.apply_credit(it, usd(999)),
    ),
    "take back in euros what went back": (
        InvalidState,
        lambda world, it: world.maria.payments.reverse(
            world.maria.payments.of(world.acme.id)[0].id, note="Why.", amount=EUR
        ),
    ),
    "log on an archived project while stopped": (
        InvalidState,
        lambda world, it: world.lee.work.log(world.site.id, start=ONE_DAY, hours=1),
    ),
    "start on an archived project while stopped": (
        InvalidState,
        lambda world, it: world.lee.work.start(world.site.id),
    ),
    "a manual invoice in euros with a given number": (
        NumberTaken,
        lambda world, it: world.maria.invoices.manual(
            world.acme.id, EUR, deposit=Deposit.TO_BALANCE, number="INV-2026-0001"
        ),
    ),
    "an earlier rate in euros": (
        InvalidState,
        lambda world, it: world.maria.projects.set_rate(world.site.id, Rate.hourly(1, "EUR"), since=utc(2026, 1, 1)),
    ),
    "save a void invoice in euros": (ActionNotAllowed, lambda world, it: world.maria.invoices.save(it, amount=EUR)),
}


class TestWhichErrorWins:
    """Malformed, absent, not permitted, not allowed now, rule of money: in that order."""

    @pytest.mark.parametrize("call", MALFORMED.values(), ids=list(MALFORMED))
    def test_malformed_before_absent_and_permission(self, call: Callable[[Desk, str], object]) -> None:
        """What is no value at all is said so, to anybody, whether or not the thing it is about exists."""
        world = new_world()
        for desk in (world.maria, world.sam, world.lee, world.cleo):
            with pytest.raises(InvalidInput):
                call(desk, NOWHERE)

    @pytest.mark.parametrize("call", NOT_PERMITTED.values(), ids=list(NOT_PERMITTED))
    def test_permission_before_the_present_state(self, call: Callable[[World, str], object]) -> None:
        """Who may not, learns nothing about whether it would be possible now."""
        world = stopped_scene()
        [void] = world.maria.invoices.all()
        with pytest.raises(NotPermitted):
            call(world, void.id)

    @pytest.mark.parametrize(("error", "call"), NOT_NOW.values(), ids=list(NOT_NOW))
    def test_the_present_state_before_money(
        self, error: type[InvalidState], call: Callable[[World, str], object]
    ) -> None:
        """What is impossible now is said so before anything about amounts and currencies."""
        world = stopped_scene()
        [void] = world.maria.invoices.all()
        with pytest.raises(error):
            call(world, void.id)

    def test_a_lock_before_a_currency(self) -> None:
        """A locked session is locked, whatever rate was to be given to it."""
        world = new_world()
        session = world.log(2)
        world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, NOT_SO_MUCH).id)
        with pytest.raises(SessionLocked):
            world.maria.work.edit(session, rate=Rate.hourly(1, "EUR"))


def test_views_are_what_the_words_say() -> None:
    """A session shown to Lee has the shape of one shown to Maria, without rate and amount."""
    world = new_world()
    session = world.log(2)
    marias, lees = world.maria.work.get(session), world.lee.work.get(session)
    hidden: dict[str, Any] = {"rate": None, "amount": None, "rate_stated": None}
    assert isinstance(lees, WorkSessionView)
    assert attrs.evolve(marias, **hidden) == lees
