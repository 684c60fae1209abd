"""Archives of every earlier version of the format are restored; those of a later one are refused."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from invoicecore import Billing, MemoryStorage, Money, archive
from invoicecore.archive import ArchiveRefused
from invoicecore.archive.lines import VERSION
from invoicecore.testing import QuickPasswords
from tests.archive.archives import FOLDER, line_of, restored, sealed, story, written
from tests.storage.story import LOGO, SECRET

FROZEN = sorted(FOLDER.glob("archive-*.jsonl"))


class TestVersion:
    def test_there_is_one_of_each_version(self) -> None:
        """From the first on."""
        assert [f"archive-{version}.jsonl" for version in range(1, VERSION + 1)] == [path.name for path in FROZEN]

    def test_what_an_earlier_library_could_not_read_is_a_new_version(self) -> None:
        """The story is written as it was when the version was new, also where fields with a default came since."""
        header, *then = FROZEN[-1].read_bytes().splitlines(keepends=True)
        first, *now = story().splitlines(keepends=True)
        assert then[:-1] == now[:-1]
        assert json.loads(header) | {"library": ""} == json.loads(first) | {"library": ""}


class TestEarlier:
    @pytest.mark.parametrize("path", FROZEN, ids=lambda path: str(path.stem))
    def test_it_is_restored_for_ever(self, path: Path) -> None:
        """With everything that was in it, and is written again as it was, whatever was added to the library later."""
        storage = MemoryStorage()
        archive.restore(path, storage)
        assert path.read_bytes().splitlines()[1:-1] == written(storage).splitlines()[1:-1]

    @pytest.mark.parametrize("path", FROZEN, ids=lambda path: str(path.stem))
    def test_its_figures_are_those_of_the_story(self, path: Path) -> None:
        """Balances, numbers, the picture and the password."""
        storage = MemoryStorage()
        archive.restore(path, storage)
        billing = Billing.open(storage, passwords=QuickPasswords())
        maria = billing.as_owner()
        balances = {client.name: maria.accounts.standing(client.id).balance for client in maria.clients.all()}
        assert {
            "Acme": Money.of(-1500, "USD"),
            "京都 Garden": Money.of(-42_837, "JPY"),
            "Lyon": Money.of(-1380, "USD"),
        } == balances
        assert 10 == maria.firm.next_number()
        logo = maria.firm.logo()
        assert logo is not None
        assert LOGO == logo.content
        assert "Lee" == billing.sign_in("lee@northwind.example", SECRET, address="192.0.2.7").people.me().name


class TestLater:
    @pytest.mark.parametrize("version", [2, 10**9])
    def test_a_later_version_says_what_it_needs(self, version: int) -> None:
        """Whatever else its first line says."""
        line = line_of({"format": "invoicecore-archive", "version": version, "more": [1, 2]})
        with pytest.raises(ArchiveRefused) as refused:
            restored(line + story())
        what = f"it is of version {version}, and this invoicecore reads versions up to 1."
        instead = "Nothing was restored; restore it with the newer invoicecore that wrote it."
        said = f"Line 1 of the archive is refused: {what} {instead}"
        assert said == str(refused.value)

    @pytest.mark.parametrize(
        "edit",
        [
            {"version": 0},
            {"version": True},
            {"version": "1"},
            {"version": None},
            {"format": "another"},
            {"firm": 7},
            {"written_at": "yesterday"},
            {"written_at": "2026-04-01T08:00:00"},
            {"library": None},
            {"more": 1},
        ],
        ids=str,
    )
    def test_another_first_line(self, edit: dict[str, object]) -> None:
        """Is none, even if the archive is sealed anew."""
        header, *lines, _ = story().splitlines(keepends=True)
        with pytest.raises(ArchiveRefused) as refused:
            archive.restore(BytesIO(sealed([line_of(json.loads(header) | edit), *lines])), MemoryStorage())
        assert 1 == refused.value.line
