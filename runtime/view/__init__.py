"""What may be said of a view: claims, things and where they are."""
