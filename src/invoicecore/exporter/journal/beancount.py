"""The format of beancount.

Text that people wrote is quoted; only quotes and backslashes need an escape there.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from invoicecore.exporter.journal.format import Assertion, JournalAccount, Posting, Tags, Transaction
from invoicecore.exporter.journal.names import part

_ROOTS = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Beancount:
    """The format of beancount."""

    asserts_in_postings = False

    def problem_of(self, name: str) -> str:
        """Five roots are known; each other part begins with a capital or a digit, and has letters, digits and dashes
        alone."""
        root, *parts = name.split(":")
        if root not in _ROOTS or not parts:
            return f"for beancount it begins with {', '.join(_ROOTS)} and a colon."
        if not all(it == part(it, "Name") for it in parts):
            return "for beancount each part begins with a capital or a digit, and has letters, digits and dashes alone."
        return ""

    def declarations(
        self, accounts: Sequence[tuple[str, JournalAccount]], tags: Sequence[str], payees: Sequence[str]
    ) -> Iterator[str]:
        """Accounts alone. Each is opened on the first day on which it is used, for the currencies that it is used with;
        beancount infers the minor unit of a currency from the amounts."""
        for name, account in accounts:
            yield f"{account.opened} open {name} {','.join(sorted(account.currencies))}\n{_metadata(account.tags)}"

    def transaction(self, transaction: Transaction) -> str:
        """Payee and title in quotes, the tags as metadata."""
        postings = "".join(map(_posting, transaction.postings))
        title = f"{quoted(transaction.payee)} {quoted(transaction.title)}"
        return f"\n{transaction.day} * {title}\n{_metadata((('code', transaction.code), *transaction.tags))}{postings}"

    def assertion(self, assertion: Assertion, payee: str) -> str:
        """An assertion on the morning of the next day. Without the ~ 0, beancount tolerates one minor unit."""
        balance = assertion.balance
        asserted = f"{assertion.account} {balance.amount} ~ 0 {balance.currency}"
        return f"\n{assertion.day + timedelta(days=1)} balance {asserted}\n"


def quoted(text: str) -> str:
    """Text in quotes."""
    return f'"{text.translate(_ESCAPES)}"'


def _metadata(tags: Tags) -> str:
    return "".join(f"  {key}: {quoted(value)}\n" for key, value in tags)


def _posting(posting: Posting) -> str:
    return f"  {posting.account}  {posting.amount}\n"
