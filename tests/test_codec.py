"""Every value becomes plain data and comes back equal; anything else is refused with its place named."""

import json
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import invoicecore
from invoicecore import (
    ChargeKind,
    Client,
    Deposit,
    Difference,
    Firm,
    Invoice,
    InvoiceKind,
    Line,
    Money,
    NamedRef,
    NewExpense,
    NewWorkSession,
    Page,
    Party,
    Payment,
    PaymentOrigin,
    PaymentTerms,
    Period,
    Person,
    Project,
    ProjectPage,
    ProjectRow,
    Rate,
    Refill,
    Role,
    Status,
    Tax,
    TaxCategory,
    TaxComponent,
    Terms,
    WorkRow,
    utc,
)
from invoicecore.codec import TYPES, canonical, dump, dump_any, load, load_any
from invoicecore.errors import InvalidInput
from invoicecore.ledger.position import Position
from invoicecore.ledger.remarks import Remark, Sentence
from invoicecore.lifecycle.invoice import PartySnapshot, Selection
from invoicecore.model.charge import Charge
from invoicecore.model.events import (
    Event,
    InvoiceReverted,
    InvoiceVoided,
    Message,
)
from invoicecore.model.project import RateFrom
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.store import Entity, Fact, IdempotencyRecord
from invoicecore.queries.explain import UtilizationExplained
from invoicecore.settlement.payment import Application
from invoicecore.testing.pictures import png
from invoicecore.values.ids import ChargeId, ClientId, FirmId, InvoiceId, PaymentId, PersonId, ProjectId, SessionId
from invoicecore.values.logo import Logo
from invoicecore.values.plain_data import plain
from invoicecore.values.receipt_file import ReceiptFile
from tests.conftest import PUBLIC_NAMES
from tests.pictures import jpeg
from tests.world import hourly, new_world, terms, usd

ACME, LEE, SITE = ClientId("c-1"), PersonId("p-1"), ProjectId("j-1")
FIRST, SECOND, PAID = InvoiceId("i-1"), InvoiceId("i-2"), PaymentId("m-1")
WORK = SessionId("s-1")
MICROS = utc(2026, 3, 2, 15).replace(microsecond=123456)
TODAY = date(2026, 3, 2)
MARCH = Period.month(2026, 3)

LINE = Line("Wireframes — “π”", 62_13, WORK, SITE, LEE, timedelta(hours=1, microseconds=1), hourly("62.125"), TODAY)
BARE_LINE = Line("A flat price", 100_00)
HEAD = PartySnapshot(
    "Northwind", "1 Main St\nChicago", "Acme", "", "plain", "America/Chicago", (("j-1", "Web"), ("p-1", "Lee"))
)
INVOICE = Invoice(
    id=FIRST,
    client_id=ACME,
    kind=InvoiceKind.TIME,
    deposit=Deposit.TO_BALANCE,
    currency="USD",
    status=Status.DUE,
    lines=(LINE, BARE_LINE),
    revision="8876fbf7",
    total_minor=162_13,
    paid_minor=62_13,
    number="INV-2026-0001",
    selection=Selection(MARCH, frozenset({SITE, ProjectId("j-0")}), frozenset({WORK, SessionId("s-0")})),
    issued_on=TODAY,
    due_on=date(2026, 3, 16),
    parties=HEAD,
    status_version=2,
    notes="Thank you",
)
BARE_INVOICE = Invoice(
    id=SECOND,
    client_id=ACME,
    kind=InvoiceKind.MANUAL,
    deposit=Deposit.NOT_DEPOSITED,
    currency="USD",
    status=Status.DRAFT,
    lines=(),
    revision="",
    total_minor=0,
)
MOVED = Difference((LINE,), (BARE_LINE,), ((BARE_LINE, LINE), (LINE, BARE_LINE)), usd("-37.87"), usd("12.13"))
PAYMENT = Payment(
    id=PAID,
    client_id=ACME,
    currency="USD",
    minor=100_00,
    received_on=TODAY,
    recorded_at=MICROS,
    by=LEE,
    method="wire",
    reference="TX-1",
    origin=PaymentOrigin.STATUS_MENU,
    applied=(Application(FIRST, 62_13), Application(SECOND, 1)),
    reversed_minor=5,
)
SESSION = WorkSession(
    id=WORK,
    client_id=ACME,
    project_id=SITE,
    person_id=LEE,
    start=MICROS,
    duration=timedelta(hours=8),
    rate=hourly("62.125"),
    minor=497_00,
    billable=True,
    note="Two\nlines",
    stated_day=TODAY,
    over_limit=True,
    removed=True,
)
CHARGE = Charge(
    id=ChargeId("c-7"),
    client_id=ACME,
    kind=ChargeKind.EXPENSE,
    day=TODAY,
    currency="USD",
    minor=80_00,
    person_id=LEE,
    project_id=SITE,
    note="Train — “TGV”",
    cost="72.30 €",
    receipt=ReceiptFile(png()).id,
)
CLIENTS = (
    Client(id=ACME, name="Acme", currency="USD"),
    Client(id=ACME, name="Acme", currency="USD", payment_terms=PaymentTerms.net(30), locale="de_AT", archived=True),
)

