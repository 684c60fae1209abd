"""Forms take effect once, say everything that is wrong with them, and are taken from our own pages only."""

import re
from decimal import Decimal

import pytest

from invoicecore import Advance, Deposit, InvoiceKind, Money, Period, ProjectBilling, Rate, Refill, Status, Terms
from tests.web.conftest import ROLES, Browser, Site
from tests.web.test_routes import routes


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


class TestOurs:
    """What other sites send."""

    @pytest.mark.parametrize("token", ["", "0" * 64, "é"])
    def test_without_the_token(self, token: str, site: Site, maria: Browser) -> None:
        """No form of another site is taken, on any address."""
        before, tried = site.written(), 0
        for method, path in routes(site):
            if method == "POST" and not path.startswith("/api/"):
                response = maria.post(re.sub(r"\{\w+\}", site.client("Acme"), path), data={"csrf": token, "key": "k"})
                tried += 1
                assert (403, True) == (response.status_code, "Load the page again" in response.text), path
        assert (before, True) == (site.written(), tried > 25)

    def test_the_token_of_another_session(self, site: Site, browsers: dict[str, Browser]) -> None:
        """A token holds in its own session only."""
        stolen = browsers["Worker"].csrf
        response = browsers["Manager"].post("/clients/new", data={"csrf": stolen, "name": "x", "key": "k"})
        assert 403 == response.status_code


class TestOnce:
    """A double click, or a form that a browser sends again."""

    def test_each_form_twice(self, site: Site, maria: Browser) -> None:
        """The second time, nothing happens, and the answer is the same."""
        initech, acme, website, lee = (
            site.client("Initech"),
            site.client("Acme"),
            site.project("Website"),
            site.person("Lee"),
        )
        made = site.desk.invoices.manual(acme, usd("30"), deposit=Deposit.NOT_DEPOSITED)
        voided = site.desk.invoices.manual(acme, usd("31"), deposit=Deposit.NOT_DEPOSITED)
        reverted = site.desk.invoices.manual(acme, usd("32"), deposit=Deposit.NOT_DEPOSITED)
        drafts = [site.desk.invoices.draft(initech, Period.year(2026)).id for _ in range(2)]
        revision = site.desk.invoices.peek(drafts[1]).revision
        session = site.desk.work.log(website, day=site.desk.pages.aging().as_of, hours=1, over_limit=True, reason="x")
        timer = site.desk.work.start(site.project("Shop")).id
        forms: dict[str, dict[str, str]] = {
            "/clients/new": {"name": "Umbrella", "allowed_balance": "-100"},
            f"/clients/{acme}/transactions": {"amount": "12.5", "reason": "x"},
            "/projects/new": {"client_id": acme, "name": "Blog", "rate": "55.125", "billing": "hourly", "cap": "500"},
            "/employees/new": {
                "name": "Nora",
                "email": "nora@n.example",
                "password": "correct horse",
                "role": "worker",
            },
            f"/clients/{acme}/contacts": {"name": "Cy", "email": "cy@acme.example", "password": "correct horse"},
            f"/timer/{timer}/discard": {},
            "/timer": {"project_id": website, "note": "x"},
            "/work/new": {"project_id": website, "day": "2026-03-02", "hours": "0:30", "person_id": lee},
            f"/work/{session.id}": {"project_id": website, "day": "2026-03-02", "hours": "0.5"},
            f"/work/{session.id}/delete": {},
            "/invoices/new": {"client_id": acme, "amount": "$1,000", "deposit": "not_deposited"},
            "/invoices/draft": {"client_id": acme, "first": "2026-01-01", "last": "2026-12-31", "cover": "nothing"},
            f"/invoices/{made.id}/payment": {"amount": "10", "method": "card"},
            f"/invoices/{made.id}/status": {"action": "set_uncollectible", "debt": "keep"},
            f"/invoices/{voided.id}/void": {"note": "Sent to the wrong client", "payments": "keep"},
            f"/invoices/{reverted.id}/revert": {},
            f"/invoices/{drafts[0]}/delete": {},
            f"/invoices/{drafts[1]}/generate": {"revision": revision},
        }
        for path, form in forms.items():
            first = maria.submit(path, **form)
            assert 303 == first.status_code, (path, re.findall(r'role="alert">(.*?)</div>', first.text))
            written = site.written()
            second = maria.submit(path, **form)
            assert (303, first.headers["location"]) == (second.status_code, second.headers["location"]), path
            assert written == site.written(), path
        [running] = site.desk.pages.timers()
        assert 303 == maria.submit(f"/timer/{running.timer.id}/stop").status_code

    def test_the_same_key_for_something_else(self, site: Site, maria: Browser) -> None:
        """It is refused, in words."""
        path = f"/clients/{site.client('Globex')}/transactions"
        assert 303 == maria.submit(path, "one key", amount="1").status_code
        response = maria.submit(path, "one key", amount="2")
        assert (422, True) == (response.status_code, "Load the page again." in response.text)


