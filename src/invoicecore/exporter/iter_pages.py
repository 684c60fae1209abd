"""The reading of a long list page by page, with one page in memory."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from invoicecore.queries.paging import LONGEST_PAGE, Page

R = TypeVar("R")

Progress = Callable[[int], object]
"""Called after each page with the number of its rows."""


def iter_rows(list_page: Callable[..., Page[R]], progress: Progress | None = None) -> Iterator[R]:
    """Every row of a list. `list_page` takes `after`, a cursor or None, and `limit`, as the methods of `desk.pages`."""
    after: str | None = None
    while True:
        page = list_page(after=after, limit=LONGEST_PAGE)
        yield from page.rows
        if progress is not None:
            progress(len(page.rows))
        if page.next_cursor is None:
            return
        after = page.next_cursor
