"""Every action does in every status what the life cycle says, and nothing else."""

from collections.abc import Callable, Iterable

import pytest

from invoicecore import Action, Deposit, Desk, Invoice, OnVoid, Overpayment, Period, Status
from invoicecore.errors import ActionNotAllowed, InvalidInput, NotFound
from invoicecore.lifecycle.table import RULE_OF, RULES, Facts, Locking, Obstacle, judge, target
from tests.lifecycle.texttable import rows
from tests.world import UNLIMITED, World, new_world, usd

MARCH = Period.month(2026, 3)

GRID = rows("""
act                  | draft     | generated     | due           | paid | overdue       | uncollectible | void
---------------------+-----------+---------------+---------------+------+---------------+---------------+-----
edit                 | draft     | -             | -             | -    | -             | -             | -
save                 | draft     | -             | -             | -    | -             | -             | -
preview              | draft     | -             | -             | -    | -             | -             | -
delete               | gone      | -             | -             | -    | -             | -             | -
generate             | generated | -             | -             | -    | -             | -             | -
print                | -         | generated     | due           | paid | overdue       | uncollectible | void
revert               | -         | draft         | -             | -    | -             | -             | -
set due              | -         | due           | due           | -    | due           | due           | -
set overdue          | -         | overdue       | overdue       | -    | overdue       | overdue       | -
set uncollectible    | -         | uncollectible | uncollectible | -    | uncollectible | uncollectible | -
set paid             | -         | paid          | paid          | -    | paid          | paid          | -
record payment, all  | -         | paid          | paid          | -    | paid          | paid          | -
record payment, part | -         | due           | due           | -    | overdue       | uncollectible | -
apply credit, all    | -         | paid          | paid          | -    | paid          | paid          | -
apply credit, part   | -         | due           | due           | -    | overdue       | uncollectible | -
reverse payment      | -         | -             | due           | due  | overdue       | uncollectible | -
void                 | -         | void          | void          | void | void          | void          | -
""")
"""Where each act leads from each status: a status, `gone`, or `-` where it is refused."""

MOVES = rows("""
from          | draft | generated | due | paid | overdue | uncollectible | void
--------------+-------+-----------+-----+------+---------+---------------+-----
draft         |       | x         |     |      |         |               |
generated     | x     |           | x   | x    | x       | x             | x
due           |       |           |     | x    | x       | x             | x
paid          |       |           | x   |      |         |               | x
overdue       |       |           | x   | x    |         | x             | x
uncollectible |       |           | x   | x    | x       |               | x
void          |       |           |     |      |         |               |
""")
"""Which status may follow which: 21 of the 49 pairs."""

SESSIONS = rows("""
act               | its sessions | on the status menu
------------------+--------------+-------------------
edit              | keep         | no
save              | keep         | no
preview           | keep         | no
delete            | keep         | no
generate          | lock         | no
print             | keep         | no
revert            | unlock       | no
set due           | keep         | yes
set overdue       | keep         | yes
set uncollectible | keep         | yes
set paid          | keep         | yes
record payment    | keep         | no
apply credit      | keep         | no
reverse payment   | keep         | no
void              | unlock       | no
""")
"""What each act does to the sessions on the invoice, and whether it is a choice of the status menu."""

LOCKED = {"draft": False, "generated": True, "due": True, "paid": True, "overdue": True, "uncollectible": True}
LOCKED |= {"void": False, "gone": False}
"""Whether the sessions of an invoice are locked, by its status."""

