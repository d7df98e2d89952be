"""Control: how another program speaks to the running daemon."""
