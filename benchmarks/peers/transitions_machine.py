"""transitions: an invoice that is due, overdue, due."""

from transitions import Machine

from benchmarks.figures import Figure
from benchmarks.peers import work

_STATES = ["draft", "generated", "due", "paid", "overdue", "uncollectible", "void"]
_UNPAID = ["generated", "due", "overdue", "uncollectible"]
_MOVES = [
    {"trigger": "generate", "source": "draft", "dest": "generated"},
    {"trigger": "set_due", "source": ["generated", "overdue", "uncollectible"], "dest": "due"},
    {"trigger": "set_overdue", "source": ["generated", "due", "uncollectible"], "dest": "overdue"},
    {"trigger": "void", "source": [*_UNPAID, "paid"], "dest": "void"},
]


class Invoice:
    """What changes its status; the triggers are put on it."""

    def __init__(self) -> None:
        self.machine = Machine(self, states=_STATES, transitions=_MOVES, initial="due", auto_transitions=False)


def figures(*, quick: bool) -> list[Figure]:
    """All that is comparable."""
    count = 500 if quick else 5000
    invoice = Invoice()

    def change() -> None:
        for _ in range(count // 2):
            invoice.trigger("set_overdue")  # type: ignore[attr-defined]  # put on it by the machine
            invoice.trigger("set_due")  # type: ignore[attr-defined]

    return [
        work.status("transitions", change, count),
        work.imported("transitions", "import transitions", quick=quick),
    ]
