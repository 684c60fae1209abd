"""A terminal for tests: commands one after the other on one file, and their JSON checked against its schema."""

import json
from pathlib import Path
from typing import Any

from attrs import frozen
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from invoicecore.cli.answers_schema import answers_schema
from invoicecore.cli.commands import program

SCHEMA = Draft202012Validator(answers_schema(program))
"""What every command prints with --json."""


@frozen
class Terminal:
    """Somebody who gives commands in a folder, on books at a place."""

    folder: Path
    store: str
    columns: int = 60

    def run(self, *arguments: object, **environment: str) -> Result:
        """What comes of a command."""
        given = {"INVOICECORE_STORE": self.store, "COLUMNS": str(self.columns), **environment}
        return CliRunner(env=given).invoke(program, [str(it) for it in arguments])

    def said(self, *arguments: object) -> str:
        """What a command prints that goes well."""
        result = self.run(*arguments)
        assert 0 == result.exit_code, (arguments, result.output, result.exception)
        return result.stdout

    def refused(self, *arguments: object) -> tuple[int, str]:
        """The exit code and the message of a command that does not."""
        result = self.run(*arguments)
        assert 0 != result.exit_code, (arguments, result.output)
        assert "" == result.stdout
        return result.exit_code, result.stderr

    def data(self, *arguments: object) -> Any:
        """The whole of what a command prints as JSON, which is as its schema says."""
        result = self.run(*arguments, "--json")
        said = json.loads(result.stdout)
        SCHEMA.validate(said)
        assert result.exit_code == said["exit_code"]
        return said

    def result(self, *arguments: object) -> Any:
        """The result of a command that goes well."""
        said = self.data(*arguments)
        assert (0, None) == (said["exit_code"], said["error"]), said
        return said["result"]
