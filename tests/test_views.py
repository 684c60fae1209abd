"""Every public value has a view as JSON, which its JSON schema describes exactly."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from fractions import Fraction
from functools import partial
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any, get_type_hints

import attrs
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

import invoicecore
from examples.studio import Links, new_studio
from invoicecore import Desk, IntegrityReport, Money, Page, Role, Sentence, json_schema, view, with_components
from invoicecore.errors import InvalidInput
from invoicecore.ledger.position import Position
from invoicecore.model.login import Login
from invoicecore.value_types import TYPES
from invoicecore.views import VIEWED
from tests.conftest import PUBLIC_NAMES
from tests.desk.test_matrix import SUBJECTS
from tests.needs import missing
from tests.test_codec import INVOICE, LINE, SAMPLES
from tests.world import World, new_world, usd

VIEWABLE = [sample for sample in SAMPLES if type(sample) in VIEWED]
ONE_EACH = [*{type(it): it for it in VIEWABLE if not isinstance(it, Sentence)}.values()]
NO_VALUES = {invoicecore.Billing, invoicecore.Delivery, invoicecore.WorkerRound}


def validator(form: Any) -> Draft202012Validator:
    """What judges the view of a type."""
    schema = json.loads(json.dumps(json_schema(form)))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def viewed(value: object) -> Any:
    """The view after a way through JSON."""
    return json.loads(json.dumps(view(value, currency="USD"), allow_nan=False))


def spoilt(data: Any) -> Iterator[Any]:
    """The data with something missing, with something more, or with something of another kind."""
    if isinstance(data, dict):
        yield {**data, "unheard_of": 1}
        for key, value in data.items():
            yield {name: it for name, it in data.items() if name != key}
            yield from ({**data, key: it} for it in spoilt(value))
    elif isinstance(data, list):
        yield from ([it, *data[1:]] for it in (spoilt(data[0]) if data else ()))
        yield {"0": data}
    else:
        yield {"value": data}
        yield 0.5


def returned() -> Iterator[tuple[str, Any]]:
    """What the methods of a Desk return."""
    desk = new_world().maria
    for subject in SUBJECTS:
        for name, method in getmembers(type(getattr(desk, subject)), isfunction):
            if not name.startswith("_"):
                yield f"{subject}.{name}", get_type_hints(method)["return"]


class TestCompleteness:
    """Nothing public is without a view."""

    def test_every_public_value(self) -> None:
        """Whatever has a public name and fields can be viewed, and has a sample here."""
        public = {it for name in PUBLIC_NAMES if attrs.has(it := getattr(invoicecore, name)) and isinstance(it, type)}
        assert set() == public - NO_VALUES - VIEWED
        assert {type(sample) for sample in VIEWABLE} == VIEWED

    @pytest.mark.parametrize(("method", "form"), [*returned()], ids=lambda it: it if isinstance(it, str) else "")
    def test_every_result_of_a_desk(self, method: str, form: Any) -> None:
        """Whatever a method of a Desk returns has a schema."""
        validator(form)

    @pytest.mark.parametrize("value", VIEWABLE, ids=lambda value: type(value).__name__)
    def test_schema(self, value: object) -> None:
        """The view of a value fits the schema of its class."""
        validator(type(value)).validate(viewed(value))

    @pytest.mark.parametrize(
        "value", {type(it): it for it in VIEWABLE}.values(), ids=lambda value: type(value).__name__
    )
    def test_exact(self, value: object) -> None:
        """Nothing that lacks a part of a view, has another part, or one of another kind, fits the schema."""
        judge = validator(type(value))
        if type(value) not in {Page, IntegrityReport}:  # their rows and their counts are open
            assert [] == [it for it in spoilt(viewed(value)) if judge.is_valid(it)]

    @pytest.mark.parametrize("kind", [type(it) for it in ONE_EACH], ids=lambda kind: kind.__name__)
    def test_every_figure(self, kind: type) -> None:
        """Every public field and property of a class is in its view, under its name or as an amount."""
        shown = json_schema(kind)["$defs"][kind.__name__]["properties"]
        figures = {it.name for it in attrs.fields(kind) if not it.name.startswith("_")}
        figures |= {name for name, _ in getmembers(kind, lambda it: isinstance(it, property)) if name[0] != "_"}
        stems = {name: "amount" if name == "minor" else name.removesuffix("_minor") for name in figures}
        known = {
            "Money": {"minor"},
            "Rate": {"digits", "scale"},
            "Standing": {"account"},
            "Invoice": {"paid_minor", "outstanding_minor"},
            "Period": {"near"},
            "Forecast": {"pace"},
            "FormerZone": {"last_day"},
            "Receipt": {"payment"},
            "PrintableStatement": {"rows"},
        }
        hidden = {name for name, stem in stems.items() if stem not in shown}
        assert known.get(kind.__name__, set()) == hidden | ({"minor"} & figures if kind is Money else set())

    def test_what_is_for_stores_alone(self) -> None:
        """A login with the hash of its password has no view, and neither has anything else that is only stored."""
        for kind in (*(set(TYPES) - VIEWED), object, dict, Desk, 1.5):
            with pytest.raises(InvalidInput, match="has no view"):
                json_schema(kind)
        with pytest.raises(InvalidInput, match="has no view"):
            view(next(sample for sample in SAMPLES if type(sample) is Login))
        with pytest.raises(InvalidInput, match="has no view"):
            view((Position("USD"),))


class TestSpelling:
    """How single things are written."""

    def test_figures_of_an_invoice(self) -> None:
        """Amounts are decimal texts with their currency; what is left to pay and how it reads are there."""
        shown = view(INVOICE)
        assert {"amount": "100.00", "currency": "USD"} == shown["amount_due"]
        assert ("due", "Due", "unpaid", "Unpaid") == (
            shown["status"],
            shown["status_label"],
            shown["display_status"],
            shown["display_status_label"],
        )
        assert {"amount": "62.13", "currency": "USD"} == shown["lines"][0]["amount"]
        assert "PT1H0.000001S" == shown["lines"][0]["duration"]

    def test_standing(self, world: World) -> None:
        """The balance, the utilization and whether work is stopped."""
        world.log(10)
        shown = view(world.maria.pages.clients())["rows"][0]["standing"]
        assert ({"amount": "-500.00", "currency": "USD"}, "0.500000", False) == (
            shown["balance"],
            shown["utilization"],
            shown["stopped"],
        )

    def test_labels(self, world: World) -> None:
        """The words of the actions are those of the reader."""
        invoice = world.maria.invoices.manual(
            world.acme.id, usd(5), deposit=invoicecore.Deposit.NOT_DEPOSITED, description="A bonus"
        )
        actions = world.maria.invoices.available_actions(invoice.id)
        assert {"set_due": "Mark as due"}.items() <= {it["action"]: it["action_label"] for it in view(actions)}.items()

    @pytest.mark.parametrize(
        ("duration", "text"),
        [
            (timedelta(0), "PT0S"),
            (timedelta(hours=43, minutes=30), "PT43H30M"),
            (timedelta(seconds=1.5), "PT1.5S"),
            (timedelta(days=2, microseconds=10), "PT48H0.00001S"),
        ],
    )
    def test_duration(self, duration: timedelta, text: str) -> None:
        """Hours, minutes and seconds, without those that are nothing."""
        assert text == view(duration)

    @given(st.timedeltas(timedelta(0), timedelta(days=1_000_000)))
    def test_any_duration(self, duration: timedelta) -> None:
        """The text says exactly how long."""
        text = view(duration).removeprefix("PT")
        parts = {"H": Fraction(3600), "M": Fraction(60), "S": Fraction(1)}
        total, number = Fraction(0), ""
        for sign in text:
            number, total = ("", total + Fraction(number) * parts[sign]) if sign in parts else (number + sign, total)
        assert duration // timedelta.resolution == total * 1_000_000

    @given(st.fractions())
    def test_any_ratio(self, ratio: Fraction) -> None:
        """Six decimals, rounded."""
        assert abs(Fraction(view(ratio)) - ratio) <= Fraction(1, 2_000_000)

    def test_minor_units_without_currency(self) -> None:
        """A line by itself does not say of which currency it is; whoever asks says it."""
        with pytest.raises(InvalidInput, match="currency='USD'"):
            view(LINE)
        assert {"amount": "62.13", "currency": "USD"} == view(LINE, currency="USD")["amount"]
        with pytest.raises(InvalidInput, match="not a currency"):
            view(LINE, currency="Taler")

    def test_plain_things(self) -> None:
        """None, mappings and lists are what they are."""
        assert [None, {"a": [{"amount": "5.00", "currency": "USD"}]}] == view((None, {"a": [usd(5)]}))


OF_ONE = {
    "client": "client",
    "contacts": "client",
    "transactions": "client",
    "forecast": "client",
    "explain": "client",
    "project": "project",
    "invoice": "invoice",
}
"""Which pages are of one thing, and of which link of the studio."""


def answering(show: Callable[[], object]) -> Callable[[], Any]:
    """An endpoint that answers with the view of a page."""
    return lambda: view(show())


def new_app(desk: Desk, links: Links) -> FastAPI:
    """An application in which every page of a Desk has an address and every answer a schema."""
    app = FastAPI(title="Northwind")
    for name, form in returned():
        subject, _, page = name.partition(".")
        if subject == "pages":
            ids = [desk.person_id] if page == "person" else [getattr(links, OF_ONE[page])] if page in OF_ONE else []
            schema = {"content": {"application/json": {"schema": json_schema(form)}}}
            answer = answering(partial(getattr(desk.pages, page), *ids))
            app.add_api_route(f"/{page}", answer, responses={200: schema}, operation_id=page)
    made = app.openapi
    app.openapi = lambda: with_components(made())  # type: ignore[method-assign]  # as FastAPI says it is extended
    return app


@pytest.fixture(scope="module", name="client")
def served() -> TestClient:
    """The client of an application that a manager is signed in to."""
    studio = new_studio()
    return TestClient(new_app(studio.desk(Role.MANAGER), studio.links))


class TestFastAPI:
    """An application returns views and shows their schemas."""

    def test_document(self, client: TestClient) -> None:
        """The OpenAPI document is one, and its components have the names of the classes."""
        document = client.get("/openapi.json").json()
        OpenAPIV31SpecValidator(document).validate()
        assert {"InvoicePage", "Page_ClientRow", "Money", "Status"} <= document["components"]["schemas"].keys()
        assert "$defs" not in json.dumps(document)

    def test_a_broken_document(self, client: TestClient) -> None:
        """The validator finds what is wrong in one."""
        document = client.get("/openapi.json").json()
        document["components"]["schemas"]["Money"]["type"] = "money"
        assert [*OpenAPIV31SpecValidator(document).iter_errors()]

    @pytest.mark.parametrize("page", [name.partition(".")[2] for name, _ in returned() if name.startswith("pages.")])
    def test_answers(self, client: TestClient, page: str) -> None:
        """What an address answers fits the schema that the document states for it."""
        document = client.get("/openapi.json").json()
        answer = document["paths"][f"/{page}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        judge = Draft202012Validator({**answer, "components": document["components"]})
        response = client.get(f"/{page}")
        assert 200 == response.status_code
        judge.validate(response.json())
        assert not judge.is_valid({})


CLIENT = """import type { paths } from "./api";
type Answer<P extends keyof paths> =
    paths[P] extends { get: { responses: { 200: { content: { "application/json": infer A } } } } } ? A : never;
