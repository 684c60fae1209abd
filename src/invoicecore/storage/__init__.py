"""The stores that ship with the library: memory and SQL databases."""
