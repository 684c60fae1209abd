"""The JSON beside the pages is described as it is, and is as careful as they are."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from invoicecore import Deposit, Money, Status, view
from tests.web.conftest import Browser, Site


@pytest.fixture(scope="module")
def document(site: Site) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = site.browser().get("/api/openapi.json").json()
    return found


class TestDocument:
    """OpenAPI."""

    def test_valid(self, document: dict[str, Any]) -> None:
        """A validator of its own finds nothing."""
        assert [] == list(OpenAPIV31SpecValidator(document).iter_errors())
        assert len(document["paths"]) > 15
        assert "InvoicePage" in document["components"]["schemas"]

    def test_pages_are_not_in_it(self, document: dict[str, Any]) -> None:
        """It describes the JSON alone."""
        assert [] == [path for path in document["paths"] if not path.startswith("/api/")]

    def test_answers_are_as_described(self, site: Site, document: dict[str, Any], browsers: dict[str, Browser]) -> None:
        """What each address answers each role with, also where it refuses."""
        ids = {
            "clients": site.client("Acme"),
            "employees": site.person("Lee"),
            "projects": site.project("Website"),
            "invoices": site.invoice("Acme", Status.OVERDUE).id,
        }
        seen = 0
        for path, methods in document["paths"].items():
            if "get" not in methods:
                continue
            for browser in browsers.values():
                response = browser.get(path.format(id=ids.get(path.split("/")[2], "")))
                answers = methods["get"]["responses"]
                schema = answers["200" if response.status_code == 200 else "default"]["content"]["application/json"]
                whole = {**schema["schema"], "components": document["components"]}
                Draft202012Validator(whole).validate(response.json())
                seen += response.status_code == 200
        assert seen > 40


class TestAnswers:
    """What is answered."""

    def test_it_is_the_view(self, site: Site, browsers: dict[str, Browser]) -> None:
        """As the library shows it, in the reader's language."""
        cleo = site.house.billing.acting_as(site.person("Cleo"))
        answer = browsers["Contact"].get("/api/invoices?search=INV", headers={"accept-language": "de"}).json()
        assert view(cleo.pages.invoices(search="INV"), "de") == answer
        assert "Bezahlt" in {row["status_label"] for row in answer["rows"]}

    def test_errors(self, site: Site, browsers: dict[str, Browser]) -> None:
        """Code, sentence and status."""
        refused = browsers["Worker"].get(f"/api/clients/{site.client('Acme')}")
        assert (404, "not_found") == (refused.status_code, refused.json()["code"])
        refused = browsers["Worker"].get("/api/invoices")
        assert (403, "Your role does not allow this.") == (refused.status_code, refused.json()["message"])

    def test_commands(self, site: Site, maria: Browser) -> None:
        """Work and payments, once for each key."""
        headers = {"x-csrf-token": maria.csrf, "idempotency-key": "api-1"}
        made = site.desk.invoices.manual(site.client("Acme"), Money.of(50, "USD"), deposit=Deposit.NOT_DEPOSITED)
        for path, body in (
            ("/api/work", {"project_id": site.project("Mobile app"), "day": "2026-03-02", "hours": "1.5"}),
            (f"/api/invoices/{made.id}/payments", {"amount": "20"}),
        ):
            headers["idempotency-key"] = path
            first = maria.post(path, json=body, headers=headers)
            written = site.written()
            assert (200, first.json()) == (first.status_code, maria.post(path, json=body, headers=headers).json())
            assert written == site.written()
        assert {"amount": "30.00", "currency": "USD"} == first.json()["invoice"]["amount_due"]

    def test_commands_of_other_sites(self, site: Site, maria: Browser) -> None:
        """Without the token of our pages nothing is done, whatever the content says it is."""
        before, body = site.written(), {"project_id": site.project("Mobile app"), "day": "2026-03-02", "hours": "1"}
        assert (
            403 == maria.post("/api/work", json=body, headers={"x-csrf-token": "x", "idempotency-key": "x"}).status_code
        )
        assert 400 == maria.post("/api/work", json=body).status_code
        plain = {"content-type": "text/plain", "x-csrf-token": "x"}
        assert maria.post("/api/work", content=json.dumps(body), headers=plain).status_code == 400
        assert before == site.written()

    def test_what_is_not_json(self, maria: Browser) -> None:
        """It is said as JSON."""
        response = maria.post("/api/work", content="{", headers={"x-csrf-token": maria.csrf})
        assert (400, "application/json") == (response.status_code, response.headers["content-type"])
