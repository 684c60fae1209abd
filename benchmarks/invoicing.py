"""The cost of changing an invoice's status, and of drafting an invoice with much work on it."""

from datetime import date

from benchmarks import floors
from benchmarks.figures import Aim, Figure, Unit
from benchmarks.measure import Measured, Run, alternating, collector_frozen, timed
from benchmarks.studio import Studio, studio
from invoicecore import Action, Deposit, Invoice, Money, Period, Status, utc
from invoicecore.lifecycle.invoice import advance
from invoicecore.values.ids import PersonId
from invoicecore.values.stamp import CommandStamp

_BIG_PERIOD = Period(date(2019, 1, 1), date(2029, 12, 31))


def _manual(firm: Studio) -> Invoice:
    return firm.desk.invoices.manual(firm.jobs[0].client_id, Money.of(1000, "USD"), deposit=Deposit.TO_BALANCE)


def verb(invoice: Invoice, count: int) -> Run:
    """The pure verb: an invoice is due, overdue, due, so many times."""
    stamp = CommandStamp(utc(2026, 3, 2), PersonId("maria"), "America/Chicago")

    def work() -> None:
        now = invoice
        for _ in range(count):
            now, _steps = advance(now, Action.SET_OVERDUE if now.status is Status.DUE else Action.SET_DUE, stamp, 0)

    return lambda: timed(work, count)


def _beside(floor: Run, library: Run) -> Measured:
    with collector_frozen():
        return alternating(floor, library)


def status(*, quick: bool) -> Figure:
    """The pure verb beside the constructor of an object as large as an invoice; what is aimed at is its own time."""
    count = 2000 if quick else 20_000
    return Figure(
        name="status",
        what="status change of an invoice, the pure verb",
        against="look-up and frozen object of 16 fields",
        unit=Unit.MICROSECONDS,
        measured=_beside(floors.status_change(count), verb(_manual(studio()), count)),
        to_reach=Aim(5e-6, Unit.MICROSECONDS),
        long_aim=Aim(2e-6, Unit.MICROSECONDS),
    )


def status_look_up(*, quick: bool) -> Figure:
    """The same beside the look-up alone."""
    count = 2000 if quick else 20_000
    return Figure(
        name="status-look-up",
        what="the same",
        against="look-up alone",
        unit=Unit.MICROSECONDS,
        measured=_beside(floors.look_up(count), verb(_manual(studio()), count)),
    )


def status_desk(*, quick: bool) -> Figure:
    """A status set through the whole Desk, with account, history, audit and outbox."""
    count = 300 if quick else 2000
    firm = studio()
    id = _manual(firm).id
    due, overdue = firm.desk.invoices.set_due, firm.desk.invoices.set_overdue

    def work() -> None:
        for place in range(count):
            (overdue if place % 2 else due)(id)

    return Figure(
        name="status-desk",
        what="the same, through the Desk",
        against="look-up and frozen object of 16 fields",
        unit=Unit.MICROSECONDS,
        measured=_beside(floors.status_change(count), lambda: timed(work, count)),
    )


def drafting(firm: Studio, sessions: int) -> Run:
    """Collect all work of a firm's one client into a draft, and throw it away again, which does not count."""
    invoices, client = firm.desk.invoices, firm.jobs[0].client_id

    def run() -> float:
        made = []
        seconds = timed(lambda: made.append(invoices.draft(client, _BIG_PERIOD)), sessions)
        assert len(made[0].invoice.lines) == sessions
        invoices.delete(made[0].id)
        return seconds

    return run


def generating(firm: Studio, sessions: int) -> Run:
    """Generate an invoice over all work of a firm's one client; drafting it and voiding it again do not count."""
    invoices, client = firm.desk.invoices, firm.jobs[0].client_id

    def run() -> float:
        draft = invoices.draft(client, _BIG_PERIOD)
        seconds = timed(lambda: invoices.generate(draft.id), sessions)
        assert len(invoices.get(draft.id).lines) == sessions
        invoices.void(draft.id, note="Measured.")
        return seconds

    return run


def draft(*, quick: bool) -> Figure:
    """A draft over much work: found, and put on lines."""
    count = 1000 if quick else 10_000
    return Figure(
        name="draft",
        what=f"draft an invoice of {count:,} sessions; a session",
        against="a tuple, a sum, a lock",
        unit=Unit.MICROSECONDS,
        measured=_beside(floors.billing(count), drafting(studio(sessions=count), count)),
    )


def generate(*, quick: bool) -> Figure:
    """Generate over much work: found again, compared with what was seen, numbered, dated, and locked."""
    count = 1000 if quick else 10_000
    return Figure(
        name="generate",
        what=f"generate an invoice of {count:,} sessions; a session",
        against="a tuple, a sum, a lock",
        unit=Unit.MICROSECONDS,
        measured=_beside(floors.billing(count), generating(studio(sessions=count), count)),
        to_reach=Aim(10),
        long_aim=Aim(4),
    )
