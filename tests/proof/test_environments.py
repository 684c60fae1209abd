"""The library gives the same results in every environment."""

import json
from decimal import ROUND_UP
from pathlib import Path

import pytest

from tests.needs import missing
from tests.proof import environments
from tests.proof.environments import ENVIRONMENTS, PLAIN, SABOTAGES, Environment, environment_of, shows, story, walked
from tests.proof.figures import Figures


class TestEnvironment:
    def test_it_is_what_it_says(self) -> None:
        """The decimal context, also that of threads, the environment and the options are those of the new process."""
        there = Environment(
            name="odd",
            precision=3,
            rounding=ROUND_UP,
            variables={"TZ": "Asia/Kolkata"},
            options=("-O",),
            recursion=77,
        )
        asked = """
import threading, time
told = []
def tell():
    told.append(str(decimal.Decimal(2) / 3))
thread = threading.Thread(target=tell)
thread.start()
thread.join()
tell()
print(json.dumps([*told, time.timezone, __debug__, host["recursion"], sys.argv[1:]]))
"""
        ended = there.run(asked, "more")
        assert ["0.667", "0.667", -19800, False, 77, ["more"]] == json.loads(ended.stdout)

    def test_what_is_set_around_the_tests_is_not_passed_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The plain environment is plain wherever the tests run."""
        monkeypatch.setenv("TZ", "Pacific/Apia")
        monkeypatch.setenv("PYTHONHASHSEED", "3")
        asked = "import os; print(json.dumps([os.environ.get(name) for name in ('TZ', 'PYTHONHASHSEED')]))"
        assert [None, None] == json.loads(PLAIN.run(asked).stdout)

    def test_a_machine_may_not_have_one(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A locale that is not installed is named, not passed over in silence and not taken for another."""
        odd = environments._in_locale("xx_XX")
        assert not odd.is_available
        assert PLAIN.is_available
        assert "unsupported locale" in odd.run("print('told')").stderr
        monkeypatch.setattr(environments, "ENVIRONMENTS", (odd,))
        monkeypatch.setattr(environments, "digests", lambda **_: {"plain": "12"})
        assert environments.run().line == "one digest, 12, in 1 environments; not on this machine: locale xx_XX"
        monkeypatch.setattr(environments, "_GROUPS", ((odd, PLAIN),))
        monkeypatch.setattr(environments, "_tested", lambda it, _: it.run("print('tested')"))
        assert 0 == environments.main()
        assert ["away locale xx_XX: this machine does not have it", "ok   plain: tested"] == (
            capsys.readouterr().out.splitlines()
        )

    def test_together(self) -> None:
        """The tests run in few environments, which are like each one of every group that this machine has."""
        few = list(environments.for_tests())
        names = [name for it in few for name in it.name.split(", ")]
        every = [it for group in environments._GROUPS for it in group if it.is_available]
        assert len(few) == 9
        assert {part for it in every for part in it.name.split(", ")} == set(names)
        assert {frozenset(it.variables.items()) for it in every if "TZ" in it.variables} == {
            frozenset({("TZ", it.variables["TZ"])}) for it in few
        }
        assert {(it.precision, it.rounding) for it in few} >= {(it.precision, it.rounding) for it in every[:9]}

    def test_there_are_many(self) -> None:
        """Precision 3 and 50, every rounding mode, zones, locales, hash seeds and options; each name once."""
        names = [environment.name for environment in ENVIRONMENTS]
        assert len(names) == len(set(names)) == 25
        assert {3, 50, 28} == {environment.precision for environment in ENVIRONMENTS}
        assert 8 == len({environment.rounding for environment in ENVIRONMENTS if environment.precision == 3})
        assert {"-O", "-W error", "TZ=Pacific/Apia", "locale tr_TR", "locale de_DE"} <= set(names)


