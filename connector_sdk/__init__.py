"""Governed connectors for life-sciences systems: integrations that cannot fail quietly."""

__version__ = "0.1.0"
