"""The settings of Sphinx, MyST and furo for these pages: `python -m sphinx -b html docs build/docs`."""

from importlib.metadata import version as version_of
from typing import Any

project = "invoicecore"
author = "The invoicecore authors"
copyright = author
release = version = version_of("invoicecore")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns: list[str] = []
default_role = "code"  # docstrings write `Money.of` and mean code

# Every name in a signature must lead somewhere, but for these: Python's own, ids (a text each), and type variables.
nitpicky = True
nitpick_ignore_regex = [
    ("py:class", r"(contextlib|datetime|decimal|email|fractions|os|pathlib|ssl|collections\.abc)\..+"),
    ("py:class", r"invoicecore\.values\.ids\.\w+Id"),
    ("py:class", r"invoicecore\.(ports\.store|storage\.unit_of_work)\.[EST]"),
    ("py:class", r"invoicecore\.(billing|queries\.paging)\.(SortT|R)"),
    # A signature with a default that is no expression, such as a word of an enum, is split at every comma.
    ("py:class", r"tuple\[~[\w.]+"),
]

toc_object_entries_show_parents = "hide"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88


def _colours(brand: str) -> dict[str, str]:
    names = ("brand-primary", "brand-content", "brand-visited", "api-name", "api-pre-name")
    return {f"color-{name}": brand for name in names}


html_theme = "furo"
html_title = "invoicecore"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": _colours("#3559a8"),
    "dark_css_variables": _colours("#8fb0f5"),
}


def _word(app: Any, env: Any, node: Any, content: Any) -> Any:
    """A word of the vocabulary in a signature leads to its section of the glossary."""
    from sphinx.util.nodes import make_refnode

    module, _, name = node.get("reftarget", "").rpartition(".")
    if module != "invoicecore.vocabulary":
        return None
    return make_refnode(app.builder, node["refdoc"], "reference/glossary", name.lower(), content, name)


def _shown(app: Any, what: str, name: str, obj: Any, options: Any, signature: str | None, returns: str | None) -> Any:
    """Defaults as a reader wants them: one that is made anew for each object is an ellipsis."""
    return (signature or "").replace("= NOTHING", "= …").replace("=NOTHING", "=…") or None, returns


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-signature", _shown)
    app.connect("missing-reference", _word)
