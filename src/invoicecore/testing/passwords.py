"""A fast password hasher for tests."""

from hashlib import blake2b


class QuickPasswords:
    """Hashes at once, so whoever steals a hash can guess at once: for tests, never for production. The same password
    gives the same hash; one that was made at another `cost` is outdated."""

    def __init__(self, cost: int = 1) -> None:
        self._prefix = f"quick{cost}"

    def hash(self, password: str) -> str:
        """The hash, after the cost."""
        return self._hash(self._prefix, password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the hash of the password, at any cost."""
        return stored == self._hash((stored or "").partition("$")[0], password)

    def outdated(self, stored: str) -> bool:
        """Whether it was made at another cost."""
        return stored.partition("$")[0] != self._prefix

    def _hash(self, prefix: str, password: str) -> str:
        return f"{prefix}${blake2b(password.encode(), digest_size=16).hexdigest()}"
