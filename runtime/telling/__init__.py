"""Telling: what happens, as events, as lines and on the console."""
