"""A table of the site's own, and the library's views as models for the admin, which only reads them."""

from django.conf import settings
from django.db import models


class Member(models.Model):
    """Who of the site's users is who in the books."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    person_id = models.TextField(unique=True)

    def __str__(self) -> str:
        return str(self.user)


def _amount() -> models.DecimalField:
    return models.DecimalField(max_digits=20, decimal_places=2, null=True)


class Client(models.Model):
    """A client and where they stand."""

    id = models.TextField(primary_key=True)
    name = models.TextField()
    currency = models.CharField(max_length=3)
    balance = _amount()
    allowed_balance = _amount()
    outstanding = _amount()
    archived = models.BooleanField()

    class Meta:
        managed = False
        db_table = "ic_v_clients"
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)


class Invoice(models.Model):
    """An invoice and what is due of it."""

    id = models.TextField(primary_key=True)
    number = models.TextField(null=True)
    client = models.ForeignKey(Client, models.DO_NOTHING, db_constraint=False, related_name="invoices")
    status = models.TextField()
    issued_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    total = _amount()
    amount_due = _amount()

    class Meta:
        managed = False
        db_table = "ic_v_invoices"
        ordering = ("-issued_on", "-number")

    def __str__(self) -> str:
        return str(self.number or "draft")


class Session(models.Model):
    """Work that was logged."""

    id = models.TextField(primary_key=True)
    client = models.ForeignKey(Client, models.DO_NOTHING, db_constraint=False, related_name="sessions")
    project = models.TextField()
    person = models.TextField()
    start = models.DateTimeField()
    hours = models.DecimalField(max_digits=12, decimal_places=6)
    amount = _amount()
    note = models.TextField()

    class Meta:
        managed = False
        db_table = "ic_v_sessions"
        ordering = ("-start",)

    def __str__(self) -> str:
        return f"{self.project}, {self.hours:.2f} h"
