"""Commands over bundles, one file each: a function `(argv) -> exit code`. `edgemm.cli` holds the table."""
