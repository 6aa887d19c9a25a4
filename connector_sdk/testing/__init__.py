"""What plugins test themselves with: the base of vendor simulators."""
