"""Errors have codes, fields and sentences for people, and every word of the library has a label, in nine languages."""

import ast
import pickle
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import invoicecore
import invoicecore.archive
import invoicecore.documents.pdf
import invoicecore.importer
from invoicecore import (
    Action,
    Deposit,
    Money,
    Rate,
    Refill,
    Role,
    Sentence,
    Status,
    Terms,
    json_schema,
    label,
    say,
    view,
)
from invoicecore.errors import (
    ActionNotAllowed,
    AmountTooLarge,
    BatchRefused,
    CurrencyMismatch,
    DuplicatePayment,
    InvalidInput,
    InvalidState,
    InvoicecoreError,
    LastManager,
    NotFound,
    NotPermitted,
    SessionLocked,
)
from invoicecore.ledger.remarks import Remark
from invoicecore.lifecycle.table import Obstacle
from invoicecore.words import LABELLED
from invoicecore.words.sentences import SENTENCES
from tests.test_translate import SHIPPED
from tests.world import World, usd
from tools.reference_pages import errors_of

SOURCES = Path(invoicecore.__file__).parent
LANGUAGES = ["en", *SHIPPED]
ERRORS = {kind.__name__: kind for kind in errors_of()}
PYTHON = re.compile(r"=|\bNone\b|\bTrue\b|\w\(|[a-z]_[a-z]|`|…")
"""What a person who uses a screen must not be told."""


def placeholders(sentence: str) -> set[str]:
    """What is filled into a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Every call in the library that makes an error with a code: its place, the code, and what is passed by name."""
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                place = f"{path.relative_to(SOURCES)}:{node.lineno}"
                named = {str(keyword.arg) for keyword in node.keywords}
                code = node.args[1] if len(node.args) > 1 else None
                if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value in SENTENCES:
                    yield place, code.value, named
                elif isinstance(code, ast.Constant) and ERRORS[node.func.id].__init__ in COMMON:
                    yield place, str(code.value), named
                elif len(node.args) == 1 and ERRORS[node.func.id].__init__ in COMMON:
                    yield place, ERRORS[node.func.id].class_code, named


COMMON = {InvoicecoreError.__init__, InvalidInput.__init__}
"""The constructors that take a message and a code."""

MADE = [
    ActionNotAllowed(Status.VOID, Action.PRINT, (), Obstacle.VOID),
    BatchRefused(2, InvalidInput("", "blank", field="note")),
    CurrencyMismatch("EUR", "USD"),
    DuplicatePayment("m-1", "A payment"),
    NotFound("client", "c-1"),
    NotPermitted(Action.VOID, Role.WORKER, (Role.MANAGER,)),
    SessionLocked("INV-7"),
]
"""One of each class that makes its own params."""


class TestCodes:
    """What is stable about an error."""

    def test_every_code_has_a_sentence(self) -> None:
        """Each code in the source has one, with nothing to fill in that is not passed there."""
        found = [*raised()]
        assert len(found) > 150
        unknown = [(place, code) for place, code, _ in found if code not in SENTENCES and code not in CLASSES]
        assert [] == unknown
        lacking = [(place, code) for place, code, named in found if not placeholders(SENTENCES.get(code, "")) <= named]
        assert [] == lacking

    def test_every_sentence_has_a_code(self) -> None:
        """None is left over."""
        used = {code for _, code, _ in raised()}
        assert set() == SENTENCES.keys() - used - CLASSES

    def test_codes_of_classes(self) -> None:
        """A class has the code of its name; a special case has one of its own; both have the status of the class."""
        assert ("invalid_state", 409) == (InvalidState.class_code, InvalidState("x").http_status)
        assert ("email_taken", 409) == (InvalidState("x", "email_taken").code, LastManager("x").http_status)
        assert {400, 401, 403, 404, 409, 422, 429, 500, 501, 503} == {kind.http_status for kind in ERRORS.values()}

    @pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
    def test_classes_with_params(self, error: InvoicecoreError) -> None:
        """What their sentence needs is there, and goes into JSON."""
        for language in LANGUAGES:
            assert "{" not in say(error, language)
        assert {"status", "code", "field", "params", "message", "problems"} == view(error).keys()

    def test_fields(self, world: World) -> None:
        """What is to blame is the argument of the call."""
        with pytest.raises(NotFound) as absent:
            world.maria.clients.get("nobody")
        with pytest.raises(InvalidState) as taken:
            world.maria.people.add(name="Leo", role=Role.WORKER, email="maria@northwind.example")
        assert ("client_id", "email") == (absent.value.field, taken.value.field)

    def test_a_host_adds_a_class(self) -> None:
        """It is worded as the class that it derives from."""

        class OutOfCoffee(InvalidState):
            """A host's own."""

        assert ("out_of_coffee", 409) == (OutOfCoffee("x").code, OutOfCoffee.http_status)
        assert "Das ist jetzt nicht möglich." == say(OutOfCoffee("x"), "de")

    def test_pickled(self) -> None:
        """An error keeps its code, field and params on the way from another process."""
        error = InvalidState("x", "archived", field="client_id", name="Acme")
        again = pickle.loads(pickle.dumps(error))
        assert vars(error) == vars(again)


CLASSES = {kind.class_code for kind in ERRORS.values()}


