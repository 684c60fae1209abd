"""`python -m examples.django_site deliver`: hand the messages that wait to a notifier, after their commit."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from invoicecore import deliver_all
from invoicecore.model.events import Message


class Command(BaseCommand):
    """To be run every minute, with connections of the library's own."""

    help = "Hand the messages of the books over."

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Print them; a real site would send mail."""
        deliver_all(settings.DATABASE_URL, self)

    def notify(self, message: Message) -> None:
        """One message."""
        self.stdout.write(type(message.event).__name__)
