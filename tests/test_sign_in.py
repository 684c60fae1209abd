"""The right people sign in with a password, and nobody learns anything by trying."""

import json
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from inspect import signature
from typing import Any

import pytest
from attrs import evolve, frozen

from invoicecore import Action, Billing, CountingIds, Firm, MemoryStorage, Role, SettableClock, codec
from invoicecore.errors import (
    CommitUnknown,
    ConcurrencyConflict,
    InvalidInput,
    InvalidState,
    InvoicecoreError,
    NotFound,
    SignInRefused,
    SignInThrottled,
    StorageUnavailable,
)
from invoicecore.model.events import Change
from invoicecore.model.login import Login
from invoicecore.ports.store import AuditRecord, Storage, StoreTransaction
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing import QuickPasswords
from invoicecore.testing.instrumented_storage import WatchedStorage, WatchedTransaction, unwatched
from tests.books import books
from tests.databases import NewUrl
from tests.storage.hooked import HookedStorage
from tests.world import NOON, World, new_world

LEE, SECRET, OTHER = "lee@northwind.example", "as long as it is secret", "quite another one"
REFUSED = "The e-mail or password is wrong, or sign-in from this address is not allowed."


class Passwords(QuickPasswords):
    """Counts what is worked out, and lets something happen meanwhile."""

    def __init__(self, cost: int = 1) -> None:
        super().__init__(cost)
        self.hashed = 0
        self.verified: list[str | None] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def hash(self, password: str) -> str:
        self.hashed += 1
        self.meanwhile()
        return super().hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        self.verified.append(kept)
        self.meanwhile()
        return super().verify(kept, password)


@frozen
class Watched:
    """The world, opened again in a way that is watched: Lee has a password."""

    world: World
    billing: Billing
    passwords: Passwords
    calls: list[str]

    @property
    def lee(self) -> str:
        """Lee's id."""
        return self.world.lee.person_id

    def sign_in(self, email: Any = LEE, password: Any = SECRET, address: Any = None) -> str:
        """Who signed in."""
        return self.billing.sign_in(email, password, address=address).person_id

    def set_login(self, **given: Any) -> None:
        """Change Lee's login behind the library's back."""
        with UnitOfWork(self.world.storage, self.billing.firm_id) as uow:
            login = uow.get(Login, self.lee)
            assert login is not None
            uow.put(evolve(login, **given))
            uow.commit()


def opened(cost: int = 1, storage: Storage | None = None, **ports: Any) -> Watched:
    """The firm, with Lee's password at cost 1, opened with a hasher of some cost."""
    world, passwords, ids = new_world(), Passwords(cost), CountingIds()
    calls: list[str] = []
    world.maria.people.set_password(world.lee.person_id, SECRET)

    def watch(call: str, make: Callable[[], Any]) -> Any:
        calls.append(call)
        return make()

    billing = Billing.open(
        WatchedStorage(world.storage, watch),
        world.billing.firm_id,
        clock=world.clock,
        ids=lambda: f"s{ids()}",
        passwords=passwords,
        **ports,
    )
    calls.clear()
    return Watched(world, billing, passwords, calls)


@pytest.fixture
def firm() -> Watched:
    return opened()


