"""Mappings: documents that say, field by field, how source records become target records."""
