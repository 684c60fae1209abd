"""Whoever runs the tests may have books and a mail server of their own in their environment."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def _nothing_of_the_caller() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [it for it in os.environ if it.startswith("INVOICECORE_") and it != "INVOICECORE_NOTHING_MISSING"]:
            patch.delenv(name)
        yield
