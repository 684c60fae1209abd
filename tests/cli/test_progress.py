import io
import sys
from pathlib import Path

import pytest

from invoicecore.cli import import_request, progress
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.terms import TermsOptions
from invoicecore.importer import ImportOptions
from tests.importer.files import toggl


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, patience: float) -> str:
    """What stands on standard error after three steps."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    with ProgressBar(3, "Recording") as wait:
        for _ in range(3):
            wait.advance()
    return stream.getvalue()


class TestWaiting:
    def test_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who waits long at a terminal sees how far it is."""
        monkeypatch.setenv("TERM", "xterm")
        text = shown(Terminal(), monkeypatch, patience=-1)
        assert "Recording" in text
        assert "3/3" in text

    def test_short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is done within a second shows nothing."""
        assert "" == shown(Terminal(), monkeypatch, patience=60)

    def test_no_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file or a pipe is shown nothing, also where colours are forced."""
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "" == shown(io.StringIO(), monkeypatch, patience=-1)

    def test_no_end_in_sight(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where nobody knows how much there is, it is told how much is done."""
        monkeypatch.setenv("TERM", "xterm")
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr(progress, "PATIENCE", -1)
        with ProgressBar(None, "Writing") as wait:
            wait.advance_to(10)
            wait.advance(40)
        assert "50/?" in terminal.getvalue()

    def test_planning(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """A table of text tells by its lines about how much there is to plan."""
        totals = []

        class Bar(ProgressBar):
            def __init__(self, total: int | None, what: str) -> None:
                totals.append(total)
                super().__init__(total, what)

        monkeypatch.setattr(import_request, "ProgressBar", Bar)
        two = toggl({}, {"Start date": "2026-03-03", "End date": "2026-03-03"})
        (tmp_path / "export.csv").write_bytes(two)
        for file in (two, tmp_path / "export.csv"):
            options, terms = ImportOptions(timezone="UTC"), TermsOptions(rate="50")
            import_request.ImportRequest(file=file, options=options, terms=terms, currency="USD").look(None)
        assert [2, 2] == totals