async function get<P extends keyof paths>(path: P): Promise<Answer<P>> {
    return (await (await fetch("http://localhost" + path)).json()) as Answer<P>;
}
export async function owed(): Promise<string[]> {
    const page = await get("/invoice");
    if (page.invoice.status === "void") return [];
    const first: string | null = (await get("/invoices")).rows[0].number;
    const time = page.invoice.lines[0].duration;
    return [page.invoice.amount_due.amount, page.actions[0].action_label, first ?? "", time ?? ""];
}
"""


WRONG = {
    "status": (('"void"', '"sold"'), "TS2367"),
    "amount": (("amount_due.amount", "amount_due"), "TS2322"),
    "name": (("action_label", "caption"), "TS2339"),
    "null": ((' ?? "", ', ", "), "TS2322"),
}
"""What is wrong with the client if something is replaced, as a compiler says it."""


class TestTypeScript:
    """A client that is generated from the document is one for a compiler."""

    def test_compiles(self, client: TestClient, tmp_path: Path) -> None:
        """The types that are made of the document admit what is in the answers, and nothing else."""
        for program in ("openapi-typescript", "tsc"):
            if shutil.which(program) is None:
                missing(program)
        (tmp_path / "api.json").write_text(json.dumps(client.get("/openapi.json").json()), encoding="utf-8")
        (tmp_path / "right.ts").write_text(CLIENT, encoding="utf-8")
        for name, (change, _) in WRONG.items():
            (tmp_path / f"{name}.ts").write_text(CLIENT.replace(*change), encoding="utf-8")
        subprocess.run(["openapi-typescript", "api.json", "-o", "api.d.ts"], cwd=tmp_path, check=True)
        files = ["right.ts", "api.d.ts", *(f"{name}.ts" for name in WRONG)]
        compiled = ["tsc", "--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", *files]
        printed = subprocess.run(compiled, cwd=tmp_path, capture_output=True, text=True).stdout
        found = re.findall(r"^(\w+)\.ts\(.*error (TS\d+)", printed, re.MULTILINE)
        assert {(name, error) for name, (_, error) in WRONG.items()} == set(found)
