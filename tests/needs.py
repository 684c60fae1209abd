"""Skips tests that need what this machine lacks."""

import os
from importlib import import_module
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test, saying what is missing; where INVOICECORE_NOTHING_MISSING is set, as in CI, fail it."""
    if os.environ.get("INVOICECORE_NOTHING_MISSING"):
        pytest.fail(f"This machine is to have everything, but misses {what}.")
    pytest.skip(f"This machine misses {what}.")


def printing() -> None:
    """Skip the test where no PDF can be made."""
    if not import_module("invoicecore.documents.pdf").can_print():
        missing("what a PDF needs: typst and a font")