class TestWrong:
    """What is wrong with a form stands at its fields."""

    def wrong(self, text: str) -> dict[str, str]:
        """The sentences at the fields of a page."""
        return dict(re.findall(r'id="(\w+)-wrong">(.*?)<', text))

    def test_everything_at_once(self, site: Site, maria: Browser) -> None:
        """What cannot be read, and what the library refuses, in one answer; what was typed stands there again."""
        form = {"project_id": site.project("Website"), "day": "soon", "hours": "two", "note": "x" * 20_000}
        response = maria.submit("/work/new", **form)
        assert 400 == response.status_code
        wrong = {
            "day": "This is not a date.",
            "hours": "This is not a number.",
            "note": "At most 10000 characters fit.",
        }
        assert wrong == self.wrong(response.text)
        assert re.search('value="two" .* aria-describedby="hours-hint hours-wrong" aria-invalid="true"', response.text)

    def test_in_the_language_of_who_reads(self, site: Site, maria: Browser) -> None:
        """The sentences, and how numbers are read."""
        path, german = f"/clients/{site.client('Globex')}/transactions", {"accept-language": "de-AT,en;q=0.5"}
        data = {"csrf": maria.csrf, "key": "german", "amount": "1.5"}
        response = maria.post(path, data=data, headers=german)
        assert {"amount": "Das ist keine Zahl."} == self.wrong(response.text)
        before = site.desk.accounts.standing(site.client("Globex")).balance
        assert 303 == maria.post(path, data=data | {"amount": "1.000,50"}, headers=german).status_code
        assert usd("1000.50") == site.desk.accounts.standing(site.client("Globex")).balance - before

    @pytest.mark.parametrize(
        ("path", "form", "fields"),
        [
            ("/clients/new", {"name": "", "allowed_balance": "much"}, {"name", "allowed_balance"}),
            ("/clients/new", {"name": "x", "refill_balance": "-1"}, {"refill_rate", "refill_hours"}),
            ("/projects/new", {"client_id": "{acme}", "name": " ", "cap": "x"}, {"name", "billing", "cap"}),
            ("/projects/new", {"client_id": "{acme}", "starts_on": "x", "billing": "x"}, {"starts_on", "billing"}),
            ("/projects/new", {"client_id": "{acme}", "name": "Y", "rate": "", "billing": "fixed"}, {"rate"}),
            ("/employees/new", {"name": "", "email": "x", "password": "short", "role": "king"}, {"name", "email"}),
            ("/employees/new", {"name": "Y", "email": "", "password": "", "role": "worker"}, {"email"}),
            ("/employees/new", {"name": "Y", "email": "y@n.example", "password": "x", "role": "worker"}, {"password"}),
            ("/clients/{acme}/transactions", {"amount": "0"}, {"amount"}),
            ("/invoices/new", {"client_id": "{acme}", "amount": "-1", "deposit": "to_balance"}, {"amount"}),
            ("/invoices/draft", {"client_id": "{acme}", "first": "2026-02-30", "cover": "nothing"}, {"first", "last"}),
            ("/settings", {"name": "", "timezone": "Mars", "next_number": "x", "days": "14"}, {"name", "timezone"}),
            ("/settings", {"name": "Y", "theme": "y", "days": "x"}, {"theme", "days", "next_number"}),
            ("/profile", {"timezone": "Mars/Olympus"}, {"timezone"}),
            ("/profile/password", {"current": "wrong", "new": "correct horse staple"}, {"current"}),
            ("/profile/password", {"current": "wrong", "new": "x"}, {"new"}),
        ],
    )  # fmt: skip
    def test_each_form(self, path: str, form: dict[str, str], fields: set[str], site: Site, maria: Browser) -> None:
        """Nothing is written."""
        before, acme = site.written(), site.client("Acme")
        form = {name: text.replace("{acme}", acme) for name, text in form.items()}
        response = maria.submit(path.replace("{acme}", acme), **form)
        assert response.status_code in {400, 409}
        assert fields <= self.wrong(response.text).keys()
        assert before == site.written()

    def test_the_same_error_in_another_form(self, site: Site, maria: Browser) -> None:
        """Of several forms on a page, only the one that was sent has it."""
        invoice = site.desk.invoices.manual(site.client("Acme"), usd("5"), deposit=Deposit.NOT_DEPOSITED)
        payment = site.desk.payments.record(invoice.id).payment
        response = maria.submit(f"/invoices/{invoice.id}/payments/{payment.id}/reverse", note=" ")
        assert (400, True) == (response.status_code, "Say why in a few words." in response.text)
        response = maria.submit(f"/invoices/{invoice.id}/payments/{payment.id}/reverse", note="It bounced")
        assert (303, Status.DUE) == (response.status_code, site.desk.invoices.get(invoice.id).status)


