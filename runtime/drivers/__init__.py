"""What runs a table of stages: live, or in replay."""
