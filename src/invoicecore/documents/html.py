"""The rendering of a view as one page of HTML by Jinja templates."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import lru_cache

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from invoicecore.documents.language import Localizer
from invoicecore.documents.paper import PaperSize
from invoicecore.documents.view_model import PageView
from invoicecore.queries.printable import Printable
from invoicecore.values.logo import Logo
from invoicecore.values.theme import Font, Theme

# The first installed font of a list is used; characters that it lacks come from other fonts.
_FONTS: Mapping[Font, str] = {
    Font.SANS: '"Noto Sans", "Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, '
    '"Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", sans-serif',
    Font.SERIF: '"Noto Serif", "Source Serif 4", Georgia, "Times New Roman", '
    '"Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Devanagari", "Noto Serif Thai", serif',
    Font.GROTESQUE: '"Helvetica Neue", Helvetica, "Liberation Sans", Arial, '
    '"Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", sans-serif',
}
_WIDTHS: Mapping[PaperSize, str] = {PaperSize.A4: "210mm", PaperSize.LETTER: "216mm"}


def html_of(
    template: str,
    view: PageView,
    printable: Printable,
    language: Localizer,
    theme: Theme,
    paper_size: PaperSize,
    folder: str | None,
) -> str:
    """The page of a template; templates of a host's folder stand before those of the library."""
    return (
        _environment(folder)
        .get_template(f"{template}.html")
        .render(
            page=view,
            head=view.head,
            printable=printable,
            parties=printable.parties,
            logo=None if printable.logo is None else _inline(printable.logo),
            language=language,
            theme=theme,
            fonts=Markup(_FONTS[theme.font]),  # within a style, where quotes are quotes
            size=paper_size.value,
            width=_WIDTHS[paper_size],
            **_template_functions(language),
        )
    )


def _template_functions(language: Localizer) -> Mapping[str, Callable[..., str]]:
    """The functions that templates call: every public method of the localizer, and `_` for words."""
    methods = (name for name, it in vars(Localizer).items() if callable(it) and not name.startswith("_"))
    return {"_": language.say, **{name: getattr(language, name) for name in methods}}


def _inline(logo: Logo) -> str:
    return f"data:{logo.media_type};base64,{b64encode(logo.content).decode()}"


@lru_cache(maxsize=16)
def _environment(templates: str | None) -> SandboxedEnvironment:
    """A sandbox, in which templates can only read what they are given. Unknown names are errors, and texts are
    escaped."""
    ours = PackageLoader(__package__)
    loader = ours if templates is None else ChoiceLoader([FileSystemLoader(templates), ours])
    return SandboxedEnvironment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