FAILURES: dict[str, tuple[Callable[[Watched], object], dict[str, Any]]] = {
    "an e-mail that nobody has": (lambda firm: None, {"email": "nobody@northwind.example"}),
    "an e-mail that is none": (lambda firm: None, {"email": "lee"}),
    "an empty e-mail": (lambda firm: None, {"email": ""}),
    "an e-mail that no storage keeps": (lambda firm: None, {"email": "lee\0@northwind.example"}),
    "a very long e-mail": (lambda firm: None, {"email": "l" * 2_000_000 + "@northwind.example"}),
    "the id of somebody": (lambda firm: None, {"email": "00000000-0001-7000-8000-000000000000"}),
    "another password": (lambda firm: None, {"password": OTHER}),
    "the same in other letters": (lambda firm: None, {"password": SECRET.upper()}),
    "the same with a blank": (lambda firm: None, {"password": SECRET + " "}),
    "no password": (lambda firm: None, {"password": ""}),
    "a short password": (lambda firm: None, {"password": "as"}),
    "a very long password": (lambda firm: None, {"password": SECRET * 100_000}),
    "a password that no storage keeps": (lambda firm: None, {"password": SECRET + "\0"}),
    "half a surrogate pair": (lambda firm: None, {"password": SECRET + "\ud800"}),
    "what is kept of the password": (lambda firm: None, {"password": QuickPasswords().hash(SECRET)}),
    "somebody who never had a password": (lambda firm: None, {"email": "maria@northwind.example"}),
    "somebody whose password was taken away": (
        lambda firm: firm.world.maria.people.set_password(firm.lee, None),
        {},
    ),
    "an earlier password": (lambda firm: firm.world.maria.people.set_password(firm.lee, OTHER), {}),
    "somebody who was archived": (lambda firm: firm.world.maria.people.archive(firm.lee), {}),
    "somebody who was archived, and another password": (
        lambda firm: firm.world.maria.people.archive(firm.lee),
        {"password": OTHER},
    ),
    "an earlier e-mail": (lambda firm: firm.world.maria.people.change(firm.lee, email="l@northwind.example"), {}),
    "another address": (
        lambda firm: firm.world.maria.people.set_allowed_addresses(firm.lee, ["10.0.0.0/8"]),
        {"address": "192.0.2.7"},
    ),
    "an unknown address": (lambda firm: firm.world.maria.people.set_allowed_addresses(firm.lee, ["10.0.0.0/8"]), {}),
    "no address at all": (
        lambda firm: firm.world.maria.people.set_allowed_addresses(firm.lee, ["10.0.0.0/8"]),
        {"address": "10.0.0.1:443"},
    ),
    "a list that cannot be read": (
        lambda firm: firm.set_login(admitted_from=("10.0.0.0/8", "the office")),
        {"address": "10.0.0.1"},
    ),
    "what is kept cannot be read": (lambda firm: firm.set_login(password_hash="?"), {}),
    "what is kept is empty": (lambda firm: firm.set_login(password_hash=""), {}),
}
"""All that can be wrong."""

each_failure = pytest.mark.parametrize("failure", FAILURES)


def refused(firm: Watched, failure: str) -> SignInRefused:
    """The refusal, in a firm that was made ready for it."""
    prepare, given = FAILURES[failure]
    prepare(firm)
    firm.calls.clear()
    with pytest.raises(SignInRefused) as refusal:
        firm.sign_in(**given)
    return refusal.value


