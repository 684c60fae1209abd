"""The pages of the site, each in one transaction with what the library does."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from examples.django_site.books.billing import billing, desk_of
from examples.django_site.books.models import Member
from invoicecore import Role, parse_hours, retry_transaction, say
from invoicecore.errors import InvoicecoreError


@login_required(login_url="/admin/login/")
def home(request: Any) -> Any:
    """The projects that the user may log work on, and their latest work."""
    with transaction.atomic():
        desk = desk_of(request.user)
        return render(
            request,
            "books/home.html",
            {"projects": desk.projects.all(), "sessions": desk.work.sessions(person_id=desk.person_id), "key": uuid4()},
        )


@require_POST
def join(request: Any) -> Any:
    """A new user, who is a worker in the books: both, or neither."""

    @transaction.atomic
    def joined() -> Any:
        form = request.POST
        user = get_user_model().objects.create_user(form["name"], form["email"], form["password"])
        person = billing().as_owner().people.add(name=form["name"], role=Role.WORKER, email=form["email"])
        Member.objects.create(user=user, person_id=person.id)
        return user

    try:
        login(request, retry_transaction(joined))
    except IntegrityError:
        return render(request, "books/home.html", {"error": "This name is taken."}, status=409)
    except InvoicecoreError as refused:
        return render(request, "books/home.html", {"error": say(refused)}, status=refused.http_status)
    return redirect("home")


@require_POST
@login_required(login_url="/admin/login/")
def log_work(request: Any) -> Any:
    """Log work; whoever presses twice logs once, because the form has a key."""

    @transaction.atomic
    def logged() -> None:
        desk_of(request.user).work.log(
            request.POST["project"],
            start=datetime.now(UTC),
            hours=parse_hours(request.POST["hours"]),
            idempotency_key=request.POST["key"],
        )

    try:
        retry_transaction(logged)
    except InvoicecoreError as refused:
        return render(request, "books/home.html", {"error": say(refused)}, status=refused.http_status)
    return redirect("home")
