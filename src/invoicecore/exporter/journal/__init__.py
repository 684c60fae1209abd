"""Journals in double entry, which accounting programs read and check."""
