"""Runs the Python code that stands in the README and in the docs, each page from top to bottom."""

from hypothesis import settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

# How long an example takes depends on the machine; that it ends is what counts here.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

# The first is for the tests of the conformance kit, which is pytest itself.
pytest_plugins = ["pytester", "tests.databases", "tests.quick"]
pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser(), SkipParser()], patterns=["*.md"]).pytest()
