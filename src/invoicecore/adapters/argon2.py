"""Password hashing with Argon2id. It needs the extra `auth`, which is loaded when it is first used."""

from base64 import b64encode
from functools import cached_property
from os import urandom
from typing import TYPE_CHECKING

from invoicecore.errors import InvalidInput, PasswordsUnavailable
from invoicecore.values.inputs import short_repr

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_SALT_LENGTH, _HASH_LENGTH = 16, 32
_LARGEST = 2**32 - 1


class Argon2Passwords:
    """Argon2id, by default with the second setting that RFC 9106 recommends: three passes over 64 MiB in four lanes.
    Each hash contains its parameters, so they can be raised at any time."""

    def __init__(self, *, passes: int = 3, memory_kib: int = 65_536, lanes: int = 4) -> None:
        for name, value, least in (("passes", passes, 1), ("lanes", lanes, 1), ("memory_kib", memory_kib, 8)):
            if type(value) is not int or not least <= value <= _LARGEST:
                raise InvalidInput(f"{name} must be a whole number of at least {least}, not {short_repr(value)}.")
        if memory_kib < 8 * lanes:
            raise InvalidInput(f"{lanes} lanes need memory_kib of at least {8 * lanes}, not {memory_kib}.")
        self._passes = passes
        self._memory_kib = memory_kib
        self._lanes = lanes
        # The hash of no password; comparing with it takes as long as with any other.
        salt, digest = (b64encode(urandom(size)).decode().rstrip("=") for size in (_SALT_LENGTH, _HASH_LENGTH))
        self._dummy = f"$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${digest}"

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        try:
            from argon2 import PasswordHasher
        except ModuleNotFoundError as missing:
            raise PasswordsUnavailable(
                "Passwords need argon2-cffi; install it with: pip install 'invoicecore[auth]'"
            ) from missing
        return PasswordHasher(self._passes, self._memory_kib, self._lanes, _HASH_LENGTH, _SALT_LENGTH)

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        hasher = self._hasher
        from argon2.exceptions import VerificationError, VerifyMismatchError

        for compared in (stored, self._dummy):
            if compared is None:
                continue
            try:
                return hasher.verify(compared, password)
            except VerifyMismatchError:
                return False
            except (VerificationError, ValueError):  # not a hash of Argon2: treated like a missing one
                continue
        return False

    def outdated(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)
