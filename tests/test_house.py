"""Does the code point one way, and is it light to import?"""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest
from importlinter.cli import lint_imports
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import invoicecore
from tests.conftest import known_requirements, proved
from tests.quick import LONG

ROOT = Path(__file__).parent.parent
CONSTRAINTS = [
    line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
]
"""The versions that the tests run on."""


class TestArchitecture:
    """The import contract in pyproject.toml."""

    def test_the_import_contract_holds(self) -> None:
        """No module imports anything above it, and ledger and lifecycle do not know each other."""
        assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0


def loaded_by(statement: str) -> set[str]:
    """The packages that a new interpreter has loaded after the statement."""
    code = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


class TestFace:
    """The names that the package offers, each loaded when it is first asked for."""

    def test_names_are_sorted(self) -> None:
        """Those that begin with a capital come first."""
        names = invoicecore.__all__
        assert sorted(names, key=lambda name: (name[0].islower(), name)) == names

    def test_type_checkers_read_what_is_loaded(self) -> None:
        """The imports that type checkers read, the table that the interpreter follows and `__all__` are the same."""
        imports = [
            node
            for node in ast.walk(ast.parse(Path(invoicecore.__file__).read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("invoicecore.")
        ]
        read = {name.asname or name.name: node.module for node in imports for name in node.names}
        homes: dict[str, str] = vars(invoicecore)["_HOMES"]
        assert read == {name: f"invoicecore.{home}" for name, home in homes.items()}
        assert sorted(read) == sorted(invoicecore.__all__)

    @pytest.mark.parametrize("name", invoicecore.__all__)
    def test_a_name_is_that_of_its_module(self, name: str) -> None:
        """It is found, it is the same thing, and it is made there."""
        found = getattr(invoicecore, name)
        home = import_module(found.__module__)
        assert found is getattr(home, name)
        assert home.__name__ == f"invoicecore.{vars(invoicecore)['_HOMES'][name]}"

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
        assert {*invoicecore.__all__, "__builtins__"} == scope.keys()

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
            {"argon2", "babel", "cattrs", "click", "dateutil", "jinja2", "rich", "sqlalchemy", "weasyprint"}
        )


class TestInstallation:
    """What is installed to run the tests, and how."""

    COMMAND = "pip install -e '.[dev]' -c constraints.txt && python -m pytest"

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
    def test_what_is_long_is_there(self, start: str) -> None:
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
