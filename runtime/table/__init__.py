"""The table of rows, and what it is built from."""
