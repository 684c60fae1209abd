"""Tables of the books as CSV, safe for spreadsheets."""
