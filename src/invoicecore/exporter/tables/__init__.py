"""Tables of the books as CSV, which spreadsheets open safely."""
