"""Pages can be read by people who see badly or not at all."""

from collections.abc import Callable
from datetime import date
from functools import partial
from random import Random

import pytest
from attrs import evolve

from invoicecore import Line, Logo, Status, documents
from invoicecore.documents import Document
from invoicecore.testing.pictures import png
from invoicecore.values.theme import THEMES
from tests.documents.accessible import contrast, faults
from tests.documents.hostile import PAGES, Harmless
from tests.documents.papers import HEAD, hours, paper, work
from tests.world import hourly

FIFTY = hourly(50)
PAPER = evolve(paper(work(hours(8), FIFTY), paid=(1000,), notes="Thank you"), logo=Logo(png(60, 20)))
DRAWN: dict[str, Callable[[], Document]] = {
    **{kind: partial(draw, Harmless([1] * 50)) for kind, draw in PAGES.items()},
    "void": lambda: documents.invoice(paper(work(hours(8), FIFTY), status=Status.VOID)),
    "without hours": lambda: documents.invoice(paper(Line("Deposit", 50_000))),
    "an empty draft": lambda: documents.preview(paper(status=Status.DRAFT)),
    "without a client's address": lambda: documents.invoice(paper(head=evolve(HEAD, billing_address=""))),
    "a reminder": lambda: documents.reminder(PAPER, date(2026, 5, 1)),
}


class TestPages:
    @pytest.mark.parametrize("draw", DRAWN.values(), ids=list(DRAWN))
    def test_every_kind(self, draw: Callable[[], Document]) -> None:
        """Headings are in order, tables and their heads are named, pictures described, letters dark enough."""
        assert [] == faults(draw().html)

    @pytest.mark.parametrize(
        ("locale", "tag", "reads"), [("ar_EG", "ar-EG", "rtl"), ("de", "de", "ltr"), ("pt_BR", "pt-BR", "ltr")]
    )
    def test_language(self, locale: str, tag: str, reads: str) -> None:
        """The page says the language that its words are in, and which way it is read."""
        html = documents.invoice(evolve(PAPER, parties=evolve(HEAD, locale=locale))).html
        assert f'<html lang="{tag}" dir="{reads}">' in html
        assert [] == faults(html)

    @pytest.mark.parametrize(
        "theme", [*THEMES, "plain accent=#ffffff", "classic accent=#ffee00", "studio accent=#777777"]
    )
    @pytest.mark.req("A8")
    def test_theme(self, theme: str) -> None:
        """Whatever colour the firm has, its letters are readable."""
        assert [] == faults(documents.invoice(evolve(PAPER, parties=evolve(HEAD, theme=theme))).html)

    def test_any_colour(self) -> None:
        """Of 200 colours by chance as well."""
        random = Random(6)
        for _ in range(200):
            theme = f"plain accent=#{random.randrange(2**24):06x}"
            assert [] == faults(documents.invoice(evolve(PAPER, parties=evolve(HEAD, theme=theme))).html), theme


class TestChecker:
    @pytest.mark.parametrize(
        ("colour", "expected"), [("#000", 21), ("#ffffff", 1), ("#767676", 4.54), ("#777777", 4.48), ("#0000ff", 8.59)]
    )
    def test_contrast(self, colour: str, expected: float) -> None:
        """As WCAG has it for well known colours."""
        assert expected == pytest.approx(contrast(colour), abs=0.005)

    @pytest.mark.parametrize(
        ("good", "bad", "fault"),
        [
            ('lang="en-US"', 'lang=""', "The page does not say its language."),
            ('dir="ltr">\n<head', 'dir="auto">\n<head', "The page does not say which way it is read."),
            ("initial-scale=1", "user-scalable=no", "The page cannot be enlarged."),
            ('<h2 id="client">Bill to</h2>', '<h3 id="client">Bill to</h3>', "An h3 follows an h1."),
            ('<h2 id="client">Bill to</h2>', '<h2 id="client"></h2>', "An h2 is empty."),
            ('<h2 id="client">Bill to</h2>', '<h1 id="client">Bill to</h1>', "There is not one h1."),
            ('<h2 id="client">', "<h2>", "A section is named by client, which is not there."),
            ('<section class="client" aria-labelledby="client">', "<section>", "A section has no name."),
            ("main>", "div>", "There is not one main part."),
            (' aria-label="Charges"', "", "A table has no name."),
            ('<th scope="col" class="text">Description', "<th>Description", "A th has no scope: Description"),
            (">Rate per hour<", "><", "A th is empty."),
            ('alt="Northwind Studio"', 'alt=""', "A picture has no alt."),
            ('id="notes"', 'id="client"', "The id client is there twice."),
            ("--quiet: #595959", "--quiet: #808080", ".aside is #808080, whose contrast is 3.95."),
            ("color: var(--quiet)", "color: grey", ".aside is of an unknown colour: grey."),
        ],
    )
    def test_faults(self, good: str, bad: str, fault: str) -> None:
        """Each is found where it is put."""
        html = documents.invoice(PAPER).html
        assert good in html
        assert fault in faults(html.replace(good, bad))
