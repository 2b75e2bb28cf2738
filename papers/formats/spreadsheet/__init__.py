"""What stands in the cells of a table of papers: foreign headers, our own columns, one cell."""