class TestSigningIn:
    @pytest.mark.req("A25")
    def test_with_email_and_password(self, firm: Watched) -> None:
        """In whatever letters the e-mail is written; the desk is theirs."""
        for email in (LEE, " Lee@Northwind.EXAMPLE "):
            desk = firm.billing.sign_in(email, SECRET)
            assert firm.lee == desk.person_id
            assert "Lee" == desk.people.me().name

    @pytest.mark.req("A26")
    def test_from_an_address_that_is_admitted(self, firm: Watched) -> None:
        """Also where it comes mapped; and without a list from anywhere."""
        assert firm.lee == firm.sign_in(address="not even an address")
        firm.world.maria.people.set_allowed_addresses(firm.lee, ["10.0.0.0/8", "2001:db8::1"])
        for address in ("10.0.0.1", "::ffff:10.255.0.1", "2001:DB8::1"):
            assert firm.lee == firm.sign_in(address=address)

    @pytest.mark.req("A28")
    def test_it_is_recorded(self, firm: Watched) -> None:
        """When, in the login and in the audit trail; and nothing else changes."""
        before = books(firm.world.storage, firm.billing.firm_id)
        assert firm.world.maria.people.login(firm.lee).last_sign_in is None
        firm.sign_in()
        after = books(firm.world.storage, firm.billing.firm_id)
        assert NOON == firm.world.maria.people.login(firm.lee).last_sign_in
        record = after.audit[-1]
        assert (Action.SIGN_IN, firm.lee, NOON) == (record.action, record.by, record.at)
        assert (Change("Login", firm.lee, 1, 2),) == record.changes
        logins = {**before.logins, firm.lee: evolve(before.logins[firm.lee], last_sign_in=NOON)}
        assert evolve(before, logins=logins, audit=(*before.audit, record)) == after

    @pytest.mark.parametrize("typed", ["ﬁne Ⅳ café", "fine IV cafe\u0301", "fine IV café"])
    def test_on_any_keyboard(self, firm: Watched, typed: str) -> None:
        """However its characters are composed: as NFKC has them."""
        firm.world.maria.people.set_password(firm.lee, "fine IV café")
        assert firm.lee == firm.sign_in(password=typed)

    def test_blanks_count(self, firm: Watched) -> None:
        """They are not taken off a password."""
        firm.world.maria.people.set_password(firm.lee, f" {SECRET} ")
        assert firm.lee == firm.sign_in(password=f" {SECRET} ")
        with pytest.raises(SignInRefused):
            firm.sign_in()

    def test_another_firm(self, firm: Watched) -> None:
        """Who has the same e-mail elsewhere is somebody else."""
        other = Billing.create(
            firm.world.storage, Firm(name="Two", currency="USD", timezone="UTC"), passwords=QuickPasswords()
        )
        leo = other.as_owner().people.add(name="Leo", role=Role.WORKER, email=LEE, password=OTHER)
        assert leo.id == other.sign_in(LEE, OTHER).person_id
        assert firm.lee == firm.sign_in()
        for billing, password in ((other, SECRET), (firm.billing, OTHER)):
            with pytest.raises(SignInRefused):
                billing.sign_in(LEE, password)

    def test_a_host_that_knows_by_itself(self, firm: Watched) -> None:
        """Asks for nothing of it: who was archived or does not exist is told apart, because the host knows them."""
        assert firm.lee == firm.billing.acting_as(firm.lee).person_id
        assert [] == firm.passwords.verified
        with pytest.raises(NotFound):
            firm.billing.acting_as("nobody")

    @pytest.mark.parametrize("wrong", [None, 7, True, b"as long as it is secret", ["x"], object()])
    def test_what_is_no_text(self, firm: Watched, wrong: Any) -> None:
        """Is a mistake in the program: Malformed, before anything is asked or worked out."""
        for given in ({"email": wrong}, {"password": wrong}, {"address": wrong}):
            if given == {"address": None}:
                continue
            with pytest.raises(InvalidInput) as told:
                firm.sign_in(**given)
            if "password" in given:
                assert "secret" not in str(told.value)
        assert ([], []) == (firm.calls, firm.passwords.verified)


class TestRefusal:
    @pytest.mark.req("A26")
    @each_failure
    def test_it_says_the_same(self, firm: Watched, failure: str) -> None:
        """Whatever was wrong: the same type, the same words, and no cause that says more."""
        error = refused(firm, failure)
        assert (SignInRefused, REFUSED, (REFUSED,)) == (type(error), str(error), error.args)
        assert (None, None) == (error.__cause__, error.__context__)
        assert {"code": "sign_in_refused", "field": None, "params": {}} == vars(error)

    @each_failure
    def test_it_costs_the_same(self, firm: Watched, failure: str) -> None:
        """One password is compared, none is worked out anew, and storage is asked the same questions."""
        refused(firm, failure)
        assert (1, 0) == (len(firm.passwords.verified), firm.passwords.hashed)
        assert ["begin", "read_owners", "read_entity", "read_entity"] == firm.calls

    @each_failure
    def test_it_costs_the_same_where_passwords_are_outdated(self, failure: str) -> None:
        """Nothing is renewed for who does not come in."""
        firm = opened(cost=2)
        refused(firm, failure)
        assert (1, 0) == (len(firm.passwords.verified), firm.passwords.hashed)
        assert ["begin", "read_owners", "read_entity", "read_entity"] == firm.calls

    @each_failure
    def test_nothing_changes(self, firm: Watched, failure: str) -> None:
        """Not even that it was tried is written down."""
        FAILURES[failure][0](firm)
        before = books(firm.world.storage, firm.billing.firm_id)
        with pytest.raises(SignInRefused):
            firm.sign_in(**FAILURES[failure][1])
        assert before == books(firm.world.storage, firm.billing.firm_id)

    def test_nobody_is_compared_with_nobody(self, firm: Watched) -> None:
        """Where nobody has the e-mail, or no such password can be, none is what is kept."""
        for given in ({"email": "nobody@northwind.example"}, {"password": SECRET * 1000}):
            with pytest.raises(SignInRefused):
                firm.sign_in(**given)
        assert [None, None] == firm.passwords.verified