TRY: dict[str, Callable[[Desk, str], object]] = {
    "edit": lambda desk, it: desk.invoices.open(it),
    "save": lambda desk, it: desk.invoices.save(it),
    "preview": lambda desk, it: desk.invoices.printable(it),
    "delete": lambda desk, it: desk.invoices.delete(it),
    "generate": lambda desk, it: desk.invoices.generate(it),
    "print": lambda desk, it: desk.invoices.printable(it),
    "revert": lambda desk, it: desk.invoices.revert(it),
    "set due": lambda desk, it: desk.invoices.set_due(it),
    "set overdue": lambda desk, it: desk.invoices.set_overdue(it),
    "set uncollectible": lambda desk, it: desk.invoices.set_uncollectible(it),
    "set paid": lambda desk, it: desk.invoices.set_paid(it),
    "record payment, all": lambda desk, it: desk.payments.record(it),
    "record payment, part": lambda desk, it: desk.payments.record(it, usd(100)),
    "apply credit, all": lambda desk, it: desk.payments.apply_credit(it),
    "apply credit, part": lambda desk, it: desk.payments.apply_credit(it, usd(100)),
    "reverse payment": lambda desk, it: take_back(desk, it),
    "void": lambda desk, it: desk.invoices.void(it, note="Agreed by phone."),
}
"""How each row of the grid is tried on an invoice of $400."""

LEAD_TO: dict[str, tuple[str, ...]] = {
    "draft": (),
    "generated": ("generate",),
    "due": ("generate", "set due"),
    "paid": ("generate", "set paid"),
    "overdue": ("generate", "set overdue"),
    "uncollectible": ("generate", "set uncollectible"),
    "void": ("generate", "void"),
}
"""What is done to a new draft to bring it into each status."""

ACT: dict[str, Action] = {action.value: action for action in Action}
STATUS: dict[str, Status] = {status.value: status for status in Status}

CELLS = [(row, status, cell) for row, cells in GRID.items() for status, cell in cells.items()]
ACCEPTED = [cell for cell in CELLS if cell[2] != "-"]
REFUSED = [(row, status) for row, status, cell in CELLS if cell == "-"]
NOT_TRIED = ("preview", "print", "reverse payment")
"""`invoices.printable` does whichever of the two the status allows, so neither is refused by it; and where nothing was
paid, there is no payment that could be given to `payments.reverse`."""


def take_back(desk: Desk, invoice_id: str) -> object:
    """What paid an invoice is taken back; of one that is not paid yet, a part that is paid just before."""
    bill = desk.invoices.get(invoice_id)
    payments = [it for it in desk.payments.of(bill.client_id) if it.applied_to(bill.id)]
    paid = payments[0] if payments else desk.payments.record(bill.id, usd(100)).payment
    return desk.payments.reverse(paid.id, note="It bounced.")


def act_of(row: str) -> Action:
    """The act of a row of the grid."""
    return ACT[row.partition(",")[0].replace(" ", "_")]


def allowed_in(status: str) -> dict[Action, bool]:
    """What the grid allows where nothing was paid, so that nothing is taken back, unless the invoice is paid."""
    paid = status == "paid"
    return {act_of(row): cells[status] != "-" and (paid or row != "reverse payment") for row, cells in GRID.items()}


def actions(names: Iterable[str]) -> list[Action]:
    """The acts of rows, each once, in the order of the rows."""
    return list(dict.fromkeys(act_of(name) for name in names))


def credited_world() -> World:
    """Nothing stops and no refill is asked for; Acme has $1,000 of unapplied credit."""
    world = new_world(UNLIMITED)
    one = world.maria.invoices.manual(world.acme.id, usd(1), deposit=Deposit.NOT_DEPOSITED)
    world.maria.payments.record(one.id, usd(1001), overpayment=Overpayment.TO_CREDIT)
    return world


def invoice_in(world: World, status: str) -> Invoice:
    """An invoice of 8 h × $50 = $400 that was brought into a status."""
    world.log(8)
    draft = world.maria.invoices.draft(world.acme.id, MARCH)
    for row in LEAD_TO[status]:
        TRY[row](world.maria, draft.id)
    return world.maria.invoices.get(draft.id)


