"""The whole proof is one command, and it fails when something is wrong."""

from importlib import import_module

import pytest

from tests.proof import __main__ as verify
from tests.proof import walk
from tests.proof.figures import Figures


class TestVerify:
    """`python -m tests.proof verify`."""

    def test_it_prints_a_line_and_a_control_for_a_suite(self, capsys: pytest.CaptureFixture[str]) -> None:
        """One suite alone, of the size that is asked for, and the exit code says that all held."""
        assert 0 == verify.main(["verify", "--steps", "300", "--seed", "2", "--only", "walk"])
        lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ok")]
        assert 2 == len(lines)
        assert "300 steps" in lines[0]
        assert "control" in lines[1]

    def test_it_fails_if_anything_failed(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A control that notices nothing is a failure as well."""
        monkeypatch.setattr(walk, "control", lambda *, seed: Figures("walk", False, "control: noticed nothing"))
        assert 1 == verify.main(["verify", "--steps", "10", "--only", "walk"])
        assert "FAIL walk" in capsys.readouterr().out

    def test_every_suite_is_there(self) -> None:
        """Each suite that is listed is a module with a run and a control."""
        for suite in verify.SUITES:
            module = import_module(f"tests.proof.{suite}")
            assert callable(module.run)
            assert callable(module.control)