CHANGES: dict[str, Callable[[Watched], object]] = {
    "archived": lambda firm: firm.world.maria.people.archive(firm.lee),
    "another password": lambda firm: firm.world.maria.people.set_password(firm.lee, OTHER),
    "no password": lambda firm: firm.world.maria.people.set_password(firm.lee, None),
    "another address": lambda firm: firm.world.maria.people.set_allowed_addresses(firm.lee, ["192.0.2.7"]),
    "another e-mail": lambda firm: firm.world.maria.people.change(firm.lee, email="l@northwind.example"),
    "somebody else's e-mail": lambda firm: (
        firm.world.maria.people.change(firm.lee, email=None),
        firm.world.maria.people.change(firm.lee, email="l@northwind.example"),
        firm.world.maria.people.change(firm.world.sam.person_id, email=LEE),
    ),
}
"""What may come in between, after which the password that was compared is of no use."""


class TestMeanwhile:
    """What changes while the password is compared."""

    @pytest.mark.parametrize("change", CHANGES)
    @pytest.mark.parametrize("cost", [1, 2])
    def test_it_is_looked_at_again(self, change: str, cost: int) -> None:
        """Before it is recorded; then it is the same refusal, and nothing is recorded."""
        firm = opened(cost)
        done: list[int] = []

        def once() -> None:
            if not done:
                done.append(1)
                CHANGES[change](firm)

        firm.passwords.meanwhile = once
        with pytest.raises(SignInRefused, match=REFUSED[:30]):
            firm.sign_in(address="10.0.0.1")
        after = books(firm.world.storage, firm.billing.firm_id)
        assert Action.SIGN_IN not in {record.action for record in after.audit}
        assert after.logins[firm.lee].last_sign_in is None

    def test_what_does_not_matter(self, firm: Watched) -> None:
        """Another name or a wider list is no obstacle."""

        def change() -> None:
            firm.passwords.meanwhile = lambda: None
            firm.world.maria.people.change(firm.lee, name="Leo")
            firm.world.maria.people.set_allowed_addresses(firm.lee, ["10.0.0.0/8"])

        firm.passwords.meanwhile = change
        assert firm.lee == firm.sign_in(address="10.0.0.1")
        assert ("10.0.0.0/8",) == firm.world.maria.people.login(firm.lee).admitted_from

    def test_no_unit_of_work_is_open(self) -> None:
        """While passwords are worked out, which takes long, nobody waits for storage."""
        world, passwords, units = new_world(), Passwords(), [0]
        storage = _Counting(world.storage, units)
        billing = Billing.open(storage, world.billing.firm_id, passwords=passwords)
        seen: list[int] = []
        passwords.meanwhile = lambda: seen.append(units[0])
        maria = billing.as_owner()
        ann = maria.people.add(name="Ann", role=Role.WORKER, email="ann@northwind.example", password=SECRET)
        maria.people.set_password(ann.id, SECRET)
        desk = billing.sign_in("ann@northwind.example", SECRET)
        desk.people.change_my_password(current=SECRET, new=OTHER)
        assert [0] * 5 == seen

    @pytest.mark.parametrize("kept_in", ["memory", "sqlite", "postgres"])
    def test_many_at_once(self, kept_in: str, request: pytest.FixtureRequest) -> None:
        """All come in, and each is recorded."""
        storage: Any = MemoryStorage()
        if kept_in != "memory":
            new_url: NewUrl = request.getfixturevalue(f"new_{kept_in}_url")
            storage = SqlStorage.at(new_url())
            storage.upgrade()
        firm = Firm(name="Ten", currency="USD", timezone="UTC")
        billing = Billing.create(storage, firm, passwords=QuickPasswords())
        maria = billing.as_owner()
        lee = maria.people.add(name="Lee", role=Role.WORKER, email=LEE, password=SECRET)
        renewing = Billing.open(storage, passwords=QuickPasswords(2))
        with ThreadPoolExecutor(4) as pool:
            came = list(pool.map(lambda _: _came(renewing), range(8)))
        # One renews the password, and who compared with the former one meanwhile has to try again.
        while None in came:
            came[came.index(None)] = _came(renewing)
        assert [lee.id] * 8 == came
        assert 8 == [record.action for record in maria.firm.audit()].count(Action.SIGN_IN)
        if kept_in != "memory":
            storage.close()


