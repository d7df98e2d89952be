"""The life of the daemon: start, run, watch, stop; live or in replay."""
