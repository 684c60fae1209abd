"""The file formats of exports, read row by row."""
