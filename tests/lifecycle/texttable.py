"""Tables that were written by hand as text."""


def rows(text: str) -> dict[str, dict[str, str]]:
    """The rows of a table by their first cell, each with its other cells by the name of the column."""
    lines = [line for line in text.strip().splitlines() if set(line) - set("-+ |")]
    head, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    table: dict[str, dict[str, str]] = {}
    for first, *cells in body:
        if first in table or len(cells) != len(head) - 1:
            raise ValueError(f"The row {first!r} comes twice or does not fit the head.")
        table[first] = dict(zip(head[1:], cells, strict=True))
    return table