def books(world: World) -> tuple[object, ...]:
    """Everything that a refused act could have changed."""
    desk, acme = world.maria, world.acme.id
    invoices = desk.invoices.all()
    return (
        invoices,
        [desk.invoices.history(invoice.id) for invoice in invoices],
        desk.accounts.standing(acme),
        desk.accounts.entries(acme),
        desk.payments.of(acme),
        desk.work.sessions(),
        desk.firm.next_number(),
        desk.firm.audit(limit=1000),
    )


class TestTheTableOfRules:
    """The rules say what was written by hand."""

    @pytest.mark.req("B1", "B2", "B5", "B6", "B7", "B14", "B15", "B16", "B19", "B20", "B23", "B24")
    @pytest.mark.parametrize(("row", "status", "cell"), CELLS)
    def test_every_cell(self, row: str, status: str, cell: str) -> None:
        """Each act is allowed where the grid has a status, and leads there."""
        state = Facts(STATUS[status], status != "draft", 400_00, 100_00, 1000_00)
        assert (cell != "-") == judge(act_of(row), state).allowed
        if cell != "-":
            leads_to = target(act_of(row), state, partly=row.endswith("part"))
            assert ("draft" if cell == "gone" else cell) == leads_to

    def test_the_grid_is_complete(self) -> None:
        """Seven statuses, fifteen acts, and parts and wholes of the two acts with an amount."""
        assert [str(status) for status in Status] == [
            "draft",
            "generated",
            "due",
            "paid",
            "overdue",
            "uncollectible",
            "void",
        ]
        assert 15 == len(actions(GRID))
        assert 17 * 7 == len(CELLS)
        assert set(RULE_OF) == set(actions(GRID)) == set(actions(SESSIONS))
        assert len(RULES) == len(RULE_OF)

    @pytest.mark.req("B1", "B17", "B18")
    def test_twenty_one_moves(self) -> None:
        """Of the 49 ordered pairs of statuses exactly 21 are moves."""
        by_hand = {(before, after) for before, marks in MOVES.items() for after, mark in marks.items() if mark == "x"}
        by_grid = {(status, cell) for _, status, cell in ACCEPTED if cell not in (status, "gone")}
        by_rule = {
            (str(before), str(after))
            for rule in RULES
            for moves in (rule.moves, rule.partly)
            for before, after in moves.items()
            if before is not after
        }
        assert (7, 7) == (len(MOVES), len(MOVES["draft"]))
        assert 21 == len(by_hand)
        assert by_hand == by_grid
        assert by_hand == by_rule

    @pytest.mark.req("B3", "B14")
    def test_sessions_and_the_menu(self) -> None:
        """Generating locks, reverting and voiding unlock; four acts are on the status menu."""
        for row, cells in SESSIONS.items():
            rule = RULE_OF[act_of(row)]
            assert Locking(cells["its sessions"]) is rule.locking
            assert (cells["on the status menu"] == "yes") == rule.on_menu

    @pytest.mark.req("B15", "B16")
    def test_where_the_menu_exists(self) -> None:
        """The status menu exists exactly for generated, due, overdue and uncollectible."""
        menu = [rule for rule in RULES if rule.on_menu]
        for rule in menu:
            assert ["generated", "due", "overdue", "uncollectible"] == [str(it) for it in Status if it in rule.moves]

    def test_every_status_is_reached(self) -> None:
        """From a draft, every status is reached, and only void is without a way on."""
        reached, frontier = {Status.DRAFT}, {Status.DRAFT}
        while frontier:
            frontier = {
                after
                for rule in RULES
                for moves in (rule.moves, rule.partly)
                for before, after in moves.items()
                if before in frontier
            } - reached
            reached |= frontier
        assert set(Status) == reached
        ends = {before for before in Status if all(rule.moves.get(before, before) is before for rule in RULES)}
        assert {Status.VOID} == ends

    def test_parts_are_told_where_wholes_are(self) -> None:
        """An act with an amount says where a part leads from every status in which it is allowed."""
        assert [Action.RECORD_PAYMENT, Action.APPLY_CREDIT] == [rule.action for rule in RULES if rule.partly]
        assert all(rule.partly.keys() == rule.moves.keys() for rule in RULES if rule.partly)

    @pytest.mark.req("B25", "B26")
    def test_a_void_needs_a_note(self) -> None:
        """The rule of void asks for a note, which comes with the act and so does not close it beforehand."""
        assert [Action.VOID] == [rule.action for rule in RULES if Obstacle.NO_NOTE in rule.needs]
        for status in RULE_OF[Action.VOID].moves:
            assert judge(Action.VOID, Facts(status, True, 1, 0, 0)).allowed


