"""Every document has a name that every file system takes, and that no other document has."""

from datetime import date
from unicodedata import category, normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from invoicecore import Period, Status, documents
from invoicecore.documents.file_names import readable, safe_name, unmistakable_name
from tests.documents.papers import hours, paper, work
from tests.world import UNLIMITED, World, hourly

SESSION = work(hours(8), hourly(50))
DEVICES = ("con", "PRN", "aux", "Nul", "COM1", "lpt9", "com¹", "CONIN$")


def is_taken_everywhere(name: str) -> bool:
    """Whether it is a plain name on Linux, macOS and Windows, also encrypted."""
    return (
        0 < len(name.encode()) <= 138 - len(".html")
        and name == normalize("NFC", name)
        and all(letter in "-_" or category(letter)[0] in "LMN" for letter in name)
        and not name.startswith("-")
        and name.upper() not in map(str.upper, DEVICES)
    )


class TestAnyText:
    @given(st.text())
    @example("../../etc/passwd")
    @example("..")
    @example("")
    @example(" ")
    @example("a\0b")
    @example('C:\\x|y<z>?*"')
    @example("INV-7.")
    @example("INV-7 ")
    @example("-rf")
    @example("\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe")
    @example("\udcff")
    @example("株" * 500)
    @example("x" * 500)
    def test_name(self, text: str) -> None:
        """The name leads nowhere else, whatever the text is, and is the same each time."""
        for named in (safe_name, unmistakable_name):
            assert is_taken_everywhere(named(text))
            assert named(text) == named(text)
        assert is_taken_everywhere(f"statement-{readable(text)}-2026-01-01-2026-12-31-12345678")

    @pytest.mark.parametrize("device", DEVICES)
    def test_devices(self, device: str) -> None:
        """What is a device on Windows is not called so."""
        assert is_taken_everywhere(safe_name(device))

    @given(st.text(), st.text())
    @example("INV-1", "inv-1")
    @example("INV/1", "INV-1")
    @example("INV-1", "INV-1 ")
    @example("STRASSE", "STRAßE")
    @example("é", "e\N{COMBINING ACUTE ACCENT}")
    @example("x" * 60 + "1", "x" * 60 + "2")
    def test_mistakable(self, one: str, other: str) -> None:
        """Other texts have other names, also where capitals and small letters are the same."""
        if one != other:
            assert unmistakable_name(one).casefold() != unmistakable_name(other).casefold()


class TestDocuments:
    def test_invoice(self) -> None:
        """It is called by its number; and by what can be read of that, with a digest, if that is no name."""
        assert "INV-7" == documents.invoice(paper(SESSION)).file_name
        assert documents.invoice(paper(SESSION, number="R/2026/7")).file_name.startswith("R-2026-7-")

    def test_draft(self) -> None:
        """It has no number, but an id."""
        assert "draft-i" == documents.preview(paper(SESSION, status=Status.DRAFT)).file_name

    def test_reminder(self) -> None:
        """It has its day too, so that the second letter does not replace the first."""
        assert "reminder-INV-7-2026-05-01" == documents.reminder(paper(SESSION), date(2026, 5, 1)).file_name

    def test_statement(self, world: World) -> None:
        """Clients of one name have statements of their own, and so has each period."""
        other = world.maria.clients.add(name="Acme", terms=UNLIMITED).id
        month, year = Period.month(2026, 3), Period.year(2026)
        names = [
            documents.statement(world.maria.accounts.printable_statement(id, period)).file_name
            for id in (world.acme.id, other)
            for period in (month, year, None)
        ]
        accounts = world.maria.accounts
        names += [documents.account_statement(accounts.printable_account_statement(world.acme.id, month)).file_name]
        assert 7 == len({*names})
        assert names[0].startswith("movements-Acme-2026-03-01-2026-03-31-")
        assert names[6].startswith("statement-Acme-2026-03-01-2026-03-31-")
