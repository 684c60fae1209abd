"""How do hledger and ledger want to read it?

Both take the same file. Whatever people wrote stands where it is read as text alone: in descriptions and in tags. What
could end it, or be taken for a tag, a date or another line there, is written as in a web address: a comma is %2C.
"""

import re

from invoicecore.exporter.journal.transactions import Account, Assertion, Posting, Transaction
from invoicecore.values.currencies import EXPONENTS

_RESERVED = re.compile(r"[%,;|\[\]]")


class Hledger:
    """The spelling of hledger and ledger."""

    asserts_in_postings = True

    def head(self, lines: tuple[str, ...]) -> str:
        """Comments at the top."""
        return "".join(f"; {line}\n" for line in lines)

    def currency(self, code: str) -> str:
        """Twice: its name for ledger, its minor unit for hledger, which asks for a point even where there is none."""
        return f"commodity {code}\ncommodity 1000.{'0' * EXPONENTS[code]} {code}\n"

    def fact(self, key: str) -> str:
        """For ledger, which can be strict about tags."""
        return f"tag {key}\n"

    def payee(self, name: str) -> str:
        """For `hledger check payees`."""
        return f"payee {said(name)}\n"

    def account(self, name: str, account: Account) -> str:
        """With what it stands for as tags, which its postings inherit."""
        return f"account {name}\n{_tags(account.facts)}"

    def transaction(self, transaction: Transaction) -> str:
        """The payee, a bar, the title; the facts as tags. There always is a code, so that no payee is taken for one."""
        postings = "".join(map(_posting, transaction.postings))
        title = f"({transaction.code}) {said(transaction.payee)} | {said(transaction.title)}"
        return f"\n{transaction.day} * {title}\n{_tags(transaction.facts)}{postings}"

    def assertion(self, assertion: Assertion, payee: str) -> str:
        """A transaction that moves nothing: assertions are those of postings."""
        nothing = Posting(assertion.account, assertion.balance * 0, assertion.balance)
        return f"\n{assertion.day} * (=) {said(payee)} | Balance\n{_posting(nothing)}"


def said(text: str) -> str:
    """Text as it may stand in a description or a tag. What cannot be printed, or means something there, becomes the
    bytes of its UTF-8, as in a web address; `urllib.parse.unquote` gives the text back."""
    if text.isprintable() and not _RESERVED.search(text):
        return text
    return "".join(
        letter if letter.isprintable() and not _RESERVED.match(letter) else _escaped(letter) for letter in text
    )


def _escaped(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def _tags(facts: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"    ; {key}: {said(value)}\n" for key, value in facts)


def _posting(with_entry: Posting) -> str:
    asserted = "" if with_entry.balance is None else f" = {with_entry.balance}"
    return f"    {with_entry.account}  {with_entry.amount}{asserted}\n"
