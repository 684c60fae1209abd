"""The admin reads the books; changes go through the library, which knows the rules."""

from typing import Any

from django.contrib import admin

from examples.django_site.books.models import Client, Invoice, Session


class ReadOnly(admin.ModelAdmin):
    """What can be looked at alone."""

    def has_add_permission(self, request: Any, *given: Any) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Client)
class ClientAdmin(ReadOnly):
    """Clients."""

    list_display = ("name", "balance", "allowed_balance", "outstanding", "currency", "archived")
    search_fields = ("name",)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnly):
    """Invoices."""

    list_display = ("number", "client", "status", "issued_on", "total", "amount_due", "currency")
    list_filter = ("status",)
    list_select_related = ("client",)


@admin.register(Session)
class SessionAdmin(ReadOnly):
    """Work."""

    list_display = ("start", "client", "project", "person", "hours", "amount")
    list_select_related = ("client",)
