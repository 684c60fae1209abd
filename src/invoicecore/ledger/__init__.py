"""The movements of money: a client's balance as an append-only list of entries, and the figures from it."""
