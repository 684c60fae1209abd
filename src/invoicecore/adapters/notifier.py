"""A notifier that does nothing, and one that records messages."""

from invoicecore.model.events import Message


class NullNotifier:
    """Takes every message and does nothing: for hosts that want none of them to wait."""

    def notify(self, message: Message) -> None:
        """Ignore the message."""


class RecordingNotifier:
    """Records every message in `messages`, in order: for tests."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def __repr__(self) -> str:
        return f"<RecordingNotifier: {len(self.messages)} messages>"

    def notify(self, message: Message) -> None:
        """Add the message to `messages`."""
        self.messages.append(message)
