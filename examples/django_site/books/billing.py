"""The books of this site, in the transaction that Django has open."""

from typing import Any

from django.db import connection
from django.shortcuts import get_object_or_404

from examples.django_site.books.models import Member
from invoicecore import Billing, Desk
from invoicecore.storage.sql import JoinedStorage


def billing() -> Billing:
    """The one firm of this site. Call it within `transaction.atomic()`, and anew in each: it ends with it."""
    return Billing.open(JoinedStorage(connection))


def desk_of(user: Any) -> Desk:
    """What somebody who is signed in may see and do, in this transaction. The site's superuser acts as the owner."""
    if user.is_superuser:
        return billing().as_owner()
    return billing().acting_as(get_object_or_404(Member, user=user).person_id)
