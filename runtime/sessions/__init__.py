"""Recorded sessions: read, written, and judged by the truth that they carry."""