def _came(billing: Billing) -> str | None:
    try:
        return billing.sign_in(LEE, SECRET).person_id
    except SignInRefused:
        return None


class _Counting(WatchedStorage):
    """Counts the transactions that are open."""

    def __init__(self, inner: Storage, open_ones: list[int]) -> None:
        super().__init__(inner, unwatched)
        self._open_ones = open_ones

    def begin(self, firm_id: Any) -> WatchedTransaction:
        self._open_ones[0] += 1
        return _Counted(self._inner.begin(firm_id), self._open_ones)


class _Counted(WatchedTransaction):
    def __init__(self, inner: StoreTransaction, open_ones: list[int]) -> None:
        super().__init__(inner, unwatched)
        self._open_ones = open_ones

    def close(self) -> None:
        super().close()
        self._open_ones[0] -= 1


class TestRenewal:
    def test_an_outdated_one_is_renewed(self) -> None:
        """At the next sign-in, by one more working out, in the same change; and then no more."""
        firm = opened(cost=2)
        firm.sign_in()
        assert (1, 1) == (len(firm.passwords.verified), firm.passwords.hashed)
        after = books(firm.world.storage, firm.billing.firm_id)
        assert QuickPasswords(2).hash(SECRET) == after.logins[firm.lee].password_hash
        assert (Action.SIGN_IN, (Change("Login", firm.lee, 1, 2),)) == (after.audit[-1].action, after.audit[-1].changes)
        firm.sign_in()
        assert (2, 1) == (len(firm.passwords.verified), firm.passwords.hashed)
        with pytest.raises(SignInRefused):
            firm.sign_in(password=OTHER)

    def test_one_of_now_stays(self, firm: Watched) -> None:
        """Nothing is worked out anew."""
        firm.sign_in()
        assert (1, 0) == (len(firm.passwords.verified), firm.passwords.hashed)


class TestStorage:
    """What if storage fails?"""

    @pytest.fixture
    def hooked(self) -> tuple[HookedStorage, Billing, World]:
        world = new_world()
        world.maria.people.set_password(world.lee.person_id, SECRET)
        storage = HookedStorage(world.storage)
        billing = Billing.open(storage, world.billing.firm_id, clock=world.clock, passwords=QuickPasswords(2))
        return storage, billing, world

    def test_somebody_was_quicker(self, hooked: tuple[HookedStorage, Billing, World]) -> None:
        """It is recorded again."""
        storage, billing, world = hooked
        storage.faults = [ConcurrencyConflict("Somebody was quicker.")] * 3
        assert world.lee.person_id == billing.sign_in(LEE, SECRET).person_id
        assert 4 == storage.commits

    def test_it_cannot_be_reached(self, hooked: tuple[HookedStorage, Billing, World]) -> None:
        """Then nobody came in, and it is not a refusal."""
        storage, billing, world = hooked
        storage.faults = [StorageUnavailable("Nobody answers.")]
        with pytest.raises(StorageUnavailable):
            billing.sign_in(LEE, SECRET)
        assert world.maria.people.login(world.lee.person_id).last_sign_in is None

    @pytest.mark.parametrize("lost", [True, False])
    def test_the_answer_was_lost(self, hooked: tuple[HookedStorage, Billing, World], lost: bool) -> None:
        """It may be recorded or not; whoever tries again comes in."""
        storage, billing, world = hooked
        storage.faults, storage.answers_lost = [CommitUnknown("No answer.")], lost
        with pytest.raises(CommitUnknown):
            billing.sign_in(LEE, SECRET)
        signed_in = world.maria.people.login(world.lee.person_id).last_sign_in
        assert (NOON if lost else None) == signed_in
        assert world.lee.person_id == billing.sign_in(LEE, SECRET).person_id