RULED: tuple[Any, ...] = (
    IdempotencyRecord("monday", "digest", (Money.of("12.50", "USD"), Period.month(2026, 3))),
    IdempotencyRecord("tuesday", "digest", None),
    Money.of("-12.50", "USD"),
    Money(minor=10**17 - 1, currency="KWD"),
    Rate.hourly("0.000000000001", "JPY"),
    Rate.hourly("41666666666666.666666666666", "USD"),
    Period(date(1, 1, 3), date(9999, 12, 29)),
    MARCH,
    PaymentTerms.end_of_next_month(days=10),
    Terms.unlimited(),
    terms(),
    Refill(threshold=usd("-1000"), rate=hourly("62.125"), hours=Decimal("0.5")),
    Firm(name=" Northwind ", currency="USD", timezone="Europe/Paris", id=FirmId("f"), owner_id=LEE, contact="é\n€"),
    Person(name="Lee", role=Role.WORKER, email="Lee@Northwind.example", timezone="Asia/Tokyo"),
    Person(name="Cleo", role=Role.CONTACT, client_id=ACME, limited_to=frozenset({SITE, ProjectId("j-0")}), id=LEE),
    Person(name="Nobody", role=Role.CONTACT, client_id=ACME, limited_to=frozenset(), archived=True),
    *(Sentence.of(it, **dict.fromkeys(re.findall(r"{(\w+)}", it.meaning), usd(5))) for it in Remark),
    Tax("VAT", TaxCategory.STANDARD, [TaxComponent("GST", "5"), TaxComponent("QST", "9.975", on_top=True)]),
    Tax("E", TaxCategory.EXEMPT, [TaxComponent("", 0)], "§ 19"),
    Party(lines=("1 Main St",), city="Springfield", country="US", iban="DE89370400440532013000"),
    Party(),
    Logo(png()),
    Logo(jpeg(3, 2)),
    *CLIENTS,
    Position("USD", 3, -250_00, 1000_00, MICROS),
    Position("JPY"),
    Project(id=SITE, client_id=ACME, name="Web", rates=(RateFrom(hourly(50)), RateFrom(hourly(60), MICROS))),
    Project(id=SITE, client_id=ACME, name="Web", rates=(), starts_on=TODAY, assigned=frozenset({LEE}), archived=True),
    SESSION,
    attrs.evolve(SESSION, stated_day=None),
    CHARGE,
    attrs.evolve(CHARGE, kind=ChargeKind.ALLOWANCE, minor=-5, project_id=None, cost="", receipt=None, removed=True),
    NewExpense(client_id=ACME, day=TODAY),
    NewExpense(
        client_id=ACME, day=TODAY, price=usd(80), cost="72.30 €", note="Train", project_id=SITE, source="card:1"
    ),
    ReceiptFile(png()),
    ReceiptFile(b"%PDF-1.7\n%%EOF"),
    Timer(id=WORK, client_id=ACME, project_id=SITE, person_id=LEE, start=MICROS, rate=hourly(50), billable=False),
    INVOICE,
    BARE_INVOICE,
    LINE,
    BARE_LINE,
    Line("Train", 80_00, None, SITE, day=TODAY, charge_id=ChargeId("c-7"), kind=ChargeKind.EXPENSE),
    Line("", 2000_00, duration=timedelta(hours=40), rate=hourly(50), blocks=2),
    PAYMENT,
    NewWorkSession(project_id=SITE, person_id=LEE, start=MICROS, end=MICROS + timedelta(hours=1), rate=hourly(1)),
    NewWorkSession(project_id=SITE, person_id=LEE, day=TODAY, hours=1, source="toggl:1"),
    *(
        NewWorkSession(project_id=SITE, person_id=LEE, day=TODAY, hours=hours)
        for hours in (8, "7.50", Decimal("7.5"), timedelta(hours=7, microseconds=1))
    ),
)
"""Values of the classes whose fields depend on each other or on the rules of money, or that have several forms."""

