"""The enums of billing for time, whose members have their meaning as a sentence.

The glossary is generated from them.
"""

from enum import StrEnum
from typing import Self


class DocumentedEnum(StrEnum):
    """A word of the field: its value is what is stored, `meaning` is what the glossary says."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """Make a member of its value and meaning; a look-up, as in Status("due"), gives the value alone."""
        word = str.__new__(cls, value)
        word._value_ = value
        word.meaning = meaning
        return word


class Role(DocumentedEnum):
    """The role of a person in the firm. What each may do stands in one table, `invoicecore.model.permissions`."""

    MANAGER = "manager", "May do everything in the account."
    SUPERVISOR = "supervisor", "Assigns people to projects, edits everybody's sessions; sees no money."
    WORKER = "worker", "Logs hours on the projects they are assigned to; sees no money."
    CONTACT = "contact", "Belongs to a client and reads what is that client's; changes nothing."


class Status(DocumentedEnum):
    """Where an invoice stands in its life: exactly one of seven."""

    DRAFT = "draft", "In preparation; it locks nothing and may still change."
    GENERATED = "generated", "Finished and numbered; its sessions are locked."
    DUE = "due", "Sent to the client, or awaiting their payment."
    PAID = "paid", "Nothing is left to pay."
    OVERDUE = "overdue", "Past its due date with something left to pay."
    UNCOLLECTIBLE = "uncollectible", "Written off: no more payment is expected, though one is still accepted."
    VOID = "void", "Cancelled; kept on record, and its sessions can be invoiced anew."


LIVE = frozenset({Status.GENERATED, Status.DUE, Status.PAID, Status.OVERDUE, Status.UNCOLLECTIBLE})
"""The statuses in which an invoice holds its sessions locked."""
UNPAID = frozenset({Status.GENERATED, Status.DUE, Status.OVERDUE})
"""The statuses that clients read simply as unpaid."""
AWAITED = (Status.GENERATED, Status.DUE)
"""The statuses of invoices that become overdue, if nothing is paid."""


class DisplayStatus(DocumentedEnum):
    """The status of an invoice as clients read it."""

    DRAFT = "draft", "In preparation."
    UNPAID = "unpaid", "Something is left to pay."
    PAID = "paid", "Nothing is left to pay."
    NOTHING_DUE = "nothing due", "All of the work was prepaid or asked for already."
    VOID = "void", "Cancelled."


class InvoiceKind(DocumentedEnum):
    """What an invoice asks money for."""

    TIME = "time", "The work and charges of a period, line by line."
    REFILL = "refill", "Whole blocks of prepaid hours, asked for when the refill balance is reached."
    MANUAL = "manual", "An amount that a Manager names."


class ChargeKind(DocumentedEnum):
    """What is billed beside work sessions."""

    EXPENSE = "expense", "Something that was paid for the client; it has a cost, and a price that the client is asked."
    FEE = "fee", "A fixed price, such as that of a milestone."
    ALLOWANCE = "allowance", "A discount: it raises the balance and lowers what an invoice asks for."


class BillingState(DocumentedEnum):
    """What became of a work session or a charge."""

    RUNNING = "running", "A timer still runs."
    UNBILLED = "unbilled", "It costs something, and is on no live invoice."
    ON_INVOICE = "on_invoice", "A live invoice bills it."
    FREE = "free", "It costs nothing."
    GIVEN_UP = "given_up", "An invoice bills it that was written off."


class EventScope(DocumentedEnum):
    """Which events a firm's notifier gets."""

    MONEY = "money", "Invoices, payments, refills, and that work was stopped."
    ALL = "all", "Besides, one event for each command that changed anything: work, clients, projects, people, balances."


class Deposit(DocumentedEnum):
    """Where the payments of an invoice go."""

    TO_BALANCE = "to_balance", "Payments raise the client's balance."
    NOT_DEPOSITED = "not_deposited", "Payments settle the invoice and leave the balance as it is."


class Cover(DocumentedEnum):
    """Whether a time invoice takes off what the client has prepaid, or was invoiced for otherwise."""

    AVAILABLE = "available", "What is covered is not asked for again."
    NOTHING = "nothing", "All of the work is asked for."


