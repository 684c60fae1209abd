"""Who may do what, and what does somebody see who may not?

Both grids below were written by hand. The first is compared with the table of permissions; each cell of the second is
tried on a real desk, for every command and query that a desk has.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import attrs
import pytest

from invoicecore import (
    Act,
    Deposit,
    Desk,
    Money,
    NewSession,
    Overpayment,
    Period,
    Rate,
    Role,
    SessionView,
    Status,
    utc,
)
from invoicecore.errors import (
    ActRefused,
    InvoicecoreError,
    LastManager,
    Malformed,
    NotAllowedNow,
    NotFound,
    NotPermitted,
    NumberTaken,
    PersonArchived,
    SessionLocked,
    WorkIsStopped,
)
from invoicecore.ids import PersonId, ProjectId
from invoicecore.permissions import MAY, MAY_GIVE, may
from invoicecore.testing.pictures import png
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
ask_refill          | may     |            |        |
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
log_past_stop       | may     |            |        |
state_rate          | may     |            |        |
import_work         | may     |            |        |
edit_work           | may     | may        |        |
delete_work         | may     | may        |        |
view_work           | may     | may        | may    | may
add_person          | may     |            |        |
change_person       | may     |            |        |
archive_person      | may     |            |        |
view_people         | may     | may        |        |
sign_in             | may     | may        | may    | may
change_own_profile  | may     | may        | may    | may
set_password        | may     |            |        |
admit_from          | may     |            |        |
view_login          | may     |            |        |
change_firm         | may     |            |        |
view_firm           | may     | may        | may    |
view_logo           | may     | may        | may    | may
view_audit          | may     |            |        |
""")
"""Which role includes which act."""

DESK = rows("""
command                      | manager | supervisor | worker | contact | limited
-----------------------------+---------+------------+--------+---------+--------
firm.settings                | yes     | yes        | yes    | no      | no
firm.change                  | yes     | no         | no     | no      | no
firm.set_logo                | yes     | no         | no     | no      | no
firm.logo                    | yes     | yes        | yes    | yes     | yes
firm.logo by its id          | yes     | yes        | yes    | yes     | yes
firm.next_number             | yes     | yes        | yes    | no      | no
firm.set_next_number         | yes     | no         | no     | no      | no
firm.audit                   | yes     | no         | no     | no      | no
people.add                   | yes     | no         | no     | no      | no
people.add a contact         | yes     | no         | absent | no      | no
people.get                   | yes     | yes        | absent | absent  | absent
people.get a contact         | yes     | absent     | absent | absent  | absent
people.me                    | yes     | yes        | yes    | yes     | yes
people.all                   | yes     | yes        | no     | no      | no
people.change                | yes     | no         | absent | absent  | absent
people.change_me             | yes     | yes        | yes    | yes     | yes
people.limit_to              | yes     | absent     | absent | absent  | absent
people.login                 | yes     | no         | absent | absent  | absent
people.login of oneself      | yes     | yes        | yes    | yes     | yes
people.login of a contact    | yes     | absent     | absent | absent  | absent
people.set_password          | yes     | no         | absent | absent  | absent
people.set_password, own     | yes     | no         | no     | no      | no
people.change_my_password    | yes     | yes        | yes    | yes     | yes
people.admit_from            | yes     | no         | absent | absent  | absent
people.admit_from, oneself   | yes     | no         | no     | no      | no
people.archive               | yes     | no         | absent | absent  | absent
people.restore               | yes     | no         | absent | absent  | absent
clients.add                  | yes     | no         | no     | no      | no
clients.get                  | yes     | yes        | absent | yes     | yes
clients.all                  | yes     | yes        | no     | yes     | yes
clients.change               | yes     | no         | absent | no      | no
clients.set_terms            | yes     | no         | absent | no      | no
clients.archive              | yes     | no         | absent | no      | no
clients.restore              | yes     | no         | absent | no      | no
projects.add                 | yes     | no         | absent | no      | no
projects.get                 | yes     | yes        | yes    | yes     | yes
projects.get another         | yes     | yes        | absent | yes     | absent
projects.all                 | yes     | yes        | yes    | yes     | yes
projects.of                  | yes     | yes        | absent | yes     | yes
projects.change              | yes     | no         | no     | no      | no
projects.set_rate            | yes     | no         | no     | no      | no
projects.assign              | yes     | yes        | absent | absent  | absent
projects.unassign            | yes     | yes        | absent | absent  | absent
projects.archive             | yes     | no         | no     | no      | no
projects.restore             | yes     | no         | no     | no      | no
work.log                     | yes     | yes        | yes    | no      | no
work.log on another project  | yes     | yes        | absent | no      | absent
work.log for another         | yes     | no         | absent | absent  | absent
work.log at a rate           | yes     | no         | no     | no      | no
work.log past the stop       | yes     | no         | no     | no      | no
work.import_many             | yes     | no         | no     | no      | no
work.imported                | yes     | no         | no     | no      | no
work.start                   | yes     | yes        | yes    | no      | no
work.stop                    | yes     | yes        | yes    | no      | no
work.stop another's          | yes     | no         | absent | no      | no
work.discard                 | yes     | yes        | yes    | no      | no
work.discard another's       | yes     | no         | absent | no      | no
work.running                 | yes     | yes        | yes    | yes     | yes
work.edit                    | yes     | yes        | no     | no      | no
work.edit another's          | yes     | yes        | absent | no      | no
work.edit at a rate          | yes     | no         | no     | no      | no
work.edit past the stop      | yes     | no         | no     | no      | no
work.delete                  | yes     | yes        | no     | no      | no
work.delete another's        | yes     | yes        | absent | no      | no
work.get                     | yes     | yes        | yes    | yes     | yes
work.get another's           | yes     | yes        | absent | yes     | yes
work.sessions                | yes     | yes        | yes    | yes     | yes
work.sessions of a client    | yes     | yes        | absent | yes     | yes
work.sessions of a person    | yes     | yes        | absent | absent  | absent
invoices.draft               | yes     | no         | absent | no      | no
invoices.manual              | yes     | no         | absent | no      | no
invoices.open                | yes     | absent     | absent | absent  | absent
invoices.save                | yes     | absent     | absent | absent  | absent
invoices.delete              | yes     | absent     | absent | absent  | absent
invoices.generate            | yes     | absent     | absent | absent  | absent
invoices.revert              | yes     | absent     | absent | no      | no
invoices.set_due             | yes     | absent     | absent | no      | no
invoices.set_overdue         | yes     | absent     | absent | no      | no
invoices.set_uncollectible   | yes     | absent     | absent | no      | no
invoices.set_paid            | yes     | absent     | absent | no      | no
invoices.void                | yes     | absent     | absent | no      | no
invoices.sweep_overdue       | yes     | no         | no     | no      | no
invoices.get                 | yes     | absent     | absent | yes     | yes
invoices.get a draft         | yes     | absent     | absent | absent  | absent
invoices.of                  | yes     | no         | absent | yes     | yes
invoices.all                 | yes     | no         | no     | yes     | yes
invoices.available_acts      | yes     | absent     | absent | yes     | yes
invoices.history             | yes     | absent     | absent | yes     | yes
invoices.history of a draft  | yes     | absent     | absent | absent  | absent
invoices.paper               | yes     | absent     | absent | yes     | yes
invoices.paper of a draft    | yes     | absent     | absent | absent  | absent
payments.record              | yes     | absent     | absent | no      | no
payments.apply_credit        | yes     | absent     | absent | no      | no
payments.reverse             | yes     | absent     | absent | no      | absent
payments.get                 | yes     | absent     | absent | yes     | absent
payments.of                  | yes     | no         | absent | yes     | absent
accounts.standing            | yes     | no         | absent | yes     | absent
accounts.statement           | yes     | no         | absent | yes     | absent
accounts.statement_paper     | yes     | no         | absent | yes     | absent
accounts.entries             | yes     | no         | absent | yes     | absent
accounts.adjust              | yes     | no         | absent | no      | absent
accounts.ask_refill          | yes     | no         | absent | no      | absent
""")
"""What becomes of each command: `yes`, `no` where the role does not include it, `absent` where the thing it names is
not one's to see. The worker is assigned to the project, the contacts belong to its client; the limited one sees only
that project."""