PLAIN: dict[Any, tuple[Any, ...]] = {
    str: ("Two\nlines “π”", ""),
    int: (-3, 7),
    bool: (True, False),
    date: (TODAY,),
    datetime: (MICROS,),
    timedelta: (timedelta(hours=1, microseconds=1), timedelta(0)),
    Fraction: (Fraction(-4, 3),),
    Decimal: (Decimal("9.975"), Decimal(0)),
    bytes: (png(),),
}
"""What a field of each plain type is filled with."""


def filled(form: Any) -> list[Any]:
    """Several values of the type of a field: for a union those of each part, for a class all its samples."""
    form = getattr(form, "__supertype__", form)
    origin, arguments = get_origin(form) or form, get_args(form)
    if form in PLAIN:
        return [*PLAIN[form]]
    if form is NoneType:
        return [None]
    if origin in {Union, UnionType}:
        return [value for part in arguments for value in filled(part)[:2]]
    if isinstance(form, type) and issubclass(form, Enum):
        return [*form]
    if origin is Page:
        return [Page((*filled(arguments[0])[:2],), "next"), Page((), None)]
    if origin is tuple and arguments[-1] is not Ellipsis:
        return [*zip(*(filled(part)[:1] for part in arguments), strict=True)]
    if origin in {tuple, frozenset}:
        return [origin(filled(arguments[0])[:2]), origin()]
    if origin is Mapping:
        return [dict(zip(filled(arguments[0]), filled(arguments[1]), strict=False))]
    return samples(form)


@cache
def samples(kind: Any) -> list[Any]:
    """The values of a class that are written above, or else two: with the first and the last that fits each field."""
    if ruled := [value for value in RULED if type(value) is kind]:
        return ruled
    fields = {it.name.lstrip("_"): filled(it.type) for it in attrs.fields(attrs.resolve_types(kind)) if it.init}
    return [kind(**{name: values[place] for name, values in fields.items()}) for place in (0, -1)]


NAMED = NamedRef("c-1", "Acme")
PROJECT_ROW, WORK_ROW, UTILIZATION = (samples(kind)[0] for kind in (ProjectRow, WorkRow, UtilizationExplained))
SAMPLES: tuple[Any, ...] = (
    Page((NAMED, PROJECT_ROW), '["name",0,"Acme","c-1"]'),
    Page((), None),
    *(value for kind in TYPES if kind is not Page for value in samples(kind)),
)

T = TypeVar("T")


def through_json(plain: object) -> Any:
    """What a store or a wire gives back."""
    return json.loads(json.dumps(plain, allow_nan=False))


def again(value: T) -> T:
    """The value after a journey through JSON."""
    return load(type(value), through_json(dump(value)))


def refusal(cls: type, data: object) -> str:
    """Why the data is refused."""
    with pytest.raises(InvalidInput) as refused:
        load(cls, data)
    return str(refused.value)


def changed(value: object, path: tuple[str | int, ...], new: object) -> Any:
    """The plain data of a value with one place changed."""
    data = place = through_json(dump(value))
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new
    return data


def plain_types(data: object) -> Iterator[type]:
    """The types of everything in some plain data."""
    yield type(data)
    if isinstance(data, dict):
        for key, value in data.items():
            yield type(key)
            yield from plain_types(value)
    if isinstance(data, list):
        for value in data:
            yield from plain_types(value)


