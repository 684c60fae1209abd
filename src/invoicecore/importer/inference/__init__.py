"""The meaning of cells, from their row and from the rest of the file."""