EVERYBODYS = {"firm.logo by its id"}
"""The rows that name what is not another's for anybody in the firm."""

SECRET = "as long as it is secret"
ONE_DAY = utc(2026, 3, 2, 15)
NOT_SO_MUCH = Period(date(2026, 3, 2), date(2026, 3, 2))


@attrs.frozen
class Things:
    """The ids of everything that a command may name."""

    client: str
    project: str
    another_project: str
    worker: str
    contact: str
    session: str
    anothers_session: str
    timer: str
    anothers_timer: str
    draft: str
    generated: str
    due: str
    payment: str
    logo: str


@attrs.frozen
class Scene:
    """A world with one thing of each kind, and a desk for each column of the grid."""

    world: World
    things: Things
    desks: dict[str, Desk]


TRY: dict[str, Callable[[Desk, Things], object]] = {
    "firm.settings": lambda desk, of: desk.firm.settings(),
    "firm.change": lambda desk, of: desk.firm.change(name="Northwind"),
    "firm.set_logo": lambda desk, of: desk.firm.set_logo(png(2, 2)),
    "firm.logo": lambda desk, of: desk.firm.logo(),
    "firm.logo by its id": lambda desk, of: desk.firm.logo(of.logo),
    "firm.next_number": lambda desk, of: desk.firm.next_number(),
    "firm.set_next_number": lambda desk, of: desk.firm.set_next_number(100),
    "firm.audit": lambda desk, of: desk.firm.audit(),
    "people.add": lambda desk, of: desk.people.add(name="Pat", role=Role.WORKER),
    "people.add a contact": lambda desk, of: desk.people.add(name="Pat", role=Role.CONTACT, client=of.client),
    "people.get": lambda desk, of: desk.people.get(of.worker),
    "people.get a contact": lambda desk, of: desk.people.get(of.contact),
    "people.me": lambda desk, of: desk.people.me(),
    "people.all": lambda desk, of: desk.people.all(),
    "people.change": lambda desk, of: desk.people.change(of.worker, name="Nora N."),
    "people.change_me": lambda desk, of: desk.people.change_me(timezone="Asia/Tokyo"),
    "people.limit_to": lambda desk, of: desk.people.limit_to(of.contact, [of.project]),
    "people.login": lambda desk, of: desk.people.login(of.worker),
    "people.login of oneself": lambda desk, of: desk.people.login(desk.person_id),
    "people.login of a contact": lambda desk, of: desk.people.login(of.contact),
    "people.set_password": lambda desk, of: desk.people.set_password(of.worker, "another secret"),
    "people.set_password, own": lambda desk, of: desk.people.set_password(desk.person_id, "another secret"),
    "people.change_my_password": lambda desk, of: desk.people.change_my_password(current=SECRET, new="another secret"),
    "people.admit_from": lambda desk, of: desk.people.admit_from(of.worker, ["10.0.0.0/8"]),
    "people.admit_from, oneself": lambda desk, of: desk.people.admit_from(desk.person_id, ["10.0.0.0/8"]),
    "people.archive": lambda desk, of: desk.people.archive(of.worker),
    "people.restore": lambda desk, of: desk.people.restore(of.worker),
    "clients.add": lambda desk, of: desk.clients.add(name="Beta", terms=UNLIMITED),
    "clients.get": lambda desk, of: desk.clients.get(of.client),
    "clients.all": lambda desk, of: desk.clients.all(),
    "clients.change": lambda desk, of: desk.clients.change(of.client, name="Acme Inc."),
    "clients.set_terms": lambda desk, of: desk.clients.set_terms(of.client, UNLIMITED),
    "clients.archive": lambda desk, of: desk.clients.archive(of.client),
    "clients.restore": lambda desk, of: desk.clients.restore(of.client),
    "projects.add": lambda desk, of: desk.projects.add(client=of.client, name="App", rate=hourly(10)),
    "projects.get": lambda desk, of: desk.projects.get(of.project),
    "projects.get another": lambda desk, of: desk.projects.get(of.another_project),
    "projects.all": lambda desk, of: desk.projects.all(),
    "projects.of": lambda desk, of: desk.projects.of(of.client),
    "projects.change": lambda desk, of: desk.projects.change(of.project, notes="Soon."),
    "projects.set_rate": lambda desk, of: desk.projects.set_rate(of.project, hourly(60)),
    "projects.assign": lambda desk, of: desk.projects.assign(of.project, of.worker),
    "projects.unassign": lambda desk, of: desk.projects.unassign(of.project, of.worker),
    "projects.archive": lambda desk, of: desk.projects.archive(of.project),
    "projects.restore": lambda desk, of: desk.projects.restore(of.project),
    "work.log": lambda desk, of: desk.work.log(of.project, start=ONE_DAY, hours=1),
    "work.log on another project": lambda desk, of: desk.work.log(of.another_project, start=ONE_DAY, hours=1),
    "work.log for another": lambda desk, of: desk.work.log(of.project, start=ONE_DAY, hours=1, person=of.worker),
    "work.log at a rate": lambda desk, of: desk.work.log(of.project, start=ONE_DAY, hours=1, rate=hourly(70)),
    "work.log past the stop": lambda desk, of: desk.work.log(
        of.project, start=ONE_DAY, hours=1, past_stop=True, reason="It was done."
    ),
    "work.import_many": lambda desk, of: desk.work.import_many(
        [NewSession(project_id=ProjectId(of.project), person_id=PersonId(of.worker), start=ONE_DAY, hours=1)]
    ),
    "work.imported": lambda desk, of: desk.work.imported(["tracker:1"]),
    "work.start": lambda desk, of: desk.work.start(of.project),
    "work.stop": lambda desk, of: desk.work.stop(of.timer),
    "work.stop another's": lambda desk, of: desk.work.stop(of.anothers_timer),
    "work.discard": lambda desk, of: desk.work.discard(of.timer),
    "work.discard another's": lambda desk, of: desk.work.discard(of.anothers_timer),
    "work.running": lambda desk, of: desk.work.running(),
    "work.edit": lambda desk, of: desk.work.edit(of.session, hours=3),
    "work.edit another's": lambda desk, of: desk.work.edit(of.anothers_session, hours=3),
    "work.edit at a rate": lambda desk, of: desk.work.edit(of.session, rate=hourly(70)),
    "work.edit past the stop": lambda desk, of: desk.work.edit(
        of.session, hours=3, past_stop=True, reason="It was done."
    ),
    "work.delete": lambda desk, of: desk.work.delete(of.session),
    "work.delete another's": lambda desk, of: desk.work.delete(of.anothers_session),
    "work.get": lambda desk, of: desk.work.get(of.session),
    "work.get another's": lambda desk, of: desk.work.get(of.anothers_session),
    "work.sessions": lambda desk, of: desk.work.sessions(project=of.project),
    "work.sessions of a client": lambda desk, of: desk.work.sessions(client=of.client),
    "work.sessions of a person": lambda desk, of: desk.work.sessions(person=of.worker),
    "invoices.draft": lambda desk, of: desk.invoices.draft(of.client, NOT_SO_MUCH),
    "invoices.manual": lambda desk, of: desk.invoices.manual(of.client, usd(5), deposit=Deposit.TO_BALANCE),
    "invoices.open": lambda desk, of: desk.invoices.open(of.draft),
    "invoices.save": lambda desk, of: desk.invoices.save(of.draft, leave_out=[]),
    "invoices.delete": lambda desk, of: desk.invoices.delete(of.draft),
    "invoices.generate": lambda desk, of: desk.invoices.generate(of.draft),
    "invoices.revert": lambda desk, of: desk.invoices.revert(of.generated),
    "invoices.set_due": lambda desk, of: desk.invoices.set_due(of.generated),
    "invoices.set_overdue": lambda desk, of: desk.invoices.set_overdue(of.generated),
    "invoices.set_uncollectible": lambda desk, of: desk.invoices.set_uncollectible(of.generated),
    "invoices.set_paid": lambda desk, of: desk.invoices.set_paid(of.generated),
    "invoices.void": lambda desk, of: desk.invoices.void(of.generated, note="Mistaken."),
    "invoices.sweep_overdue": lambda desk, of: desk.invoices.sweep_overdue(date(2026, 12, 31)),
    "invoices.get": lambda desk, of: desk.invoices.get(of.generated),
    "invoices.get a draft": lambda desk, of: desk.invoices.get(of.draft),
    "invoices.of": lambda desk, of: desk.invoices.of(of.client),
    "invoices.all": lambda desk, of: desk.invoices.all(),
    "invoices.available_acts": lambda desk, of: desk.invoices.available_acts(of.generated),
    "invoices.history": lambda desk, of: desk.invoices.history(of.generated),
    "invoices.history of a draft": lambda desk, of: desk.invoices.history(of.draft),
    "invoices.paper": lambda desk, of: desk.invoices.paper(of.generated),
    "invoices.paper of a draft": lambda desk, of: desk.invoices.paper(of.draft),
    "payments.record": lambda desk, of: desk.payments.record(of.due),
    "payments.apply_credit": lambda desk, of: desk.payments.apply_credit(of.due),
    "payments.reverse": lambda desk, of: desk.payments.reverse(of.payment, note="Mistyped."),
    "payments.get": lambda desk, of: desk.payments.get(of.payment),
    "payments.of": lambda desk, of: desk.payments.of(of.client),
    "accounts.standing": lambda desk, of: desk.accounts.standing(of.client),
    "accounts.statement": lambda desk, of: desk.accounts.statement(of.client),
    "accounts.statement_paper": lambda desk, of: desk.accounts.statement_paper(of.client),
    "accounts.entries": lambda desk, of: desk.accounts.entries(of.client),
    "accounts.adjust": lambda desk, of: desk.accounts.adjust(of.client, usd(5), reason="Goodwill."),
    "accounts.ask_refill": lambda desk, of: desk.accounts.ask_refill(of.client),
}
"""How each row of the grid is tried."""

