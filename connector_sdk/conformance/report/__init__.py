"""Reports for people and for tools: one page, one JUnit file, one archive."""