class TestRoundTrip:
    @pytest.mark.parametrize("value", SAMPLES, ids=lambda value: type(value).__name__)
    def test_equal(self, value: object) -> None:
        """A value comes back equal, of the same type, and with an equal repr but for the order within sets."""
        back = again(value)
        assert value == back
        assert type(value) is type(back)
        assert sorted(repr(value)) == sorted(repr(back))

    @pytest.mark.parametrize("value", SAMPLES, ids=lambda value: type(value).__name__)
    def test_plain(self, value: object) -> None:
        """Nothing but dicts, lists, texts, whole numbers, booleans and None is in the data."""
        assert set(plain_types(dump(value))) <= {dict, list, str, int, bool, type(None)}

    def test_every_class(self) -> None:
        """Each class that the codec knows has a sample here."""
        assert set(TYPES) == {type(sample) for sample in SAMPLES}

    def test_everything_public(self) -> None:
        """Whatever is stored, told, or handed out by a Desk under a public name is known to the codec."""
        public = {getattr(invoicecore, name) for name in PUBLIC_NAMES}
        values = {it for it in public if isinstance(it, type) and attrs.has(it)}
        values -= {invoicecore.Billing, invoicecore.Delivery, invoicecore.WorkerRound}  # tell what a call did
        values -= {invoicecore.Finding, invoicecore.IntegrityReport}
        assert set() == (values | {*get_args(Entity), *get_args(Fact), *get_args(Event)}) - set(TYPES)

    def test_everything_inside(self) -> None:
        """Whatever a known class holds is known too."""
        held = {type(part) for sample in SAMPLES for part in parts(sample)}
        assert set() == held - set(TYPES)

    def test_a_real_story(self) -> None:
        """What the desk returns and tells in a story comes back equal."""
        world = new_world()
        for _ in range(3):
            world.log(8)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        invoice = world.maria.invoices.generate(draft.id)
        receipt = world.maria.payments.record(invoice.id, usd("100"), method="wire")
        world.billing.deliver()
        seen = (
            draft,
            invoice,
            receipt,
            world.maria.accounts.standing(world.acme.id),
            world.maria.accounts.statement(world.acme.id, MARCH),
            *world.maria.accounts.entries(world.acme.id),
            *world.maria.invoices.history(invoice.id),
            *world.maria.invoices.available_actions(invoice.id),
            world.maria.invoices.printable(invoice.id),
            *world.maria.firm.audit(),
            *world.notifier.messages,
        )
        assert 20 < len(seen)
        assert seen == load_any(through_json(dump_any(seen)))

    @given(
        moment=st.datetimes(datetime(1, 1, 4), datetime(9999, 12, 28), timezones=st.just(UTC)),
        duration=st.timedeltas(timedelta(0), timedelta(days=1_000_000)),
        digits=st.integers(0, 41_666_666_666_666),
        scale=st.integers(0, 12),
        note=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    )
    @settings(max_examples=60, deadline=None)
    def test_any_session(self, moment: datetime, duration: timedelta, digits: int, scale: int, note: str) -> None:
        """Any instant, duration, rate and text keeps every digit."""
        rate = Rate.hourly(Decimal((0, tuple(map(int, str(digits))), -scale)), "USD")
        session = attrs.evolve(SESSION, start=moment, duration=duration, rate=rate, note=note)
        assert session == again(session)

    def test_decimal_context(self) -> None:
        """The decimal context of the host changes nothing, neither when dumping nor when loading."""
        refill = Refill(threshold=usd("-1000"), rate=hourly("1"), hours="123456.123456")
        tiny = NewWorkSession(project_id=SITE, person_id=LEE, hours=Decimal("0.0000001"))
        with localcontext(Context(prec=3, rounding=ROUND_CEILING, capitals=0, Emin=-1, Emax=1)):
            assert "123456.123456" == dump(refill)["hours"]
            assert {"decimal": "0.0000001"} == dump(tiny)["hours"]
            assert refill == again(refill)
            assert tiny == again(tiny)


def vars_of(value: Any) -> tuple[object, ...]:
    """What the fields of an attrs value hold."""
    return tuple(getattr(value, field.name) for field in attrs.fields(type(value)))


def vars_by_name(value: Any) -> dict[str, Any]:
    """The fields of an attrs value."""
    return {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}


def parts(value: object) -> Iterator[object]:
    """The attrs values inside a value, at any depth."""
    if attrs.has(type(value)):
        yield value
        yield from (part for held in vars_of(value) for part in parts(held))
    if isinstance(value, tuple | frozenset):
        for each in value:
            yield from parts(each)


class TestPages:
    """What the pages show travels too, each row with the name of what it is."""

    def test_as_it_is_written(self) -> None:
        """A page is an object with its rows and where the next one begins; a ratio is a text."""
        named = {"type": "NamedRef", "id": "c-1", "name": "Acme"}
        assert {"rows": [named], "next_cursor": None, "previous_cursor": None, "totals": None} == dump(
            Page((NAMED,), None)
        )
        assert "-4/3" == dump(UTILIZATION)["ratio"]

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            ([], "expected an object"),
            ({"rows": [], "next_cursor": None, "more": 1}, "unknown more"),
            ({"rows": {}, "next_cursor": None}, "expected a list"),
            ({"rows": [{"id": "c-1", "name": "Acme"}], "next_cursor": None}, "the name of a class that fits here"),
            ({"rows": [], "next_cursor": 5}, "expected text, not a whole number"),
        ],
    )
    def test_no_page(self, data: object, why: str) -> None:
        """Anything else is refused."""
        assert why in refusal(Page, data)

    def test_rows_of_another_list(self) -> None:
        """Where only rows of one kind fit, others are refused."""
        page = ProjectPage(PROJECT_ROW, (), Page((WORK_ROW,), None))
        wrong = through_json(dump_any(PROJECT_ROW))
        assert "sessions: expected rows that fit here, not a ProjectRow" in refusal(
            ProjectPage, changed(page, ("sessions", "rows"), [wrong])
        )

    @pytest.mark.parametrize("ratio", ["1", "1/0", "0.5", "1/-4", " 1/4", "1/4\n", "1" * 200 + "/1", 1, 0.25, "½/1"])
    def test_no_ratio(self, ratio: object) -> None:
        """A ratio is two whole numbers with a stroke between them."""
        assert "expected a ratio such as '1/4'" in refusal(
            UtilizationExplained, changed(UTILIZATION, ("ratio",), ratio)
        )