class TestAcceptedActs:
    """What the grid allows happens to a real invoice."""

    @pytest.mark.req("B1", "B5", "B7", "B8", "B9", "B10", "B11", "B12", "B14", "B19", "B23", "B24", "B27")
    @pytest.mark.parametrize(("row", "status", "cell"), ACCEPTED)
    def test_arrives(self, row: str, status: str, cell: str) -> None:
        """An accepted act brings the invoice to the stated status, and a step is recorded where the status moved."""
        world = credited_world()
        before = invoice_in(world, status)
        assert status == before.status
        steps = world.maria.invoices.history(before.id)
        TRY[row](world.maria, before.id)
        if cell == "gone":
            with pytest.raises(NotFound):
                world.maria.invoices.get(before.id)
            return
        assert cell == world.maria.invoices.get(before.id).status
        added = world.maria.invoices.history(before.id)[len(steps) :]
        moved = [] if cell == status else [(act_of(row), status, cell)]
        assert moved == [(step.action, step.before, step.after) for step in added]

    @pytest.mark.req("B3", "B12", "B21", "B28")
    @pytest.mark.parametrize(("row", "status", "cell"), ACCEPTED)
    def test_locks(self, row: str, status: str, cell: str) -> None:
        """After an act the session is locked by the invoice exactly if the invoice is then live."""
        world = credited_world()
        invoice = invoice_in(world, status)
        [session] = world.maria.work.sessions()
        assert LOCKED[status] == invoice.is_live
        assert (invoice.id if LOCKED[status] else None) == session.locked_by
        TRY[row](world.maria, invoice.id)
        [session] = world.maria.work.sessions()
        assert (invoice.id if LOCKED[cell] else None) == session.locked_by

    @pytest.mark.req("B5", "B7")
    @pytest.mark.parametrize("status", list(LEAD_TO))
    def test_paper(self, status: str) -> None:
        """A draft is previewed, everything else is printed."""
        world = credited_world()
        paper = world.maria.invoices.printable(invoice_in(world, status).id)
        assert (GRID["preview"][status] != "-") == paper.is_preview
        assert (GRID["print"][status] != "-") == (not paper.is_preview)

    @pytest.mark.parametrize("status", ["due", "overdue", "uncollectible"])
    def test_the_same_status_again(self, status: str) -> None:
        """Setting the status that is there already changes and records nothing, and tells nobody."""
        world = credited_world()
        invoice = invoice_in(world, status)
        world.told()
        before = books(world)
        TRY[f"set {status}"](world.maria, invoice.id)
        assert before == books(world)
        assert [] == world.told()

    @pytest.mark.parametrize("row", ["set due", "set overdue", "set uncollectible"])
    @pytest.mark.parametrize("status", ["generated", "due", "overdue", "uncollectible"])
    def test_the_menu_moves_no_money(self, row: str, status: str) -> None:
        """Saying due, overdue or uncollectible makes no ledger entry and no payment; what is uncollectible is no longer
        asked for."""
        world = credited_world()
        invoice = invoice_in(world, status)
        before = (world.maria.accounts.entries(world.acme.id), world.maria.payments.of(world.acme.id))
        TRY[row](world.maria, invoice.id)
        assert before == (world.maria.accounts.entries(world.acme.id), world.maria.payments.of(world.acme.id))
        asked = 0 if row == "set uncollectible" else 400
        assert usd(asked) == world.maria.accounts.standing(world.acme.id).outstanding


