"""Words: how things are named, heard alike, found in a sentence and said."""
