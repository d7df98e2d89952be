"""Pictures: files, headers, preprocessing, regions of text, the photographs that come along."""