SUBJECTS = ("firm", "people", "clients", "projects", "work", "invoices", "payments", "accounts")
COLUMNS = ("manager", "supervisor", "worker", "contact", "limited")


def scene_for(row: str, column: str) -> Scene:
    """The scene for a cell: one's own timer runs, except where one is to be started."""
    return new_scene(column, running=row != "work.start")


def new_scene(column: str = "manager", *, running: bool = True) -> Scene:
    """One thing of each kind, all of Acme, and made so that everything can be done with it.

    `timer` is one's own where the column is an employee, and Lee's where it is not.
    """
    world = new_world(terms(allowed=None))
    maria, acme, site = world.maria, world.acme, world.site
    nora = maria.people.add(name="Nora", role=Role.WORKER)
    maria.projects.assign(site.id, nora.id)
    lia = maria.people.add(name="Lia", role=Role.CONTACT, client=acme.id, limited_to=[site.id])
    kim = maria.people.add(name="Kim", role=Role.CONTACT, client=acme.id)
    shop = maria.projects.add(client=acme.id, name="Shop", rate=hourly(50))
    desks = {
        "manager": maria,
        "supervisor": world.sam,
        "worker": world.lee,
        "contact": world.cleo,
        "limited": world.billing.acting_as(lia.id),
    }
    for desk in desks.values():
        maria.people.set_password(desk.person_id, SECRET)
    logo = maria.firm.set_logo(png()).logo
    invoices = []
    for day in (2, 3, 4):
        world.log(2, start=utc(2026, 3, day, 15))
        invoices.append(maria.invoices.draft(acme.id, Period(date(2026, 3, day), date(2026, 3, day))).id)
    draft, generated, due = invoices
    maria.invoices.generate(generated)
    maria.invoices.generate(due)
    payment = maria.payments.record(due, usd(50)).payment
    one = maria.invoices.manual(acme.id, usd(1), deposit=Deposit.NOT_DEPOSITED)
    maria.payments.record(one.id, usd(21), overpayment=Overpayment.TO_CREDIT)
    nora_desk = world.billing.acting_as(nora.id)
    anothers = nora_desk.work.log(site.id, start=utc(2026, 3, 5, 15), hours=2)
    owner = desks[column] if column in ("manager", "supervisor", "worker") else world.lee
    things = Things(
        client=acme.id,
        project=site.id,
        another_project=shop.id,
        worker=nora.id,
        contact=kim.id,
        session=world.log(2, start=utc(2026, 3, 5, 15)),
        anothers_session=anothers.id,
        timer=owner.work.start(site.id).id if running else "",
        anothers_timer=nora_desk.work.start(site.id).id,
        draft=draft,
        generated=generated,
        due=due,
        payment=payment.id,
        logo=str(logo),
    )
    # A refill was asked for and voided, so one is due and can be asked for by hand.
    maria.clients.set_terms(acme.id, terms(allowed=None, refill_at="-100"))
    [refill] = [it for it in maria.invoices.all() if it.status is Status.GENERATED and it.total == usd(1000)]
    maria.invoices.void(refill.id, note="Not now.")
    return Scene(world, things, desks)