class TestStory:
    """The help texts' story, form by form."""

    def test_payment(self, site: Site, maria: Browser) -> None:
        """The rest is offered; a part leaves the rest, and too much is refused with what is possible."""
        path = f"/invoices/{site.invoice('Globex', Status.OVERDUE).id}"
        assert 'value="$1,980.00"' in maria.get(f"{path}/payment").text
        assert 303 == maria.submit(f"{path}/payment", amount="$1,000").status_code
        assert 'value="$980.00"' in maria.get(f"{path}/payment").text
        response = maria.submit(f"{path}/payment", amount="981")
        assert (409, True) == (response.status_code, "at most $980.00 is possible" in response.text)
        assert 303 == maria.submit(f"{path}/payment", amount="981", overpayment="1").status_code

    def test_two_tabs_with_one_draft(self, site: Site, maria: Browser) -> None:
        """What was seen is what is billed: a draft that moved is shown anew, with what moved."""
        draft = site.invoice("Globex", Status.DRAFT)
        page = maria.get(f"/invoices/{draft.id}").text
        [seen] = set(re.findall(r'name="revision" value="([^"]+)"', page))
        assert "has changed" not in maria.get(f"/invoices/{draft.id}/moved?seen={seen}").text
        site.desk.work.log(site.project("Mobile app"), day=draft.selection.period.last, hours=2, note="Late")  # type: ignore[union-attr]
        assert "has changed" in maria.get(f"/invoices/{draft.id}/moved?seen={seen}").text
        response = maria.submit(f"/invoices/{draft.id}/generate", revision=seen)
        assert 409 == response.status_code
        assert "The draft has changed since you saw it." in response.text
        assert re.search(r"added</span>.*Late.*\$160\.00", response.text)
        [now] = set(re.findall(r'name="revision" value="([^"]+)"', response.text))
        assert 303 == maria.submit(f"/invoices/{draft.id}/generate", revision=now).status_code
        response = maria.submit(f"/invoices/{draft.id}/generate", "the other tab", revision=now)
        assert (409, True) == (response.status_code, "not possible now" in response.text)

    def test_leaving_out(self, site: Site, maria: Browser) -> None:
        """A session that is left out stays out, until it is taken in again."""
        globex, last = site.client("Globex"), site.desk.pages.aging().as_of
        for hours in (1, 2):
            site.desk.work.log(site.project("Mobile app"), day=last, hours=hours)
        draft = site.desk.invoices.draft(globex, Period(last, last)).invoice
        path, period = f"/invoices/{draft.id}", {"first": str(last), "last": str(last), "cover": "nothing"}
        assert 303 == maria.submit(path, exclude=draft.lines[0].session_id or "", notes="", **period).status_code
        assert 303 == maria.submit(path, stay_out="1", notes="Thanks", **period).status_code
        saved = site.desk.invoices.get(draft.id)
        assert (len(draft.lines) - 1, "Thanks") == (len(saved.lines), saved.notes)
        assert 303 == maria.submit(path, notes="", **period).status_code
        assert len(draft.lines) == len(site.desk.invoices.get(draft.id).lines)

    def test_the_menu_has_what_is_allowed(self, site: Site, browsers: dict[str, Browser]) -> None:
        """Status and payment are offered for what is unpaid only, and nothing but the printed page to a contact."""
        paid = site.invoice("Acme", Status.PAID).id
        unpaid = site.invoice("Acme", Status.OVERDUE).id
        text = browsers["Manager"].get("/invoices").text
        for to in ("status", "payment", "void"):
            assert (to == "void", True) == (f"/invoices/{paid}/{to}" in text, f"/invoices/{unpaid}/{to}" in text)
        text = browsers["Contact"].get("/invoices").text
        assert f"/invoices/{unpaid}/print" in text
        assert not re.search("/(status|payment|void)", text)

    def test_balance_terms(self, site: Site, maria: Browser) -> None:
        """A client is made with terms and changed with others, and work stops there."""
        refill = {"refill_balance": "-1000", "refill_rate": "10", "refill_hours": "100"}
        form = {"name": "Hooli", "allowed_balance": "-80", **refill}
        path = maria.submit("/clients/new", **form).headers["location"]
        terms = site.desk.accounts.standing(path.rpartition("/")[2]).terms
        assert (usd("-80"), Decimal(100)) == (terms.allowed_balance, terms.refill and terms.refill.hours)
        assert 303 == maria.submit(f"{path}/edit", name="Hooli Inc", billing_address="", allowed_balance="").status_code
        assert site.desk.accounts.standing(path.rpartition("/")[2]).terms.allowed_balance is None
        stopped = maria.submit("/work/new", project_id=site.project("Audit"), day="2026-11-02", hours="1")
        assert (409, True) == (stopped.status_code, "Work for this client is stopped" in stopped.text)
        forms = {"project_id": site.project("Audit"), "day": "2026-11-02", "hours": "1", "over_limit": "1"}
        assert 303 == maria.submit("/work/new", reason="Done already", **forms).status_code

    def test_untaxed_advances_stay(self, site: Site, maria: Browser) -> None:
        """A form that does not ask for it leaves it as it is."""
        acme, refill = site.client("Acme"), {"refill_balance": "-1000", "refill_rate": "10", "refill_hours": "100"}
        untaxed = Refill(threshold=usd("-500"), rate=Rate.hourly(10, "USD"), hours=50, advance=Advance.UNTAXED)
        site.desk.clients.set_terms(acme, Terms(allowed_balance=None, refill=untaxed))
        assert 303 == maria.submit(f"/clients/{acme}/edit", name="Acme", allowed_balance="", **refill).status_code
        now = site.desk.accounts.standing(acme).terms.refill
        assert now is not None
        assert (Advance.UNTAXED, Decimal(100)) == (now.advance, now.hours)

    def test_how_work_is_billed(self, site: Site, maria: Browser) -> None:
        """A project gets a cap, and then a fixed price instead."""
        form = {"name": "Print", "rate": "50", "billing": "hourly", "cap": "120"}
        path = maria.submit("/projects/new", client_id=site.client("Acme"), **form).headers["location"]
        assert "$120.00" in maria.get(path).text
        assert 303 == maria.submit(f"{path}/edit", name="Print", rate="50", billing="fixed", cap="").status_code
        project = site.desk.projects.get(path.rpartition("/")[2])
        assert (ProjectBilling.FIXED, None) == (project.billing, project.cap)

    def test_refill(self, site: Site, maria: Browser) -> None:
        """A refill that is due can be asked for, after one was voided."""
        acme = site.client("Acme")
        for it in site.desk.invoices.of(acme):
            if it.kind is InvoiceKind.REFILL and it.status is Status.DUE:
                site.desk.invoices.void(it.id, note="Asked for by mistake")
        before = len(site.desk.invoices.of(acme))
        due = site.desk.accounts.standing(acme).refill_due
        response = maria.submit(f"/clients/{acme}/refill")
        assert (303 if due else 409, before + due) == (response.status_code, len(site.desk.invoices.of(acme)))

    def test_archive(self, site: Site, maria: Browser) -> None:
        """Clients and projects are put away, and come back."""
        for path in (f"/clients/{site.client('Globex')}", f"/projects/{site.project('Shop')}"):
            for act in ("archive", "restore"):
                assert 303 == maria.submit(f"{path}/{act}").status_code
                assert ("archived</span>" in maria.get(path).text) is (act == "archive")

    def test_who_may_not(self, site: Site, browsers: dict[str, Browser]) -> None:
        """A role that may not do something is told so, and nothing happens."""
        before = site.written()
        for role in ROLES[1:]:
            response = browsers[role].submit("/clients/new", name="x")
            assert 403 == response.status_code
            assert (
                403
                == browsers[role]
                .submit("/settings", name="x", next_number="99", days="1", timezone="UTC", locale="en")
                .status_code
            )
        assert before == site.written()
