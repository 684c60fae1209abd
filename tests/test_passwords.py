"""Argon2 hashes passwords as the port promises, and tests need not wait for it."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher as Argon2Hasher
from argon2 import Type, _password_hasher, low_level

from invoicecore import Billing, Firm, Role
from invoicecore.adapters.argon2 import Argon2Passwords
from invoicecore.errors import InvalidInput, PasswordsUnavailable, SignInRefused
from invoicecore.ports.passwords import PasswordHasher
from invoicecore.testing import QuickPasswords

SECRET = "as long as it is secret"


def quick(passes: int = 1) -> Argon2Passwords:
    """As little work as Argon2 allows."""
    return Argon2Passwords(passes=passes, memory_kib=8, lanes=1)


HASHERS: dict[str, Callable[[], PasswordHasher]] = {"argon2": quick, "quick": QuickPasswords}


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What Argon2 is set to compare with."""
    seen: list[bytes] = []
    real = low_level.verify_secret

    def verify(hash: bytes, secret: bytes, type: Type) -> Any:
        seen.append(hash)
        return real(hash, secret, type)

    monkeypatch.setattr(_password_hasher, "verify_secret", verify)
    return seen


@pytest.mark.parametrize("make", HASHERS.values(), ids=list(HASHERS))
class TestPort:
    """What any hasher promises."""

    def test_what_is_kept_is_known_again(self, make: Callable[[], PasswordHasher]) -> None:
        """By whoever has the password, and by nobody else."""
        passwords = make()
        kept = passwords.hash(SECRET)
        assert SECRET not in kept
        assert passwords.verify(kept, SECRET)
        for other in ("", SECRET + " ", SECRET.upper(), kept):
            assert not passwords.verify(kept, other)

    def test_nobody(self, make: Callable[[], PasswordHasher]) -> None:
        """Nothing kept is made of no password."""
        for given in ("", SECRET, "None"):
            assert make().verify(None, given) is False

    @pytest.mark.parametrize(
        "kept", ["", "?", "$", SECRET, "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$x$y", "$2b$12$" + "x" * 53, "é"]
    )
    def test_what_it_did_not_make(self, make: Callable[[], PasswordHasher], kept: str) -> None:
        """Is made of none."""
        assert make().verify(kept, SECRET) is False

    def test_one_of_now_is_not_outdated(self, make: Callable[[], PasswordHasher]) -> None:
        """It stays as it is."""
        passwords = make()
        assert not passwords.outdated(passwords.hash(SECRET))

    @pytest.mark.parametrize("password", ["x" * 18_000, "🧾" * 1000, "\x01\x7f" * 8])
    def test_any_password(self, make: Callable[[], PasswordHasher], password: str) -> None:
        """That can be kept."""
        passwords = make()
        assert passwords.verify(passwords.hash(password), password)


class TestArgon2:
    def test_its_settings(self) -> None:
        """By default those of RFC 9106 for where memory is scarce; each keeping has a salt of its own."""
        one, other = (Argon2Passwords().hash(SECRET) for _ in range(2))
        assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert one != other

    def test_they_can_be_raised(self) -> None:
        """What was kept before is known, and outdated; what is kept now says so."""
        kept = quick().hash(SECRET)
        raised = Argon2Passwords(passes=2, memory_kib=16, lanes=2)
        assert raised.verify(kept, SECRET)
        assert raised.outdated(kept)
        renewed = raised.hash(SECRET)
        assert "$m=16,t=2,p=2$" in renewed
        assert not raised.outdated(renewed)
        assert quick().outdated(renewed)

    def test_one_of_another_kind_is_renewed(self) -> None:
        """Argon2i, which somebody brings from elsewhere, is known, and outdated."""
        kept = Argon2Hasher(1, 8, 1, type=Type.I).hash(SECRET)
        assert kept.startswith("$argon2i$")
        assert quick().verify(kept, SECRET)
        assert quick().outdated(kept)

    def test_nobody_takes_as_long(self, worked: list[bytes]) -> None:
        """It is compared with a made-up one, of the same settings, that was worked out from nothing."""
        passwords = Argon2Passwords(passes=2, memory_kib=16, lanes=2)
        assert [] == worked
        assert not passwords.verify(None, SECRET)
        [compared] = worked
        assert compared.startswith(b"$argon2id$v=19$m=16,t=2,p=2$")
        kept = passwords.hash(SECRET)
        assert len(kept) == len(compared)

    def test_one_of_each_costs_one(self, worked: list[bytes]) -> None:
        """The right one, another one, nobody's, and what Argon2 did not make."""
        passwords = quick()
        for kept in (passwords.hash(SECRET), passwords.hash("another one"), None, "?"):
            worked.clear()
            passwords.verify(kept, SECRET)
            assert 1 == len(worked)

    def test_each_has_its_own_nobody(self, worked: list[bytes]) -> None:
        """What nobody's is compared with cannot be known beforehand."""
        for passwords in (quick(), quick()):
            passwords.verify(None, SECRET)
        assert 2 == len(set(worked))

    @pytest.mark.parametrize(
        "given",
        [
            {"passes": 0},
            {"passes": -1},
            {"passes": True},
            {"passes": 1.5},
            {"passes": 2**32},
            {"lanes": 0},
            {"memory_kib": 7, "lanes": 1},
            {"memory_kib": 31},
            {"memory_kib": None},
        ],
    )
    def test_settings_that_cannot_be(self, given: dict[str, Any]) -> None:
        """Are refused where they are given, not when somebody signs in."""
        with pytest.raises(InvalidInput):
            Argon2Passwords(**given)


class TestDefault:
    """A firm that says nothing of passwords."""

    FIRM = Firm(name="Ten", currency="USD", timezone="UTC")

    def test_it_is_argon2(self) -> None:
        """Which is loaded when the first password comes."""
        billing = Billing.in_memory(self.FIRM)
        given = {"role": Role.WORKER, "email": "lee@northwind.example"}
        lee = billing.as_owner().people.add(name="Lee", password=SECRET, **given)  # type: ignore[arg-type]
        assert lee.id == billing.sign_in("lee@northwind.example", SECRET).person_id
        with pytest.raises(SignInRefused):
            billing.sign_in("lee@northwind.example", "another one")

    def test_where_it_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """All else goes on; what needs it says how to install it, for everybody the same."""
        monkeypatch.setitem(sys.modules, "argon2", None)
        billing = Billing.in_memory(self.FIRM)
        people = billing.as_owner().people
        lee = people.add(name="Lee", role=Role.WORKER, email="lee@northwind.example")
        for call in (
            lambda: people.set_password(lee.id, SECRET),
            lambda: billing.sign_in("lee@northwind.example", SECRET),
            lambda: billing.sign_in("nobody@northwind.example", SECRET),
        ):
            with pytest.raises(PasswordsUnavailable, match=r"pip install 'invoicecore\[auth\]'"):
                call()
        assert not people.set_allowed_addresses(lee.id, ["10.0.0.0/8"]).has_password
        assert lee.id == billing.acting_as(lee.id).person_id
