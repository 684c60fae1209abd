"""Rules for the code as a whole: which way imports point, what the package offers, what its classes are called."""

import ast
import py_compile
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import SourcelessFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import invoicecore
from tests.conftest import PUBLIC_NAMES, known_requirements, proved
from tests.quick import LONG

ROOT = Path(__file__).parent.parent
FACE = Path(invoicecore.__file__)


def parsed() -> Iterator[tuple[Path, ast.AST]]:
    """Every node of every module, with the path of the module."""
    for path in sorted(FACE.parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path, node


CONSTRAINTS = [
    line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
]
"""The versions that the tests run on."""


class TestArchitecture:
    """The import contracts in pyproject.toml, and the names of classes."""

    def test_the_import_contracts_hold(self) -> None:
        """No module imports anything above it, nothing imports in a circle, and ledger and lifecycle are strangers.

        In a process of its own: the linter disables every logger that is there, and other tests listen to them."""
        program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
        linted = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
        assert linted.returncode == 0, linted.stdout + linted.stderr

    def test_every_class_has_a_name_of_its_own(self) -> None:
        """A class is found by its name alone, wherever it stands."""
        places = defaultdict[str, list[str]](list)
        for path, node in parsed():
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path.relative_to(ROOT)}:{node.lineno}")
        assert {} == {name: found for name, found in places.items() if len(found) > 1}

    def test_what_ships_needs_nothing_of_the_checkout(self) -> None:
        """No module imports tests, tools, examples or benchmarks, or what patches other code."""
        imported = {
            (str(path.relative_to(ROOT)), name.partition(".")[0])
            for path, node in parsed()
            for name in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else []
            )
        }
        beside = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"src"}
        assert set() == {(path, name) for path, name in imported if name in {*beside, "unittest"}}


def loaded_by(statement: str) -> set[str]:
    """The packages that a new interpreter has loaded after the statement."""
    code = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


class TestFace:
    """The names that the package offers, each loaded when it is first asked for."""

    def test_names_are_sorted(self) -> None:
        """Those that begin with a capital come first."""
        assert sorted(PUBLIC_NAMES) == PUBLIC_NAMES

    @pytest.mark.parametrize("name", PUBLIC_NAMES)
    def test_a_name_is_that_of_its_module(self, name: str) -> None:
        """It is found, it is the same thing, and it is made there."""
        found = getattr(invoicecore, name)
        home = import_module(found.__module__)
        assert found is getattr(home, name)
        assert f"from {home.__name__} import {name} as {name}\n" in FACE.read_text(encoding="utf-8")

    def test_a_name_is_loaded_once(self) -> None:
        """From then on it is an ordinary attribute."""
        assert invoicecore.Money is vars(invoicecore)["Money"]

    def test_names_are_listed_before_they_are_loaded(self) -> None:
        """An editor or `dir` shows all of them."""
        code = "import invoicecore; print({*invoicecore.__all__} <= {*dir(invoicecore)}, 'Money' in vars(invoicecore))"
        assert "True False\n" == subprocess.check_output([sys.executable, "-c", code], text=True)

    def test_all_of_them_at_once(self) -> None:
        """A star imports what `__all__` names."""
        scope: dict[str, object] = {}
        exec("from invoicecore import *", scope)
        assert {*PUBLIC_NAMES, "__builtins__"} == scope.keys()

    def test_names_are_found_without_the_source(self, tmp_path: Path) -> None:
        """A program that was packed as byte code alone has them too."""
        compiled = py_compile.compile(str(FACE), str(tmp_path / "face.pyc"), doraise=True)
        assert compiled is not None
        spec = spec_from_loader("invoicecore", SourcelessFileLoader("invoicecore", compiled))
        assert spec is not None
        assert spec.loader is not None
        face = module_from_spec(spec)
        spec.loader.exec_module(face)
        assert PUBLIC_NAMES == face.__all__
        assert invoicecore.Money is face.Money

    def test_version(self) -> None:
        """It is that of the distribution."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert project["version"] == invoicecore.__version__

    def test_a_name_that_is_not_there(self) -> None:
        """It fails as it does with any module."""
        with pytest.raises(AttributeError, match="module 'invoicecore' has no attribute 'Monney'"):
            _ = invoicecore.Monney  # type: ignore[attr-defined]
        with pytest.raises(ImportError, match="cannot import name 'Monney' from 'invoicecore'"):
            exec("from invoicecore import Monney")

    def test_importing_the_package_loads_nothing_else(self) -> None:
        """Neither what it is made of nor what it may use."""
        loaded = loaded_by("import invoicecore")
        assert "invoicecore" in loaded
        assert loaded.isdisjoint({"attr", "attrs", "babel", "cattrs", "dateutil", "zoneinfo"})

    def test_a_locale_loads_babel_when_it_is_another(self) -> None:
        """Than the one where none is stated, which is known."""
        firm = "from invoicecore import Firm; Firm(name='Ten', currency='USD', timezone='UTC', locale='{}')"
        assert "babel" not in loaded_by(firm.format("en"))
        assert "babel" in loaded_by(firm.format("en_US"))

    def test_importing_every_name_loads_only_what_all_need(self) -> None:
        """Babel, cattrs, dateutil and the extras are loaded when they are used, not before."""
        loaded = loaded_by("from invoicecore import *")
        assert "attrs" in loaded
        assert loaded.isdisjoint(
            {"argon2", "babel", "cattrs", "click", "dateutil", "jinja2", "rich", "sqlalchemy", "typst"}
        )


class TestInstallation:
    """What is installed to run the tests, and how."""

    COMMAND = "pip install -e '.[dev]' -c constraints.txt && python -m pytest -n auto"

    @pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", ".ci/run"])
    def test_one_command(self, page: str) -> None:
        """The command that runs the tests is the same wherever it stands."""
        lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
        assert self.COMMAND in {line.strip().removeprefix("$ ") for line in lines}

    def test_constraints_are_exact(self) -> None:
        """Each is a name and a version, and no address or path."""
        assert [] == [line for line in CONSTRAINTS if not re.fullmatch(r"[\w.-]+==[\w.]+", line)]

    def test_constraints_are_complete(self) -> None:
        """What pyproject.toml asks for has a version there, which is one that it admits; it sets lower bounds only."""
        versions = {canonicalize_name(name): version for name, _, version in (it.partition("==") for it in CONSTRAINTS)}
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        texts = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
        asked = [it for it in map(Requirement, texts) if it.name != "invoicecore"]
        assert {">="} == {bound.operator for it in asked for bound in it.specifier}
        assert [] == [it for it in asked if not it.specifier.contains(versions[canonicalize_name(it.name)])]


class TestQuick:
    """The tests that run within a minute."""

    @pytest.mark.parametrize("start", LONG)
    def test_what_is_long_can_print(self, start: str) -> None:
        """What is left out is a folder, a file, or a class or test in a file."""
        path, _, names = start.partition("::")
        assert (ROOT / path).exists()
        if names:
            assert re.search(rf"\b(class|def) {names.partition('::')[0]}", (ROOT / path).read_text(encoding="utf-8"))


class TestRequirements:
    """The traceability from requirement ids to tests."""

    def test_markers_name_known_requirements(self, request: pytest.FixtureRequest) -> None:
        """Every id in a `req` marker stands in the requirements page."""
        assert [id for id in proved(request.session.items) if id not in known_requirements()] == []

    def test_the_requirements_page_lists_both_texts(self) -> None:
        """The page is read as it is meant to be: ids of both texts are found in it."""
        assert {"A34", "A76", "B1", "B31"} <= known_requirements().keys()
