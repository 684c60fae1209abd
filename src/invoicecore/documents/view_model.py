"""What stands on a printed page, as plain data in the client's language, before it is laid out as HTML or as PDF."""

from attrs import frozen


class WrittenText(str):
    """A text that a person wrote: of several lines perhaps, in any script and direction. A page shows it as it is."""

    __slots__ = ()


@frozen
class PageHead:
    """What every page has.

    `tag` and `direction`, ltr or rtl, are those of the words; `digits` are the ten digits of the locale. `subject` is
    the heading, `running` the line at the foot. `mark` is the word across a draft or a void invoice. Each fact and
    tax id is a label with its value. A contact or address that is not known is blank.
    """

    tag: str
    direction: str
    digits: str
    title: str
    running: str
    subject: tuple[str, ...]
    mark: str
    firm_name: WrittenText
    firm_contact: WrittenText
    tax_ids: tuple[tuple[str, WrittenText], ...]
    client_label: str
    client_name: WrittenText
    client_address: WrittenText
    facts: tuple[tuple[str, str], ...]


@frozen
class ChargesTable:
    """The summary of an invoice. Each row has a name, one figure for each header after the first, and the number of its
    footnote or a blank; None marks the head of a group, with its sum. `if_empty` is said in place of rows."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...], str | None], ...]
    if_empty: str


SumsRow = tuple[str, tuple[str, ...], str]
"""A label, details that stand beside it, and an amount."""


@frozen
class SumsTable:
    """What the amount due is made of. Each row has a label, details that stand beside it, and an amount; the last row
    is the amount due."""

    name: str
    rows: tuple[SumsRow, ...]


@frozen
class SessionGroup:
    """The work on one project at one rate. Each row has a value for each header of the table."""

    name: WrittenText
    rate: str
    time: str
    amount: str
    rows: tuple[tuple[str, ...], ...]


@frozen
class SessionsTable:
    """The work behind an invoice: each session with its day, person, note, time and amount. `explanation` says that
    they are too many for a page; then rows are days, each with its number of sessions, time and amount."""

    name: str
    headers: tuple[str, ...]
    groups: tuple[SessionGroup, ...]
    explanation: str = ""


@frozen
class OpenItemsTable:
    """The invoices with something left to pay. Each row has texts, one for each header but the last two, and two
    amounts; `if_empty` is said in place of rows. `explanation` says that they are too many for a page; then there are
    no rows."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], str, str], ...]
    if_empty: str
    explanation: str = ""


@frozen
class AgesTable:
    """What is open by how late it is: an amount for each header."""

    name: str
    headers: tuple[str, ...]
    amounts: tuple[str, ...]


MovementRow = tuple[str, tuple[str, ...], tuple[str, ...], str, str]
"""A day, what moved the balance in pieces, further details, an amount, and the balance after it."""


@frozen
class MovementsTable:
    """What moved a balance; if `explanation` says that there are too many movements for a page, each row is a day.
    `opening` and `closing` have a day, a label and a balance."""

    name: str
    headers: tuple[str, ...]
    opening: tuple[str, str, str]
    rows: tuple[MovementRow, ...]
    closing: tuple[str, str, str]
    explanation: str = ""


@frozen
class Closing:
    """A text under a heading of its own, such as how to pay; `id` names it within the page."""

    id: str
    heading: str
    text: WrittenText


@frozen
class InvoiceView:
    """An invoice, or the preview of one. Each footnote has its number or a blank."""

    head: PageHead
    charges: ChargesTable
    sums: SumsTable
    footnotes: tuple[tuple[str, str], ...]
    closings: tuple[Closing, ...]
    sessions: SessionsTable | None


@frozen
class StatementView:
    """The movements of an account: work and what it drew on."""

    head: PageHead
    movements: MovementsTable
    explanation: str
    closings: tuple[Closing, ...]


@frozen
class AccountStatementView:
    """A statement of account: invoices and payments, what is open with its age, and the balance due. `ages` are there
    if something is open."""

    head: PageHead
    movements: MovementsTable
    items: OpenItemsTable
    ages: AgesTable | None
    sums: SumsTable
    closings: tuple[Closing, ...]


@frozen
class ReminderView:
    """A letter about an overdue invoice: paragraphs before the sums and after them."""

    head: PageHead
    opening: str
    sums: SumsTable
    request: str
    closings: tuple[Closing, ...]


PageView = InvoiceView | StatementView | AccountStatementView | ReminderView
