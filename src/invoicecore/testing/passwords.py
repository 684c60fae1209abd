"""A password hasher for tests, which is quick and not safe."""

from hashlib import blake2b


class QuickPasswords:
    """Keeps a digest that is made at once, so that whoever steals it can guess at once: for tests, and never for
    production. The same password gives the same digest; one that was made at another `cost` is outdated."""

    def __init__(self, cost: int = 1) -> None:
        self._mark = f"quick{cost}"

    def hash(self, password: str) -> str:
        """The digest, with the cost before it."""
        return self._made(self._mark, password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether it is the digest of the password, at any cost."""
        return kept == self._made((kept or "").partition("$")[0], password)

    def outdated(self, kept: str) -> bool:
        """Whether it was made at another cost."""
        return kept.partition("$")[0] != self._mark

    def _made(self, mark: str, password: str) -> str:
        return f"{mark}${blake2b(password.encode(), digest_size=16).hexdigest()}"
