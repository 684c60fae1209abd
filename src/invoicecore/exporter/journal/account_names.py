"""The accountant's own names of accounts: a mapping, how it is read from a file, and how it is checked."""

import csv
from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import Final

from invoicecore.errors import InvalidInput
from invoicecore.exporter.journal.format import JournalFormat
from invoicecore.values.inputs import short_repr

ACCOUNTS: Final = (
    "Assets:Received",
    "Assets:Receivable",
    "Liabilities:Clients",
    "Liabilities:Tax",
    "Income:Work",
    "Income:Expenses",
    "Income:Fees",
    "Income:Discounts",
    "Income:Invoices",
    "Equity:Adjustments",
    "Expenses:Bad-Debts",
)
"""The accounts of a journal, as invoicecore calls them."""
_OF_NO_CLIENT = frozenset({("Assets", "Received"), ("Liabilities", "Tax")})
"""Those that have payment methods and tax codes below them; the others have clients."""

_ROOTS = {name.partition(":")[0] for name in ACCOUNTS}
_ALL = ":*"
_MOST_SHOWN = 5


def read_account_names(source: str | PathLike[str] | Iterable[str]) -> dict[str, str]:
    """The account names in a file of two columns, or in lines of it: what invoicecore calls an account, and what the
    accountant calls it. A comma, a semicolon or a tab parts them; `account` may stand above the first one, and a line
    that begins with # is a remark. InvalidInput names the line that is wrong; OSError if the file cannot be read."""
    lines = source if not isinstance(source, str | PathLike) else _lines(Path(fspath(source)))
    names: dict[str, str] = {}
    delimiter = ""
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        delimiter = delimiter or next((it for it in "\t;," if it in line), ",")
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        while len(cells) > 2 and not cells[-1]:  # as spreadsheets write it
            cells.pop()
        if not names and cells[0].casefold() == "account":
            continue
        if len(cells) != 2 or not all(cells):
            raise _refused(f"Line {number} is not an account and its name, such as Income:Work:*,Fees.")
        if cells[0] in names:
            raise _refused(f"Line {number} names {cells[0]} again; it is {names[cells[0]]} already.")
        names[cells[0]] = cells[1]
    return names


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as refused:
        raise _refused("The file of account names is not UTF-8; save it as CSV UTF-8.") from refused


class AccountNames:
    """Gives accounts the names of a mapping, which is checked.

    A name of an account is also that of all below it, which keep their last parts; with `:*` at its end, all below it
    are one account. The name that says most goes first.
    """

    def __init__(self, names: Mapping[str, str], format: JournalFormat) -> None:
        self._names = dict(names)
        for account, name in self._names.items():
            if not _is_known(account):
                known = ", ".join(ACCOUNTS)
                raise _refused(f"There is no account {short_repr(account)} in journals; there are {known}.")
            problem = format.problem_of(name) if isinstance(name, str) else "It is not a text."
            if problem:
                raise _refused(f"{account} cannot be called {short_repr(name)}: {problem}")

    def check_clients(self, parts: Iterable[str]) -> None:
        """InvalidInput for a name of a client's account if there is no such client. `parts` are all that there are."""
        known = set(parts)
        for account in self._names:
            first, second, client, *_ = [*account.split(":"), "", ""]
            if client not in {"", "*", *known} and (first, second) not in _OF_NO_CLIENT:
                shown = ", ".join(sorted(known)[:_MOST_SHOWN]) + (", …" if len(known) > _MOST_SHOWN else "")
                raise _refused(f"No client has the account {account}; in accounts, clients are called {shown}.")

    def of(self, account: str) -> str:
        """What an account is called."""
        if account in self._names:
            return self._names[account]
        parts = account.split(":")
        for size in range(len(parts) - 1, 0, -1):
            above = ":".join(parts[:size])
            if above + _ALL in self._names:
                return self._names[above + _ALL]
            if above in self._names:
                return ":".join([self._names[above], *parts[size:]])
        return account


def _is_known(account: object) -> bool:
    if not isinstance(account, str):
        return False
    parts = account.removesuffix(_ALL).split(":")
    return all(parts) and (parts[0] in _ROOTS if len(parts) == 1 else ":".join(parts[:2]) in ACCOUNTS)


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, field="accounts")
