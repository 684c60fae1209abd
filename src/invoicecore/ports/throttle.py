"""The port that limits sign-in attempts."""

from typing import Protocol


class Throttle(Protocol):
    """Hears of every try to sign in before anything else is done about it, and how it ended.

    `email` is in the spelling by which it is unique, and empty where somebody gave none that can be one; `address` is
    where they come from, None if the host does not say. A try that storage did not let end is told of by `ask` alone.
    """

    def check(self, email: str, address: str | None) -> None:
        """Somebody tries. SignInThrottled if they are not to be heard now: then nothing is looked up or worked out."""

    def failed(self, email: str, address: str | None) -> None:
        """A try that was heard was refused."""

    def succeeded(self, email: str, address: str | None) -> None:
        """Somebody signed in."""
