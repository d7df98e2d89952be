"""What may be said of a view: claims, and what they rest on."""
