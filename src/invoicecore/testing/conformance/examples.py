"""Example values that are hard to store unchanged, for every kind of record.

The fields are those of the class, so a new field has examples by its type.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import accumulate, chain, cycle, product
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from attrs import NOTHING, evolve, fields, frozen, resolve_types

from invoicecore.ledger.entries import BookedWork, LedgerEntry
from invoicecore.ledger.position import Position
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.lifecycle.invoice import (
    CoverPart,
    Invoice,
    Line,
    PartySnapshot,
    ReleasedPayment,
    Selection,
    StatusChange,
)
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.events import Change, Event, Message
from invoicecore.model.firm import DatedTax, FormerZone, ImportAnswer
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project, RateFrom
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.store import AuditRecord, Entity, Fact
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Application, Payment
from invoicecore.settlement.receivables import ReceivableChange, ReceivablesPosition
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.things import ACME, GLOBEX, KIM, LEE, SHOP, SITE, hourly
from invoicecore.testing.pictures import png
from invoicecore.values.calendar import PaymentTerms, Period
from invoicecore.values.ids import (
    ChargeId,
    ClientId,
    FirmId,
    InvoiceId,
    LogoId,
    PaymentId,
    PersonId,
    ProjectId,
    ReceiptId,
    SessionId,
)
from invoicecore.values.inputs import NAME_LENGTH, NOTE_LENGTH
from invoicecore.values.logo import LARGEST_LOGO, Logo
from invoicecore.values.money import LARGEST_MINOR, Money
from invoicecore.values.party import Party
from invoicecore.values.plain_data import default_of
from invoicecore.values.receipt_file import LARGEST_RECEIPT, ReceiptFile
from invoicecore.values.tax import Tax, TaxComponent
from invoicecore.vocabulary import (
    Action,
    Advance,
    ChargeKind,
    Cover,
    Deposit,
    DueKind,
    EntryKind,
    InvoiceKind,
    OnVoid,
    Role,
    Status,
    TaxCategory,
)

TEXTS = (
    "",
    "plain",
    "👩‍👩‍👧 🏳️‍🌈 🧾",
    "שלום عالم \u200fabc",
    "e\u0301 é ﬁ ß İ ı",
    "日本語 ไทย हिन्दी",
    'it\'s "quoted", \\ back\\slashed, `ticked`',
    "first line\nsecond\r\nthird\ttabbed\u2028parted",
    "NULL",
    "None",
    "null",
    "0",
    "007",
    "1e5",
    "true",
    "2026-03-02",
    "'); DROP TABLE ic_session; --",
    "{seq} %s $1 :name ? <b>&amp;</b>",
    '{"type": "Money", "minor": 1}',
    "\ufeffmarked",
    "\u0001\u007f\u0085",
    "x" * 256,
)
"""Texts, all of which the library takes."""

LONGEST = "ñ" * NOTE_LENGTH
"""The longest note: a million characters, two bytes each in UTF-8."""

NAMES = ("x", "O'Brien & Söhne", "日本語", "👩‍👩‍👧", "🧾" * NAME_LENGTH, "null", "א" * NAME_LENGTH)

FIRST, LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 28, 23, 59, 59, 999999, tzinfo=UTC)
INSTANTS = (
    FIRST,
    datetime(1, 1, 3, 0, 0, 0, 1, tzinfo=UTC),
    datetime(1899, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 8, 30, 0, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 30, 0, 123456, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 8, 100000, tzinfo=UTC),
    LAST,
)
"""Instants in order, from the first to the last that the library takes, to the microsecond."""

DAYS = (date(1, 1, 3), date(1582, 10, 10), date(1970, 1, 1), date(2024, 2, 29), date(9999, 12, 29))

DURATIONS = (
    timedelta(0),
    timedelta(microseconds=1),
    timedelta(hours=7.77),
    timedelta(hours=24),
    timedelta(days=365_000, microseconds=999_999),
)

LARGEST = LARGEST_MINOR - 1
MINORS = (0, 1, -1, 99, 9_999_999_999_999, -9_999_999_999_999, 2**31, 2**53 + 1, LARGEST, -LARGEST)
"""Amounts, of which the larger ones are not exact as floats."""

RATES = (
    hourly("0"),
    hourly("50"),
    hourly("33.333333333333"),
    hourly("0.000000000001", "KWD"),
    hourly("4166666666666666.666666666666", "JPY"),
)

TERMS = (
    Terms.unlimited(),
    Terms(allowed_balance=Money(minor=-1500_00, currency="USD")),
    Terms(
        allowed_balance=None,
        refill=Refill(Money(minor=-1, currency="JPY"), hourly("1000", "JPY"), "7.5", Advance.UNTAXED),
    ),
    Terms(allowed_balance=Money(minor=-LARGEST, currency="KWD")),
    Terms(
        allowed_balance=Money(minor=-9_999_999_999_999, currency="KWD"),
        refill=Refill(
            threshold=Money(minor=-1, currency="KWD"),
            rate=hourly("12.125", "KWD"),
            hours="20.000025",
            advance=Advance.UNTAXED,
        ),
    ),
)

TAXES = (
    Tax("DE19", TaxCategory.STANDARD, [TaxComponent("USt. 🧾", "19")]),
    Tax("QC", TaxCategory.STANDARD, [TaxComponent("", "0.000001"), TaxComponent("QST", "999.999999", on_top=True)]),
    Tax("消費税" * 10, TaxCategory.EXEMPT, [TaxComponent("'", 0)], TEXTS[6]),
)

PARTIES = (
    Party(lines=["1-2-3 丸の内", "🏢"], city="千代田区", region="東京都", postcode="100-0005", country="JP"),
    Party(
        name="O'Brien & Söhne",
        lines=[TEXTS[6]],
        city="Köln",
        country="DE",
        **{it: f"{it} 7" for it in ("postcode", "region", "legal_id", "tax_number", "email", "phone", "contact")},
        **dict.fromkeys(("buyer_reference", "order_number"), "PO 123 / 'x'"),
        vat_id="DE136695976",
        iban="DE89 3704 0044 0532 0130 00",
        bic="DEUTDEFF",
    ),
)

LOGOS = (
    Logo(png()),
    Logo(png(640, 80)),
    Logo(png(4000, 4000, note=bytes(range(256)))),
    Logo(png(note=b"\xa5" * (LARGEST_LOGO - len(png(note=b"-")) + 1))),
)
"""The smallest and the largest among them, and every byte there is."""


RECEIPTS = (
    ReceiptFile(png(2, 2)),
    ReceiptFile(b"%PDF-1.7\n" + bytes(range(256)) + b"\n%%EOF\n"),
    ReceiptFile(b"\xff\xd8\xff" + b"\xa5" * (LARGEST_RECEIPT - 5) + b"\xff\xd9"),
)
"""A picture, every byte there is, and the largest."""


AMOUNTS = tuple(minor for minor in MINORS if minor >= 0)

HARD_NAMES: Mapping[str, Sequence[Any]] = {
    "name": NAMES,
    "currency": ("USD", "JPY", "KWD"),
    "timezone": ("UTC", "America/Argentina/Buenos_Aires", "Asia/Kathmandu", "Etc/GMT+12"),
    "locale": ("en", "de_AT", "zh_Hant_TW", "ar", "ca_ES_valencia"),
    "tax": [tax.code for tax in TAXES],
    **dict.fromkeys(("note", "notes", "reason", "contact", "theme"), (*TEXTS, LONGEST)),
}
_OF_TYPE: Mapping[Any, Sequence[Any]] = {
    str: TEXTS,
    int: AMOUNTS,
    bool: (False, True),
    datetime: INSTANTS,
    date: DAYS,
    FormerZone: (FormerZone("Asia/Kathmandu", INSTANTS[0]), FormerZone("UTC", INSTANTS[1])),
    ImportAnswer: (
        ImportAnswer("generic", "columns", "start=Beginn ⏱"),
        ImportAnswer("toggl", "timezone", "Asia/Tokyo"),
    ),
    DatedTax: tuple(DatedTax(tax, since) for tax, since in zip(TAXES, (None, *DAYS), strict=False)),
    Party: PARTIES,
    timedelta: DURATIONS,
    Change: (Change("Person", "lee", 0, 1), Change("Timer", "⏱", 2, 0), Change("Account", "acme", 2**31, 2**31 + 1)),
    Money: tuple(
        Money(minor=minor, currency=currency) for minor, currency in zip(MINORS, cycle(("USD", "JPY", "KWD")))
    ),
    PaymentTerms: (PaymentTerms.net(0), PaymentTerms.net(3650), PaymentTerms.end_of_next_month(5)),
    ClientId: (ACME,),
    ProjectId: (SITE, SHOP),
    PersonId: (LEE, KIM),
    SessionId: (SessionId("worksession-00"),),
    InvoiceId: (InvoiceId("invoice-00"),),
    PaymentId: (PaymentId("payment-00"),),
    LogoId: tuple(logo.id for logo in LOGOS),
    ReceiptId: tuple(receipt.id for receipt in RECEIPTS),
    ChargeId: (ChargeId("charge-00"),),
}


def hard_values(name: str, form: Any) -> Sequence[Any]:
    """What a field of that name and type may hold; nothing, if its owner alone can tell."""
    inner, origin = get_args(form), get_origin(form)
    if origin in (Union, UnionType):
        return (None, *hard_values(name, next(it for it in inner if it is not NoneType)))
    if origin in (tuple, frozenset):
        several = hard_values("", inner[0])
        return (origin(), origin(several)) if several else ()
    if isinstance(form, type) and issubclass(form, Enum):
        return tuple(form)
    return HARD_NAMES.get(name) or _OF_TYPE.get(form, ())


def made(kind: Any, turn: int) -> Any:
    """A value of a class all of whose fields have hard values; each turn takes the next ones."""
    several = {it.name: hard_values(it.name, it.type) for it in fields(resolve_types(kind))}
    return kind(**{name: some[turn % len(some)] for name, some in several.items()})


@frozen
class Kind:
    """One kind of things, and what their fields may hold.

    A field holds what is listed for it in `own`, or else what its name and type allow. Fields that depend on each other
    hold one of the combinations in `together`; a thing with the last one may have all of its fields set.
    """

    plain: Any
    together: Sequence[Mapping[str, Any]] = ({},)
    own: Mapping[str, Sequence[Any]] = {}

    def fields(self) -> dict[str, Any]:
        """The fields that are free to hold what their names and types allow, with their types."""
        bound = {"id", *self.own, *(name for given in self.together for name in given)}
        return {it.name: it.type for it in fields(resolve_types(type(self.plain))) if it.name not in bound}

    def choices(self) -> dict[str, Sequence[Any]]:
        """What each field may hold by itself."""
        found = {name: hard_values(name, form) for name, form in self.fields().items()}
        return {name: some for name, some in {**found, **self.own}.items() if some}

    def examples(self) -> tuple[Any, ...]:
        """So many things that every field holds each of its values at least once."""
        choices = self.choices()
        count = max(len(self.together), *map(len, choices.values()))
        return tuple(self._example(number, choices) for number in range(count))

    def _example(self, number: int, choices: Mapping[str, Sequence[Any]]) -> Any:
        given = {name: some[number % len(some)] for name, some in choices.items()}
        if hasattr(self.plain, "id"):
            given["id"] = f"{type(self.plain).__name__.lower()}-{number:02}"
        return evolve(self.plain, **{**given, **self.together[number % len(self.together)]})

    def rich(self) -> Any:
        """The plain thing with every field set that has a default."""
        chosen = dict(self.together[-1])
        for field in fields(type(self.plain)):
            some = self.choices().get(field.name, ())
            if field.default is not NOTHING and some:
                chosen[field.name] = next(it for it in reversed(some) if it != default_of(field))
        return evolve(self.plain, **chosen)


FIRM = Kind(things.firm(FirmId("firm")), own={"number_pattern": ("INV-{year}-{seq:04}", "№{year}/{seq:08}")})

CLIENT = Kind(things.client("turning"))
CLIENTS = CLIENT.examples()
_PAYERS = {"USD": ACME, "JPY": CLIENTS[1].id, "KWD": CLIENTS[2].id}


def _accounts() -> Iterator[Mapping[str, Any]]:
    for client, minor, booked_at in zip(CLIENTS, cycle(MINORS), cycle(INSTANTS), strict=False):
        position = Position(client.currency, abs(minor) % 1000, minor, -minor, booked_at)
        terms = [it for it in TERMS if it.currency in (None, client.currency)]
        receivables = ReceivablesPosition(abs(minor) % 1000, DAYS[abs(minor) % len(DAYS)])
        yield {
            "client_id": client.id,
            "position": position,
            "terms": terms[abs(minor) % len(terms)],
            "receivables": receivables,
        }


ACCOUNT = Kind(things.account(GLOBEX), tuple(_accounts()))

PROJECT = Kind(
    things.project("turning"),
    (
        *({"client_id": _PAYERS[rate.currency], "rates": (RateFrom(rate),)} for rate in RATES),
        {"client_id": ACME, "rates": (RateFrom(RATES[1]), *(RateFrom(RATES[2], instant) for instant in INSTANTS))},
    ),
    {"cap": [None, *(it for it in _OF_TYPE[Money] if it.minor > 0)]},
)
PROJECTS = PROJECT.examples()

_LIMITS = (None, frozenset[ProjectId](), frozenset({SITE}), frozenset({SITE, PROJECTS[0].id}))
PERSON = Kind(
    things.person("turning"),
    (
        *({"role": role} for role in Role if role is not Role.CONTACT),
        *({"role": Role.CONTACT, "client_id": ACME, "limited_to": limited} for limited in _LIMITS),
    ),
    {"email": [None, *(f"émile+ß{place}@bücher.example" for place in range(len(TEXTS)))]},
)
PEOPLE = PERSON.examples()
_WORKERS = [person.id for person in PEOPLE if person.role is not Role.CONTACT]

LOGIN = Kind(Login(person_id=KIM), own={"person_id": [person.id for person in PEOPLE]})

_WORK = tuple({"client_id": it.client_id, "project_id": it.id, "rate": it.rates[0].rate} for it in PROJECTS[:5])
SESSION = Kind(things.session("turning"), _WORK)
SESSIONS = SESSION.examples()
TIMER = Kind(things.timer("turning"), _WORK, {"person_id": _WORKERS, "note": TEXTS[: len(_WORKERS)]})

CHARGE = Kind(
    things.charge("turning"),
    (
        *({"minor": minor, "kind": ChargeKind.EXPENSE} for minor in (0, 1, LARGEST)),
        *({"minor": -minor, "kind": ChargeKind.ALLOWANCE} for minor in (0, 1, LARGEST)),
        {"minor": 9_999_999_999_999, "kind": ChargeKind.FEE},
    ),
    {
        "currency": ("USD",),
        "client_id": (ACME,),
        "project_id": (SITE, None),
        "day": (date(1970, 1, 1), date(2024, 2, 29), date(9999, 12, 29)),
        "cost": [text for text in TEXTS if len(text) <= NAME_LENGTH],
    },
)
CHARGES = CHARGE.examples()

DRAFT = Kind(
    things.draft("turning"),
    own={
        "selection": [
            Selection(period, projects, left_out, cover)
            for cover, period in zip(Cover, (Period.month(2026, 3), Period(DAYS[0], DAYS[-1])), strict=True)
            for projects, left_out in (
                (None, frozenset[str]()),
                (frozenset[ProjectId](), frozenset({SESSIONS[0].id})),
                (frozenset({SITE, PROJECTS[0].id}), frozenset(it.id for it in (*SESSIONS, *CHARGES))),
            )
        ],
        "kind": (InvoiceKind.TIME,),
        **dict.fromkeys(("currency", "status", "total_minor", "paid_minor", "number", "issued_on", "due_on"), ()),
        **dict.fromkeys(("status_version", "parties", "covered_minor", "forgiven_minor"), ()),
        **dict.fromkeys(("tax_minor", "covered_tax_minor"), ()),
    },
)
LETTERHEAD = Kind(PartySnapshot("", "", "", "", "", "UTC", ()), own={"names": [(("site", "💻"), ("lee", ""))]}).rich()


def _issued() -> Iterator[Invoice]:
    """Invoices in every status but draft, with all kinds of lines."""
    work = [
        Line(it.note, it.minor, it.id, it.project_id, it.person_id, it.duration, it.rate, it.stated_day, tax=tax)
        for it, tax in zip(SESSIONS[:6], cycle((None, *TAXES)), strict=False)
    ]
    charged = [
        Line(it.note, it.minor, None, it.project_id, day=it.day, charge_id=it.id, kind=it.kind) for it in CHARGES[1:7]
    ]
    texts = [Line(text, 1) for text in (*TEXTS, LONGEST)]
    blocks = Line("", LARGEST, duration=DURATIONS[3], rate=RATES[4], blocks=3)
    payers = [("JPY", [blocks]), ("KWD", [Line("Dinars", 1)]), ("USD", [*work, *charged, *texts])]
    statuses = [status for status in Status if status is not Status.DRAFT]
    for place, (status, (currency, lines)) in enumerate(product(statuses, payers)):
        day, total = DAYS[place % len(DAYS)], sum(line.minor for line in lines)
        yield evolve(
            things.draft(f"issued-{place:02}", _PAYERS[currency]),
            status=status,
            kind=list(InvoiceKind)[place % len(InvoiceKind)],
            deposit=list(Deposit)[place % len(Deposit)],
            currency=currency,
            lines=tuple(lines),
            total_minor=total,
            covered_minor=total // 4,
            covered_tax_minor=total // 16,
            tax_minor=total // 8,
            covered_by=(CoverPart(None, 1), CoverPart(_INVOICE, place + 2, TAXES[place % len(TAXES)])),
            paid_minor=total - total // 4 if status is Status.PAID else total // 2,
            forgiven_minor=total // 8,
            released=tuple(ReleasedPayment(PaymentId(f"released-{it}"), place + 1, it) for it in OnVoid),
            number=f"№ {place} {TEXTS[2]}",
            issued_on=day,
            due_on=day,
            parties=LETTERHEAD,
            status_version=place + 2,
            notes="Notes",
        )


DRAFTS = DRAFT.examples()
_INVOICE = DRAFTS[0].id
ISSUED = tuple(_issued())

_PARTS = tuple(Application(it.id, place) for place, it in enumerate(ISSUED[-3:], 1))
PAYMENT = Kind(
    things.payment("turning"),
    (
        *({"minor": minor, "reversed_minor": minor // 2} for minor in (1, 9_999_999_999_999, LARGEST)),
        {"minor": 6, "applied": _PARTS},
        {"minor": 110, "applied": _PARTS[::-1], "reversed_minor": 5},
    ),
    {"currency": ("USD",), "reference": [text[::-1] for text in TEXTS]},
)
PAYMENTS = PAYMENT.examples()


def _entries() -> Iterator[LedgerEntry]:
    amounts = (LARGEST, -LARGEST, -LARGEST, LARGEST, 9_999_999_999_999, -9_999_999_999_999, *[0, 1] * len(TEXTS))
    texts = (*TEXTS, LONGEST)
    for place, (minor, balance, text) in enumerate(zip(amounts, accumulate(amounts), texts, strict=False)):
        day, instant = DAYS[place % len(DAYS)], INSTANTS[place * len(INSTANTS) // len(texts)]
        invoice, kind = ISSUED[-1].id if place % 2 else None, list(EntryKind)[place % len(EntryKind)]
        work = BookedWork(SITE, LEE, DURATIONS[place % len(DURATIONS)], RATES[place % len(RATES)], text)
        about = (f"cause {place}", LEE, invoice, text, None if place % 3 else work)
        corrects = (None, place or None, None)[place % 3], (place or None, None, None)[place % 3]
        yield LedgerEntry(ACME, place + 1, kind, minor, balance, instant, day, *about, *corrects)


def _history() -> Iterator[StatusChange]:
    before, actions, statuses = None, list(Action), list(Status)
    for place, text in enumerate((*TEXTS, LONGEST)):
        after, action = statuses[place % len(statuses)], actions[place % len(actions)]
        yield StatusChange(_INVOICE, place + 1, INSTANTS[place % len(INSTANTS)], KIM, action, before, after, text)
        before = after


def _receivables() -> Iterator[ReceivableChange]:
    """In the order in which they count."""
    days = sorted(DAYS)
    kinds = [*DueKind] * 2
    for place, (minor, day) in enumerate(zip(cycle(it for it in MINORS if it), days, strict=False), start=1):
        invoice, kind, is_even = ISSUED[-place], kinds[place], place % 2 == 0
        due, covered = (None, 0) if is_even else (days[-place], -minor)
        about = (kind, None if is_even else invoice.id, PAYMENTS[0].id if is_even else None, invoice.currency)
        booked_on, work_day = (days[place // 2], day)[:: -1 if is_even else 1]
        takes_back = place - 1 if is_even else None
        deposit = None if is_even else invoice.deposit
        days_of = (due, booked_on, work_day, day)
        yield ReceivableChange(ACME, place, *about, minor, covered, *days_of, takes_back, minor, deposit)


RECORD = Kind(things.record("turning"), own={"position": (None,)})  # the store gives it

EXAMPLES: Mapping[type[Any], tuple[Any, ...]] = {
    Logo: LOGOS,
    Client: CLIENTS,
    Account: ACCOUNT.examples(),
    Project: PROJECTS,
    Person: PEOPLE,
    Login: LOGIN.examples(),
    WorkSession: SESSIONS,
    Timer: TIMER.examples(),
    ReceiptFile: RECEIPTS,
    Charge: CHARGES,
    Invoice: (*DRAFTS, *ISSUED),
    Payment: PAYMENTS,
    LedgerEntry: tuple(_entries()),
    StatusChange: tuple(_history()),
    ReceivableChange: tuple(_receivables()),
    AuditRecord: RECORD.examples(),
}
"""Things of every kind but firms; who is named in one stands in an earlier kind, or in every trial."""

ALL_EXAMPLES: tuple[Entity | Fact, ...] = tuple(chain(*EXAMPLES.values()))

TURNS: dict[str, tuple[Entity, Entity]] = {
    **{
        type(it.plain).__name__: (it.plain, it.rich())
        for it in (PERSON, LOGIN, CLIENT, PROJECT, SESSION, TIMER, CHARGE, PAYMENT)
    },
    "Invoice": (
        DRAFT.plain,
        evolve(
            ISSUED[-1],
            id=DRAFT.plain.id,
            number="turning",
            selection=Selection(Period.month(2026, 4), frozenset({SITE}), frozenset({SESSIONS[1].id})),
            ended_on=DAYS[3],
        ),
    ),
}
"""Entities in two forms each: with no field set that has a default, and with all of them."""


def _messages() -> Iterator[Message]:
    for place, (kind, turn) in enumerate(product(get_args(Event), range(len(MINORS)))):
        yield Message(f"message-{place:03}", INSTANTS[place % 7], made(kind, turn), FirmId("firm"))


MESSAGES = tuple(_messages())
"""Messages of every kind of event."""
