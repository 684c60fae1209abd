"""Values that are hard to store unchanged."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, chain, count
from typing import Any

from attrs import evolve

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.position import Position
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.lifecycle.invoice import Invoice, Line, PartySnapshot, Selection, StatusChange
from invoicecore.model.client import Client
from invoicecore.model.events import (
    CreditApplied,
    Event,
    InvoiceDue,
    InvoiceGenerated,
    InvoiceOverdue,
    InvoicePaid,
    InvoiceReverted,
    InvoiceUncollectible,
    InvoiceVoided,
    Message,
    PaymentRecorded,
    PaymentReversed,
    RefillRequested,
    WorkStopped,
)
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project, RateFrom
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.store import AuditRecord, Change, Entity, Fact
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Application, Payment
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.things import ACME, KIM, LEE, NOON, SITE, hourly
from invoicecore.testing.pictures import jpeg, png
from invoicecore.values.calendar import PaymentTerms, Period
from invoicecore.values.ids import ClientId, InvoiceId, PaymentId, PersonId, ProjectId
from invoicecore.values.inputs import NAME_LENGTH, NOTE_LENGTH
from invoicecore.values.logo import LARGEST_LOGO, Logo
from invoicecore.values.money import LARGEST_MINOR, Money
from invoicecore.vocabulary import Action, Deposit, EntryKind, InvoiceKind, PaymentOrigin, Role, Status

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
    hourly("999999999999999999.999999999999", "JPY"),
)

TERMS = (
    Terms.unlimited(),
    Terms(allowed_balance=Money(-1500_00, "USD")),
    Terms(allowed_balance=None, refill=Refill(Money(-1, "JPY"), hourly("1000", "JPY"), hours="7.5")),
    Terms(allowed_balance=Money(-LARGEST, "KWD")),
    Terms(
        allowed_balance=Money(-9_999_999_999_999, "KWD"),
        refill=Refill(threshold=Money(-1, "KWD"), rate=hourly("12.125", "KWD"), hours="20.000025"),
    ),
)

PAYMENT_TERMS = (PaymentTerms.net(0), PaymentTerms.net(3650), PaymentTerms.end_of_next_month(5))
LOCALES = ("en", "de_AT", "zh_Hant_TW", "ar", "ca_ES_valencia")

LOGOS = (
    Logo(png()),
    Logo(jpeg(640, 80)),
    Logo(png(4000, 4000, note=bytes(range(256)))),
    Logo(png(note=b"\xa5" * (LARGEST_LOGO - len(png(note=b"-")) + 1))),
)
"""The smallest and the largest among them, and every byte there is."""


def _numbered(prefix: str) -> Iterator[str]:
    return (f"{prefix}-{number:02}" for number in count(1))


def _people() -> Iterator[Person]:
    ids = map(PersonId, _numbered("person"))
    for role in (Role.MANAGER, Role.SUPERVISOR, Role.WORKER):
        yield Person(id=next(ids), name="Somebody", role=role)
    for name in NAMES:
        yield Person(id=next(ids), name=name, role=Role.WORKER, timezone="America/Argentina/Buenos_Aires")
    yield Person(id=next(ids), name="Ada", role=Role.WORKER, email="ada@firm.example", archived=True)
    yield Person(id=next(ids), name="Émile", role=Role.MANAGER, email="émile+ß@bücher.example")
    for limited in (None, frozenset[ProjectId](), frozenset({SITE}), frozenset({SITE, ProjectId("project-01")})):
        yield Person(id=next(ids), name="Cleo", role=Role.CONTACT, client_id=ACME, limited_to=limited)


def _clients() -> Iterator[Client]:
    ids = map(ClientId, _numbered("client"))
    for currency in ("USD", "JPY", "KWD"):
        yield Client(id=next(ids), name="A client", currency=currency)
    for name in NAMES:
        yield Client(id=next(ids), name=name, currency="EUR", archived=True)
    for text in TEXTS:
        yield Client(id=next(ids), name="A client", currency="USD", billing_address=text)
    for terms in PAYMENT_TERMS:
        yield Client(id=next(ids), name="A client", currency="USD", payment_terms=terms)
    for locale in LOCALES:
        yield Client(id=next(ids), name="A client", currency="USD", locale=locale)


CLIENTS = tuple(_clients())
_IN_YEN, _IN_DINARS = CLIENTS[1].id, CLIENTS[2].id


def _accounts() -> Iterator[Account]:
    amounts = chain(MINORS, [0] * len(CLIENTS))
    instants = chain(INSTANTS, [NOON] * len(CLIENTS))
    for client, minor, booked_at in zip(CLIENTS, amounts, instants, strict=False):
        position = Position(client.currency, abs(minor) % 1000, minor, -minor, booked_at)
        terms = next((it for it in TERMS if it.currency == client.currency), TERMS[0])
        yield Account(client.id, position, terms, abs(minor), abs(minor) // 2)


def _projects() -> Iterator[Project]:
    ids = map(ProjectId, _numbered("project"))
    currencies = {"USD": ACME, "JPY": _IN_YEN, "KWD": _IN_DINARS}
    for rate in RATES:
        yield Project(id=next(ids), client_id=currencies[rate.currency], name="Work", rates=(RateFrom(rate),))
    many = (RateFrom(RATES[1]), *(RateFrom(RATES[2], instant) for instant in INSTANTS))
    yield Project(id=next(ids), client_id=ACME, name="Many rates", rates=many, assigned=frozenset({LEE, KIM}))
    for name, day in zip(NAMES, DAYS, strict=False):
        rates = (RateFrom(RATES[1]),)
        yield Project(id=next(ids), client_id=ACME, name=name, rates=rates, starts_on=day, archived=True)
    for text in (*TEXTS, LONGEST):
        yield Project(id=next(ids), client_id=ACME, name="Notes", rates=(RateFrom(RATES[1]),), notes=text)


PROJECTS = tuple(_projects())


def _session(id: str, **fields: Any) -> WorkSession:
    return evolve(things.session(id), **fields)


def _sessions() -> Iterator[WorkSession]:
    ids = _numbered("session")
    for instant in INSTANTS[:-1]:
        yield _session(next(ids), start=instant)
    yield _session(next(ids), start=LAST, duration=timedelta(0))
    for duration in DURATIONS:
        yield _session(next(ids), duration=duration)
    for text in (*TEXTS, LONGEST):
        yield _session(next(ids), note=text)
    for minor in (0, 1, 9_999_999_999_999, LARGEST):
        yield _session(next(ids), minor=minor)
    for project in PROJECTS[: len(RATES)]:
        rate = project.rates[0].rate
        yield _session(next(ids), client_id=project.client_id, project_id=project.id, rate=rate)
    for day in DAYS:
        yield _session(next(ids), stated_day=day, person_id=KIM)
    yield _session(next(ids), billable=False, minor=0, over_limit=True, removed=True)


SESSIONS = tuple(_sessions())
PEOPLE = tuple(_people())


def _logins() -> Iterator[Login]:
    ids = (person.id for person in PEOPLE)
    yield Login(person_id=next(ids))
    for text in TEXTS[:4]:
        yield Login(person_id=next(ids), password_hash=text)
    for instant in (FIRST, INSTANTS[6], LAST):
        yield Login(person_id=next(ids), last_sign_in=instant)
    yield Login(person_id=next(ids), password_hash="$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA", admitted_from=TEXTS)


def _timers() -> Iterator[Timer]:
    ids = _numbered("timer")
    people = (person.id for person in PEOPLE if person.role is not Role.CONTACT)
    for instant, text, by in zip(INSTANTS, TEXTS, people, strict=False):
        yield evolve(things.timer(next(ids), by), start=instant, note=text, billable=bool(text))


LETTERHEAD = PartySnapshot(
    "Northwind",
    TEXTS[7],
    NAMES[1],
    TEXTS[3],
    "",
    "Europe/Paris",
    (("site", "💻"), ("lee", "")),
    LOCALES[1],
    LOGOS[0].id,
    NAMES[0],
    TEXTS[5],
)
_TIME = SESSIONS[:3]


def _invoice(id: str, status: Status = Status.DUE, *lines: Line, **fields: Any) -> Invoice:
    total = sum(line.minor for line in lines)
    given: dict[str, Any] = {
        "kind": InvoiceKind.MANUAL,
        "deposit": Deposit.NOT_DEPOSITED,
        "currency": "USD",
        "number": f"№ {id}",
        "issued_on": things.DAY,
        "due_on": things.DAY,
        "parties": LETTERHEAD,
        "status_version": 2,
        "paid_minor": total if status is Status.PAID else 0,
    }
    named = {"client_id": ACME, "status": status, "lines": lines, "revision": "ab" * 16, "total_minor": total}
    return Invoice(id=InvoiceId(id), **{**given, **named, **fields})


def _invoices() -> Iterator[Invoice]:
    ids = _numbered("invoice")
    yield things.draft(next(ids))
    projects: tuple[frozenset[ProjectId] | None, ...] = (None, frozenset(), frozenset({SITE, PROJECTS[0].id}))
    for chosen in projects:
        for period in (Period.month(2026, 3), Period(DAYS[0], DAYS[-1])):
            selection = Selection(period, chosen, frozenset({it.id for it in _TIME}) if chosen else frozenset())
            yield evolve(things.draft(next(ids)), selection=selection)
    for status in Status:
        if status is not Status.DRAFT:
            yield _invoice(next(ids), status, Line("Agreed", 100_00))
    work = tuple(
        Line(f"Work {it.id}", it.minor, it.id, it.project_id, it.person_id, it.duration, it.rate, DAYS[2])
        for it in _TIME
    )
    time: dict[str, Any] = {"kind": InvoiceKind.TIME, "selection": Selection(Period.month(2026, 3))}
    yield _invoice(next(ids), Status.OVERDUE, *work, deposit=Deposit.TO_BALANCE, **time)
    yield _invoice(next(ids), Status.DUE, *(Line(text, 1) for text in (*TEXTS, LONGEST)), paid_minor=3)
    largest = {"deposit": Deposit.TO_BALANCE, "kind": InvoiceKind.REFILL}
    blocks = Line("", LARGEST, duration=DURATIONS[3], rate=RATES[4], blocks=3)
    yield _invoice(next(ids), Status.DUE, blocks, client_id=_IN_YEN, currency="JPY", **largest)
    yield _invoice(next(ids), Status.PAID, Line("Dinars", 1), client_id=_IN_DINARS, currency="KWD", **largest)
    for text in TEXTS:
        yield _invoice(next(ids), Status.DUE, Line("Agreed", 1), notes=text)
    for day in DAYS:
        yield _invoice(
            next(ids), Status.GENERATED, Line("Agreed", 1), issued_on=day, due_on=day, number=TEXTS[2] + f"{day}"
        )


INVOICES = tuple(_invoices())


def _payments() -> Iterator[Payment]:
    ids = _numbered("payment")
    for origin in PaymentOrigin:
        yield evolve(things.payment(next(ids)), origin=origin)
    for minor in (1, 9_999_999_999_999, LARGEST):
        yield evolve(things.payment(next(ids)), minor=minor, reversed_minor=minor // 2)
    for text in TEXTS:
        yield evolve(things.payment(next(ids)), method=text, reference=text[::-1])
    for day, instant in zip(DAYS, INSTANTS, strict=False):
        yield evolve(things.payment(next(ids)), received_on=day, recorded_at=instant, by=KIM)
    parts = tuple(Application(it.id, place) for place, it in enumerate(INVOICES[-3:], 1))
    yield things.payment(next(ids), *parts)
    yield things.payment(next(ids), *parts[::-1], minor=6)


def _entries() -> Iterator[LedgerEntry]:
    kinds = list(EntryKind)
    amounts = (LARGEST, -LARGEST, -LARGEST, LARGEST, 9_999_999_999_999, -9_999_999_999_999, *[0, 1] * len(TEXTS))
    balances = accumulate(amounts)
    texts = (*TEXTS, LONGEST)
    for place, (minor, balance, text) in enumerate(zip(amounts, balances, texts, strict=False)):
        day, instant = DAYS[place % len(DAYS)], INSTANTS[place * len(INSTANTS) // len(texts)]
        invoice = INVOICES[-1].id if place % 2 else None
        kind = kinds[place % len(kinds)]
        yield LedgerEntry(ACME, place + 1, kind, minor, balance, instant, day, f"cause {place}", LEE, invoice, text)


def _history() -> Iterator[StatusChange]:
    chosen = INVOICES[0].id
    before, sequence = None, count(1)
    actions = list(Action)
    for place, text in enumerate((*TEXTS, LONGEST)):
        after, action = list(Status)[place % len(Status)], actions[place % len(actions)]
        yield StatusChange(chosen, next(sequence), INSTANTS[place % len(INSTANTS)], KIM, action, before, after, text)
        before = after


def _records() -> Iterator[AuditRecord]:
    ids = _numbered("record")
    for action in Action:
        yield AuditRecord(next(ids), INSTANTS[len(action) % len(INSTANTS)], LEE, action, ())
    changes = (Change("Person", "lee", 0, 1), Change("Timer", "⏱", 2, 0), Change("Account", "acme", 2**31, 2**31 + 1))
    for text in (*TEXTS, LONGEST):
        yield AuditRecord(next(ids), NOON, KIM, Action.VOID, changes, text)


EXAMPLES: Mapping[type[Any], tuple[Any, ...]] = {
    Logo: LOGOS,
    Client: CLIENTS,
    Account: tuple(_accounts()),
    Project: PROJECTS,
    Person: PEOPLE,
    Login: tuple(_logins()),
    WorkSession: SESSIONS,
    Timer: tuple(_timers()),
    Invoice: INVOICES,
    Payment: tuple(_payments()),
    LedgerEntry: tuple(_entries()),
    StatusChange: tuple(_history()),
    AuditRecord: tuple(_records()),
}
"""Things of every kind but firms; who is named in one stands in an earlier kind, or in every trial."""

ALL_EXAMPLES: tuple[Entity | Fact, ...] = tuple(chain(*EXAMPLES.values()))

FIRMS: tuple[Mapping[str, Any], ...] = (
    *({"name": name} for name in NAMES),
    *({"contact": text, "theme": text[::-1]} for text in (*TEXTS, LONGEST)),
    *({"tax_id": text, "payment_instructions": text[::-1]} for text in TEXTS),
    *({"payment_terms": terms} for terms in PAYMENT_TERMS),
    *({"currency": code, "timezone": zone} for code, zone in (("JPY", "Asia/Tokyo"), ("KWD", "Etc/GMT+12"))),
    {"number_pattern": "№{year}/{seq:08}", "owner_id": KIM},
    *({"locale": locale, "logo": logo.id} for locale, logo in zip(LOCALES, LOGOS, strict=False)),
)
"""What may be different about a firm."""

_ON, _PAID = INVOICES[0].id, PaymentId("payment-01")

EVENTS: tuple[Event, ...] = (
    *(WorkStopped(ACME, Money(minor, "USD"), Money(-minor, "USD")) for minor in MINORS),
    RefillRequested(ACME, _ON, Money(LARGEST, "KWD")),
    InvoiceGenerated(ACME, _ON, "№ 1 “🧾”", Money(0, "JPY"), DAYS[0]),
    InvoiceReverted(ACME, _ON, ""),
    InvoiceDue(ACME, _ON, "1", Money(1, "USD")),
    InvoiceOverdue(ACME, _ON, "1", Money(1, "USD")),
    InvoiceUncollectible(ACME, _ON, "1", Money(1, "USD")),
    InvoicePaid(ACME, _ON, "1", Money(1, "USD")),
    InvoiceVoided(ACME, _ON, "1"),
    PaymentRecorded(ACME, _PAID, _ON, Money(1, "USD")),
    PaymentReversed(ACME, _PAID, Money(1, "USD")),
    CreditApplied(ACME, _ON, Money(1, "USD")),
)

MESSAGES: tuple[Message, ...] = tuple(
    Message(f"message-{place:02}", INSTANTS[place % 7], event) for place, event in enumerate(EVENTS)
)
"""A message for every kind of event."""
