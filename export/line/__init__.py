"""The line: checkpoint to bundle, one step a file."""
