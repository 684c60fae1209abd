"""Checks of a page for readers who do not see it."""

import re
from collections import Counter
from collections.abc import Iterator

from tests.documents.reading import Element, read

ENOUGH = 4.5
"""The contrast that text of any size needs."""

_SCOPES = {"col", "row", "colgroup", "rowgroup"}
_VARIABLE = re.compile(r"(--[a-z]+): *(#[0-9a-f]{6}|#[0-9a-f]{3})\b")
_RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
_COLOUR = re.compile(r"(?<![-\w])color: *([^;}]+)")


def faults(html: str) -> list[str]:
    """All that is wrong with a page."""
    page = read(html)
    return [*_language(page), *_headings(page), *_tables(page), *_pictures(page), *_names(page), *_contrast(page)]


def _language(page: Element) -> Iterator[str]:
    root = page.one("html").attributes
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", root.get("lang", "")):
        yield "The page does not say its language."
    if root.get("dir") not in {"ltr", "rtl"}:
        yield "The page does not say which way it is read."
    if not page.one("title").text:
        yield "The page has no title."
    if any("user-scalable" in meta.attributes.get("content", "") for meta in page.all("meta")):
        yield "The page cannot be enlarged."


def _headings(page: Element) -> Iterator[str]:
    before = 0
    for heading in _of(page, {f"h{n}" for n in range(1, 7)}):
        level = int(heading.tag[1])
        if not heading.text:
            yield f"An {heading.tag} is empty."
        if level > before + 1:
            yield f"An {heading.tag} follows an h{before}."
        before = level
    if len(page.all("h1")) != 1:
        yield "There is not one h1."
    if len(page.all("main")) != 1:
        yield "There is not one main part."


def _tables(page: Element) -> Iterator[str]:
    for table in page.all("table"):
        if not {"aria-label", "aria-labelledby"} & table.attributes.keys() and not table.all("caption"):
            yield "A table has no name."
        for head in table.all("th"):
            if head.attributes.get("scope") not in _SCOPES:
                yield f"A th has no scope: {head.text}"
            if not head.text:
                yield "A th is empty."
        if not table.all("th"):
            yield "A table has no th."


def _pictures(page: Element) -> Iterator[str]:
    for picture in page.all("img"):
        if not picture.attributes.get("alt"):
            yield "A picture has no alt."


def _names(page: Element) -> Iterator[str]:
    everything = list(_of(page, None))
    ids = Counter(it.attributes["id"] for it in everything if "id" in it.attributes)
    yield from (f"The id {id} is there twice." for id, times in ids.items() if times > 1)
    for it in everything:
        for id in it.attributes.get("aria-labelledby", "").split():
            if id not in ids:
                yield f"A {it.tag} is named by {id}, which is not there."
        if it.tag == "section" and not {"aria-label", "aria-labelledby"} & it.attributes.keys():
            yield "A section has no name."
        if "across" in it.attributes.get("class", "").split() and it.attributes.get("aria-hidden") != "true":
            yield "The mark across the page is read out."


def _contrast(page: Element) -> Iterator[str]:
    """Each colour that letters have, against white; not of the mark across the page, which is hidden and said again."""
    css = re.sub(r"/\*.*?\*/", "", page.one("style").text)
    variables = dict(_VARIABLE.findall(css))
    found = 0
    for selector, rule in _RULE.findall(css):
        for said in _COLOUR.findall(rule):
            found += 1
            colour = re.sub(r"var\((--[a-z]+)\)", lambda it: variables.get(it[1], it[0]), said.strip())
            if selector.strip() == ".across" or colour in {"currentColor", "inherit"}:
                continue
            if not re.fullmatch(r"#([0-9a-f]{3}){1,2}", colour):
                yield f"{selector.strip()} is of an unknown colour: {colour}."
            elif contrast(colour) < ENOUGH:
                yield f"{selector.strip()} is {colour}, whose contrast is {contrast(colour):.2f}."
    if not found:
        yield "No colour was found to be looked at."


def contrast(colour: str) -> float:
    """Of a colour against white, by WCAG 2: from 1 to 21."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    luminance = 0.0
    for weight, place in ((0.2126, 0), (0.7152, 2), (0.0722, 4)):
        part = int(digits[place : place + 2], 16) / 255
        luminance += weight * (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4)
    return 1.05 / (luminance + 0.05)


def _of(page: Element, tags: set[str] | None) -> Iterator[Element]:
    """All elements of those tags, or of any, in the order of the page."""
    for child in page.children:
        if isinstance(child, Element):
            if tags is None or child.tag in tags:
                yield child
            yield from _of(child, tags)