def outcome(call: Callable[[], object]) -> str:
    """What became of a call: `yes`, `no` or `absent`."""
    try:
        call()
    except NotPermitted:
        return "no"
    except NotFound:
        return "absent"
    return "yes"


def refusal(call: Callable[[], object]) -> InvoicecoreError | None:
    """The error of a call, or None."""
    try:
        call()
    except InvoicecoreError as error:
        return error
    return None


def money_in(value: Any, where: str = "") -> Iterator[str]:
    """Where money stands in a value, however deep."""
    if isinstance(value, Money | Rate):
        yield where
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            inner = getattr(value, field.name)
            if field.name.endswith("minor") and inner:
                yield f"{where}.{field.name}"
            yield from money_in(inner, f"{where}.{field.name}")
    elif isinstance(value, tuple | list | frozenset):
        for inner in value:
            yield from money_in(inner, where)


class TestTheTableOfPermissions:
    """Who may what, as written by hand."""

    @pytest.mark.req("A14", "A15", "A17", "A18", "A19", "A20", "A21")
    @pytest.mark.parametrize("act", list(Act))
    def test_every_act(self, act: Act) -> None:
        """The table permits each act to exactly the roles of the grid."""
        assert [role for role, mark in ACTS[act].items() if mark == "may"] == [role for role in Role if may(role, act)]

    def test_complete(self) -> None:
        """Every act and every role has its cell."""
        assert set(ACTS) == {str(act) for act in Act} == {str(act) for act in MAY}
        assert list(ACTS["edit"]) == [str(role) for role in Role]
        assert {"may", ""} == {mark for marks in ACTS.values() for mark in marks.values()}

    @pytest.mark.req("A15")
    def test_a_manager_may_everything(self) -> None:
        """No act is kept from a Manager."""
        assert {"may"} == {marks["manager"] for marks in ACTS.values()}

    @pytest.mark.req("A20", "A21")
    def test_contacts_only_look(self) -> None:
        """What a contact may is seeing and printing; and their own profile is theirs."""
        theirs = [act for act, marks in ACTS.items() if marks["contact"] == "may"]
        own = ["sign_in", "change_own_profile"]
        assert ["print", *own] == [act for act in theirs if not act.startswith("view_")]


