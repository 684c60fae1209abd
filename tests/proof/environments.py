"""The library gives the same results in every environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN
from hashlib import blake2b
from itertools import chain

from attrs import evolve, field, frozen

from invoicecore import codec
from invoicecore.adapters.clock import SettableClock
from invoicecore.adapters.notifier import RecordingNotifier
from invoicecore.billing import Billing
from invoicecore.desk import Desk
from invoicecore.errors import InvoicecoreError
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.ledger.verify import verify_ledger
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.storage.memory import MemoryStorage
from invoicecore.values.calendar import PaymentTerms, Period, local_instant, utc
from invoicecore.values.ids import CountingIds
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Deposit, OnVoid, Overpayment, Role
from tests.books import Books, books
from tests.proof.figures import Figures
from tests.proof.walk import Walk

SUITE = "environments"
LOCALES = ("en_US", "de_DE", "de_CH", "tr_TR", "ar_EG", "hi_IN", "ja_JP", "pt_PT")
"""The locales in which the story writes its amounts."""
WALKED = 100
"""How many steps the story goes at random, by a fixed seed, at its end."""

_SETUP = """
import decimal, json, locale, sys
host = json.loads(sys.argv.pop(1))
for context in (decimal.DefaultContext, decimal.getcontext()):
    context.prec, context.rounding = host["precision"], host["rounding"]
if host["locale"]:
    locale.setlocale(locale.LC_ALL, "")
"""
_PRINT_DIGEST = """
from tests.proof.environments import story_digest
sys.setrecursionlimit(host["recursion"])
print(story_digest())
"""
_TEST = """
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""


@frozen(kw_only=True)
class Environment:
    """What a host's process may be like: its decimal context, environment and the options of Python."""

    name: str
    precision: int = 28
    rounding: str = ROUND_HALF_EVEN
    variables: Mapping[str, str] = field(factory=dict)
    options: tuple[str, ...] = ()
    recursion: int = 1000

    def run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a program in a new process there."""
        host = {
            "precision": self.precision,
            "rounding": self.rounding,
            "locale": "LC_ALL" in self.variables,
            "recursion": self.recursion,
        }
        plain = {name: value for name, value in os.environ.items() if name not in _TOUCHED}
        return subprocess.run(
            [sys.executable, *self.options, "-c", _SETUP + program, json.dumps(host), *arguments],
            env={**plain, **self.variables},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    @property
    def is_available(self) -> bool:
        """Whether this machine can be so: a locale may not be installed."""
        return "LC_ALL" not in self.variables or self.run("").returncode == 0


_TOUCHED = {"TZ", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "PYTHONHASHSEED", "PYTHONUTF8", "PYTHONOPTIMIZE"}

PLAIN = Environment(name="plain")
"""What the others are compared with."""


def _in_locale(code: str) -> Environment:
    named = f"{code}.UTF-8"
    return Environment(name=f"locale {code}", variables={"LC_ALL": named, "LANG": named, "LANGUAGE": code})


def _roundings() -> tuple[str, ...]:
    names = ("UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN", "05UP")
    return tuple(f"ROUND_{name}" for name in names)


_GROUPS: tuple[tuple[Environment, ...], ...] = (
    (
        Environment(name="decimal precision 50", precision=50),
        *(Environment(name=f"precision 3, {mode}", precision=3, rounding=mode) for mode in _roundings()),
    ),
    tuple(
        Environment(name=f"TZ={zone}", variables={"TZ": zone})
        for zone in ("Pacific/Apia", "America/St_Johns", "Asia/Kolkata", "Nowhere/Land")
    ),
    (
        *map(_in_locale, ("tr_TR", "de_DE", "ar_EG")),
        Environment(name="locale C", variables={"LC_ALL": "C", "PYTHONUTF8": "0"}),
    ),
    tuple(
        Environment(name=f"hash seed {seed}", variables={"PYTHONHASHSEED": seed}) for seed in ("0", "1", "4294967295")
    ),
    (
        Environment(name="-O", options=("-O",)),
        Environment(name="-W error", options=("-W", "error")),
        Environment(name="UTF-8 mode", variables={"PYTHONUTF8": "1"}),
    ),
)
"""Groups of environments; those of two groups can be had together."""

ENVIRONMENTS: tuple[Environment, ...] = (
    *chain.from_iterable(_GROUPS),
    Environment(name="-OO", options=("-OO",)),
    Environment(name="recursion limit 150", recursion=150),
)
"""Where the story is told. Without docstrings (-OO) or at a low recursion limit pytest cannot run."""


def together(parts: Iterable[Environment]) -> Environment:
    """An environment that is like each of these at once; the first one's decimal context counts."""
    first, *others = parts
    return evolve(
        first,
        name=", ".join(part.name for part in (first, *others)),
        variables={name: value for part in (first, *others) for name, value in part.variables.items()},
        options=tuple(option for part in (first, *others) for option in part.options),
    )


