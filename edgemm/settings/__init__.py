"""Settings: typed YAML with file and line in every error."""
