"""edgemm: from a training checkpoint to a talking, seeing device (the core that both sides share)."""

__version__ = "0.1.0"