def for_tests() -> Iterator[Environment]:
    """As few environments as have each one of each group, where this machine has it."""
    here = [[it for it in group if it.is_available] for group in _GROUPS]
    for place in range(max(map(len, here))):
        yield together(group[place % len(group)] for group in here)


def story_digest() -> str:
    """The digest of all that the stories say. One is told in a thread, which has a decimal context of its own."""
    with ThreadPoolExecutor(1) as thread:
        elsewhere = thread.submit(story, "KWD", "CLF").result()
    return blake2b("\n".join((*story("USD", "EUR", "JPY"), *elsewhere, *walked())).encode(), digest_size=16).hexdigest()


def walked() -> list[str]:
    """What becomes of a firm in which everything is done at random, by a fixed seed."""
    lines: list[str] = []
    walk = Walk(7)
    walk.go(WALKED)
    _record_books(lines, walk.books)
    return [*lines, *map(str, walk.found)]


def story(*currencies: str) -> list[str]:
    """What a small firm with a client for each currency sees in two months, line by line: amounts in words and
    locales, refusals, and all its books."""
    lines: list[str] = []
    storage, clock, notifier = MemoryStorage(), SettableClock(utc(2026, 3, 9, 12)), RecordingNotifier()
    firm = Firm(name="İstanbul & Söhne", currency="USD", timezone="America/Chicago", contact="Straße 1")
    owner = Person(name="Maria", role=Role.MANAGER, email="MARIA.I@Northwınd.example")
    billing = Billing.create(storage, firm, owner, clock=clock, ids=CountingIds(), notifier=notifier)
    desk = billing.as_owner()
    for currency in currencies:
        _first_month(desk, clock, currency, lines)
    clock.advance(timedelta(days=40))
    for client in desk.clients.all():
        _second_month(desk, client, lines)
    clock.set(utc(2026, 12, 1, 18))
    _record(lines, desk.invoices.sweep_overdue())
    delivery = billing.deliver()
    lines.append(f"{delivery.delivered} delivered, {len(delivery.failed)} failed")
    _record(lines, tuple(notifier.messages))
    _record_books(lines, books(storage, billing.firm_id))
    return lines


def _record_books(lines: list[str], kept: Books) -> None:
    for shelf in (kept.people, kept.clients, kept.accounts, kept.projects, kept.sessions, kept.invoices, kept.payments):
        _record(lines, tuple(shelf.values()))
    _record(lines, (kept.firm, *kept.audit))
    for stream in (*kept.entries.values(), *kept.history.values(), *kept.receivables.values(), kept.outbox):
        _record(lines, stream)
    lines.append(repr((kept.locks, kept.numbers, kept.next_number)))


def _record(lines: list[str], value: object) -> None:
    lines.append(json.dumps(codec.dump_any(value), ensure_ascii=False))


def _money(lines: list[str], amount: Money) -> None:
    lines.extend(amount.format(locale) for locale in LOCALES)
    lines.append(f"{amount} {amount!r} {amount.amount}")


