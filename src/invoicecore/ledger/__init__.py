"""The money that moved: a client's balance as an append-only list of entries, and what is read off it."""
