"""The format of hledger and ledger, which read the same file.

Text that people wrote is only in descriptions and tags. Characters that would end it there, or be read as a tag, a date
or another line, are percent-encoded as in a web address: a comma becomes %2C.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from invoicecore.exporter.journal.format import Assertion, JournalAccount, Posting, Tags, Transaction
from invoicecore.values.currencies import EXPONENTS

_TYPES = {"Assets": "A", "Liabilities": "L", "Equity": "E", "Income": "R", "Expenses": "X"}
"""What hledger is told of an account whose own name does not say it, so that its reports find it."""
_RESERVED = re.compile(r"[%,;|\[\]]")


class Hledger:
    """The format of hledger and ledger."""

    asserts_in_postings = True

    def problem_of(self, name: str) -> str:
        """Two blanks would end a name, and some signs would be read as another thing."""
        if not name.isprintable() or ";" in name or "  " in name or name.startswith(("(", "[", "!", "*", "=", "~")):
            return "it has two blanks, a tab or a semicolon, or begins with a sign."
        if not all(part and part == part.strip() for part in name.split(":")):
            return "a part between colons is blank, or has a blank at its end."
        return ""

    def declarations(
        self, accounts: Sequence[tuple[str, JournalAccount]], tags: Sequence[str], payees: Sequence[str]
    ) -> Iterator[str]:
        """Everything: tags for ledger, which can be strict about them, payees for `hledger check payees`, and accounts
        with their tags, which postings inherit. A currency takes two lines: the code for ledger, and the minor unit for
        hledger, which needs a point even without decimals."""
        for code in sorted({currency for _, account in accounts for currency in account.currencies}):
            yield f"commodity {code}\ncommodity 1000.{'0' * EXPONENTS[code]} {code}\n"
        renamed = {name for name, account in accounts if name.partition(":")[0] != _root(account)}
        yield from (f"tag {key}\n" for key in (*tags, *(["type"] if renamed else [])))
        yield from (f"payee {escaped(name)}\n" for name in payees)
        for name, account in accounts:
            kind = (("type", _TYPES[_root(account)]),) if name in renamed else ()
            yield f"account {name}\n{_tags((*account.tags, *kind))}"

    def transaction(self, transaction: Transaction) -> str:
        """Day and secondary day, payee, bar, title, then the tags. There is always a code; without one, a payee in
        brackets would be read as one."""
        postings = "".join(map(_posting, transaction.postings))
        title = f"({transaction.code}) {escaped(transaction.payee)} | {escaped(transaction.title)}"
        days = str(transaction.day) if transaction.other_day is None else f"{transaction.day}={transaction.other_day}"
        return f"\n{days} * {title}\n{_tags(transaction.tags)}{postings}"

    def assertion(self, assertion: Assertion, payee: str) -> str:
        """A transaction that moves nothing, because only postings can assert a balance."""
        nothing = Posting(assertion.account, assertion.balance * 0, assertion.balance)
        return f"\n{assertion.day} * (=) {escaped(payee)} | Balance\n{_posting(nothing)}"


def _root(account: JournalAccount) -> str:
    return account.own_name.partition(":")[0]


def escaped(text: str) -> str:
    """Text for a description or a tag; `urllib.parse.unquote` gives the original back."""
    if text.isprintable() and not _RESERVED.search(text):
        return text
    return "".join(
        letter if letter.isprintable() and not _RESERVED.match(letter) else quote(letter, safe="") for letter in text
    )


def _tags(tags: Tags) -> str:
    return "".join(f"    ; {key}: {escaped(value)}\n" for key, value in tags)


def _posting(posting: Posting) -> str:
    asserted = "" if posting.balance is None else f" = {posting.balance}"
    return f"    {posting.account}  {posting.amount}{asserted}\n"
