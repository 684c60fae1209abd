"""Updates and compiles the catalogues with the words of the printed pages.

    $ python -m tools.translate        # after a change of templates or catalogues
    $ python -m tools.translate sv     # and begin a catalogue of Swedish

Each catalogue gets the messages that the templates and the modules named below have now and keeps its translations.
Then it is compiled, which is what pages are written from. The run fails while a message has no translation.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from invoicecore import documents

DOCUMENTS = Path(documents.__file__).parent
CATALOGUES = DOCUMENTS / "catalogues"
_SOURCES = (
    *((path, "jinja2.ext:babel_extract") for path in sorted((DOCUMENTS / "templates").glob("*.html"))),
    *((DOCUMENTS / name, "python") for name in ("views.py", "letters.py", "list_csv.py", "paper_text.py")),
)
# What marks a message, and where in the call its singular and its plural stand.
_MARKS = {"_": None, "say": None, "count": (1, 2)}
# The headers of a catalogue that do not depend on when, by whom and with which Babel it is written.
_KEPT = ("Project-Id-Version", "Language:", "Plural-Forms", "MIME-Version", "Content-")
_WHENEVER = datetime(2026, 1, 1, tzinfo=UTC)


def messages() -> Catalog:
    """All messages, without translations, each with its file."""
    found = Catalog(fuzzy=False)
    for path, how in _SOURCES:
        with path.open("rb") as source:
            for _, message, _, _ in extract(how, source, keywords=_MARKS):
                found.add(message, locations=[(path.name, 0)])
    return found


def updated(locale: str) -> Catalog:
    """The catalogue of a locale with the present messages; a new one if there is none."""
    file = CATALOGUES / f"{locale}.po"
    catalogue = Catalog(locale=locale)
    if file.is_file():
        with file.open("rb") as source:
            catalogue = read_po(source, locale=locale)
    catalogue.update(messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.project, catalogue.version = "invoicecore", "documents"
    catalogue.header_comment = (
        f"# The words of invoicecore's pages in {catalogue.locale and catalogue.locale.english_name}."
    )
    catalogue.creation_date = catalogue.revision_date = _WHENEVER
    return catalogue


def untranslated(catalogue: Catalog) -> Iterator[str]:
    """The messages that lack a translation, or one of the plurals."""
    for message in catalogue:
        wanted = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(wanted)):
            yield str(message.id)


def written(catalogue: Catalog) -> bytes:
    """The text of a catalogue."""
    text = BytesIO()
    write_po(text, catalogue, width=0, include_lineno=False, sort_by_file=True)
    head, blank, rest = text.getvalue().decode().partition("\n\n")
    lines = (line for line in head.splitlines() if not line.startswith('"') or line[1:].startswith(_KEPT))
    return ("\n".join(lines) + blank + rest).encode()


def compiled(catalogue: Catalog) -> bytes:
    """A compiled catalogue."""
    made = BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def update(locales: list[str]) -> list[str]:
    """Update and compile the existing and the named catalogues; return which messages lack a translation."""
    lacking = []
    for locale in sorted({*locales, *(path.stem for path in CATALOGUES.glob("*.po"))}):
        catalogue = updated(locale)
        (CATALOGUES / f"{locale}.po").write_bytes(written(catalogue))
        (CATALOGUES / f"{locale}.mo").write_bytes(compiled(catalogue))
        lacking += [f"{locale}: {message}" for message in untranslated(catalogue)]
    return lacking


if __name__ == "__main__":
    lacking = update(sys.argv[1:])
    print(*lacking, sep="\n")
    sys.exit(bool(lacking))
