"""python-statemachine: an invoice that is due, overdue, due."""

from statemachine import State, StateMachine

from benchmarks.figures import Figure
from benchmarks.peers import work


class Invoice(StateMachine):
    """The part of an invoice's life that is gone through over and over, and its end."""

    generated = State(initial=True)
    due = State()
    overdue = State()
    void = State(final=True)

    set_due = generated.to(due) | overdue.to(due)
    set_overdue = generated.to(overdue) | due.to(overdue)
    cancel = generated.to(void) | due.to(void) | overdue.to(void)


def figures(*, quick: bool) -> list[Figure]:
    """All that is comparable."""
    count = 200 if quick else 2000
    invoice = Invoice()

    def change() -> None:
        for _ in range(count // 2):
            invoice.set_overdue()
            invoice.set_due()

    return [
        work.status("python-statemachine", change, count),
        work.imported("python-statemachine", "import statemachine", quick=quick),
    ]
