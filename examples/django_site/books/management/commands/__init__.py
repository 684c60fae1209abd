"""As Django wants it."""
