"""Two notifiers: one that tells nobody, and one that keeps what it was told."""

from invoicecore.model.events import Message


class SilentNotifier:
    """Tells nobody; the default."""

    def notify(self, message: Message) -> None:
        """Nothing happens."""


class RememberingNotifier:
    """Keeps every message in `told`, in order: for tests."""

    def __init__(self) -> None:
        self.told: list[Message] = []

    def notify(self, message: Message) -> None:
        """Add the message to `told`."""
        self.told.append(message)
