"""Does the code point one way, and is it light to import?"""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import invoicecore
from tests.conftest import known_requirements, proved

ROOT = Path(__file__).parent.parent


class TestArchitecture:
    """The import contract in pyproject.toml."""

    def test_the_import_contract_holds(self) -> None:
        """No module imports anything above it, and ledger and lifecycle do not know each other."""
        assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0

    def test_public_names_are_sorted_and_there(self) -> None:
        """The package face lists its names in order, and each of them exists."""
        names = invoicecore.__all__
        assert sorted(names, key=lambda name: (name[0].islower(), name)) == names
        assert [name for name in names if not hasattr(invoicecore, name)] == []

    def test_importing_the_package_loads_only_what_it_needs(self) -> None:
        """Babel, cattrs and the extras are loaded when they are used, not before."""
        code = "import sys, invoicecore; print(sorted({name.partition('.')[0] for name in sys.modules}))"
        loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert "'invoicecore'" in loaded
        assert [name for name in ("babel", "cattrs", "click", "rich", "sqlalchemy") if f"'{name}'" in loaded] == []


class TestRequirements:
    """The traceability from requirement ids to tests."""

    def test_markers_name_known_requirements(self, request: pytest.FixtureRequest) -> None:
        """Every id in a `req` marker stands in the requirements page."""
        assert [id for id in proved(request.session.items) if id not in known_requirements()] == []

    def test_the_requirements_page_lists_both_texts(self) -> None:
        """The page is read as it is meant to be: ids of both texts are found in it."""
        assert {"A34", "A76", "B1", "B31"} <= known_requirements().keys()
