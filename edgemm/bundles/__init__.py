"""Bundles: the folder, its manifest, tensors, figures, and the pack that chooses among bundles."""
