"""Sound: files, features, phonemes, the second voice, the wake word."""
