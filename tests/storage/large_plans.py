"""Explains the statements of every page of a firm with 10,000 clients, 1,000,000 sessions and as many charges on
PostgreSQL.

    $ python -m tests.storage.large_plans                                   # on a server that is started for it
    $ python -m tests.storage.large_plans postgresql://user@host/database   # on one that is there
    $ python -m tests.storage.large_plans --clients 1000 --sessions 100000

It prints how long each page took, the next one included, and what its plans read or sort beyond what is shown. It
fails where that is more than `test_plans` allows; a table is large here if it has as large a part of all rows as there.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from time import perf_counter
from typing import Any

import pytest

from benchmarks.crowd import CLIENTS, NOW, SESSIONS
from invoicecore import Billing, SettableClock
from invoicecore.storage.sql.connections import PooledConnection
from tests.databases import schemas, started
from tests.storage.test_plans import ADDED_UP, LARGE, OF_ALL, PAGES, asking, crowd_with_charges, much_done
from tests.storage.test_plans import SESSIONS as OF_TEST


def main(arguments: Sequence[str]) -> int:
    """Print a line for each page; whether one does more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.storage.large_plans")
    parser.add_argument("url", nargs="?", help="of a PostgreSQL whose user is a superuser")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    asked = parser.parse_args(arguments)
    wrong = 0
    with ExitStack() as stack:
        server = asked.url or stack.enter_context(started()).get_uri()
        firm = crowd_with_charges(asked.clients, asked.sessions, asked.sessions, stack.enter_context(schemas(server))())
        stack.callback(firm.storage.close)
        desk = Billing.open(firm.storage, firm.firm_id, clock=SettableClock(NOW)).as_owner()
        read, statements = PooledConnection.read, list[tuple[str, Sequence[Any]]]()

        def noted(self: PooledConnection, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
            statements.append((sql, values))
            return read(self, sql, values)

        stack.enter_context(pytest.MonkeyPatch.context()).setattr(PooledConnection, "read", noted)
        for name in PAGES:
            ask = asking(desk, name)
            statements.clear()
            begun = perf_counter()
            cursor = getattr(ask(), "next_cursor", None)
            if cursor:
                ask(after=cursor)
            took, asked_for = perf_counter() - begun, statements[:]
            much = much_done(firm, asked_for, LARGE * asked.sessions // OF_TEST)
            is_allowed = not much or name in ADDED_UP | OF_ALL
            wrong += not is_allowed
            print(f"{name:<34} {took * 1000:8.1f} ms  {'; '.join(much) or 'by an index'}{'' if is_allowed else '  NO'}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