class TestRefusedActs:
    """What the grid refuses is refused with a reason, and leaves no trace."""

    @pytest.mark.req("B6", "B15", "B16", "B17", "B20", "B24")
    @pytest.mark.parametrize(("row", "status"), [cell for cell in REFUSED if cell[0] not in NOT_TRIED])
    def test_refused(self, row: str, status: str) -> None:
        """The error names status, act and everything that is allowed now, and nothing has changed."""
        world = new_world(UNLIMITED)
        invoice = invoice_in(world, status)
        world.told()
        before = books(world)
        with pytest.raises(ActionNotAllowed) as refused:
            TRY[row](world.maria, invoice.id)
        error = refused.value
        # Nobody has credit here, so none can be applied.
        allowed = [it for it, is_allowed in allowed_in(status).items() if is_allowed and it is not Action.APPLY_CREDIT]
        assert (status, act_of(row)) == (error.status, error.action)
        assert set(allowed) == set(error.allowed)
        what = "a draft" if status == "draft" else f"an invoice that is {status}"
        named = [
            f"Cannot {act_of(row).on(what)}. ",
            *(action.replace("_", " ") for action in allowed),
        ]
        assert [] == [name for name in named if name not in str(error)]
        assert before == books(world)
        assert [] == world.told()

    @pytest.mark.parametrize(
        ("action", "status", "message"),
        [
            (Action.RECORD_PAYMENT, Status.DRAFT, "Cannot record a payment of a draft. Generate it first."),
            (Action.REVERT, Status.DRAFT, "Cannot revert a draft. It is a draft already."),
            (Action.EDIT, Status.GENERATED, "Cannot edit an invoice that is generated. Revert it to draft first."),
            (Action.SET_DUE, Status.PAID, "Cannot mark an invoice that is paid as due. Nothing is left to pay."),
            (Action.SAVE, Status.PAID, "Cannot save an invoice that is paid. It was sent already; void it and make"),
            (Action.VOID, Status.VOID, "Cannot void an invoice that is void. A void invoice stays void; make a new"),
        ],
    )
    def test_what_would_be_right(self, action: Action, status: Status, message: str) -> None:
        """The message says what cannot be done and what to do instead."""
        with pytest.raises(ActionNotAllowed) as refused:
            target(action, Facts(status, True, 100_00, 0, 0))
        assert str(refused.value).startswith(message)

    def test_credit_is_allowed_where_there_is_some(self) -> None:
        """Where the client has credit, a refusal names applying it among what is allowed."""
        world = credited_world()
        due = invoice_in(world, "due")
        with pytest.raises(ActionNotAllowed) as refused:
            world.maria.invoices.revert(due.id)
        shown = [it.action for it in world.maria.invoices.available_actions(due.id) if it.allowed]
        assert Action.APPLY_CREDIT in shown
        assert shown == list(refused.value.allowed)

    @pytest.mark.parametrize("status", ["generated", "due", "overdue", "uncollectible"])
    def test_no_credit(self, status: str) -> None:
        """Without unapplied credit none is applied."""
        world = new_world(UNLIMITED)
        invoice = invoice_in(world, status)
        before = books(world)
        with pytest.raises(ActionNotAllowed, match="no unapplied credit"):
            world.maria.payments.apply_credit(invoice.id)
        assert before == books(world)

    @pytest.mark.req("B25", "B26")
    @pytest.mark.parametrize("note", ["", "   ", "\n\t"])
    @pytest.mark.parametrize("status", ["generated", "due", "paid", "overdue", "uncollectible"])
    def test_void_without_a_note(self, status: str, note: str) -> None:
        """A void without a reason is refused and changes nothing."""
        world = credited_world()
        invoice = invoice_in(world, status)
        before = books(world)
        with pytest.raises(InvalidInput, match="note"):
            world.maria.invoices.void(invoice.id, note=note)
        assert before == books(world)

    @pytest.mark.req("B19", "B20")
    def test_no_revert_after_a_part_payment(self) -> None:
        """Whoever paid a part has received the invoice: it is due then, and can no longer be reverted."""
        world = credited_world()
        invoice = invoice_in(world, "generated")
        assert Status.DUE is world.maria.payments.record(invoice.id, usd(1)).invoice.status
        with pytest.raises(ActionNotAllowed, match="due"):
            world.maria.invoices.revert(invoice.id)

    @pytest.mark.req("B17", "B18")
    @pytest.mark.parametrize("status", ["due", "paid", "overdue", "uncollectible", "void"])
    def test_no_way_back_to_draft(self, status: str) -> None:
        """Once it has left generated, no act leads back to draft."""
        assert "draft" not in [cells[status] for cells in GRID.values()]
        world = credited_world()
        invoice = invoice_in(world, status)
        with pytest.raises(ActionNotAllowed):
            world.maria.invoices.revert(invoice.id)
        assert status == world.maria.invoices.get(invoice.id).status


