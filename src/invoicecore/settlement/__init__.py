"""Where money meets paper: every decision that touches both, as a pure function that returns a `Decision`."""
