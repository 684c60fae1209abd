"""The application speaks its languages whole, and is as small as it says."""

import ast
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


def code(file: Path) -> int:
    """The lines of a file that are neither blank, nor a comment, nor a docstring."""
    text = file.read_text(encoding="utf-8")
    lines = {number for number, line in enumerate(text.splitlines(), 1) if line.strip()}
    if file.suffix == ".py":
        lines -= {number for number in lines if text.splitlines()[number - 1].lstrip().startswith("#")}
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                lines -= {*range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return len(lines)


def test_size() -> None:
    """Python, templates, style and script together have at most 2,000 lines; htmx, as it came, is not counted."""
    ours = [file for kind in ("py", "html", "css", "js") for file in WEB.rglob(f"*.{kind}")]
    assert 1000 < sum(code(file) for file in ours if file.name != "htmx.min.js") <= 2000