class TestEveryCommand:
    """Every command and query of a desk, tried in every role."""

    def test_complete(self) -> None:
        """Every public method of every subject has a row, and every row is tried."""
        desk = new_world().maria
        assert set(SUBJECTS) == {name for name in vars(desk) if not name.startswith("_")} - {"person_id"}
        methods = {
            f"{subject}.{name}"
            for subject in SUBJECTS
            for name in dir(getattr(desk, subject))
            if not name.startswith("_")
        }
        assert methods == {row.split()[0].rstrip(",") for row in DESK}
        assert list(DESK) == list(TRY)
        assert list(COLUMNS) == list(DESK["firm.settings"])

    @pytest.mark.req("A14", "A15", "A17", "A18", "A19", "A20", "A21", "B2")
    @pytest.mark.parametrize("column", COLUMNS)
    @pytest.mark.parametrize("row", list(DESK))
    def test_outcome(self, row: str, column: str) -> None:
        """It is done, not permitted, or absent, as the grid says."""
        scene = scene_for(row, column)
        assert DESK[row][column] == outcome(lambda: TRY[row](scene.desks[column], scene.things))

    @pytest.mark.parametrize(
        ("row", "column"), [(row, column) for row in DESK for column in COLUMNS if DESK[row][column] == "no"]
    )
    def test_a_refusal_names_the_roles_that_may(self, row: str, column: str) -> None:
        """The error holds the act, the role that lacks it, and says which roles have it."""
        scene = new_scene(column)
        error = refusal(lambda: TRY[row](scene.desks[column], scene.things))
        assert isinstance(error, NotPermitted)
        roles = [role for role, mark in ACTS[error.act].items() if mark == "may"]
        own = "contact" if column == "limited" else column
        assert (own, roles) == (error.role, list(error.allowed))
        assert f"A {own} may not {error.act.replace('_', ' ')}; a {' or '.join(roles)} may." == str(error)

    @pytest.mark.parametrize("column", ["supervisor", "worker", "contact", "limited"])
    def test_a_refused_command_changes_nothing(self, column: str) -> None:
        """After everything that one may not was tried, the books are as they were, and nobody was told anything."""
        scene = new_scene(column)
        maria, things = scene.world.maria, scene.things
        scene.world.told()

        def books() -> tuple[object, ...]:
            return (
                maria.firm.audit(limit=10_000),
                maria.invoices.all(),
                maria.work.sessions(),
                maria.work.running(),
                maria.accounts.standing(things.client),
                maria.firm.next_number(),
            )

        before = books()
        for row in DESK:
            if DESK[row][column] != "yes":
                assert "yes" != outcome(lambda row=row: TRY[row](scene.desks[column], things))  # type: ignore[misc]
        assert before == books()
        assert [] == scene.world.told()


