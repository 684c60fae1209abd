"""What the cells of a row mean, by the row and by the rest of its file."""