class TestSentences:
    """What people read."""

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_free_of_python(self, language: str) -> None:
        """No argument, no name of a class and no value of the language is in a sentence or a label."""
        for code, sentence in SENTENCES.items():
            params = dict.fromkeys(placeholders(sentence), "x")
            text = say(InvalidState("y", code, **params), language)
            assert PYTHON.search(text) is None, text
            assert "x" in text or not params
        for kind in LABELLED:
            for word in kind:
                assert PYTHON.search(label(word, language)) is None

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_remarks(self, language: str) -> None:
        """So is what is said about terms and figures, with all figures in it; nothing is left in English."""
        for remark in Remark:
            params = {
                name: Money.of(place, "JPY") for place, name in enumerate(sorted(placeholders(remark.meaning)), 7)
            }
            sentence = Sentence.of(remark, **params)
            text = say(sentence, language)
            assert PYTHON.search(text) is None, text
            assert {str(it.amount) for it in params.values()} <= set(re.findall("[0-9]+", text))
            assert (text == say(sentence)) == (language == "en")

    def test_an_explanation(self, world: World) -> None:
        """A contact reads the rules in their language, with amounts as they are written there; English is as it was."""
        stop = world.cleo.pages.explain(world.acme.id).stop
        said = "Work goes on while the balance, now 0.00 USD, is above the allowed balance of -1500.00 USD."
        assert said == str(stop.rule)
        said = (
            "Die Arbeit geht weiter, solange das Guthaben, jetzt {}, über dem erlaubten Guthaben von {} liegt.".format(
                "0,00\xa0$", "-1.500,00\xa0$"
            )
        )
        assert said == say(stop.rule, "de") == view(stop, "de")["rule"]
        assert {"type": "string"} == json_schema(type(stop))["$defs"]["StopExplained"]["properties"]["rule"]
        for again in (pickle.loads(pickle.dumps(stop.rule)), deepcopy(stop.rule)):
            assert (stop.rule, say(stop.rule, "fr")) == (again, say(again, "fr"))

    def test_warnings_of_terms(self) -> None:
        """They are said in the reader's language too."""
        ten = Refill(threshold=usd("-1000"), rate=Rate.hourly(10, "USD"), hours=100)
        terms = Terms(allowed_balance=usd(-80), refill=ten)
        [warning] = view(terms, "es")["warnings"]
        assert warning.startswith("El trabajo se detiene en -80,00\xa0US$, antes de que el saldo")
        assert warning == say(terms.warnings[0], "es")

    def test_params_in_the_language(self) -> None:
        """Amounts and days are written as people there write them; so is why an action is refused."""
        error = AmountTooLarge("…", most=Money.of("1234.50", "EUR"))
        assert "Das ist zu viel: Möglich sind höchstens 1.234,50\xa0€." == say(error, "de_DE")
        early = InvalidState("…", "before_project", name="Website", day=date(2026, 3, 2))
        assert "Website commence le 2 mars 2026. Le travail ne peut pas être antérieur." == say(early, "fr-CA")
        refused = ActionNotAllowed(Status.DRAFT, Action.PRINT, (), Obstacle.NOT_GENERATED)
        assert "Imprimir: ahora no es posible. Primero genérela." == say(refused, "es")

    def test_other_languages(self) -> None:
        """What the library does not speak is said in English."""
        assert say(InvalidState("…"), "sv") == say(InvalidState("…"), "../de") == "This is not possible now."

    @pytest.mark.parametrize("locale", ["xx", "", "*", "i-klingon", "en-US-u-ca-gregory", "x" * 300])
    def test_what_no_locale_is(self, locale: str) -> None:
        """A browser may ask for anything; amounts and days are then written in English too."""
        error = AmountTooLarge("…", most=Money.of("1234.50", "EUR"))
        assert (
            "This is too much: at most €1,234.50 is possible." == say(error, locale) == view(error, locale)["message"]
        )
        early = InvalidState("…", "before_project", name="Website", day=date(2026, 3, 2))
        assert "Website begins on March 2, 2026. Work cannot be earlier." == say(early, locale)

    def test_capitals(self) -> None:
        """The name of a language is the same in capitals."""
        assert "Fällig" == label(Status.DUE, "DE") == label(Status.DUE, "De_at")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_labels_differ(self, language: str) -> None:
        """No two words of one kind have the same label."""
        for kind in LABELLED:
            labels = [label(word, language) for word in kind]
            assert all(labels)
            assert len(labels) == len(set(labels))

    def test_why_not(self, world: World) -> None:
        """A view says in the reader's language why a button is missing."""
        draft = world.maria.invoices.manual(world.acme.id, usd(5), deposit=Deposit.TO_BALANCE)
        shown = {it["action"]: it for it in view(world.maria.invoices.available_actions(draft.id), "nl")}
        assert "Zet hem eerst terug naar concept." == shown["edit"]["why_not"]
        assert ("", True) == (shown["print"]["why_not"], shown["print"]["allowed"])


class TestProblems:
    """All that is wrong with a form is said at once."""

    def test_one_problem(self, world: World) -> None:
        """It is the error itself."""
        with pytest.raises(InvalidInput) as refused:
            world.maria.clients.change(world.acme.id, name="")
        assert (refused.value,) == refused.value.problems
        assert ("name", "blank") == (refused.value.field, refused.value.code)