class TestGivingRoles:
    """Who may make whom what."""

    @pytest.mark.req("A14")
    @pytest.mark.parametrize("role", list(Role))
    def test_the_table(self, role: Role) -> None:
        """A Manager may give every role, and nobody else any."""
        assert (set(Role) if role is Role.MANAGER else set()) == set(MAY_GIVE.get(role, ()))

    @pytest.mark.parametrize("role", list(Role))
    def test_no_role_above_ones_own(self, role: Role) -> None:
        """Whatever the table will say: nobody gives a role with which more may be done than with their own."""
        for given in MAY_GIVE.get(role, ()):
            assert {act for act in Act if may(given, act)} <= {act for act in Act if may(role, act)}

    @pytest.mark.parametrize("given", [Role.MANAGER, Role.SUPERVISOR])
    def test_both_ways_go_by_it(self, given: Role, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody who may add and change people, but not give that role, is refused both."""
        scene = new_scene()
        monkeypatch.setitem(MAY_GIVE, Role.MANAGER, frozenset(Role) - {given})
        people = scene.world.maria.people
        for call in (
            lambda: people.add(name="Pat", role=given),
            lambda: people.change(scene.things.worker, role=given),
        ):
            error = refusal(call)
            assert isinstance(error, NotPermitted)
            assert () == error.allowed
        assert people.change(scene.things.worker, name="Nora N.").name == "Nora N."


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
        with pytest.raises(NotAllowedNow, match="contact"):
            world.maria.projects.assign(world.site.id, world.cleo.person_id)
        with pytest.raises(NotAllowedNow, match="contact"):
            world.maria.work.log(world.site.id, start=ONE_DAY, hours=1, person=world.cleo.person_id)

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
        shop = world.maria.projects.add(client=world.acme.id, name="Shop", rate=hourly(50))
        own = world.log(2)
        world.sam.work.log(world.site.id, start=ONE_DAY, hours=1)
        assert [world.site.id] == [project.id for project in world.lee.projects.all()]
        assert [own] == [session.id for session in world.lee.work.sessions()]
        with pytest.raises(NotFound):
            world.lee.work.log(shop.id, start=ONE_DAY, hours=1)
        with pytest.raises(NotPermitted):
            world.lee.work.edit(own, hours=3)

    @pytest.mark.req("A17", "A18", "A19")
    @pytest.mark.parametrize("column", ["supervisor", "worker"])
    def test_no_rate_and_no_amount(self, column: str) -> None:
        """Nothing that they are ever given holds money: no rate, no amount."""
        found = []
        for row in DESK:
            if DESK[row][column] == "yes":
                scene = scene_for(row, column)
                found += list(money_in(TRY[row](scene.desks[column], scene.things), row))
        assert [] == found

    def test_managers_and_contacts_do_see_it(self) -> None:
        """The same questions, asked by those who see money, are answered with it."""
        scene = new_scene()
        for desk in (scene.desks["manager"], scene.desks["contact"], scene.desks["limited"]):
            assert usd(100) == desk.work.get(scene.things.session).amount
            assert hourly(50) == desk.work.get(scene.things.session).rate
            assert ["rates"] == [
                where.split(".")[1] for where in money_in(desk.projects.get(scene.things.project), "project")
            ]

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

    def test_no_amount_in_an_error_either(self) -> None:
        """Who sees no money is told that work is stopped, but not at which balance; a Manager is told both."""
        world = new_world(terms(allowed="-100", refill_at=None))
        world.log(2)
        for desk in (world.lee, world.sam):
            with pytest.raises(WorkIsStopped) as stopped:
                desk.work.log(world.site.id, start=ONE_DAY, hours=1)
            assert "100" not in str(stopped.value)
            with pytest.raises(WorkIsStopped) as not_started:
                desk.work.start(world.site.id)
            assert "100" not in str(not_started.value)
        with pytest.raises(WorkIsStopped, match=r"-100\.00 USD"):
            world.maria.work.log(world.site.id, start=ONE_DAY, hours=1)


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
        dora = world.billing.acting_as(world.maria.people.add(name="Dora", role=Role.CONTACT, client=other.id).id)
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
        lia = maria.people.add(name="Lia", role=Role.CONTACT, client=acme.id, limited_to=[world.site.id])
        desk = world.billing.acting_as(lia.id)
        assert [world.site.id] == [it.id for it in desk.projects.all()] == [it.id for it in desk.projects.of(acme.id)]
        assert [world.site.id] == [it.project_id for it in desk.work.sessions(client=acme.id)]
        assert [theirs.id] == [it.id for it in desk.invoices.all()] == [it.id for it in desk.invoices.of(acme.id)]
        assert 4 == len(world.cleo.invoices.all())
        with pytest.raises(NotFound):
            desk.invoices.get(mixed.id)

    @pytest.mark.req("A21")
    def test_no_client_wide_money_for_limited_ones(self) -> None:
        """Balance, statement, ledger and payments are the whole client's, so a limited contact has none of them."""
        scene = new_scene()
        of, lia = scene.things, scene.desks["limited"]
        for look in (lia.accounts.standing, lia.accounts.statement, lia.accounts.entries, lia.payments.of):
            with pytest.raises(NotFound):
                look(of.client)

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
        everything = (world.cleo.invoices.paper(draft.id), world.cleo.accounts.statement(world.acme.id))
        assert "never pay" not in repr(everything)

    @pytest.mark.req("A22")
    def test_contacts_are_made_under_a_client(self) -> None:
        """A contact has a client and nobody else has one."""
        world = new_world()
        with pytest.raises(Malformed):
            world.maria.people.add(name="Pat", role=Role.CONTACT)
        for role in (Role.MANAGER, Role.SUPERVISOR, Role.WORKER):
            with pytest.raises(Malformed):
                world.maria.people.add(name="Pat", role=role, client=world.acme.id)
            assert world.maria.people.add(name=f"A {role}", role=role).client_id is None
        assert world.acme.id == world.maria.people.get(world.cleo.person_id).client_id

    @pytest.mark.req("A22")
    def test_limits_are_projects_of_the_client(self) -> None:
        """A contact cannot be limited to a project of another client."""
        world = new_world()
        foreign = world.project(world.client())
        with pytest.raises(NotFound):
            world.maria.people.add(name="Lia", role=Role.CONTACT, client=world.acme.id, limited_to=[foreign.id])


class TestOutsiders:
    """What is another's and what does not exist look the same."""

    NOWHERE = Things(**{field.name: f"absent-{field.name}" for field in attrs.fields(Things)})

    def outsiders(self, scene: Scene) -> dict[str, Desk]:
        """A contact of another client, one limited to another project, and a worker who is assigned elsewhere."""
        maria = scene.world.maria
        other = scene.world.client()
        job = maria.projects.add(client=other.id, name="Job", rate=hourly(50))
        dora = maria.people.add(name="Dora", role=Role.CONTACT, client=other.id)
        luca = maria.people.add(name="Luca", role=Role.CONTACT, client=other.id, limited_to=[job.id])
        wim = maria.people.add(name="Wim", role=Role.WORKER)
        maria.projects.assign(job.id, wim.id)
        return {it.name: scene.world.billing.acting_as(it.id) for it in (dora, luca, wim)}

    @pytest.mark.req("A20", "A21")
    @pytest.mark.parametrize("who", ["Dora", "Luca", "Wim"])
    @pytest.mark.parametrize("row", [row for row in DESK if row not in EVERYBODYS])
    def test_the_same_refusal(self, row: str, who: str) -> None:
        """The error for a real id has the type and the words of the error for an id that nothing has."""
        scene = new_scene()
        desk = self.outsiders(scene)[who]
        real = refusal(lambda: TRY[row](desk, scene.things))
        made_up = refusal(lambda: TRY[row](desk, self.NOWHERE))
        assert type(real) is type(made_up)
        if isinstance(real, NotFound) and isinstance(made_up, NotFound):
            assert real.what == made_up.what
            assert str(real).replace(repr(real.id), "…") == str(made_up).replace(repr(made_up.id), "…")
        else:
            assert str(real) == str(made_up)

    @pytest.mark.parametrize("column", ["supervisor", "worker", "contact", "limited"])
    @pytest.mark.parametrize("row", [row for row, cells in DESK.items() if "absent" in cells.values()])
    def test_absent_means_absent(self, row: str, column: str) -> None:
        """Wherever the grid says absent, the words are those for an id that nothing has."""
        if DESK[row][column] != "absent":
            assert DESK[row][column] in ("yes", "no")
            return
        scene = new_scene(column)
        error = refusal(lambda: TRY[row](scene.desks[column], scene.things))
        assert isinstance(error, NotFound)
        # An account is named after its client, who may be seen without their money.
        assert error.what in ("person", "client", "project", "session", "running timer", "invoice", "payment") or (
            (error.what, column) == ("account of client", "limited")
        )
        assert f"There is no {error.what} {error.id!r} here." == str(error)

    def test_nothing_in_lists(self) -> None:
        """An outsider's lists hold nothing of the others."""
        scene = new_scene()
        for desk in self.outsiders(scene).values():
            assert () == desk.work.sessions()
            assert () == desk.work.running()
            assert not {scene.things.project} & {it.id for it in desk.projects.all()}
        assert () == self.outsiders(scene)["Dora"].invoices.all()

    def test_a_draft_cannot_name_foreign_things(self) -> None:
        """Not even a Manager puts another client's project or session on a draft."""
        world = new_world()
        foreign = world.project(world.client())
        session = world.log(1, foreign)
        for wrong in ({"projects": [foreign.id]}, {"leave_out": [session]}):
            with pytest.raises(NotFound):
                world.maria.invoices.draft(world.acme.id, NOT_SO_MUCH, **wrong)


class TestArchivedPeople:
    """Who was put away cannot act."""

    @pytest.mark.parametrize("row", list(DESK))
    def test_no_command_is_taken(self, row: str) -> None:
        """A desk of somebody who was archived meanwhile does nothing any more."""
        scene = new_scene("worker")
        scene.world.maria.people.archive(scene.world.lee.person_id)
        with pytest.raises(PersonArchived, match="Lee"):
            TRY[row](scene.world.lee, scene.things)

    def test_no_desk_until_restored(self) -> None:
        """They get no desk either, until a Manager brings them back."""
        world = new_world()
        world.maria.people.archive(world.lee.person_id)
        with pytest.raises(PersonArchived):
            world.billing.acting_as(world.lee.person_id)
        world.maria.people.restore(world.lee.person_id)
        assert "Lee" == world.billing.acting_as(world.lee.person_id).people.me().name
        assert usd(-50) == (world.log(1), world.balance())[1]


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

    def test_assignments_at_once(self) -> None:
        """Taken off the project, Lee no longer sees it on the desk he has."""
        world = new_world()
        world.maria.projects.unassign(world.site.id, world.lee.person_id)
        assert () == world.lee.projects.all()
        with pytest.raises(NotFound):
            world.lee.work.start(world.site.id)

    def test_somebody_must_manage(self) -> None:
        """The last manager is neither demoted nor archived; when there are two, one can go."""
        world = new_world()
        maria = world.maria
        with pytest.raises(LastManager):
            maria.people.change(maria.person_id, role=Role.WORKER)
        with pytest.raises(LastManager):
            maria.people.archive(maria.person_id)
        maria.people.change(world.sam.person_id, role=Role.MANAGER)
        assert Role.WORKER is maria.people.change(maria.person_id, role=Role.WORKER).role


def stopped_scene() -> World:
    """Acme's work is stopped, its site archived; one invoice of $100 is void, and its number is INV-2026-0001."""
    world = new_world(terms(allowed="-100", refill_at=None))
    world.log(2)
    invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, NOT_SO_MUCH).id)
    world.maria.payments.record(invoice.id)
    [payment] = world.maria.payments.of(world.acme.id)
    world.maria.invoices.void(invoice.id, note="Wrong.")
    world.maria.payments.reverse(payment.id, note="Went back.")
    world.maria.projects.set_rate(world.site.id, hourly(60))
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
    "generate": lambda desk, it: desk.invoices.generate(it, latest=1),  # type: ignore[arg-type]
    "adjust": lambda desk, it: desk.accounts.adjust(it, usd(0), reason="Nothing."),
    "log": lambda desk, it: desk.work.log(it, start=ONE_DAY, hours=1.5),  # type: ignore[arg-type]
    "edit": lambda desk, it: desk.work.edit(it, hours=-1),
    "stop": lambda desk, it: desk.work.stop(it, note=7),  # type: ignore[arg-type]
    "start": lambda desk, it: desk.work.start(it, billable="yes"),  # type: ignore[arg-type]
    "set terms": lambda desk, it: desk.clients.set_terms(it, "none"),  # type: ignore[arg-type]
    "change client": lambda desk, it: desk.clients.change(it, name=" "),
    "change project": lambda desk, it: desk.projects.change(it, name=""),
    "set rate": lambda desk, it: desk.projects.set_rate(it, usd(5)),  # type: ignore[arg-type]
    "add project": lambda desk, it: desk.projects.add(client=it, name="", rate=hourly(1)),
    "change person": lambda desk, it: desk.people.change(it, email="nobody"),
    "add person": lambda desk, it: desk.people.add(name="", role=Role.CONTACT, client=it),
    "limit": lambda desk, it: desk.people.limit_to(it, "x"),
    "set password": lambda desk, it: desk.people.set_password(it, "short"),
    "admit": lambda desk, it: desk.people.admit_from(it, ["10.0.0.1/8"]),
    "firm": lambda desk, it: desk.firm.change(name=""),
    "logo": lambda desk, it: desk.firm.set_logo(b"GIF89a"),
    "my zone": lambda desk, it: desk.people.change_me(timezone="Chicago"),
    "my password": lambda desk, it: desk.people.change_my_password(current="x", new="short"),
    "number": lambda desk, it: desk.firm.set_next_number(0),
    "an id that is no text": lambda desk, it: desk.invoices.get(7),  # type: ignore[arg-type]
    "a blank key": lambda desk, it: desk.invoices.revert(it, idempotency_key=""),
}

