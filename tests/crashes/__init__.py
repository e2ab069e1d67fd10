"""Processes that are killed, and many at once: nothing is lost, nothing is doubled."""
