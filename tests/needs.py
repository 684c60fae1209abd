"""Skips tests that need what this machine lacks."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test, saying what is missing; where INVOICECORE_NOTHING_MISSING is set, as in CI, fail it."""
    if os.environ.get("INVOICECORE_NOTHING_MISSING"):
        pytest.fail(f"This machine is to have everything, but misses {what}.")
    pytest.skip(f"This machine misses {what}.")