ABSENT: dict[str, Callable[[Desk], object]] = {
    "record": lambda desk: desk.payments.record(NOWHERE),
    "reverse": lambda desk: desk.payments.reverse(NOWHERE, note="Why."),
    "void": lambda desk: desk.invoices.void(NOWHERE, note="Why."),
    "draft": lambda desk: desk.invoices.draft(NOWHERE, NOT_SO_MUCH),
    "manual": lambda desk: desk.invoices.manual(NOWHERE, usd(1), deposit=Deposit.TO_BALANCE),
    "adjust": lambda desk: desk.accounts.adjust(NOWHERE, usd(1), reason="Why."),
    "set rate": lambda desk: desk.projects.set_rate(NOWHERE, hourly(1)),
    "assign": lambda desk: desk.projects.assign(NOWHERE, desk.person_id),
    "edit": lambda desk: desk.work.edit(NOWHERE, hours=1),
    "log": lambda desk: desk.work.log(NOWHERE, start=ONE_DAY, hours=1),
    "stop": lambda desk: desk.work.stop(NOWHERE),
    "archive": lambda desk: desk.people.archive(NOWHERE),
    "set terms": lambda desk: desk.clients.set_terms(NOWHERE, UNLIMITED),
}

NOT_PERMITTED: dict[str, Callable[[World, str], object]] = {
    "pay a void invoice": lambda world, it: world.cleo.payments.record(it),
    "void it again": lambda world, it: world.cleo.invoices.void(it, note="Why."),
    "revert it": lambda world, it: world.cleo.invoices.revert(it),
    "apply no credit": lambda world, it: world.cleo.payments.apply_credit(it),
    "log on an archived project": lambda world, it: world.cleo.work.log(world.site.id, start=ONE_DAY, hours=1),
    "set an earlier rate": lambda world, it: world.sam.projects.set_rate(world.site.id, hourly(1), since=ONE_DAY),
    "go past the stop": lambda world, it: world.lee.work.log(
        world.site.id, start=ONE_DAY, hours=1, past_stop=True, reason="Done."
    ),
    "adjust in euros": lambda world, it: world.sam.accounts.adjust(world.acme.id, EUR, reason="Why."),
    "take a number that is given": lambda world, it: world.cleo.invoices.manual(
        world.acme.id, usd(1), deposit=Deposit.TO_BALANCE, number="INV-2026-0001"
    ),
    "a client in two currencies": lambda world, it: world.sam.clients.add(name="B", terms=terms(), currency="EUR"),
}

