"""Commands of the device side; `edgemm/cli.py` is their table."""