def _first_month(desk: Desk, clock: SettableClock, currency: str, lines: list[str]) -> None:
    """Work at a fine rate, up to the stop; an invoice with all of it."""
    rate = Rate.hourly("62.125", currency)
    zero = Money.zero(currency)
    terms = Terms(
        allowed_balance=Money.of(-1500, currency),
        refill=Refill(threshold=Money.of(-1000, currency), rate=rate, hours="20.5"),
    )
    client = desk.clients.add(name=f"Client {currency}", terms=terms, payment_terms=PaymentTerms.end_of_next_month())
    projects = [desk.projects.add(client_id=client.id, name=f"Job {count}", rate=rate) for count in range(8)]
    lee = desk.people.add(name=f"Lee {currency}", role=Role.WORKER, email=f"LEE.I{currency}@x.example")
    for project in projects:
        desk.projects.assign(project.id, lee.id)
    desk.people.add(
        name="Cleo", role=Role.CONTACT, client_id=client.id, limited_to=[project.id for project in projects[2:7]]
    )
    start = local_instant("start", clock.now().replace(tzinfo=None, day=7, hour=23), "America/Chicago")
    for count, project in enumerate(projects):
        desk.work.log(project.id, start=start, hours=f"{count}.3333333", note=f"Iş {count}", person_id=lee.id)
    try:
        desk.work.log(projects[0].id, day=date(2026, 3, 9), hours="1.5")
    except InvoicecoreError as refusal:
        lines.append(str(refusal))
    draft = desk.invoices.draft(client.id, Period.month(2026, 3), exclude=[])
    _record(lines, draft)
    _record(lines, desk.invoices.printable(desk.invoices.generate(draft.invoice.id, use_latest=True).id))
    for amount in (*Money.of(1000, currency).allocate([3, 2, 2]), rate.times(timedelta(minutes=7)), zero):
        _money(lines, amount)
    lines.append(str(rate))
    _record(lines, desk.accounts.standing(client.id))


def _second_month(desk: Desk, client: Client, lines: list[str]) -> None:
    """Payments in parts, too much and by mistake, voids, credit, and everything overdue."""
    first, *others = desk.invoices.of(client.id)
    third = first.total.allocate([1, 2])[0]
    receipt = desk.payments.record(first.id, third, method="wire", reference="I-1")
    desk.payments.reverse(receipt.payment.id, note="Mistyped", amount=third.allocate([1, 1])[0])
    desk.payments.record(first.id, first.total * 2, overpayment=Overpayment.TO_CREDIT)
    for other in others:
        desk.invoices.set_due(other.id)
    manual = desk.invoices.manual(client.id, first.total, deposit=Deposit.NOT_DEPOSITED, description="Ğ")
    desk.payments.apply_credit(manual.id)
    desk.invoices.void(manual.id, note="Asked twice", payments=OnVoid.KEEP)
    for refused in (Money.of(-1, "CHF"), Money.zero(client.currency), -first.total):
        try:
            desk.accounts.adjust(client.id, refused, reason="Goodwill")
            lines.append("accepted")
        except InvoicecoreError as refusal:
            lines.append(str(refusal))
    statement = desk.accounts.statement(client.id, Period.month(2026, 4))
    _record(lines, statement)
    _money(lines, statement.closing)
    lines.append(repr(verify_ledger(desk.accounts.entries(client.id))))
    lines.append(str(desk.invoices.available_actions(first.id)))


def digests(*, among: Sequence[Environment] = ENVIRONMENTS, sabotage: str = "") -> Mapping[str, str]:
    """The digest that the story has in each environment, the plain one first, or how it failed there."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as processes:
        told = processes.map(lambda it: (it.name, _digest(it, sabotage)), (PLAIN, *among))
        return dict(told)


def _digest(environment: Environment, sabotage: str) -> str:
    ended = environment.run(sabotage + _PRINT_DIGEST)
    return ended.stdout.strip() if ended.returncode == 0 else f"failed: {(ended.stderr.splitlines() or ['?'])[-1]}"


def run(*, size: int = len(ENVIRONMENTS), seed: int = 0) -> Figures:
    """Tell the story in the first `size` environments, of those that the machine has; what it has not is named."""
    here = [environment for environment in ENVIRONMENTS[:size] if environment.is_available]
    away = [environment.name for environment in ENVIRONMENTS[:size] if environment not in here]
    found = digests(among=here)
    other = [f"{name} ({digest})" for name, digest in found.items() if digest != found[PLAIN.name]]
    return Figures(
        SUITE,
        not other and not found[PLAIN.name].startswith("failed"),
        f"another digest in {', '.join(other)}"
        if other
        else f"one digest, {found[PLAIN.name]}, in {len(found)} environments"
        + (f"; not on this machine: {', '.join(away)}" if away else ""),
    )


SABOTAGES: Mapping[str, tuple[str, str]] = {
    "an amount by the decimal context": (
        "precision 3, ROUND_UP",
        """
