"""How does beancount want to read it?

Whatever people wrote stands in quotes, where beancount takes every letter but a quote and a backslash as it is.
"""

from datetime import timedelta

from invoicecore.exporter.journal.transactions import Account, Assertion, Posting, Transaction

_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Beancount:
    """The spelling of beancount."""

    asserts_in_postings = False

    def head(self, lines: tuple[str, ...]) -> str:
        """Comments at the top."""
        return "".join(f"; {line}\n" for line in lines)

    def currency(self, code: str) -> str:
        """Nothing: beancount goes by the decimals of the amounts."""
        return ""

    def fact(self, key: str) -> str:
        """Nothing: any key will do."""
        return ""

    def payee(self, name: str) -> str:
        """Nothing: any payee will do."""
        return ""

    def account(self, name: str, account: Account) -> str:
        """Opened on the day on which it is used first, for the currencies that it is used with."""
        return f"{account.opened} open {name} {','.join(sorted(account.currencies))}\n{_metadata(account.facts)}"

    def transaction(self, transaction: Transaction) -> str:
        """Payee and title in quotes, the facts as metadata."""
        postings = "".join(map(_posting, transaction.postings))
        title = f"{said(transaction.payee)} {said(transaction.title)}"
        return f"\n{transaction.day} * {title}\n{_metadata((('code', transaction.code), *transaction.facts))}{postings}"

    def assertion(self, assertion: Assertion, payee: str) -> str:
        """On the morning of the day after. Without the ~ 0 it would let a minor unit pass."""
        balance = assertion.balance
        said = f"{assertion.account} {balance.amount} ~ 0 {balance.currency}"
        return f"\n{assertion.day + timedelta(days=1)} balance {said}\n"


def said(text: str) -> str:
    """Text in quotes."""
    return f'"{text.translate(_ESCAPES)}"'


def _metadata(facts: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"  {key}: {said(value)}\n" for key, value in facts)


def _posting(with_entry: Posting) -> str:
    return f"  {with_entry.account}  {with_entry.amount}\n"