class RecordingThrottle:
    """A throttle that writes down what it is told."""

    def __init__(self, *, hears: bool = True) -> None:
        self.told: list[tuple[str, str, str | None]] = []
        self._hears = hears

    def check(self, email: str, address: str | None) -> None:
        self.told.append(("check", email, address))
        if not self._hears:
            raise SignInThrottled

    def failed(self, email: str, address: str | None) -> None:
        self.told.append(("failed", email, address))

    def succeeded(self, email: str, address: str | None) -> None:
        self.told.append(("succeeded", email, address))


class TestThrottle:
    def test_it_is_asked_before_anything_else(self) -> None:
        """Who is not heard is neither looked up nor compared."""
        register = RecordingThrottle(hears=False)
        firm = opened(throttle=register)
        with pytest.raises(SignInThrottled, match="too many attempts"):
            firm.sign_in(address="10.0.0.1")
        assert [("check", LEE, "10.0.0.1")] == register.told
        assert ([], [], 0) == (firm.calls, firm.passwords.verified, firm.passwords.hashed)

    def test_it_hears_how_it_ended(self) -> None:
        """By the e-mail in the spelling by which it is unique, or none where none can be."""
        register = RecordingThrottle()
        firm = opened(throttle=register)
        firm.sign_in(" LEE@Northwind.example", address="10.0.0.1")
        for given in ({"password": OTHER}, {"email": "lee" * 1_000_000}):
            with suppress(SignInRefused):
                firm.sign_in(**given)
        assert [
            ("check", LEE, "10.0.0.1"),
            ("succeeded", LEE, "10.0.0.1"),
            ("check", LEE, None),
            ("failed", LEE, None),
            ("check", "", None),
            ("failed", "", None),
        ] == register.told

    def test_a_try_that_did_not_end(self) -> None:
        """Of one that storage did not let end it hears no more."""
        register, world = RecordingThrottle(), new_world()
        storage = HookedStorage(world.storage)
        billing = Billing.open(storage, world.billing.firm_id, passwords=QuickPasswords(), throttle=register)
        world.maria.people.set_password(world.lee.person_id, SECRET)
        storage.faults = [StorageUnavailable("Nobody answers.")]
        with suppress(StorageUnavailable):
            billing.sign_in(LEE, SECRET)
        assert [("check", LEE, None)] == register.told


