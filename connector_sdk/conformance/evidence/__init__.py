"""Signed results, and what makes them believable."""
