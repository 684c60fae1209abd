"""The kinds of file that exports come in, read a row at a time."""