class TestSpelling:
    def test_instant(self) -> None:
        """An instant is ISO 8601 in UTC with all six digits of its microseconds."""
        assert "2026-03-02T15:00:00.123456Z" == dump(SESSION)["start"]
        assert "0001-01-03T00:00:00.000000Z" == dump(Position("USD"))["booked_at"]

    def test_other_zone(self) -> None:
        """An instant given in another zone is dumped in UTC, and one written with an offset is read as UTC."""
        paris = NewWorkSession(
            project_id=SITE, person_id=LEE, start=datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Paris"))
        )
        assert "2026-03-02T08:00:00.000000Z" == dump(paris)["start"]
        back = load(NewWorkSession, changed(paris, ("start",), "2026-03-02T09:00:00+01:00"))
        assert utc(2026, 3, 2, 8) == back.start
        assert UTC == (back.start and back.start.tzinfo)

    def test_single_values(self) -> None:
        """Dates, durations, decimals and words have one spelling each."""
        assert "2026-03-02" == dump(SESSION)["stated_day"]
        assert 28_800_000_000 == dump(SESSION)["duration"]
        assert "0.5" == dump(Refill(threshold=usd("-1"), rate=hourly(4), hours="0.50"))["hours"]
        assert "not_deposited" == dump(BARE_INVOICE)["deposit"]

    def test_sets(self) -> None:
        """A set is a sorted list, so that equal values have equal data."""
        assert ["j-0", "j-1"] == dump(INVOICE)["selection"]["projects"]

    def test_bytes(self) -> None:
        """Bytes are Base64, and what follows from them is not written down."""
        assert {"content"} == dump(Logo(png())).keys()
        assert png() == b64decode(dump(Logo(png()))["content"])

    def test_event(self) -> None:
        """An event on its way out says which it is."""
        told = dump(Message("n-1", MICROS, InvoiceReverted(ACME, FIRST, "7"), FirmId("firm")))["event"]
        assert {"type": "InvoiceReverted", "client_id": "c-1", "invoice_id": "i-1", "number": "7"} == told

    @pytest.mark.parametrize(
        ("hours", "plain"),
        [
            (None, None),
            (8, 8),
            ("7.50", "7.50"),
            (Decimal("7.5"), {"decimal": "7.5"}),
            (timedelta(hours=1), {"microseconds": 3_600_000_000}),
        ],
    )
    def test_hours(self, hours: Any, plain: object) -> None:
        """The hours of new work keep the type in which they were given."""
        new = NewWorkSession(project_id=SITE, person_id=LEE, day=TODAY, hours=hours)
        assert plain == dump(new)["hours"]
        back = again(new).hours
        assert (type(hours), hours) == (type(back), back)


