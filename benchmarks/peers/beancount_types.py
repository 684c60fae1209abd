"""beancount: transactions with postings, an inventory as the balance; no rules, no storage."""

import csv
import io
from decimal import Decimal

from beancount.core import amount, data, inventory, realization

from benchmarks import floors
from benchmarks.figures import Figure
from benchmarks.peers import work

_ACME, _INCOME = "Assets:Acme", "Income:Work"


def _transactions(count: int) -> list[data.Transaction]:
    made = []
    for place, moment in enumerate(floors.starts(count)):
        entry = data.Transaction(
            data.new_metadata("memory", place), moment.date(), "*", "Acme", "", frozenset(), frozenset(), []
        )
        data.create_simple_posting(entry, _ACME, Decimal("-50.00"), "USD")
        data.create_simple_posting(entry, _INCOME, Decimal("50.00"), "USD")
        made.append(entry)
    return made


def _log(count: int) -> object:
    entries = []
    balance = inventory.Inventory()
    for place, moment in enumerate(floors.starts(count)):
        entry = data.Transaction(
            data.new_metadata("memory", place), moment.date(), "*", "Acme", "", frozenset(), frozenset(), []
        )
        drawn = amount.Amount(Decimal("-50.00"), "USD")
        entry.postings.append(data.Posting(_ACME, drawn, None, None, None, None))
        balance.add_amount(drawn)
        _ = balance.get_currency_units("USD")
        entries.append(entry)
    return entries


def _csv(entries: list[data.Transaction]) -> str:
    account = realization.get(realization.realize(entries), _ACME)
    out = io.StringIO()
    writer = csv.writer(out)
    for place, step in enumerate(realization.iterate_with_balance(account.txn_postings), start=1):
        entry, _, change, balance = step
        units = (each.get_currency_units("USD").number for each in (change, balance))
        writer.writerow((place, entry.date.isoformat(), "work", *units, ""))
    return out.getvalue()


def figures(*, quick: bool) -> list[Figure]:
    """All that is comparable."""
    count, many = (500, 2000) if quick else (5000, 100_000)
    entries = _transactions(many)
    return [
        work.log("beancount", "its types in a list", lambda: _log(count), count),
        work.statement("beancount", lambda: _csv(entries), many),
        work.memory("beancount", lambda: _transactions(2000), 2000),
        work.imported("beancount", "import beancount.core.realization", quick=quick),
    ]