class TestADraftWithANumber:
    """A reverted invoice is a draft that keeps its number."""

    def reverted(self, world: World) -> Invoice:
        """A draft that was generated once."""
        return world.maria.invoices.revert(invoice_in(world, "generated").id)

    def test_deleted_it_is_void(self) -> None:
        """Numbers leave no gap, so it stays on record as void, for a stated reason; its work is free, and nobody is
        asked or told of an invoice."""
        world = credited_world()
        draft = self.reverted(world)
        before = books(world)
        world.told()
        with pytest.raises(InvalidInput, match="note"):
            world.maria.invoices.delete(draft.id)
        assert before == books(world)
        world.maria.invoices.delete(draft.id, note="Agreed by phone.")
        void = world.maria.invoices.get(draft.id)
        steps = world.maria.invoices.history(draft.id)[-2:]
        assert (Status.VOID, draft.number, draft.total) == (void.status, void.number, void.total)
        assert [(Action.DELETE, Status.GENERATED, ""), (Action.DELETE, Status.VOID, "Agreed by phone.")] == [
            (step.action, step.after, step.note) for step in steps
        ]
        assert usd(0) == world.maria.accounts.standing(world.acme.id).outstanding
        assert ["InvoiceVoided"] == world.told()
        assert not any(session.locked for session in world.maria.work.sessions())


class TestAnInvoiceOfNothing:
    """A reverted invoice whose work was deleted meanwhile is generated at zero."""

    ALLOWED = ("print", "void")

    def emptied(self, world: World) -> Invoice:
        """An invoice with a number and nothing on it."""
        draft = world.maria.invoices.revert(invoice_in(world, "generated").id)
        [session] = world.maria.work.sessions()
        world.maria.work.delete(session.id)
        return world.maria.invoices.generate(draft.id)

    @pytest.mark.parametrize("row", [row for row in TRY if row not in ("print", "preview", "void")])
    def test_refused(self, row: str) -> None:
        """Everything but printing and voiding is refused."""
        world = credited_world()
        invoice = self.emptied(world)
        before = books(world)
        with pytest.raises(ActionNotAllowed) as refused:
            TRY[row](world.maria, invoice.id)
        assert [Action.PRINT, Action.VOID] == list(refused.value.allowed)
        assert before == books(world)

    def test_printed_and_voided(self) -> None:
        """It can be printed, and voided."""
        world = credited_world()
        invoice = self.emptied(world)
        allowed = [it.action for it in world.maria.invoices.available_actions(invoice.id) if it.allowed]
        assert [Action.PRINT, Action.VOID] == allowed
        assert usd(0) == world.maria.invoices.printable(invoice.id).invoice.total
        assert Status.VOID is world.maria.invoices.void(invoice.id, note="Emptied.", payments=OnVoid.REVERSE).status

    def test_a_draft_of_nothing_is_not_generated(self) -> None:
        """A draft without a number and without work is not generated; it can be deleted."""
        world = credited_world()
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        with pytest.raises(ActionNotAllowed, match="nothing to bill") as refused:
            world.maria.invoices.generate(draft.id)
        assert [Action.EDIT, Action.SAVE, Action.PREVIEW, Action.DELETE] == list(refused.value.allowed)
        assert 2 == world.maria.firm.next_number()
        world.maria.invoices.delete(draft.id)


