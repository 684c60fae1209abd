"""The data of a typst template: a view with its texts prepared for paper, and the style of the page."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from attrs import fields

from invoicecore.documents.attachment import Attachment
from invoicecore.documents.fonts import families
from invoicecore.documents.language import Localizer
from invoicecore.documents.paper_text import PaperTexts
from invoicecore.documents.view_model import InvoiceView, PageHead, PageView, WrittenText
from invoicecore.values.logo import Logo
from invoicecore.values.theme import Density, Theme


class PaperSize(StrEnum):
    """The size of the paper."""

    A4 = "A4"
    LETTER = "Letter"


_NAMES: Mapping[PaperSize, str] = {PaperSize.A4: "a4", PaperSize.LETTER: "us-letter"}
# Points of a letter, heights of a line, millimetres between parts and above a row.
_DENSITIES: Mapping[Density, tuple[float, float, float, float]] = {
    Density.AIRY: (10, 1.55, 11, 2.4),
    Density.REGULAR: (9.5, 1.45, 9, 1.8),
    Density.COMPACT: (8.5, 1.35, 6, 1.1),
}
_WIDEST_LOGO_MM, _HIGHEST_LOGO_MM = 60, 18
_MM_OF_PIXEL = 25.4 / 96
_LONG_NAME = 26
"""Names of more letters share the width of the notes instead of a column as wide as they are."""


def paper_data(view: PageView, language: Localizer, attachments: Sequence[Attachment]) -> dict[str, Any]:
    """The data of a typst template, ready for JSON."""
    texts = PaperTexts(language)
    data = _plain(view, texts)
    data["head"] |= {name: texts.line(getattr(view.head, name)) for name in ("title", "running")}
    return {
        **data,
        "author": texts.line(view.head.firm_name),
        "unprinted": list(texts.unprinted),
        "attachments": [
            {
                "name": file.name,
                "content": list(file.content),
                "media_type": file.media_type,
                "relationship": file.relationship.value,
                "description": file.description or file.name,
            }
            for file in attachments
        ],
        "has_tall_texts": texts.has_tall,
        "has_long_names": _has_long_names(view),
    }


def page_style(head: PageHead, theme: Theme, logo: Logo | None, paper_size: PaperSize) -> dict[str, Any]:
    """The style of a typst template, which is the same for all pages of a firm in a locale, ready for JSON."""
    size, height, gap, row = _DENSITIES[theme.density]
    tag, _, region = head.tag.partition("-")
    return {
        "paper": _NAMES[paper_size],
        "fonts": families(theme.font),
        "size": size,
        "height": height,
        "gap": gap,
        "row": row,
        "ink": theme.ink,
        "accent": theme.accent,
        "place": theme.logo.value,
        "logo": None if logo is None else _shown_size(logo)[0],
        "lang": tag,
        "region": region if len(region) == 2 else None,
        "direction": head.direction,
        "digits": head.digits,
    }


def logo_svg(logo: Logo) -> str:
    """The logo as a picture that has it inside, which is how a template gets it."""
    content = f"data:{logo.media_type};base64,{b64encode(logo.content).decode()}"
    size = f'width="{logo.width}" height="{logo.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{content}"/></svg>'


def _shown_size(logo: Logo) -> tuple[float, float]:
    """Width and height of the logo in millimetres: that of its pixels on a screen, or the largest that fits."""
    width, height = logo.width * _MM_OF_PIXEL, logo.height * _MM_OF_PIXEL
    scale = min(1, _WIDEST_LOGO_MM / width, _HIGHEST_LOGO_MM / height)
    return width * scale, height * scale


def _has_long_names(view: PageView) -> bool:
    if not isinstance(view, InvoiceView) or view.sessions is None or view.sessions.explanation:
        return False
    return any(len(row[1]) > _LONG_NAME for group in view.sessions.groups for row in group.rows)


def _plain(value: Any, texts: PaperTexts) -> Any:
    """A part of a view as JSON takes it."""
    if isinstance(value, WrittenText):
        return texts.prepared(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(each, texts) for each in value]
    return {field.name: _plain(getattr(value, field.name), texts) for field in fields(type(value))}
