"""The app that has the books: its models are views of the library's tables, but for one of its own."""
