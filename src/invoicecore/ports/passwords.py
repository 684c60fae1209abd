"""The port for password hashing."""

from typing import Protocol


class PasswordHasher(Protocol):
    """Makes of a password what is kept of it, slowly, so that guessing is slow too. Called outside any unit of work.

    Passwords come normalised (NFKC), of at most some thousand characters. Nothing that it raises or logs may hold one.
    """

    def hash(self, password: str) -> str:
        """What is kept of a password; something else each time, also for the same one. It names its own parameters."""

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether what is kept was made of this password. None was made of none: it is False, and takes as long. So it
        is for text that this hasher did not make."""

    def outdated(self, kept: str) -> bool:
        """Whether it would be made in another way now, such as with more work, and is to be made anew."""
