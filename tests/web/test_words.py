"""The application speaks its languages whole, and is as small as it says."""

import re
from itertools import chain
from pathlib import Path

import pytest

from examples.web.words import CATALOGUES, LANGUAGES, Words, negotiated

WEB = Path(__file__).parents[2] / "examples" / "web"
_SAID = re.compile(r"""(?:\b_|words|self)\("((?:[^"\\]|\\.)*)\"""")


def said() -> set[str]:
    """Every text that the host says."""
    files = chain(WEB.rglob("*.html"), WEB.rglob("*.py"))
    texts = {text for file in files for text in _SAID.findall(file.read_text(encoding="utf-8"))}
    python = "\n".join(file.read_text(encoding="utf-8") for file in WEB.rglob("*.py"))
    texts |= {text for text in re.findall(r'"((?:[^"\\]|\\.)*)"', python) if text in next(iter(CATALOGUES.values()))}
    return texts


@pytest.mark.parametrize("locale", CATALOGUES)
def test_whole(locale: str) -> None:
    """Every text has words in every language, with the same places for what is filled in; and none is left over."""
    assert said() == CATALOGUES[locale].keys()
    for text, word in CATALOGUES[locale].items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", word)), text
        assert word.strip()


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [
        ("", "en"),
        ("de-CH,de;q=0.9,en;q=0.5", "de"),
        ("nl, ar;q=0.3, de;q=0.2", "ar"),
        ("en;q=0.1, ar-EG", "ar"),
        ("de;q=x, ar;q=0", "en"),
        (",;q=,", "en"),
        ("x" * 9000, "en"),
    ],
)
def test_negotiated(accepted: str, locale: str) -> None:
    """What the browser likes best of what is spoken here."""
    assert locale == negotiated(accepted)


def test_direction() -> None:
    """Arabic is written from right to left."""
    assert {"en": "ltr", "de": "ltr", "ar": "rtl"} == {it: Words(it).direction for it in LANGUAGES}


def test_size() -> None:
    """Python and templates together have at most 2,100 lines that are not blank."""
    files = [file for kind in ("py", "html") for file in WEB.rglob(f"*.{kind}")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert 1000 < len([line for line in lines if line.strip()]) <= 2100
