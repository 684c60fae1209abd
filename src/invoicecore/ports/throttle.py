"""The port that limits sign-in attempts."""

from typing import Protocol


class Throttle(Protocol):
    """Is called at every attempt to sign in, before anything else is done about it, and when it ended.

    `email` is in the spelling by which it is unique, and empty if what was given is no e-mail; `address` is where the
    attempt comes from, None if the host gives none. Of an attempt that storage interrupted, only `check` is called.
    """

    def check(self, email: str, address: str | None) -> None:
        """An attempt begins. SignInThrottled if it must be refused now: then nothing is looked up or computed."""

    def failed(self, email: str, address: str | None) -> None:
        """An attempt that was checked was refused."""

    def succeeded(self, email: str, address: str | None) -> None:
        """An attempt succeeded."""
