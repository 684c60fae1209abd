"""Scripts for those who work on the library, run from a checkout."""
