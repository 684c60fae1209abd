"""How is a long list gone through page by page, so that no more than a page of it is held?"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from invoicecore.queries.paging import LONGEST_PAGE, Page

R = TypeVar("R")

Progress = Callable[[int], object]
"""Told after each page how many rows it had."""
PAGE = LONGEST_PAGE
"""How many rows are asked for at once."""


def rows(ask: Callable[[str | None], Page[R]], progress: Progress | None = None) -> Iterator[R]:
    """Every row of a list; `ask` gives the page that begins after a mark."""
    after: str | None = None
    while True:
        page = ask(after)
        yield from page.rows
        if progress is not None:
            progress(len(page.rows))
        if page.next_cursor is None:
            return
        after = page.next_cursor
