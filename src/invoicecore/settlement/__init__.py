"""The decisions about money and invoices together, as pure functions that return a `Decision`."""