class TestSecrets:
    """Passwords, and what is kept of them, are in no text that anybody sees."""

    def test_a_whole_story(self) -> None:
        """What every call gives and raises, the audit trail, the messages and the rest of the books hold none."""
        world = new_world()
        seen: list[object] = []
        maria, people = world.maria, world.maria.people

        def note(call: Callable[[], object]) -> None:
            try:
                seen.append(call())
            except (InvoicecoreError, TypeError) as error:
                seen.append("".join(traceback.format_exception_only(error)) + repr(error) + repr(vars(error)))

        secrets = [SECRET, OTHER, "short7!", "x" * 1001, "with a \0 in it", "with half \ud800 of it"]
        ann = people.add(name="Ann", role=Role.WORKER, email="ann@northwind.example", password=SECRET)
        seen.append(ann)
        desk = world.billing.sign_in("ann@northwind.example", SECRET)
        for secret in secrets:
            note(lambda secret=secret: people.add(name="Bo", role=Role.WORKER, password=secret))  # type: ignore[misc]
            note(lambda secret=secret: people.add(name="", role=Role.WORKER, password=secret))  # type: ignore[misc]
            note(lambda secret=secret: people.set_password(ann.id, secret))  # type: ignore[misc]
            note(lambda secret=secret: people.set_password("nobody", secret))  # type: ignore[misc]
            note(lambda secret=secret: world.sam.people.set_password(ann.id, secret))  # type: ignore[misc]
            note(lambda secret=secret: desk.people.change_my_password(current=secret, new=OTHER))  # type: ignore[misc]
            note(lambda secret=secret: desk.people.change_my_password(current=OTHER, new=secret))  # type: ignore[misc]
            note(lambda secret=secret: desk.people.change_my_password(current="wrong one", new=secret))  # type: ignore[misc]
            for email in ("ann@northwind.example", LEE, secret):
                note(lambda email=email, secret=secret: world.billing.sign_in(email, secret).people.me())  # type: ignore[misc]
            note(lambda secret=secret: people.set_password(ann.id, secret.encode(errors="replace")))  # type: ignore
            note(lambda secret=secret: world.billing.sign_in(LEE, [secret]))  # type: ignore
        seen += [*people.all(), people.login(ann.id), *maria.firm.audit(), maria.firm.settings(), vars(desk)]
        world.billing.deliver()
        seen += world.notifier.messages
        kept = books(world.storage, world.billing.firm_id)
        hidden = {login.password_hash for login in kept.logins.values() if login.password_hash}
        assert hidden
        seen += [kept.audit, kept.outbox, kept.people, kept.firm, kept]
        said = [repr(it) for it in seen] + [json.dumps(codec.dump_any(it)) for it in seen if type(it) in codec.TYPES]
        words = [word for word in (*secrets, *hidden) if word is not None]
        spelled = {form for word in words for form in (word, repr(word)[1:-1], json.dumps(word)[1:-1])}
        assert [] == [(word, text) for text in said for word in spelled if word in text and len(word) > 3]

    def test_a_login_hides_its_hash(self) -> None:
        """Its repr leaves it out; a view has none."""
        login = Login(person_id=new_world().lee.person_id, password_hash="$argon2id$…")
        assert "argon2" not in repr(login)
        assert "argon2" not in repr(login.view())
        assert login.view().has_password

    def test_no_key_stands_for_a_password(self) -> None:
        """A command with a password takes no idempotency key, which would keep a digest of it."""
        world = new_world()
        for name in ("set_password", "change_my_password"):
            assert "idempotency_key" not in signature(getattr(world.maria.people, name)).parameters
        with pytest.raises(InvalidInput, match="takes no idempotency key"):
            world.maria.people.add(name="Ann", role=Role.WORKER, password=SECRET, idempotency_key="k")

    def test_a_record_says_that_it_was_changed(self, world: World) -> None:
        """By whom, whose, and by which act, and nothing more."""
        world.maria.people.set_password(world.lee.person_id, SECRET)
        [*_, record] = world.maria.firm.audit()
        expected = AuditRecord(
            record.id, NOON, world.maria.person_id, Action.SET_PASSWORD, (Change("Login", world.lee.person_id, 0, 1),)
        )
        assert expected == record


