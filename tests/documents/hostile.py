"""Hostile texts, and the fields in which somebody can write them."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Protocol

from attrs import evolve

from invoicecore import (
    DueKind,
    EntryKind,
    LedgerDay,
    Line,
    Logo,
    Money,
    PrintableInvoice,
    Statement,
    StatementRow,
    Status,
    documents,
)
from invoicecore.documents import Document
from invoicecore.errors import InvalidInput
from invoicecore.lifecycle.invoice import PartySnapshot
from invoicecore.queries.dues import AccountStatement, DueRow, OpenItem
from invoicecore.queries.printable import PrintableAccountStatement, PrintableStatement
from invoicecore.queries.transactions import EntrySource
from invoicecore.queries.visibility import NamedRef
from invoicecore.testing.pictures import png
from invoicecore.values import inputs
from invoicecore.values.ids import ClientId, InvoiceId, PersonId
from tests.documents.papers import MARCH, hours, paper, work
from tests.world import hourly, usd

# Each piece stands apart from the next by two blanks.
_SEEN = r"""
<  >  &  "  '  `  =  /  \  ;  :  {  }  %  #  $  @  é  ß  שלום  مرحبا  株式会社  हिन्दी  ไทย  👩‍👩‍👧
<b>  </p>  </bdi>  </td></tr></table>  <br>  <img src=x onerror=alert(1)>  <script>alert(1)</script>  <plaintext>
</style>  </title>  </html>  <!--  -->  <![CDATA[  ]]>  <?php  ?>  <!DOCTYPE html>  <link rel=stylesheet href=/x>
{{  }}  {%  %}  {#  #}  {{ 7 * 7 }}  {{ paper.__class__ }}  {% include '/etc/passwd' %}  {% raw %}  <%= 7 %>
{0}  {amount}  {number}  {due.__class__}  %(number)s  %s  ${7*7}  #{7*7}
&lt;  &#60;  &amp;amp;  &nbsp;  &#x3c;script&#x3e;  &quot;  &notanentity;  &#0;
" onload="alert(1)  ' style='x  x" src="http://127.0.0.1:9/  javascript:alert(1)  data:text/html,<b>
url(file:///etc/passwd)  @import 'http://127.0.0.1:9/a.css';  expression(1)  */ } body { display: none  \3c
file:///etc/passwd  http://127.0.0.1:9/x  ../../etc/passwd  \\host\share  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
"""
_UNSEEN = " \t\u202e\u202d\u2066\u2069\u200f\u200b\ufeff\u00ad\u0301\ufffe\U000e0001\x01\x08\x1b\x7f\x80\x9f"
_PIECES = [*re.split(r"  |\n", _SEEN.strip()), *_UNSEEN]


def _is_for_names(piece: str) -> bool:
    try:
        inputs.name("A name", f"a{piece}z")
    except InvalidInput:
        return False
    return True


_NAMEABLE = list(filter(_is_for_names, _PIECES))
_BREAKS = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\n\n"]


class Writer(Protocol):
    """Fills the fields of a page, one after the other."""

    def name(self) -> str:
        """What to write into a field that takes a name: one line without control characters."""

    def text(self) -> str:
        """What to write into a field that takes any text."""


class Hostile:
    """Writes what does harm where it is not escaped; all of it is kept in `written`."""

    def __init__(self, case: int) -> None:
        self._random = Random(case)
        self._breaks = [""] if case % 9 else [*[""] * 8, *_BREAKS]
        self.written: list[str] = []

    def name(self) -> str:
        return self._kept(self._random.choices(_NAMEABLE, k=self._random.randint(1, 6)))

    def text(self) -> str:
        pieces = self._random.choices(_PIECES, k=self._random.randint(1, 6))
        return self._kept([*pieces, self._random.choice(self._breaks), *self._random.choices(_PIECES)])

    def _kept(self, pieces: list[str]) -> str:
        self.written.append(f"a{''.join(pieces)}z")
        return self.written[-1]


class Harmless:
    """Writes text1, text2 and so on, one for each line, in texts of so many lines."""

    def __init__(self, lines: Iterable[int]) -> None:
        self._lines = iter(lines)
        self._numbers = count(1)

    def name(self) -> str:
        return self.text()

    def text(self) -> str:
        return "\n".join(f"text{next(self._numbers)}" for _ in range(next(self._lines)))


def _head(write: Writer) -> PartySnapshot:
    names = tuple((id, write.name()) for id in ("shop", "ida"))
    firm, client = (write.name(), write.text()), (write.name(), write.text())
    tax_id, instructions = write.text(), write.text()
    return PartySnapshot(*firm, *client, "", "UTC", names, tax_id=tax_id, payment_instructions=instructions)


def _paper(write: Writer, status: Status) -> PrintableInvoice:
    third = timedelta(minutes=20)  # two of them have a footnote
    sessions = (work(third, hourly(10), "shop", person="ida", note=write.text(), id=id) for id in ("t", "u"))
    lines = (*sessions, Line(write.text(), 500))
    number = None if status is Status.DRAFT else write.name()
    made = paper(*lines, status=status, head=_head(write), number=number, notes=write.text())
    payment = evolve(paper(paid=(1,)).payments[0], method=write.text())
    return evolve(made, payments=(payment,), logo=Logo(png()))


def _statement(write: Writer) -> PrintableStatement:
    causes = (
        EntrySource(
            project=NamedRef("p", write.name()),
            person=NamedRef("lee", write.name()),
            duration=hours(8),
            rate=hourly(50),
            note=write.text(),
        ),
        EntrySource(invoice=NamedRef("i", write.name()), method=write.text(), reference=write.text()),
        EntrySource(),
    )
    kinds = (EntryKind.WORK, EntryKind.PAYMENT, EntryKind.ADJUSTMENT)
    rows = tuple(
        StatementRow(
            n, date(2026, 3, n), date(2026, 3, 1), kind, usd(-n), usd(-n), datetime(2026, 3, n, tzinfo=UTC), "",
            PersonId("lee"), InvoiceId("i"), write.text(),
        )
        for n, kind in enumerate(kinds, 1)
    )  # fmt: skip
    shown = Statement(ClientId("c"), MARCH, Money.zero("USD"), rows, usd(-400))
    return PrintableStatement(shown, causes, _head(write), date(2026, 4, 1), Logo(png()))


def _account_statement(write: Writer) -> PrintableAccountStatement:
    day = date(2026, 3, 31)
    rows = (
        DueRow(
            day=day,
            kind=DueKind.INVOICE,
            amount=usd(9),
            balance=usd(9),
            name=write.name(),
            method=write.text(),
            reference=write.text(),
        ),
    )
    item = OpenItem(name=write.name(), issued_on=day, due_on=day, amount=usd(9), amount_due=usd(9), days_overdue=40)
    shown = AccountStatement(
        client_id=ClientId("c"),
        period=MARCH,
        by=LedgerDay.BOOKED,
        opening=usd(0),
        rows=rows,
        closing=usd(8),
        open_items=(item,),
        credit=usd(1),
    )
    return PrintableAccountStatement(shown, _head(write), date(2026, 4, 1), Logo(png()))


PAGES: Mapping[str, Callable[[Writer], Document]] = {
    "invoice": lambda write: documents.invoice(_paper(write, Status.GENERATED)),
    "preview": lambda write: documents.preview(_paper(write, Status.DRAFT)),
    "statement": lambda write: documents.statement(_statement(write)),
    "account statement": lambda write: documents.account_statement(_account_statement(write)),
    "reminder": lambda write: documents.reminder(_paper(write, Status.OVERDUE), date(2026, 5, 1)),
}
"""Each kind of page with another text in every field that somebody can fill."""
