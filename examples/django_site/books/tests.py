"""The site's own tests, as Django runs them: each in a transaction that is rolled back."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.db.models import Sum
from django.test import Client as Browser
from django.test import TestCase, TransactionTestCase
from django.urls import reverse

from examples.django_site.books.billing import billing
from examples.django_site.books.models import Client, Invoice, Member, Session
from invoicecore import Deposit, Money, Rate, Terms
from invoicecore.errors import InvalidState, NotFound

JOIN = {"name": "Lee", "email": "lee@northwind.example", "password": "correct horse"}


def usd(amount: str) -> Money:
    """So many dollars."""
    return Money.of(amount, "USD")


def project(allowed: str = "-100") -> Any:
    """A client with a limit, and a project of theirs."""
    desk = billing().as_owner()
    acme = desk.clients.add(name="Acme", terms=Terms(allowed_balance=usd(allowed)))
    return desk.projects.add(client_id=acme.id, name="Website", rate=Rate.hourly("50", "USD"))


class Pages(TestCase):
    """What a visitor does."""

    def test_join_and_log(self) -> None:
        """A user and a person come about together; work is logged once however often the button is pressed."""
        site = project()
        self.assertRedirects(self.client.post(reverse("join"), JOIN), reverse("home"), fetch_redirect_response=False)
        billing().as_owner().projects.assign(site.id, Member.objects.get().person_id)
        self.assertContains(self.client.get(reverse("home")), "Website, hours")
        for _ in range(2):
            self.client.post(reverse("log"), {"project": site.id, "hours": " 1:30 ", "key": "once"})
        [session] = Session.objects.select_related("client")
        self.assertEqual(("Acme", "Website", "Lee"), (session.client.name, session.project, session.person))
        self.assertEqual((Decimal("1.5"), Decimal("75.00")), (session.hours, session.amount))
        self.assertEqual(Decimal("-75.00"), Client.objects.get().balance)

    def test_refused(self) -> None:
        """At the limit work is refused with the library's words, and the user's other rows stand."""
        site = project("-10")
        self.client.post(reverse("join"), JOIN)
        billing().as_owner().projects.assign(site.id, Member.objects.get().person_id)
        for key, status in (("first", 302), ("second", 409)):
            said = self.client.post(reverse("log"), {"project": site.id, "hours": "1", "key": key})
            self.assertEqual(status, said.status_code)
        self.assertContains(said, "Work for this client is stopped. Ask a manager.", status_code=409)
        self.assertEqual(1, Session.objects.count())
        self.assertEqual(1, Member.objects.count())

    def test_join_twice(self) -> None:
        """An e-mail that is taken in the books takes the new user back as well."""
        self.client.post(reverse("join"), JOIN)
        said = Browser().post(reverse("join"), {**JOIN, "name": "Leo"})
        self.assertEqual(409, said.status_code)
        self.assertEqual(["Lee"], [user.get_username() for user in get_user_model().objects.all()])

    def test_a_name_that_is_taken(self) -> None:
        """The site's own refusal takes the person back as well."""
        self.client.post(reverse("join"), JOIN)
        said = Browser().post(reverse("join"), {**JOIN, "email": "lee@elsewhere.example"})
        self.assertContains(said, "This name is taken.", status_code=409)
        with pytest.raises(NotFound):
            billing().as_owner().people.by_email("lee@elsewhere.example")

    def test_what_is_no_number(self) -> None:
        """Hours that cannot be read are refused as the library refuses them."""
        site = project()
        self.client.post(reverse("join"), JOIN)
        said = self.client.post(reverse("log"), {"project": site.id, "hours": "two", "key": "once"})
        self.assertContains(said, "This is not a number.", status_code=400)

    def test_other_users(self) -> None:
        """The superuser acts as the owner of the books; who is nobody in them finds nothing."""
        site = project()
        users = get_user_model().objects
        self.client.force_login(users.create_superuser("root"))
        self.assertContains(self.client.get(reverse("home")), "Website, hours")
        self.client.post(reverse("log"), {"project": site.id, "hours": "1", "key": "once"})
        self.assertEqual(1, Session.objects.count())
        self.client.force_login(users.create_user("stranger"))
        self.assertEqual(404, self.client.get(reverse("home")).status_code)

    def test_admin(self) -> None:
        """The admin lists the views, with amounts as decimals, and changes nothing."""
        site = project()
        desk = billing().as_owner()
        desk.invoices.manual(site.client_id, usd("12.50"), deposit=Deposit.TO_BALANCE)
        self.client.force_login(get_user_model().objects.create_superuser("root"))
        for model in (Client, Invoice, Session):
            self.assertEqual(200, self.client.get(f"/admin/books/{model._meta.model_name}/").status_code)
        self.assertContains(self.client.get("/admin/books/invoice/"), "12.50")
        invoice = Invoice.objects.get(client__name="Acme")
        self.assertEqual(Decimal("12.50"), invoice.amount_due)
        self.assertEqual(200, self.client.get(f"/admin/books/invoice/{invoice.pk}/change/").status_code)
        self.assertEqual(403, self.client.post(f"/admin/books/invoice/{invoice.pk}/delete/").status_code)

    def test_sums(self) -> None:
        """The database adds up what the views show."""
        site = project()
        for amount in ("0.10", "0.20"):
            billing().as_owner().invoices.manual(site.client_id, usd(amount), deposit=Deposit.TO_BALANCE)
        self.assertEqual(Decimal("0.30"), Invoice.objects.aggregate(sum=Sum("amount_due"))["sum"])

    def test_after_the_commit(self) -> None:
        """Messages wait for the commit; inside, delivery is refused."""
        with self.captureOnCommitCallbacks() as waiting, transaction.atomic():
            project()
            with self.assertRaisesMessage(InvalidState, "after the commit"):
                billing().deliver()
            transaction.on_commit(lambda: None)
        self.assertEqual(1, len(waiting))


class Transactions(TransactionTestCase):
    """What only real commits show."""

    def test_both_or_neither(self) -> None:
        """The site's row and the library's commands."""
        for fails in (True, False):
            try:
                with transaction.atomic():
                    get_user_model().objects.create_user(f"lee {fails}")
                    project()
                    if fails:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass
        self.assertEqual((1, 1), (get_user_model().objects.count(), Client.objects.count()))
        with transaction.atomic():
            self.assertEqual((), billing().verify().findings)

    def test_outside_a_transaction(self) -> None:
        """It is refused in words that say what to do."""
        with self.assertRaisesMessage(InvalidState, "begin one first"):
            billing()

    def test_no_migration_is_missing(self) -> None:
        """The models are as the migration has them."""
        call_command("makemigrations", "--check", "--dry-run", verbosity=0)
