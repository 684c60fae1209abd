"""Tests of the library as a guest in a host's transaction and database."""