class TestOwnPassword:
    @pytest.mark.req("A11")
    def test_it_is_changed(self, firm: Watched) -> None:
        """With the current one; the former one is of no use any more."""
        desk = firm.billing.sign_in(LEE, SECRET)
        firm.passwords.verified.clear()
        view = desk.people.change_my_password(current=SECRET, new=OTHER)
        assert (True, NOON) == (view.has_password, view.last_sign_in)
        assert (1, 1) == (len(firm.passwords.verified), firm.passwords.hashed)
        assert firm.lee == firm.sign_in(password=OTHER)
        with pytest.raises(SignInRefused):
            firm.sign_in()

    @pytest.mark.parametrize("current", [OTHER, "", SECRET * 1000, SECRET + "\0", SECRET + "\ud800"])
    def test_not_with_another(self, firm: Watched, current: str) -> None:
        """One password is compared, none is worked out, and nothing changes."""
        desk = firm.billing.acting_as(firm.lee)
        before = books(firm.world.storage, firm.billing.firm_id)
        with pytest.raises(InvalidState, match="current password is wrong"):
            desk.people.change_my_password(current=current, new=OTHER)
        assert (1, 0) == (len(firm.passwords.verified), firm.passwords.hashed)
        assert before == books(firm.world.storage, firm.billing.firm_id)

    def test_not_without_one(self, firm: Watched) -> None:
        """Who has none is given one by a Manager."""
        with pytest.raises(InvalidState, match="a manager can give you another"):
            firm.billing.acting_as(firm.world.sam.person_id).people.change_my_password(current=SECRET, new=OTHER)
        assert [None] == firm.passwords.verified

    def test_not_if_it_was_changed_meanwhile(self, firm: Watched) -> None:
        """What a Manager gave in between stands."""

        def change() -> None:
            firm.passwords.meanwhile = lambda: None
            firm.world.maria.people.set_password(firm.lee, "a third one")

        firm.passwords.meanwhile = change
        with pytest.raises(InvalidState, match="changed meanwhile"):
            firm.billing.acting_as(firm.lee).people.change_my_password(current=SECRET, new=OTHER)
        assert firm.lee == firm.sign_in(password="a third one")

    def test_malformed_before_wrong(self, firm: Watched) -> None:
        """A new one that cannot be kept is refused before the current one is compared."""
        for new in ("seven c", "x" * 1001, 7, None):
            with pytest.raises(InvalidInput):
                firm.billing.acting_as(firm.lee).people.change_my_password(current=OTHER, new=new)  # type: ignore
        assert [] == firm.passwords.verified


class TestSettingOne:
    @pytest.mark.parametrize("length", [8, 1000])
    def test_as_long_as_can_be(self, firm: Watched, length: int) -> None:
        """From 8 to 1,000 characters."""
        firm.world.maria.people.set_password(firm.lee, "ñ" * length)
        assert firm.lee == firm.sign_in(password="ñ" * length)

    @pytest.mark.parametrize("wrong", ["", "1234567", "e\u0301" * 7, "x" * 1001, "12345678\0", "12345678\udfff"])
    def test_what_cannot_be_kept(self, firm: Watched, wrong: str) -> None:
        """Is refused in every way to set one; composed characters count as one."""
        people = firm.world.maria.people
        ways: tuple[Callable[[], object], ...] = (
            lambda: people.set_password(firm.lee, wrong),
            lambda: people.add(name="Ann", role=Role.WORKER, password=wrong),
            lambda: firm.billing.acting_as(firm.lee).people.change_my_password(current=SECRET, new=wrong),
        )
        for way in ways:
            with pytest.raises(InvalidInput, match="8 to 1000 characters"):
                way()

    def test_who_may_not_lets_nothing_be_worked_out(self, firm: Watched) -> None:
        """It is asked before."""
        sam = firm.billing.acting_as(firm.world.sam.person_id)
        for call in (
            lambda: sam.people.set_password(firm.lee, OTHER),
            lambda: sam.people.set_password("nobody", OTHER),
            lambda: sam.people.add(name="Ann", role=Role.WORKER, password=OTHER),
        ):
            with pytest.raises(InvoicecoreError):
                call()
        assert 0 == firm.passwords.hashed

    def test_it_is_worked_out_once(self, world: World) -> None:
        """However often the command is run again."""
        storage, passwords = HookedStorage(world.storage), Passwords()
        maria = Billing.open(storage, world.billing.firm_id, clock=SettableClock(NOON), passwords=passwords).as_owner()
        storage.faults = [ConcurrencyConflict("Somebody was quicker.")] * 5
        maria.people.set_password(world.lee.person_id, SECRET)
        assert (6, 1) == (storage.commits, passwords.hashed)
