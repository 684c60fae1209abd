"""Hypothesis strategies for everything that can be stored.

Every thing is sound in a trial: it names people, clients and projects that are there.
"""

from datetime import UTC, timedelta
from typing import Final

from attrs import evolve
from hypothesis import strategies as st

from invoicecore.ledger.position import Position
from invoicecore.ledger.terms import Terms
from invoicecore.lifecycle.invoice import Invoice, Line
from invoicecore.model.client import Client
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project, RateFrom
from invoicecore.model.work_session import WorkSession
from invoicecore.ports.store import Entity
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.examples import DAYS, FIRST, LAST
from invoicecore.testing.conformance.things import ACME, GLOBEX, KIM, LEE, SITE
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.money import LARGEST_MINOR, Money, Rate
from invoicecore.vocabulary import PaymentOrigin, Role

_KEEPABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")

ids: Final = st.uuids(version=4).map(str)
texts: Final = st.text(_KEEPABLE, max_size=40).map(str.strip)
names: Final = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
instants: Final = st.datetimes(
    FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None) - timedelta(days=1), timezones=st.just(UTC)
)
days: Final = st.dates(DAYS[0], DAYS[-1])
minors: Final = st.integers(1 - LARGEST_MINOR, LARGEST_MINOR - 1)
amounts: Final = st.integers(0, LARGEST_MINOR - 1)
durations: Final = st.integers(0, 86_400_000_000).map(lambda micros: timedelta(microseconds=micros))
rates: Final = st.builds(
    lambda whole, parts: Rate.hourly(f"{whole}.{parts:012}", "USD"),
    st.integers(0, 10**18 - 1),
    st.integers(0, 10**12 - 1),
)
people: Final = st.sampled_from([LEE, KIM])

persons: Final = st.builds(
    Person,
    id=ids,
    name=names,
    role=st.sampled_from([Role.MANAGER, Role.SUPERVISOR, Role.WORKER]),
    timezone=st.none() | st.sampled_from(["UTC", "Asia/Kathmandu"]),
    archived=st.booleans(),
)
logins: Final = st.builds(
    Login,
    person_id=people,
    password_hash=st.none() | texts,
    admitted_from=st.lists(texts, max_size=3).map(tuple),
    last_sign_in=st.none() | instants,
)
clients: Final = st.builds(
    Client,
    id=ids,
    name=names,
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    billing_address=texts,
    payment_terms=st.none() | st.integers(0, 3650).map(PaymentTerms.net),
    locale=st.none() | st.sampled_from(["en", "de_AT"]),
    archived=st.booleans(),
)
accounts: Final = st.builds(
    Account,
    st.just(GLOBEX),
    st.builds(Position, st.just("USD"), st.integers(0, 2**31), minors, minors, instants),
    st.builds(Terms, allowed_balance=st.none() | minors.map(lambda minor: Money(minor, "USD"))),
    outstanding_minor=amounts,
    credit_minor=amounts,
)
_rates_in_time = st.builds(
    lambda first, later: (RateFrom(first), *(RateFrom(rate, since) for since, rate in sorted(later.items()))),
    rates,
    st.dictionaries(instants, rates, max_size=4),
)
projects: Final = st.builds(
    Project,
    id=ids,
    client_id=st.just(ACME),
    name=names,
    rates=_rates_in_time,
    starts_on=st.none() | days,
    notes=texts,
    assigned=st.frozensets(people),
    archived=st.booleans(),
)
sessions: Final = st.builds(
    WorkSession,
    id=ids,
    client_id=st.just(ACME),
    project_id=st.just(SITE),
    person_id=people,
    start=instants,
    duration=durations,
    rate=rates,
    minor=amounts,
    billable=st.booleans(),
    note=texts,
    stated_day=st.none() | days,
    over_limit=st.booleans(),
    removed=st.booleans(),
)
payments: Final = st.builds(
    Payment,
    id=ids,
    client_id=st.just(ACME),
    currency=st.just("USD"),
    minor=amounts,
    received_on=days,
    recorded_at=instants,
    by=people,
    method=texts,
    reference=texts,
    origin=st.sampled_from(PaymentOrigin),
)


def _draft(id: str, lines: list[tuple[str, int]], revision: str) -> Invoice:
    total = sum(minor for _, minor in lines)
    made = tuple(Line(text, minor) for text, minor in lines)
    return evolve(things.draft(id), lines=made, total_minor=total, revision=revision)


invoices: Final = st.builds(_draft, ids, st.lists(st.tuples(texts, st.integers(0, 10**15)), max_size=5), names)

entities: st.SearchStrategy[Entity] = st.one_of(
    persons, logins, clients, accounts, projects, sessions, payments, invoices
)
"""An entity of nearly any kind; an account is that of Globex."""