class TestDefaults:
    """A field that has its default may be left out, and the canonical form leaves it out."""

    @pytest.mark.parametrize("value", SAMPLES, ids=lambda value: type(value).__name__)
    def test_sparse_data_is_loaded(self, value: object) -> None:
        """What is left out comes back as its default."""
        sparse = plain(value, sparse=True)
        assert value == load(type(value), through_json(sparse))

    def test_what_is_left_out(self) -> None:
        """Exactly the fields that have their default, at any depth."""
        assert {"id": "c-1", "name": "Acme", "currency": "USD"} == plain(CLIENTS[0], sparse=True)
        named = {"id", "name", "currency", "payment_terms", "locale", "archived"}
        assert named == plain(CLIENTS[1], sparse=True).keys()
        assert {"days": 30} == plain(CLIENTS[1], sparse=True)["payment_terms"]
        assert "payment_terms" not in plain(Firm(name="N", currency="USD", timezone="UTC"), sparse=True)

    def test_a_new_field_changes_no_canonical_form(self) -> None:
        """A class with one more field, which has a default, is spelled as before; other values of it are told apart."""

        @attrs.frozen(kw_only=True)
        class Later(Client):
            mood: str = "fine"

        assert canonical(CLIENTS[1]) == canonical(Later(**vars_by_name(CLIENTS[1])))
        assert canonical(CLIENTS[1]) != canonical(Later(**vars_by_name(CLIENTS[1]), mood="grim"))

    def test_one_spelling(self) -> None:
        """Keys are sorted, nothing is blank, text is UTF-8, and no class is named."""
        told = canonical(Message("n-1", MICROS, InvoiceReverted(ACME, FIRST, "№ 7"), FirmId("firm")))
        event = '{"client_id":"c-1","invoice_id":"i-1","number":"№ 7"}'
        assert f'{{"at":"2026-03-02T15:00:00.123456Z","event":{event},"firm_id":"firm","id":"n-1"}}'.encode() == told
        assert b'["c-1",null,{"a":1,"b":["x","y"]}]' == canonical((ACME, None, {"b": frozenset("yx"), "a": 1}))

    @pytest.mark.parametrize("value", [object(), (object(),), int], ids=["object", "in a tuple", "class"])
    def test_nothing_else(self, value: object) -> None:
        """What is not of the library has no canonical form."""
        with pytest.raises(InvalidInput, match="can be dumped"):
            canonical(value)


