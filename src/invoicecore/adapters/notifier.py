"""Two notifiers: one that tells nobody, and one that keeps what it was told."""

from invoicecore.model.events import Message


class NullNotifier:
    """Tells nobody; the default."""

    def notify(self, message: Message) -> None:
        """Nothing happens."""


class RecordingNotifier:
    """Keeps every message in `messages`, in order: for tests."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def notify(self, message: Message) -> None:
        """Add the message to `messages`."""
        self.messages.append(message)
