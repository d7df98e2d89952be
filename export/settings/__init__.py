"""Settings of the export side: recipes, targets, packs by name."""