class TaxCategory(DocumentedEnum):
    """Why a tax code asks for tax, or asks for none."""

    STANDARD = "standard", "Taxed at a rate above zero."
    ZERO = "zero", "Taxed at zero per cent."
    REVERSE_CHARGE = "reverse_charge", "The client owes the tax, in their own country."
    EXEMPT = "exempt", "Free of tax, for the reason that is given."
    DISBURSEMENT = "disbursement", "Paid in the client's name and for their account, so that it is no turnover."
    OUTSIDE = "outside", "Outside the scope of the tax; nothing else may stand on the invoice."
    EXPORT = "export", "Supplied to another country, free of tax."


class ProjectBilling(DocumentedEnum):
    """What is asked for the work on a project."""

    HOURLY = "hourly", "Each session costs its time at the rate of the project, up to its cap."
    FIXED = "fixed", "Sessions cost nothing; the price is a fee."


class Advance(DocumentedEnum):
    """Whether refills, and manual invoices that deposit, ask for tax."""

    TAXED = "taxed", "An advance is taxed when it is asked for; an invoice takes it off with its tax."
    UNTAXED = "untaxed", "An advance asks for no tax; the invoice for the work asks for all of it."


class LedgerDay(DocumentedEnum):
    """The day on which a movement of a balance stands in a statement or a journal."""

    BOOKED = "booked", "The firm's day of the booking; what was said of a day that is over stays."
    WORK = "work", "The day of the work, or of the receipt of a payment."


class DueKind(DocumentedEnum):
    """What changes the balance due of a client."""

    INVOICE = "invoice", "An invoice was issued: what it asks for is owed."
    PAYMENT = "payment", "Money came in; what no invoice takes of it is credit."
    REFUND = "refund", "Money of a payment went back."
    VOID = "void", "An invoice was voided: what it asked for is not owed."
    REVERT = "revert", "An invoice was taken back to be corrected: nothing is owed until it is issued again."
    WRITE_OFF = "write_off", "An invoice was given up as uncollectible: the rest of it is not expected."


class Overpayment(DocumentedEnum):
    """What happens to the part of a payment that is more than the invoice asks."""

    REFUSE = "refuse", "The payment is refused; the error names what is left to pay."
    TO_CREDIT = "to_credit", "The excess is deposited and stays the client's unapplied credit."


class OnVoid(DocumentedEnum):
    """What happens to the payments of an invoice that is voided."""

    KEEP = "keep", "They are released from the invoice and become unapplied credit."
    REVERSE = "reverse", "The money went back to the client: what was applied is reversed."


class Debt(DocumentedEnum):
    """What becomes of the debt when an invoice is set uncollectible."""

    KEEP = "keep", "The client still owes it: the balance, and so the stop, stay as they are."
    FORGIVE = "forgive", "It is given up: a write-off raises the balance by what is left to pay."


class PaymentOrigin(DocumentedEnum):
    """How a payment came to be recorded."""

    RECORDED = "recorded", "Somebody recorded money that came in."
    STATUS_MENU = "status_menu", "The invoice was set to paid; the rest was recorded as paid."


class EntryKind(DocumentedEnum):
    """Why the balance of a client moved. Every ledger entry has one kind and one cause."""

    WORK = "work", "A session was recorded; its cost is drawn from the balance."
    WORK_REVERSED = "work_reversed", "A session was edited or deleted; its former cost is given back."
    PAYMENT = "payment", "Money came in and was deposited."
    PAYMENT_REVERSED = "payment_reversed", "A deposited payment was taken back."
    CREDIT_APPLIED = "credit_applied", "Credit left the balance: it paid tax, or an invoice that does not deposit."
    CREDIT_RELEASED = "credit_released", "What such credit had paid was released, and joined the balance again."
    ADJUSTMENT = "adjustment", "A Manager credited the client, or took away."
    WRITE_OFF = "write_off", "The debt of an uncollectible invoice was forgiven."
    WRITE_OFF_REVERSED = "write_off_reversed", "Money or another status came for such an invoice after all."
    EXPENSE = "expense", "An expense was recorded; its price is drawn from the balance."
    EXPENSE_REVERSED = "expense_reversed", "An expense was edited or deleted; its former price is given back."
    FEE = "fee", "A fee was recorded; it is drawn from the balance."
    FEE_REVERSED = "fee_reversed", "A fee was edited or deleted; it is given back."
    ALLOWANCE = "allowance", "A discount was given; it raises the balance."
    ALLOWANCE_REVERSED = "allowance_reversed", "A discount was edited or deleted, or a part of it waits; it is drawn."


