"""The interfaces to the outside, each a Protocol with its promises in docstrings."""
