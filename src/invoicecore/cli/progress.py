"""A progress bar for work that takes longer than a second."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

PATIENCE = 1.0
"""The seconds after which a progress bar appears."""


class ProgressBar:
    """A progress bar on standard error for work that takes longer than a second; none where that is no terminal. A
    `total` of None is not known beforehand."""

    def __init__(self, total: int | None, what: str) -> None:
        self._total = total
        self.what: str = what
        self.done: int = 0
        self._console = Console(stderr=True)
        self._begun = time.monotonic()
        self._progress: Progress | None = None

    def advance(self, more: int = 1) -> None:
        """The number that was done since the last call."""
        self.advance_to(self.done + more)

    def advance_to(self, done: int, total: int | None = None) -> None:
        """The number that is done now, of a total if that is known by now."""
        self.done, self._total = done, self._total if total is None else total
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], completed=self.done, total=self._total)
        elif self._console.file.isatty() and time.monotonic() - self._begun > PATIENCE:
            columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
            self._progress = Progress(*columns, console=self._console, transient=True)
            self._progress.add_task(self.what, total=self._total, completed=self.done)
            self._progress.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
