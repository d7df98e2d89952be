"""Forms: what quantising makes of a float32 graph."""
