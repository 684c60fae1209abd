"""The stores of the library: memory and SQL databases."""
