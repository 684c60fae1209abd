"""The library's tables and the one firm of this site, made in the site's own migration, and the models over them."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from invoicecore import Billing, Firm
from invoicecore.storage.sql import JoinedStorage, upgrade


def make_books(apps: Any, schema_editor: Any) -> None:
    """Make the tables, and the firm in them."""
    upgrade(schema_editor.connection)
    firm = Firm(name="Northwind Studio", currency="USD", timezone="America/Chicago")
    Billing.create(JoinedStorage(schema_editor.connection), firm, idempotency_key="the firm of this site")


def _amount() -> models.DecimalField:
    return models.DecimalField(decimal_places=2, max_digits=20, null=True)


class Migration(migrations.Migration):
    """A newer version of the library gets a migration of its own, with `upgrade` alone."""

    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.RunPython(make_books, migrations.RunPython.noop),
        migrations.CreateModel(
            "Client",
            [
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("currency", models.CharField(max_length=3)),
                ("balance", _amount()),
                ("allowed_balance", _amount()),
                ("outstanding", _amount()),
                ("archived", models.BooleanField()),
            ],
            options={"db_table": "ic_v_clients", "managed": False, "ordering": ("name",)},
        ),
        migrations.CreateModel(
            "Invoice",
            [
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("number", models.TextField(null=True)),
                ("status", models.TextField()),
                ("issued_on", models.DateField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("total", _amount()),
                ("amount_due", _amount()),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="invoices",
                        to="books.client",
                    ),
                ),
            ],
            options={"db_table": "ic_v_invoices", "managed": False, "ordering": ("-issued_on", "-number")},
        ),
        migrations.CreateModel(
            "Session",
            [
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("project", models.TextField()),
                ("person", models.TextField()),
                ("start", models.DateTimeField()),
                ("hours", models.DecimalField(decimal_places=6, max_digits=12)),
                ("amount", _amount()),
                ("note", models.TextField()),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="sessions",
                        to="books.client",
                    ),
                ),
            ],
            options={"db_table": "ic_v_sessions", "managed": False, "ordering": ("-start",)},
        ),
        migrations.CreateModel(
            "Member",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.TextField(unique=True)),
                (
                    "user",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
