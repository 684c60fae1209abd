"""The port for password hashing."""

from typing import Protocol


class PasswordHasher(Protocol):
    """Hashes passwords, slowly, so that guessing is slow too. Called outside any unit of work.

    Passwords come normalised (NFKC), of at most some thousand characters. Nothing that it raises or logs may hold one.
    """

    def hash(self, password: str) -> str:
        """The hash of a password; another one each time, also for the same password. It contains its own parameters."""

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether a stored hash is that of this password. For None, and for text that this hasher did not make, it is
        False, and takes as long."""

    def outdated(self, stored: str) -> bool:
        """Whether a stored hash would be made in another way now, such as with more work, and should be made again."""
