"""The exports of each tracker, a module for each."""