class TestRefusal:
    @pytest.mark.parametrize(
        ("path", "new", "message"),
        [
            (("lines", 1, "minor"), "5", "lines[1].minor: expected a whole number, not '5'"),
            (("lines", 1, "minor"), True, "lines[1].minor: expected a whole number, not True"),
            (("lines", 1, "minor"), 5.0, "lines[1].minor: expected a whole number, not 5.0"),
            (("lines", 1, "minor"), None, "lines[1].minor: expected a whole number, not None"),
            (("lines", 1, "minor"), 10**30, "lines[1].minor: is too large a number"),
            (("lines", 0, "description"), 7, "lines[0].description: expected text, not a whole number"),
            (("lines", 0, "description"), "a\0b", "lines[0].description: this text holds a NUL"),
            (("lines", 0, "description"), "\ud800", "lines[0].description: this text holds a NUL or half a surrogate"),
            (("lines", 0, "day"), "2026-02-30", "lines[0].day: expected a day that there is, not '2026-02-30'"),
            (("lines", 0, "day"), "20260302", "lines[0].day: expected a date such as '2026-03-02', not '20260302'"),
            (("lines", 0, "day"), "2026-03-02T00:00:00Z", "lines[0].day: expected a date"),
            (("lines", 0, "duration"), -1, "lines[0].duration: this duration must not be negative"),
            (("lines", 0, "duration"), 10**29, "lines[0].duration: is longer than any work"),
            (("lines", 0, "rate", "scale"), 13, "lines[0].rate: A rate is made of whole numbers"),
            (("lines", 0, "rate", "currency"), "XXX", "lines[0].rate: 'XXX' is not a currency"),
            (("lines",), {}, "lines: expected a list, not an object"),
            (("lines",), "ab", "lines: expected a list, not 'ab'"),
            (("lines", 0), [], "lines[0]: expected an object, not a list"),
            (("lines", 0, "colour"), "red", "lines[0]: unknown colour"),
            (("status",), "lost", "status: expected one of draft, generated, due,"),
            (("status",), ["due"], "status: expected one of draft"),
            (("selection", "projects", 1), 7, "selection.projects[1]: expected text, not a whole number"),
            (("selection", "period", "last"), "2026-02-01", "selection.period: A period cannot end on 2026-02-01"),
            (("parties", "names", 0), ["j-1"], "parties.names[0]: expected a list of 2, not of 1"),
            (("parties", "names", 0), ["j-1", "a", "b"], "parties.names[0]: expected a list of 2, not of 3"),
            (("parties", "names", 0, 1), 0, "parties.names[0][1]: expected text, not a whole number"),
        ],
    )
    def test_place(self, path: tuple[str | int, ...], new: object, message: str) -> None:
        """What is wrong is said together with where it is."""
        assert f"This is no Invoice: {message}" in refusal(Invoice, changed(INVOICE, path, new))

    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-02T12:00:00",
            "2026-03-02T12:00:00.123456",
            "2026-03-02 12:00:00Z",
            "2026-03-02",
            "2026-W10-1T12:00:00Z",
            "2026-03-02T12:00:00.1234567Z",
            "2026-03-02T25:00:00Z",
            "2026-03-02T12:00:00+99:00",
            "0001-01-01T00:00:00+01:00",
            "٢٠٢٦-03-02T12:00:00Z",
            "2026-03-02T12:00:00Z\n",
            "",
        ],
    )
    def test_instant(self, text: str) -> None:
        """An instant without a zone, in another form, or that does not exist is refused."""
        assert "start: " in refusal(WorkSession, changed(SESSION, ("start",), text))

    def test_number_for_instant(self) -> None:
        """A number is not an instant."""
        assert "start: expected a time such as" in refusal(WorkSession, changed(SESSION, ("start",), 1772452800))

    @pytest.mark.parametrize("content", ["iVBORw0KGgo", "iVBORw0KGgo=\n", "é", 7, None, b64encode(b"GIF89a").decode()])
    def test_bytes(self, content: object) -> None:
        """What is no Base64, or no picture, is no logo."""
        assert "This is no Logo: " in refusal(Logo, {"content": content})

    @pytest.mark.parametrize("hours", ["1e3", "NaN", "1_000", "٣", "", "1" * 19, 20, 20.0, None, True])
    def test_decimal(self, hours: object) -> None:
        """A decimal is plain text and nothing else."""
        data = changed(Refill(threshold=usd(-1), rate=hourly(50), hours=20), ("hours",), hours)
        assert "This is no Refill: hours: " in refusal(Refill, data)

    @pytest.mark.parametrize(
        "hours",
        [
            7.5,
            True,
            {},
            [],
            {"decimal": 7},
            {"decimal": "x"},
            {"decimal": "1", "microseconds": 1},
            {"microseconds": "1"},
            {"microseconds": -1},
        ],
    )
    def test_hours(self, hours: object) -> None:
        """The hours of new work are in one of the four forms."""
        data = changed(NewWorkSession(project_id=SITE, person_id=LEE), ("hours",), hours)
        assert "This is no NewWorkSession: hours: " in refusal(NewWorkSession, data)

    def test_bool(self) -> None:
        """A number is not a yes or no."""
        found = refusal(WorkSession, changed(SESSION, ("billable",), 1))
        assert "billable: expected true or false, not a whole number" in found

    @pytest.mark.parametrize("value", SAMPLES, ids=lambda value: type(value).__name__)
    def test_every_key_counts(self, value: object) -> None:
        """No key can be left out that has no default, and none can be added."""
        data = dump(value)
        fields: Any = attrs.fields
        for key in (it.name for it in fields(type(value)) if it.init and it.default is attrs.NOTHING):
            rest = {other: data[other] for other in data if other != key}
            assert f"no {key}" in refusal(type(value), rest)
        assert "unknown extra" in refusal(type(value), {**data, "extra": None})

    def test_terms_in_two_currencies(self) -> None:
        """What the rules of money forbid is malformed as data."""
        plain = dump(terms())
        plain["allowed_balance"]["currency"] = "EUR"
        assert "This is no Terms: EUR and USD cannot be mixed" in refusal(Terms, plain)

    def test_several(self) -> None:
        """The first three mistakes are named, and not hundreds."""
        lines = [{**dump(LINE), "minor": "x"}] * 500
        message = refusal(Invoice, changed(INVOICE, ("lines",), lines))
        assert "lines[0].minor" in message
        assert "lines[2].minor" in message
        assert "lines[3]" not in message
        assert len(message) < 300

    @pytest.mark.parametrize("data", [None, [], "x", 1, 1.5, True, {}, {1: 2}])
    def test_not_an_object(self, data: object) -> None:
        """Whatever is not an object with the right keys is no value."""
        assert "This is no Money: " in refusal(Money, data)

    def test_deep(self) -> None:
        """Data nested a hundred thousand deep is refused like anything else."""
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]
        assert "minor: expected a whole number, not a list" in refusal(Money, {"minor": deep, "currency": "USD"})

    def test_strange_class(self) -> None:
        """A class that is none of the library's values is refused, both ways."""
        assert "cannot be loaded" in refusal(Decimal, "1")
        with pytest.raises(InvalidInput, match="not a Decimal"):
            dump(Decimal(1))
        with pytest.raises(InvalidInput, match="not a dict"):
            dump_any({})

    @pytest.mark.parametrize("hours", [7.5, True, [8], Decimal("NaN"), Decimal("1E+5000000")])
    def test_dump_hours(self, hours: Any) -> None:
        """Hours that could never be loaded are not dumped."""
        with pytest.raises(InvalidInput):
            dump(NewWorkSession(project_id=SITE, person_id=LEE, hours=hours))

    def test_dump_naive(self) -> None:
        """A time without a zone is not dumped."""
        with pytest.raises(InvalidInput, match="has no time zone"):
            dump(NewWorkSession(project_id=SITE, person_id=LEE, start=datetime(2026, 3, 2, 9)))