class TestAvailableActs:
    """What a host shows as buttons is what really happens."""

    @pytest.mark.req("B2", "B5", "B7", "B15", "B16")
    @pytest.mark.parametrize("status", list(LEAD_TO))
    def test_agrees_with_the_grid(self, status: str) -> None:
        """For each act it says what the grid says, and why not for each that is missing."""
        world = credited_world()
        acts_now = world.maria.invoices.available_actions(invoice_in(world, status).id)
        assert allowed_in(status) == {it.action: it.allowed for it in acts_now}
        assert [it.action for it in acts_now if not it.allowed] == [it.action for it in acts_now if it.why_not]

    @pytest.mark.parametrize(("row", "status", "cell"), [cell for cell in CELLS if cell[0] not in NOT_TRIED])
    def test_agrees_with_what_happens(self, row: str, status: str, cell: str) -> None:
        """An act is said to be allowed exactly if it is then accepted."""
        world = credited_world()
        invoice = invoice_in(world, status)
        [said] = [it for it in world.maria.invoices.available_actions(invoice.id) if it.action is act_of(row)]
        try:
            TRY[row](world.maria, invoice.id)
            accepted = True
        except ActionNotAllowed:
            accepted = False
        assert accepted == said.allowed

    def test_a_part_can_be_taken_back(self) -> None:
        """What was paid of an invoice can be taken back from then on."""
        world = new_world(UNLIMITED)
        due = world.maria.payments.record(invoice_in(world, "generated").id, usd(100)).invoice
        [said] = [it for it in world.maria.invoices.available_actions(due.id) if it.action is Action.REVERSE_PAYMENT]
        assert said.allowed

    def test_reasons_say_what_would_be_right(self) -> None:
        """A reason says what would make the action possible, or what is missing."""
        world = new_world(UNLIMITED)
        invoice = invoice_in(world, "due")
        why = {it.action: it.why_not for it in world.maria.invoices.available_actions(invoice.id)}
        assert "It was sent already; void it and make a new one." == why[Action.REVERT]
        assert "The client has no unapplied credit." == why[Action.APPLY_CREDIT]
        assert "" == why[Action.VOID]

    def test_reasons_name_the_role(self) -> None:
        """To one whose role lacks the act, the reason says whose role has it."""
        world = new_world(UNLIMITED)
        invoice = invoice_in(world, "due")
        acts_of_cleo = world.cleo.invoices.available_actions(invoice.id)
        assert [Action.PRINT] == [it.action for it in acts_of_cleo if it.allowed]
        assert "Only a manager may." == next(it.why_not for it in acts_of_cleo if it.action is Action.VOID)

    @pytest.mark.req("B5")
    def test_drafts_with_a_number(self) -> None:
        """An empty draft without a number cannot be generated, one with a number can."""
        world = new_world(UNLIMITED)
        empty = world.maria.invoices.draft(world.acme.id, MARCH)
        reverted = world.maria.invoices.revert(invoice_in(world, "generated").id)
        of_empty = {it.action for it in world.maria.invoices.available_actions(empty.id) if it.allowed}
        of_reverted = {it.action for it in world.maria.invoices.available_actions(reverted.id) if it.allowed}
        assert {Action.EDIT, Action.SAVE, Action.PREVIEW, Action.DELETE} == of_empty
        assert of_empty | {Action.GENERATE} == of_reverted