from decimal import Decimal
from invoicecore.values import money
money._exact_decimal = lambda digits, scale: Decimal(digits) / 10**scale
""",
    ),
    "a cost by the rounding mode": (
        "precision 3, ROUND_DOWN",
        """
from decimal import Decimal
from datetime import timedelta
from invoicecore.values.currencies import EXPONENTS
from invoicecore.values.money import Rate
def minor_for(self, duration):
    hours = Decimal(duration // timedelta(microseconds=1)) / 3_600_000_000
    return int((self.per_hour * hours).scaleb(EXPONENTS[self.currency]).to_integral_value())
Rate.minor_for = minor_for
""",
    ),
    "an amount by the locale": (
        "locale de_DE",
        """
from babel.numbers import format_currency
from invoicecore.values.money import Money
Money.format = lambda self, locale=None: format_currency(self.amount, self.currency)
""",
    ),
    "names by the hash seed": (
        "hash seed 1",
        """
from invoicecore.desk.context import CommandContext
names_of = CommandContext.names_of
CommandContext.names_of = lambda self, projects, people: names_of(self, set(projects), set(people))
""",
    ),
    "days by the zone of the machine": (
        "TZ=Pacific/Apia",
        """
from invoicecore.values import calendar
from invoicecore.model import firm
firm.day_of = lambda moment, zone: moment.astimezone().date()
""",
    ),
    "a check that -O removes": (
        "-O",
        """
from invoicecore.desk import accounts
in_currency = accounts.in_currency
accounts.in_currency = lambda currency, amount: in_currency(currency, amount) if __debug__ else None
""",
    ),
    "a warning": (
        "-W error",
        """
import warnings
from invoicecore.values.money import Money
Money.__str__ = lambda self: warnings.warn("old", DeprecationWarning) or f"{self.amount} {self.currency}"
""",
    ),
    "a loop that calls itself": (
        "recursion limit 150",
        """
from invoicecore.values.money import Money
def total(parts, currency, start=0):
    return Money(minor=0, currency=currency) if start == 200 else total(parts, currency, start + 1)
Money.zero = lambda currency: total((), currency)
""",
    ),
}
"""Ways to spoil the library, each with a environment in which it must show."""


def environment_of(sabotage: str) -> Environment:
    """The environment in which it must show."""
    return next(it for it in ENVIRONMENTS if it.name == SABOTAGES[sabotage][0])


def shows(sabotage: str) -> bool:
    """Whether the library spoiled that way says something else in the environment that belongs to it."""
    plain, other = digests(among=(environment_of(sabotage),), sabotage=SABOTAGES[sabotage][1]).values()
    return plain != other and not plain.startswith("failed")


def control(*, seed: int = 0) -> Figures:
    """Spoiled libraries must be told apart. There is nothing random in it, so the seed says nothing."""
    tried = [sabotage for sabotage in SABOTAGES if environment_of(sabotage).is_available]
    missed = [sabotage for sabotage in tried if not shows(sabotage)]
    line = f"did not show: {', '.join(missed)}" if missed else f"{len(tried)} spoiled libraries showed"
    return Figures(f"{SUITE}, control", not missed, line)


def main() -> int:
    """Run the tests of the checkout in environments that together are like each one, a line for each; arguments go
    to pytest."""
    for environment in chain.from_iterable(_GROUPS):
        if not environment.is_available:
            print(f"away {environment.name}: this machine does not have it", flush=True)
    failed = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as processes:
        for environment, ended in processes.map(lambda it: (it, _tested(it, sys.argv[1:])), for_tests()):
            failed += ended.returncode != 0
            lines = ended.stdout.splitlines() or ended.stderr.splitlines() or ["?"]
            print(f"{'FAIL' if ended.returncode else 'ok  '} {environment.name}: {lines[-1]}", flush=True)
            print(*(f"{line}\n" for line in lines if line.startswith(("FAILED", "ERROR"))), sep="", end="", flush=True)
    return min(failed, 1)


def _tested(environment: Environment, arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    # Under -O, pytest warns that it alone keeps the asserts of tests; that is enough.
    kept = "ignore:assertions not in test modules:pytest.PytestConfigWarning"
    return environment.run(_TEST, "-q", "-W", kept, "-p", "no:cacheprovider", *arguments)


if __name__ == "__main__":
    sys.exit(main())
