"""The laws of stored books, and their verification."""
