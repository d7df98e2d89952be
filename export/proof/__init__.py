"""Proof: gates, measurements, the report and its plots."""