class TestTagged:
    @pytest.mark.parametrize("value", SAMPLES, ids=lambda value: type(value).__name__)
    def test_value(self, value: object) -> None:
        """Any value comes back from its tagged form without its class being known."""
        assert type(value).__name__ == dump(value).get("type", dump_any(value)["type"])  # type: ignore[call-overload, index]
        assert value == load_any(through_json(dump_any(value)))

    @pytest.mark.parametrize(
        "value", [None, (), (INVOICE,), (NAMED, MOVED, usd(1))], ids=["none", "empty", "one", "many"]
    )
    def test_other_results(self, value: object) -> None:
        """None and tuples of values come back too."""
        assert value == load_any(through_json(dump_any(value)))

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({}, "expected the name of a class that fits here as 'type', not None"),
            ({"type": "Decimal"}, "not 'Decimal'"),
            ({"type": ["Money"]}, "not a list"),
            ({"type": "Money"}, "no currency, minor"),
            ([{"type": "Money", "minor": "1", "currency": "USD"}], "[0].minor: expected a whole number"),
            ([None], "[0]: expected an object, not None"),
            ([[]], "[0]: expected an object, not a list"),
            (7, "expected an object, not a whole number"),
        ],
    )
    def test_refused(self, data: object, message: str) -> None:
        """Data without a good tag, or that does not fit its tag, is refused."""
        with pytest.raises(InvalidInput) as refused:
            load_any(data)
        assert message in str(refused.value)

    def test_only_events_are_told(self) -> None:
        """A message holds an event and no other value."""
        data = changed(
            Message("n-1", MICROS, InvoiceVoided(ACME, FIRST, "7"), FirmId("firm")), ("event",), dump_any(usd(1))
        )
        assert "event: expected the name of a class that fits here as 'type', not 'Money'" in refusal(Message, data)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["USD", "2026-03-02", "2026-03-02T12:00:00Z", "1/4", "draft", 10**40, -1, "9" * 60, "\0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "minor", "currency", "id", "lines", "event", "decimal", "name"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[type, Any]:
    """The data of some value with one place replaced by anything."""
    value = draw(st.sampled_from(SAMPLES))
    data = place = through_json(dump(value))
    while True:
        steps = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not steps:
            return type(value), data
        step = draw(st.sampled_from(steps))
        if not isinstance(place[step], dict | list) or draw(st.booleans()):
            place[step] = draw(JSON)
            return type(value), data
        place = place[step]


def assert_loads_or_refuses(cls: type[Any], data: object) -> None:
    """The data is that of a value, which then comes back equal, or Malformed and nothing else."""
    try:
        value = load(cls, data)
    except InvalidInput:
        assert "This is no" in refusal(cls, data)
    else:
        assert value == again(value)


class TestFuzz:
    @given(cls=st.sampled_from(TYPES), data=JSON)
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_anything(self, cls: type, data: object) -> None:
        """Random data is loaded as an equal value or Malformed; nothing else is ever raised."""
        assert_loads_or_refuses(cls, data)

    @given(spoilt=spoilt())
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_nearly_good(self, spoilt: tuple[type, Any]) -> None:
        """Good data with one place spoilt is loaded as a good value or Malformed; nothing else is ever raised."""
        cls, data = spoilt
        assert_loads_or_refuses(cls, data)

    @given(data=JSON)
    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_any_tagged(self, data: object) -> None:
        """The same holds where the data says by itself what it is."""
        try:
            value = load_any(data)
        except InvalidInput:
            assert data is not None
        else:
            assert value == load_any(through_json(dump_any(value)))


class TestImport:
    def test_cattrs_only_when_used(self) -> None:
        """All that the package offers loads neither cattrs nor babel; importing the codec loads cattrs."""
        program = (
            "import sys; from invoicecore import *; before = {'cattrs', 'babel'} & set(sys.modules);"
            "import invoicecore.codec; print(sorted(before), 'cattrs' in sys.modules)"
        )
        answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert "[] True" == answer.stdout.strip()
