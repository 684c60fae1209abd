"""The notifier port, which receives the messages of the outbox."""

from typing import Protocol

from invoicecore.model.events import Message


class Notifier(Protocol):
    """Takes messages after the change they tell of is committed, when the host calls `billing.deliver()`.

    A message comes at least once, always with the same id. If `notify` raises, that message stays and comes again,
    later each time; money that moved is never undone by it.
    """

    def notify(self, message: Message) -> tuple[str, ...] | None:
        """Hand the message on: send a mail, put it in a queue. Returns the recipients that were passed over, for the
        host's log; None if there were none."""