class TestStory:
    def test_amounts_are_written_in_many_ways(self) -> None:
        """A third and a bit of 1,000 dollars, as read in Germany, Switzerland and Turkey."""
        said = story("USD")
        assert {"$428.57", "428,57\xa0$", "$\xa0428.57", "$428,57", "7,25\xa0US$"} <= set(said)
        assert "428.57 USD Money.of('428.57', 'USD') 428.57" in said

    def test_refusals_are_part_of_it(self) -> None:
        """Work past the stop, another currency, and nothing to adjust."""
        said = story("KWD")
        assert "CHF and KWD cannot be mixed; give both amounts in one currency." in said
        assert 1 == sum(line.startswith("Work for this client is stopped") for line in said)
        assert 1 == sum(line.startswith("An adjustment must not be zero") for line in said)

    def test_all_the_books_are_part_of_it(self) -> None:
        """Everything that is stored, appended or told stands there as plain data, also what a walk at random left."""
        kinds = (
            "Person",
            "Client",
            "Account",
            "Project",
            "WorkSession",
            "Invoice",
            "Firm",
            "AuditRecord",
            "LedgerEntry",
        )
        told = ["\n".join(said) for said in (story("USD"), walked())]
        for kind in kinds:
            assert [True, True] == [f'{{"type": "{kind}", ' in said for said in told]
        assert '{"type": "Payment", ' in told[0]

    def test_the_digest_is_of_every_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One line more, and it is another one."""
        monkeypatch.setattr(environments, "story", lambda *currencies: [*currencies])
        monkeypatch.setattr(environments, "walked", lambda: ["end"])
        before = environments.story_digest()
        monkeypatch.setattr(environments, "walked", lambda: ["end", ""])
        assert 32 == len(before)
        assert before != environments.story_digest()


class TestEnvironments:
    def test_the_story_is_the_same_in_all(self) -> None:
        """One digest in the plain environment and the 25 others."""
        figures = environments.run()
        assert figures.passed, figures.line
        away = [environment.name for environment in ENVIRONMENTS if not environment.is_available]
        if away:
            missing(f"{', '.join(away)}, of which the system has no definition")
        assert figures == Figures(
            "environments", True, f"one digest, {environments.story_digest()}, in 26 environments"
        )

    @pytest.mark.parametrize("sabotage", SABOTAGES)
    def test_a_spoiled_library_shows(self, sabotage: str) -> None:
        """Amounts, days and names that depend on what is around, checks by assert, warnings, deep calls."""
        if not environment_of(sabotage).is_available:
            missing(environment_of(sabotage).name)
        assert shows(sabotage)

    def test_what_differs_or_fails_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With its digest, or the last line of its error; a story that is told nowhere does not pass."""
        monkeypatch.setattr(environments, "digests", lambda **_: {"plain": "12", "-O": "13", "TZ=X": "12"})
        assert Figures("environments", False, "another digest in -O (13)") == environments.run()
        monkeypatch.setattr(environments, "digests", lambda **_: {"plain": "failed: Oh", "-O": "failed: Oh"})
        assert not environments.run().passed
        monkeypatch.undo()
        found = environments.digests(among=(), sabotage="raise KeyError('spoiled')\n")
        assert {"plain": "failed: KeyError: 'spoiled'"} == found

    def test_the_control_says_what_did_not_show(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """And passes only if nothing is left."""
        monkeypatch.setattr(environments, "shows", lambda sabotage: sabotage != "a warning")
        assert Figures("environments, control", False, "did not show: a warning") == environments.control()
        monkeypatch.setattr(environments, "shows", lambda sabotage: True)
        monkeypatch.setattr(Environment, "is_available", True)
        assert Figures("environments, control", True, "8 spoiled libraries showed") == environments.control()


class TestSuite:
    def test_tests_run_in_each_surrounding(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One line each; a test that cannot bear a environment is named."""
        (tmp_path / "test_odd.py").write_text(
            "import decimal\ndef test_precise(): assert 28 == decimal.getcontext().prec\n"
        )
        precise = Environment(name="-O", options=("-O",))
        monkeypatch.setattr(environments, "_GROUPS", ((PLAIN, Environment(name="three", precision=3)), (precise,)))
        monkeypatch.setattr("sys.argv", ["environments", "--rootdir", str(tmp_path), str(tmp_path)])
        monkeypatch.chdir(tmp_path)
        assert 1 == environments.main()
        *lines, failed = capsys.readouterr().out.splitlines()
        assert ["ok   plain, -O: 1 passed", "FAIL three, -O: 1 failed"] == [line.split(" in ")[0] for line in lines]
        assert failed.startswith("FAILED test_odd.py::test_precise")
