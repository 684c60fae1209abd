"""The books of this site, in the transaction that Django has open."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection

from examples.django_site.books.models import Member
from invoicecore import Billing, Desk
from invoicecore.storage.sql import JoinedStorage


def billing() -> Billing:
    """The one firm of this site. Call it within `transaction.atomic()`, and anew in each: it ends with it."""
    return Billing.open(JoinedStorage(connection))


def desk_of(user: AbstractBaseUser) -> Desk:
    """What somebody who is signed in may see and do, in this transaction."""
    return billing().acting_as(Member.objects.get(user=user).person_id)