NOT_NOW: dict[str, tuple[type[NotAllowedNow], Callable[[World, str], object]]] = {
    "pay a void invoice in euros": (ActRefused, lambda world, it: world.maria.payments.record(it, EUR)),
    "pay a void invoice too much": (ActRefused, lambda world, it: world.maria.payments.record(it, usd(999))),
    "credit in euros on a void invoice": (ActRefused, lambda world, it: world.maria.payments.apply_credit(it, EUR)),
    "too much credit on a void invoice": (
        ActRefused,
        lambda world, it: world.maria.payments.apply_credit(it, usd(999)),
    ),
    "take back in euros what went back": (
        NotAllowedNow,
        lambda world, it: world.maria.payments.reverse(
            world.maria.payments.of(world.acme.id)[0].id, note="Why.", amount=EUR
        ),
    ),
    "log on an archived project while stopped": (
        NotAllowedNow,
        lambda world, it: world.lee.work.log(world.site.id, start=ONE_DAY, hours=1),
    ),
    "start on an archived project while stopped": (
        NotAllowedNow,
        lambda world, it: world.lee.work.start(world.site.id),
    ),
    "a manual invoice in euros with a given number": (
        NumberTaken,
        lambda world, it: world.maria.invoices.manual(
            world.acme.id, EUR, deposit=Deposit.TO_BALANCE, number="INV-2026-0001"
        ),
    ),
    "an earlier rate in euros": (
        NotAllowedNow,
        lambda world, it: world.maria.projects.set_rate(world.site.id, Rate.hourly(1, "EUR"), since=utc(2026, 1, 1)),
    ),
    "save a void invoice in euros": (ActRefused, lambda world, it: world.maria.invoices.save(it, amount=EUR)),
}


class TestWhichErrorWins:
    """Malformed, absent, not permitted, not allowed now, rule of money: in that order."""

    @pytest.mark.parametrize("call", MALFORMED.values(), ids=list(MALFORMED))
    def test_malformed_before_absent_and_permission(self, call: Callable[[Desk, str], object]) -> None:
        """What is no value at all is said so, to anybody, whether or not the thing it is about exists."""
        world = new_world()
        for desk in (world.maria, world.sam, world.lee, world.cleo):
            with pytest.raises(Malformed):
                call(desk, NOWHERE)

    @pytest.mark.parametrize("call", ABSENT.values(), ids=list(ABSENT))
    def test_absent_before_permission(self, call: Callable[[Desk], object]) -> None:
        """What does not exist is said so before anything about roles."""
        world = new_world()
        for desk in (world.maria, world.sam, world.lee, world.cleo):
            with pytest.raises(NotFound):
                call(desk)

    @pytest.mark.parametrize("call", NOT_PERMITTED.values(), ids=list(NOT_PERMITTED))
    def test_permission_before_the_present_state(self, call: Callable[[World, str], object]) -> None:
        """Who may not, learns nothing about whether it would be possible now."""
        world = stopped_scene()
        [void] = world.maria.invoices.all()
        with pytest.raises(NotPermitted):
            call(world, void.id)

    @pytest.mark.parametrize(("error", "call"), NOT_NOW.values(), ids=list(NOT_NOW))
    def test_the_present_state_before_money(
        self, error: type[NotAllowedNow], call: Callable[[World, str], object]
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
    hidden: dict[str, Any] = {"rate": None, "amount": None}
    assert isinstance(lees, SessionView)
    assert attrs.evolve(marias, **hidden) == lees
