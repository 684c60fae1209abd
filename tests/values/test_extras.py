import subprocess
import sys

import pytest

from invoicecore.values.extras import naming_extra


class TestMissingExtra:
    @pytest.mark.parametrize(
        ("package", "module", "extra"),
        [
            ("jinja2", "invoicecore.documents", "print"),
            ("jinja2", "invoicecore.documents.mail", "print"),
            ("sqlalchemy", "invoicecore.storage.sql", "sql"),
            ("alembic", "invoicecore.storage.sql", "sql"),
            ("pytest", "invoicecore.testing.conformance", "testing"),
            ("hypothesis", "invoicecore.testing.conformance", "testing"),
        ],
    )
    def test_an_import_names_it(self, package: str, module: str, extra: str) -> None:
        """Whoever lacks a package reads which command installs it."""
        program = f"import sys; sys.modules[{package!r}] = None; import {module}"
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        how = f"ModuleNotFoundError: This needs {package}; install it with: pip install 'invoicecore[{extra}]'"
        assert how == run.stderr.splitlines()[-1]

    def test_other_trouble_is_not_mistaken_for_it(self) -> None:
        """What no extra brings is told as it is."""
        with pytest.raises(ModuleNotFoundError, match="No module named 'invoicecore_of_nobody'"), naming_extra():
            import invoicecore_of_nobody  # type: ignore[import-not-found]  # noqa: F401
