"""Pipelines: the document, and what a run of it does."""
