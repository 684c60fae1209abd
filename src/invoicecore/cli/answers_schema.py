"""The JSON schema of what `--json` prints: one shape for every command."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from invoicecore import json_schema
from invoicecore.cli.program import AnsweringCommand, ExitCode, Program
from invoicecore.errors import InvoicecoreError

Schema = dict[str, Any]


def answering_commands(group: click.Group, before: str = "") -> Iterator[tuple[str, AnsweringCommand]]:
    """Every command with what it is called, in alphabetical order."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from answering_commands(command, f"{before}{name} ")
        elif isinstance(command, AnsweringCommand):
            yield f"{before}{name}", command


def answers_schema(program: Program) -> Schema:
    """The schema (2020-12) of what every command of a program prints: its `result`, which each has of its own, or its
    `error`; the other of the two is null."""
    definitions: Schema = {}
    results = [
        {
            "if": {"properties": {"command": {"const": name}, "error": {"type": "null"}}},
            "then": {"properties": {"result": _result(command.gives, definitions)}},
        }
        for name, command in answering_commands(program)
    ]
    error = _defined(InvoicecoreError, definitions)
    properties = {
        "command": {"type": "string"},
        "exit_code": {"type": "integer", "enum": [code.value for code in ExitCode]},
        "result": {},
        "error": {"anyOf": [{"type": "null"}, error]},
        "remarks": {"type": "array", "items": {"type": "string"}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What a command of invoicecore prints with --json",
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
        "if": {"properties": {"error": {"type": "object"}}},
        "then": {"properties": {"result": {"type": "null"}}},
        "allOf": results,
        "$defs": dict(sorted(definitions.items())),
    }


def _result(gives: Any, definitions: Schema) -> Schema:
    """The schema of the result of a command: of one kind, or of several."""
    if isinstance(gives, tuple):
        return {"anyOf": [_result(it, definitions) for it in gives]}
    if gives is None:
        return {"type": "null"}
    return dict(gives) if isinstance(gives, Mapping) else _defined(gives, definitions)


def _defined(form: Any, definitions: Schema) -> Schema:
    """The schema of the view of a type, whose definitions go among the others."""
    schema = json_schema(form)
    definitions.update(schema.pop("$defs"))
    del schema["$schema"]
    return schema
