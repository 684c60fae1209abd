"""The reading on which all rows of a file agree."""

from collections.abc import Callable, Set
from typing import Generic, TypeVar

from attrs import define

from invoicecore.importer.files.row import Row

R = TypeVar("R")


@define
class Agreement(Generic[R]):
    """Finds the one reading in which the cells of some columns agree.

    `readings` are the ways in which a cell can be read; none of a cell that tells nothing. `matters` says whether it
    makes a difference which of several is meant. `possible` are the readings that are left, by the `proof`.
    `contradiction` is said of a cell that cannot be read in any of them. Where several are left at the end and it
    matters, `option` is asked for, by the `question`.
    """

    columns: tuple[str, ...]
    readings: Callable[[str], Set[R]]
    matters: Callable[[str], bool]
    possible: Set[R]
    contradiction: str
    option: str = ""
    question: str = ""
    proof: str = "the option that was given"
    undecided: tuple[Row, str] | None = None

    def see(self, row: Row) -> None:
        """Take a row into account. UnreadableFile if it contradicts those before it."""
        for column in self.columns:
            cell = row.cell(column)
            readings = self.readings(cell)
            if not readings:
                continue
            if not readings & self.possible:
                raise row.refused(column, self.contradiction.format(cell=f"{cell:.60}", proof=self.proof))
            if readings < self.possible:
                self.possible, self.proof = readings, f"{cell} in row {row.number}"
            elif len(readings) > 1 and self.undecided is None and self.matters(cell):
                self.undecided = row, column

    def settled(self) -> R | None:
        """The reading; None where it makes no difference. MissingOption where nothing tells and it matters."""
        if len(self.possible) > 1 and self.undecided is not None:
            row, column = self.undecided
            reason = f"nothing in the file tells whether {row.cell(column)} {self.question}; say it with {self.option}."
            raise row.missing(self.option, column, reason)
        return next(iter(self.possible)) if len(self.possible) == 1 else None
