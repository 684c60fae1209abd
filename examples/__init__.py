"""Examples, each of which the tests run."""
