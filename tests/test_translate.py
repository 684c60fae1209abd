"""The catalogues are complete and current: those of the printed pages and those of the screens."""

from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from attrs import evolve
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tools.translate import PAGES, SCREENS, Room, untranslated, written

SHIPPED = ["ar", "de", "es", "fr", "it", "ja", "nl", "pt"]
"""Beside English, in which the messages are."""

each_room = pytest.mark.parametrize("room", [PAGES, SCREENS], ids=["pages", "screens"])
each_locale = pytest.mark.parametrize("locale", SHIPPED)


@each_room
class TestCatalogues:
    def test_which(self, room: Room) -> None:
        """These are there, each with its compiled form."""
        assert SHIPPED == room.locales
        assert SHIPPED == sorted(path.stem for path in room.catalogues.glob("*.mo"))

    @each_locale
    def test_current(self, room: Room, locale: str) -> None:
        """Each has all messages and no other, all translated, and is compiled as it stands; otherwise run
        `python -m tools.translate`."""
        file = room.catalogues / f"{locale}.po"
        assert file.read_bytes() == written(room.updated(locale))
        assert [] == list(untranslated(room.updated(locale)))
        with file.open("rb") as source, (room.catalogues / f"{locale}.mo").open("rb") as made:
            assert spoken(read_po(source)) == kept(GNUTranslations(made))

    @each_locale
    def test_placeholders(self, room: Room, locale: str) -> None:
        """A translation has those of its message; only of a plural may one speak without its number."""
        for message in room.updated(locale):
            if isinstance(message.id, str):
                assert fields(message.id) == fields(str(message.string))
            else:
                assert all(fields(form) <= {"number"} for form in message.string or ())

    def test_a_new_one(self, room: Room, tmp_path: Path) -> None:
        """It is begun with all messages, of which none is translated; what is translated later stays."""
        new = evolve(room, catalogues=tmp_path)
        lacking = new.update(["sv"])
        assert "sv: Draft" in lacking
        begun = (tmp_path / "sv.po").read_text(encoding="utf-8")
        lacks = 'msgid "Draft"\nmsgstr ""'
        (tmp_path / "sv.po").write_text(begun.replace(lacks, lacks[:-1] + 'Utkast"', 1), encoding="utf-8")
        assert len(lacking) - 1 == len(new.update([]))
        with (tmp_path / "sv.mo").open("rb") as made:
            assert "Utkast" in kept(GNUTranslations(made)).values()


def test_messages() -> None:
    """They are found in the templates and in what fills them, among the labels and among the sentences."""
    found = {message.id for message in (*PAGES.messages(), *SCREENS.messages())}
    assert {"Invoice", "Amount due", "Prepaid hours", ("{number} day ago", "{number} days ago")} <= found
    assert {"Record a payment", "Supervisor", "Fill this in.", "Generate it first."} <= found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def spoken(catalogue: Catalog) -> dict[object, object]:
    return {
        key: form
        for message in catalogue
        if message.id
        for key, form in (
            [((message.id[0], n), form) for n, form in enumerate(message.string or ())]
            if isinstance(message.id, tuple)
            else [(f"{message.context}\x04{message.id}" if message.context else message.id, message.string)]
        )
    }


def kept(translations: GNUTranslations) -> dict[object, object]:
    said: dict[object, object] = vars(translations)["_catalog"]
    return {key: form for key, form in said.items() if key}