WORK_ENTRIES = frozenset({EntryKind.WORK, EntryKind.WORK_REVERSED})
"""The kinds of entries of work sessions."""
ENTRIES_OF_CHARGES = {
    ChargeKind.EXPENSE: (EntryKind.EXPENSE, EntryKind.EXPENSE_REVERSED),
    ChargeKind.FEE: (EntryKind.FEE, EntryKind.FEE_REVERSED),
    ChargeKind.ALLOWANCE: (EntryKind.ALLOWANCE, EntryKind.ALLOWANCE_REVERSED),
}
"""The kinds of entries of each kind of charge: one that records it, and one that takes it back."""
BILLED_ENTRIES = WORK_ENTRIES.union(*ENTRIES_OF_CHARGES.values())
"""The kinds of entries of all that is billed: work and charges."""


class Action(DocumentedEnum):
    """Everything that a person may try to do. Each action has a row in the role table; those on an invoice have a rule
    in the life-cycle table as well."""

    phrase: str

    def __new__(cls, value: str, phrase: str = "", meaning: str = "") -> Self:
        """Make a member of its value, the phrase that names it in a sentence, and its meaning if that says more."""
        word = str.__new__(cls, value)
        word._value_, word.phrase = value, phrase
        word.meaning = meaning or f"{phrase[:1].upper()}{phrase[1:]}."
        return word

    def on(self, invoice: str) -> str:
        """The phrase with the invoice named like that, as in "mark a draft as due"."""
        return self.phrase.format(invoice)

    # on an invoice
    EDIT = "edit", "edit {}", "Open a draft for editing; it then shows the latest work."
    SAVE = "save", "save {}", "Save a draft with another choice of what is on it."
    PREVIEW = "preview", "preview {}", "See a draft as it would be printed."
    DELETE = "delete", "delete {}", "Throw a draft away; one that has a number becomes void."
    GENERATE = "generate", "generate {}", "Finish a draft: it gets its number and locks its sessions."
    PRINT = "print", "print {}", "See a finished invoice as it is printed."
    REVERT = "revert", "revert {}", "Take a generated invoice back to draft and unlock its sessions."
    SET_DUE = "set_due", "mark {} as due", "Say that the invoice was sent, or awaits payment."
    SET_OVERDUE = "set_overdue", "mark {} as overdue", "Say that the invoice is past its due date."
    SET_UNCOLLECTIBLE = "set_uncollectible", "write {} off", "Write the invoice off."
    SET_PAID = "set_paid", "mark {} as paid", "Say that the rest was paid."
    RECORD_PAYMENT = "record_payment", "record a payment of {}", "Record money that came in for an invoice."
    APPLY_CREDIT = "apply_credit", "apply credit to {}", "Pay an invoice with the client's unapplied credit."
    REVERSE_PAYMENT = "reverse_payment", "take back a payment of {}", "Take back a payment, or return credit."
    VOID = "void", "void {}", "Cancel the invoice for a stated reason and unlock its sessions."
    # on invoices and payments in general
    DRAFT_INVOICE = "draft_invoice", "draft an invoice", "Collect the work of a period into a draft."
    MAKE_MANUAL_INVOICE = "make_manual_invoice", "invoice an amount that is not read off the sessions"
    SWEEP_OVERDUE = "sweep_overdue", "mark every invoice whose due date has passed as overdue"
    VIEW_INVOICES = "view_invoices", "see invoices and their history"
    VIEW_PAYMENTS = "view_payments", "see payments and what they were applied to"
    # on the account
    ADJUST = "adjust", "adjust a balance", "Credit the balance of a client, or take away from it."
    REQUEST_REFILL = "request_refill", "request a refill", "Ask for a refill by hand."
    CORRECT_BOOKING_DAYS = (
        "correct_booking_days",
        "correct the booking days of a client",
        "Set booking days right that came from a wrong clock, by further entries.",
    )
    VIEW_ACCOUNT = "view_account", "see a client's balance", "See a client's balance, standing and transactions."
    # on clients
    ADD_CLIENT = "add_client", "add a client", "Make a client with their balance terms."
    CHANGE_CLIENT = "change_client", "change a client's name, address or payment terms"
    SET_TERMS = "set_terms", "change the balance terms of a client"
    ARCHIVE_CLIENT = "archive_client", "archive or restore a client"
    VIEW_CLIENTS = "view_clients", "see clients"
    # on projects
    ADD_PROJECT = "add_project", "add a project", "Make a project of a client."
    CHANGE_PROJECT = "change_project", "change a project's name, start date or notes"
    SET_RATE = "set_rate", "change the rate of a project", "Give a project a new rate from a moment on."
    ARCHIVE_PROJECT = "archive_project", "archive or restore a project"
    ASSIGN = "assign", "assign people to projects"
    VIEW_PROJECTS = "view_projects", "see projects"
    # on work
    LOG_WORK = "log_work", "log work", "Record one's own session."
    RUN_TIMER = "run_timer", "run a timer", "Start and stop one's own timer."
    LOG_FOR_OTHERS = "log_for_others", "log work of others", "Record a session or run a timer of somebody else."
    LOG_OVER_LIMIT = "log_over_limit", "log work over the limit", "Record work already done although work is stopped."
    STATE_RATE = "state_rate", "give a session a rate of its own"
    STATE_BILLABLE = "state_billable", "say whether work is billable"
    IMPORT_WORK = "import_work", "import work", "Record many sessions at once."
    EDIT_WORK = "edit_work", "edit a session", "Change a session that is not locked."
    DELETE_WORK = "delete_work", "delete a session", "Take a session away that is not locked."
    VIEW_WORK = "view_work", "see work sessions"
    # on charges
    RECORD_EXPENSE = "record_expense", "record an expense", "Record what was paid for a client."
    STATE_PRICE = "state_price", "say what a client is asked for an expense"
    IMPORT_EXPENSES = "import_expenses", "import expenses", "Record many expenses at once."
    RECORD_FEE = "record_fee", "record a fee", "Charge a client a fixed price."
    ALLOW = "allow", "give a discount", "Give a client a discount of an amount or a percentage."
    EDIT_CHARGE = "edit_charge", "edit an expense, a fee or a discount", "Change a charge that is not locked."
    DELETE_CHARGE = "delete_charge", "delete an expense, a fee or a discount", "Take a charge away that is not locked."
    VIEW_CHARGES = "view_charges", "see expenses, fees and discounts"
    # on people and the firm
    ADD_PERSON = "add_person", "add a person", "Add an employee or a client's contact."
    CHANGE_PERSON = "change_person", "change a person", "Change name, e-mail, zone or role, or a contact's projects."
    ARCHIVE_PERSON = "archive_person", "archive or restore a person"
    VIEW_PEOPLE = "view_people", "see who works for the firm"
    SIGN_IN = "sign_in", "sign in", "Sign in with one's e-mail and password."
    CHANGE_OWN_PROFILE = "change_own_profile", "change their own profile", "Change one's own zone or password."
    SET_PASSWORD = "set_password", "set a password", "Give somebody a password, or take it away."
    SET_ALLOWED_ADDRESSES = "set_allowed_addresses", "say from which addresses somebody may sign in"
    VIEW_LOGIN = "view_login", "see whether and from where somebody may sign in, and when they last did"
    CHANGE_FIRM = "change_firm", "change the firm's settings and numbering"
    VIEW_FIRM = "view_firm", "see the firm's settings"
    VIEW_LOGO = "view_logo", "see the firm's logos"
    VIEW_AUDIT = "view_audit", "see who changed what"
